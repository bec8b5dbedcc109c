"""The limit: what this machine can do with the same bytes, without a framework in between.

A bare WSGI application, served as ours is: one connection a thread (as Django keeps them),
autocommit, prepared statements, bytes in binary. It checks nothing and knows nothing but these
addresses:

/entry/KEY                       the stored JSON; with If-None-Match the ETag is compared
/page/KEY                        the stored body of a page
/list/SIZE/ORDER/KIND/TERM       the first summaries of a list; KIND and TERM "-" for any
/members/KEY/DAY                 memberships of a body that may hold on a day
"""

import os
import threading
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import psycopg

Respond = Callable[[str, list[tuple[str, str]]], Any]

ENTRY = "SELECT etag, json FROM kb_published WHERE key = %s"
TAG = "SELECT etag FROM kb_published WHERE key = %s"
PAGE = "SELECT etag, html FROM kb_published WHERE key = %s"
MEMBERS = (
    "SELECT m.json FROM governance_membership m JOIN kb_published p ON p.entry_id = m.entry_id"
    " WHERE p.key = %s AND m.possible @> %s::date ORDER BY m.ordinal LIMIT 50"
)
ORDERS = {"name": "sort_name, key", "date": "sort_date DESC, key DESC"}

of_thread = threading.local()


def fetched(sql: str, params: tuple[Any, ...]) -> list[Any]:
    """All rows of a query, prepared."""
    connection = getattr(of_thread, "connection", None)
    if connection is None:
        url = os.environ["DATABASE_URL"]
        connection = of_thread.connection = psycopg.connect(url, autocommit=True)
    rows: list[Any] = connection.execute(sql, params, prepare=True, binary=True).fetchall()
    return rows


def application(environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
    _empty, what, *words = environ["PATH_INFO"].split("/")
    if what == "entry" and (known := environ.get("HTTP_IF_NONE_MATCH")):
        ((tag,),) = fetched(TAG, (words[0],))
        if tag == known:
            respond("304 Not Modified", [("ETag", tag)])
            return []
    if what in ("entry", "page"):
        ((tag, body),) = fetched(ENTRY if what == "entry" else PAGE, (words[0],))
    elif what == "list":
        tag, body = "", joined(fetched(*list_query(*words)))
    elif what != "members":
        respond("404 Not Found", [("Content-Length", "0")])
        return []
    else:
        tag, body = "", joined(fetched(MEMBERS, (words[0], date.fromisoformat(words[1]))))
    kind = "text/html; charset=utf-8" if what == "page" else "application/json"
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    respond("200 OK", [*headers, ("ETag", tag)] if tag else headers)
    return [body]


def joined(rows: list[Any]) -> bytes:
    return b'{"items":[' + b",".join([row[0] for row in rows]) + b"]}"


def list_query(size: str, order: str, kind: str, term: str) -> tuple[str, tuple[Any, ...]]:
    conditions, params = [], []
    if kind != "-":
        conditions.append("kind = %s")
        params.append(kind)
    if term != "-":
        conditions.append("terms @> ARRAY[%s]::varchar[]")
        params.append(term)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT summary FROM kb_published {where} ORDER BY {ORDERS[order]} LIMIT {int(size)}"
    return sql, tuple(params)
