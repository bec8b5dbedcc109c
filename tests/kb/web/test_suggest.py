"""Suggesting a change without an account."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kb.editing import suggestions
from kb.models import Activity, VisitorSuggestion
from kb.publication import reading
from kb.web import form_tokens
from kb.web.form_tokens import FormToken
from tests.library.builders import book, merge, person, publish, reader, retract

TYPED = {
    "what": "Ada gave it back in 1951.",
    "why": "The ledger says so.",
    "source": "https://example.org/ledger",
    "email": "vi@example.org",
}


@pytest.fixture
def atlas(visitor):
    """A published book that Ada has borrowed: (key, id of the loan)."""
    publish(reader("ada", "Ada Byron"), book("atlas", "The Atlas", loans=[{"reader": "ada"}]))
    document = book("atlas", "The Atlas", loans=[{"reader": "ada"}])
    return "atlas", document["loans"][0]["id"]


@pytest.fixture
def clock(monkeypatch):
    """Moves the clock that tokens and limits read: `clock(hours=1)`."""
    shift = timedelta()

    def now():
        return real() + shift

    real = timezone.now

    def move(**by):
        nonlocal shift
        shift += timedelta(**by)

    monkeypatch.setattr(timezone, "now", now)
    return move


def hidden(html):
    """Name → value of the hidden fields of the form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


def opened(visitor, clock, path="/suggest/?key=atlas"):
    """The fields of the form, as somebody sends them who has read it."""
    fields = hidden(visitor.get(path).content.decode())
    clock(seconds=10)
    return {**fields, **TYPED}


def send(visitor, data, **more):
    return visitor.post("/suggest/", data, **more)


# --- the form -------------------------------------------------------------------------------


def test_the_form_shows_the_statement_in_words_with_a_way_to_another(visitor, atlas):
    key, loan = atlas

    html = visitor.get(f"/suggest/?key={key}&statement={loan}").content.decode()

    assert "Loans: Ada Byron" in html
    assert '<a href="/readers/ada/">Ada Byron</a>' in html
    assert 'href="/suggest/?key=atlas"' in html
    assert hidden(html)["statement"] == loan


def test_without_a_statement_one_is_chosen_from_a_list(visitor, atlas):
    html = visitor.get("/suggest/?key=atlas").content.decode()

    assert '<optgroup label="Loans">' in html
    assert f'<option value="{atlas[1]}">Ada Byron</option>' in html


def test_a_statement_that_is_gone_is_said_to_be(visitor, atlas):
    html = visitor.get("/suggest/?key=atlas&statement=l-gone").content.decode()

    assert "not there any more" in html


def test_something_missing_can_be_suggested_of_no_entry(visitor, clock):
    answer = send(visitor, opened(visitor, clock, "/suggest/"))

    assert answer.status_code == 303
    assert VisitorSuggestion.objects.get().key == ""


@pytest.mark.parametrize("path", ["/suggest/?key=nothing", "/suggest/?key=%00", "/suggest/?key=A'"])
def test_there_is_no_form_for_what_was_never_there(visitor, path):
    assert visitor.get(path).status_code == 404


def test_the_form_of_a_merged_entry_is_that_of_its_survivor(visitor, atlas):
    publish(book("map-book"))
    merge("map-book", into="atlas")

    answer = visitor.get("/suggest/?key=map-book")

    assert (answer.status_code, answer["Location"]) == (301, "/suggest/?key=atlas")


def test_a_retracted_entry_has_its_reason_in_place_of_a_form(visitor, atlas):
    retract("atlas")

    assert visitor.get("/suggest/?key=atlas").status_code == 410


def test_neither_page_is_kept_by_anybody_or_sets_a_cookie(visitor, atlas, clock):
    form = visitor.get("/suggest/?key=atlas")
    sent = send(visitor, opened(visitor, clock))
    status = visitor.get(sent["Location"])

    for answer in (form, sent, status):
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]


def test_the_form_makes_as_many_queries_for_many_statements(visitor, atlas, monkeypatch):
    people = [f"r{number}" for number in range(30)]
    loans = [{"reader": key} for key in people]
    publish(*(reader(key) for key in people), book("ledger", loans=loans))
    sent: list[Any] = []
    execute = reading._execute_once

    def counted(*args: Any, **more: Any) -> Any:
        sent.append(args)
        return execute(*args, **more)

    monkeypatch.setattr(reading, "_execute_once", counted)

    visitor.get("/suggest/?key=atlas")
    few = len(sent)
    visitor.get("/suggest/?key=ledger")

    assert len(sent) == 2 * few


