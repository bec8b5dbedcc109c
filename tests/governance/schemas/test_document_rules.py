"""What each kind of document refuses: exactly where, and with a remedy."""

from typing import Any

import pytest

from governance.schemas import SCHEMAS
from kb.documents.schema import InvalidDocument, validate

CITES = [{"source": "somewhere"}]

LEAST: dict[str, dict[str, Any]] = {
    "proposal": {"name": "A pause", "form": "moratorium", "stage": "floated", "cites": CITES},
    "actor": {"name": "Ruritania", "type": "state", "cites": CITES},
    "body": {"name": "Observatory", "type": "network", "status": "active", "cites": CITES},
    "instrument": {"name": "Treaty", "type": "treaty", "status": "adopted", "cites": CITES},
    "event": {"name": "Summit", "type": "summit", "start": "2024-05-21", "cites": CITES},
    "source": {"type": "book", "title": "A book", "publisher": "A publisher"},
}


def document(kind, **fields):
    return {"kind": kind, "key": "an-entry", **LEAST[kind], **fields}


def problems(kind, **fields):
    """What is wrong with the least document of a kind with these fields, as lines of text."""
    with pytest.raises(InvalidDocument) as refused:
        validate(SCHEMAS[kind], document(kind, **fields))
    return [str(problem) for problem in refused.value.problems]


def member(actor="ruritania", role="member", begin=None, end=None, **fields):
    span = {"from": begin, "to": end}
    return {"actor": actor, "role": role, **span, "cites": CITES, **fields}


def figure(**fields):
    return {"metric": "staff", "year": 2024, "value": 5, "unit": "persons", "cites": CITES} | fields


def argument(name, answers=None):
    return {"id": name, "side": "for", "claim": "It works.", "answers": answers, "cites": CITES}


def act(action, date=None, **fields):
    return {"actor": "ruritania", "action": action, "date": date, "cites": CITES, **fields}


def link(**fields):
    return {"relation": "related", "target": "another", **fields}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_least_document_of_each_kind_is_valid(kind):
    assert validate(SCHEMAS[kind], document(kind)) == document(kind)


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (
            "body",
            {"memberships": [member(begin="1954-13")]},
            (
                "memberships[0].from: “1954-13” is not a date (month 13). "
                "Write YYYY, YYYY-MM or YYYY-MM-DD."
            ),
        ),
        (
            "body",
            {"memberships": [member(role="associate")]},
            (
                "memberships[0].role: “associate” is not a term of membership-roles. "
                "Did you mean “associate-member”?"
            ),
        ),
        (
            "body",
            {"memberships": [member(cites=[])]},
            "memberships[0].cites: missing. Add the field “cites”: it is required.",
        ),
        (
            "body",
            {"member_states": 12},
            "member_states: “member_states” is not a field here. Did you mean “memberships”?",
        ),
        (
            "body",
            {"name": "N" * 201},
            f"name: “{'N' * 59}…” has 201 characters. Shorten it to 200 characters or fewer.",
        ),
        (
            "body",
            {"summary": "S" * 501},
            f"summary: “{'S' * 59}…” has 501 characters. Shorten it to 500 characters or fewer.",
        ),
        (
            "body",
            {"cites": [{"source": "somewhere", "quote": "word " * 51}]},
            "cites[0].quote: a quote of 51 words. Quote at most 50 words: leave some out with […].",
        ),
        (
            "body",
            {"topics": ["health", "health"]},
            "topics[1]: “health” stands in the list twice. Delete one of the two.",
        ),
        (
            "body",
            {"seat": {"city": "Geneva", "latitude": 146.2, "longitude": 6.05}},
            "seat.latitude: the number 146.2 is out of range. Write a number of at most 90.",
        ),
        (
            "body",
            {"seat": {"city": "Geneva", "latitude": 46.2}},
            "seat.longitude: missing beside “latitude”. Add it, or leave “latitude” out.",
        ),
        (
            "actor",
            {"country": "UK"},
            "country: “UK” is not a term of countries. Write GB for United Kingdom.",
        ),
        (
            "actor",
            {"country": "Switzerland"},
            "country: “Switzerland” is not a term of countries. Write CH for Switzerland.",
        ),
        (
            "actor",
            {"country": "YU"},
            (
                "country: “YU” is not a term of countries. "
                "Write the code that ISO 3166-1 gives, in capitals, such as CH."
            ),
        ),
        (
            "instrument",
            {"jurisdiction": "ZZ-CA"},
            (
                "jurisdiction: “ZZ-CA” is not a jurisdiction. "
                "Write international, the code of a country (CH, EU) or of a part of it (US-CA)."
            ),
        ),
        (
            "source",
            {"language": "english"},
            (
                "language: “english” is not a language tag of BCP 47. "
                "Write it like en, pt-BR or zh-Hant, without an address or a prefix."
            ),
        ),
        (
            "actor",
            {"type": "person", "identifiers": {"orcid": "0000-0002-1825-0098"}},
            (
                "identifiers.orcid: “0000-0002-1825-0098” is not an ORCID: its check digit "
                "does not fit. Copy it again: a character is wrong or missing."
            ),
        ),
        (
            "body",
            {"identifiers": {"wikidata": "https://www.wikidata.org/wiki/Q42944"}},
            (
                "identifiers.wikidata: “https://www.wikidata.org/wiki/Q42944” is not an item of "
                "Wikidata. Write it like Q42944, without an address or a prefix."
            ),
        ),
        (
            "body",
            {"identifiers": {"federal_register": "2023-24283"}},
            (
                "identifiers.federal_register: “federal_register” is not a field here. "
                "Did you mean “federal-register”?"
            ),
        ),
    ],
)
def test_a_field_that_is_wrong_is_named_with_a_remedy(kind, fields, said):
    assert problems(kind, **fields) == [said]


