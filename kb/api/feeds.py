"""Feeds of what is new and changed, for readers of news: Atom and JSON Feed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from kb.api import finding, shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, Moved, origin
from kb.api.errors import Problem
from kb.api.limits import SEARCHING
from kb.api.search import Q
from kb.documents.vocabulary import nearest
from kb.filters import Condition, Parameter, TermFilter, Values
from kb.formats.syndication import MEDIA_TYPES, Feed, Item, atom, json_feed
from kb.kinds import Kind, kind_named, kinds
from kb.parameters import MOST_ROWS, PAGE_SIZE, one_of
from kb.publication import lists, reading, recent_changes
from kb.publication.rendering import timestamp
from kb.web.told_changes import ToldChange, told

LAST = 9_007_199_254_740_991
SIZE = Parameter(
    "page_size",
    "Items of a page.",
    {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE},
)
BEFORE = Parameter(
    "before",
    "Only changes before this sequence number: `next` in the feed has it.",
    {"type": "integer", "minimum": 1, "maximum": LAST},
)
ABOUT = (
    "The newest changes first, from the same list as `/changes`; retractions, restorations, merges"
    " and redactions are items too. Each says what changed, in words, and leads to the page and to"
    " the difference. The id of an item never changes. Older items are on the `next` page (RFC"
    " 5005). For a copy use `/changes`."
)
SINCE_BEGUN = "2026"  # the year from which ids are ours. Source: RFC 4151


class FeedEndpoint(Endpoint[lists.Asked]):
    """Base of all feeds. `described`: what this one has."""

    group = "Feeds"
    formats = MEDIA_TYPES
    described = ""

    @cached_property
    def asking(self) -> lists.Asking:
        """What entries can be narrowed down by."""
        return replace(lists.asking_for(None), filters=(), facets=())

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        filters = [p for each in self.asking.filters for p in each.parameters()]
        return (*filters, BEFORE, SIZE, FORMAT)

    @property
    def description(self) -> str:  # type: ignore[override]
        return f"{self.described} {ABOUT}"

    def answer_schema(self) -> dict[str, Any]:
        return JSON_FEED

    def asked_of(self, given: Values, _arguments: Mapping[str, str]) -> lists.Asked:
        return lists.asked_of(self.asking, given, self.declared, self.required)

    def chosen(self, call: Call[lists.Asked]) -> tuple[str, str, list[Condition]]:
        """Title, path of the page that it is the feed of, and which changes are in it.

        Raises Problem, or Moved.
        """
        raise NotImplementedError

    def answer(self, call: Call[lists.Asked]) -> Answer:
        title, path, among = self.chosen(call)
        size = int(one_of(call.given, "page_size") or PAGE_SIZE)
        before = one_of(call.given, "before")
        state = reading.state()  # first: what is published meanwhile makes the next tag another
        rows = recent_changes.recent_changes(
            among, before=int(before) if before else None, limit=size + 1
        )
        following = call.address(before=str(rows[size - 1].sequence)) if len(rows) > size else ""
        feed = _feed(call, title, path, told(rows[:size]), following)
        body = (atom if call.format == "atom" else json_feed)(feed)
        moment = int(rows[0].made_at.timestamp()) if rows else None
        media_type = f"{self.formats[call.format]}; charset=utf-8"
        return Answer(body, call.tag(state), moment, media_type=media_type)


def _feed(
    call: Call[Any], title: str, path: str, changes: Sequence[ToldChange], following: str
) -> Feed:
    site, request = origin(call.request), call.request
    query = request.META.get("QUERY_STRING", "")
    name = request.path.removeprefix("/api/v1/").rpartition(".")[0] or request.path
    return Feed(
        id=_tag(site, f"{name}{'?' if query else ''}{query}"),
        title=f"{settings.SITE_NAME}: {title}",
        author=f"The board of {settings.SITE_NAME}",
        home=f"{site}{path}",
        itself=request.build_absolute_uri() if not settings.PUBLIC_URL else _itself(call),
        next=following,
        items=[_item(site, each) for each in changes],
    )


def _itself(call: Call[Any]) -> str:
    return f"{origin(call.request)}{call.request.get_full_path()}"


def _tag(site: str, what: str) -> str:
    return f"tag:{urlsplit(site).hostname},{SINCE_BEGUN}:{what}"


def _item(site: str, change: ToldChange) -> Item:
    row = change.row
    what = f"entries/{row.key}/revisions/{row.number}"
    return Item(
        id=_tag(site, f"{what}/redacted" if row.act == "redact" else what),
        title=f"{change.name}: {change.did}",
        address=site + change.path,
        difference=site + change.difference if change.difference else "",
        updated=timestamp(row.made_at),
        summary="\n".join(change.lines),
        tags=(kind_named(row.kind).label, change.did),
    )


JSON_FEED = shapes.fields(
    {
        "version": shapes.TEXT,
        "title": shapes.TEXT,
        "home_page_url": shapes.ADDRESS,
        "feed_url": shapes.ADDRESS,
        "language": shapes.TEXT,
        "authors": shapes.rows(shapes.fields({"name": shapes.TEXT})),
        "items": shapes.rows(
            shapes.fields(
                {
                    "id": shapes.TEXT,
                    "url": shapes.ADDRESS,
                    "title": shapes.TEXT,
                    "content_text": shapes.TEXT,
                    "date_published": {"type": "string", "format": "date-time"},
                    "tags": shapes.rows(shapes.TEXT),
                },
                {"external_url": {**shapes.ADDRESS, "description": "The difference."}},
            )
        ),
    },
    {"next_url": shapes.ADDRESS},
)


# --- which feeds there are --------------------------------------------------------------------


class AllFeed(FeedEndpoint):
    path = "/feeds/all"
    name = "feed-all"
    summary = "Feed of everything"
    described = "Entries of every kind."

    def chosen(self, _call: Call[lists.Asked]) -> tuple[str, str, list[Condition]]:
        return "changes", "/changes/", []


class KindFeed(FeedEndpoint):
    """Of one kind, under the filters of its list."""

    on_page = False  # the page would list the filters of each kind twice

    def __init__(self, kind: Kind):
        self.kind = kind
        self.path = f"/feeds/kind/{kind.name}"  # type: ignore[misc]
        self.name = f"feed-{kind.plural}"  # type: ignore[misc]
        self.summary = f"Feed of {kind.label_plural.lower()}"  # type: ignore[misc]
        self.described = (
            f"{kind.label_plural}, under the filters of their list; with a filter, of those that"
            " are in view."
        )

    @cached_property
    def asking(self) -> lists.Asking:
        return lists.asking_for(self.kind.name)

    def chosen(self, call: Call[lists.Asked]) -> tuple[str, str, list[Condition]]:
        among = [recent_changes.of_kind(self.kind.name)]
        if call.asked.conditions:
            among.append(recent_changes.that_fit(call.asked.conditions))
        return self.kind.label_plural, f"/{self.kind.plural}/", among


class TermFeed(FeedEndpoint):
    """Of one term, of those filters that say so: TermFilter.has_feed."""

    def __init__(self, term: TermFilter):
        self.term = term
        self.path = f"/feeds/{term.name}/{{term}}"  # type: ignore[misc]
        self.name = f"feed-{term.name}"  # type: ignore[misc]
        self.summary = f"Feed of one {term.label.lower()}"  # type: ignore[misc]
        self.described = f"Entries of every kind under one {term.label.lower()}."
        self.codes = ("not-found",)

    def chosen(self, call: Call[lists.Asked]) -> tuple[str, str, list[Condition]]:
        value = call.arguments["term"]
        known = self.term.vocabulary
        if known is not None and value not in known.values:
            near = nearest(value, known.values)
            hint = f" Did you mean “{near}”?" if near else ""
            detail = f"“{value[:100]}” is not a term of {known.name}.{hint}"
            raise Problem("not-found", detail, suggestions=[near] if near else [])
        among = [recent_changes.with_term(self.term, value)]
        return f"{self.term.label}: {self.term.value_label(value)}", "/changes/", among


class EntryFeed(FeedEndpoint):
    path = "/feeds/entry/{key}"
    name = "feed-entry"
    summary = "Feed of one entry"
    described = "One entry, with what was merged into it."
    codes = ("not-found", "retracted")

    def chosen(self, call: Call[lists.Asked]) -> tuple[str, str, list[Condition]]:
        key = call.arguments["key"]
        found = finding.ever(key)
        if found.survivor_id != found.entry_id:
            raise Moved(found.survivor, b"{}")
        among = [recent_changes.of_entry(found.entry_id)]
        path = f"/{kind_named(found.kind).plural}/{key}/"
        return str(found.shown.get("name", key)), path, among


class SearchFeed(FeedEndpoint):
    on_page = False
    path = "/feeds/search"
    name = "feed-search"
    policy = SEARCHING
    summary = "Feed of a search"
    described = (
        "Entries in view that have all the words, under the filters of search: the thousand most"
        " prominent ones."
    )
    required = ("q",)

    @cached_property
    def asking(self) -> lists.Asking:
        return replace(lists.asking_for(None), bound=("q",))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        filters = [p for each in self.asking.filters for p in each.parameters()]
        return (Q, *filters, BEFORE, SIZE, FORMAT)

    def chosen(self, call: Call[lists.Asked]) -> tuple[str, str, list[Condition]]:
        q = call.asked.values["q"][0]
        return f"“{q}”", "/search/", [recent_changes.found_by(q, call.asked.conditions)]


def feeds() -> list[FeedEndpoint]:
    """All of them, in the order of the documentation."""
    terms = {f.name: f for kind in kinds() for f in kind.filters if _has_feed(f)}
    return [
        AllFeed(),
        *(KindFeed(kind) for kind in kinds()),
        *(TermFeed(f) for f in terms.values() if isinstance(f, TermFilter)),
        EntryFeed(),
        SearchFeed(),
    ]


def _has_feed(each: object) -> bool:
    return isinstance(each, TermFilter) and each.has_feed
