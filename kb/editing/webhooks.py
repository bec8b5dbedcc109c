"""Webhooks: who is told of what is published, and by which secret they know that it is us.

Source: Standard Webhooks 1.0.0
"""

import base64
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from kb.editing.errors import EditingError, NotAllowed
from kb.filters import TermFilter
from kb.kinds import kinds
from kb.models import Delivery, User, Webhook
from kb.publication import reading

PREFIX = "whsec_"
KEY_BYTES = 32
MOST = 10  # addresses of one person
OVERLAP = timedelta(days=1)  # in which the former secret signs too


# --- what its owner does ----------------------------------------------------------------------


def add(user: User, url: str, *, kinds_told: Sequence[str], terms: Sequence[str]) -> Webhook:
    """Tell `url` of what is published from now on. Raises EditingError, or NotAllowed."""
    if not user.is_active:
        raise NotAllowed("A blocked account has no webhooks.")
    if Webhook.objects.filter(user=user).count() >= MOST:
        raise EditingError(f"There are {MOST} addresses already. Delete one of them first.")
    _check_address(url)
    _check_terms(terms)
    return Webhook.objects.create(
        user=user,
        url=url,
        kinds=list(kinds_told),
        terms=list(terms),
        secret=_new_secret(),
        position=reading.status().head,
    )


def _new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise EditingError("That is no address. Write it whole: https://example.org/hook") from None
    if not host or parts.username or len(url) > 1000:
        raise EditingError("Write a whole address without a password: https://example.org/hook")
    if parts.scheme != "https" and not (parts.scheme == "http" and _may_be_plain(host)):
        raise EditingError("The address has to begin with https://, so that nobody reads along.")


def _may_be_plain(host: str) -> bool:
    """Without TLS only to this machine, and only where its addresses may be asked at all."""
    if not getattr(settings, "LINK_CHECK_PRIVATE", False):
        return False
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def feed_terms() -> dict[str, TermFilter]:
    """Name → filter by term whose terms can be followed."""
    filters = (each for kind in kinds() for each in kind.filters)
    return {f.name: f for f in filters if isinstance(f, TermFilter) and f.has_feed}


def _check_terms(terms: Sequence[str]) -> None:
    known = feed_terms()
    for term in terms:
        name, _colon, value = term.partition(":")
        found = known.get(name)
        if found is None or (found.vocabulary and value not in found.vocabulary.values):
            wanted = " or ".join(f"{each}:…" for each in known)
            raise EditingError(f"“{term}” is no term. Write {wanted}, as in addresses of lists.")


def rotate(webhook: Webhook) -> None:
    """A new secret; the former one signs too for a day, so that nothing is refused meanwhile."""
    webhook.former_secret, webhook.former_until = webhook.secret, timezone.now() + OVERLAP
    webhook.secret = _new_secret()
    webhook.save(update_fields=["secret", "former_secret", "former_until"])


def enable(webhook: Webhook) -> None:
    """Send again to an address that had failed for days; what waited is tried now."""
    webhook.disabled_at = webhook.failing_since = None
    webhook.save(update_fields=["disabled_at", "failing_since"])


def send_test(webhook: Webhook) -> Delivery:
    """A message that says it is a test, with the next deliveries."""
    now = timezone.now()
    body = {"type": "test", "timestamp": now.isoformat(), "data": {}}
    return webhook.deliveries.create(body=orjson.dumps(body).decode(), next_at=now)


def replay(delivery: Delivery) -> None:
    """Send a message again, under the same id."""
    _again(Delivery.objects.filter(pk=delivery.pk))


@transaction.atomic
def replay_since(webhook: Webhook, sequence: int) -> None:
    """Send everything from this change on again, what was never sent too."""
    _again(webhook.deliveries.filter(sequence__gte=sequence))
    earlier = Least(F("position"), max(sequence - 1, 0))
    Webhook.objects.filter(pk=webhook.pk).update(position=earlier)


def _again(deliveries: QuerySet[Delivery]) -> None:
    deliveries.update(next_at=timezone.now(), attempts=0, taken_at=None)


# --- signing ----------------------------------------------------------------------------------


def headers_of(webhook: Webhook, message: str, body: str, now: datetime) -> dict[str, str]:
    """The three headers of the specification; two signatures while a secret is being changed."""
    moment = str(int(now.timestamp()))
    keys = [webhook.secret]
    if webhook.former_until is not None and webhook.former_until > now:
        keys.append(webhook.former_secret)
    signed = f"{message}.{moment}.{body}".encode()
    return {
        "webhook-id": message,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    digest = hmac.new(base64.b64decode(secret), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
