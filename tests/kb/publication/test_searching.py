"""Full-text search on a real database: what is found, counted, estimated, and in which order."""

import random

import orjson
import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kb.filters import Condition
from kb.kinds import kind_named
from kb.models import Published, SearchEntry
from kb.models.search import NameWord, SearchOrder
from kb.publication import matching
from kb.publication.matching import _as_terms
from kb.publication.naming import near_keys, suggest
from kb.publication.questions import NO_WORDS, ONLY_STOP_WORDS, SHORTENED, question_of
from kb.publication.searching import (
    MORE_THAN_RANKED,
    PHRASE_CHECKED_IN_PART,
    reorder_search,
    search,
    search_built_last,
)
from tests.library.builders import book, merge, publish, reader, retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def keys(result):
    return {item.key for item in result.items}


def of_genre(*genres):
    return Condition("p.terms && %s::varchar[]", ([f"genre:{genre}" for genre in genres],))


# --- what is found ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("governing", {"council"}),  # by stem
        ("GOVERN", {"council"}),
        ("nucleaire", {"council"}),  # without accents
        ("recherche nucléaire", {"council"}),
        ("recherche moon", set()),  # every word
        ("u.s. china", {"talks"}),
        ("US–China", {"talks"}),
        ("strasse", {"talks"}),
        ('"recherche nucleaire"', {"council"}),
        ('"nucleaire recherche"', set()),
        ('"light over the strasse"', {"talks"}),
        ('"light strasse"', set()),
        ('"the moon', {"moon", "talks"}),  # a quotation mark that is not closed
        ("“moon light”", {"talks"}),
        ("moon OR -council", set()),  # words, not operators
        ("council & moon | !talks", set()),
        ("the moon of", {"moon", "talks"}),  # stop-words say nothing
    ],
)
def test_entries_with_all_words_and_phrases_are_found(q, found):
    publish(
        reader("council", "Conseil", summary="Governs *recherche* nucléaire."),
        reader("talks", "U.S.–China talks", summary="Moon light over the Straße."),
        reader("moon", "Life", summary="On the Moon, or not."),
    )

    result = search(q)

    assert keys(result) == found
    assert (result.total, result.total_is_exact) == (len(found), True)


@pytest.mark.parametrize(
    ("q", "note"),
    [
        ("", NO_WORDS),
        ("🙂 !? \0", NO_WORDS),
        ("the of and", ONLY_STOP_WORDS),
        ('"to be"', ONLY_STOP_WORDS),
    ],
)
def test_without_a_word_to_search_for_the_answer_is_empty_and_says_why(q, note):
    result = search(q)

    assert (result.items, result.total, result.notes) == ([], 0, [note])


def test_a_long_question_is_shortened_and_says_so():
    publish(reader("ann", summary="word"))

    assert SHORTENED in search("word " * 2_000).notes
    assert keys(search("word " * 2_000)) == {"ann"}


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.text(max_size=200))
@example("'" * 50)
@example("\\' \\\\ %s %(a)s {} \x00")
@example("a:* <-> b & !c | (d")
@example('"a" "b c" "" """"')
@example("שלום עולם \u202e abc")
@example("x" * 10_000)
@example("e" * 300 + ".1e5 -5 1e400 http://a.b/c?d=e user@example.org")
@example("中国" * 100)
def test_no_text_fails(text):
    search(text)
    suggest(text)
    near_keys(text)
    question_of(text)


def test_a_result_shows_its_stored_row_and_the_passage():
    publish(reader("ann", "Ann", summary="Reads **atlases** by night."))

    (item,) = search("atlas").items

    assert orjson.loads(item.summary)["key"] == "ann"
    assert (item.kind, item.name) == ("reader", "Ann")
    assert item.passage == [("Reads ", False), ("atlases", True), (" by night.", False)]


def test_a_name_outranks_a_text_and_the_very_name_outranks_all():
    publish(
        reader("text", "Someone", summary="globe"),
        reader("longer", "Globe of the sea", summary="x"),
        reader("same", "Globe"),
    )

    assert [item.key for item in search("globe").items] == ["same", "longer", "text"]


