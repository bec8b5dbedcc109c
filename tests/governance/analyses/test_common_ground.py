"""Common ground in small worlds whose answer is known, and what holds in any of them."""

from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.analyses.common_ground import (
    VERDICTS,
    Affiliation,
    Count,
    Side,
    compared,
    together,
    verdict_of,
)
from governance.analyses.judging import Grouping, Heard, Spoken, judged, over_time
from governance.directions import OF_ACTS, OF_STANCES, Saying
from governance.projections.voices import packed
from governance.vocabularies import PARTICIPATION_ACTIONS, STANCES

RURITANIA, FREEDONIA, INSTITUTE, PROFESSOR, STRANGER = range(1, 6)
PACT, LABORATORY = 100, 200
NUMBERS = count()


def says(actor, said, on=None, subject=PACT, until=None, *, is_act=False):
    """What an actor said, on a day "2020-05-01" or without one."""
    day = date.fromisoformat(on) if on else None
    end = date.fromisoformat(until) if until else None
    rank = (day or date.min, day or date.min, next(NUMBERS))
    return Saying(actor, subject, said, f"p-{rank[2]}", rank, day, end, is_act)


def does(actor, act, on=None, subject=PACT, until=None):
    return says(actor, act, on, subject, until, is_act=True)


def alone(*actors):
    return [Side(frozenset({actor}), frozenset({actor})) for actor in actors]


def heard(sides, world):
    """What those on the sides say, as it is read."""
    subjects = sorted({saying.subject for saying in world})
    each = {one: packed(saying for saying in world if saying.subject == one) for one in subjects}
    return Heard.by(sides, Spoken.of(each))


def verdicts(found):
    return {each.subject: each.verdict for each in found}


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("proposes", "supports-with-conditions", "agreed"),
        ("opposes", "opposes-as-framed", "agreed"),
        ("mixed", "mixed", "agreed"),
        ("supports", "opposes-as-framed", "contested"),
        ("supports", "mixed", "contested"),
        ("supports", None, "silent"),
        (None, "opposes", "silent"),
    ],
)
def test_sides_agree_where_they_go_one_way_and_are_silent_where_one_has_no_voice(
    one, other, verdict
):
    said = [(RURITANIA, one), (FREEDONIA, other)]
    world = [says(actor, stance, "2020-05-01") for actor, stance in said if stance]

    found = compared(alone(RURITANIA, FREEDONIA), world)

    assert verdicts(found) == {PACT: verdict}


def test_every_stance_and_every_act_but_a_reservation_has_a_direction():
    assert set(OF_STANCES) == set(STANCES.values)
    assert set(OF_ACTS) == set(PARTICIPATION_ACTIONS.values) - {"reserved"}


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("2019-12-31", "silent"),  # only one has signed
        ("2020-06-01", "agreed"),
        ("2021-03-31", "agreed"),
        ("2021-04-01", "contested"),  # the day on which it takes its signature back
        (None, "contested"),
    ],
)
def test_the_newest_act_by_that_day_counts(day, verdict):
    world = [
        does(RURITANIA, "signed", "2019-05-01"),
        does(FREEDONIA, "signed", "2020-05-01", until="2021-04-01"),
        does(FREEDONIA, "unsigned", "2021-04-01"),
    ]
    on = date.fromisoformat(day) if day else None

    found = compared(alone(RURITANIA, FREEDONIA), world, on=on)

    assert verdicts(found) == {PACT: verdict}


def test_whoever_left_only_a_part_is_mixed():
    world = [does(RURITANIA, "ratified", "2000-01-01"), does(RURITANIA, "withdrew", "2010-01-01")]

    (found,) = compared(alone(RURITANIA), world)

    assert found.stances[0].direction == "mixed"


def test_whoever_withdrew_is_against_though_it_stays_a_signatory():
    world = [
        does(RURITANIA, "signed", "2016-04-22"),
        does(RURITANIA, "accepted", "2016-09-03", until="2020-11-04"),
        does(RURITANIA, "withdrew", "2020-11-04", until="2021-01-20"),
        does(RURITANIA, "accepted", "2021-01-20", until="2026-01-27"),
        does(RURITANIA, "withdrew", "2026-01-27"),
    ]

    def on(day):
        (found,) = compared(alone(RURITANIA), world, on=date.fromisoformat(day))
        return found.stances[0].direction

    days = ("2016-05-01", "2020-11-03", "2020-11-04", "2021-01-20", "2026-01-27")
    assert [on(day) for day in days] == ["for", "for", "against", "for", "against"]


def test_what_ended_with_its_instrument_is_no_voice_any_more():
    world = [
        does(RURITANIA, "ratified", "1988-06-01", until="2019-08-02"),
        does(RURITANIA, "voted-for", "1988-05-01", LABORATORY),
    ]

    assert verdicts(compared(alone(RURITANIA), world)) == {LABORATORY: "agreed"}


