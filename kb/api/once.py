"""Doing once what a program asks for twice, because it did not get the first answer.

Source: draft-ietf-httpapi-idempotency-key-header, The Idempotency-Key HTTP Header Field
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from kb.api.endpoints import Answer, Call
from kb.api.errors import Problem
from kb.models import AnsweredRequest
from kb.models.answered import KEPT

HEADER = "HTTP_IDEMPOTENCY_KEY"
MOST_PATIENCE = "1s"  # for the same request that is being answered at this moment
WRITABLE = re.compile(r"[\x21-\x7e]{1,255}")
CODES = ("invalid-header", "in-progress", "idempotency-key-reused")


def once(call: Call[Any], usual_status: int, act: Callable[[], Answer]) -> Answer:
    """What `act` answers, all of it or nothing; the answer of before to a request sent again.

    A refusal is not kept, for nothing was done: the same request may succeed later. Raises Problem.
    """
    key = call.request.META.get(HEADER)
    with transaction.atomic():
        if key is None:
            return act()
        request, is_new = _remembered(call, _checked(key))
        if not is_new:
            return _again(request, _digest(call))
        answer = act()
        request.status, request.body = answer.status or usual_status, answer.body
        request.location = answer.headers.get("Location", "")
        request.save(update_fields=["status", "body", "location"])
        return answer


def _checked(key: str) -> str:
    if not WRITABLE.fullmatch(key):
        detail = "Idempotency-Key has 1 to 255 visible ASCII characters: a UUID, say."
        raise Problem("invalid-header", detail)
    return key


def _remembered(call: Call[Any], key: str) -> tuple[AnsweredRequest, bool]:
    """The row of this request, and whether it is new. Waits for the same one being answered."""
    own = AnsweredRequest.objects.filter(token=call.token, key=key)
    own.filter(made_at__lt=timezone.now() - KEPT).delete()
    with _little_patience():
        return AnsweredRequest.objects.get_or_create(
            token=call.token, key=key, defaults={"digest": _digest(call)}
        )


@contextmanager
def _little_patience() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{MOST_PATIENCE}'")
        try:
            yield
        except OperationalError as problem:
            if not isinstance(problem.__cause__, psycopg.errors.LockNotAvailable):
                raise
            detail = "The same request is being answered. Send it again in a second."
            raise Problem("in-progress", detail) from None
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _again(request: AnsweredRequest, digest: str) -> Answer:
    if request.digest != digest:
        detail = "This Idempotency-Key came with another request. Take a new one for each."
        raise Problem("idempotency-key-reused", detail)
    headers = {"Location": request.location} if request.location else {}
    body = bytes(request.body)
    return Answer(body, "", cache="private, no-store", status=request.status, headers=headers)


def _digest(call: Call[Any]) -> str:
    asked = f"{call.request.method} {call.request.get_full_path()}\n".encode()
    return hashlib.sha256(asked + call.request.body).hexdigest()
