"""Mail from the outbox, at least once: a row is marked only after the server took its mail.

A worker that is killed in between sends the mail again, under the same Message-ID. Two workers
never send the same row: each claims it (SELECT … FOR UPDATE SKIP LOCKED) until it is marked.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from kb.editing.activity import path_of, sentence_of, sentences_of
from kb.editing.audiences import BECAUSE
from kb.jobs.sending import Delayed, Postman, Refused
from kb.models import Activity, Changeset, Notice, User, VisitorSuggestion
from kb.models.conversation import NoticeQuerySet

log = logging.getLogger("kb.jobs")

LONGEST_SUBJECT = 120  # characters
LONGEST_DIGEST = 200  # notices; the rest is at the desk
LAST_TRY = timedelta(days=4)  # how long a mail is tried that its recipient's server puts off
ANSWER_LOCK = 7_062_028  # any number, the same everywhere, beside the id of a suggestion
ACCOUNT = "/desk/account/"
DESK = "/desk/"
AT_ONCE = Q(is_at_once=True, user__mail=User.Mail.AT_ONCE)


# --- at once ----------------------------------------------------------------------------------


def mail_notices() -> int:
    """Send every notice that is to be told at once. Returns how many the server took.

    Raises MailServerDown: what was not sent stays waiting.
    """
    return _send_each(_mail_one_notice)


def _send_each(send_one: Callable[[Postman, int], "Outcome | None"]) -> int:
    """Go through what waits, by id, one transaction each."""
    sent, after = 0, 0
    with Postman() as postman:
        while outcome := send_one(postman, after):
            after = outcome.pk
            sent += outcome.was_sent
    return sent


@dataclass(frozen=True, slots=True)
class Outcome:
    pk: int
    was_sent: bool


@transaction.atomic
def _mail_one_notice(postman: Postman, after: int) -> Outcome | None:
    """Send the next notice after this id; None when there is none."""
    notice = _claimed(Notice.objects.waiting().filter(AT_ONCE, pk__gt=after)).first()
    if notice is None:
        return None
    if not _mailable([notice], notice.user):
        _give_up([notice])
        return Outcome(notice.pk, was_sent=False)
    return Outcome(
        notice.pk,
        was_sent=_deliver(
            [notice],
            lambda: postman.send(
                to=notice.user.email,
                subject=_subject(sentence_of(notice.activity)),
                body=_body_of(notice),
                name=f"notice-{notice.pk}",
            ),
        ),
    )


def _claimed(notices: NoticeQuerySet) -> NoticeQuerySet:
    """Those that no other worker has in hand, held until the transaction ends."""
    held = notices.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")
    return held.select_related("user", "activity__user", "activity__changeset")


def _body_of(notice: Notice) -> str:
    return text(
        "notice",
        sentence=sentence_of(notice.activity),
        link=link_of(notice.activity),
        because=BECAUSE.get(notice.reason, "it concerns you"),
        is_in_a_thread=notice.activity.changeset_id is not None,
    )


# --- once a day -------------------------------------------------------------------------------


def mail_digests(until: datetime) -> int:
    """Send one mail to each person for whom something older than `until` waits.

    Returns how many mails the server took. Raises MailServerDown: called again with the same
    `until`, it sends the rest, and a mail that comes twice has the same Message-ID.
    """
    people = _in_digest(until).order_by("user_id").values_list("user_id", flat=True).distinct()
    with Postman() as postman:
        return sum(_mail_digest(postman, pk, until) for pk in list(people))


def _in_digest(until: datetime) -> NoticeQuerySet:
    return Notice.objects.waiting().filter(~AT_ONCE, made_at__lt=until)


@transaction.atomic
def _mail_digest(postman: Postman, user_id: int, until: datetime) -> bool:
    notices = list(_claimed(_in_digest(until).filter(user=user_id)))
    if not notices:
        return False
    user = notices[0].user
    mailable = _mailable(notices, user)
    _give_up([notice for notice in notices if notice not in mailable])
    if not mailable:
        return False
    return _deliver(
        mailable,
        lambda: postman.send(
            to=user.email,
            subject=_digest_subject(len(mailable)),
            body=_digest(mailable),
            name=f"digest-{user.pk}-{until.astimezone(UTC):%Y%m%dT%H%M}",
        ),
    )


def _digest_subject(count: int) -> str:
    return f"{settings.SITE_NAME}: {count} {'thing' if count == 1 else 'things'} since yesterday"


@dataclass(frozen=True, slots=True)
class Part:
    """What a digest says of one changeset, or of everything that is about none."""

    title: str
    link: str
    sentences: list[str]


def _digest(notices: Sequence[Notice]) -> str:
    shown = notices[:LONGEST_DIGEST]
    return text(
        "digest",
        parts=_parts(shown),
        left_out=len(notices) - len(shown),
        desk=address(DESK),
    )


def _parts(notices: Sequence[Notice]) -> list[Part]:
    """Changeset by changeset, in the order in which the first thing happened to each."""
    activities = [notice.activity for notice in notices]
    parts: dict[int | None, Part] = {}
    for activity, sentence in zip(
        activities, sentences_of(activities, is_named=False), strict=True
    ):
        changeset = activity.changeset
        title = changeset.title if changeset is not None else "Besides"
        part = parts.setdefault(activity.changeset_id, Part(title, link_of(activity), []))
        if sentence not in part.sentences:
            part.sentences.append(sentence)
    return list(parts.values())


# --- visitors ---------------------------------------------------------------------------------


def mail_answers() -> int:
    """Send visitors the answers to their suggestions. Returns how many the server took.

    Raises MailServerDown. An address that the server refuses for good is forgotten.
    """
    return _send_each(_mail_one_answer)


@transaction.atomic
def _mail_one_answer(postman: Postman, after: int) -> Outcome | None:
    """Send the next answer after this id; None when there is none."""
    waiting = VisitorSuggestion.objects.exclude(email="").filter(
        answered_at__isnull=False, answer_mailed_at__isnull=True
    )
    following = waiting.filter(pk__gt=after).order_by("pk")
    pk = following.values_list("pk", flat=True).first()
    if pk is None:
        return None
    suggestion = waiting.filter(pk=pk).first() if _has_in_hand(pk) else None
    if suggestion is None:  # another worker has it in hand, or has just sent it
        return Outcome(pk, was_sent=False)
    return Outcome(pk, was_sent=_deliver_answer(postman, suggestion))


def _has_in_hand(pk: int) -> bool:
    """Whether this answer is ours to send, until the transaction ends.

    The row itself is left free: a publication changes it, and must not wait for a mail server.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ANSWER_LOCK, pk % 2**31])
        return bool(cursor.fetchone()[0])