def test_what_has_no_date_counts_today_and_on_no_day():
    world = [says(RURITANIA, "supports")]

    assert compared(alone(RURITANIA), world)
    assert not compared(alone(RURITANIA), world, on=date(2026, 1, 1))


def country():
    return Side(frozenset({RURITANIA, INSTITUTE, PROFESSOR}), frozenset({RURITANIA}))


def test_a_person_who_speaks_as_the_organisation_does_is_not_counted_beside_it():
    world = [says(INSTITUTE, "supports", "2020-01-01"), says(PROFESSOR, "proposes", "2020-02-01")]
    ties = [Affiliation(PROFESSOR, INSTITUTE, date(2018, 1, 1), None)]

    (found,) = compared([country()], world, ties)

    (voice,) = found.stances[0].voices
    assert (voice.saying.actor, [each.actor for each in voice.folded]) == (INSTITUTE, [PROFESSOR])


@pytest.mark.parametrize(
    ("stance", "tie"),
    [
        ("opposes", Affiliation(PROFESSOR, INSTITUTE, None, None)),  # another opinion
        ("supports", Affiliation(PROFESSOR, INSTITUTE, date(2021, 1, 1), None)),  # came later
        ("supports", Affiliation(PROFESSOR, INSTITUTE, None, date(2020, 1, 1))),  # had left
        ("supports", Affiliation(PROFESSOR, FREEDONIA, None, None)),  # of another side
    ],
)
def test_whoever_says_something_else_or_was_not_there_then_counts(stance, tie):
    world = [says(INSTITUTE, "supports", "2020-01-01"), says(PROFESSOR, stance, "2020-02-01")]

    (found,) = compared([country()], world, [tie])

    assert [voice.saying.actor for voice in found.stances[0].voices] == [INSTITUTE, PROFESSOR]


def test_people_of_one_another_do_not_vanish_together():
    world = [says(INSTITUTE, "supports", "2020-01-01"), says(PROFESSOR, "supports", "2020-02-01")]
    ties = [
        Affiliation(PROFESSOR, INSTITUTE, None, None),
        Affiliation(INSTITUTE, PROFESSOR, None, None),
    ]

    (found,) = compared([country()], world, ties)

    assert len(found.stances[0].voices) == 1


def test_what_a_country_says_itself_stands_apart_from_what_its_people_say():
    world = [says(RURITANIA, "supports", "2020-01-01"), says(PROFESSOR, "opposes", "2020-02-01")]

    (found,) = compared([country()], world)

    stance = found.stances[0]
    assert (stance.direction, stance.own) == ("mixed", "for")
    assert [voice.is_own for voice in stance.voices] == [True, False]


def test_subjects_count_under_each_of_their_topics():
    world = [
        says(RURITANIA, "supports", "2020-01-01"),
        says(FREEDONIA, "supports", "2020-01-01"),
        says(FREEDONIA, "opposes", "2020-01-01", LABORATORY),
    ]
    found = judged(heard(alone(RURITANIA, FREEDONIA), world))

    assert found.grouped(Grouping.by([("peace", "science"), ("science",)])) == {
        "peace": Count(agreed=1),
        "science": Count(agreed=1, silent=1),
    }
    assert found.grouped(Grouping.by([("peace",), ()]))[""] == Count(silent=1)
    assert found.agreed_on() == {"for": 1, "against": 0, "mixed": 0}


def test_each_year_counts_how_things_stood_at_its_end():
    world = [
        says(RURITANIA, "supports", "2018-03-01"),
        says(FREEDONIA, "opposes", "2019-03-01", until="2021-02-01"),
        says(FREEDONIA, "supports", "2021-02-01"),
        says(FREEDONIA, "supports", None, LABORATORY),
    ]
    sides = alone(RURITANIA, FREEDONIA)

    assert over_time(heard(sides, world)) == {
        2018: Count(silent=1),
        2019: Count(contested=1),
        2020: Count(contested=1),
        2021: Count(agreed=1),
    }
    assert over_time(heard(sides, world), on=date(2021, 1, 31)) == {
        2018: Count(silent=1),
        2019: Count(contested=1),
    }
    assert max(over_time(heard(sides, world), on=date(9999, 12, 31))) == 2021


# --- what holds in any world -----------------------------------------------------------------

ACTORS, SUBJECTS = st.integers(1, 6), st.integers(100, 103)
DAYS = st.dates(date(2000, 1, 1), date(2026, 12, 31))
ORDINALS = count(1_000)


@st.composite
def sayings(draw):
    is_act = draw(st.booleans())
    since = draw(st.none() | DAYS)
    until = draw(st.none() | DAYS) if since else None
    day = since or date.min
    return Saying(
        draw(ACTORS),
        draw(SUBJECTS),
        draw(st.sampled_from(sorted(OF_ACTS if is_act else OF_STANCES))),
        "p-x",
        (day, day, next(ORDINALS)),
        since,
        until if until and since and until > since else None,
        is_act,
    )


