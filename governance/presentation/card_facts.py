"""One line about an entry, for the picture that is shown beside links to it."""

from collections.abc import Callable, Mapping
from typing import Any

from governance.acts import JOINING
from governance.analyses.membership import MEMBER_ROLES
from governance.presentation.facts import country_name
from governance.vocabularies import (
    ACTOR_TYPES,
    BODY_TYPES,
    EVENT_TYPES,
    INSTRUMENT_TYPES,
    PROPOSAL_FORMS,
    SOURCE_TYPES,
)
from kb.publication.body import readable_date

JSON = Mapping[str, Any]


def card_fact(kind: str, document: JSON) -> str:
    """What kind of thing, since when, how many: at most three things, "" where nothing is known."""
    return " · ".join([part for part in _PARTS[kind](document) if part][:3])


def _proposal(document: JSON) -> list[str]:
    return [
        PROPOSAL_FORMS.label_of(document["form"]) if "form" in document else "",
        _said("proposed", document.get("proposed")),
        _many(len(document.get("positions", ())), "position", "positions"),
    ]


def _actor(document: JSON) -> list[str]:
    country = document.get("country")
    return [
        ACTOR_TYPES.label_of(document["type"]) if "type" in document else "",
        country_name(country) if country else "",
        _said("founded", document.get("founded")),
    ]


def _body(document: JSON) -> list[str]:
    members = {
        row["actor"]["key"]
        for row in document.get("memberships", ())
        if row["role"] in MEMBER_ROLES and "to" not in row
    }
    return [
        BODY_TYPES.label_of(document["type"]) if "type" in document else "",
        _said("founded", document.get("founded")),
        _many(len(members), "member", "members"),
    ]


def _instrument(document: JSON) -> list[str]:
    rows = document.get("participation", ())
    joined = {row["actor"]["key"] for row in rows if row["action"] in JOINING}
    return [
        INSTRUMENT_TYPES.label_of(document["type"]) if "type" in document else "",
        _said("adopted", document.get("adopted")),
        f"signed or joined by {len(joined):,}" if joined else "",
    ]


def _event(document: JSON) -> list[str]:
    place = document.get("place", {})
    return [
        EVENT_TYPES.label_of(document["type"]) if "type" in document else "",
        readable_date(document.get("start")),
        place.get("city", ""),
    ]


def _source(document: JSON) -> list[str]:
    return [
        SOURCE_TYPES.label_of(document["type"]) if "type" in document else "",
        str(document.get("publisher", "")),
        readable_date(document.get("issued")),
    ]


def _said(word: str, date: str | None) -> str:
    return f"{word} {readable_date(date)}" if date else ""


def _many(number: int, one: str, many: str) -> str:
    return f"{number:,}\N{NO-BREAK SPACE}{one if number == 1 else many}" if number else ""


_PARTS: Mapping[str, Callable[[JSON], list[str]]] = {
    "proposal": _proposal,
    "actor": _actor,
    "body": _body,
    "instrument": _instrument,
    "event": _event,
    "source": _source,
}
