"""Watching at the desk: from the link on a page to the list of what one follows, and back out."""

from html import unescape
from urllib.parse import parse_qs

import pytest
from django.test import Client

from kb.editing import watching
from kb.models import User, Watch
from kb.publication.ahead import newest_change
from tests.library.builders import book, contributor, publish, reader, retract
from tests.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

NEW = "/desk/watching/new/"


def watched(address, name="wim", frequency="daily") -> Watch:
    return watching.watch(contributor(name), address, frequency)


def text_of(client, path, status=200, **asked):
    response = client.get(path, asked)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize(
    ("page", "links"),
    [
        ("/books/emma/", ["entry:emma"]),
        ("/books/", ["list:books"]),
        (
            "/books/?genre=atlas&exists.website=false&sort=-date",
            ["list:books?genre=atlas&exists.website=false", "term:genre:atlas"],
        ),
        ("/search/?q=the+emma&kind=book&page=1", ["search:q=the+emma&kind=book"]),
    ],
)
def test_a_page_leads_to_watching_it(visitor, page, links):
    publish(book("emma"))

    text = unescape(text_of(visitor, page))

    found = [each.split('"')[0] for each in text.split(f'"{NEW}?')[1:]]
    assert [parse_qs(each) for each in found] == [{"what": [link]} for link in links]


def test_who_has_not_signed_in_is_asked_to_and_comes_back():
    response = Client().get(NEW, {"what": "search:q=a whale"})

    assert response.status_code == 302
    assert "/accounts/login/?next=%2Fdesk%2Fwatching%2Fnew%2F%3Fwhat%3D" in response["Location"]


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("entry:emma", "Emma"),
        ("term:genre:atlas", "Atlas"),
        ("list:books?genre=atlas&genre.not=novel", "Books, genre Atlas, genre (none of) Novel"),
        ("search:q=whale&kind=book", "“whale”, kind Books"),
    ],
)
def test_looking_at_the_question_changes_nothing_and_answering_it_watches(what, title):
    publish(book("emma"))
    client = signed_in(contributor("wim"))

    asked = text_of(client, NEW, what=what)
    before = Watch.objects.count()
    after = client.post(NEW, {"what": what, "frequency": "weekly"}, follow=True).content.decode()

    watch = Watch.objects.get()
    assert title in asked
    assert before == 0
    assert (watch.frequency, watch.position) == ("weekly", newest_change())
    assert title in after
    assert "once a week" in after
    assert f"since {watch.made_at:%-d %b %Y}" in text_of(client, NEW, what=what)


@pytest.mark.parametrize("what", ["", "entry:nobody", "list:books?genre=poem", "search:"])
def test_what_cannot_be_watched_is_said(what):
    client = signed_in(contributor("wim"))

    assert "This cannot be watched" in text_of(client, NEW, 400, what=what)
    assert client.post(NEW, {"what": what, "frequency": "daily"}).status_code == 400


def test_a_frequency_that_there_is_not_is_refused():
    client = signed_in(contributor("wim"))

    client.post(NEW, {"what": "list:books", "frequency": "hourly"})

    assert not Watch.objects.exists()


def test_the_page_of_one_tells_what_is_new_until_it_was_seen():
    publish(book("emma"))
    watch = watched("entry:emma")
    client = signed_in(watch.user)
    publish(book("emma", "<Emma>"))
    path = f"/desk/watching/{watch.pk}/"

    new = text_of(client, path)
    client.post(f"{path}act/", {"act": "seen", "until": str(newest_change())})
    publish(book("emma", "Émma"))
    newer = text_of(client, path)

    assert "Title: “Emma” became “&lt;Emma&gt;”" in new
    assert "/entries/emma/history/?to=2" in new
    assert "Title: “&lt;Emma&gt;” became “Émma”" in newer
    assert "“Emma” became" not in newer


def test_what_can_no_longer_be_asked_is_said_and_can_be_taken_off():
    watch = watched("list:books?genre=atlas")
    Watch.objects.update(value="books?genre=scroll")
    client = signed_in(watch.user)

    assert "cannot be asked" in text_of(client, f"/desk/watching/{watch.pk}/")
    assert "Books, genre scroll" in text_of(client, "/desk/watching/")
    client.post(f"/desk/watching/{watch.pk}/act/", {"act": "stop"})
    assert not Watch.objects.exists()