WORLDS = st.lists(sayings(), max_size=14)
TIES = st.lists(
    st.builds(Affiliation, ACTORS, ACTORS, st.none() | DAYS, st.none() | DAYS).filter(
        lambda tie: tie.person != tie.organisation
    ),
    max_size=5,
)
SIDES = st.lists(
    st.frozensets(ACTORS, min_size=1, max_size=3).map(lambda actors: Side(actors, actors)),
    min_size=2,
    max_size=4,
)
WHEN = st.none() | DAYS


@given(sides=SIDES, world=WORLDS, ties=TIES, on=WHEN)
def test_sides_commute(sides, world, ties, on):
    forwards = compared(sides, world, ties, on)
    backwards = compared(sides[::-1], world, ties, on)

    assert verdicts(forwards) == verdicts(backwards)
    assert [each.stances for each in forwards] == [each.stances[::-1] for each in backwards]
    assert over_time(heard(sides, world)) == over_time(heard(sides[::-1], world))


@given(sides=SIDES, world=WORLDS, ties=TIES, on=WHEN, place=st.integers(0, 3))
def test_adding_a_silent_actor_changes_nothing(sides, world, ties, on, place):
    joined = sides[place % len(sides)]
    larger = [Side(s.actors | {STRANGER + 90}, s.own) if s is joined else s for s in sides]

    assert compared(larger, world, ties, on) == compared(sides, world, ties, on)
    assert over_time(heard(larger, world)) == over_time(heard(sides, world))


@given(sides=SIDES, world=WORLDS, ties=TIES)
def test_a_day_before_everything_gives_nothing(sides, world, ties):
    assert compared(sides, world, ties, date(1999, 12, 31)) == []
    assert over_time(heard(sides, world), date(1999, 12, 31)) == {}


@given(sides=SIDES, world=WORLDS, on=WHEN)
def test_each_year_counts_what_stands_at_its_end(sides, world, on):
    years = over_time(heard(sides, world), on)

    for year, counted in years.items():
        end = min(date(year, 12, 31), on or date.max)
        assert counted == judged(heard(sides, world), end).counted()


@given(sides=SIDES, world=WORLDS, ties=TIES)
def test_the_last_year_is_how_things_stand_at_the_end(sides, world, ties):
    years = over_time(heard(sides, world))
    end = compared(sides, world, ties, date(2030, 1, 1))

    last = years[max(years)] if years else Count()
    assert last == Count.of(each.verdict for each in end)


@given(sides=SIDES, world=WORLDS, ties=TIES, on=WHEN)
def test_a_judgement_is_that_of_the_voices_though_it_hears_none(sides, world, ties, on):
    quick = sorted(judged(heard(sides, world), on))
    whole = compared(sides, world, ties, on)

    assert [(each.subject, each.verdict, each.newest) for each in quick] == [
        (each.subject, each.verdict, each.newest) for each in whole
    ]
    assert [each.directions for each in quick] == [
        tuple(stance.direction for stance in each.stances) for each in whole
    ]


@given(sides=SIDES, world=WORLDS, on=WHEN)
def test_judgements_stand_agreed_first_and_then_the_newest(sides, world, on):
    found = judged(heard(sides, world), on)

    places = [
        (VERDICTS.index(each.verdict), -each.newest.toordinal(), each.subject) for each in found
    ]
    assert places == sorted(places)


@given(sides=SIDES, world=WORLDS, on=WHEN, kept=st.frozensets(SUBJECTS))
def test_what_is_heard_of_some_subjects_is_what_was_said_of_them(sides, world, on, kept):
    some = [saying for saying in world if saying.subject in kept]

    assert list(judged(heard(sides, world).of(kept), on)) == list(judged(heard(sides, some), on))
    assert over_time(heard(sides, world).of(kept), on) == over_time(heard(sides, some), on)


@given(sides=SIDES, world=WORLDS, ties=TIES, on=WHEN)
def test_whoever_speaks_is_heard_exactly_once_on_its_side(sides, world, ties, on):
    for each in compared(sides, world, ties, on):
        for side, stance in zip(sides, each.stances, strict=True):
            heard = [s.actor for v in stance.voices for s in (v.saying, *v.folded)]
            spoken = {s.actor for s in world if s.subject == each.subject and s.holds_on(on)}
            assert sorted(heard) == sorted(spoken & side.actors)


@given(st.lists(st.sampled_from(["for", "against", "mixed"]), min_size=1))
def test_several_directions_are_one_only_if_they_are_the_same(found):
    assert (together(found) == found[0]) is (len(set(found)) == 1 or found[0] == "mixed")
    assert verdict_of([*found, None]) == "silent"
