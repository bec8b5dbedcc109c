"""The queue and the first page of the desk: who sees what, in which order, at what cost."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kb import editing
from kb.editing import redaction
from kb.models import Changeset, Grant, Revision, Role
from tests.library.builders import (
    approved,
    book,
    contributor,
    draft,
    managing_editor,
    person,
    publish,
    reader,
    submitted,
)


@pytest.fixture
def desk(visitor):
    """A client in which Grace, an editor, has signed in; Ada is the other one."""
    person("ada")
    visitor.force_login(person("grace"))
    return visitor


def titled(changeset, title):
    editing.rename(changeset, title, "", by=changeset.created_by)
    return changeset


def waiting_since(changeset, **ago):
    """Time passes: nothing else can make a changeset wait."""
    Changeset.objects.filter(pk=changeset.pk).update(status_since=timezone.now() - timedelta(**ago))


def text(answer):
    return answer.content.decode()


def titles(answer):
    return [row.changeset.title for row in answer.context["rows"]]


def test_the_longest_waiting_come_first_and_newest_on_request(desk):
    for days, title in ((1, "One day"), (9, "Nine days"), (5, "Five days")):
        changeset = titled(draft(book(f"b{days}")), title)
        waiting_since(changeset, days=days)

    assert titles(desk.get("/desk/queue/")) == ["Nine days", "Five days", "One day"]
    assert titles(desk.get("/desk/queue/?sort=newest")) == ["One day", "Five days", "Nine days"]


def test_the_median_and_the_longest_wait_are_those_of_what_is_in_review(desk):
    for days in (1, 4, 20):
        waiting_since(submitted(draft(book(f"b{days}"))), days=days, hours=1)
    waiting_since(draft(book("draft")), days=300)

    waits = desk.get("/desk/queue/").context["waits"]

    assert waits == {"count": 3, "median": "4 days", "longest": "20 days"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=reader", {"A reader"}),
        ("kind=book", {"A novel", "An atlas, in review"}),
        ("state=in_review", {"An atlas, in review"}),
        ("kind=nonsense&state=published", {"A novel", "An atlas, in review", "A reader"}),
    ],
)
def test_it_is_narrowed_by_kind_and_state(desk, query, found):
    titled(draft(book("moby", genres=["novel"])), "A novel")
    titled(submitted(draft(book("maps", genres=["atlas"]))), "An atlas, in review")
    titled(draft(reader("bob")), "A reader")

    assert set(titles(desk.get(f"/desk/queue/?{query}"))) == found


def test_mine_to_act_on_is_what_i_write_review_and_publish(desk):
    ada, grace = person("ada"), person("grace")
    titled(draft(book("aa"), by=grace), "My draft")
    titled(submitted(draft(book("bb"), by=ada)), "To review")
    titled(submitted(draft(book("cc"), by=grace)), "Mine, with the board")
    titled(draft(book("dd"), by=ada), "Somebody's draft")
    claimed = titled(submitted(draft(book("ee"), by=ada)), "Claimed by another")
    editing.claim(claimed, by=person("linus"))
    titled(draft(book("ff"), by=ada), "To publish")
    approved(Changeset.objects.get(title="To publish"), by=grace)

    assert set(titles(desk.get("/desk/queue/?mine=1"))) == {"My draft", "To review", "To publish"}


def test_a_contributor_sees_their_own_alone(visitor):
    person("ada"), person("grace")
    titled(draft(book("secret")), "Somebody's secret")
    titled(draft(book("own"), by=contributor("carl")), "My own")
    visitor.force_login(contributor("carl"))

    answers = [visitor.get("/desk/queue/"), visitor.get("/desk/")]

    assert titles(answers[0]) == ["My own"]
    assert all("secret" not in text(answer) for answer in answers)


def test_marks_say_what_stands_in_the_way(desk):
    publish(book("moby", "Moby-Dick"))
    stale = titled(draft(book("moby", "The Whale")), "Stale")
    publish(book("moby", "Moby-Dick; or, The Whale"))
    titled(draft({"kind": "book", "key": "untitled"}), "Invalid")
    waiting_since(titled(submitted(draft(book("late"))), "Overdue"), days=15)
    titled(draft(reader("bob")), "Creates Bob")
    titled(draft(book("lent", loans=[{"reader": "bob"}])), "Blocked")

    rows = {row.changeset.title: row for row in desk.get("/desk/queue/").context["rows"]}

    assert rows["Stale"].changeset == stale
    assert [title for title, row in rows.items() if row.is_stale] == ["Stale"]
    assert rows["Invalid"].is_invalid
    assert rows["Overdue"].is_overdue
    assert [each.title for each in rows["Blocked"].blocked_by] == ["Creates Bob"]


def test_pages_follow_each_other_without_a_gap_or_a_repetition(desk):
    ada = person("ada")
    for number in range(61):
        editing.begin(f"Changeset {number}", by=ada)
    Changeset.objects.update(status_since=timezone.now())  # all at the same moment

    first = desk.get("/desk/queue/")
    second = desk.get(first.context["next"])
    back = desk.get(second.context["prev"])

    assert len(titles(first)) == 50
    assert len(set(titles(first)) | set(titles(second))) == 61
    assert titles(back) == titles(first)


def test_a_cursor_of_another_list_is_refused(desk):
    for number in range(51):
        editing.begin(f"Changeset {number}", by=person("ada"))
    cursor = desk.get("/desk/queue/").context["next"].partition("cursor=")[2]

    assert desk.get(f"/desk/queue/?sort=newest&cursor={cursor}").status_code == 400


@pytest.mark.parametrize(
    "path", ["/desk/queue/", "/desk/queue/?mine=1&kind=book", "/desk/"], ids=str
)
def test_the_number_of_queries_does_not_grow_with_the_list(desk, path, queries_of):
    submitted(draft(book("first"))), draft(book("own"), by=person("grace"))
    before = queries_of(desk, path)
    for number in range(12):
        submitted(draft(book(f"more-{number}"), reader(f"r-{number}")))
        draft(book(f"own-{number}"), by=person("grace"))

    assert queries_of(desk, path) == before


def test_a_board_of_one_is_told_that_nothing_can_be_published(visitor):
    visitor.force_login(person("grace"))
    assert "Nothing can be published" in text(visitor.get("/desk/"))

    person("ada")
    assert "Nothing can be published" not in text(visitor.get("/desk/"))


def test_the_first_page_gathers_what_waits_for_me(desk):
    ada, grace = person("ada"), person("grace")
    asked = titled(submitted(draft(book("aa"), by=grace)), "Asked for changes")
    editing.request_changes(asked, "Which edition?", by=ada)
    titled(draft(book("bb"), by=grace), "My draft")
    titled(submitted(draft(book("cc"), by=ada)), "To review")
    claimed = titled(submitted(draft(book("dd"), by=ada)), "I claimed it")
    editing.claim(claimed, by=grace)

    piles = desk.get("/desk/").context["piles"]

    found = {pile.title: [row.changeset.title for row in pile.rows] for pile in piles}
    assert found == {
        "Changes requested": ["Asked for changes"],
        "My drafts": ["My draft"],
        "Assigned to me or claimed by me": ["I claimed it"],
        "To review": ["To review"],
    }


def test_an_administrator_is_told_of_the_redactions_that_they_can_decide(visitor, monkeypatch):
    monkeypatch.setattr("kb.web.desk.access.has_second_factor", lambda _person: True)
    publish(book("aa"), book("bb"))
    publish(book("aa", "A"), book("bb", "B"))
    root = person("root", Role.ADMINISTRATOR, Role.MANAGING_EDITOR)
    visitor.force_login(root)
    first, second = Revision.objects.filter(number=1).order_by("pk")
    redaction.ask(first, "Private.", by=root)
    assert "1 redaction" not in text(visitor.get("/desk/"))  # nobody decides their own

    redaction.ask(second, "Private.", by=managing_editor())

    page = text(visitor.get("/desk/"))
    assert '<a href="/desk/redactions/">1 redaction</a> waits' in page
    assert "Nothing waits for you" not in page


@pytest.mark.parametrize("who", [contributor, person])
def test_the_desk_leads_nobody_to_a_page_that_refuses_them(visitor, who):
    person("grace")
    visitor.force_login(who("carl"))

    page = text(visitor.get("/desk/"))

    navigation = page.partition('aria-label="Desk"')[2].partition("</ul>")[0]
    links = re.findall(r'href="([^"]+)"', navigation)
    assert len(links) > 5
    assert {visitor.get(link).status_code for link in links} == {200}
    assert ("/desk/suggestions/" in links) == (who is person)


def test_a_newcomer_is_told_what_to_do_first(visitor):
    person("ada"), person("grace")
    visitor.force_login(contributor("carl"))
    assert "How it works" in text(visitor.get("/desk/"))

    draft(book("own"), by=contributor("carl"))
    assert "How it works" not in text(visitor.get("/desk/"))


def test_whoever_leaves_the_board_sees_the_queue_of_the_board_no_more(desk):
    titled(draft(book("secret")), "Somebody's secret")
    Grant.objects.filter(user=person("grace")).update(ended_at=timezone.now())

    assert titles(desk.get("/desk/queue/")) == []


def test_nobody_comes_to_the_desk_without_signing_in(visitor):
    for path in ("/desk/", "/desk/queue/", "/desk/new/", "/desk/changesets/1/"):
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
