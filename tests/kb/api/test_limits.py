"""How much may be asked of the API, and by whom."""

import re

import pytest

from kb.api import limits
from kb.api.endpoints import Endpoint
from kb.api.limits import READING, SEARCHING, Policy
from kb.api.match import MatchEndpoint
from kb.api.reconcile import QueriesEndpoint, ServiceEndpoint
from kb.api.search import SearchEndpoint, SuggestEndpoint
from kb.mcp.calling import ask
from tests.people import person, token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few(settings, tmp_path, monkeypatch):
    """Three requests may be made, one search, all counted in a file of the test's own."""
    settings.API_LIMITS = tmp_path / "limits"
    monkeypatch.setattr(Endpoint, "policy", Policy("default", 3))
    monkeypatch.setattr(SearchEndpoint, "policy", Policy("search", 1))
    yield
    limits._counters.cache_clear()


def statuses(client, path, times, **extra):
    return [client.get(path, **extra).status_code for _ in range(times)]


def test_the_limits_are_those_that_we_promise():
    assert (READING.quota, SEARCHING.quota, limits.WINDOW) == (600, 120, 300)
    assert (READING.of_tokens.quota, SEARCHING.of_tokens.quota) == (3_000, 600)
    for endpoint in (MatchEndpoint, QueriesEndpoint, ServiceEndpoint):
        assert endpoint.policy is SEARCHING
    assert SuggestEndpoint.policy is not SEARCHING  # asked with each letter that is typed


def test_an_answer_says_how_much_is_left(api):
    answers = [api.get("/api/v1/status") for _ in range(2)]

    assert [each["RateLimit-Policy"] for each in answers] == ['"default";q=3;w=300'] * 2
    assert answers[0]["RateLimit"] == '"default";r=2;t=300'
    assert re.fullmatch(r'"default";r=1;t=(300|299)', answers[1]["RateLimit"])
    assert "RateLimit" in answers[0]["Access-Control-Expose-Headers"]


def test_one_request_too_many_is_refused_with_the_time_to_wait(api):
    assert statuses(api, "/api/v1/status", 3) == [200] * 3

    answer = api.get("/api/v1/status")

    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert 0 < int(answer["Retry-After"]) <= 300
    assert answer["RateLimit"] == f'"default";r=0;t={answer["Retry-After"]}'
    problem = answer.json()
    assert problem["code"] == "rate-limited"
    assert "3 requests of this sort in 5 minutes" in problem["detail"]
    assert answer["Cache-Control"] == "no-store"


def test_what_was_wrong_counts_as_well(api):
    wrong = ["/api/v1/entries/no-such", "/api/v1/status?x=1", "/api/v1/entries?sort=x"]
    assert [api.get(path).status_code for path in wrong] == [404, 400, 400]

    assert [api.get(path).status_code for path in wrong] == [429] * 3


def test_tokens_cannot_be_guessed_without_end(api):
    guess = {"HTTP_AUTHORIZATION": "Bearer cg_guess"}

    assert statuses(api, "/api/v1/status", 4, **guess) == [401, 401, 401, 429]


def test_what_has_not_changed_costs_nothing_even_at_the_limit(api):
    etag = api.get("/api/v1/entries")["ETag"]
    condition = {"HTTP_IF_NONE_MATCH": etag}

    assert statuses(api, "/api/v1/entries", 5, **condition) == [304] * 5
    assert statuses(api, "/api/v1/entries", 3) == [200, 200, 429]
    assert statuses(api, "/api/v1/entries", 2, **condition) == [304] * 2


def test_a_question_about_what_is_allowed_costs_nothing(api):
    for _ in range(5):
        assert api.options("/api/v1/entries").status_code == 204

    assert api.get("/api/v1/entries")["RateLimit"].startswith('"default";r=2')


def test_searches_are_counted_apart(api):
    assert statuses(api, "/api/v1/search?q=book", 2) == [200, 429]
    assert statuses(api, "/api/v1/status", 4) == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_an_ipv4_address_and_an_ipv6_64_are_one_visitor(api, one, other, are_one):
    statuses(api, "/api/v1/status", 3, REMOTE_ADDR=one)

    expected = 429 if are_one else 200
    assert api.get("/api/v1/status", REMOTE_ADDR=other).status_code == expected


def test_behind_our_own_proxy_the_visitor_counts_and_not_what_visitors_claim(api, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for claimed in ("1.1.1.1", "1.1.1.2", "1.1.1.3"):
        api.get("/api/v1/status", HTTP_X_FORWARDED_FOR=f"{claimed}, 192.0.2.7")

    same = api.get("/api/v1/status", HTTP_X_FORWARDED_FOR="1.1.1.4, 192.0.2.7")
    other = api.get("/api/v1/status", HTTP_X_FORWARDED_FOR="1.1.1.4, 192.0.2.8")

    assert (same.status_code, other.status_code) == (429, 200)


def test_a_token_allows_five_times_as_much_whatever_its_owner_has_of_them(api):
    ada = person("ada")
    keys = [{"HTTP_AUTHORIZATION": f"Bearer {token('read', user=ada)}"} for _ in range(2)]
    assert statuses(api, "/api/v1/status", 4) == [200, 200, 200, 429]

    first = api.get("/api/v1/status", **keys[0])

    assert first["RateLimit-Policy"] == '"default-with-token";q=15;w=300'
    assert statuses(api, "/api/v1/status", 15, **keys[1]) == [200] * 14 + [429]


def test_tools_for_language_models_are_no_visitor(api):
    for _ in range(5):
        assert ask("/status")["entries"] == {"books": 0, "readers": 0}


def test_without_the_file_it_goes_on_and_says_so_once(api, settings, tmp_path, caplog):
    settings.API_LIMITS = tmp_path / "missing" / "limits"

    assert statuses(api, "/api/v1/status", 5) == [200] * 5
    assert caplog.text.count("Requests are not limited") == 1


def test_a_site_can_allow_more(settings, api):
    settings.API_LIMITS_FACTOR = 2

    assert statuses(api, "/api/v1/status", 7) == [200] * 6 + [429]


def test_a_site_can_leave_counting_to_its_proxy(settings, api):
    settings.API_LIMITS = None

    answer = api.get("/api/v1/status")

    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers
