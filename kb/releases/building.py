"""Building a release: whole or not at all, and the same bytes whenever it is built.

Nothing in it is taken from the clock: its day is that of the newest change.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from kb.formats import LICENCE
from kb.publication.rendering import timestamp
from kb.releases import shelf
from kb.releases.files import File, digest_of, write_json
from kb.releases.lines import write_entries, write_revisions
from kb.releases.linked import write_citations, write_linked_data
from kb.releases.metadata import write_metadata
from kb.releases.notes import write_notes
from kb.releases.shelf import Release
from kb.releases.snapshot import Facts, Snapshot, snapshot
from kb.releases.tabled import write_tables

JSON = dict[str, Any]
Part = Callable[[Snapshot, Path], list[File]]

FORM = 1  # of the files, told in the manifest; raised when a reader has to know
PARTS: tuple[Part, ...] = (
    write_entries,
    write_revisions,
    write_tables,
    write_citations,
    write_linked_data,
)


class CannotRelease(Exception):
    """There is nothing to release, or not yet."""


class Built(NamedTuple):
    """`is_new`: else there was one of the same changes already."""

    release: Release
    is_new: bool


def build() -> Built:
    """Build a release of what is public now, unless there is one of that already.

    Raises AlreadyBuilding, or CannotRelease.
    """
    with snapshot() as found:
        built = _build(found)
    # One that was confirmed meanwhile did not find this release.
    if built.release.name in shelf.withdraw_redacted():
        raise CannotRelease("A text in it was redacted while it was built. Build it again.")
    return built


def _build(found: Snapshot) -> Built:
    facts = _ready(found)
    shelf.root().mkdir(parents=True, exist_ok=True)
    shelf.sweep()
    shelf.withdraw_redacted()
    for each in shelf.releases():
        if each.manifest["head"] == facts.head:
            return Built(each, is_new=False)
    name = shelf.new_name(f"{facts.made_at:%Y-%m-%d}")
    unfinished = shelf.root() / f"{shelf.UNFINISHED}{name}"
    unfinished.mkdir()
    _write(found, facts, unfinished, name)
    _flush(unfinished)
    unfinished.rename(shelf.root() / name)
    _flush_folder(shelf.root())
    return Built(Release(shelf.root() / name), is_new=True)


def _ready(found: Snapshot) -> Facts:
    facts = found.facts
    if facts is None:
        raise CannotRelease("Nothing was published yet.")
    if facts.waiting:
        raise CannotRelease(
            f"{facts.waiting:,} entries still show an old name of something they refer to."
            " Run manage.py refresh_stale, then build again."
        )
    return facts


def _write(found: Snapshot, facts: Facts, folder: Path, name: str) -> None:
    before = _previous()
    files = [file for part in PARTS for file in part(found, folder)]
    files += write_notes(found, folder, name, before)
    digests = {each.name: digest_of(folder / each.name) for each in files}
    described = write_metadata(folder, name, facts, files, digests)
    digests |= {each.name: digest_of(folder / each.name) for each in described}
    told = [{**each._asdict(), **digests[each.name]._asdict()} for each in (*files, *described)]
    write_json(folder / shelf.MANIFEST, _manifest(found, facts, name, before, told))


def _previous() -> JSON | None:
    """The manifest of the newest release, withdrawn or not."""
    manifests = [each.manifest for each in shelf.releases()[:1]]
    manifests += [each.manifest for each in shelf.withdrawn()[:1]]
    return max(manifests, key=lambda manifest: int(manifest["head"]), default=None)


def _manifest(
    found: Snapshot, facts: Facts, name: str, before: JSON | None, files: list[JSON]
) -> JSON:
    counted = "SELECT kind, count(*) FROM kb_published GROUP BY kind ORDER BY kind"
    gone = "SELECT status, count(*) FROM kb_tombstone GROUP BY status ORDER BY status"
    return {
        "name": name,
        "form": FORM,
        "date": f"{facts.made_at:%Y-%m-%d}",
        "published_at": timestamp(facts.made_at),
        "head": facts.head,
        "chain": {"length": facts.chain_length, "head": facts.chain_head},
        "entries": dict(found.rows(counted)),
        "departed": dict(found.rows(gone)),
        "previous": before["name"] if before else None,
        "licence": LICENCE,
        "files": files,
    }


def _flush(folder: Path) -> None:
    """Everything on the disk, so that a name never stands for a file that a power cut left half."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