# --- sending --------------------------------------------------------------------------------


def test_what_was_sent_waits_for_the_board_which_is_told(visitor, atlas, clock):
    person("grace")
    data = opened(visitor, clock, f"/suggest/?key=atlas&statement={atlas[1]}")

    answer = send(visitor, data)

    assert answer.status_code == 303
    kept = VisitorSuggestion.objects.get()
    assert (kept.key, kept.statement, kept.status) == ("atlas", atlas[1], "new")
    assert {name: getattr(kept, name) for name in TYPED} == TYPED
    assert kept.shown == "Loans: Reader: Ada Byron"
    told = Activity.objects.get(kind="visitor-suggested")
    assert told.data == {"suggestion": kept.pk, "title": "The Atlas"}
    assert told.notices.filter(user=person("grace")).exists()


def test_sending_twice_makes_one_and_leads_to_the_same_page(visitor, atlas, clock):
    data = opened(visitor, clock)

    first, second = send(visitor, data), send(visitor, data)

    assert (second.status_code, second["Location"]) == (303, first["Location"])
    assert VisitorSuggestion.objects.count() == 1


def test_another_text_from_the_same_form_is_asked_about_and_not_lost(visitor, atlas, clock):
    data = opened(visitor, clock)
    first = send(visitor, data)

    answer = send(visitor, {**data, "what": "The title is wrong too."})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The title is wrong too." in html
    assert first["Location"] in html
    clock(seconds=10)
    assert send(visitor, {**data, **hidden(html), "what": "The title too."}).status_code == 303
    assert VisitorSuggestion.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"what": " \u2028 "}, "Write what should change."),
        ({"what": "x" * 5_001}, "This has 5,001 characters; 5,000 are the most."),
        ({"why": "x" * 2_001}, "This has 2,001 characters; 2,000 are the most."),
        ({"source": "x" * 1_001}, "This has 1,001 characters; 1,000 are the most."),
        ({"email": "vi at example"}, "This is not an e-mail address."),
        ({"email": "x" * 250 + "@example.org"}, "This has 262 characters; 254 are the most."),
        ({"what": "www.a.org " * 6}, "There are 7 links in this; 5 are the most."),
    ],
)
def test_what_is_wrong_stands_on_top_and_beside_its_field(visitor, atlas, clock, typed, said):
    data = {**opened(visitor, clock), "source": "https://a.org/1", **typed}

    answer = send(visitor, data)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(said) == 2
    assert 'aria-invalid="true"' in html
    assert TYPED["why"] in html or "why" in typed
    assert not VisitorSuggestion.objects.exists()
    assert hidden(html)["token"] == data["token"]


def test_characters_that_nobody_sees_are_left_out(visitor, atlas, clock):
    send(visitor, {**opened(visitor, clock), "what": "It\x00 is\u202e\r\nwrong\u2028"})

    assert VisitorSuggestion.objects.get().what == "It is\nwrong"


def test_what_was_typed_is_shown_as_text(visitor, atlas, clock):
    answer = send(visitor, {**opened(visitor, clock), "what": "</textarea><script>", "email": "x"})

    assert "<script>" not in answer.content.decode()


# --- robots ---------------------------------------------------------------------------------


def test_what_comes_faster_than_people_write_can_be_sent_again(visitor, atlas, clock):
    data = {**hidden(visitor.get("/suggest/?key=atlas").content.decode()), **TYPED}

    answer = send(visitor, data)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert TYPED["what"] in html
    clock(seconds=4)
    assert send(visitor, {**data, **hidden(html)}).status_code == 303


def test_a_form_of_yesterday_keeps_its_text_and_gets_a_new_token(visitor, atlas, clock):
    data = opened(visitor, clock)
    clock(hours=25)

    answer = send(visitor, data)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "more than a day ago" in html
    assert TYPED["what"] in html
    clock(seconds=10)
    assert send(visitor, {**data, **hidden(html)}).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "WyJhIiwxXQ:forged", "é"])
def test_a_token_that_we_did_not_make_is_refused(visitor, atlas, clock, token):
    answer = send(visitor, {**opened(visitor, clock), "token": token})

    assert answer.status_code == 422
    assert not VisitorSuggestion.objects.exists()


