"""Mail about what people watch: one to each person, with all that changed of it, each change once.

How far a mail goes is written down before it is sent, and that it was sent only after the server
took it. A worker that is killed in between sends the same changes again, under the same Message-ID;
while the server is down they wait. No row is held meanwhile, so that pages wait for no mail server.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from kb.editing import watching
from kb.jobs.mail import LAST_TRY, address, text
from kb.jobs.sending import Delayed, Postman, Refused
from kb.models import Watch
from kb.publication.ahead import newest_change
from kb.web.stop_mail import stop_path
from kb.web.watched import Digest, Named, digest_of

log = logging.getLogger("kb.jobs")

LONGEST = 50  # changes in one mail; the page of changes has the rest
LOCK = 7_062_031  # any number, the same everywhere, beside the id of a person
CHANGES, WATCHING = "/changes/", "/desk/watching/"


def mail_watched(due: datetime) -> int:
    """Send one mail to each person for whom something changed. Returns how many the server took.

    `due`: when it was to be done; called again with the same, it sends the rest. Raises
    MailServerDown: what was not sent stays waiting.
    """
    waiting = Watch.objects.mailable().filter(Q(telling__isnull=False) | _is_due(due))
    people = waiting.order_by("user_id").values_list("user_id", flat=True).distinct()
    with Postman() as postman:
        return sum(_mail_one(postman, pk, due) for pk in list(people))


def _is_due(due: datetime) -> Q:
    """What was not looked at since today's hour; once a week, since that of Monday."""
    monday = due - timedelta(days=due.weekday())
    daily = Q(frequency=Watch.Frequency.DAILY, looked_at__lt=due)
    return daily | Q(frequency=Watch.Frequency.WEEKLY, looked_at__lt=monday)


def _mail_one(postman: Postman, user_id: int, due: datetime) -> int:
    """What an earlier run began, then what is due. How many mails the server took."""
    sent = int(_send(postman, user_id))
    if _begin(user_id, due):
        sent += _send(postman, user_id)
    return sent


@transaction.atomic
def _begin(user_id: int, due: datetime) -> bool:
    """Write down how far the next mail goes. Whether there is anything to look at."""
    its = Watch.objects.mailable().filter(user=user_id)
    if not _has_in_hand(user_id) or its.filter(telling__isnull=False).exists():
        return False
    until = newest_change()
    chosen = list(its.filter(_is_due(due)).values_list("pk", flat=True))
    its = Watch.objects.filter(pk__in=chosen)
    its.update(looked_at=due)
    return bool(its.filter(position__lt=until).update(telling=until))


@transaction.atomic
def _send(postman: Postman, user_id: int) -> bool:
    """Send what was begun, if anything changed. Whether the server took a mail."""
    if not _has_in_hand(user_id):
        return False
    its = Watch.objects.mailable().filter(user=user_id, telling__isnull=False)
    watches = list(its.select_related("user").order_by("pk"))
    if not watches:
        return False
    until = max(watch.telling or 0 for watch in watches)
    digest = digest_of(watches, until, LONGEST)
    if not digest.parts:
        _note(watches)
        return False
    return _deliver(postman, watches, digest, until)


def _has_in_hand(user_id: int) -> bool:
    """Whether the mail to a person is ours to send, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, user_id % 2**31])
        return bool(cursor.fetchone()[0])


def _deliver(postman: Postman, watches: Sequence[Watch], digest: Digest, until: int) -> bool:
    user = watches[0].user
    stop = address(stop_path(watching.secret_of_all(user)))
    try:
        postman.send(
            to=user.email,
            subject=_subject(digest),
            body=_body(digest, stop),
            name=f"watching-{user.pk}-{until}",
            headers=_headers(stop),
        )
    except Delayed as problem:
        log.info("What %s watches waits: %s", user, problem)
        _note([each for each in watches if timezone.now() - each.looked_at > LAST_TRY])
        return False
    except Refused as problem:
        log.warning("What %s watches cannot be mailed: %s", user, problem)
        _note(watches)
        return False
    _note(watches)
    return True


def _note(watches: Sequence[Watch]) -> None:
    """What these were to tell is told, or never will be."""
    begun = Watch.objects.filter(pk__in=[each.pk for each in watches], telling__isnull=False)
    begun.update(position=F("telling"), telling=None)


# --- what it says -----------------------------------------------------------------------------


def _headers(stop: str) -> dict[str, str]:
    """One click in a mail program ends all of it. Source: RFC 2369, RFC 8058"""
    return {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _subject(digest: Digest) -> str:
    first, others = digest.parts[0], len(digest.parts) - 1
    name = first.name if len(first.name) <= 60 else f"{first.name[:59].rstrip()}…"
    did = ", ".join(dict.fromkeys(each.change.did for each in first.changes))
    return f"{settings.SITE_NAME}: {name} {f'and {others} more' if others else did}"


def _body(digest: Digest, stop: str) -> str:
    return text(
        "watching",
        parts=digest.parts,
        origin=address(""),
        watched=[_stopped(each) for each in digest.watched],
        left_out=digest.left_out,
        is_exact=digest.is_exact,
        changes=address(CHANGES),
        stop_all=stop,
        watching=address(WATCHING),
    )


def _stopped(named: Named) -> dict[str, str]:
    stop = stop_path(watching.secret_of(named.watch))
    return {"title": named.title, "kind": named.kind, "stop": address(stop)}
