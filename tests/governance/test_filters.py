"""The subject's filters, over rows projected from small documents."""

from itertools import chain

import pytest
from django.db import connection
from django.utils import timezone

from governance.kinds import KINDS
from kb.documents.schema import expand
from kb.filters import WrongValue
from kb.kinds import Published
from kb.models import Entry, Label, Reference
from kb.parameters import declared_by
from kb.publication.copying import copy_rows

KIND = {kind.name: kind for kind in KINDS}
CITES = [{"source": "report"}]


def document(kind, key, **fields):
    return {"kind": kind, "key": key, "name": key.capitalize(), **fields}


def listed(name, *rows):
    return {name: [{"id": f"{name[0]}-{place}", **row} for place, row in enumerate(rows)]}


def member(actor, role="member", **dates):
    return {"actor": actor, "role": role, **dates, "cites": CITES}


def position(actor, stance, day):
    return {"actor": actor, "stance": stance, "date": day, "cites": CITES}


def act(actor, action, day):
    return {"actor": actor, "action": action, "date": day, "cites": CITES}


DOCUMENTS = [
    document("actor", "france"),
    document("actor", "spain"),
    document("actor", "netherlands"),
    {"kind": "source", "key": "report", "title": "Report", "accessed": "2026-11-22"},
    document(
        "body",
        "observatory",
        **listed(
            "memberships",
            member("france", "founding-member", **{"from": "1954"}),
            member("spain", **{"from": "1961-01-01", "to": "1968"}),
        ),
    ),
    document(
        "body",
        "laboratory",
        **listed("memberships", member("spain", "observer", **{"from": "1990"})),
    ),
    document(
        "proposal",
        "moratorium",
        **listed(
            "positions",
            position("france", "opposes", "2023-01-01"),
            position("france", "supports", "2025-01-01"),
            position("netherlands", "opposes", "2024-01-01"),
        ),
    ),
    document(
        "proposal",
        "telescope-for-ai",
        **listed(
            "links",
            {"relation": "modelled-on", "target": "observatory", "cites": CITES},
            {"relation": "related", "target": "laboratory"},
        ),
    ),
    document(
        "instrument",
        "convention",
        issued_by=["observatory"],
        **listed(
            "participation",
            act("france", "ratified", "1980-01-01"),
            act("spain", "ratified", "1980-01-01"),
            act("spain", "withdrew", "1990-01-01"),
        ),
    ),
    document("event", "summit", start="2023", participants=["france"], organisers=["spain"]),
]


@pytest.fixture
def entries(db):
    """The documents above as rows; `holland` was merged into `netherlands`."""
    ids = {each["key"]: _entry(each["kind"], each["key"]) for each in DOCUMENTS}
    labels = {each["key"]: {"key": each["key"], "kind": each["kind"]} for each in DOCUMENTS}
    for key, shown in labels.items():
        Label.objects.create(entry_id=ids[key], key=key, survivor_id=ids[key], shown=shown)
    _merge("holland", ids["netherlands"])
    copy_rows(chain.from_iterable(_rows(each, ids, labels) for each in DOCUMENTS))
    _refer(ids, "convention", "issued_by", "observatory")
    _refer(ids, "summit", "participants", "france")
    _refer(ids, "summit", "organisers", "spain")
    _refer(ids, "observatory", "memberships.cites.source", "report")


def _entry(kind, key):
    return Entry.objects.create(kind=kind, key=key, created_at=timezone.now()).pk


def _merge(key, survivor):
    entry = _entry("actor", key)
    Label.objects.create(entry_id=entry, key=key, survivor_id=survivor, shown={"key": key})


def _rows(document, ids, labels):
    kind = KIND[document["kind"]]
    expanded = expand(kind.schema, document, labels.get)
    entry_id = ids[document["key"]]
    return kind.project(Published(entry_id, document, expanded, ids.__getitem__, labels.get))


def _refer(ids, key, relation, target):
    Reference.objects.create(
        entry_id=ids[key],
        written_id=ids[target],
        target_id=ids[target],
        relation=relation,
        place=relation,
    )


