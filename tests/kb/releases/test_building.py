"""Building releases: whole or not at all, the same bytes each time, and never two at once."""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from kb.editing import redaction
from kb.models import Published, Revision, Tombstone
from kb.releases import building, shelf
from kb.releases.building import CannotRelease, build
from kb.releases.notes import write_notes
from kb.releases.snapshot import BUILD_LOCK, snapshot
from tests.library.builders import (
    administrator,
    book,
    managing_editor,
    merge,
    publish,
    reader,
    retract,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("library", "shelf_folder"),
]

VERIFIER = Path(settings.BASE_DIR) / "docs" / "verify_release.py"


def history():
    publish(reader("ann"), reader("anna"), book("atlas", loans=[{"reader": "ann"}]))
    publish(book("globe", "Glóbe", genres=["novel"], sequel_of="atlas"), book("secret"))
    publish(reader("ann", "Ann Again"))
    merge("ann", "anna", "reader")
    retract("secret")


def lines_of(path):
    return gzip.decompress(path.read_bytes()).splitlines()


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def verified(folder):
    return subprocess.run(
        [sys.executable, "-I", VERIFIER, folder], capture_output=True, text=True, check=False
    )


def redact(key, number):
    revision = Revision.objects.get(entry__key=key, number=number)
    asked = redaction.ask(revision, "A private address.", by=managing_editor())
    return redaction.confirm(asked, by=administrator())


def test_entries_are_the_bytes_of_the_api_by_key_and_then_what_is_left_of_others():
    history()

    folder = build().release.folder

    active = [bytes(row.json) for row in Published.objects.order_by("key")]
    gone = [bytes(row.json) for row in Tombstone.objects.order_by("key")]
    assert lines_of(folder / "entries.jsonl.gz") == active + gone
    assert (len(active), len(gone)) == (3, 2)


def test_the_manifest_says_what_there_is_and_how_far_it_goes():
    history()

    found = build().release

    last = Revision.objects.order_by("-pk")[0]
    manifest = found.manifest
    assert manifest["chain"] == {"length": last.pk, "head": last.hash}
    assert manifest["entries"] == {"book": 2, "reader": 1}
    assert manifest["departed"] == {"merged": 1, "retracted": 1}
    assert found.name == manifest["date"] == f"{last.published_at:%Y-%m-%d}"
    for each in manifest["files"]:
        body = (found.folder / each["name"]).read_bytes()
        assert (each["bytes"], each["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    assert {each["name"] for each in manifest["files"]} | {"manifest.json"} == set(bytes_of(
        found.folder
    ))  # fmt: skip


def test_built_twice_it_is_the_same_bytes():
    history()
    first = build().release
    before = bytes_of(first.folder)
    shutil.rmtree(first.folder)

    again = build()

    assert again.is_new
    assert bytes_of(again.release.folder) == before


def test_of_the_same_changes_there_is_one_release(capsys):
    history()

    call_command("build_release")
    call_command("build_release")

    assert len(shelf.releases()) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert "is in" in first
    assert "holds all 8 changes already" in second


def test_a_second_release_of_a_day_has_a_name_of_its_own_and_notes_of_what_changed():
    history()
    first = build().release
    publish(book("atlas", "Atlas, revised"))
    retract("globe")

    second = build().release

    assert second.name == f"{first.name}.2"
    assert [each.name for each in shelf.releases()] == [second.name, first.name]
    notes = json.loads((second.folder / "notes.json").read_bytes())
    assert notes["changed"] == {"retract": ["globe"], "revise": ["atlas"]}
    assert (notes["since"], notes["after"]) == (first.name, 8)
    assert "- atlas" in (second.folder / "notes.md").read_text()


def test_the_chain_is_verified_with_the_release_alone():
    history()
    redact("ann", 1)

    folder = build().release.folder
    done = verified(folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert Revision.objects.order_by("-pk")[0].hash in done.stdout
    assert len(VERIFIER.read_text().splitlines()) <= 40


def rewritten(folder, name, change):
    """A file of the release changed, and its digest in the manifest too, as a forger would."""
    path = folder / name
    path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes()))))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for each in manifest["files"]:
        if each["name"] == name:
            each["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace(b"Atlas", b"Atlan", 1), "document of revision 1 of atlas"),
        (lambda text: text.replace(b"grace", b"graca", 1), "metadata of revision 1 of"),
        (lambda text: text[text.index(b"\n") + 1 :], "does not follow"),
        (lambda text: text[: text.rindex(b"\n", 0, -1) + 1], "does not end"),
    ],
)
def test_one_changed_byte_is_found_even_where_the_manifest_was_forged(change, told):
    history()
    folder = build().release.folder

    rewritten(folder, "revisions.jsonl.gz", change)

    done = verified(folder)
    assert done.returncode == 1
    assert told in done.stderr


