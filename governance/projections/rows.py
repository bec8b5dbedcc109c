"""Parts of rows that several kinds share, and the lists that every entry may have."""

from collections.abc import Iterable, Iterator
from datetime import date

import orjson
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from governance.directions import OF_ACTS, Saying
from governance.models import Figure, Link, Milestone, Participation, Position, Voices
from governance.projections import links
from governance.projections.holding import Days, Holding
from governance.projections.voices import packed
from kb.documents.inexact_dates import InexactDate
from kb.kinds import JSON, Published
from kb.models.projected import unsaved

EMPTY = DateRange(empty=True)


def ends(name: str, text: str | None) -> JSON:
    """The columns of both ends of the date `text`, None where there is none."""
    date = InexactDate.parse(text) if text else None
    return {
        f"{name}_earliest": date.earliest if date else None,
        f"{name}_latest": date.latest if date else None,
    }


def ranges(holding: Holding) -> JSON:
    """The columns of a `DatedRow`."""
    return {"certain": _range(holding.certain), "possible": _range(holding.possible)}


def _range(days: Days | None) -> DateRange:
    return EMPTY if days is None else DateRange(days.first, days.before)


def statements(published: Published, name: str, owner: str) -> Iterator[tuple[JSON, JSON]]:
    """Each row of the list `name` as written, and the columns that any statement has.

    `owner`: under which name the public JSON of a statement shows whose it is ("body").
    """
    document = published.document
    whose = {field: document[field] for field in ("key", "kind", "name")}
    expanded = published.expanded.get(name, ())
    for ordinal, (row, shown) in enumerate(zip(document.get(name, ()), expanded, strict=True)):
        yield (
            row,
            {
                "entry_id": published.entry_id,
                "statement": row["id"],
                "ordinal": ordinal,
                "json": orjson.dumps({"id": row["id"], owner: whose, **shown}),
            },
        )


def voices(rows: Iterable[Position | Participation]) -> Iterator[Voices]:
    """Where everybody stands on one proposal or instrument, by its positions or acts."""
    sayings = [saying for row in rows if (saying := _saying(row))]
    if sayings:
        yield unsaved(Voices, entry_id=sayings[0].subject, stretches=packed(sayings))


def _saying(row: Position | Participation) -> Saying | None:
    """None for a reservation, and for what held on no day.

    What held on no day is, say, an undated position of an actor with a dated one.
    """
    action: str | None = getattr(row, "action", None)
    said: str = getattr(row, "stance", "") if action is None else action
    if row.possible.isempty or (action is not None and action not in OF_ACTS):
        return None
    ends = (row.dated_earliest or date.min, row.dated_latest or date.min)
    return Saying(
        actor=row.actor_id,
        subject=row.entry_id,
        said=said,
        statement=row.statement,
        rank=(*ends, row.ordinal),
        since=row.dated_latest or row.certain.lower,
        until=row.possible.upper,
        is_act=action is not None,
    )


def rows_of_any_kind(published: Published) -> Iterator[models.Model]:
    """Links, figures and milestones."""
    yield from _links(published)
    yield from _figures(published)
    yield from _milestones(published)


def _links(published: Published) -> Iterator[Link]:
    held = links.held(published.document, published.label_of)
    for (row, columns), holding in zip(statements(published, "links", "entry"), held, strict=True):
        yield unsaved(
            Link,
            **columns,
            **ranges(holding),
            relation=row["relation"],
            target_id=published.entry_id_of(row["target"]),
        )


def _figures(published: Published) -> Iterator[Figure]:
    for row, columns in statements(published, "figures", "entry"):
        yield unsaved(
            Figure,
            **columns,
            metric=row["metric"],
            **_span_of(row),
            value=row["value"],
            unit=row["unit"],
            is_approximate=row.get("approximate", False),
        )


def _span_of(figure: JSON) -> JSON:
    """The columns of a figure's year or period."""
    if "year" in figure:
        year = figure["year"]
        return {"year": year, **ends("dated", f"{year:04}")}
    first, last = (InexactDate.parse(figure["period"][end]) for end in ("from", "to"))
    return {"year": None, "dated_earliest": first.earliest, "dated_latest": last.latest}


def _milestones(published: Published) -> Iterator[Milestone]:
    for row, columns in statements(published, "milestones", "entry"):
        yield unsaved(Milestone, **columns, **ends("dated", row["date"]), title=row["title"])
