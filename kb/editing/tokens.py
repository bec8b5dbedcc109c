"""Access tokens, with which a program acts for its owner."""

import hashlib
import secrets
import string
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from kb.editing.errors import EditingError, NotAllowed
from kb.models import AccessToken, User

PREFIX = "cg_"  # so that scanners for leaked secrets know one when they see it
ALPHABET = string.ascii_letters + string.digits
LENGTH = 40  # characters after the prefix: 238 bits
SHOWN = 9  # characters by which the owner knows it again
SCOPES = ("read", "draft")
MOST_TOKENS = 20  # in force at a time, of one person
LONGEST = timedelta(days=366)
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def create(
    user: User, name: str, scopes: Sequence[str], *, expires_at: datetime
) -> tuple[AccessToken, str]:
    """A new token and its secret, which is shown now and never again.

    `scopes`: of `SCOPES`. Raises EditingError for a wrong name, scope or end.
    """
    if not user.is_active:
        raise NotAllowed("A blocked account has no tokens.")
    _check(user, name, scopes, expires_at)
    secret = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    token = AccessToken.objects.create(
        user=user,
        name=name.strip(),
        shown=secret[:SHOWN],
        secret_hash=hashed(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_at=expires_at,
    )
    return token, secret


def _check(user: User, name: str, scopes: Sequence[str], expires_at: datetime) -> None:
    if not 0 < len(name.strip()) <= 80:
        raise EditingError("Give the token a name of 1 to 80 characters: what it is for.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise EditingError(f"Say what the token may do: {' or '.join(SCOPES)}.")
    if not timezone.now() < expires_at <= timezone.now() + LONGEST:
        raise EditingError("A token ends on a day within a year from now.")
    if in_force(user).count() >= MOST_TOKENS:
        raise EditingError(f"You have {MOST_TOKENS} tokens in force. Revoke one first.")


def in_force(user: User) -> QuerySet[AccessToken]:
    return user.access_tokens.filter(revoked_at=None, expires_at__gt=timezone.now())


def revoke(token: AccessToken, *, by: User) -> None:
    """End a token of one's own now. Raises NotAllowed."""
    if token.user_id != by.pk:
        raise NotAllowed("This token belongs to somebody else.")
    AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_all(user: User) -> None:
    user.access_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def owner_of(secret: str) -> AccessToken | None:
    """The token in force that `secret` opens, with its user; None when there is none.

    Its use is noted once a minute at most, so that a busy program does not write at every request.
    """
    if not secret.startswith(PREFIX):
        return None
    now = timezone.now()
    token = (
        AccessToken.objects.select_related("user")
        .filter(secret_hash=hashed(secret), revoked_at=None)
        .filter(expires_at__gt=now, user__is_active=True)
        .first()
    )
    if token is not None:
        noted = Q(last_used_at__gt=now - USE_IS_NOTED_EVERY)
        if AccessToken.objects.filter(pk=token.pk).exclude(noted).update(last_used_at=now):
            token.last_used_at = now
    return token


def hashed(secret: str) -> str:
    """SHA-256 in hex. The secret is random and long, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
