"""Mail about what people watch, against a real mail server."""

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from kb.editing import people, redaction, watching
from kb.jobs import watching as jobs
from kb.jobs.sending import MailServerDown, Postman
from kb.jobs.watching import mail_watched
from kb.models import Revision, User, Watch
from kb.publication.ahead import newest_change
from tests.library.builders import (
    administrator,
    book,
    contributor,
    managing_editor,
    merge,
    publish,
    reader,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

ATLAS: dict[str, Any] = {"genres": ["atlas"]}


def watched(address, name="wim", frequency="daily") -> Watch:
    return watching.watch(contributor(name), address, frequency)


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def text_of(mail) -> str:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


def test_a_mail_says_what_was_what_is_where_and_by_which_source(mailbox):
    publish(reader("ann"), book("register"), book("emma", loans=[]))
    loan = {"id": "l-1", "reader": "ann", "from": "1990", "cites": [{"source": "register"}]}
    publish(book("emma", loans=[loan]))
    watched("entry:emma")
    publish(book("emma", "Émma & co", loans=[{**loan, "from": "1991"}]))

    assert mail_watched(tomorrow()) == 1

    (mail,) = mailbox.to("wim@x.org")
    text = text_of(mail)
    assert "Émma & co (Book)\nhttps://example.org/books/emma/\n" in text
    assert "Title: “Emma” became “Émma & co”" in text
    assert "“1990” became “1991”" in text
    assert "https://example.org/entries/emma/history/?to=3" in text
    assert "Source: Register, https://example.org/books/register/" in text
    assert "You watch: Émma & co\n" in text


def test_one_mail_tells_each_change_once_and_why(mailbox):
    publish(book("emma", **ATLAS))
    for address in ("entry:emma", "term:genre:atlas", "list:books?genre=atlas", "search:q=emma"):
        watched(address)
    publish(book("emma", "Émma", **ATLAS), book("emma-two", "Emma II", **ATLAS))

    assert mail_watched(tomorrow()) == 1

    (mail,) = mailbox.to("wim@x.org")
    text = text_of(mail)
    assert text.count("became “Émma”") == 1
    assert "You watch: Émma; Atlas; Books, genre Atlas; “emma”\n" in text
    assert "You watch: Atlas; Books, genre Atlas; “emma”\n" in text
    assert text.count("/watching/stop/") == 5


def test_nothing_is_told_twice_and_nothing_when_nothing_changed(mailbox):
    watched("list:books")
    publish(reader("ann"))

    none = mail_watched(tomorrow())
    publish(book("emma"))
    sent = [mail_watched(tomorrow()) for _ in range(3)]
    publish(book("other"))
    mail_watched(tomorrow())

    first, second = map(text_of, mailbox.to("wim@x.org"))
    assert (none, sent) == (0, [1, 0, 0])
    assert ("Emma" in first, "Other" in first) == (True, False)
    assert ("Emma" in second, "Other" in second) == (False, True)


def test_what_was_retracted_merged_and_redacted_is_told_as_such_and_nothing_of_its_text(mailbox):
    publish(book("gone"), book("twin"), book("emma", "Unspeakable"))
    publish(book("emma"))
    for key in ("gone", "twin", "emma"):
        watched(f"entry:{key}")
    retract("gone", reason="wrong")
    merge("twin", into="emma")
    publish(book("emma", "Unspeakable again"))
    publish(book("emma", "Émma"))
    for number in (1, 3):
        revision = Revision.objects.get(entry__key="emma", number=number)
        asked = redaction.ask(revision, "privacy", by=managing_editor())
        redaction.confirm(asked, by=administrator())

    mail_watched(tomorrow())

    (mail,) = mailbox.to("wim@x.org")
    text = text_of(mail)
    assert "Unspeakable" not in f"{text}{mail['Subject']}"
    assert "Retracted, " in text
    assert "Reason: Wrong." in text
    assert "Merged into “Émma”." in text
    assert text.count("was removed for good") == 2


def test_while_the_server_is_down_everything_waits_and_goes_out_afterwards(mail_server):
    watched("list:books")
    publish(book("emma"))
    due = tomorrow()

    with mail_server.down(), pytest.raises(MailServerDown):
        mail_watched(due)
    publish(book("later"))
    again = mail_watched(due)

    (mail,) = mail_server.mailbox.to("wim@x.org")
    assert again == 1
    assert ("Emma" in text_of(mail), "Later" in text_of(mail)) == (True, False)
    mail_watched(due + timedelta(days=1))
    assert "Later" in text_of(mail_server.mailbox.to("wim@x.org")[1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["_begin", "_send", "_deliver", "_note"])
def test_a_killed_worker_loses_nothing_and_tells_nothing_otherwise(mailbox, monkeypatch, step):
    watched("list:books")
    publish(book("emma"))
    due = tomorrow()
    connections.close_all()
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(jobs, step, lambda *_a: os.kill(os.getpid(), signal.SIGKILL))
        mail_watched(due)
        os._exit(1)  # not reached
    os.waitpid(child, 0)
    first = [(mail["Message-ID"], text_of(mail)) for mail in mailbox.to("wim@x.org")]
    publish(book("later"))

    mail_watched(due)
    mail_watched(due + timedelta(days=1))

    sent = [(mail["Message-ID"], text_of(mail)) for mail in mailbox.to("wim@x.org")]
    assert sent[: len(first)] == sent[len(first) : 2 * len(first)] == first
    assert len(first) == (step == "_note")
    told = [text for _id, text in dict.fromkeys(sent)]
    assert ["Emma" in text for text in told].count(True) == 1
    assert ["Later" in text for text in told].count(True) == 1
    assert len({name for name, _text in sent}) == len(told)


@pytest.mark.parametrize(
    ("answer", "is_over"), [("550 No such user", True), ("450 Mailbox busy", False)]
)
def test_a_refused_recipient_stops_nobody_else(mailbox, answer, is_over):
    mailbox.answers["wim@x.org"] = answer
    watch = watched("list:books")
    watched("list:books", "eve")
    publish(book("emma"))

    assert mail_watched(tomorrow()) == 1

    watch.refresh_from_db()
    assert len(mailbox.to("eve@x.org")) == 1
    assert (watch.position == newest_change(), watch.telling is None) == (is_over, is_over)


def test_what_is_put_off_for_days_is_given_up(mailbox):
    mailbox.answers["wim@x.org"] = "450 Mailbox busy"
    watch = watched("list:books")
    publish(book("emma"))
    mail_watched(timezone.now())
    Watch.objects.update(looked_at=timezone.now() - timedelta(days=5))

    mail_watched(timezone.now())

    watch.refresh_from_db()
    assert (watch.position, watch.telling) == (newest_change(), None)


@pytest.mark.parametrize(
    ("frequency", "days", "mails"),
    [
        ("daily", [0, 1, 2, 3, 4, 5, 6, 7], 8),
        ("weekly", [0, 1, 2, 3, 4, 5, 6, 7], 2),
        ("weekly", [-1, 0, 1, 2, 3, 4, 5, 6], 1),
        ("weekly", [1, 2, 3, 9, 10], 2),  # no worker ran on either Monday
        ("never", [0, 1, 7], 0),
    ],
)
def test_mail_comes_as_often_as_it_is_wanted(mailbox, frequency, days, mails):
    monday = datetime(2031, 1, 6, 7, 10, tzinfo=UTC)
    watch = watched("list:books", frequency=frequency)
    Watch.objects.update(looked_at=monday - timedelta(days=2))

    for day in days:
        publish(book("emma", f"Day {day}"))
        mail_watched(monday + timedelta(days=day))

    assert len(mailbox.to("wim@x.org")) == mails
    watch.refresh_from_db()
    assert watch.telling is None


@pytest.mark.parametrize("change", [{"email": ""}, {"mail": User.Mail.NONE}, {"is_active": False}])
def test_who_cannot_or_will_not_have_mail_finds_it_at_the_desk(mailbox, change):
    watch = watched("list:books")
    publish(book("emma"))
    User.objects.filter(username="wim").update(**change)

    assert mail_watched(tomorrow()) == 0

    watch.refresh_from_db()
    assert mailbox.mails == []
    assert watching.lines_of(watch, newest_change())


def test_who_deleted_their_account_gets_nothing_of_what_was_on_its_way(mail_server):
    watch = watched("list:books")
    publish(book("emma"))
    with mail_server.down(), pytest.raises(MailServerDown):
        mail_watched(tomorrow())

    people.delete_account(watch.user, by=watch.user)

    assert mail_watched(tomorrow()) == 0
    assert mail_server.mailbox.mails == []


def test_one_click_in_a_mail_program_ends_all_of_it(mailbox):
    watched("list:books")
    watched("list:readers")
    publish(book("emma"))
    mail_watched(tomorrow())

    (mail,) = mailbox.to("wim@x.org")
    address = urlsplit(mail["List-Unsubscribe"].strip("<> \r\n"))
    answer = Client().post(address.path, {"List-Unsubscribe": "One-Click"})
    publish(book("other"), reader("ann"))

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (address.scheme, address.netloc, answer.status_code) == ("https", "example.org", 200)
    assert mail_watched(tomorrow() + timedelta(days=1)) == 0


def test_a_link_in_the_mail_ends_that_about_one_thing(mailbox):
    watched("list:books")
    watched("list:readers")
    publish(book("emma"))
    mail_watched(tomorrow())

    (line,) = [each for each in text_of(mailbox.mails[0]).split("\n") if "about Books" in each]
    Client().post(urlsplit(line.rpartition(" ")[2]).path)
    publish(book("other"), reader("ann"))
    mail_watched(tomorrow() + timedelta(days=1))

    assert ("Ann" in text_of(mailbox.mails[1]), "Other" in text_of(mailbox.mails[1])) == (
        True,
        False,
    )


def test_a_long_mail_is_cut_and_nothing_small_is_hidden_by_something_large(mailbox, monkeypatch):
    monkeypatch.setattr(jobs, "LONGEST", 3)
    publish(book("emma"))
    watched("list:books")
    watched("entry:emma")
    publish(*(book(f"a-book-{number}") for number in range(9)))
    publish(book("emma", "Émma"))

    mail_watched(tomorrow())

    text = text_of(mailbox.mails[0])
    assert "became “Émma”" in text
    assert text.count("New, ") == 2
    assert "And 7 more changes. All of them: https://example.org/changes/" in text


def test_what_can_no_longer_be_asked_holds_up_nothing(mailbox):
    watched("list:books?genre=atlas")
    Watch.objects.update(value="books?genre=scroll")
    watched("list:books")
    publish(book("emma"))

    assert mail_watched(tomorrow()) == 1


def test_a_subject_is_one_line(mailbox):
    watched("list:books")
    publish(book("emma", f"Emma {'word ' * 35}"), book("other"))

    mail_watched(tomorrow())

    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert mailbox.texts[0].count("Other (Book)") == 1


@pytest.mark.django_db(transaction=True)
def test_no_page_waits_while_the_mail_server_is_waited_for(mailbox, monkeypatch):
    watched("list:books")
    publish(book("emma"))
    changed = []

    def change_elsewhere(self, **_mail):
        with connections["default"].copy().cursor() as other:
            other.execute("SET lock_timeout = '500ms'")
            other.execute("UPDATE kb_watch SET frequency = 'weekly'")
            changed.append(other.rowcount)

    monkeypatch.setattr(Postman, "send", change_elsewhere)

    assert mail_watched(tomorrow()) == 1
    assert changed == [1]


@pytest.mark.parametrize("number", [1, 20])
def test_a_mail_asks_the_same_number_of_questions_however_much_changed(
    mailbox, django_assert_max_num_queries, number
):
    watched("list:books")
    publish(*(book(f"book-{n}", **ATLAS) for n in range(number)))

    with django_assert_max_num_queries(20):
        assert mail_watched(tomorrow()) == 1
