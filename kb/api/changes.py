"""The feed of changes, and how it stands."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings

from kb.api import shapes
from kb.api.endpoints import FORMAT, FRESH, UNCACHED, Answer, Call, Endpoint, origin
from kb.filters import Parameter, Values
from kb.kinds import kinds
from kb.parameters import MOST_ROWS, PAGE_SIZE, one_of
from kb.publication import reading
from kb.publication.rendering import timestamp
from kb.releases import shelf

LAST = 9_007_199_254_740_991  # the highest whole number that every reader of JSON keeps exactly


class ChangesEndpoint(Endpoint[Values]):
    """Everything that was published, in the order of commits."""

    path = "/changes"
    name = "changes"
    group = "Changes"
    summary = "What was published, in order"
    description = (
        "One row a published revision, retraction, restoration, merge or redaction, by gapless"
        " sequence numbers in the order of commits. `document` is as published, references as"
        " keys: a copy built from this feed alone equals the lists. Keep the last sequence you"
        " have seen and ask `after` it; `next` is absent when there is no more."
    )
    parameters = (
        Parameter(
            "after",
            "Only changes after this sequence number.",
            {"type": "integer", "minimum": 0, "maximum": LAST, "default": 0},
        ),
        Parameter(
            "page_size",
            "Rows of a page.",
            {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE},
        ),
        FORMAT,
    )

    def answer_schema(self) -> dict[str, Any]:
        required = {
            "items": shapes.rows(shapes.component("Change")),
            "head": {**shapes.COUNT, "description": "Sequence of the newest change."},
        }
        return shapes.fields(required, {"next": {"type": "string", "format": "uri"}})

    def answer(self, call: Call[Values]) -> Answer:
        after = int(one_of(call.asked, "after") or 0)
        size = int(one_of(call.asked, "page_size") or PAGE_SIZE)
        # The head first: what is published meanwhile then follows on the next page.
        head, state = reading.fetch_row(
            f"SELECT coalesce((SELECT max(sequence) FROM kb_change), 0), {reading.STATE}"
        )
        rows = [row for row in reading.changes(after, size) if row.sequence <= head]
        body = b'{"items":[' + b",".join(map(_change, rows)) + b'],"head":%d' % head
        if rows and rows[-1].sequence < head:
            body += b',"next":' + orjson.dumps(call.address(after=str(rows[-1].sequence)))
        return Answer(body + b"}", call.tag(state))


def _change(row: reading.MadeChange) -> bytes:
    fields = {
        "sequence": row.sequence,
        "act": row.act,
        "made_at": timestamp(row.made_at),
        "entry": {"key": row.key, "kind": row.kind},
        "revision": row.number,
        "hash": row.hash,
        "changeset": orjson.loads(row.metadata).get("changeset", {}),
        "document": orjson.Fragment(row.document) if row.document is not None else None,
    }
    return orjson.dumps(fields)


class StatusEndpoint(Endpoint[Values]):
    """Whether all is well, and how far the feed is."""

    path = "/status"
    name = "status"
    group = "About"
    summary = "Health and head of the feed"
    description = (
        "`head` is the sequence of the newest change; `waiting` counts entries that show a name"
        " that has changed since and are still to be rendered anew."
    )
    cache = UNCACHED

    def answer_schema(self) -> dict[str, Any]:
        return shapes.fields(
            {
                "healthy": {"type": "boolean"},
                "head": shapes.COUNT,
                "published_at": {"type": ["string", "null"], "format": "date-time"},
                "entries": COUNTS,
                "retracted": shapes.COUNT,
                "merged": shapes.COUNT,
                "waiting": shapes.COUNT,
                "release": LATEST_RELEASE,
            }
        )

    def answer(self, call: Call[Values]) -> Answer:
        found, latest = reading.status(), _latest_release(call)
        body = {
            "healthy": True,
            "head": found.head,
            "published_at": timestamp(found.published_at) if found.published_at else None,
            "entries": by_plural(),
            "retracted": found.retracted,
            "merged": found.merged,
            "waiting": found.waiting,
            "release": latest,
        }
        return Answer(orjson.dumps(body), _tag(call, found.state, latest), cache=UNCACHED)

    def current_tag(self, call: Call[Values]) -> str | None:
        return _tag(call, reading.state(), _latest_release(call))


LATEST_RELEASE = {
    "description": "The newest release; null before the first.",
    **shapes.fields({"name": shapes.TEXT, "head": shapes.COUNT, "url": shapes.ADDRESS}),
    "type": ["object", "null"],
}


def _latest_release(call: Call[Values]) -> dict[str, Any] | None:
    found = shelf.release("latest")
    if found is None:
        return None
    address = shelf.address_of(found.name, shelf.MANIFEST, origin(call.request))
    return {"name": found.name, "head": found.manifest["head"], "url": address}


def _tag(call: Call[Values], state: str, latest: Mapping[str, Any] | None) -> str:
    """A tag that changes with every publication and with every release."""
    return call.tag(f"{state}-{latest['name'] if latest else 'none'}")


COUNTS = {"type": "object", "additionalProperties": shapes.COUNT}


def by_plural() -> Mapping[str, int]:
    """Plural of a kind → number of its active entries."""
    counts = reading.counts()
    return {kind.plural: counts.get(kind.name, 0) for kind in kinds()}


class RootEndpoint(Endpoint[Values]):
    """Where everything is."""

    path = "/"
    name = "root"
    group = "About"
    summary = "Where everything is"
    description = "Links, version, how much there is, the last publication, the licence."
    cache = FRESH

    def answer_schema(self) -> dict[str, Any]:
        return shapes.fields(
            {
                "name": shapes.TEXT,
                "version": shapes.TEXT,
                "licence": shapes.ADDRESS,
                "published_at": {"type": ["string", "null"], "format": "date-time"},
                "head": shapes.COUNT,
                "entries": COUNTS,
                "release": LATEST_RELEASE,
                "links": {"type": "object", "additionalProperties": TEMPLATE},
            }
        )

    def answer(self, call: Call[Values]) -> Answer:
        from kb.formats import LICENCE

        found, latest = reading.status(), _latest_release(call)
        body = {
            "name": settings.SITE_NAME,
            "version": "1",
            "licence": LICENCE,
            "published_at": timestamp(found.published_at) if found.published_at else None,
            "head": found.head,
            "entries": by_plural(),
            "release": latest,
            "links": _links(origin(call.request)),
        }
        return Answer(orjson.dumps(body), _tag(call, found.state, latest))

    def current_tag(self, call: Call[Values]) -> str | None:
        return _tag(call, reading.state(), _latest_release(call))


TEMPLATE = {"type": "string", "format": "uri-template"}


def _links(site: str) -> dict[str, str]:
    api = f"{site}/api/v1"
    lists = {kind.plural: f"{api}/{kind.plural}" for kind in kinds()}
    single = (
        "entries",
        "search",
        "suggest",
        "changes",
        "releases",
        "vocabularies",
        "status",
        "openapi.json",
    )
    return {
        "self": f"{api}/",
        "documentation": f"{site}/api/",
        **{name.removesuffix(".json"): f"{api}/{name}" for name in single},
        **lists,
        "entry": f"{api}/entries/{{key}}",
    }
