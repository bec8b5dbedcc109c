"""Lists of the starter knowledge: every filter, page and facet, against plain documents."""

import json
import random
from collections import Counter
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from kb.kinds import kinds
from kb.publication.lists import asking_for
from tests.governance.api.naive import (
    CONSENT,
    DATES,
    EXISTS,
    SHARED_EXISTS,
    TERMS,
    earliest,
    latest,
    passes,
    rules_for,
    rules_for_all,
    sources_in,
    values_at,
)

pytestmark = pytest.mark.usefixtures("dataset")

LISTS = ["entries", *(kind.plural for kind in kinds())]
KIND_AT = {kind.plural: kind.name for kind in kinds()}
NEEDS_ANOTHER = {"on"}  # says nothing alone
NEEDS_A_DAY = {"certainty"}  # nor without both; tried by itself below


def get(address):
    response = Client().get(address)
    assert response.status_code == 200, (address, response.content)
    return json.loads(response.content)


def most_frequent(values, count):
    """The `count` most frequent values, and the rarest."""
    ordered = [value for value, _count in Counter(values).most_common()]
    return list(dict.fromkeys([*ordered[:count], *ordered[-1:]]))


def samples(plural, documents):
    """Parameter → lists of values to try, drawn from what the documents hold."""
    kind = KIND_AT.get(plural)
    own = [d for d in documents.values() if kind in (None, d["kind"])]
    bodies = [d for d in documents.values() if d["kind"] == "body"]
    found = {}
    dates: tuple[str, ...]
    if kind is None:
        paths = {"topic": "topics", "function": "functions", "country": "country"}
        exists, dates = list(SHARED_EXISTS), ()
        found["kind"] = [["body"], ["source", "actor"]]
        found["kind.not"] = [["source"], ["actor", "event"]]
    else:
        paths, exists, dates = TERMS[kind], list(EXISTS[kind]), DATES[kind]
    for name, path in paths.items():
        values = most_frequent((v for d in own for v in values_at(d, path)), 2)
        found[name] = [*([value] for value in values), values]
        found[f"{name}.all"] = [values[:1], values[:2]]
        found[f"{name}.not"] = [values[:1], values]
    found |= {f"exists.{name}": [["true"], ["false"]] for name in exists}
    for name in dates:
        days = sorted(d[name] for d in own if name in d)
        tried = [days[len(days) // 3], days[-1][:4], "1957-12"] if days else ["1999"]
        found |= {f"{name}.{end}": [[day] for day in tried] for end in ("from", "to")}
    rows = {
        "linked_to": (link["target"] for d in own for link in d.get("links", ())),
        "relation": (link["relation"] for d in own for link in d.get("links", ())),
        "modelled_on": (
            link["target"]
            for d in own
            for link in d.get("links", ())
            if link["relation"] == "modelled-on"
        ),
        "actor": (p["actor"] for d in own for p in d.get("positions", ())),
        "stance": (p["stance"] for d in own for p in d.get("positions", ())),
        "member": (m["actor"] for d in own for m in d.get("memberships", ())),
        "member_of": (d["key"] for d in bodies for m in d.get("memberships", ())),
        "role": (m["role"] for d in bodies for m in d.get("memberships", ())),
        "participant": [
            *(p["actor"] for d in own for p in d.get("participation", ())),
            *(p for d in own for p in d.get("participants", ())),
        ],
        "action": (p["action"] for d in own for p in d.get("participation", ())),
        "party": (
            p["actor"] for d in own for p in d.get("participation", ()) if p["action"] in CONSENT
        ),
        "issued_by": (key for d in own for key in d.get("issued_by", ())),
        "organiser": (key for d in own for key in d.get("organisers", ())),
        "cited_by": (d["key"] for d in documents.values() for _s in sources_in(d)),
    }
    for name, values in rows.items():
        chosen = most_frequent(values, 2)
        found[name] = [*([value] for value in chosen), chosen]
    found["on"] = [["1962-06-01"], ["1999-12-31"], ["2024-03-15"]]
    declared = asking_for(kind).filter_of.keys() - {"changed_since"} - NEEDS_A_DAY
    return {name: found[name] for name in declared}


def assert_equal_to_the_naive_filter(plural, given, documents):
    kind = KIND_AT.get(plural)
    expected = {
        key
        for key, document in documents.items()
        if kind in (None, document["kind"])
        and passes(document, given, documents, shared=kind is None)
    }
    query = urlencode({**given, "page_size": 200, "fields": "key"}, doseq=True)
    found = get(f"/api/v1/{plural}?{query}")
    keys = {row["key"] for row in found["items"]}
    assert (found["total"], found["total_is_exact"]) == (len(expected), True), given
    assert keys <= expected, given
    assert len(keys) == min(200, len(expected)), given


@pytest.mark.parametrize("plural", LISTS)
def test_every_filter_has_a_naive_twin(plural):
    kind = KIND_AT.get(plural)
    rules = rules_for(kind) if kind else rules_for_all("body")

    declared = asking_for(kind).filter_of.keys() - {"changed_since"}
    assert declared <= rules.keys() | NEEDS_ANOTHER | NEEDS_A_DAY


@pytest.mark.parametrize("plural", LISTS)
def test_every_filter_alone_gives_what_the_naive_one_does(plural, documents):
    for name, tried in samples(plural, documents).items():
        for values in tried:
            if name not in NEEDS_ANOTHER:
                assert_equal_to_the_naive_filter(plural, {name: values}, documents)


@pytest.mark.parametrize("plural", LISTS)
def test_every_two_filters_together_give_what_the_naive_ones_do(plural, documents):
    chance = random.Random(plural)  # the same pairs of values in every run
    tried = samples(plural, documents)
    partners = {"on": ("member", "member_of", "role", "actor", "stance")}
    for one, other in combinations(tried, 2):
        lonely = NEEDS_ANOTHER & {one, other}
        if lonely and not {one, other} & set(partners[lonely.pop()]):
            continue
        given = {one: chance.choice(tried[one]), other: chance.choice(tried[other])}
        assert_equal_to_the_naive_filter(plural, given, documents)


@pytest.mark.parametrize("plural", LISTS)
def test_changed_since_tells_new_from_old(plural):
    total = get(f"/api/v1/{plural}")["total"]

    assert get(f"/api/v1/{plural}?changed_since=2020-01-01")["total"] == total
    assert get(f"/api/v1/{plural}?changed_since=2100-01-01T00:00:00Z")["total"] == 0


# --- pages -----------------------------------------------------------------------------------


def walk(address):
    """Every page from `address` on, following `next`."""
    pages = []
    while address:
        pages.append(get(address))
        address = pages[-1].get("next")
    return pages


def keys_of(pages):
    return [row["key"] for page in pages for row in page["items"]]


@pytest.mark.parametrize("size", [1, 2, 7, 200])
@pytest.mark.parametrize("plural", LISTS)
def test_paging_gives_each_entry_once_whatever_the_size(plural, size, documents):
    kind = KIND_AT.get(plural)
    # One row a page through everything takes minutes and shows no more than a part does.
    narrowed = {"entries": "kind=event&kind=body", "sources": "type=speech", "actors": "type=state"}
    query = f"&{narrowed[plural]}" if size < 7 and plural in narrowed else ""

    pages = walk(f"/api/v1/{plural}?page_size={size}&fields=key{query}")

    keys = keys_of(pages)
    assert len(keys) == len(set(keys)) == pages[0]["total"]
    assert {page["total"] for page in pages} == {len(keys)}
    assert all(len(page["items"]) == size for page in pages[:-1])
    if not query:
        assert set(keys) == {k for k, d in documents.items() if kind in (None, d["kind"])}


@pytest.mark.parametrize(
    "sort", ["name", "-name", "published_at", "-published_at", "date", "-date"]
)
@pytest.mark.parametrize("plural", ["entries", "proposals"])
def test_every_order_pages_both_ways(plural, sort):
    size = 200 if plural == "entries" else 7
    pages = walk(f"/api/v1/{plural}?page_size={size}&sort={sort}&fields=name")
    keys = keys_of(pages)

    back: list[dict[str, Any]] = []
    address = pages[-1].get("prev")
    while address:
        page = get(address)
        back.insert(0, page)
        address = page.get("prev")

    assert keys_of(back) == keys[: -len(pages[-1]["items"])]
    assert "prev" not in back[0]
    opposite = sort[1:] if sort.startswith("-") else f"-{sort}"
    assert keys_of(walk(f"/api/v1/{plural}?page_size=200&sort={opposite}&fields=key")) == keys[::-1]


def test_dates_are_in_order_and_the_undated_first(documents):
    pages = walk("/api/v1/proposals?sort=date&page_size=7&fields=proposed")

    dates = [row.get("proposed", "") for page in pages for row in page["items"]]
    assert [text[:4] for text in dates] == sorted(text[:4] for text in dates)


def test_next_keeps_every_parameter():
    address = "/api/v1/bodies?topic=open-science&topic=health&page_size=1&sort=-name&facets=type"

    following = get(address)["next"]

    assert following.startswith(f"http://testserver{address}&cursor=")
    assert get(following)["facets"].keys() == {"type"}


def test_no_result_is_an_empty_list():
    found = get("/api/v1/proposals?proposed.from=2999")

    assert found == {"items": [], "total": 0, "total_is_exact": True}


# --- facets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plural", "given"),
    [
        ("entries", {}),
        ("entries", {"topic": ["us-china"]}),
        ("entries", {"kind": ["proposal"], "topic": ["us-china"]}),
        ("proposals", {}),
        ("proposals", {"topic": ["us-china", "compute-governance"]}),
        ("proposals", {"topic": ["us-china"], "stage": ["floated"], "exists.positions": ["true"]}),
        ("bodies", {"country": ["CH"]}),
        ("sources", {"type": ["treaty"]}),
    ],
)
def test_a_facet_counts_what_choosing_each_value_would_give(plural, given, documents):
    kind = KIND_AT.get(plural)
    facets = get(f"/api/v1/{plural}?{urlencode({**given, 'facets': 'true'}, doseq=True)}")["facets"]

    assert list(facets) == list(asking_for(kind).facet_names)
    for name, facet in facets.items():
        others = {n: v for n, v in given.items() if n != name}
        counted = Counter(
            value
            for document in documents.values()
            if kind in (None, document["kind"])
            and passes(document, others, documents, shared=kind is None)
            for value in facet_values(document, name)
        )
        assert {each["value"]: each["count"] for each in facet["values"]} == dict(counted), name
        assert facet["is_exact"]
        assert all(each["label"] for each in facet["values"])


def facet_values(document, name):
    if name == "kind":
        return [document["kind"]]
    path = TERMS[document["kind"]].get(name)
    return values_at(document, path) if path else []


@pytest.mark.parametrize("day", ["1954-09-28", "1962-06-01", "1999-12-31", "2024-03-15"])
@pytest.mark.parametrize("member", ["germany", "spain", "united-states"])
def test_possible_is_what_the_naive_filter_would_not_rule_out(member, day, documents):
    def listed(certainty):
        asked = {"member": member, "on": day, "certainty": certainty, "page_size": 200}
        return get(f"/api/v1/bodies?{urlencode(asked)}")["items"]

    certain, possible = listed("certain"), listed("possible")

    not_ruled_out = {
        key for key, body in documents.items() if may_have_member(body, member, day, documents)
    }
    assert {row["key"] for row in (*certain, *possible)} == not_ruled_out
    assert {row["certainty"] for row in certain} <= {"certain"}
    assert {row["certainty"] for row in possible} <= {"possible"}
    assert not {row["key"] for row in certain} & {row["key"] for row in possible}


def may_have_member(body, member, day, documents):
    """Whether the dates of some membership leave open that it held on the day."""
    begun, ended = body.get("founded", "0001"), body.get("dissolved", "9999")
    begun = max(earliest(begun), earliest(documents[member].get("founded", "0001")))
    return any(
        row["actor"] == member
        and earliest(row.get("from", begun)) <= day <= latest(row.get("to", ended))
        for row in body.get("memberships", ())
    )
