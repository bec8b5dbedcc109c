"""Errors as problem details, the same for every endpoint.

Source: RFC 9457, Problem Details for HTTP APIs
"""

import logging
import re
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from kb.parameters import UnreadableAddress, Wrong, read

logger = logging.getLogger("kb.api")

PROBLEM = "application/problem+json"
MOST_CHARACTERS = 8_192  # of an address
MOST_BYTES = 1 << 20  # of a body
MOST_OF_A_BATCH = 100
BROKEN = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")  # how Django shows bytes that are not UTF-8

OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Last-Modified, Link, Location, RateLimit, RateLimit-Policy, Retry-After,"
        " X-Request-ID"
    ),
}


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem. `description`: for the documentation, with what to do about it."""

    code: str
    status: int
    title: str
    description: str


CODES = {
    each.code: each
    for each in (
        Code(
            "invalid-parameter",
            400,
            "A parameter is wrong",
            "One or more parameters are unknown, repeated, empty or have a value that cannot be"
            " used. `errors` names each of them, and where there is one the nearest right value.",
        ),
        Code(
            "invalid-address",
            400,
            "The address cannot be read",
            "The address holds a NUL or bytes that are not UTF-8. Encode text as UTF-8, then %XX.",
        ),
        Code(
            "unknown-host",
            400,
            "The site does not answer to this name",
            "The Host header names another site.",
        ),
        Code(
            "invalid-body",
            400,
            "What was sent cannot be read",
            "The body is not the JSON (or the form) that it says it is. `detail` says where.",
        ),
        Code(
            "invalid-header",
            400,
            "A header cannot be used",
            "`detail` says which, and how it is written.",
        ),
        Code(
            "unauthorised",
            401,
            "A valid token is needed",
            "Send `Authorization: Bearer cg_…` with a token in force, never in the address. One"
            " makes tokens at the desk, on the page of one's account.",
        ),
        Code(
            "forbidden",
            403,
            "The token does not allow this",
            "Its scopes do not include what is needed here, or its owner may not do it.",
        ),
        Code(
            "not-found",
            404,
            "There is nothing here",
            "The path or the key is unknown. `suggestions` has keys or paths that are near it.",
        ),
        Code(
            "method-not-allowed",
            405,
            "The method does not work here",
            "Use one of the methods in the Allow header.",
        ),
        Code(
            "not-acceptable",
            406,
            "None of the formats asked for is available",
            "`formats` lists what there is: ask by the Accept header or by `format=`.",
        ),
        Code(
            "wrong-state",
            409,
            "Not possible in this state",
            "A changeset that is reviewed, scheduled or closed does not allow everything. Read its"
            " `status`.",
        ),
        Code(
            "key-taken",
            409,
            "The key is taken",
            "An entry or another open changeset has it. Choose another key.",
        ),
        Code(
            "stale-base",
            409,
            "The document was written from another revision",
            "`base` is the one that the changeset begins from. Take over what changed, then put it"
            " again.",
        ),
        Code(
            "in-progress",
            409,
            "The same request is being answered",
            "Send it again in a second, with the same `Idempotency-Key`.",
        ),
        Code(
            "retracted",
            410,
            "The entry was retracted",
            "It was published and taken out of view. `tombstone` says when and why; earlier"
            " revisions stay readable.",
        ),
        Code(
            "redacted",
            410,
            "The text was redacted",
            "The document of the revision is deleted; its hash and metadata remain, so that the"
            " chain verifies. Releases that held the text are withdrawn.",
        ),
        Code(
            "precondition-failed",
            412,
            "The document is not what you saw",
            "Somebody else wrote it meanwhile, or it is there already. Read it and its ETag, then"
            " decide.",
        ),
        Code(
            "body-too-large",
            413,
            "Too much was sent at once",
            f"A body may have {MOST_BYTES >> 20} MiB. Send it in parts.",
        ),
        Code(
            "too-many",
            413,
            "A batch has too many items",
            f"{MOST_OF_A_BATCH} are the most at once; `detail` says how many came. Send the rest in"
            " further requests.",
        ),
        Code(
            "address-too-long",
            414,
            "The address is too long",
            f"An address may have {MOST_CHARACTERS:,} characters. Ask for less at a time.",
        ),
        Code(
            "unsupported-media-type",
            415,
            "The body has another type than is read here",
            "`accepted` lists the media types: name one of them in Content-Type.",
        ),
        Code(
            "invalid-content",
            422,
            "What was sent breaks a rule",
            "It can be read, but parts of it are missing or wrong. `errors` names the place of each"
            " by a JSON pointer (RFC 6901), and how to put it right.",
        ),
        Code(
            "unacknowledged-warnings",
            422,
            "Warnings have not been acknowledged",
            "Put right what you can; send the ids of the others in `acknowledge`.",
        ),
        Code(
            "idempotency-key-reused",
            422,
            "The idempotency key belongs to another request",
            "Take a new `Idempotency-Key` for each request, and the same one to repeat it.",
        ),
        Code(
            "precondition-required",
            428,
            "A condition is needed",
            "Send `If-Match` with the ETag of the document, or `If-None-Match: *` for a new one, so"
            " that nothing is overwritten unseen.",
        ),
        Code(
            "rate-limited",
            429,
            "Too many requests",
            "Wait as many seconds as `Retry-After` says. `RateLimit` tells beforehand how many"
            " requests are left. A token allows five times as many, `If-None-Match` costs nothing"
            " while nothing has changed, and a release has everything at once.",
        ),
        Code(
            "server-error",
            500,
            "Something went wrong on our side",
            "It is logged with the request id. Trying again may help; telling us does.",
        ),
        Code(
            "query-too-expensive",
            503,
            "The query took too long",
            "It was stopped, and logged as our bug. Ask for less: fewer filters, no facets.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class WrongPlace:
    """One thing that is wrong in a body. `pointer`: a JSON pointer. Source: RFC 6901"""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """An answer that is an error. `more`: members beside the standard ones, `suggestions` say."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Iterable[Wrong | WrongPlace] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ):
        self.code, self.detail = CODES[code], detail
        self.errors, self.headers, self.more = tuple(errors), dict(headers or {}), more
        super().__init__(f"{code}: {detail}")


