"""All entries to be cited, and as linked data."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from kb.formats import csl, json_ld
from kb.kinds import kind_named
from kb.releases.files import File, write_lines
from kb.releases.snapshot import Snapshot

JSON = dict[str, Any]
PACKED = "application/gzip"


def write_citations(snapshot: Snapshot, folder: Path) -> list[File]:
    """`entries.csl.json.gz`: every entry as an item of CSL-JSON."""
    name = "entries.csl.json.gz"
    write_lines(folder / name, _array(b"[", map(_item, _entries(snapshot)), b"]"))
    return [File(name, PACKED, "Every entry to be cited, as one array of CSL-JSON.")]


def write_linked_data(snapshot: Snapshot, folder: Path) -> list[File]:
    """`entries.jsonld.gz`: every entry in one graph."""
    name = "entries.jsonld.gz"
    context = orjson.dumps(json_ld.context_address(settings.PUBLIC_URL))
    head = b'{"@context":%s,"@graph":[' % context
    write_lines(folder / name, _array(head, map(_node, _entries(snapshot)), b"]}"))
    return [File(name, PACKED, "Every entry as linked data, one graph of JSON-LD.")]


def _entries(snapshot: Snapshot) -> Iterator[JSON]:
    return (orjson.loads(json) for _kind, json in snapshot.entries())


def _item(entry: JSON) -> JSON:
    kind = kind_named(entry["kind"])
    address = f"{settings.PUBLIC_URL}/{kind.plural}/{entry['key']}/"
    return csl.item(kind, entry, site=settings.SITE_NAME, address=address)


def _node(entry: JSON) -> JSON:
    node = json_ld.entry(kind_named(entry["kind"]), entry, site=settings.PUBLIC_URL)
    return {name: value for name, value in node.items() if name != "@context"}


def _array(head: bytes, values: Iterable[JSON], end: bytes) -> Iterator[bytes]:
    """One value a line, with commas between them."""
    yield head
    comma = b""
    for value in values:
        yield comma + orjson.dumps(value)
        comma = b","
    yield end
