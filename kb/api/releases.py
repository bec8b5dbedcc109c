"""Releases: what there is to download, and the files themselves."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import orjson
from django.http import HttpRequest, HttpResponse

from kb.api import citing, shapes
from kb.api.endpoints import FRESH, IMMUTABLE, SUFFIX, Answer, Call, Endpoint, fixed_tag, origin
from kb.api.errors import Problem
from kb.api.negotiation import FORMATS
from kb.filters import Values
from kb.releases import shelf

JSON = dict[str, Any]

LATEST = "latest"
COUNTS = {"type": "object", "additionalProperties": shapes.COUNT}
FILE = shapes.fields(
    {
        "name": shapes.TEXT,
        "url": shapes.ADDRESS,
        "media_type": shapes.TEXT,
        "about": shapes.TEXT,
        "bytes": shapes.COUNT,
        "sha256": shapes.HASH,
    }
)
RELEASE = {
    "name": {**shapes.TEXT, "description": "The day of its newest change; `.2` for a second one."},
    "date": {"type": "string", "format": "date"},
    "published_at": shapes.MOMENT,
    "head": {**shapes.COUNT, "description": "Sequence of its newest change in the feed."},
    "chain": shapes.fields({"length": shapes.COUNT, "head": shapes.HASH}),
    "entries": COUNTS,
    "departed": COUNTS,
}
CITED = {"cite_as": shapes.TEXT, "files": shapes.rows(FILE)}
GONE = {"reason": shapes.TEXT, "withdrawn_at": shapes.MOMENT}
OF_RELEASES = {**FORMATS, **citing.CITATIONS}


class ReleasesEndpoint(Endpoint[Values]):
    """All releases."""

    path = "/releases"
    name = "releases"
    group = "Changes"
    summary = "Releases to download"
    description = (
        "Everything public as files, newest first, dated and never changed: each with SHA-256 and"
        " size, how far it goes (`head` in `/changes`, `chain` in the chain of revisions) and how"
        " to cite it. For a copy take the latest, then follow `/changes` after its `head`. Those"
        f" that held a text which was redacted since are `withdrawn`, with the reason."
        f" {citing.ABOUT}"
    )
    formats = OF_RELEASES

    def answer_schema(self) -> JSON:
        withdrawn = shapes.fields({**RELEASE, **GONE})
        return shapes.fields(
            {
                "items": shapes.rows(shapes.fields({**RELEASE, **CITED})),
                "withdrawn": shapes.rows(withdrawn),
            }
        )

    def current_tag(self, call: Call[Values]) -> str | None:
        return self.answer(call).etag

    def answer(self, call: Call[Values]) -> Answer:
        found = shelf.releases()
        if call.format != "json":
            return _cited(call, found)
        body = orjson.dumps(
            {
                "items": [_release(each, origin(call.request)) for each in found],
                "withdrawn": [
                    {**_about(each.manifest), "reason": each.reason, "withdrawn_at": each.at}
                    for each in shelf.withdrawn()
                ],
            }
        )
        return Answer(body, fixed_tag(body))


class ReleaseEndpoint(Endpoint[Values]):
    """One release."""

    path = "/releases/{date}"
    name = "release"
    group = "Changes"
    summary = "One release"
    description = (
        "What it holds, how far it goes and how to cite it, as in the list of releases. `latest` in"
        " place of the date answers 307 with the address of the newest; one that was withdrawn 410,"
        f" with the reason. {citing.ABOUT}"
    )
    codes = ("not-found", "redacted")
    formats = OF_RELEASES

    def __call__(self, request: HttpRequest, **arguments: str) -> HttpResponse:
        number = arguments.get(SUFFIX, "")
        if number.isdecimal():  # `.2` ends the name of the second release of a day
            arguments = {"date": f"{arguments['date']}.{number}"}
        return super().__call__(request, **arguments)

    def answer_schema(self) -> JSON:
        return shapes.fields({**RELEASE, **CITED})

    def more_responses(self) -> JSON:
        return _moved("The newest release, in the format asked for; Location has its address.")

    def current_tag(self, call: Call[Values]) -> str | None:
        return self.answer(call).etag or None

    def answer(self, call: Call[Values]) -> Answer:
        release, site = _found(call.arguments["date"]), origin(call.request)
        if call.arguments["date"] == LATEST:
            form = "" if call.format == "json" else f".{call.format}"
            return _elsewhere(f"{site}/api/v1/releases/{release.name}{form}")
        if call.format != "json":
            return _cited(call, [release])
        body = orjson.dumps(_release(release, site))
        return Answer(body, fixed_tag(body))


def _cited(call: Call[Values], releases: Iterable[shelf.Release]) -> Answer:
    site = origin(call.request)
    body = citing.WRITERS[call.format](each.cited(site) for each in releases).encode()
    return Answer(body, fixed_tag(body), media_type=OF_RELEASES[call.format])


def _elsewhere(location: str) -> Answer:
    """What `latest` answers: it stands for another release each month."""
    body, headers = orjson.dumps({"location": location}), {"Location": location}
    return Answer(body, "", cache=FRESH, status=307, headers=headers)


def _moved(description: str) -> JSON:
    headers = {"Location": {"schema": shapes.ADDRESS}}
    content = {"application/json": {"schema": {"type": "object"}}}
    return {"307": {"description": description, "headers": headers, "content": content}}


def _about(manifest: JSON) -> JSON:
    return {name: manifest[name] for name in RELEASE}


def _release(release: shelf.Release, site: str) -> JSON:
    files = [
        {**{name: each[name] for name in FILE["required"] if name != "url"},
         "url": shelf.address_of(release.name, each["name"], site)}
        for each in release.files.values()
    ]  # fmt: skip
    return {**_about(release.manifest), "cite_as": release.cite_as(site), "files": files}


class ReleaseFileEndpoint(Endpoint[Values]):
    """One file of a release."""

    path = "/releases/{date}/{file}"
    name = "release-file"
    group = "Changes"
    summary = "A file of a release"
    description = (
        "The bytes that the manifest names, for ever the same: the ETag is their SHA-256. `latest`"
        " in place of the date answers 307 with the address of the newest release."
    )
    codes = ("not-found", "redacted")
    parameters = ()
    formats: ClassVar[Mapping[str, str]] = {"file": "*/*"}
    cache = IMMUTABLE
    needs_no_layers = False  # what is streamed is sent by Django

    def answer_schema(self) -> JSON:
        return {}

    def more_responses(self) -> JSON:
        return _moved("The same file of the newest release; Location has its address.")

    def _format(self, _request: HttpRequest, _given: Values, _suffix: str | None) -> str:
        return "file"

    def current_tag(self, call: Call[Values]) -> str | None:
        if call.arguments["date"] == LATEST:
            return None
        return f'"{_file(call.arguments)[1]["sha256"]}"'

    def answer(self, call: Call[Values]) -> Answer:
        release, about = _file(call.arguments)
        if call.arguments["date"] == LATEST:
            there = shelf.address_of(release.name, about["name"], origin(call.request))
            return _elsewhere(there)
        path, tag = release.folder / about["name"], f'"{about["sha256"]}"'
        return Answer(b"", tag, cache=IMMUTABLE, media_type=about["media_type"], file=path)


def _file(arguments: Mapping[str, str]) -> tuple[shelf.Release, JSON]:
    """The release and what is known of the file. Raises Problem."""
    release, file = _found(arguments["date"]), arguments["file"]
    if file not in release.files:
        files = list(release.files)
        detail = f"Release {release.name} has no file “{file[:100]}”. It has {', '.join(files)}."
        raise Problem("not-found", detail, suggestions=files)
    return release, release.files[file]


def _found(name: str) -> shelf.Release:
    """The release called so. Raises Problem."""
    release = shelf.release(name)
    if release is None:
        raise _no_release(name)
    return release


def _no_release(name: str) -> Problem:
    gone = next((each for each in shelf.withdrawn() if each.name == name), None)
    if gone is not None:
        return Problem("redacted", f"Release {name} was withdrawn. {gone.reason}")
    names = [each.name for each in shelf.releases()]
    hint = f"The newest is {names[0]}." if names else "There is none yet."
    return Problem("not-found", f"There is no release “{name[:100]}”. {hint}", suggestions=names)
