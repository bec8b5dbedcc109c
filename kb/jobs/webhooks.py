"""Deliveries to webhooks, at least once: a row is marked only after the answer has come.

A worker that is killed in between sends the message again, under the same id. Two workers never
have the same row in hand (SELECT … FOR UPDATE SKIP LOCKED). Messages are first tried in the order
of changes; one that is tried again comes later than those after it.
"""

import logging
from datetime import datetime, timedelta

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kb.editing import links
from kb.editing.webhooks import feed_terms, headers_of
from kb.kinds import kind_named
from kb.models import Delivery, Webhook
from kb.publication.recent_changes import RecentChange, changes_after
from kb.publication.rendering import timestamp

log = logging.getLogger("kb.jobs")

AT_ONCE = 500  # changes that are looked at for one address in one transaction
# Between attempts; over three days in all.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 300, 600, 840, 1200, 1440))
DISABLED_AFTER = timedelta(days=5)  # of failures and no success
KEPT = timedelta(days=30)
RUN = timedelta(seconds=50)  # that one run takes new messages in hand
TYPES = {
    "revise": "entry.published",
    "retract": "entry.retracted",
    "restore": "entry.restored",
    "merge": "entry.merged",
    "redact": "entry.redacted",
}


def post_webhooks() -> int:
    """Write the messages that are due, and send those that wait. Returns how many were taken."""
    write_messages()
    taken, until = 0, timezone.now() + RUN
    while timezone.now() < until and (was_taken := _send_next()) is not None:
        taken += was_taken
    return taken


# --- writing ----------------------------------------------------------------------------------


def write_messages() -> None:
    """A row for each change that an address is to be told of and has not been."""
    for pk in Webhook.objects.filter(disabled_at=None).values_list("pk", flat=True):
        while _write_some(pk) == AT_ONCE:
            continue


@transaction.atomic
def _write_some(pk: int) -> int:
    """Look at the next changes for one address. Returns how many there were."""
    webhook = Webhook.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    rows = changes_after(webhook.position, AT_ONCE) if webhook else []
    if webhook is None or not rows:
        return 0
    now = timezone.now()
    messages = [
        Delivery(webhook=webhook, sequence=row.sequence, body=_body(row), next_at=now)
        for row in rows
        if _is_told(webhook, row)
    ]
    Delivery.objects.bulk_create(messages, ignore_conflicts=True)
    webhook.position = rows[-1].sequence
    webhook.save(update_fields=["position"])
    return len(rows)


def _is_told(webhook: Webhook, row: RecentChange) -> bool:
    if webhook.kinds and row.kind not in webhook.kinds:
        return False
    return not webhook.terms or bool(_terms_of(row) & set(webhook.terms))


def _terms_of(row: RecentChange) -> set[str]:
    """Those before the change too: what left a term is told to those who follow it."""
    is_document = row.act in ("revise", "restore")
    texts = [row.before, row.document if is_document else None]
    documents = [orjson.loads(text) for text in texts if text]
    return {
        term
        for each in feed_terms().values()
        for found in documents
        for term in each.terms_in(found)
    }


def _body(row: RecentChange) -> str:
    path = f"/{kind_named(row.kind).plural}/{row.key}/"
    data = {
        "sequence": row.sequence,
        "key": row.key,
        "kind": row.kind,
        "revision": row.number,
        "url": f"{settings.LINKS_URL}{path}",
    }
    message = {"type": TYPES[row.act], "timestamp": timestamp(row.made_at), "data": data}
    return orjson.dumps(message).decode()


# --- sending ----------------------------------------------------------------------------------


@transaction.atomic
def _send_next() -> bool | None:
    """Send the message that has waited longest. Whether it was taken; None when there is none."""
    due = Delivery.objects.waiting().filter(
        next_at__lte=timezone.now(), webhook__disabled_at=None, webhook__user__is_active=True
    )
    held = due.select_for_update(skip_locked=True, of=("self",)).select_related("webhook")
    delivery = held.order_by("next_at", "sequence", "pk").first()
    if delivery is None:
        return None
    now = timezone.now()
    headers = headers_of(delivery.webhook, name_of(delivery), delivery.body, now)
    answer = links.post(delivery.webhook.url, delivery.body.encode(), headers)
    was_taken = 200 <= answer.status < 300
    _note(delivery, answer, now, was_taken=was_taken)
    return was_taken


def name_of(delivery: Delivery) -> str:
    """The id of a message: the same however often it is sent."""
    return f"msg_{delivery.webhook_id}_{delivery.sequence or f'test{delivery.pk}'}"


def _note(delivery: Delivery, answer: links.Answer, now: datetime, *, was_taken: bool) -> None:
    tried = delivery.attempts
    is_over = was_taken or tried >= len(WAITS)
    delivery.attempts, delivery.tried_at = tried + 1, now
    delivery.status, delivery.answer = answer.status, answer.problem
    delivery.taken_at = now if was_taken else None
    delivery.next_at = None if is_over else timezone.now() + WAITS[tried]
    delivery.save()
    _note_standing(delivery.webhook, now, was_taken=was_taken)


def _note_standing(webhook: Webhook, now: datetime, *, was_taken: bool) -> None:
    its = Webhook.objects.filter(pk=webhook.pk)
    if was_taken:
        its.filter(failing_since__isnull=False).update(failing_since=None)
        return
    its.filter(failing_since=None).update(failing_since=now)
    long = Q(failing_since__lt=now - DISABLED_AFTER, disabled_at=None)
    if its.filter(long).update(disabled_at=now):
        log.warning("Webhook %s has failed for days and is sent nothing any more.", webhook.pk)


def forget_deliveries(now: datetime) -> int:
    """Delete what was settled a month ago. Returns how many."""
    old = Delivery.objects.filter(next_at=None, made_at__lt=now - KEPT)
    return old.delete()[0]
