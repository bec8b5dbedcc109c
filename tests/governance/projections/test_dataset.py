"""The projections over all the starter knowledge."""

from collections import Counter
from datetime import date

import orjson
import pytest
from django.conf import settings

from governance.as_of import HELD, as_of
from governance.kinds import KINDS
from governance.models import Link, Membership, Participation, Position, Voices
from kb.documents.reading import Found, read_documents
from kb.documents.schema import expand
from kb.documents.statements import with_ids
from kb.kinds import Published

KIND = {kind.name: kind for kind in KINDS}
DAYS = [date(1954, 10, 1), date(1962, 6, 1), date(1970, 1, 1), date(1985, 1, 1), date(2026, 11, 22)]


@pytest.fixture(scope="module")
def documents():
    """Every document of the dataset by its key, with ids on its statements."""
    read = read_documents(settings.BASE_DIR / "dataset")
    found = [each.data for each in read if isinstance(each, Found)]
    return {
        document["key"]: with_ids(KIND[document["kind"]].schema, document) for document in found
    }


@pytest.fixture(scope="module")
def labels(documents):
    """What is shown of each entry where another one refers to it."""
    return {key: label(KIND[document["kind"]], document) for key, document in documents.items()}


def label(kind, document):
    name = kind.name_of(document)
    return {"key": document["key"], "kind": kind.name, "name": name, **kind.shown(document)}


@pytest.fixture(scope="module")
def rows(documents, labels):
    """Rows of each entry by its key."""
    ids = {key: number for number, key in enumerate(documents, start=1)}
    return {key: list(project(document, ids, labels)) for key, document in documents.items()}


def project(document, ids, labels):
    kind = KIND[document["kind"]]
    expanded = expand(kind.schema, document, lambda key: brief(labels[key]))
    key = document["key"]
    return kind.project(Published(ids[key], document, expanded, ids.__getitem__, labels.get))


def brief(label):
    return {name: label[name] for name in ("key", "kind", "name")}


def test_every_entry_has_one_row_of_its_kind_and_one_for_each_statement(documents, rows):
    lists = [
        "memberships",
        "positions",
        "participation",
        "arguments",
        "links",
        "figures",
        "milestones",
    ]
    for key, document in documents.items():
        first, *others = rows[key]
        statements = [row for row in others if not isinstance(row, Voices)]
        expected = [row["id"] for name in lists for row in document.get(name, ())]

        assert type(first).__name__.lower() == document["kind"]
        assert Counter(row.statement for row in statements) == Counter(expected)
        assert {type(row) for row in rows[key]} <= set(KIND[document["kind"]].tables)


def test_a_statement_shows_whose_it_is_and_the_names_of_all_it_refers_to(rows):
    belgium = next(row for row in rows["cern"] if isinstance(row, Membership))

    assert orjson.loads(belgium.json) == {
        "id": belgium.statement,
        "body": {
            "key": "cern",
            "kind": "body",
            "name": "European Organization for Nuclear Research",
        },
        "actor": {"key": "belgium", "kind": "actor", "name": "Belgium"},
        "role": "founding-member",
        "from": "1954-09-29",
        "cites": [
            {
                "source": {
                    "key": "b-cern-member-states",
                    "kind": "source",
                    "name": "Our Member States",
                }
            },
            {
                "source": {
                    "key": "b-cern-timeline-members",
                    "kind": "source",
                    "name": "Timeline: Member states",
                }
            },
        ],
    }


def test_what_is_certain_is_possible(rows):
    for row in (row for entry in rows.values() for row in entry if hasattr(row, "certain")):
        certain, possible = row.certain, row.possible
        if not certain.isempty:
            assert possible.lower is None or possible.lower <= certain.lower
            assert possible.upper is None or certain.upper is not None
            assert possible.upper is None or certain.upper <= possible.upper


@pytest.mark.parametrize("day", DAYS)
def test_page_and_rows_agree_on_what_held_on_a_day(day, documents, labels, rows):
    tables = (Membership, Position, Participation, Link)
    for key, document in documents.items():
        page = as_of(document, day, labels.get)
        dated = [row for row in rows[key] if isinstance(row, tables)]

        assert {row["id"]: row["certainty"] for name in HELD for row in page.get(name, ())} == {
            row.statement: "certain" if day in row.certain else "possible"
            for row in dated
            if day in row.possible
        }


def test_every_actor_has_one_current_position_on_a_proposal(rows):
    positions = [row for entry in rows.values() for row in entry if isinstance(row, Position)]
    spoken = {(row.entry_id, row.actor_id) for row in positions}
    current = Counter((row.entry_id, row.actor_id) for row in positions if row.is_current)

    assert current == dict.fromkeys(spoken, 1)


# Read off dataset/bodies/cern.yaml by hand. Yugoslavia left in 1961, Spain was away from 1969 to
# 1982. Of observers and candidates without a beginning nobody can say more before 2026 than that
# they may have been so; Yugoslavia no longer may.
FOUNDERS = [
    "belgium",
    "denmark",
    "france",
    "germany",
    "greece",
    "italy",
    "netherlands",
    "norway",
    "sweden",
    "switzerland",
    "united-kingdom",
]
SINCE_WHEN_UNKNOWN = {
    ("chile", "candidate"),
    ("european-union", "observer"),
    ("jinr", "observer"),
    ("unesco", "observer"),
    ("united-states", "observer"),
    ("yugoslavia", "observer"),
}
LATER_MEMBERS = [
    "austria",
    "spain",
    "portugal",
    "finland",
    "poland",
    "hungary",
    "czechia",
    "slovakia",
    "bulgaria",
    "israel",
    "romania",
    "serbia",
    "estonia",
    "slovenia",
]
ASSOCIATES = [
    "cyprus",
    "turkiye",
    "pakistan",
    "ukraine",
    "india",
    "lithuania",
    "croatia",
    "latvia",
    "brazil",
    "ireland",
]
OBSERVERS = [
    "japan",
    "united-states",
    "european-union",
    "unesco",
]


def in_role(role, *actors):
    return {(actor, role) for actor in actors}


def founders_and(*members):
    return in_role("founding-member", *FOUNDERS) | in_role("member", *members)


@pytest.mark.parametrize(
    ("day", "certain", "possible"),
    [
        ("1954-09-28", set(), set()),
        (
            "1954-10-01",
            founders_and() | in_role("founding-member", "yugoslavia"),
            SINCE_WHEN_UNKNOWN,
        ),
        ("1962-06-01", founders_and("austria", "spain"), SINCE_WHEN_UNKNOWN),
        ("1970-01-01", founders_and("austria"), SINCE_WHEN_UNKNOWN),
        ("1985-01-01", founders_and("austria", "spain"), SINCE_WHEN_UNKNOWN),
        (
            "2026-11-22",
            founders_and(*LATER_MEMBERS)
            | in_role("associate-member", *ASSOCIATES)
            | in_role("observer", *OBSERVERS)
            | in_role("candidate", "chile"),
            set(),
        ),
    ],
)
def test_cern_has_exactly_the_members_of_the_day(day, certain, possible, documents, labels):
    page = as_of(documents["cern"], date.fromisoformat(day), labels.get)

    assert members(page, "certain") == certain
    assert members(page, "possible") == possible


def members(page, certainty):
    return {
        (row["actor"], row["role"]) for row in page["memberships"] if row["certainty"] == certainty
    }