def test_prominence_decides_between_equals():
    publish(
        reader("ann", summary="sea"),
        reader("bob", summary="sea"),
        *(book(f"book-{n}", loans=[{"reader": "bob", "from": "1990"}]) for n in range(5)),
    )
    reorder_search()

    assert [item.key for item in search("sea").items] == ["bob", "ann"]


def test_what_was_retracted_or_merged_or_rewritten_is_not_found():
    publish(
        book("atlas", "Atlas"),
        book("globe", "Globe"),
        book("sphere", "Sphere"),
        reader("ann", "Old"),
    )
    retract("atlas")
    merge("globe", "sphere")
    publish(reader("ann", "New"))

    for q in ("atlas", "globe", "old"):
        assert search(q).total == 0
        assert suggest(q) == []
    assert keys(search("new")) == {"ann"}


def test_names_are_offered_where_nothing_is_found():
    publish(reader("council", "European Council"), reader("ann", "Ann"))

    for _round in ("fresh", "in order"):
        result = search("europaen counsil")
        assert result.items == []
        assert [each["key"] for each in result.did_you_mean] == ["council"]
        reorder_search()


def test_pages_follow_each_other_without_gap_or_repetition():
    publish(*(book(f"book-{n:02}", f"Sea {n}") for n in range(23)))

    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = search("sea", limit=5, offset=offset)
        seen += [item.key for item in page.items]
        offset = page.next_offset

    assert sorted(seen) == [f"book-{n:02}" for n in range(23)]


# --- filters, totals, facets -----------------------------------------------------------------

WORDS = ["sea", "moon", "hill", "lake", "star"]
ALL_GENRES = ["novel", "atlas"]


def shelf(size, seed=4):
    """Books with random words and genres: key → (words, genres)."""
    chance = random.Random(seed)
    found = {}
    for number in range(size):
        words = [word for word in WORDS if chance.random() < 0.5] or ["nothing"]
        found[f"book-{number:03}"] = (words, [g for g in ALL_GENRES if chance.random() < 0.5])
    publish(
        *(
            book(key, " ".join(words).title(), **({"genres": genres} if genres else {}))
            for key, (words, genres) in found.items()
        )
    )
    return found


@pytest.mark.parametrize("is_ordered", [False, True])
def test_totals_and_facets_are_those_of_a_naive_count(is_ordered):
    books = shelf(60)
    if is_ordered:
        reorder_search(bounds=(5, 15, 30), sampled=20, sampled_from=0)

    for word in WORDS:
        naive = {key: genres for key, (words, genres) in books.items() if word in words}
        result = search(word, facets=("kind", "genre"), limit=100)
        assert keys(result) == set(naive)
        assert result.total == len(naive)
        assert result.facets["kind"] == {"book": len(naive)}
        counted = {g: sum(g in genres for genres in naive.values()) for g in ALL_GENRES}
        assert result.facets["genre"] == counted
        assert result.total_is_exact
        assert result.facets_are_exact


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        (of_genre("novel"), lambda genres: "novel" in genres),
        (of_genre("novel", "atlas"), bool),
        (
            Condition("p.terms @> %s::varchar[]", (["genre:novel", "genre:atlas"],)),
            lambda genres: len(genres) == 2,
        ),
        (Condition("NOT p.terms && %s::varchar[]", (["genre:novel"],)), lambda g: "novel" not in g),
        (Condition("p.kind = ANY(%s::varchar[])", (["reader"],)), lambda _genres: False),
        (Condition("p.key < %s", ("book-030",)), None),
        (Condition("length(p.key) > %s", (1,)), lambda _genres: True),
    ],
)
@pytest.mark.parametrize("selective", [0, 1_000])
def test_filters_give_what_a_naive_filter_gives(condition, is_met, selective, monkeypatch):
    monkeypatch.setattr(matching, "SELECTIVE", selective)
    books = shelf(40)
    naive = {
        key
        for key, (words, genres) in books.items()
        if "sea" in words and (is_met(genres) if is_met else key < "book-030")
    }

    result = search("sea", "book", [condition], facets=("kind",), limit=100)

    assert keys(result) == naive
    assert result.total == len(naive)
    assert result.facets == {"kind": {"book": len(naive)} if naive else {}}


