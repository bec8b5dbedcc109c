"""Synthetic entries are valid, the same each time, and spread as the real ones are."""

from collections import Counter

from bench.corpus import Corpus
from bench.skeletons import Making, earlier, maker, roles
from kb.documents.schema import references, validate
from kb.kinds import kind_named

SIZE = 600


def test_the_same_seed_makes_the_same_entries(real):
    first = [document for document, _words in Corpus(real, 50, seed=7)]
    again = [document for document, _words in Corpus(real, 50, seed=7)]
    other = [document for document, _words in Corpus(real, 50, seed=8)]

    assert first == again
    assert first != other


def test_every_entry_is_valid_as_it_stands(real):
    for document, _words in Corpus(real, SIZE):
        assert validate(kind_named(document["kind"]).schema, document) == document


def test_every_reference_leads_to_an_entry_of_the_right_kind(real):
    made = [document for document, _words in Corpus(real, SIZE)]

    kinds = {document["key"]: document["kind"] for document in [*real, *made]}
    assert len(kinds) == len(real) + SIZE
    for document in made:
        for mention in references(kind_named(document["kind"]).schema, document):
            assert mention.key != document["key"]
            assert not mention.kinds or kinds[mention.key] in mention.kinds


def test_kinds_and_sizes_are_those_of_the_real_entries(real):
    made = [document for document, _words in Corpus(real, 3_000)]

    real_kinds, made_kinds = (Counter(each["kind"] for each in some) for some in (real, made))
    for kind, count in real_kinds.items():
        assert abs(made_kinds[kind] / len(made) - count / len(real)) < 0.03
    real_size, made_size = (len(str(some)) / len(some) for some in (real, made))
    assert 0.7 < made_size / real_size < 1.4


def test_a_few_entries_are_named_by_many(real):
    named: Counter[str] = Counter()
    for document, _words in Corpus(real, 3_000):
        schema = kind_named(document["kind"]).schema
        named.update({mention.key for mention in references(schema, document)})

    (_most_named, most), *_others = named.most_common()
    assert most > 20 * sum(named.values()) / len(named)


def test_what_holds_between_rows_of_the_model_holds_between_those_of_its_likeness(real):
    proposal = next(each for each in real if len(each.get("positions", ())) > 5)
    words = iter(f"word{number}" for number in range(100_000))
    keys = iter(f"key-{number}" for number in range(100_000))
    chosen: dict[str, str] = {}
    making = Making(
        key="new",
        word=words.__next__,
        name_word=words.__next__,
        other_key=lambda key: chosen.setdefault(key, next(keys)),
        years=3,
    )

    made = maker(roles(kind_named("proposal").schema), proposal)(making)

    actors = [row["actor"] for row in proposal["positions"]]
    assert [row["actor"] for row in made["positions"]] == [chosen[actor] for actor in actors]
    assert [row["id"] for row in made["positions"]] == [row["id"] for row in proposal["positions"]]
    assert made["name"] != proposal["name"]


def test_dates_stay_as_exact_as_they_are():
    assert earlier("1954", 4) == "1950"
    assert earlier("1954-09", 4) == "1950-09"
    assert earlier("1954-09-29", 0) == "1954-09-29"


def test_a_leap_day_becomes_the_day_before_where_there_is_none():
    assert earlier("2024-02-29", 1) == "2023-02-28"
    assert earlier("2024-02-29", 4) == "2020-02-29"