def test_all_problems_of_a_document_come_at_once():
    said = problems(
        "body",
        type="club",
        founded="29 September 1954",
        memberships=[member(actor="Ruritania"), member(begin="1970", end="1969")],
        cites=[],
    )

    assert [line.split(":")[0] for line in said] == [
        "type",
        "founded",
        "memberships[0].actor",
        "memberships[1].to",
        "cites",
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (
            "body",
            {"founded": "1954", "dissolved": "1953-12", "status": "dissolved"},
            (
                "dissolved: December 1953 lies before 1954 (founded). "
                "Correct “dissolved” or “founded”."
            ),
        ),
        (
            "event",
            {"end": "2024-05-20"},
            "end: 20 May 2024 lies before 21 May 2024 (start). Correct “end” or “start”.",
        ),
        (
            "source",
            {"issued": "2024", "accessed": "2023-11-01"},
            "accessed: 1 November 2023 lies before 2024 (issued). Correct “accessed” or “issued”.",
        ),
        (
            "body",
            {"links": [link(**{"from": "2020", "to": "2019"})]},
            "links[0].to: 2019 lies before 2020 (from). Correct “to” or “from”.",
        ),
        (
            "instrument",
            {"status": "in-force", "adopted": "2024-06", "in_force": "2024-05-31"},
            (
                "in_force: 31 May 2024 lies before June 2024 (adopted). "
                "Correct “in_force” or “adopted”."
            ),
        ),
        (
            "instrument",
            {"status": "repealed", "adopted": "2024", "ended": "2023"},
            "ended: 2023 lies before 2024 (adopted). Correct “ended” or “adopted”.",
        ),
        (
            "body",
            {"figures": [figure(year=None, period={"from": "2019", "to": "2018"})]},
            "figures[0].period.to: 2018 lies before 2019 (from). Correct “to” or “from”.",
        ),
    ],
)
def test_an_end_certainly_before_its_beginning_is_refused(kind, fields, said):
    assert problems(kind, **fields) == [said]


@pytest.mark.parametrize(
    ("begin", "end"), [("1954", "1954-01-01"), ("1954-09-30", "1954-09"), ("1954-09", "1954")]
)
def test_an_end_that_may_come_after_its_beginning_is_accepted(begin, end):
    rows = [member(begin=begin, end=end)]

    assert validate(SCHEMAS["body"], document("body", memberships=rows))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            member(begin="1957-05-31"),
            (
                "memberships[0].from: before the body was founded (29 July 1957). "
                "Correct the date; who only signed the founding text is a “signatory”."
            ),
        ),
        (
            member(end="1956"),
            (
                "memberships[0].to: before the body was founded (29 July 1957). "
                "Correct the date; who only signed the founding text is a “signatory”."
            ),
        ),
    ],
)
def test_a_membership_before_the_body_was_founded_is_refused(row, said):
    assert said in problems("body", founded="1957-07-29", memberships=[row])


