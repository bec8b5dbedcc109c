"""The tools for language models, without the protocol: what they answer and refuse."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.editing import tokens
from kb.mcp import parts
from kb.mcp.calling import Refused
from kb.mcp.tools import Caller, tools
from kb.models import Changeset, Edit
from tests.library.builders import book, draft, merge, person, publish, reader, retract

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def shelf(api, settings):
    settings.KB_TOOLS = ""
    cites = [{"source": "map", "locator": "p. 4"}]
    loan = {"id": "l-1", "reader": "ann", "from": "1961", "cites": cites}
    publish(
        reader("ann", "Ann", summary="She reads."),
        book("map", "Map"),
        book("atlas", "Atlas of lakes", loans=[loan]),
    )
    return api


def run(name, token=None, **given):
    (tool,) = (each for each in tools() if each.name == name)
    return tool.run(given, Caller(token))


def token_with(*scopes):
    ends = timezone.now() + timedelta(days=1)
    return tokens.create(person("ada"), "model", scopes, expires_at=ends)[0]


def test_a_search_answers_with_keys_passages_and_addresses(shelf):
    found = run("search", query="lakes")

    (row,) = found["items"]
    assert (row["key"], row["kind"], row["name"]) == ("atlas", "book", "Atlas of lakes")
    assert row["address"] == f"{SITE}/books/atlas/"
    assert row["revision"] == 1


def test_a_list_goes_on_where_its_cursor_says(shelf):
    first = run("search", query="atlas map", limit=1)
    every = run("search", query="a", limit=1)

    assert "next_cursor" not in first
    seen = [row["key"] for row in every["items"]]
    while "next_cursor" in every:
        every = run("search", query="a", limit=1, cursor=every["next_cursor"])
        seen += [row["key"] for row in every["items"]]
    assert len(seen) == len(set(seen))


def test_an_entry_is_read_as_markdown_with_its_sources(shelf):
    told = run("get", key="atlas")

    assert "`l-1` Reader: Ann (`ann`); From: 1961 [1]" in told
    assert "1. Map (`map`). p. 4" in told
    assert f"{SITE}/books/atlas/" in told


def test_a_merged_entry_is_read_as_the_one_that_stands_for_it(shelf):
    merge("map", into="atlas")

    assert run("get", key="map").startswith("# Atlas of lakes")


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("get", {"key": "atlass"}, "Perhaps: atlas."),
        ("get", {"key": "a/b"}, "a key is"),
        ("get", {"key": "atlas", "part": 9}, "There are 1 parts"),
        ("search", {"query": ""}, "q: "),
        ("search", {"query": "x", "cursor": "zzz"}, "cursor: "),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(shelf, name, given, said):
    with pytest.raises(Refused, match=said):
        run(name, **given)


@pytest.mark.parametrize(
    "odd", ["atlas?fields=key", "atlas#x", "atlas.json", "", "\0", "é", "../x"]
)
def test_no_key_is_taken_for_another_address(shelf, odd):
    with pytest.raises(Refused):
        run("get", key=odd)


@given(st.text())
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=50)
def test_whatever_is_asked_gets_an_answer_or_a_refusal(shelf, text):
    for name, asked in (
        ("search", {"query": text}),
        ("get", {"key": text}),
        ("match", {"names": [text]}),
    ):
        with suppress(Refused):
            assert run(name, **asked)


def test_a_retracted_entry_says_that_it_was_retracted(shelf):
    retract("map")

    with pytest.raises(Refused, match="retracted"):
        run("get", key="map")


def test_names_are_matched_with_reasons(shelf):
    found = run("match", names=["Atlas of laks", "Nobody at all"], kinds=["book"])

    assert [row["name"] for row in found["items"]] == ["Atlas of laks", "Nobody at all"]
    best = found["items"][0]["candidates"][0]
    assert (best["key"], best["address"]) == ("atlas", f"{SITE}/books/atlas/")
    assert best["reasons"]
    assert found["items"][1]["candidates"] == []


def test_changes_are_the_newest_or_those_after_a_number(shelf):
    newest = run("changes", limit=1)
    begun = run("changes", after=0, limit=2)
    rest = run("changes", after=begun["after"])

    assert [row["sequence"] for row in begun["items"]] == [1, 2]
    assert [row["sequence"] for row in rest["items"]] == [3]
    assert newest["items"] == rest["items"]
    assert newest["items"][0]["revision_address"].startswith(f"{SITE}/api/v1/entries/")
    assert run("changes", after=3) == {"items": [], "after": 3}


def test_nothing_unpublished_is_told(shelf):
    draft(book("atlas", "Secret atlas"), book("secret"))

    assert run("search", query="secret")["items"] == []
    assert "Secret" not in run("get", key="atlas")
    with pytest.raises(Refused):
        run("get", key="secret")


# --- suggesting ------------------------------------------------------------------------------


def test_a_suggestion_opens_a_draft_and_nothing_more(shelf):
    token = token_with("draft")

    told = run(
        "suggest_change",
        token,
        key="atlas",
        reason="A loan of 1970",
        set={"printed": "1954"},
        add={"loans": [{"reader": "ann", "from": "1970"}]},
    )

    changeset = Changeset.objects.get(pk=told["draft"])
    assert (changeset.status, changeset.title) == ("draft", "A loan of 1970")
    assert changeset.created_by == token.user
    document = Edit.objects.get(changeset=changeset).document
    assert document["printed"] == "1954"
    assert [row["from"] for row in document["loans"]] == ["1961", "1970"]
    assert told["address"] == f"{SITE}/desk/changesets/{changeset.pk}/"
    assert "1970" not in run("get", key="atlas")


def test_a_suggestion_says_what_is_wrong_with_it(shelf):
    told = run(
        "suggest_change", token_with("draft"), key="atlas", reason="A date", set={"printed": "x"}
    )

    assert [(each["place"], each["is_error"]) for each in told["findings"]] == [("printed", True)]


def test_a_new_entry_is_suggested_with_its_kind(shelf):
    given = {"key": "globe", "reason": "A globe", "set": {"title": "Globe"}}

    with pytest.raises(Refused, match="say its kind"):
        run("suggest_change", token_with("draft"), **given)
    told = run("suggest_change", token_with("draft"), kind="book", **given)

    assert told["findings"] == []


@pytest.mark.parametrize("scopes", [(), ("read",)])
def test_without_a_token_for_drafts_nothing_is_opened(shelf, scopes):
    token = token_with(*scopes) if scopes else None

    with pytest.raises(Refused, match="needs a token"):
        run("suggest_change", token, key="atlas", reason="x", set={"printed": "1954"})

    assert not Changeset.objects.filter(status="draft").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"set": {"key": "other"}}, "keeps its key"),
        ({"add": {"title": ["x"]}}, "is no list"),
        ({"set": {"title": "Atlas of lakes"}}, "Nothing changes"),
        ({}, "Nothing changes"),
        ({"set": {"printed": "1"}, "reason": " "}, "title"),
    ],
)
def test_a_suggestion_that_makes_no_sense_opens_no_draft(shelf, given, said):
    with pytest.raises(Refused, match=said):
        run("suggest_change", token_with("draft"), **{"key": "atlas", "reason": "x", **given})

    assert not Changeset.objects.filter(status="draft").exists()


# --- long entries ----------------------------------------------------------------------------


def test_a_long_text_comes_in_parts_that_each_have_their_sources(monkeypatch):
    monkeypatch.setattr(parts, "MOST", 60)
    rows = "\n".join(f"- `l-{n}` Ann had it in {n} [{n}]" for n in range(1, 9))
    sources = "\n".join(f"{n}. Map {n}" for n in range(1, 9))
    text = f"# Atlas\n\n## Loans\n\n{rows}\n\n## Sources\n\n{sources}\n\n---\n\nCite as: it\n"

    found = []
    for number in range(1, 100):
        try:
            found.append(parts.part_of(text, number))
        except LookupError:
            break

    assert len(found) > 2
    for part in found:
        said = {line.split("[")[1][:-1] for line in part.splitlines() if line.startswith("- ")}
        listed = {line.split(".")[0] for line in part.splitlines() if ". Map" in line}
        assert said == listed
        assert "Cite as: it" in part
    assert all("## Loans" in part for part in found[1:])
    every = "".join(found)
    assert [f"`l-{n}`" in every for n in range(1, 9)] == [True] * 8
    assert "(Part 1 of" in found[0]
