"""The sections of an entry's page that other entries fill: a fixed number of queries a page.

Rows come from the projected tables with their public JSON; what is shown of the sources they cite
is read for all sections together.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

import orjson
from django.utils.safestring import SafeString

from governance.as_of import as_of
from governance.presentation.bodies import membership_row
from governance.presentation.card_facts import card_fact
from governance.presentation.entries import JSON, Page, link_row
from governance.presentation.instruments import participation_row
from governance.presentation.proposals import position_row
from governance.presentation.relations import INVERSE, relation_label
from governance.presentation.sentences import sentence
from governance.vocabularies import LINK_RELATIONS
from governance.web.membership import membership_section
from kb.documents.inexact_dates import InexactDate
from kb.kinds import kind_named
from kb.publication.body import Notes, link, text_of
from kb.publication.names import Names
from kb.publication.reading import edge_counts, edges, fetch_all
from kb.web.additions import MOST_ROWS, Additions, Entry, Section
from kb.web.outlines import filled, filled_rows
from kb.web.references import referring_rows, referring_section

# A row of any of these tables, with how sure it is that it holds on the day asked for.
_ROWS = (
    "(SELECT '{name}', r.json, {certainty}, count(*) OVER () FROM {table} r"
    " WHERE {where}{held} ORDER BY {order} LIMIT {limit})"
)
_NEWEST = "r.dated_earliest DESC NULLS LAST, r.dated_latest DESC NULLS LAST, r.entry_id, r.ordinal"

SECTIONS = "governance/sections"  # folder of their templates

# Relations that have a section of their own.
_OWN = ("positions.actor", "memberships.actor", "participation.actor", *LINK_RELATIONS.values)


class Asked(NamedTuple):
    """What is read for one section. `ids` are the entries that `where` speaks of."""

    name: str
    table: str
    where: str
    ids: Sequence[int]
    order: str
    limit: int = MOST_ROWS


class Found(NamedTuple):
    """Rows of a section and how many there are in all."""

    rows: list[JSON]
    total: int


def sections(entry: Entry, notes: Notes) -> Sequence[Section]:
    """The sections of a page of any of the six kinds."""
    if entry.kind == "source":
        return statements_that_cite(entry)
    asked = [*(_of_actor(entry) if entry.kind in ("actor", "body") else ()), _links_to(entry)]
    found = _read(asked, entry.on)
    page = Page(kind_named(entry.kind), {}, notes, entry.on)
    shown = _with_sources(found)
    made = [make(entry, page, shown[name]) for name, make in _MAKERS.items() if name in shown]
    return [
        *membership_section(entry),
        *(section for section in made if section is not None),
        *referring_section(entry, ADDITIONS, without=_OWN),
    ]


# --- reading ---------------------------------------------------------------------------------


def _of_actor(entry: Entry) -> list[Asked]:
    about, ids = "r.actor_id = %s", [entry.entry_id]
    by_body = "r.certain DESC, r.entry_id, r.ordinal"
    return [
        Asked("positions", "governance_position", about, ids, _NEWEST),
        _of_its_people(entry),
        Asked("memberships", "governance_membership", about, ids, by_body),
        Asked("participation", "governance_participation", about, ids, _NEWEST),
    ]


def _of_its_people(entry: Entry) -> Asked:
    """Positions of a country's other actors, or of the people of an organisation."""
    where = (
        "r.actor_id IN (SELECT a.entry_id FROM governance_actor a"
        " JOIN governance_actor s ON s.country = a.country"
        " WHERE s.entry_id = %s AND s.type IN ('state', 'supranational') AND s.country <> ''"
        " AND a.entry_id <> s.entry_id"
        " UNION SELECT entry_id FROM governance_link"
        " WHERE target_id = %s AND relation = 'affiliated-with')"
    )
    if entry.on is None:
        where += " AND r.is_current"
    ids = [entry.entry_id, entry.entry_id]
    return Asked("people", "governance_position", where, ids, _NEWEST)