def test_a_file_that_is_not_what_the_manifest_names_is_found():
    history()
    folder = build().release.folder
    body = bytearray((folder / "notes.md").read_bytes())
    body[3] ^= 1
    (folder / "notes.md").write_bytes(body)

    assert "notes.md is not the file" in verified(folder).stderr


def test_before_the_first_publication_there_is_nothing_to_release():
    with pytest.raises(CommandError, match="Nothing was published"):
        call_command("build_release")


def test_old_names_are_not_released():
    history()
    Published.objects.filter(key="atlas").update(is_stale=True)

    with pytest.raises(CannotRelease, match="refresh_stale"):
        build()

    call_command("build_release")  # which renders them first
    assert len(shelf.releases()) == 1


def test_two_builders_do_not_meet():
    history()

    with snapshot(), pytest.raises(CommandError, match="being built"):
        call_command("build_release")

    assert shelf.releases() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [BUILD_LOCK])
        assert cursor.fetchone() == (True,)


def test_a_build_that_fails_leaves_no_release_and_what_it_left_is_swept(monkeypatch, shelf_folder):
    history()

    def fail(*_arguments):
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(building, "write_notes", fail)
        with pytest.raises(OSError, match="No space"):
            build()
    assert shelf.releases() == []
    assert len(list(shelf_folder.iterdir())) == 1

    found = build().release
    assert list(shelf_folder.iterdir()) == [found.folder]


def test_what_is_published_while_it_is_built_is_in_the_next(monkeypatch):
    history()
    before = write_notes

    def publish_meanwhile(*arguments):
        publish(book("late"))
        return before(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(building, "write_notes", publish_meanwhile)
        first = build().release
    second = build().release

    keys = [
        {orjson.loads(line)["key"] for line in lines_of(each.folder / "entries.jsonl.gz")}
        for each in (first, second)
    ]
    assert keys[1] - keys[0] == {"late"}
    assert first.manifest["head"] + 1 == second.manifest["head"]
    assert "late" not in (first.folder / "notes.md").read_text()


def test_a_release_that_holds_a_redacted_text_is_withdrawn(shelf_folder):
    publish(reader("bob"))
    early = build().release
    publish(reader("ann", "Ann", summary="12 Hidden Lane"))
    publish(reader("ann", "Ann", summary="Reads."))
    held = build().release
    manifest = held.manifest

    redact("ann", 1)

    assert [each.name for each in shelf.releases()] == [early.name]
    (gone,) = shelf.withdrawn()
    assert (gone.name, gone.manifest) == (held.name, manifest)
    assert "revision 1 of “ann”" in gone.reason
    assert "A private address." in gone.reason
    assert b"Hidden Lane" not in b"".join(
        path.read_bytes() for path in shelf_folder.rglob("*") if path.is_file()
    )


def test_the_name_of_a_withdrawn_release_is_not_used_again():
    publish(reader("ann", "Ann", summary="12 Hidden Lane"))
    publish(reader("ann", "Ann", summary="Reads."))
    first = build().release
    redact("ann", 1)

    second = build().release

    assert second.name == f"{first.name}.2"
    assert second.manifest["previous"] == first.name
    assert b"Hidden Lane" not in gzip.decompress(
        (second.folder / "revisions.jsonl.gz").read_bytes()
    )
    assert verified(second.folder).returncode == 0


def test_a_text_that_is_redacted_while_it_is_built_is_not_released(monkeypatch):
    publish(reader("ann", "Ann", summary="12 Hidden Lane"))
    publish(reader("ann", "Ann", summary="Reads."))
    before = write_notes

    def redact_meanwhile(*arguments):
        redact("ann", 1)
        return before(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(building, "write_notes", redact_meanwhile)
        with pytest.raises(CannotRelease, match="redacted while it was built"):
            build()

    assert shelf.releases() == []
