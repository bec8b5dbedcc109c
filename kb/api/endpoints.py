"""What all endpoints share: the order of checks, conditional requests, headers, errors.

An endpoint is one object, and it is the view. What it declares (path, parameters, the schema of its
answer) is read by the checks, the OpenAPI file and the documentation page alike.

The order of checks, for every endpoint: length and encoding of the address (414, 400), path (404),
method (405), token (401, 403), format (406), body (415, 413, 400), parameters (400, all errors at
once), entry (404, 308, 410), condition (304), how much was asked lately (429), answer (200; 503
when it takes too long; 500). What failed before that is counted too: 429 may stand in its place.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

import django.db
import psycopg
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import URLPattern, path, resolve, reverse
from django.utils.http import http_date

from kb.api import bodies, errors, limits, owners
from kb.api.deprecation import Deprecation
from kb.api.errors import OPEN_TO_ALL, Problem, logger
from kb.api.negotiation import FORMATS, NotAcceptable, chosen
from kb.filters import Parameter, Values
from kb.kinds import Kind
from kb.models import AccessToken
from kb.parameters import WrongParameters, declared_by, read, wrong_in
from kb.publication import reading
from kb.publication.lists import with_survivors

FRESH = "public, max-age=60, stale-while-revalidate=600"
IMMUTABLE = "public, max-age=31536000, immutable"
UNCACHED = "no-cache"

# Raise it when answers get another form without a publication, so that no copy passes as current.
FORM = "1"

PREFLIGHT = {
    **OPEN_TO_ALL,
    "Access-Control-Allow-Headers": (
        "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match,"
        " X-Request-ID"
    ),
    "Access-Control-Max-Age": "86400",
    "Content-Length": "0",
}
HEADERS = {**OPEN_TO_ALL, "Vary": "Accept, Accept-Encoding"}


def format_parameter(formats: Mapping[str, str]) -> Parameter:
    """`format` where an endpoint answers in these (name → media type), the usual one first."""
    about = "The format of the answer; it wins over the Accept header."
    if len(formats) > 1:
        about += " A suffix of the path says the same, and wins over both."
    schema = {"type": "string", "enum": list(formats), "default": next(iter(formats))}
    return Parameter("format", about, schema)


FORMAT = format_parameter(FORMATS)

NOTHING: dict[str, list[str]] = {}


class Answer(NamedTuple):
    """A successful answer. `etag` is quoted, "" for none; `links` is the value of a Link header.

    `published_at`: seconds since 1970, UTC. `status`: where it is not the usual one of its
    endpoint. `headers`: more of them, plain ASCII. `file`: whose bytes are the body, streamed.
    """

    body: bytes
    etag: str
    published_at: int | None = None
    cache: str = FRESH
    links: str = ""
    media_type: str = "application/json"
    status: int | None = None
    headers: Mapping[str, str] = {}
    file: Path | None = None


Asked = TypeVar("Asked")


@dataclass(slots=True)
class Call(Generic[Asked]):
    """One request as an endpoint sees it, its parameters checked. `arguments`: from the path.

    `format`: the name of the format to answer in. `body`: what was sent, as `Endpoint.body_of`
    reads it. `token`: with which the request came, if with any.
    """

    request: HttpRequest
    arguments: Mapping[str, str]
    given: Values
    asked: Asked
    format: str = "json"
    body: Any = None
    token: AccessToken | None = None

    def address(self, **changed: str) -> str:
        """The full address of this request with some parameters changed."""
        query: str = self.request.META.get("QUERY_STRING", "")
        if self.given.keys() & changed.keys() or not query.isascii():
            query = urlencode({**self.given, **changed}, doseq=True)
        else:  # as it was, and more
            query = f"{query}{'&' if query else ''}{urlencode(changed)}"
        return f"{origin(self.request)}{self.request.path}{'?' if query else ''}{query}"

    def tag(self, state: str) -> str:
        """The ETag of an answer that depends on `state`, the address and the format alone."""
        query: str = self.request.META.get("QUERY_STRING", "")
        form = "" if self.format == "json" else f" {self.format}"
        return tag_of(state, self.request.path_info, query + form)


def tag_of(state: str, path: str, query: str) -> str:
    """The ETag of an answer that depends on `state` and on the address alone."""
    digest = hashlib.blake2b(f"{FORM} {path}?{query}".encode(), digest_size=8).hexdigest()
    return f'"{state}-{digest}"'


class Endpoint(Generic[Asked]):
    """Base of all endpoints, by default with parameters that need no more than their declaration.

    `path` as in OpenAPI ("/entries/{key}"). `group`: the heading it stands under. `codes`: problems
    that it has beside those of every endpoint. `required`: parameters that must be given.
    `formats`: name → media type, the usual one first; each other name is a suffix of the path too.
    `accepts`: media types of a body. `scope`: what a token must allow; without it none is needed.
    Endpoints of one path and several methods are put together by `routes`.
    """

    method: ClassVar[str] = "GET"
    path: ClassVar[str] = ""
    name: ClassVar[str] = ""
    group: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    description: ClassVar[str] = ""
    codes: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = (FORMAT,)
    required: tuple[str, ...] = ()
    formats: ClassVar[Mapping[str, str]] = FORMATS
    accepts: ClassVar[tuple[str, ...]] = (bodies.JSON,)
    scope: ClassVar[str] = ""
    success: ClassVar[int] = 200  # the usual status of an answer
    policy: ClassVar[limits.Policy] = limits.READING  # how often one may ask
    deprecation: ClassVar[Deprecation | None] = None
    on_page: ClassVar[bool] = True  # else the OpenAPI file alone has it, the page has its like

    csrf_exempt = True  # nobody is recognised by a cookie here
    needs_no_layers = True  # nor asks who is reading: see config.front

    def answer(self, call: Call[Asked]) -> Answer:
        """The answer. Raises Problem, or Moved."""
        raise NotImplementedError

    def answer_schema(self) -> dict[str, Any]:
        """JSON Schema of the answer; references lead to components of the OpenAPI file."""
        raise NotImplementedError

    def format_schema(self, name: str) -> dict[str, Any]:
        """JSON Schema of the answer in another format than the usual one."""
        return {} if self.formats[name].endswith("json") else {"type": "string"}

    def body_schema(self) -> dict[str, Any] | None:
        """JSON Schema of what is sent; None where nothing is."""
        return None

    def body_of(self, request: HttpRequest) -> Any:
        """What was sent, read but not yet checked against its schema. Raises Problem."""
        return bodies.json_of(request)

    def more_responses(self) -> dict[str, Any]:
        """Responses beside those of every endpoint, by status, as the OpenAPI file has them."""
        return {}

    def components(self) -> dict[str, dict[str, Any]]:
        """Components of the OpenAPI file that its answer needs beside the shared ones."""
        return {}

    def current_tag(self, call: Call[Asked]) -> str | None:
        """The ETag that `answer` would give, found more cheaply; None where there is no answer."""
        return call.tag(reading.state())

    def asked_of(self, given: Values, _arguments: Mapping[str, str]) -> Asked:
        """What the parameters ask for. Raises WrongParameters with everything that is wrong."""
        return checked(given, self.declared, self.required)  # type: ignore[return-value]

    @cached_property
    def declared(self) -> dict[str, Parameter]:
        """The parameters by name."""
        declared = declared_by(self.parameters)
        if len(self.formats) > 1 and "format" in declared:
            declared["format"] = format_parameter(self.formats)
        return declared

    # --- the rest is the same for all --------------------------------------------------------

    @cached_property
    def takes_body(self) -> bool:
        return self.body_schema() is not None

    @property
    def methods(self) -> str:
        """What may be done at its address: the value of an Allow header."""
        return ", ".join([*self.allowed, *(["HEAD"] if "GET" in self.allowed else []), "OPTIONS"])

    @cached_property
    def allowed(self) -> tuple[str, ...]:
        """The methods of its address; `routes` adds those of others that share it."""
        return (self.method,)

    def __call__(self, request: HttpRequest, **arguments: str) -> HttpResponse:
        account = limits.Account(self.policy, request)
        response = self._answered(request, arguments, account)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            response = self._counted(request, response, account)
        put_plain(response, account.headers)
        return response

    def _counted(
        self, request: HttpRequest, response: HttpResponse, account: limits.Account
    ) -> HttpResponse:
        """An error, counted if it was found before; another one when there were too many."""
        try:
            account.count()
        except Problem as problem:
            return errors.answer(request, problem)
        return response

    def _answered(
        self, request: HttpRequest, arguments: Mapping[str, str], account: limits.Account
    ) -> HttpResponse:
        try:
            return self._respond(request, arguments, account)
        except Problem as problem:
            return errors.answer(request, problem)
        except WrongParameters as wrong:
            return errors.answer(request, errors.wrong_parameters(wrong.errors))
        except Moved as moved:
            return _redirect(request, moved)
        except (psycopg.errors.QueryCanceled, django.db.OperationalError) as problem:
            return errors.answer(request, _too_expensive(request, problem))
        except Exception:  # noqa: BLE001  logged there; a client gets no stack
            return errors.server_error(request)

    def _respond(
        self, request: HttpRequest, arguments: Mapping[str, str], account: limits.Account
    ) -> HttpResponse:
        errors.check_address(request)
        if request.method == "OPTIONS":
            allowed = {"Allow": self.methods, "Access-Control-Allow-Methods": self.methods}
            return HttpResponse(status=204, headers={**PREFLIGHT, **allowed})
        if request.method != self.method and (request.method, self.method) != ("HEAD", "GET"):
            detail = f"{request.method} does not work here. Use {self.methods}."
            raise Problem("method-not-allowed", detail, headers={"Allow": self.methods})
        call = self._call(request, arguments)
        conditions = request.META.get("HTTP_IF_NONE_MATCH") if self.method == "GET" else None
        if conditions is not None:
            current = self.current_tag(call)
            if current is not None and matches(conditions, current):
                return self._unchanged(current, call)
        account.count(call.token)
        return self._success(self.answer(call), is_head=request.method == "HEAD")

    def _call(self, request: HttpRequest, arguments: Mapping[str, str]) -> Call[Asked]:
        query = request.META.get("QUERY_STRING", "")
        given = read(query) if query else NOTHING
        token = owners.token_of(request, self.scope)
        named = {name: value for name, value in arguments.items() if name != SUFFIX}
        form = self._format(request, given, arguments.get(SUFFIX))
        body = self.body_of(request) if self.takes_body else None
        return Call(request, named, given, self.asked_of(given, named), form, body, token)

    def _format(self, request: HttpRequest, given: Values, suffix: str | None) -> str:
        """The format to answer in: by suffix, parameter or header. Raises Problem."""
        if suffix is not None and suffix not in self.formats:
            listed = ", ".join(f".{name}" for name in self.formats)
            detail = f"There is no format “.{suffix[:20]}” here. The suffixes are {listed}."
            raise Problem("not-found", detail, suggestions=[])
        wanted = suffix or next(iter(given.get("format", ())), None)
        try:
            return chosen(wanted, request.META.get("HTTP_ACCEPT"), self.formats)
        except NotAcceptable as problem:
            detail = str(problem)
            raise Problem("not-acceptable", detail, formats=list(problem.formats)) from None

    def _success(self, answer: Answer, *, is_head: bool) -> HttpResponse:
        response, length = self._with_body(answer, is_head=is_head)
        own = {
            "Content-Length": str(length),
            "Cache-Control": answer.cache,
            **answer.headers,
        }
        if answer.etag:
            own["ETag"] = answer.etag
        if answer.published_at is not None:
            own["Last-Modified"] = http_date_of(answer.published_at)
        links = answer.links
        if self.deprecation is not None:
            own |= self.deprecation.headers()
            links = ", ".join(filter(None, [links, self.deprecation.link]))
        if links:
            own["Link"] = links
        put_headers(response, own)
        return response

    def _with_body(self, answer: Answer, *, is_head: bool) -> tuple[HttpResponse, int]:
        """The response without headers, and how many bytes it is long."""
        status, media_type = answer.status or self.success, answer.media_type
        if answer.file is None:
            body = b"" if is_head else answer.body
            response = HttpResponse(body, status=status, content_type=media_type)
            return response, len(answer.body)
        length = answer.file.stat().st_size
        if is_head:
            return HttpResponse(status=status, content_type=media_type), length
        # Django sends either, and only what goes around it needs to know which it is.
        streamed: Any = FileResponse(answer.file.open("rb"), status=status, content_type=media_type)
        return streamed, length

    cache: ClassVar[str] = FRESH

    def _unchanged(self, etag: str, _call: Call[Asked]) -> HttpResponse:
        headers = {**HEADERS, "ETag": etag, "Cache-Control": self.cache}
        response = HttpResponse(status=304, headers=headers)
        del response["Content-Type"]
        return response


def put_headers(response: HttpResponse, own: Mapping[str, str]) -> None:
    """The headers of every answer and `own`, plain ASCII."""
    response.headers._store.update(EVERY)
    put_plain(response, own)


def put_plain(response: HttpResponse, headers: Mapping[str, str]) -> None:
    """Headers that are known to be plain ASCII.

    Put where Django keeps them: it would encode and decode each name and value to check them, a
    tenth of the time that an answer takes.
    """
    stored = {name.lower(): (name, value) for name, value in headers.items()}
    response.headers._store.update(stored)


SUFFIX = "suffix"  # the argument of a path that names the format


class Methods:
    """The view of an address with several methods, an endpoint for each."""

    csrf_exempt = True
    needs_no_layers = True

    def __init__(self, endpoints: Sequence[Endpoint[Any]]):
        self.endpoints = {endpoint.method: endpoint for endpoint in endpoints}
        for endpoint in endpoints:
            endpoint.allowed = tuple(self.endpoints)

    def __call__(self, request: HttpRequest, **arguments: str) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else str(request.method)
        # One that has no endpoint is refused by any of them, with all there are.
        found = self.endpoints.get(method) or next(iter(self.endpoints.values()))
        return found(request, **arguments)


def routes(endpoints: Iterable[Endpoint[Any]]) -> list[URLPattern]:
    """Their entries in a list of addresses, in their order."""
    by_path: dict[str, list[Endpoint[Any]]] = {}
    for endpoint in endpoints:
        by_path.setdefault(endpoint.path, []).append(endpoint)
    return [route for sharing in by_path.values() for route in _routes(sharing)]


def _routes(sharing: Sequence[Endpoint[Any]]) -> list[URLPattern]:
    """The address of endpoints that share a path, and the one with a suffix that names a format."""
    first = sharing[0]
    view = first if len(sharing) == 1 else Methods(sharing)
    rule = first.path.lstrip("/").replace("{", "<str:").replace("}", ">")
    plain = path(rule, view, name=f"api-{first.name}")
    if len(first.formats) == 1:
        return [plain]
    # Before the plain one, which takes everything up to the end for its last argument.
    return [path(f"{rule}.<str:{SUFFIX}>", view, name=f"api-{first.name}"), plain]


http_date_of = lru_cache(maxsize=1_000)(http_date)  # entries published together share it

EVERY = {name.lower(): (name, value) for name, value in HEADERS.items()}


class Moved(Exception):
    """The entry asked for is another one today. `key`: of that one; `body`: what to say of it."""

    def __init__(self, key: str, body: bytes):
        self.key, self.body = key, body
        super().__init__(key)


def _redirect(request: HttpRequest, moved: Moved) -> HttpResponse:
    """308 to the same address with the key of the survivor."""
    match = resolve(request.path_info)
    path_there = reverse(match.view_name, kwargs={**match.kwargs, "key": moved.key})
    query = request.META.get("QUERY_STRING", "")
    location = f"{origin(request)}{path_there}{'?' if query else ''}{query}"
    headers = {**HEADERS, "Location": location, "Cache-Control": FRESH}
    return HttpResponse(moved.body, content_type="application/json", status=308, headers=headers)


def _too_expensive(request: HttpRequest, problem: Exception) -> Problem:
    cause = problem if isinstance(problem, psycopg.Error) else problem.__cause__
    if isinstance(cause, psycopg.errors.QueryCanceled):
        logger.error("too expensive: %s", request.get_full_path(), exc_info=problem)
        return Problem("query-too-expensive", "The query was stopped at its time limit.")
    logger.error("no database: %s", problem, exc_info=problem)
    return Problem("server-error", "The database cannot be reached.")


def checked(
    given: Values, declared: Mapping[str, Parameter], required: Sequence[str] = ()
) -> Values:
    """The values, each once, merged keys as their survivors. Raises WrongParameters."""
    if not given and not required:
        return given
    wrong = wrong_in(given, declared, required)
    names = {error.parameter for error in wrong}
    usable = {n: v for n, v in given.items() if n in declared and n not in names}
    values, unknown = with_survivors(usable, declared)
    if wrong or unknown:
        raise WrongParameters([*wrong, *unknown])
    return values


def matches(conditions: str, etag: str) -> bool:
    """Whether an If-None-Match header names `etag`, by weak comparison.

    Source: RFC 9110, sections 8.8.3.2 and 13.1.2
    """
    if conditions.strip() == "*":
        return True
    bare = etag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") == bare for each in conditions.split(","))


def origin(request: HttpRequest) -> str:
    """Scheme and host of full addresses: the permanent one, else as the request came."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def page_of(request: HttpRequest, kind: Kind, key: str) -> str:
    """The full address of the page of an entry."""
    return f"{origin(request)}/{kind.plural}/{key}/"


def fixed_tag(body: bytes) -> str:
    """The ETag of an answer that changes only with the software."""
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'