def test_nobody_sees_or_changes_what_another_watches():
    watch = watched("list:books")
    client = signed_in(contributor("eve"))

    seen = text_of(client, "/desk/watching/")
    client.post("/desk/watching/all/", {"frequency": "never"})
    answers = [
        client.get(f"/desk/watching/{watch.pk}/"),
        client.post(f"/desk/watching/{watch.pk}/act/", {"act": "stop"}),
    ]

    assert "Nothing yet" in seen
    assert [each.status_code for each in answers] == [404, 404]
    assert Watch.objects.get().frequency == "daily"


def test_frequencies_are_changed_for_one_and_for_all():
    one, other = watched("list:books"), watched("list:readers")
    client = signed_in(one.user)

    client.post("/desk/watching/all/", {"frequency": "weekly"})
    client.post(f"/desk/watching/{one.pk}/act/", {"act": "frequency", "frequency": "never"})
    client.post(f"/desk/watching/{other.pk}/act/", {"act": "frequency", "frequency": "hourly"})

    kept = dict(Watch.objects.values_list("pk", "frequency"))
    assert kept == {one.pk: "never", other.pk: "weekly"}


def test_who_takes_no_mail_is_told_so():
    watch = watched("list:books")
    User.objects.filter(pk=watch.user_id).update(mail=User.Mail.NONE)
    client = signed_in(watch.user)

    for path in ("/desk/watching/", f"/desk/watching/{watch.pk}/", f"{NEW}?what=list:books"):
        assert "Your account takes no mail" in text_of(client, path)


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_asks_the_same_number_of_questions_for_every_length(queries_of, number):
    publish(*(book(f"book-{n}") for n in range(12)))
    for n in range(number):
        watch = watched(f"entry:book-{n}")
    watched("search:q=whale")
    watched("list:books?genre=atlas")
    client = signed_in(watch.user)

    assert queries_of(client, "/desk/watching/") <= 6


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_of_one_asks_the_same_number_of_questions_for_every_length(queries_of, number):
    watch = watched("list:books")
    publish(*(book(f"book-{n}") for n in range(number)))
    client = signed_in(watch.user)

    assert queries_of(client, f"/desk/watching/{watch.pk}/") <= 20


# --- out of it by mail ------------------------------------------------------------------------


def test_mail_is_ended_without_signing_in_by_a_post_alone():
    one, other = watched("list:books"), watched("list:readers")
    stranger = Client(enforce_csrf_checks=True)
    path = f"/watching/stop/{watching.secret_of(one)}/"

    looked = text_of(stranger, path)
    before = list(Watch.objects.filter(frequency="never"))
    # What mail programs send. Source: RFC 8058, section 8
    answers = [stranger.post(path, {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert "Books" in looked
    assert before == []
    assert [each.status_code for each in answers] == [200, 200]
    assert all(not each.cookies and "no-store" in each["Cache-Control"] for each in answers)
    assert list(Watch.objects.filter(frequency="never")) == [one]
    assert Watch.objects.filter(pk=other.pk, frequency="daily").exists()


def test_all_mail_is_ended_at_once():
    one = watched("list:books")
    watched("list:readers", frequency="weekly")
    eve = watched("list:books", "eve")

    answer = Client().post(f"/watching/stop/{watching.secret_of_all(one.user)}/")

    assert "No more mail" in answer.content.decode()
    assert list(Watch.objects.exclude(frequency="never")) == [eve]


def test_an_address_that_we_did_not_make_ends_nothing():
    watch = watched("list:books")
    forged = watching.secret_of(watch).replace("~", "~x")

    for secret in (forged, "x", "x~y"):
        assert Client().post(f"/watching/stop/{secret}/").status_code == 404
    assert Watch.objects.get().frequency == "daily"


def test_what_is_retracted_and_what_is_new_is_told_in_words():
    publish(book("emma"))
    watch = watched("list:books")
    publish(reader("ann", summary="A *reader*."), book("other", "Another"))
    retract("emma", reason="wrong")

    text = text_of(signed_in(watch.user), f"/desk/watching/{watch.pk}/")

    assert "Reason: Wrong." in text
    assert "New: book." in text
    assert "Ann" not in text