def wrong_parameters(errors: Iterable[Wrong]) -> Problem:
    """The problem of these wrong parameters, all of them at once."""
    found = tuple(errors)
    names = ", ".join(dict.fromkeys(error.parameter for error in found))
    return Problem("invalid-parameter", f"Wrong: {names}.", errors=found)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The response that tells of `problem`."""
    request_id = id_of(request)
    body: dict[str, Any] = {
        "type": f"{settings.PUBLIC_URL}/api/#problem-{problem.code.code}",
        "title": problem.code.title,
        "status": problem.code.status,
        "code": problem.code.code,
        "detail": problem.detail,
        "request_id": request_id,
        **problem.more,
    }
    if problem.errors:
        body["errors"] = [asdict(error) for error in problem.errors]
    headers = {
        **OPEN_TO_ALL,
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Encoding",
        "X-Request-ID": request_id,
        **problem.headers,
    }
    return HttpResponse(
        orjson.dumps(body), content_type=PROBLEM, status=problem.code.status, headers=headers
    )


def id_of(request: HttpRequest) -> str:
    """The id by which a request is found in the log: the one it brought, else a new one."""
    brought = str(request.META.get("HTTP_X_REQUEST_ID", ""))
    return brought if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", brought) else secrets.token_hex(12)


def check_address(request: HttpRequest) -> None:
    """Raises Problem when the address is too long or cannot be read, whatever it names."""
    query = request.META.get("QUERY_STRING", "")
    path = request.path_info
    if len(path) + len(query) > MOST_CHARACTERS:
        length = len(path) + len(query)
        detail = f"The address has {length:,} characters; {MOST_CHARACTERS:,} are the most."
        raise Problem("address-too-long", detail)
    if "\0" in path or ("%" in path and BROKEN.search(path)):
        raise Problem("invalid-address", "The path holds a NUL or bytes that are not UTF-8.")
    if "%" in query or not query.isascii():
        try:
            read(query)
        except UnreadableAddress as problem:
            raise Problem("invalid-address", str(problem)) from None


# --- what the wiring calls where no endpoint was reached -------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what Django itself refuses."""
    if isinstance(exception, DisallowedHost):
        return answer(request, Problem("unknown-host", "The Host header names another site."))
    return answer(request, Problem("invalid-address", "The request cannot be read."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404 for an address that no endpoint has. Django passes both arguments by name."""
    from kb.api.openapi import near_paths  # which lists the endpoints, and they use this module

    try:
        check_address(request)
    except Problem as problem:
        return answer(request, problem)
    near = near_paths(request.path_info)
    hint = f" Did you mean {near[0]}?" if near else " The documentation is at /api/."
    detail = f"The API has no address {request.path_info[:200]}.{hint}"
    return answer(request, Problem("not-found", detail, suggestions=near))


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without details but with the id under which the exception at hand is logged."""
    response = answer(request, Problem("server-error", "It is logged under the request id."))
    found, error = response["X-Request-ID"], sys.exc_info()
    logger.error("request %s: %s %s", found, request.method, request.path, exc_info=error)
    return response
