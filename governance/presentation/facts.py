"""Key facts: the single-valued fields of a document, each with its label, value and sources."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from governance.codes import COUNTRIES_PAST_AND_PRESENT
from governance.registers import RESOLVERS
from governance.vocabularies import (
    ACTOR_TYPES,
    BODY_STATUSES,
    BODY_TYPES,
    EVENT_TYPES,
    FUNCTIONS,
    IDENTIFIER_SCHEMES,
    INSTRUMENT_BINDING,
    INSTRUMENT_STATUSES,
    INSTRUMENT_TYPES,
    PROPOSAL_FORMS,
    PROPOSAL_STAGES,
    PROPOSED_BINDING,
    SCOPES,
    TOPICS,
)
from kb.documents.vocabulary import Vocabulary
from kb.filters import TermFilter
from kb.kinds import Kind, kind_named
from kb.publication.body import link, outward, readable_date, text_of

Shower = Callable[[str, Any], SafeString]  # (name of the kind, value) → HTML


def country_name(code: str) -> str:
    """The name of a country or of one of its parts: "CH", "SUHH", "US-CA"."""
    if code == "international":
        return "International"
    whole, _, part = code.partition("-")
    name = COUNTRIES_PAST_AND_PRESENT.label_of(whole)
    return f"{name} ({code})" if part else name


def _term(field: str, vocabulary: Vocabulary) -> Shower:
    return lambda kind, value: filtered(kind, field, value, vocabulary.label_of(value))


def _terms(field: str, vocabulary: Vocabulary) -> Shower:
    show = _term(field, vocabulary)
    return lambda kind, values: SafeString(", ".join(show(kind, value) for value in values))


def _date(_kind: str, value: str) -> SafeString:
    return text_of(readable_date(value))


def _country(kind: str, code: str) -> SafeString:
    return filtered(kind, "country", code, country_name(code))


def _jurisdiction(kind: str, code: str) -> SafeString:
    return filtered(kind, "jurisdiction", code, country_name(code))


def _place(kind: str, place: Mapping[str, Any]) -> SafeString:
    """A seat or the place of an event: "Geneva, Switzerland"."""
    del kind
    names = [place.get("city", ""), country_name(place["country"]) if "country" in place else ""]
    return text_of(", ".join(name for name in names if name))


def _references(_kind: str, labels: Sequence[Mapping[str, Any]]) -> SafeString:
    return SafeString(", ".join(link(label) for label in labels))


def _address(_kind: str, url: str) -> SafeString:
    return outward(url)


def _vote(_kind: str, vote: Mapping[str, Any]) -> SafeString:
    if vote.get("without_vote"):
        return text_of("adopted without a vote")
    counted = ((vote.get("for"), "for"), (vote.get("against"), "against"))
    parts = [f"{count} {side}" for count, side in counted if count is not None]
    if "abstained" in vote:
        parts.append(f"{vote['abstained']} abstained")
    return text_of(", ".join(parts))


_TOPICS = ("topics", "Topics", _terms("topics", TOPICS))
_FUNCTIONS = ("functions", "Functions", _terms("functions", FUNCTIONS))
_WEBSITE = ("website", "Website", _address)

FACTS: Mapping[str, Sequence[tuple[str, str, Shower]]] = {
    "proposal": (
        ("form", "Form", _term("form", PROPOSAL_FORMS)),
        ("stage", "Stage", _term("stage", PROPOSAL_STAGES)),
        ("proposed", "Proposed", _date),
        ("scope", "Scope", _term("scope", SCOPES)),
        ("binding", "Binding", _term("binding", PROPOSED_BINDING)),
        _FUNCTIONS,
        _TOPICS,
        _WEBSITE,
    ),
    "actor": (
        ("type", "Type", _term("type", ACTOR_TYPES)),
        ("country", "Country", _country),
        ("founded", "Founded", _date),
        ("dissolved", "Dissolved", _date),
        _TOPICS,
        _WEBSITE,
    ),
    "body": (
        ("type", "Type", _term("type", BODY_TYPES)),
        ("status", "Status", _term("status", BODY_STATUSES)),
        ("founded", "Founded", _date),
        ("dissolved", "Dissolved", _date),
        ("seat", "Seat", _place),
        _FUNCTIONS,
        _TOPICS,
        _WEBSITE,
    ),
    "instrument": (
        ("type", "Type", _term("type", INSTRUMENT_TYPES)),
        ("status", "Status", _term("status", INSTRUMENT_STATUSES)),
        ("binding", "Binding", _term("binding", INSTRUMENT_BINDING)),
        ("adopted", "Adopted", _date),
        ("in_force", "In force", _date),
        ("ended", "Ended", _date),
        ("jurisdiction", "Jurisdiction", _jurisdiction),
        ("issued_by", "Issued by", _references),
        ("vote", "Vote", _vote),
        ("text_url", "Text", _address),
        _TOPICS,
        _WEBSITE,
    ),
    "event": (
        ("type", "Type", _term("type", EVENT_TYPES)),
        ("start", "Began", _date),
        ("end", "Ended", _date),
        ("place", "Place", _place),
        ("organisers", "Organised by", _references),
        _TOPICS,
        _WEBSITE,
    ),
}


def filtered(kind: str, path: str, value: str, label: str) -> SafeString:
    """A value as a link to the list of those entries that share it, if there is such a filter."""
    name = _filters_by_path(kind).get(path)
    if name is None:
        return text_of(label)
    plural = kind_named(kind).plural
    return SafeString(f'<a href="/{plural}/?{name}={escape(value)}">{escape(label)}</a>')


@cache
def _filters_by_path(kind: str) -> dict[str, str]:
    """Path of a field → name of the filter of the kind's list that reads it."""
    return {f.path: f.name for f in kind_named(kind).filters if isinstance(f, TermFilter)}


# --- identifiers -----------------------------------------------------------------------------


def identifiers(kind: Kind, document: Mapping[str, Any]) -> list[tuple[str, SafeString]]:
    """(scheme, value as a link to where it is kept), in the order of the vocabulary."""
    del kind
    found: Mapping[str, str] = document.get("identifiers", {})
    ordered = [scheme for scheme in IDENTIFIER_SCHEMES.values if scheme in found]
    return [(IDENTIFIER_SCHEMES.label_of(each), _identifier(each, found[each])) for each in ordered]


def _identifier(scheme: str, value: str) -> SafeString:
    pattern = RESOLVERS.get(scheme)
    return outward(pattern.format(value), value) if pattern else text_of(value)
