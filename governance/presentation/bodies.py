"""International bodies: who belongs and when, organs, design."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from governance.presentation.entries import JSON, Page, Row, address, design, note
from governance.vocabularies import MEMBERSHIP_ROLES
from kb.publication.body import link, short_date
from kb.publication.markdown import inline_html

# Founders are members: apart in the row, together in the count.
_GROUPS: Sequence[tuple[str, frozenset[str]]] = (
    ("Members", frozenset({"founding-member", "member"})),
    ("Associate members", frozenset({"associate-member"})),
    ("Candidates", frozenset({"candidate"})),
    ("Observers", frozenset({"observer"})),
    ("Partners", frozenset({"partner"})),
    ("Hosts", frozenset({"host"})),
    ("Signatories", frozenset({"signatory"})),
    ("Suspended", frozenset({"suspended"})),
)
_PLAIN = {"member", "associate-member", "candidate", "observer", "partner", "host"}


def body_values(page: Page) -> JSON:
    """Groups of members, organs and design dimensions."""
    groups = member_groups(page)
    return {
        "member_groups": groups,
        "member_count": sum(len(group["rows"]) for group in groups),
        "organs": organs(page),
        "design": design(page),
    }


def member_groups(page: Page) -> list[JSON]:
    """Those who belong by role, then those who did; on a day: the certain, then the possible."""
    rows = page.rows("memberships")
    if page.on is None:
        return [
            *_by_role(page, [row for row in rows if "to" not in row], lambda row: row["actor"]),
            *_group(page, "Former", [row for row in rows if "to" in row]),
        ]
    certain = [row for row in rows if row.get("certainty") != "possible"]
    possible = [row for row in rows if row.get("certainty") == "possible"]
    return [
        *_by_role(page, certain, lambda row: row["actor"]),
        *_group(page, "Possibly: their dates leave this day open", possible, is_open=True),
    ]


def _by_role(
    page: Page, rows: Iterable[Row], other: Callable[[Row], Mapping[str, Any]]
) -> list[JSON]:
    rows = list(rows)
    found = []
    for label, roles in _GROUPS:
        held = [row for row in rows if row["role"] in roles]
        if held:
            found.append(
                {"label": label, "rows": [membership_row(page, row, other(row)) for row in held]}
            )
    return found


def _group(page: Page, label: str, rows: Sequence[Row], *, is_open: bool = False) -> list[JSON]:
    if not rows:
        return []
    shown = [membership_row(page, row, row["actor"], is_role_shown=True) for row in rows]
    return [{"label": label, "rows": shown, "is_open": is_open}]


def membership_row(
    page: Page, row: Row, other: Mapping[str, Any] | None, *, is_role_shown: bool = False
) -> JSON:
    """One membership: id, the other side, role, both dates, share, remark, marks."""
    role = row["role"]
    return {
        "id": row["id"],
        "other": link(other),
        "role": MEMBERSHIP_ROLES.label_of(role) if is_role_shown or role not in _PLAIN else "",
        "from": address(row, short_date(row.get("from")) or "not known"),
        "to": short_date(row.get("to")),
        "share": _share(row),
        "note": note(row),
        "marks": page.statement_marks(row),
    }


def _share(row: Row) -> SafeString | str:
    share = row.get("share")
    return "" if share is None else f"share {share}"


def organs(page: Page) -> list[JSON]:
    """Organs and how they decide, in the order of the document."""
    return [
        {
            "id": row["id"],
            "name": inline_html(row["name"]),
            "role": inline_html(row.get("role", "")),
            "parts": [
                (label, inline_html(row[field]))
                for field, label in (("composition", "Composition"), ("decision_rule", "Decides"))
                if row.get(field)
            ],
            "marks": page.statement_marks(row),
        }
        for row in page.rows("organs")
    ]
