"""One large document against 200 of the same size in all, and one of 1 MiB in its form."""

from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from itertools import islice, product
from random import Random
from typing import Any

from django.test import Client

from bench.desk_asking import Cost, measured, signed_in
from bench.desk_filling import JSON, approved, person
from bench.routes import rows
from kb import editing
from kb.documents.canonical import canonical_json
from kb.documents.schema import MOST_BYTES
from kb.editing.checks import errors_of, refresh_findings
from kb.models import Changeset

MANY = 200  # documents, the most that a changeset holds
ROWS = 1_200  # of the large one: the small ones have six each
Costs = dict[str, Cost]


def treaty(key: str, count: int, note: str = "") -> JSON:
    """A treaty with so many rows of participation, of some 300 bytes each."""
    actors = rows("SELECT key FROM kb_published WHERE kind = 'actor' ORDER BY key LIMIT 180")
    ((source,),) = rows("SELECT key FROM kb_published WHERE kind = 'source' ORDER BY key LIMIT 1")
    days = [f"{year}-{month:02}-01" for year in range(1990, 2020) for month in range(1, 13)]
    made = product(days, ("signed", "ratified"), actors)
    return {
        "kind": "instrument",
        "key": key,
        "name": f"Convention of {_word(key)}",
        "type": "treaty",
        "status": "in-force",
        "summary": f"A text that was made up. {note}".strip()[:400],
        "cites": [{"source": source}],
        "participation": [
            {
                "actor": actor,
                "action": action,
                "date": day,
                "note": f"As the depositary tells, with the reservations of that day. {note}",
                "cites": [{"source": source, "locator": f"page {number}, paragraph 2"}],
            }
            for number, (day, action, (actor,)) in enumerate(islice(made, count))
        ],
    }


def _word(text: str) -> str:
    """A made-up word that looks like no other, the same each time."""
    return "".join(Random(text).choices("abcdefghijklmnopqrstuvwxyz", k=14)).title()


# --- one against many ------------------------------------------------------------------------


def one_against_many() -> dict[str, tuple[Cost, Cost]]:
    """What is done → (its cost for one document, for `MANY`): new ones, then all rows changed."""
    _steps([treaty("bench-first", 6)])  # what is read and compiled once
    found: dict[str, tuple[Cost, Cost]] = {}
    for note, what in (("", "new"), ("Changed.", "changed")):
        one = _steps([treaty("bench-large", ROWS, note)])
        many = _steps([treaty(f"bench-small-{n}", ROWS // MANY, note) for n in range(MANY)])
        found |= {f"{name}, {what}": (one[name], many[name]) for name in one}
    return found


def _steps(documents: Sequence[JSON]) -> Costs:
    author, reviewer = person("editor", 7), person("editor", 5)
    changeset = editing.begin("Measured", by=author)
    saved = measured(lambda: _save(changeset, documents))
    checked = measured(lambda: refresh_findings(changeset))
    if approved(changeset).status != Changeset.Status.APPROVED:
        raise ValueError(f"the documents have errors: {errors_of(changeset)}")
    path, client = f"/desk/changesets/{changeset.pk}/", signed_in(reviewer)
    pages = -(-len(documents) // 20)
    return {
        "save every document": saved,
        "checks": checked,
        "digest": measured(changeset.digest),
        "difference, first page": measured(_asking(client, f"{path}difference/")),
        "difference, all pages": measured(
            lambda: [
                _asking(client, f"{path}difference/?page={number}")()
                for number in range(1, pages + 1)
            ]
        ),
        "overview": measured(_asking(client, path)),
        "page of checks": measured(_asking(client, f"{path}checks/")),
        "publish": measured(lambda: editing.publish(changeset, by=author)),
    }


def _save(changeset: Changeset, documents: Sequence[JSON]) -> None:
    for each in documents:
        editing.save(changeset, each["key"], each["kind"], each, by=person("editor", 7))


def _asking(client: Client, path: str) -> Callable[[], object]:
    def ask() -> None:
        status = client.get(path).status_code
        if status != 200:
            raise ValueError(f"{path} answers {status}")

    return ask


# --- one as large as can be ------------------------------------------------------------------


def largest() -> Costs:
    """What is done with a document of almost 1 MiB → its cost."""
    author = person("editor", 7)
    document = treaty("bench-largest", 3_000)
    longer = (MOST_BYTES - len(canonical_json(document))) // 3_000 - 40  # an id is to come
    document = treaty("bench-largest", 3_000, "x" * longer)
    changeset = editing.begin("Measured", by=author)
    editing.save(changeset, "bench-largest", "instrument", document, by=author)
    editing.publish(approved(changeset), by=author)
    changeset = editing.begin("Measured", by=author)
    document["participation"][1000:1000] = (document["participation"].pop(0),)
    document["participation"][5]["note"] = "Another one."
    costs = {"save": measured(lambda: _save(changeset, [document]))}
    client, path = signed_in(author), f"/desk/changesets/{changeset.pk}/"
    form = f"{path}documents/bench-largest/"
    costs["form"] = measured(_asking(client, form))
    fields = dict(_fields_of(client.get(form).content.decode()))
    fields |= {"do": ["save"], "summary": ["Sent with the form."]}
    costs["form, sent"] = measured(lambda: _sent(client, form, fields))
    costs["difference"] = measured(_asking(client, f"{path}difference/"))
    return costs


def _sent(client: Client, path: str, fields: dict[str, list[str]]) -> None:
    status = client.post(path, fields).status_code
    if status != 303:
        raise ValueError(f"{path} answers {status} to its form")


def _fields_of(html: str) -> Iterator[tuple[str, list[str]]]:
    """Name and values of each box in a page, as a browser would send them."""
    page = _Boxes()
    page.feed(html)
    for name in {name for name, _value in page.found}:
        yield name, [value for each, value in page.found if each == name]


class _Boxes(HTMLParser):
    """`found`: (name, value) of each box, in order. What is in a template is none."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._last, self._templates = "", 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        self._templates += tag == "template"
        if self._templates:
            return
        self._last = tag
        if tag in ("select", "textarea") or (
            tag == "input" and (given.get("type") != "checkbox" or "checked" in given)
        ):
            self.found.append((given["name"], given.get("value", "")))
        elif tag == "option" and "selected" in given:
            self.found[-1] = (self.found[-1][0], given["value"])

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        self._last = ""

    def handle_data(self, data: str) -> None:
        if self._last == "textarea":
            name, value = self.found[-1]
            self.found[-1] = (name, value + data)
