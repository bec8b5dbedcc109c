"""Bodies of requests: read within bounds, and checked against what an endpoint wants."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qs

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from kb.api.errors import MOST_BYTES, Problem, WrongPlace
from kb.documents.canonical import LARGEST_INTEGER

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
DEEPEST = 40  # levels of a body that is kept
MOST_LISTED = 100


def raw(request: HttpRequest, *accepted: str) -> bytes:
    """What was sent, of one of the `accepted` media types. Raises Problem."""
    media_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type not in accepted:
        named = f"“{media_type[:80]}”" if media_type else "nothing"
        detail = f"Content-Type says {named}; here it is {' or '.join(accepted)}."
        raise Problem("unsupported-media-type", detail, accepted=list(accepted))
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise _too_large(int(request.META["CONTENT_LENGTH"]))
    try:
        body = request.body
    except RequestDataTooBig:
        raise _too_large(None) from None
    if len(body) > MOST_BYTES:
        raise _too_large(len(body))
    return body


def _too_large(length: int | None) -> Problem:
    found = f"The body has {length:,} bytes" if length else "The body is too large"
    return Problem("body-too-large", f"{found}; {MOST_BYTES:,} are the most.")


def json_of(request: HttpRequest) -> Any:
    """The JSON that was sent. Raises Problem."""
    return parsed(raw(request, JSON))


def parsed(text: bytes | str) -> Any:
    """JSON in a body. Raises Problem."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise Problem("invalid-body", f"The body is not JSON: {problem}.") from None


def check_keepable(body: Any) -> None:
    """Raises Problem when JSON holds what a document cannot: see `_fault`."""
    wrong: list[WrongPlace] = []
    waiting: list[tuple[tuple[int | str, ...], Any]] = [((), body)]
    while waiting and len(wrong) < MOST_LISTED:
        place, value = waiting.pop()
        if fault := _fault(place, value):
            wrong.append(WrongPlace(pointer(place), *fault))
        elif isinstance(value, dict):
            waiting += (((*place, name), its) for name, its in value.items())
        elif isinstance(value, list):
            waiting += (((*place, row), its) for row, its in enumerate(value))
    if wrong:
        raise wrong_content(wrong)


def _fault(place: tuple[int | str, ...], value: Any) -> tuple[str, str] | None:
    """(code, what to do) of a NUL, of more depth than DEEPEST, of a number that is not exact."""
    if len(place) > DEEPEST:
        return "too-deep", f"No document is deeper than {DEEPEST} levels."
    if any("\0" in text for text in (value, *place[-1:]) if isinstance(text, str)):
        return "nul", "Take the NUL out."
    # 1e16 is written as a whole number, and read again as one that canonical JSON cannot hold.
    if isinstance(value, int | float) and abs(value) > LARGEST_INTEGER:
        return "too-large", "No reader keeps a number beyond 2^53 exactly. Write it as text."
    return None


def form_of(request: HttpRequest) -> dict[str, list[str]]:
    """The fields of a form that was sent, by name. Raises Problem."""
    try:
        text = raw(request, FORM).decode()
        return parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=1_000)
    except (UnicodeDecodeError, ValueError) as problem:
        raise Problem("invalid-body", f"The form cannot be read: {problem}.") from None


Content = TypeVar("Content", bound=BaseModel)


def checked(model: type[Content], body: Any) -> Content:
    """`body` as an instance of `model`. Raises Problem, which names every wrong place."""
    try:
        return model.model_validate(body, strict=False)
    except ValidationError as problem:
        wrong = [
            WrongPlace(pointer(error["loc"]), error["type"].replace("_", "-"), error["msg"])
            for error in problem.errors(include_url=False, include_context=False)
        ]
        raise wrong_content(wrong) from None


def wrong_content(wrong: Sequence[WrongPlace]) -> Problem:
    """The problem of these wrong places, all of them at once."""
    places = ", ".join(each.pointer or "the whole" for each in wrong[:5])
    return Problem("invalid-content", f"Wrong: {places}.", errors=wrong)


def pointer(place: tuple[int | str, ...]) -> str:
    """A place as a JSON pointer, "" for the whole. Source: RFC 6901, section 3"""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in place)
