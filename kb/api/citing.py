"""Answers to be cited: what the JSON of an entry or of a list says, in formats for that."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings

from kb.api.endpoints import Answer, Call, page_of
from kb.formats import MEDIA_TYPES
from kb.formats.bibtex import bibtex
from kb.formats.csl import item
from kb.formats.ris import ris
from kb.kinds import kind_named
from kb.parameters import Wrong, WrongParameters

JSON = dict[str, Any]

CITATIONS: Mapping[str, str] = {
    "csl": MEDIA_TYPES["csl"],  # JSON is UTF-8 anyway
    **{name: f"{MEDIA_TYPES[name]}; charset=utf-8" for name in ("bib", "ris")},
}
WRITERS: Mapping[str, Callable[[Iterable[Mapping[str, Any]]], str]] = {
    "csl": lambda items: orjson.dumps(list(items)).decode(),
    "bib": bibtex,
    "ris": ris,
}
ABOUT = "As `csl` (CSL-JSON), `bib` (BibTeX) or `ris` it is something to cite."


def require_whole(call: Call[Any], given: Mapping[str, Sequence[str]], *names: str) -> None:
    """Such a format needs what `fields` would leave out. Raises WrongParameters."""
    wrong = [name for name in names if name in given]
    if wrong and call.format not in ("json", "csv"):
        detail = f"It shapes JSON; the format here is {call.format}. Leave it out."
        raise WrongParameters([Wrong(name, "invalid", detail) for name in wrong])


def cited(call: Call[Any], entries: Iterable[JSON]) -> bytes:
    """Entries, their public JSON or their rows in lists, in the citation format of the call."""
    return WRITERS[call.format](item_of(call, entry) for entry in entries).encode()


def item_of(call: Call[Any], entry: JSON) -> JSON:
    """An entry, its public JSON or its row in a list, as something to cite."""
    kind = kind_named(entry["kind"])
    return item(
        kind, entry, site=settings.SITE_NAME, address=page_of(call.request, kind, entry["key"])
    )


def in_format(answer: Answer, call: Call[Any], body: bytes, media_type: str) -> Answer:
    """The answer with another body, in the format of the call."""
    etag = tag_in_format(answer.etag, call.format)
    return answer._replace(body=body, media_type=media_type, etag=etag)


def tag_in_format(etag: str, form: str) -> str:
    """The tag of what is stored once, in one of its formats."""
    return etag if form == "json" else f'{etag[:-1]}-{form}"'