def found(kind, **values):
    """Keys of the entries of a kind that pass its filters."""
    given = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    conditions = [each for its in KIND[kind].filters for each in its.conditions(given)]
    sql = (
        "SELECT e.key FROM kb_entry e CROSS JOIN LATERAL (SELECT e.id AS entry_id) p"
        f" WHERE e.kind = %s AND {' AND '.join(each.sql for each in conditions)} ORDER BY e.key"
    )
    params = [kind, *chain.from_iterable(each.params for each in conditions)]
    with connection.cursor() as cursor:
        cursor.cursor.execute(sql, params)
        return [key for (key,) in cursor.cursor.fetchall()]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("body", {"member": "france"}, ["observatory"]),
        ("body", {"member": "spain"}, ["laboratory"]),
        ("body", {"member": ["spain", "france"]}, ["laboratory", "observatory"]),
        ("body", {"member": "spain", "on": "1962-06-01"}, ["observatory"]),
        ("body", {"member": "spain", "on": "1968-06-01"}, []),  # it may have left in January
        ("body", {"member": "spain", "role": "member"}, []),
        ("body", {"member": "spain", "role": ["member", "observer"]}, ["laboratory"]),
        ("body", {"role": "founding-member", "on": "1955-01-01"}, ["observatory"]),
        ("body", {"member": "nobody"}, []),
        ("actor", {"member_of": "observatory"}, ["france"]),
        ("actor", {"member_of": "observatory", "on": "1962-06-01"}, ["france", "spain"]),
        ("proposal", {"actor": "france"}, ["moratorium"]),
        ("proposal", {"actor": "france", "stance": "supports"}, ["moratorium"]),
        # Somebody opposes it, and France takes a stance, but they are not one position.
        ("proposal", {"actor": "france", "stance": "opposes"}, []),
        ("proposal", {"actor": "france", "stance": "opposes", "on": "2024-01-01"}, ["moratorium"]),
        ("proposal", {"stance": "opposes"}, ["moratorium"]),
        ("proposal", {"actor": "holland"}, ["moratorium"]),  # merged: it means the survivor
        ("proposal", {"modelled_on": "observatory"}, ["telescope-for-ai"]),
        ("proposal", {"modelled_on": "laboratory"}, []),
        ("proposal", {"linked_to": "laboratory"}, ["telescope-for-ai"]),
        ("proposal", {"linked_to": "laboratory", "relation": "modelled-on"}, []),
        ("proposal", {"relation": "modelled-on"}, ["telescope-for-ai"]),
        ("instrument", {"party": "france"}, ["convention"]),
        ("instrument", {"party": "spain"}, []),
        ("instrument", {"party": "spain", "on": "1985-01-01"}, ["convention"]),
        ("instrument", {"participant": "spain"}, ["convention"]),
        ("instrument", {"participant": "spain", "action": "ratified"}, ["convention"]),
        (
            "instrument",
            {"participant": "spain", "action": "ratified", "on": "1990-01-01"},
            [],
        ),
        ("instrument", {"participant": "france", "action": "withdrew"}, []),
        ("instrument", {"party": "france", "participant": "spain"}, ["convention"]),
        ("instrument", {"issued_by": "observatory"}, ["convention"]),
        ("event", {"participant": "france"}, ["summit"]),
        ("event", {"participant": "spain"}, []),
        ("event", {"organiser": "spain"}, ["summit"]),
        ("event", {"start.from": "2023-06", "start.to": "2023-06"}, ["summit"]),
        ("source", {"cited_by": "observatory"}, ["report"]),
        ("source", {"cited_by": "laboratory"}, []),
    ],
)
def test_a_filter_selects_by_one_and_the_same_row(kind, values, expected, entries):
    assert found(kind, **values) == expected


@pytest.mark.parametrize(
    ("kind", "values", "certain", "possible"),
    [
        # Spain belonged to it until some day of 1968, France from some day of 1954 on.
        ("body", {"member": "spain", "on": "1968-06-01"}, [], ["observatory"]),
        ("body", {"member": "spain", "on": "1967-06-01"}, ["observatory"], []),
        ("body", {"member": "france", "on": "1954-06-01"}, [], ["observatory"]),
        ("body", {"member": "france", "on": "1953-12-31"}, [], []),
        ("actor", {"member_of": "observatory", "on": "1968-06-01"}, ["france"], ["spain"]),
        ("instrument", {"party": "spain", "on": "1985-01-01"}, ["convention"], []),
    ],
)
def test_a_day_gives_what_certainly_held_and_apart_what_possibly_did(
    kind, values, certain, possible, entries
):
    assert found(kind, **values) == found(kind, **values, certainty="certain") == certain
    assert found(kind, **values, certainty="possible") == possible


def test_a_certainty_without_a_day_is_refused():
    with pytest.raises(WrongValue, match="give `on` too"):
        found("body", member="france", certainty="possible")


@pytest.mark.parametrize("kind", ["actor", "body", "proposal", "instrument"])
def test_a_day_alone_is_refused_with_what_to_give_beside_it(kind):
    with pytest.raises(WrongValue, match="A day alone selects nothing"):
        found(kind, on="1962-06-01")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_filters_of_a_kind_do_not_share_a_parameter(kind):
    parameters = [one for each in kind.filters for one in each.parameters()]

    assert len(declared_by(parameters)) == len(parameters)
