"""The page of findings, and that on which statements are compared with their sources."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kb.editing.knowledge import refresh_findings_of_everything
from kb.models import Dismissal, LinkCheck, PublishedFinding, Verification
from tests.library.builders import book, contributor, person, publish, reader, retract


@pytest.fixture
def desk(visitor):
    """A client in which Grace, an editor, has signed in; Ada is the other one."""
    person("ada")
    visitor.force_login(person("grace"))
    return visitor


def listed(client, tab, **query):
    """Keys of the entries in a tab, in their order."""
    answer = client.get("/desk/findings/", {"tab": tab, **query})
    assert answer.status_code == 200
    return [each["row"].key for each in answer.context["rows"]]


def sourced_atlas():
    loan = {"id": "l-one", "reader": "ann", "cites": [{"source": "globe", "locator": "p. 3"}]}
    publish(reader("ann", "Ann Smith"), book("globe"), book("atlas", loans=[loan]))


def text(answer):
    return answer.content.decode()


# --- findings ---------------------------------------------------------------------------------


def test_what_was_never_verified_comes_oldest_first(desk):
    for key in ("one", "two", "three"):
        publish(reader(key))

    assert listed(desk, "unchecked") == ["one", "two", "three"]
    assert 'href="/desk/verify/one/"' in text(desk.get("/desk/findings/"))


def test_an_entry_with_a_mark_is_not_among_them(desk):
    sourced_atlas()
    mark(desk, "confirmed")

    assert listed(desk, "unchecked") == ["ann", "globe"]
    assert listed(desk, "unchecked", kind="reader") == ["ann"]


def test_what_the_checks_found_is_in_its_tab_alone(desk):
    publish(reader("ann", "Ann Smith"), reader("bnn", "Ann Smyth", summary="…"))
    publish(reader("gone", summary="…"), book("atlas", loans=[{"reader": "gone"}]))
    retract("gone", "reader")
    refresh_findings_of_everything()

    assert listed(desk, "warnings") == ["ann"]
    assert listed(desk, "duplicates") == ["ann"]
    assert listed(desk, "errors") == ["atlas"]
    assert listed(desk, "errors", kind="reader") == []


def test_a_possible_duplicate_can_be_merged_or_told_apart(desk):
    publish(reader("ann", "Ann Smith", summary="…"), reader("bnn", "Ann Smyth", summary="…"))
    refresh_findings_of_everything()
    html = text(desk.get("/desk/findings/?tab=duplicates"))
    assert 'href="/desk/merge/?from=ann&amp;into=bnn"' in html
    assert '<a href="/readers/bnn/">Ann Smyth</a>' in html

    identity = PublishedFinding.objects.get().identity
    answer = desk.post("/desk/findings/?tab=duplicates", {"identity": identity})

    assert (answer.status_code, answer["Location"]) == (303, "/desk/findings/?tab=duplicates")
    assert listed(desk, "duplicates") == []
    refresh_findings_of_everything()
    assert listed(desk, "duplicates") == []
    assert Dismissal.objects.get().user.username == "grace"


def test_an_error_has_no_button_and_cannot_be_let_stand(desk):
    publish(reader("gone", summary="…"), book("atlas", loans=[{"reader": "gone"}]))
    retract("gone", "reader")
    refresh_findings_of_everything()
    assert "Let it stand" not in text(desk.get("/desk/findings/?tab=errors"))

    identity = PublishedFinding.objects.get().identity
    answer = desk.post("/desk/findings/?tab=errors", {"identity": identity})

    assert answer.status_code == 422
    assert "An error cannot be let stand" in text(answer)


def test_a_finding_that_is_gone_by_now_says_so(desk):
    answer = desk.post("/desk/findings/", {"identity": "0" * 64})

    assert answer.status_code == 422
    assert "The checks no longer find this" in text(answer)


def test_a_contributor_sees_findings_and_cannot_dismiss_them(visitor):
    publish(reader("ann"))
    refresh_findings_of_everything()
    visitor.force_login(contributor("carl"))
    assert listed(visitor, "warnings") == ["ann"]
    assert "Let it stand" not in text(visitor.get("/desk/findings/?tab=warnings"))

    answer = visitor.post("/desk/findings/", {"identity": PublishedFinding.objects.get().identity})

    assert answer.status_code == 422
    assert Dismissal.objects.count() == 0


def test_dead_links_say_what_was_answered_and_when_it_was_well(desk):
    publish(
        book("atlas", website="https://a.example/"), book("globe", website="https://b.example/")
    )
    publish(book("gone", website="https://a.example/"))
    retract("gone")
    week_ago = timezone.now() - timedelta(days=7)
    LinkCheck.objects.create(
        url="https://a.example/", failures=3, status=404, succeeded_at=week_ago
    )
    LinkCheck.objects.create(url="https://b.example/", failures=2, status=404)

    assert listed(desk, "dead") == ["atlas"]
    html = text(desk.get("/desk/findings/?tab=dead"))
    assert "Status 404." in html
    assert "It was last reached on" in html


@pytest.mark.parametrize("tab", ["unchecked", "warnings", "dead", "oldest"])
def test_long_lists_have_pages_both_ways_in_as_many_queries(desk, tab):
    publish(*(reader(f"r-{n:03}") for n in range(60)))
    for batch in range(2):
        documents = [
            book(f"b-{n:03}", website=f"https://{n}.example/", printed="1990")
            for n in range(batch * 60, batch * 60 + 60)
        ]
        publish(*documents)
    LinkCheck.objects.bulk_create(
        LinkCheck(url=f"https://{n}.example/", failures=3, problem="No answer.") for n in range(120)
    )
    refresh_findings_of_everything()
    with CaptureQueriesContext(connection) as first_queries:
        first = desk.get(f"/desk/findings/?tab={tab}")
    keys = [each["row"].key for each in first.context["rows"]]
    if tab == "oldest":
        assert keys == []  # no book says when it was read
        return
    assert len(keys) == 50

    with CaptureQueriesContext(connection) as next_queries:
        following = desk.get(first.context["next"])
    back = desk.get(following.context["prev"])

    assert set(keys).isdisjoint(each["row"].key for each in following.context["rows"])
    assert [each["row"].key for each in back.context["rows"]] == keys
    assert len(first_queries) == len(next_queries) <= 12


def test_a_cursor_that_we_did_not_make_is_refused(desk):
    assert desk.get("/desk/findings/?tab=errors&cursor=abc").status_code == 400


def test_what_is_asked_wrongly_is_as_if_it_were_not_asked(desk):
    publish(reader("ann"))

    assert listed(desk, "nonsense", kind="nonsense") == ["ann"]


@pytest.mark.parametrize("path", ["/desk/findings/", "/desk/verify/atlas/"])
def test_nobody_sees_it_without_signing_in(visitor, path):
    answer = visitor.get(path)

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


# --- verification -----------------------------------------------------------------------------


def mark(client, verdict, note="", statement="l-one"):
    html = text(client.get("/desk/verify/atlas/"))
    hashed = re.search(
        rf'name="statement" value="{statement}"><input type="hidden" name="content_hash"'
        r' value="(\w+)"',
        html,
    )[1]
    sent = {"statement": statement, "content_hash": hashed, "verdict": verdict, "note": note}
    return client.post("/desk/verify/atlas/", sent)


def test_a_statement_stands_beside_its_sources(desk):
    sourced_atlas()

    html = text(desk.get("/desk/verify/atlas/"))

    assert '<a href="/readers/ann/">Ann Smith</a>' in html
    assert '<a href="/books/globe/">Globe</a>, p. 3' in html
    assert "0 of 1 statements are checked" in html


def test_a_verdict_is_kept_and_shown(desk):
    sourced_atlas()

    answer = mark(desk, "contradicts", "It says 1992.")

    assert (answer.status_code, answer["Location"]) == (303, "/desk/verify/atlas/#l-one")
    html = text(desk.get("/desk/verify/atlas/"))
    assert "Contradicted by its source" in html
    assert "It says 1992." in html
    assert Verification.objects.get().user.username == "grace"
    assert "Every statement is checked" in text(desk.get("/desk/verify/atlas/?show=unchecked"))


def test_a_doubt_without_a_reason_is_asked_for_it_beside_what_was_typed(desk):
    sourced_atlas()

    answer = mark(desk, "not-found")

    assert answer.status_code == 422
    assert "Say in a note what the source says" in text(answer)


def test_what_changed_meanwhile_is_read_again_and_the_note_is_kept(desk):
    sourced_atlas()
    loan = {"id": "l-one", "reader": "ann", "cites": [{"source": "globe", "locator": "p. 4"}]}
    before = text(desk.get("/desk/verify/atlas/"))
    hashed = re.search(r'name="content_hash" value="(\w+)"', before)[1]
    publish(book("atlas", loans=[loan]))

    sent = {"statement": "l-one", "content_hash": hashed, "verdict": "confirmed", "note": "p. 3"}
    answer = desk.post("/desk/verify/atlas/", sent)

    assert answer.status_code == 422
    html = text(answer)
    assert "has changed since you read it" in html
    assert 'name="note" value="p. 3"' in html
    assert Verification.objects.count() == 0


def test_a_contributor_reads_without_buttons(visitor):
    sourced_atlas()
    visitor.force_login(contributor("carl"))

    html = text(visitor.get("/desk/verify/atlas/"))

    assert "Members of the board mark" in html
    assert 'name="verdict"' not in html


def test_an_entry_that_is_not_there_or_retracted_says_so(desk):
    sourced_atlas()
    retract("atlas")

    assert desk.get("/desk/verify/atlas/").status_code == 410
    assert desk.get("/desk/verify/nothing/").status_code == 404