def _links_to(entry: Entry) -> Asked:
    order = "r.relation, r.entry_id, r.ordinal"
    limit = MOST_ROWS * 4
    return Asked("links", "governance_link", "r.target_id = %s", [entry.entry_id], order, limit)


def _read(asked: Sequence[Asked], on: date | None) -> dict[str, Found]:
    """The rows of all sections in one query: each part has an order and a limit of its own."""
    certainty, held, day = "NULL", "", []
    if on is not None:
        certainty = "CASE WHEN r.certain @> %s::date THEN 'certain' ELSE 'possible' END"
        held, day = " AND r.possible @> %s::date", [on]
    sql = " UNION ALL ".join(
        _ROWS.format(**each._asdict(), certainty=certainty, held=held) for each in asked
    )
    rows = fetch_all(sql, [param for each in asked for param in (*day, *each.ids, *day)])
    found: dict[str, Found] = {}
    for name, json, certain, total in rows:
        section = found.setdefault(name, Found([], total))
        section.rows.append({**orjson.loads(json), **_certain(certain)})
    return found


def _certain(certainty: str | None) -> JSON:
    return {"certainty": certainty} if certainty else {}


def _elsewhere(row: JSON, owner: str) -> JSON:
    """A row that stands on the page of its `owner`, where its own address leads."""
    whose = row[owner]
    return {**row, "path": f"/{kind_named(whose['kind']).plural}/{whose['key']}/"}


def _with_sources(found: Mapping[str, Found]) -> dict[str, Found]:
    """The rows with all that is shown of the sources they cite, read at once."""
    cites = [cite for each in found.values() for row in each.rows for cite in row.get("cites", ())]
    if cites:
        names = Names({cite["source"]["key"] for cite in cites})
        for cite in cites:
            cite["source"] = names.shown(cite["source"]["key"]) or cite["source"]
    return dict(found)


# --- showing ---------------------------------------------------------------------------------


def _section(
    entry: Entry, name: str, title: str, found: Found, html: SafeString, relation: str = ""
) -> Section | None:
    if not found.total:
        return None
    has_more = found.total > len(found.rows) and relation
    more = f"/entries/{entry.key}/references/?relation={relation}" if has_more else ""
    dated = f"{title} on {InexactDate.of(entry.on).readable}" if entry.on else title
    return Section(f"{name}_", dated, html, found.total, more)


def _rows_html(
    name: str, rows: Sequence[JSON], shaped: Collection[str] = ("certainty",)
) -> SafeString:
    """The rows of a section in its frame."""
    shown = filled_rows(f"{SECTIONS}/_{name}_row.html", rows, shaped)
    return filled(f"{SECTIONS}/_{name}.html", {}, {"rows": shown})


def _groups_html(
    name: str, groups: Sequence[tuple[JSON, Sequence[JSON]]], shaped: Collection[str] = ()
) -> SafeString:
    """Groups with their rows in the frame of a section."""
    each = (
        {**group, "rows": filled_rows(f"{SECTIONS}/_{name}_row.html", rows)}
        for group, rows in groups
    )
    shown = filled_rows(f"{SECTIONS}/_{name}_group.html", each, shaped)
    return filled(f"{SECTIONS}/_{name}.html", {}, {"groups": shown})


def _positions(entry: Entry, page: Page, found: Found) -> Section | None:
    rows = [position_row(page, _elsewhere(row, "proposal"), row["proposal"]) for row in found.rows]
    changed = _changed(found.rows)
    shown = [{**row, "is_changed": row["id"] in changed} for row in rows]
    rows_html = filled_rows(f"{SECTIONS}/_positions_row.html", shown, ("certainty", "is_changed"))
    through = text_of(f"/{kind_named(entry.kind).plural}/{entry.key}/positions/")
    html = filled(f"{SECTIONS}/_positions.html", {}, {"rows": rows_html, "through": through})
    return _section(entry, "positions", "Positions", found, html, "positions.actor")


