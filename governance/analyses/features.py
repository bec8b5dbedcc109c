"""Reading the features of proposals: one query, and what a feature is called."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from governance.analyses.ideas import Feature, Ideas, ideas
from governance.vocabularies import (
    DESIGN_DIMENSIONS,
    FUNCTIONS,
    PROPOSED_BINDING,
    SCOPES,
    TOPICS,
)
from kb.documents.vocabulary import Vocabulary
from kb.filters import Parameter
from kb.publication.reading import fetch_all

# What a feature is of: its vocabulary, and whether the list of proposals has a filter of that name.
GROUPS: Mapping[str, tuple[Vocabulary, bool]] = {
    "function": (FUNCTIONS, True),
    "design": (DESIGN_DIMENSIONS, False),
    "scope": (SCOPES, True),
    "binding": (PROPOSED_BINDING, True),
}
UNTOLD = ("binding:unspecified",)  # that a proposal does not say is no feature of it

FEATURES: Sequence[Feature] = tuple(
    feature
    for name, (vocabulary, _has_filter) in GROUPS.items()
    for value in vocabulary.values
    if (feature := f"{name}:{value}") not in UNTOLD
)
COLUMNS = tuple(feature for feature in FEATURES if feature.startswith("function:"))

TOPIC = Parameter(
    "topic",
    "Only proposals on any of these topics.",
    {"type": "string", "enum": list(TOPICS.values)},
    repeat=True,
)
HAS = Parameter(
    "has",
    "List the proposals that have all of these features.",
    {"type": "string", "enum": list(FEATURES)},
    repeat=True,
)


class Proposed(NamedTuple):
    """A proposal with its features."""

    key: str
    name: str
    features: frozenset[Feature]


def proposals(topics: Collection[str] = ()) -> list[Proposed]:
    """Every proposal, or those on any of these topics, by name."""
    narrowed, params = "", []
    if topics:
        narrowed, params = " AND p.terms && %s::varchar[]", [[f"topic:{each}" for each in topics]]
    rows = fetch_all(
        "SELECT p.key, p.name, p.terms, coalesce(d.its, '{}') FROM kb_published p LEFT JOIN ("
        "  SELECT entry_id, array_agg(DISTINCT split_part(relation, '.', 2)) AS its"
        "  FROM kb_reference WHERE relation LIKE 'design.%%' GROUP BY entry_id"
        " ) d ON d.entry_id = p.entry_id"
        f" WHERE p.kind = 'proposal'{narrowed} ORDER BY p.sort_name, p.key",
        params,
        prepare=False,
    )
    return [
        Proposed(key, name, frozenset(_features(terms, dimensions)))
        for key, name, terms, dimensions in rows
    ]


def _features(terms: Sequence[str], dimensions: Sequence[str]) -> list[Feature]:
    its = [term for term in terms if term.partition(":")[0] in GROUPS and term not in UNTOLD]
    return [*its, *(f"design:{dimension}" for dimension in dimensions)]


def map_of(found: Sequence[Proposed]) -> Ideas:
    """Functions against functions, design, scope and binding force."""
    return ideas({each.key: each.features for each in found}, FEATURES, COLUMNS)


def group_of(feature: Feature) -> str:
    return feature.partition(":")[0]


def label_of(feature: Feature) -> str:
    """ "Joint research", "Funding": what the value of a feature is called."""
    name, _colon, value = feature.partition(":")
    return GROUPS[name][0].label_of(value)


def list_path(pair: Sequence[Feature], topics: Sequence[str] = ()) -> str:
    """The list of the proposals that have these features: by its filters where it has them all."""
    if all(GROUPS[group_of(each)][1] for each in pair):
        parts = [each.partition(":") for each in pair]
        names = [name for name, _colon, _value in parts]
        pairs = [
            (f"{name}.all" if names.count(name) > 1 else name, value)
            for name, _colon, value in parts
        ]
        return f"/proposals/?{urlencode([*pairs, *(('topic', each) for each in topics)])}"
    asked = [*(("has", each) for each in pair), *(("topic", each) for each in topics)]
    return f"/ideas/?{urlencode(asked, safe=':')}#found_"
