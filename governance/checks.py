"""What the schemas cannot see in a document: pure functions from what is known to findings.

Each takes a `Checked` and yields findings; the last lines say which a kind has.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from governance.schemas.body import overlap_for_certain
from kb.documents.findings import Finding
from kb.documents.inexact_dates import InexactDate, Span
from kb.kinds import Checked
from kb.publication.search_text import fold

Row = Mapping[str, Any]
Check = Callable[[Checked], Iterable[Finding]]

# Lists in which somebody named is said to have done something, beside their own words.
_OF_ACTORS = ("memberships", "positions", "participation")
# Lists in which an entry is spoken of as such.
_OF_ITSELF = ("figures", "milestones", "organs")


def positions_before_the_proposal(checked: Checked) -> Iterator[Finding]:
    """Positions that are certainly older than the proposal that they are about."""
    written = checked.document.get("proposed")
    if written is None:
        return
    proposed = InexactDate.parse(written)
    for number, row in enumerate(checked.document.get("positions", ())):
        taken = InexactDate.parse(row["date"]) if "date" in row else None
        if taken is not None and taken.latest < proposed.earliest:
            yield Finding.warning(
                checked.document,
                ("positions", number, "date"),
                "position-before-proposal",
                f"{_name(checked, row['actor'])} spoke in {taken.readable}, before the proposal"
                f" was made ({proposed.readable}). Correct one of the dates, or say in a note what"
                " the position was about.",
                date=row["date"],
                proposed=written,
            )


def disputed_values(checked: Checked) -> Iterator[Finding]:
    """Values of which another source says something else."""
    for number, row in enumerate(checked.document.get("disputed", ())):
        what = row.get("field") or row.get("statement")
        yield Finding.warning(
            checked.document,
            ("disputed", number),
            "disputed-value",
            f"Another source says “{row['value']}” of “{what}”. Decide which of the two is better"
            " founded; while that is open, both are shown.",
            value=row["value"],
        )


def conflicting_figures(checked: Checked) -> Iterator[Finding]:
    """Figures of the same thing at the same time that are not the same number."""
    first: dict[tuple[Any, ...], tuple[int, Row]] = {}
    for number, row in enumerate(checked.document.get("figures", ())):
        period = row.get("period", {})
        when = (row.get("year"), period.get("from"), period.get("to"))
        earlier, other = first.setdefault((row["metric"], row["unit"], *when), (number, row))
        if other["value"] != row["value"]:
            yield Finding.warning(
                checked.document,
                ("figures", number, "value"),
                "conflicting-figures",
                f"{row['value']:,} {row['unit']} here, {other['value']:,} in figures[{earlier}],"
                f" of the same time. Keep the better founded one; put the other under “disputed”.",
                values=sorted([other["value"], row["value"]]),
            )


def overlapping_memberships(checked: Checked) -> Iterator[Finding]:
    """Memberships in one role on the same day by actors that were merged since they were written.

    Of actors under one key the schema sees to it.
    """
    held: dict[tuple[str, str], list[tuple[int, Row]]] = defaultdict(list)
    for number, row in enumerate(checked.document.get("memberships", ())):
        held[_key(checked, row["actor"]), row["role"]].append((number, row))
    for (actor, role), rows in held.items():
        for (first, row), (second, other) in combinations(rows, 2):
            if row["actor"] != other["actor"] and overlap_for_certain(_span(row), _span(other)):
                yield Finding.error(
                    checked.document,
                    ("memberships", second),
                    "overlapping-memberships",
                    f"“{other['actor']}” and “{row['actor']}” are both {actor} today, which would"
                    f" be “{role}” twice at a time (memberships[{first}]). Make one row of them.",
                )


def own_word_of_actors(checked: Checked) -> Iterator[Finding]:
    """Statements on an actor that rest on what this actor alone has published.

    A position that is quoted is not among them: what somebody thinks is best told in their words.
    """
    for name in _OF_ACTORS:
        for number, row in enumerate(checked.document.get(name, ())):
            if "quote" not in row and _rests_on(checked, row, checked.names_of(row["actor"])):
                yield _own_word(checked, name, number, _name(checked, row["actor"]))


def own_word_of_itself(checked: Checked) -> Iterator[Finding]:
    """Statements on an actor or body in its own entry that rest on what it alone has published."""
    document = checked.document
    names = [fold(name) for name in (document["name"], *document.get("aliases", ()))]
    for name in _OF_ITSELF:
        for number, row in enumerate(document.get(name, ())):
            if _rests_on(checked, row, names):
                yield _own_word(checked, name, number, document["name"])


def _own_word(checked: Checked, name: str, number: int, actor: str) -> Finding:
    sources = sorted(cite["source"] for cite in checked.document[name][number]["cites"])
    return Finding.warning(
        checked.document,
        (name, number, "cites"),
        "own-word-only",
        f"Only {actor} itself says so. Add a source that is independent of it, if there is one.",
        sources=sources,
    )


def _rests_on(checked: Checked, row: Row, names: Iterable[str]) -> bool:
    """Whether everything that a row cites was published or written by the bearer of `names`."""
    own = set(names)
    labels = [checked.label_of(cite["source"]) for cite in row.get("cites", ())]
    return bool(labels) and all(label is not None and _is_by(label, own) for label in labels)


def _is_by(source: Row, names: set[str]) -> bool:
    authors = {fold(author) for author in source.get("authors", ())}
    return fold(source.get("publisher", "")) in names or bool(authors and authors <= names)


def _name(checked: Checked, key: str) -> str:
    label = checked.label_of(key)
    return str(label["name"]) if label else key


def _key(checked: Checked, key: str) -> str:
    """The key of the entry that `key` means today."""
    label = checked.label_of(key)
    return str(label["key"]) if label else key


def _span(row: Row) -> Span:
    return Span.parse(row.get("from"), row.get("to"))


def _all_of(*checks: Check) -> Check:
    def check(checked: Checked) -> Iterator[Finding]:
        for each in checks:
            yield from each(checked)

    return check


_ANY = (disputed_values, conflicting_figures)
check_proposal = _all_of(*_ANY, positions_before_the_proposal, own_word_of_actors)
check_actor = _all_of(*_ANY, own_word_of_itself)
check_body = _all_of(*_ANY, overlapping_memberships, own_word_of_actors, own_word_of_itself)
check_instrument = _all_of(*_ANY, own_word_of_actors)
check_event = _all_of(*_ANY)
