"""Ids of statements: unique, stable, and the same wherever they are computed."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kb.documents.schema import validate
from kb.documents.statements import list_key_of, statement_lists, with_ids
from tests.voyages import Landing, Voyage, cite, landing, voyage

ports = st.sampled_from(["callao", "raroia", "papeete"])
rows = st.builds(
    lambda port, rank, begin, note: landing(
        port, rank, **({"begin": begin} if begin else {}), **({"note": note} if note else {})
    ),
    ports,
    st.sampled_from(["shelter", "port-of-call"]),
    st.none() | st.sampled_from(["1947", "1947-04-28"]),
    st.none() | st.sampled_from(["calm", "rough"]),
)
row_lists = st.lists(rows, min_size=1, max_size=8)
remark_lists = st.lists(
    st.sampled_from(["a", "b", "c"]).map(lambda text: {"text": text}), max_size=4
)


def ids_of(document: dict[str, Any]) -> list[str]:
    return [row["id"] for name in ("landings", "remarks") for row in document.get(name, [])]


def bare(document: dict[str, Any]) -> dict[str, Any]:
    """The document as someone writes it who knows nothing of ids."""
    return {
        name: [{k: v for k, v in row.items() if k != "id"} for row in value]
        if name in ("landings", "remarks")
        else value
        for name, value in document.items()
    }


def by_content(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Each row without its id, and the id, whatever the order of rows."""
    rows = [row for name in ("landings", "remarks") for row in document.get(name, [])]
    return sorted((repr(sorted((k, v) for k, v in r.items() if k != "id")), r["id"]) for r in rows)


def test_an_id_is_the_letter_of_its_list_and_four_characters():
    document = with_ids(Voyage, voyage(landings=[landing()], remarks=[{"text": "x"}]))

    landing_id, remark_id = ids_of(document)
    assert re.fullmatch(r"l-[a-z2-7]{4}", landing_id)
    assert re.fullmatch(r"r-[a-z2-7]{4}", remark_id)
    assert next(iter(document["landings"][0])) == "id"


def test_an_id_is_the_same_on_every_machine():
    """Computed once by hand: b32(SHA-256('["kon-tiki","landings","callao","shelter",null]'))."""
    document = with_ids(Voyage, voyage(landings=[landing()]))

    assert ids_of(document) == ["l-vsxj"]


def test_a_document_with_ids_is_left_as_it_is():
    document = voyage(landings=[landing(id="first")])

    assert with_ids(Voyage, document) is document


def test_what_was_given_is_not_changed():
    document = voyage(landings=[landing()])

    with_ids(Voyage, document)

    assert document == voyage(landings=[landing()])


def test_an_id_does_not_depend_on_what_may_be_corrected():
    before = with_ids(Voyage, voyage(landings=[landing(note="calm")]))
    after = with_ids(Voyage, voyage(landings=[landing(note="rough", cites=[cite("log")])]))

    assert ids_of(before) == ids_of(after)


def test_the_same_row_of_another_entry_has_another_id():
    one = with_ids(Voyage, voyage(landings=[landing()]))
    other = with_ids(Voyage, {**voyage(landings=[landing()]), "key": "ra-ii"})

    assert ids_of(one) != ids_of(other)


def test_a_row_keeps_the_id_that_it_had():
    previous = voyage(landings=[landing("raroia", id="wreck"), landing(id="start")])
    changed = voyage(landings=[landing(note="now with a note"), landing("papeete")])

    document = with_ids(Voyage, changed, previous)

    assert document["landings"][0]["id"] == "start"
    assert document["landings"][1]["id"] not in ("start", "wreck")


def test_of_rows_with_one_list_key_the_one_with_the_same_content_keeps_the_id():
    previous = voyage(landings=[landing(id="calm", note="calm"), landing(id="rough", note="rough")])
    swapped = voyage(landings=[landing(note="rough"), landing(note="new"), landing(note="calm")])

    document = with_ids(Voyage, swapped, previous)

    given_ids = [row["id"] for row in document["landings"]]
    assert given_ids[0] == "rough"
    assert given_ids[2] == "calm"
    assert given_ids[1].startswith("l-")


def test_an_id_written_by_hand_is_not_given_twice():
    previous = voyage(landings=[landing(id="start")])
    changed = voyage(landings=[landing("papeete", id="start"), landing()])

    document = with_ids(Voyage, changed, previous)

    assert len(set(ids_of(document))) == 2
    assert document["landings"][0]["id"] == "start"


def test_a_taken_id_gives_way_to_a_longer_one():
    (short,) = ids_of(with_ids(Voyage, voyage(landings=[landing()])))

    document = with_ids(Voyage, voyage(landings=[landing(), landing("raroia", id=short)]))

    assert document["landings"][0]["id"].startswith(short)
    assert len(document["landings"][0]["id"]) == len(short) + 1


def test_very_many_rows_have_different_ids():
    many = [{"text": f"Remark {number}"} for number in range(5000)]

    assert len(set(ids_of(with_ids(Voyage, voyage(remarks=many))))) == 5000


def test_equal_rows_have_different_ids():
    document = with_ids(Voyage, voyage(remarks=[{"text": "x"}] * 3))

    assert len(set(ids_of(document))) == 3


@given(row_lists, remark_lists)
def test_ids_are_unique_and_valid(landings, remarks):
    document = with_ids(Voyage, voyage(landings=landings, remarks=remarks))

    assert len(set(ids_of(document))) == len(landings) + len(remarks)
    validate(Voyage, document)
    assert bare(document) == voyage(landings=landings, remarks=remarks)


@given(row_lists, remark_lists)
def test_giving_ids_twice_changes_nothing(landings, remarks):
    document = with_ids(Voyage, voyage(landings=landings, remarks=remarks))

    assert with_ids(Voyage, document) == document
    assert with_ids(Voyage, document, document) == document
    assert with_ids(Voyage, bare(document)) == document
    assert with_ids(Voyage, bare(document), document) == document


@given(row_lists, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(landings, random):
    document = with_ids(Voyage, voyage(landings=landings))
    shuffled = random.sample(landings, len(landings))

    fresh = with_ids(Voyage, voyage(landings=shuffled))
    kept = with_ids(Voyage, voyage(landings=shuffled), document)

    assert by_content(fresh) == by_content(document)
    assert by_content(kept) == by_content(document)


@given(row_lists, row_lists)
def test_rows_added_later_take_no_id_from_earlier_ones(landings, more):
    before = with_ids(Voyage, voyage(landings=landings))

    after = with_ids(Voyage, voyage(landings=[*more, *before["landings"]]), before)

    assert ids_of(after)[len(more) :] == ids_of(before)
    assert len(set(ids_of(after))) == len(landings) + len(more)


def test_the_lists_of_statements_come_from_the_schema():
    assert list(statement_lists(Voyage)) == ["landings", "remarks"]
    assert list_key_of(Landing, landing(begin="1947")) == ("callao", "shelter", "1947")
    assert list_key_of(Landing, landing()) == ("callao", "shelter", None)