@pytest.mark.parametrize(
    "row",
    [
        member(begin="1957"),  # perhaps after 29 July
        member(begin="1957-07-29"),
        member(begin="1956-10-26", role="signatory"),  # a text is signed before its body exists
    ],
)
def test_a_membership_that_may_lie_in_the_life_of_the_body_is_accepted(row):
    body = document("body", founded="1957-07-29", memberships=[row])

    assert validate(SCHEMAS["body"], body)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            member(begin="2004", end="2005"),
            [
                (
                    "memberships[0].from: after the body was dissolved (14 April 2003). "
                    "Correct the date."
                ),
                (
                    "memberships[0].to: after the body was dissolved (14 April 2003). "
                    "Correct the date."
                ),
            ],
        ),
        (
            member(begin="1990"),
            [
                (
                    "memberships[0].to: missing, yet the body was dissolved (14 April 2003). "
                    "Add the end, at the latest that day: no “to” means ‘still so’."
                )
            ],
        ),
    ],
)
def test_a_membership_after_the_body_was_dissolved_is_refused(row, said):
    fields = {"status": "dissolved", "dissolved": "2003-04-14"}

    assert problems("body", **fields, memberships=[row]) == said


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ((None, None), ("1983", None), False),  # not known since when
        (("1961", "1968"), ("1983", None), False),
        (("1961", "1968"), ("1968", None), False),  # out in January and back in March
        (("1961", "1970"), ("1968", None), True),
        (("1961", None), ("1983", None), True),
        (("1961", "1968-12-31"), ("1968-12-31", None), True),
    ],
)
def test_two_memberships_in_one_role_must_not_certainly_overlap(first, second, overlap):
    rows = [member(begin=begin, end=end) for begin, end in (first, second)]

    if overlap:
        assert problems("body", memberships=rows) == [
            (
                "memberships[1]: ruritania is “member” at the same time in memberships[0]. "
                "Make one row of the two, or end the earlier before the later begins."
            )
        ]
    else:
        assert validate(SCHEMAS["body"], document("body", memberships=rows))