def test_filters_by_term_are_part_of_the_index_scan():
    genre = kind_named("book").filters[0]
    conditions = genre.conditions(
        {"genre": ["novel"], "genre.all": ["atlas"], "genre.not": ["novel"]}
    )
    (has_website,) = kind_named("book").filters[1].conditions({"exists.website": ["false"]})

    assert [_as_terms(each) for each in conditions] == [
        "('genre:novel')",
        "'genre:atlas'",
        "!('genre:novel')",
    ]
    assert _as_terms(has_website) == "!('has:website')"
    assert _as_terms(Condition("p.terms && %s::varchar[]", (["it's:\\"],))) == "('it''s:\\\\')"


def test_a_facet_can_be_counted_under_other_filters():
    books = shelf(30)
    naive = [genres for words, genres in books.values() if "moon" in words]

    result = search(
        "moon", filters=[of_genre("novel")], facets=("genre",), facet_filters={"genre": ()}
    )

    assert result.total == sum("novel" in genres for genres in naive)
    assert result.facets["genre"] == {g: sum(g in each for each in naive) for g in ALL_GENRES}


def test_the_facet_of_kinds_can_be_counted_under_other_kinds_too():
    publish(book("atlas", "Sea"), book("globe", "Sea"), reader("ann", "Sea"))

    result = search("sea", "reader", facet_filters={"kind": ()})

    assert result.total == 1
    assert result.facets == {"kind": {"book": 2, "reader": 1}}


def test_a_total_above_the_bound_is_an_estimate_and_says_so():
    publish(*(book(f"book-{n:03}", f"Sea {n}") for n in range(120)))
    reorder_search(bounds=(10, 30, 60), sampled=40, sampled_from=0)

    result = search("sea", facets=("kind",), counted_exactly=20)

    assert not result.total_is_exact
    assert not result.facets_are_exact
    assert 60 < result.total < 240
    assert 60 < result.facets["kind"]["book"] < 240
    assert search("sea", counted_exactly=120).total == 120


def test_what_is_fresh_is_counted_beside_an_estimate():
    publish(*(book(f"book-{n:03}", f"Sea {n}") for n in range(100)))
    reorder_search(bounds=(10, 30, 60), sampled=100, sampled_from=0)
    publish(*(book(f"fresh-{n:03}", f"Sea {n}") for n in range(7)))

    result = search("sea", counted_exactly=20)

    assert (result.total, result.total_is_exact) == (107, False)


# --- tiers -----------------------------------------------------------------------------------


def test_the_most_prominent_matches_are_ranked_and_the_reader_is_told():
    loans = [{"reader": "ann"}, {"reader": "bob"}]
    publish(
        reader("ann", summary="sea"),
        reader("bob", summary="sea"),
        *(reader(f"other-{n:02}", summary="sea") for n in range(30)),
        *(book(f"book-{n}", loans=loans) for n in range(3)),
    )
    reorder_search(bounds=(2, 6, 12))

    result = search("sea", ranked=2, limit=10)

    assert keys(result) == {"ann", "bob"}
    assert (result.total, result.next_offset) == (32, None)
    assert result.notes == [MORE_THAN_RANKED]


def test_a_search_reads_no_further_than_it_must(django_assert_num_queries):
    publish(*(reader(f"reader-{n:02}", summary="sea") for n in range(30)))
    reorder_search(bounds=(10, 20, 25), sampled=30, sampled_from=0)
    asked = matching.asked_of(question_of("sea"), None, ())
    assert asked is not None

    with django_assert_num_queries(0):  # they go beneath Django's cursors
        few = matching.candidates_for(asked, 5)
        all_of_them = matching.candidates_for(asked, 100)

    assert (few.seen, few.is_complete) == (5, False)
    assert (all_of_them.seen, all_of_them.is_complete) == (30, True)


