"""What is asked of the servers, and what right answers are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from bench.asking import Answer
from bench.pressure import Ask
from kb.kinds import kind_named, kinds
from kb.publication.body import Parts

KEYS = 20_000  # different entries that are asked for, at most
LATELY = 500  # of them that are asked for again and again: their pages fit into what a server keeps
CHECKED = 25  # answers of a route that are compared with what is stored

Wrong = str | None  # what is wrong with an answer
Check = Callable[[Ask, Answer], Wrong]


@dataclass(frozen=True)
class Route:
    """A kind of request, as each server has it (none where it has no such thing).

    `is_counted`: it is also asked of a server that does not limit requests.

    Goals: `share` of the limit (0.35), `times` as fast as the usual way, `faster` as many times as
    fast as another route of ours, `least`: so many a second of what a request has so many of.
    """

    name: str
    ours: Sequence[Ask]
    check: Check
    limit: Sequence[Ask] = ()
    usual: Sequence[Ask] = ()
    share: float | None = None
    times: float | None = None
    faster: tuple[float, str] | None = None
    least: tuple[float, int, str] | None = None
    is_counted: bool = False

    @property
    def asks(self) -> dict[str, Sequence[Ask]]:
        """What is asked of each server."""
        uncounted = self.ours if self.is_counted else ()
        every = {
            "ours": self.ours,
            "uncounted": uncounted,
            "limit": self.limit,
            "usual": self.usual,
        }
        return {name: its for name, its in every.items() if its}


@dataclass(frozen=True)
class Sampled:
    """An entry that is asked for."""

    key: str
    kind: str
    etag: str

    @property
    def page(self) -> str:
        return f"/{kind_named(self.kind).plural}/{self.key}/"


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def sampled_entries(most: int = KEYS) -> list[Sampled]:
    """Entries of all kinds as they come, the same each time."""
    sql = "SELECT key, kind, etag FROM kb_published ORDER BY md5(key) LIMIT %s"
    return [Sampled(*row) for row in rows(sql, most)]


def routes(sample: Sequence[Sampled]) -> list[Route]:
    """All that are measured under load."""
    detail = Route(
        "entry",
        [Ask(f"/api/v1/entries/{each.key}") for each in sample],
        check_entry,
        [Ask(f"/entry/{each.key}") for each in sample],
        [Ask(f"/api/{each.kind}/{each.key}/") for each in sample],
        share=0.35,
        times=10,
        is_counted=True,
    )
    unchanged = Route(
        "entry, not changed (304)",
        [Ask(f"/api/v1/entries/{each.key}", each.etag) for each in sample],
        check_unchanged,
        [Ask(f"/entry/{each.key}", each.etag) for each in sample],
        faster=(2, "entry"),
    )
    page = Route(
        "entry page",
        [Ask(each.page) for each in sample],
        check_page,
        [Ask(f"/page/{each.key}") for each in sample],
        [Ask(f"/{each.kind}/{each.key}/") for each in sample],
        times=8,
    )
    lately = replace(
        page,
        name="entry page, sent lately",
        ours=page.ours[:LATELY],
        limit=page.limit[:LATELY],
        usual=page.usual[:LATELY],
        times=None,
    )
    home = Route("home", [Ask("/")], check_status, usual=[Ask("/")])
    return [detail, unchanged, *list_routes(), page, lately, home, members_route()]


# --- entries ---------------------------------------------------------------------------------


def key_in(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def check_status(_ask: Ask, answer: Answer) -> Wrong:
    return None if answer.status == 200 else f"status {answer.status}"


def check_entry(ask: Ask, answer: Answer) -> Wrong:
    """The bytes as they are stored, with their ETag."""
    sql = "SELECT json, etag FROM kb_published WHERE key = %s"
    ((stored, etag),) = rows(sql, key_in(ask.path))
    if answer.status != 200:
        return f"status {answer.status}"
    if answer.body != bytes(stored):
        return "other bytes than are stored"
    return None if answer.headers.get("etag") == etag else "another ETag than is stored"


def check_unchanged(_ask: Ask, answer: Answer) -> Wrong:
    if answer.status != 304:
        return f"status {answer.status} instead of 304"
    return "a body where there is none" if answer.body else None


def check_page(ask: Ask, answer: Answer) -> Wrong:
    """The stored body of the page, in its frame."""
    ((stored,),) = rows("SELECT html FROM kb_published WHERE key = %s", key_in(ask.path))
    if answer.status != 200:
        return f"status {answer.status}"
    parts = Parts.of(bytes(stored).decode())
    page = answer.body.decode()
    if parts.before.strip() not in page or parts.notes.strip() not in page:
        return "the stored body of the page is not in it"
    return None


# --- lists -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """The first page of a list: `kind` and `term` (a topic) "" for any."""

    size: int
    kind: str = ""
    topic: str = ""
    by_date: bool = False

    @property
    def ours(self) -> Ask:
        plural = kind_named(self.kind).plural if self.kind else "entries"
        topic = f"&topic={self.topic}" if self.topic else ""
        sort = "&sort=-date" if self.by_date else ""
        return Ask(f"/api/v1/{plural}?page_size={self.size}{topic}{sort}")

    @property
    def limit(self) -> Ask:
        term = f"topic:{self.topic}" if self.topic else "-"
        order = "date" if self.by_date else "name"
        return Ask(f"/list/{self.size}/{order}/{self.kind or '-'}/{term}")

    @property
    def usual(self) -> Ask:
        topic = f"&topic={self.topic}" if self.topic else ""
        return Ask(f"/api/?page_size={self.size}&kind={self.kind}{topic}")

    def keys(self) -> list[str]:
        """The keys that must come, found without any of our own code for lists."""
        order = "sort_date DESC, key DESC" if self.by_date else "sort_name, key"
        sql = (
            "SELECT key FROM kb_published WHERE (%s = '' OR kind = %s)"
            f" AND (%s = '' OR %s = ANY(terms)) ORDER BY {order} LIMIT %s"
        )
        term = f"topic:{self.topic}"
        found = rows(sql, self.kind, self.kind, self.topic, term, self.size)
        return [key for (key,) in found]


def list_routes() -> list[Route]:
    every = ["", *(kind.name for kind in kinds())]
    topics = [
        term.removeprefix("topic:")
        for (term,) in rows(
            "SELECT term FROM kb_termcount WHERE starts_with(term, 'topic:')"
            " GROUP BY term ORDER BY sum(count) DESC LIMIT 8"
        )
    ]
    return [
        _list_route("list of 25", [Listed(25, kind) for kind in every], times=10),
        _list_route("list of 50", [Listed(50, kind) for kind in every], times=10),
        _list_route("list of 25, of a topic", [Listed(25, topic=topic) for topic in topics]),
        _list_route(
            "list of 25, newest first",
            [Listed(25, kind, by_date=True) for kind in every],
            has_usual=False,
        ),
    ]


def _list_route(
    name: str, listed: Sequence[Listed], *, times: float | None = None, has_usual: bool = True
) -> Route:
    by_path = {each.ours.path: each for each in listed}

    def check(ask: Ask, answer: Answer) -> Wrong:
        if answer.status != 200:
            return f"status {answer.status}"
        wanted, found = by_path[ask.path].keys(), answer.keys()
        return None if found == wanted else f"{len(found)} rows, not the {len(wanted)} expected"

    return Route(
        name,
        [each.ours for each in listed],
        check,
        [each.limit for each in listed],
        [each.usual for each in listed] if has_usual else (),
        share=0.30,
        times=times,
    )


# --- members ---------------------------------------------------------------------------------


def members_route() -> Route:
    """Who belonged to a body on a day, of bodies with members."""
    found = rows(
        "SELECT p.key, to_char(date '1950-01-01' + abs(hashtext(p.key)) %% 27000, 'YYYY-MM-DD')"
        " FROM kb_published p WHERE p.kind = 'body' AND"
        " EXISTS (SELECT 1 FROM governance_membership m WHERE m.entry_id = p.entry_id)"
        " ORDER BY md5(p.key) LIMIT 2000"
    )
    return Route(
        "members of a body on a day",
        [Ask(f"/api/v1/bodies/{key}/members?on={day}") for key, day in found],
        check_members,
        [Ask(f"/members/{key}/{day}") for key, day in found],
    )


def check_members(ask: Ask, answer: Answer) -> Wrong:
    path, _mark, day = ask.path.partition("?on=")
    ((expected,),) = rows(
        "SELECT count(*) FROM governance_membership m JOIN kb_published p USING (entry_id)"
        " WHERE p.key = %s AND m.possible @> %s::date",
        key_in(path.removesuffix("/members")),
        day,
    )
    if answer.status != 200:
        return f"status {answer.status}"
    total = answer.json["total"]
    return None if total == expected else f"{total} members, not {expected}"