def test_memberships_in_different_roles_may_overlap():
    rows = [member(begin="1954"), member(begin="1954", role="host")]

    assert validate(SCHEMAS["body"], document("body", memberships=rows))


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (
            "body",
            {"status": "active", "dissolved": "2003"},
            "status: active, yet dissolved in 2003. Write “dissolved”, or leave the date out.",
        ),
        (
            "body",
            {"status": "planned", "founded": "2003"},
            (
                "status: planned, yet founded. "
                "Write “active”, or leave “founded” out until it is founded."
            ),
        ),
        (
            "instrument",
            {"status": "draft", "adopted": "2024"},
            (
                "status: “draft”, yet “adopted” has a date. "
                "Correct the status, or leave “adopted” out."
            ),
        ),
        (
            "instrument",
            {"status": "in-force", "ended": "2024"},
            "status: “in-force”, yet “ended” has a date. Correct the status, or leave “ended” out.",
        ),
        (
            "instrument",
            {"type": "statute", "status": "vetoed"},
            (
                "type: a statute that is “vetoed”. "
                "Write “bill”: a statute is a law that was passed and not stopped."
            ),
        ),
    ],
)
def test_a_status_that_the_dates_contradict_is_refused(kind, fields, said):
    assert problems(kind, **fields) == [said]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (figure(year=None), ["figures[0].year: neither a year nor a period. Add one."]),
        (
            figure(period={"from": "2018", "to": "2019"}),
            ["figures[0].period: a year and a period. Write one of the two."],
        ),
        (
            figure(unit="CHF"),
            ["figures[0].unit: “CHF” does not measure “staff”. Write persons."],
        ),
        (
            figure(metric="budget"),
            [
                (
                    "figures[0].unit: “persons” does not measure “budget”. "
                    "Write a currency, such as CHF."
                )
            ],
        ),
        (
            figure(metric="budget", unit="DEM"),
            [
                (
                    "figures[0].unit: “DEM” is not a term of figure-units. "
                    "Write one of: persons, states, organisations, percent, AED, AFN, ALL, AMD, "
                    "AOA, ARS, AUD, AWG …."
                )
            ],
        ),
        (
            figure(metric="contribution-share", unit="percent", value=120),
            [
                (
                    "figures[0].value: the number 120.0 is more than the whole. "
                    "Write a number of at most 100."
                )
            ],
        ),
        (
            figure(value=-1),
            ["figures[0].value: the number -1 is out of range. Write a number of at least 0."],
        ),
        (
            figure(value="5"),
            ["figures[0].value: “5” is not a number. Write a number."],
        ),
    ],
)
def test_a_figure_has_one_time_and_the_unit_of_its_metric(row, said):
    assert problems("body", figures=[row]) == said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [argument("cheap"), argument("dear", answers="chaep")],
            ["arguments[1].answers: “chaep” is no id of an argument here. Did you mean “cheap”?"],
        ),
        (
            [argument("cheap", answers="cheap")],
            [
                (
                    "arguments[0].answers: “cheap” leads back to this argument. "
                    "An argument cannot answer itself: take out one of the answers."
                )
            ],
        ),
        (
            [argument("one", answers="two"), argument("two", answers="one"), argument("three")],
            [
                (
                    "arguments[0].answers: “two” leads back to this argument. "
                    "An argument cannot answer itself: take out one of the answers."
                ),
                (
                    "arguments[1].answers: “one” leads back to this argument. "
                    "An argument cannot answer itself: take out one of the answers."
                ),
            ],
        ),
        (
            [argument("one"), argument("one")],
            [
                (
                    "arguments[1]: the same id as arguments[0]. "
                    "Make one row of the two, or say what tells them apart."
                ),
                (
                    "arguments[1].id: “one” is the id of arguments[0] too. "
                    "Give it another id, or none: then it gets one."
                ),
            ],
        ),
    ],
)
def test_arguments_answer_arguments_and_never_themselves(rows, said):
    assert problems("proposal", arguments=rows) == said


def test_an_argument_may_answer_one_that_comes_later():
    rows = [argument("reply", answers="claim"), argument("claim")]

    assert validate(SCHEMAS["proposal"], document("proposal", arguments=rows))


@pytest.mark.parametrize(
    ("vote", "said"),
    [
        (
            {"for": -1},
            ["vote.for: the number -1 is out of range. Write a number of at least 0."],
        ),
        (
            {"against": 2},
            ["vote.for: missing. Add the number, or “without_vote: true”."],
        ),
        (
            {"for": 150, "without_vote": True},
            [
                (
                    "vote.without_vote: without a vote, yet votes are counted (for). "
                    "Write one of the two."
                )
            ],
        ),
        ({"for": 3.5}, ["vote.for: the number 3.5 is not a whole number. Write a whole number."]),
    ],
)
def test_a_vote_has_counts_or_was_not_taken(vote, said):
    assert problems("instrument", vote={**vote, "cites": CITES}) == said


def test_an_adopted_text_is_needed_to_sign_but_not_to_endorse():
    rows = [act("endorsed", "2025-11-06"), act("signed", "2025-11"), act("ratified", "2025")]

    said = problems("instrument", adopted="2025-12-01", participation=rows)

    assert said == [
        (
            "participation[1].date: “signed” before the text was adopted (1 December 2025). "
            "Correct the date, the action, or “adopted”."
        )
    ]


def test_the_same_act_twice_on_a_day_is_refused_unless_it_is_about_another_part():
    rows = [act("reserved", "2020", part="Art. 1"), act("reserved", "2020", part="Art. 2")]
    assert validate(SCHEMAS["instrument"], document("instrument", participation=rows))

    said = problems("instrument", participation=[*rows, rows[0] | {"note": "Again"}])

    assert said == [
        (
            "participation[2]: the same actor, action, date, part as participation[0]. "
            "Make one row of the two, or say what tells them apart."
        )
    ]


def test_a_source_is_not_cited_twice_for_the_same_place():
    said = problems("body", memberships=[member(cites=[*CITES, *CITES])])

    assert said == [
        (
            "memberships[0].cites[1]: the same source as memberships[0].cites[0]. "
            "Make one row of the two, or say what tells them apart."
        )
    ]


