"""What people are told by mail, against a real mail server."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kb import editing
from kb.editing import conversation, transitions
from kb.editing.activity import record
from kb.jobs.mail import mail_answers, mail_digests, mail_notices
from kb.jobs.sending import MailServerDown
from kb.models import Grant, Notice, User, VisitorSuggestion
from tests.library.builders import (
    approved,
    contributor,
    draft,
    managing_editor,
    person,
    reader,
    submitted,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("library"),
]


def changes_requested(comment="Which source says so?"):
    """A changeset by Ada that Grace has handed back: one thing for Ada to be told at once."""
    changeset = submitted(draft(reader("ann")))
    transitions.request_changes(changeset, comment, by=person("grace"))
    return changeset


def tonight() -> datetime:
    return timezone.now() + timedelta(minutes=1)


def wants(name, mail):
    User.objects.filter(username=name).update(mail=mail)


def test_a_mail_says_what_happened_where_to_look_and_how_to_leave(mailbox):
    changeset = changes_requested()

    assert mail_notices() == 1

    (mail,), (text,) = mailbox.mails, mailbox.texts
    link = f"https://example.org/desk/changesets/{changeset.pk}/"
    assert mail["To"] == "ada@x.org"
    assert mail["From"]
    assert "grace requested changes to “A change”: Which source says so?" in text
    assert "You are told because you are one of its authors." in text
    assert f"leave its thread: {link}" in text
    assert "https://example.org/desk/account/" in text


def test_one_event_is_one_mail(mailbox):
    changes_requested()

    mail_notices()
    mail_notices()
    mail_digests(tonight())

    assert len(mailbox.to("ada@x.org")) == 1


def test_a_subject_is_one_line_of_bearable_length(mailbox):
    changes_requested("First line\r\nBcc: all@x.org\n" + "word " * 100)

    mail_notices()

    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert len(mailbox.texts) == 1


def test_while_the_server_is_down_everything_waits_and_goes_out_afterwards(
    mail_server,
):  # edge case 81
    changes_requested()

    with mail_server.down(), pytest.raises(MailServerDown):
        mail_notices()
    waited = Notice.objects.waiting().filter(is_at_once=True).count()
    mail_notices()

    assert waited == 1
    assert len(mail_server.mailbox.mails) == 1
    assert not Notice.objects.waiting().filter(is_at_once=True).exists()


def test_a_mail_that_comes_twice_has_the_same_message_id(mailbox):  # edge case 81
    """The server took the mail and the worker was killed before it could write that down."""
    changes_requested()

    mail_notices()
    Notice.objects.update(mailed_at=None)
    mail_notices()

    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")


def test_a_digest_that_comes_twice_has_the_same_message_id(mailbox):
    submitted(draft(reader("ann")))
    until = tonight()
    person("grace")
    submitted(draft(reader("bob")))

    mail_digests(until)
    Notice.objects.update(mailed_at=None)
    mail_digests(until)

    first, second = mailbox.to("grace@x.org")
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    ("answer", "is_given_up"), [("550 No such user", True), ("450 Mailbox busy", False)]
)
def test_a_refused_recipient_stops_nobody_else(mailbox, answer, is_given_up):
    mailbox.answers["ada@x.org"] = answer
    changes_requested()
    second = submitted(draft(reader("bob"), by=contributor("carl")))
    transitions.request_changes(second, "Why?", by=person("grace"))

    mail_notices()

    refused = Notice.objects.get(user=person("ada"), is_at_once=True)
    assert len(mailbox.to("carl@x.org")) == 1
    assert (refused.given_up_at is not None) is is_given_up
    assert refused.mailed_at is None


def test_what_is_put_off_for_days_is_given_up(mailbox):
    mailbox.answers["ada@x.org"] = "450 Mailbox busy"
    changes_requested()
    Notice.objects.update(made_at=timezone.now() - timedelta(days=5))

    mail_notices()

    assert Notice.objects.get(user=person("ada"), is_at_once=True).given_up_at is not None


@pytest.mark.parametrize("change", [{"email": ""}, {"mail": User.Mail.NONE}, {"is_active": False}])
def test_who_cannot_or_will_not_have_mail_is_told_at_the_desk_alone(
    mailbox, change
):  # edge case 81
    changes_requested()
    User.objects.filter(username="ada").update(**change)

    mail_notices()
    mail_digests(tonight())

    assert mailbox.to("ada@x.org") == []
    assert not Notice.objects.waiting().filter(user=person("ada")).exists()
    assert Notice.objects.unseen().filter(user=person("ada")).exists()


def test_who_may_no_longer_see_a_draft_gets_nothing_of_it(mailbox):
    changeset = submitted(draft(reader("ann")))
    person("emmy")
    conversation.comment(changeset, "@emmy, a secret.", by=person("grace"))
    assert Notice.objects.waiting().filter(user__username="emmy", is_at_once=True).exists()
    Grant.objects.filter(user__username="emmy").update(ended_at=timezone.now())

    mail_notices()
    mail_digests(tonight())

    assert mailbox.to("emmy@x.org") == []
    assert not Notice.objects.waiting().filter(user__username="emmy").exists()


def test_who_wants_a_digest_alone_is_told_nothing_at_once(mailbox):
    changes_requested()
    wants("ada", User.Mail.DAILY)

    assert mail_notices() == 0
    assert mail_digests(tonight()) == 1

    assert "grace requested changes" in mailbox.texts[0]


def test_a_digest_is_one_mail_with_all_that_waits_changeset_by_changeset(mailbox):
    person("grace")
    first = submitted(draft(reader("ann")))
    second = submitted(draft(reader("bob")))
    editing.rename(first, "Ann joins", "", by=person("ada"))
    editing.rename(second, "Bob joins", "", by=person("ada"))
    conversation.comment(first, "From the register.", by=person("ada"))

    mail_digests(tonight())

    (mail,) = mailbox.to("grace@x.org")
    text = mail.get_payload(decode=True).decode()
    assert text.index("Ann joins") < text.index("Bob joins")
    assert text.count(f"/desk/changesets/{first.pk}/") == 1
    assert "- ada submitted it for review." in text
    assert not Notice.objects.waiting().filter(user=person("grace")).exists()


def test_a_digest_holds_what_happened_until_its_hour(mailbox):
    person("grace")
    submitted(draft(reader("ann")))

    assert mail_digests(timezone.now() - timedelta(hours=1)) == 0
    assert mail_digests(tonight()) == 1


def test_what_was_seen_at_the_desk_is_not_mailed_any_more(mailbox):
    person("grace")
    submitted(draft(reader("ann")))
    Notice.objects.update(seen_at=timezone.now())

    mail_digests(tonight())

    assert mailbox.mails == []
    assert not Notice.objects.waiting().exists()


def test_two_decisions_are_two_mails(mailbox):
    person("ada")
    changeset = approved(draft(reader("ann"), by=contributor("carl")))
    editing.publish(changeset, by=person("grace"))

    mail_notices()

    assert len(mailbox.to("carl@x.org")) == 2
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails)


def answered(**fields):
    return VisitorSuggestion.objects.create(
        secret_hash="s" * 64, nonce="n", what="Ruritania left.", email="vi@x.org",
        answer="Done, thank you.", status="published", answered_at=timezone.now(), **fields,
    )  # fmt: skip


def test_a_visitor_gets_the_answer_once(mailbox):
    answered(key="cern")

    assert mail_answers() == 1
    assert mail_answers() == 0

    (mail,), (text,) = mailbox.mails, mailbox.texts
    assert mail["To"] == "vi@x.org"
    assert "Ruritania left." in text
    assert "Done, thank you." in text
    assert "https://example.org/entries/cern/" in text


def test_the_address_of_a_visitor_that_nobody_has_is_forgotten(mailbox):
    mailbox.answers["vi@x.org"] = "550 No such user"
    suggestion = answered()

    assert mail_answers() == 0

    suggestion.refresh_from_db()
    assert (suggestion.email, suggestion.answer_mailed_at) == ("", None)


def test_a_managing_editor_is_told_that_a_publication_failed(mailbox):
    changeset = approved(draft(reader("ann")))
    managing_editor()
    record("publication-failed", by=None, changeset=changeset, reason="A source is gone.")

    mail_notices()

    assert "“A change” could not be published: A source is gone." in mailbox.texts[-1]
    assert {mail["To"] for mail in mailbox.mails} >= {"ada@x.org", "marie@x.org"}