def _deliver_answer(postman: Postman, suggestion: VisitorSuggestion) -> bool:
    # As it is now, if nobody has answered again in the meantime: that is mailed the next time.
    same = VisitorSuggestion.objects.filter(pk=suggestion.pk, answered_at=suggestion.answered_at)
    try:
        postman.send(
            to=suggestion.email,
            subject=f"{settings.SITE_NAME}: an answer to your suggestion",
            body=text("answer", suggestion=suggestion, link=_link_of_suggestion(suggestion)),
            name=f"suggestion-{suggestion.pk}-{suggestion.answered_at:%Y%m%dT%H%M%S%f}",
        )
    except Delayed as problem:
        log.info("The answer to suggestion %s waits: %s", suggestion.pk, problem)
        return False
    except Refused as problem:
        log.warning("The answer to suggestion %s cannot be mailed: %s", suggestion.pk, problem)
        same.update(email="")
        return False
    same.update(answer_mailed_at=timezone.now())
    return True


def _link_of_suggestion(suggestion: VisitorSuggestion) -> str:
    return address(f"/entries/{suggestion.key}/" if suggestion.key else "/")


# --- what all of them need --------------------------------------------------------------------


def _mailable(notices: Sequence[Notice], user: User) -> list[Notice]:
    """Those that mail can and may carry to `user`.

    Not to somebody without an address or who wants no mail, not what they have seen at the desk,
    and nothing of a changeset that they may no longer see.
    """
    if not user.is_active or not user.email or user.mail == User.Mail.NONE:
        return []
    about = [pk for notice in notices if (pk := notice.activity.changeset_id) is not None]
    seeing = Changeset.objects.visible_to(user).filter(pk__in=about)
    visible = {None, *seeing.values_list("pk", flat=True)}
    return [
        notice
        for notice in notices
        if notice.seen_at is None and notice.activity.changeset_id in visible
    ]


def _deliver(notices: Sequence[Notice], send: Callable[[], None]) -> bool:
    """Send, and mark what was sent. Whether the server took it."""
    try:
        send()
    except Delayed as problem:
        too_old = [n for n in notices if timezone.now() - n.made_at > LAST_TRY]
        log.info("A mail to %s waits: %s", notices[0].user, problem)
        _give_up(too_old)
        return False
    except Refused as problem:
        log.warning("A mail to %s cannot be sent: %s", notices[0].user, problem)
        _give_up(notices)
        return False
    _mark(notices, mailed_at=timezone.now())
    return True


def _give_up(notices: Sequence[Notice]) -> None:
    _mark(notices, given_up_at=timezone.now())


def _mark(notices: Sequence[Notice], **when: datetime) -> None:
    if notices:
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(**when)


def _subject(sentence: str) -> str:
    line = f"{settings.SITE_NAME}: {sentence}"
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 2].rstrip()} …"


def text(template: str, **context: object) -> str:
    shared = {"site": settings.SITE_NAME, "account": address(ACCOUNT)}
    return render_to_string(f"kb/mail/{template}.txt", shared | context).strip() + "\n"


def link_of(activity: Activity) -> str:
    """Where to look at what happened."""
    return address(path_of(activity) or DESK)


def address(path: str) -> str:
    """`path` of this site as a whole address."""
    return f"{settings.LINKS_URL}{path}"
