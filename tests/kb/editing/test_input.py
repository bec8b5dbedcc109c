"""What people, programs and files bring in: Unicode, odd JSON, and a hash that others recompute."""

import json
import shutil
import subprocess
import sys

import pytest

from kb import editing
from kb.models import Published, Revision
from tests.library.builders import approved, book, draft, person, public, publish, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

# Standard library alone, and nothing of ours: what somebody else would write from the spec.
RECOMPUTE = """
import hashlib, json, sys

def canonical(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(n) + ":" + canonical(value[n]) for n in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

previous = bytes(32)
for line in sys.stdin:
    row = json.loads(line)
    document = bytes.fromhex(row["document_hash"])
    if row["salt"] is not None:
        text = canonical(row["document"]).encode()
        assert hashlib.sha256(bytes.fromhex(row["salt"]) + text).digest() == document, row["hash"]
    metadata = canonical(row["metadata"]).encode()
    previous = hashlib.sha256(previous + document + metadata).digest()
    assert previous.hex() == row["hash"], row["hash"]
print(previous.hex())
"""


def pythons() -> list[str]:
    """Every Python on this machine that can run the script, ours first."""
    names = (f"python3.{minor}" for minor in range(8, 16))
    others = [path for path in map(shutil.which, names) if path and _runs(path)]
    return [sys.executable, *others]


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("python", pythons())
def test_an_independent_script_recomputes_the_chain(python):  # edge case 76
    publish(reader("ann", "Ån “n” \U0001f600 ﬀ"), reader("bob", "Zoë\u00ad", summary="a\n\n- b"))
    publish(book("moby-dick", loans=[{"reader": "ann", "from": "1990"}]))
    publish(reader("bob", "Bob"))
    lines = [
        json.dumps(
            {
                "document": row.content,
                "salt": row.salt,
                "document_hash": row.document_hash,
                "metadata": row.about,
                "hash": row.hash,
            }
        )
        for row in Revision.objects.order_by("pk")
    ]

    result = subprocess.run(
        [python, "-c", RECOMPUTE],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == Revision.objects.order_by("-pk")[0].hash


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zoe\u0308", "Zoë"),  # NFC
        ("  Ann  ", "Ann"),
        ("שלום עולם", "שלום עולם"),  # right to left, as it is
        ("Ann\u200dBee", "Ann\u200dBee"),  # a joiner, which some scripts need
    ],
)
def test_names_are_kept_in_one_form(typed, kept):  # edge case 73
    publish(reader("ann", typed))

    assert public("ann")["name"] == kept
    assert Revision.objects.get().content["name"] == kept


@pytest.mark.parametrize("odd", ["a\x00b", "a\x07b", "\u202eevil", "x\u2066y", "\ufeffz"])
def test_characters_that_hide_or_reorder_are_refused_with_their_name(odd):  # edge case 73
    changeset = draft(reader("ann", odd))

    with pytest.raises(editing.InvalidEdits, match=r"ann, name: .*(character|mark)"):
        editing.submit(changeset, by=person("ada"))


# Edge case 73: the first has a Cyrillic е, the last is full-width.
@pytest.mark.parametrize("key", ["cеrn", "CERN", "a", "x" * 81, "a_b", "a/b", "a b", "", "ａｎｎ"])
def test_a_key_that_could_be_taken_for_another_is_none(key):
    with pytest.raises(editing.EditingError, match=r"cannot be a key\. Write 2 to 80 of"):
        draft({"kind": "reader", "key": key, "name": "Ann"})


def test_a_draft_that_is_saved_as_it_is_published_is_kept_as_it_is_published():
    changeset = draft({"key": "ann", "name": " Ann ", "kind": "reader", "summary": None})

    assert changeset.edits.get().document == reader("ann", "Ann")
    editing.publish(approved(changeset), by=person("ada"))
    assert json.loads(bytes(Published.objects.get().json))["name"] == "Ann"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_json_is_refused_in_words(number):  # edge case 75
    with pytest.raises(editing.EditingError, match="ann: the document cannot be kept"):
        draft({**reader("ann"), "age": number})


def test_one_and_one_point_nought_are_the_same_document():  # edge case 75
    changeset = approved(draft({**reader("ann"), "summary": "x"}))
    digest = changeset.digest()

    editing.save(changeset, "ann", "reader", {**reader("ann"), "summary": "x "}, by=person("ada"))

    changeset.refresh_from_db()
    assert (changeset.digest(), changeset.status) == (digest, "approved")


def test_deep_nesting_is_saved_and_named(recwarn):  # edge case 75
    deep: object = "bottom"
    for _level in range(60):
        deep = {"a": deep}
    changeset = draft({**reader("ann"), "odd": deep})

    with pytest.raises(editing.InvalidEdits, match="odd"):
        editing.submit(changeset, by=person("ada"))
