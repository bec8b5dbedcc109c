"""Pages of rows that are no list of entries: changes, references, revisions."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest

from kb.publication.cursors import Place, opened, sealed, window

Row = TypeVar("Row")

PAGE_SIZE = 50


class Paged(NamedTuple, Generic[Row]):
    """The rows of one page, and the addresses of its neighbours ("" at either end)."""

    rows: Sequence[Row]
    next: str
    prev: str


def place_in(request: HttpRequest, identity: str) -> Place | None:
    """The place that the cursor of the address holds, if it has one. Raises WrongCursor."""
    cursor = request.GET.get("cursor", "")
    return opened(cursor, identity) if cursor else None


def paged(
    request: HttpRequest,
    found: Sequence[Row],
    place: Place | None,
    identity: str,
    place_of: Callable[[Row], tuple[Any, ...]],
    size: int = PAGE_SIZE,
) -> Paged[Row]:
    """The page in `found`, which holds one row more than a page if there are more.

    `identity`: what the cursor is bound to. `place_of`: the sort values of a row.
    """
    shown = window(found, size, place)
    rows = shown.rows
    return Paged(
        rows,
        _address(request, Place(place_of(rows[-1])), identity) if shown.has_next else "",
        _address(request, Place(place_of(rows[0]), backwards=True), identity)
        if shown.has_prev
        else "",
    )


def _address(request: HttpRequest, place: Place, identity: str) -> str:
    pairs = [
        (name, value)
        for name, values in request.GET.lists()
        if name != "cursor"
        for value in values
    ]
    return f"{request.path}?{urlencode([*pairs, ('cursor', sealed(place, identity))])}"