def _changed(rows: Sequence[JSON]) -> set[str]:
    """Positions that are another stance than the actor's position before on the same proposal."""
    changed: set[str] = set()
    newer: dict[str, JSON] = {}
    for row in rows:  # newest first
        later = newer.get(row["proposal"]["key"])
        if later is not None and later["stance"] != row["stance"]:
            changed.add(later["id"])
        newer[row["proposal"]["key"]] = row
    return changed


def _people(entry: Entry, page: Page, found: Found) -> Section | None:
    rows = [
        {
            **position_row(page, _elsewhere(row, "proposal"), row["actor"]),
            "proposal": link(row["proposal"]),
        }
        for row in found.rows
    ]
    title = "Positions of its people and organisations"
    return _section(entry, "people", title, found, _rows_html("people", rows))


def _memberships(entry: Entry, page: Page, found: Found) -> Section | None:
    rows = [
        {
            **membership_row(page, _elsewhere(row, "body"), row["body"], is_role_shown=True),
            "certainty": row.get("certainty"),
        }
        for row in found.rows
    ]
    html = _rows_html("memberships", rows)
    return _section(entry, "memberships", "Memberships", found, html, "memberships.actor")


def _participation(entry: Entry, page: Page, found: Found) -> Section | None:
    rows = [
        participation_row(page, _elsewhere(row, "instrument"), row["instrument"])
        for row in found.rows
    ]
    html = _rows_html("participation", rows)
    return _section(entry, "participation", "Participation", found, html, "participation.actor")


def _links(entry: Entry, page: Page, found: Found) -> Section | None:
    order = {relation: place for place, relation in enumerate(INVERSE)}
    rows = sorted(found.rows, key=lambda row: order.get(row["relation"], len(order)))
    groups = [
        (
            {"label": relation_label(relation)},
            [link_row(page, _elsewhere(row, "entry"), row["entry"]) for row in group],
        )
        for relation, group in groupby(rows, key=lambda row: str(row["relation"]))
    ]
    html = _groups_html("links_here", groups)
    section = _section(entry, "links_here", "Links to here", found, html)
    if section is None or found.total <= len(found.rows):
        return section
    more = f"/entries/{entry.key}/references/"
    return Section(section.id, section.title, section.html, section.total, more)


_MAKERS = {
    "positions": _positions,
    "people": _people,
    "memberships": _memberships,
    "participation": _participation,
    "links": _links,
}


def statements_that_cite(entry: Entry) -> list[Section]:
    """For a source: the statements that rest on it."""
    counts = edge_counts(entry.entry_id, inwards=True)
    total = sum(counts.values())
    if not total:
        return []
    rows = referring_rows(edges(entry.entry_id, inwards=True, limit=MOST_ROWS), ADDITIONS)
    groups = [
        ({"entry": name, "kind": kind}, sorted(group, key=lambda row: _in_order(row["place"])))
        for (name, kind), group in groupby(rows, key=lambda row: (row["entry"], row["kind"]))
    ]
    html = _groups_html("statements", groups, ("kind",))
    more = f"/entries/{entry.key}/references/" if total > MOST_ROWS else ""
    return [Section("statements_", "What rests on this source", html, total, more)]


def _in_order(place: str) -> list[tuple[str, int]]:
    """For sorting places as the document has them: the tenth row comes after the second."""
    return [
        (name, int(number or -1)) for name, number in re.findall(r"([a-z_]+)(?:\[(\d+)\])?", place)
    ]


ADDITIONS = Additions(
    sections=sections,
    narrowed=as_of,
    dated_kinds=frozenset({"proposal", "actor", "body", "instrument"}),
    relation=relation_label,
    statement=sentence,
    fact=card_fact,
)