def test_whoever_fills_in_what_people_do_not_see_may_send_again(visitor, atlas, clock):
    data = opened(visitor, clock)

    answer = send(visitor, {**data, "website": "https://spam.example"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "spam.example" not in html
    assert TYPED["what"] in html
    assert send(visitor, data).status_code == 303


def test_one_network_sends_five_an_hour(visitor, atlas, clock):
    for _ in range(5):
        assert send(visitor, opened(visitor, clock), REMOTE_ADDR="192.0.2.7").status_code == 303

    data = opened(visitor, clock)
    answer = send(visitor, data, REMOTE_ADDR="192.0.2.7")

    assert answer.status_code == 429
    assert 3_500 < int(answer["Retry-After"]) <= 3_600
    assert TYPED["what"] in answer.content.decode()
    assert send(visitor, data, REMOTE_ADDR="192.0.2.8").status_code == 303


def test_one_network_sends_twenty_a_day(visitor, atlas, clock):
    for number in range(20):
        answer = send(visitor, opened(visitor, clock))
        assert answer.status_code == 303, number
        VisitorSuggestion.objects.update(created_at=timezone.now() - timedelta(hours=2))

    assert send(visitor, opened(visitor, clock)).status_code == 429


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("", "192.0.2.7", False),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_64(one, other, is_same):
    assert (suggestions.network_hash(one) == suggestions.network_hash(other)) is is_same


def test_behind_our_own_proxy_the_visitors_address_counts(visitor, atlas, clock, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    send(visitor, opened(visitor, clock), headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7"})

    kept = VisitorSuggestion.objects.get()

    assert kept.network_hash == suggestions.network_hash("192.0.2.7")


def test_neither_the_secret_nor_the_network_is_kept(visitor, atlas, clock):
    answer = send(visitor, opened(visitor, clock), REMOTE_ADDR="192.0.2.7")

    secret = answer["Location"].split("/")[2]
    row = VisitorSuggestion.objects.values_list().get()
    assert len(secret) >= 32
    assert not any(secret in str(value) or "192.0.2.7" in str(value) for value in row)


def test_the_nonce_of_a_form_does_not_give_its_secret():
    token = FormToken.new()

    assert token.nonce not in suggestions.secret_of(token.nonce)
    assert FormToken.new().nonce != token.nonce


def test_the_age_of_a_token_has_two_ends():
    assert timedelta(seconds=3) == form_tokens.LEAST_AGE
    assert timedelta(hours=24) == form_tokens.GREATEST_AGE


# --- the private page -----------------------------------------------------------------------


def sent(visitor, clock):
    """(path of the private page, the suggestion)"""
    answer = send(visitor, opened(visitor, clock))
    return answer["Location"], VisitorSuggestion.objects.latest("pk")


def test_the_private_page_says_what_became_of_it(visitor, atlas, clock):
    path, suggestion = sent(visitor, clock)
    assert "Waiting to be read" in visitor.get(path).content.decode()

    suggestions.decline(suggestion, "The ledger is of another library.", by=person("grace"))

    html = visitor.get(path).content.decode()
    assert "Not taken up" in html
    assert "The ledger is of another library." in html
    assert TYPED["what"] in html


def test_the_private_page_shows_nothing_of_a_draft_or_of_who_writes_it(visitor, atlas, clock):
    path, suggestion = sent(visitor, clock)
    changeset = suggestions.turn_into_changeset(suggestion, by=person("grace"))

    html = visitor.get(path).content.decode()

    assert "Being worked on" in html
    assert "grace" not in html
    assert f"/desk/changesets/{changeset.pk}/" not in html


def test_the_private_page_of_what_is_published_leads_to_the_history(visitor, atlas, clock):
    path, suggestion = sent(visitor, clock)
    VisitorSuggestion.objects.filter(pk=suggestion.pk).update(status="published")

    assert 'href="/entries/atlas/history/"' in visitor.get(path).content.decode()


@pytest.mark.parametrize("secret", ["x", "0" * 64, "%00"])
def test_nobody_guesses_a_private_page(visitor, secret):
    answer = visitor.get(f"/suggestions/{secret}/")

    assert answer.status_code == 404
    assert "no-store" in answer["Cache-Control"]
