"""Endpoints whose answer is a page of rows: keyset paging for whatever has a fixed order."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, checked
from kb.filters import Parameter, Values
from kb.parameters import MOST_ROWS, PAGE_SIZE, Wrong, WrongParameters, one_of
from kb.publication.cursors import Place, WrongCursor, opened, sealed, window
from kb.publication.lists import CURSOR_SCHEMA

PAGE_PARAMETERS = (
    Parameter(
        "page_size",
        "Rows of a page.",
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE},
    ),
    Parameter("cursor", "Where to go on: from `next` or `prev`.", CURSOR_SCHEMA),
    FORMAT,
)
NOT_FILTERS = {parameter.name for parameter in PAGE_PARAMETERS}


@dataclass(frozen=True, slots=True)
class PageAsked:
    """A page as asked for: filter values, how many rows, from where; what a cursor is bound to."""

    values: Values
    size: int
    place: Place | None
    identity: str

    @property
    def backwards(self) -> bool:
        return self.place is not None and self.place.backwards

    @property
    def beyond(self) -> tuple[Any, ...] | None:
        return self.place.values if self.place is not None else None


def page_asked(name: str, values: Values, arguments: Mapping[str, str]) -> PageAsked:
    """The page of the list `name` that checked values ask for. Raises WrongParameters."""
    filtering = sorted((n, sorted(set(v))) for n, v in values.items() if n not in NOT_FILTERS)
    identity = orjson.dumps([name, dict(arguments), filtering]).decode()
    place = None
    if cursor := one_of(values, "cursor"):
        try:
            place = opened(cursor, identity)
        except WrongCursor as problem:
            raise WrongParameters([Wrong("cursor", "invalid", str(problem))]) from None
    return PageAsked(values, int(one_of(values, "page_size") or PAGE_SIZE), place, identity)


class PageRow(NamedTuple):
    """A row: where it stands in the order, and its JSON."""

    place: tuple[Any, ...]
    json: bytes


class PageFound(NamedTuple):
    """Rows from the place asked for on, one more than the page holds if there are more.

    Going backwards they run backwards. `state` is that of `reading.STATE`.
    """

    rows: Sequence[PageRow]
    total: int
    total_is_exact: bool
    state: str


class PagedEndpoint(Endpoint[PageAsked]):
    """Base of endpoints that answer with a page of rows."""

    filters: tuple[Parameter, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        return (*self.filters, *PAGE_PARAMETERS)

    @abstractmethod
    def find(self, call: Call[PageAsked]) -> PageFound:
        """The rows asked for. Raises Problem, or Moved."""

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> PageAsked:
        return page_asked(self.name, checked(given, self.declared), arguments)

    def answer(self, call: Call[PageAsked]) -> Answer:
        found = self.find(call)
        asked = call.asked
        page = window(found.rows, asked.size, asked.place)
        following = sealed(Place(page.rows[-1].place), asked.identity) if page.has_next else None
        before = Place(page.rows[0].place, backwards=True) if page.has_prev else None
        previous = sealed(before, asked.identity) if before else None
        rows = [row.json for row in page.rows]
        body = page_body(call, rows, found.total, found.total_is_exact, following, previous)
        return Answer(body, call.tag(found.state))


def page_body(
    call: Call[Any],
    rows: Sequence[bytes],
    total: int,
    is_exact: bool,  # noqa: FBT001
    following: str | None,
    previous: str | None,
    more: bytes = b"",
) -> bytes:
    """The JSON of a page: stored rows spliced together. `more`: members, each after a comma."""
    parts = [b'{"items":[', b",".join(rows), b'],"total":%d,"total_is_exact":' % total]
    parts.append(b"true" if is_exact else b"false")
    if following is not None:
        parts += [b',"next":', orjson.dumps(call.address(cursor=following))]
    if previous is not None:
        parts += [b',"prev":', orjson.dumps(call.address(cursor=previous))]
    return b"".join([*parts, more, b"}"])