def test_an_entry_of_that_very_name_is_found_among_more_prominent_ones():
    publish(
        reader("sea", "Sea"),
        *(reader(f"reader-{n:02}", summary="sea") for n in range(30)),
        *(book(f"book-{n:02}", loans=[{"reader": f"reader-{n:02}"}]) for n in range(30)),
    )
    reorder_search(bounds=(5, 10, 15))

    assert search("sea", ranked=5).items[0].key == "sea"


def test_what_was_just_published_is_found_at_once_and_first_in_line():
    publish(*(reader(f"reader-{n:02}", summary="sea") for n in range(30)))
    reorder_search(bounds=(5, 10, 15))
    publish(reader("fresh", summary="sea"))

    assert "fresh" in keys(search("sea", ranked=5, limit=5))


def test_a_phrase_is_looked_for_in_a_bounded_number_of_entries(monkeypatch):
    monkeypatch.setattr(matching, "PHRASES_CHECKED", 10)
    publish(
        *(reader(f"reader-{n:02}", summary="deep sea" if n % 2 else "sea deep") for n in range(40))
    )
    reorder_search(bounds=(5, 10, 15))

    result = search('"deep sea"', counted_exactly=100)

    assert PHRASE_CHECKED_IN_PART in result.notes
    assert not result.total_is_exact
    assert 8 <= result.total <= 32
    assert keys(result) <= {f"reader-{n:02}" for n in range(1, 40, 2)}


@pytest.mark.parametrize("rewrite", [False, True])
def test_drawing_the_tiers_changes_what_is_found_first_but_not_what_is_found(rewrite):
    books = shelf(40)
    before = {word: keys(search(word, limit=100)) for word in WORDS}

    reorder_search(bounds=(5, 10, 20), sampled=10, sampled_from=0, rewrite=rewrite)

    assert {word: keys(search(word, limit=100)) for word in WORDS} == before
    tiers = list(SearchEntry.objects.order_by("tier").values_list("tier", flat=True))
    assert tiers == [1] * 5 + [2] * 5 + [3] * 10 + [4] * 20
    order = SearchOrder.objects.get()
    assert order.entries == len(books)
    assert order.sampled == SearchEntry.objects.filter(is_sampled=True).count()
    assert 5 <= order.sampled <= 16
    assert word_indexes() == {
        *(f"search_words_{tier}" for tier in (*range(5), "sampled")),
        *(f"name_words_{tier}" for tier in range(5)),
    }


def word_indexes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname ~ '^(search|name)_words_'")
        return {name for (name,) in cursor.fetchall()}


def test_an_import_can_be_indexed_at_its_end():
    with search_built_last():
        publish(reader("ann", "Ann"), book("atlas", "Atlas", loans=[{"reader": "ann"}]))

    assert keys(search("atlas")) == {"atlas"}
    assert len(word_indexes()) == 11
    assert SearchEntry.objects.filter(tier=0).count() == 0


def test_an_import_that_fails_leaves_the_index_as_it_was():
    publish(reader("ann", "Ann"))

    with pytest.raises(RuntimeError):
        fail_to_import()

    assert keys(search("ann")) == {"ann"}
    assert len(word_indexes()) == 11


def fail_to_import():
    with search_built_last():
        publish(reader("bob", "Bob"))
        raise RuntimeError


def test_words_of_names_that_are_gone_are_forgotten():
    publish(book("atlas", "Unspeakable"), book("globe", "Globe"))
    reorder_search()
    retract("atlas")

    assert suggest("unspeakible") == []
    reorder_search()

    assert set(NameWord.objects.values_list("word", flat=True)) == {"globe"}


def test_every_published_entry_is_in_the_index():
    shelf(20)
    retract("book-003")

    indexed = set(SearchEntry.objects.values_list("entry_id", flat=True))

    assert indexed == set(Published.objects.values_list("entry_id", flat=True))
