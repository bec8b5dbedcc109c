"""What somebody is told at the desk."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from kb.editing import conversation, transitions
from kb.models import Grant, Mute, Notice
from kb.web.desk.notices import notices_for
from tests.library.builders import contributor, draft, person, reader, submitted
from tests.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def told_of(changeset, times=1):
    """Grace comments on a changeset of Ada's, which Ada is told."""
    for number in range(times):
        conversation.comment(changeset, f"Comment {number}", by=person("grace"))


def drawn(user, **context):
    request = RequestFactory().get("/desk/")
    told = notices_for(user, **context)
    return render_to_string("kb/desk/_notices.html", {"told": told}, request)


def test_the_newest_comes_first_with_its_sentence_link_reason_and_time():
    changeset = submitted(draft(reader("ann"), by=person("ada")))
    told_of(changeset, times=2)

    told = notices_for(person("ada"))

    assert [(item.sentence, item.earlier) for item in told.items] == [
        ("grace commented on “A change”: Comment 1.", 1)
    ]
    assert told.total == 2
    page = drawn(person("ada"))
    assert f'href="/desk/changesets/{changeset.pk}/"' in page
    assert "because you are one of its authors, and 1 earlier of this changeset" in page
    assert "<time datetime=" in page


def test_what_people_wrote_is_shown_as_text():
    changeset = submitted(draft(reader("ann")))

    conversation.comment(changeset, "<script>alert(1)</script>", by=person("grace"))

    assert "<script>" not in drawn(person("ada"))


def several(count, times=1):
    """Changesets of Ada's, on each of which Grace comments so often; the last one is told last."""
    made = [submitted(draft(reader(f"ann-{number}"))) for number in range(count)]
    for changeset in made:
        told_of(changeset, times)
    return made


def test_news_is_one_row_a_changeset_the_newest_first():
    ada, (first, second) = person("ada"), several(2, times=3)
    told_of(first)

    told = notices_for(ada)

    assert [(item.changeset, item.earlier) for item in told.items] == [
        (first.pk, 3),
        (second.pk, 2),
    ]
    assert (told.total, told.left_out) == (7, 0)


def test_a_row_asks_to_act_where_an_earlier_notice_of_it_does():
    changeset = submitted(draft(reader("ann")))
    transitions.request_changes(changeset, "Why?", by=person("grace"))
    told_of(changeset)

    (item,) = notices_for(person("ada")).items

    assert "Comment 0" in item.sentence
    assert item.is_at_once


def test_more_than_fit_are_counted_and_need_no_more_queries(django_assert_num_queries):
    several(5)
    ada = person("ada")

    with django_assert_num_queries(3):
        told = notices_for(ada, limit=3)
    for number in range(5):
        told_of(submitted(draft(reader(f"bob-{number}"))))
    with django_assert_num_queries(3):
        more = notices_for(ada, limit=3)

    assert (len(told.items), told.left_out) == (3, 2)
    assert (len(more.items), more.left_out) == (3, 7)


def test_one_or_all_are_marked_as_seen():
    changesets = several(3, times=2)
    client, told = signed_in(person("ada")), notices_for(person("ada"))
    last, middle, first = told.items

    told_of(changesets[1])  # while the page is open
    client.post("/desk/notices/seen/", {"changeset": middle.changeset, "up_to": middle.pk})
    now = notices_for(person("ada")).items
    assert [(item.changeset, item.earlier) for item in now] == [
        (middle.changeset, 0),
        (last.changeset, 1),
        (first.changeset, 1),
    ]

    client.post("/desk/notices/seen/", {"notice": last.pk})
    assert notices_for(person("ada")).total == 4

    answer = client.post("/desk/notices/seen/", {"up_to": told.newest})
    assert answer["Location"] == "/desk/"
    assert len(notices_for(person("ada")).items) == 1


def test_who_mentions_somebody_in_vain_is_told():  # edge case 69
    changeset = submitted(draft(reader("ann")))
    contributor("carl")
    client, page = signed_in(person("grace")), changeset.get_absolute_url()

    answer = client.post(
        page, {"do": "comment", "body": "@ada, @carl and @nobody: why?"}, follow=True
    )

    said = [str(message) for message in answer.context["messages"]]
    assert said == [
        "Your comment is there. Not told: @carl, @nobody. Nobody of that name may see this."
    ]
    assert not Notice.objects.filter(user=contributor("carl")).exists()


def test_nobody_marks_the_notices_of_others():
    told_of(submitted(draft(reader("ann"))))
    notice = notices_for(person("ada")).items[0]

    signed_in(person("emmy")).post("/desk/notices/seen/", {"notice": notice.pk, "up_to": notice.pk})

    assert Notice.objects.get(pk=notice.pk).seen_at is None


def test_a_thread_can_be_left_and_taken_up_again():
    changeset = submitted(draft(reader("ann")))
    told_of(changeset)
    client = signed_in(person("ada"))

    client.post(f"/desk/notices/leave/{changeset.pk}/")
    told_of(changeset)
    assert notices_for(person("ada")).items == []

    client.post(f"/desk/notices/rejoin/{changeset.pk}/", {"next": changeset.get_absolute_url()})
    told_of(changeset)
    assert len(notices_for(person("ada")).items) == 1


@pytest.mark.parametrize("there", ["https://evil.org/", "//evil.org", "javascript:alert(1)", ""])
def test_it_leads_back_within_this_site_alone(there):
    answer = signed_in(person("ada")).post("/desk/notices/seen/", {"next": there})

    assert answer["Location"] == "/desk/"


def test_of_a_draft_that_is_not_theirs_nobody_leaves_or_learns_the_thread():
    changeset = submitted(draft(reader("ann")))

    answer = signed_in(contributor("carl")).post(f"/desk/notices/leave/{changeset.pk}/")

    assert answer.status_code == 404
    assert not Mute.objects.exists()


def test_what_one_may_no_longer_see_is_not_shown():
    changeset = submitted(draft(reader("ann")))
    person("emmy")
    conversation.comment(changeset, "@emmy, look.", by=person("grace"))
    assert notices_for(person("emmy")).total == 1

    Grant.objects.filter(user__username="emmy").delete()

    assert notices_for(contributor("emmy")).items == []


@pytest.mark.parametrize("path", ["seen/", "leave/1/", "rejoin/1/"])
def test_only_a_form_changes_anything(path):
    assert signed_in(person("ada")).get(f"/desk/notices/{path}").status_code == 405


def test_what_asks_somebody_to_act_stands_out():
    changeset = submitted(draft(reader("ann")))
    transitions.request_changes(changeset, "Why?", by=person("grace"))

    assert '<li class="now">' in drawn(person("ada"))