@pytest.mark.parametrize(
    ("row", "is_valid"),
    [
        (link(), True),  # no more than “see also”
        (link(note="the text itself"), False),
        (link(relation="part-of"), False),
        (link(relation="part-of", cites=CITES), True),
    ],
)
def test_a_link_that_could_be_doubted_needs_a_source(row, is_valid):
    if is_valid:
        assert validate(SCHEMAS["proposal"], document("proposal", links=[row]))
    else:
        assert problems("proposal", links=[row]) == [
            (
                "links[0].cites: missing: a reader could doubt this link. "
                "Add a source; only “related” without a note needs none."
            )
        ]


def test_an_entry_does_not_link_to_itself():
    said = problems("proposal", links=[link(target="an-entry")])

    assert said == ["links[0].target: this entry itself. Name another entry."]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "seat",
            (
                "field_cites.seat: “seat” is no field with a value. "
                "Name one of the fields that are set: founded, name, status, type."
            ),
        ),
        (
            "memberships",
            (
                "field_cites.memberships: “memberships” is a list of statements. "
                "Its rows have sources of their own: cite or dispute the row."
            ),
        ),
        (
            "colour",
            (
                "field_cites.colour: “colour” is no field with a value. "
                "Name one of the fields that are set: founded, name, status, type."
            ),
        ),
    ],
)
def test_sources_of_fields_name_a_field_that_is_set(name, said):
    fields = {"founded": "1954", "memberships": [member()]}
    assert validate(SCHEMAS["body"], document("body", **fields, field_cites={"founded": CITES}))

    assert problems("body", **fields, field_cites={name: CITES}) == [said]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"field": "founded"}, []),
        ({"statement": "m-7f3k"}, []),
        (
            {"statement": "m-aaaa"},
            [
                (
                    "disputed[0].statement: “m-aaaa” is no id of a statement in this entry. "
                    "Write the id of a row of this entry."
                )
            ],
        ),
        (
            {"field": "dissolved"},
            [
                (
                    "disputed[0].field: “dissolved” is no field with a value. "
                    "Name one of the fields that are set: founded, name, status, type."
                )
            ],
        ),
        (
            {},
            [
                (
                    "disputed[0].field: neither a field nor a statement. "
                    "Write “field” with the name of a field, or “statement” with an id."
                )
            ],
        ),
        (
            {"field": "founded", "statement": "m-7f3k"},
            [
                (
                    "disputed[0].field: a field and a statement. "
                    "Write “field” with the name of a field, or “statement” with an id."
                )
            ],
        ),
    ],
)
def test_a_dispute_names_something_that_is_there(about, said):
    fields = {
        "founded": "1954",
        "memberships": [member(id="m-7f3k")],
        "disputed": [{**about, "value": "1953", "cites": CITES}],
    }

    if said:
        assert problems("body", **fields) == said
    else:
        assert validate(SCHEMAS["body"], document("body", **fields))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"type": "person", "founded": "1970"},
            (
                "founded: a date of a person's life. "
                "Leave it out: of people we keep their public roles only."
            ),
        ),
        (
            {"type": "company", "identifiers": {"iso3166": "CH"}},
            (
                "identifiers.iso3166: of a company. "
                "Write the code as “country”: it says where the actor sits."
            ),
        ),
        (
            {"country": "CH", "identifiers": {"iso3166": "AT"}},
            "identifiers.iso3166: “AT” beside “CH” (country). Correct one of the two.",
        ),
        (
            {"identifiers": {"orcid": "0000-0002-1825-0097"}},
            "identifiers.orcid: of a state. Only people have an ORCID.",
        ),
    ],
)
def test_an_actor_has_the_dates_and_numbers_of_its_type(fields, said):
    assert problems("actor", **fields) == [said]


def test_a_former_state_keeps_the_code_it_had():
    fields = {"identifiers": {"iso3166": "YU"}, "dissolved": "1992"}

    assert validate(SCHEMAS["actor"], document("actor", **fields))


def test_a_source_can_be_found_by_its_reader():
    assert problems("source", publisher=None) == [
        "url: nothing by which a reader finds it. Add a url, a doi, a container or a publisher."
    ]
