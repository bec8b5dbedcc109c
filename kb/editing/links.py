"""Whether the addresses that readers are sent to still answer.

The addresses are those that labels show (`Label.shown`, “url”). The setting LINK_CHECK_PRIVATE lets
addresses on this machine and in private networks be asked; without it they never are, for a source
that anybody suggests must not make us ask our own servers.
"""

import ipaddress
import socket
import ssl
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from kb.models import LinkCheck

DEAD_AFTER = 3  # failures in a row
REST = timedelta(hours=20)  # between two questions: three failures are three days
TIMEOUT = 15  # seconds
MOST_REDIRECTS = 5
MOST_READ = 500  # bytes of the answer to what was posted
HOSTS_AT_ONCE = 8
REFUSES_PROGRAMS = (401, 403, 429)  # the address is alive, though not to us


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered: the status of HTTP, or 0 and the problem when nothing did."""

    status: int
    problem: str = ""

    @property
    def is_alive(self) -> bool:
        return 200 <= self.status < 400 or self.status in REFUSES_PROGRAMS


class Unasked(Exception):
    """An address that we do not ask; the text says why."""


def check_links(limit: int = 500) -> int:
    """Ask up to `limit` addresses, those that were asked longest ago. Returns how many were.

    One question at a time to each host.
    """
    _keep_in_step()
    due = Q(checked_at__isnull=True) | Q(checked_at__lt=timezone.now() - REST)
    chosen = LinkCheck.objects.filter(due).order_by(F("checked_at").asc(nulls_first=True), "id")
    by_host: dict[str, list[LinkCheck]] = defaultdict(list)
    for check in chosen[:limit]:
        by_host[urlsplit(check.url).netloc.lower()].append(check)
    asked = 0
    with ThreadPoolExecutor(HOSTS_AT_ONCE) as workers:
        for answers in workers.map(_ask_in_turn, by_host.values()):
            for check, answer in answers:
                _note(check, answer)
                asked += 1
    return asked


def _keep_in_step() -> None:
    """A row for each address that an active entry shows, and for no other."""
    shown = (
        "SELECT DISTINCT shown ->> 'url' AS url FROM kb_label"
        " WHERE shown ? 'url' AND NOT shown ? 'status'"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM kb_linkcheck WHERE NOT url IN ({shown})")
        cursor.execute(
            "INSERT INTO kb_linkcheck (url, problem, failures)"
            f" SELECT url, '', 0 FROM ({shown}) s ON CONFLICT (url) DO NOTHING"
        )


def _note(check: LinkCheck, answer: Answer) -> None:
    now = timezone.now()
    check.status, check.problem, check.checked_at = answer.status, answer.problem[:200], now
    check.failures = 0 if answer.is_alive else check.failures + 1
    if answer.is_alive:
        check.succeeded_at = now
    check.save()


def _ask_in_turn(checks: Sequence[LinkCheck]) -> list[tuple[LinkCheck, Answer]]:
    return [(check, ask(check.url)) for check in checks]


# --- asking one address -----------------------------------------------------------------------


def ask(url: str) -> Answer:
    """What `url` answers after up to five redirects: to HEAD, or to GET where HEAD is refused."""
    try:
        answer = _follow("HEAD", url)
        return answer if answer.is_alive else _follow("GET", url)
    except Unasked as problem:
        return Answer(0, str(problem))
    except socket.gaierror:
        return Answer(0, "Its host is unknown.")
    except TimeoutError:
        return Answer(0, f"Nothing answered within {TIMEOUT} seconds.")
    except (OSError, HTTPException, ValueError) as problem:
        return Answer(0, f"{type(problem).__name__}: {problem}")


def _follow(method: str, url: str) -> Answer:
    for _redirect in range(MOST_REDIRECTS + 1):
        response = _request(method, url)
        target = response.headers.get("Location")
        if not 300 <= response.status < 400 or not target:
            return Answer(response.status)
        url = urljoin(url, target)
    return Answer(0, f"It redirects more than {MOST_REDIRECTS} times.")


def _request(method: str, url: str) -> HTTPResponse:
    """The head of an answer; nothing of its body is read."""
    parts = urlsplit(url)
    asking = _connection(parts)
    try:
        asking.request(method, _target(parts), headers=_headers())
        return asking.getresponse()
    finally:
        asking.close()


def _connection(parts: SplitResult) -> "_Connection":
    """To where an address leads, looked up once. Raises Unasked, or socket.gaierror."""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unasked("It is no address of the web (http, https).")
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    host = parts.hostname.encode("idna").decode()
    return _Connection(host, port, _public_address(host, port), is_secure=is_secure)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What `url` answers to JSON that is sent to it: its status and how the answer begins.

    Redirects are not followed: who wants another address says so.
    """
    try:
        return _posted(url, body, headers)
    except Unasked as problem:
        return Answer(0, str(problem))
    except socket.gaierror:
        return Answer(0, "Its host is unknown.")
    except TimeoutError:
        return Answer(0, f"Nothing answered within {TIMEOUT} seconds.")
    except (OSError, HTTPException, ValueError) as problem:
        return Answer(0, f"{type(problem).__name__}: {problem}")


def _posted(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    parts = urlsplit(url)
    asking = _connection(parts)
    own = {**_headers(), "Content-Type": "application/json", **headers}
    try:
        asking.request("POST", _target(parts), body=body, headers=own)
        response = asking.getresponse()
        begun = response.read1(MOST_READ).decode("utf-8", "replace").replace("\0", "")
        return Answer(response.status, begun)
    finally:
        asking.close()


def _headers() -> dict[str, str]:
    about = f" (+{settings.PUBLIC_URL}/about/)" if settings.PUBLIC_URL else ""
    name = settings.SITE_NAME.replace(" ", "-")
    return {"User-Agent": f"{name}-links/1.0{about}", "Accept": "*/*"}


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="%/:=&~+!$,;'@()*[]")
    return f"{path}?{quote(parts.query, safe='%/:=&?~+!$,;@()*[]')}" if parts.query else path


def _public_address(host: str, port: int) -> str:
    """An address of `host` on the public internet. Raises Unasked, or socket.gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not getattr(settings, "LINK_CHECK_PRIVATE", False):
        addresses = list(_public(addresses))
    if not addresses:
        raise Unasked("It leads into a private network.")
    return addresses[0]


def _public(addresses: Sequence[str]) -> Iterator[str]:
    for address in addresses:
        found = ipaddress.ip_address(address)
        inner = getattr(found, "ipv4_mapped", None) or found
        if inner.is_global and not inner.is_multicast:
            yield address


class _Connection(HTTPConnection):
    """To an address that was looked up, and judged, before: a name could lead elsewhere by now."""

    def __init__(self, host: str, port: int, address: str, *, is_secure: bool):
        self.default_port = 443 if is_secure else 80
        super().__init__(host, port, timeout=TIMEOUT)
        self._address, self._is_secure = address, is_secure

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        if not self._is_secure:
            self.sock = plain
            return
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self.host)
