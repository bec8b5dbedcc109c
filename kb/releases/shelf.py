"""The folder of releases: what is in it, and what was taken out of it.

A release is a folder named by its day, which never changes. One that was withdrawn is a file
`<name>.withdrawn.json` with its manifest and the reason: its name is never used again.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from kb.formats.csl import dated
from kb.models import Change, Redaction
from kb.publication.rendering import timestamp
from kb.releases.files import Digest, digest_of, write_json

JSON = dict[str, Any]
NAME = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.([1-9]\d*))?")
WITHDRAWN = ".withdrawn.json"
UNFINISHED = ".unfinished-"  # how the name of a folder begins that is no release, or none any more
MANIFEST = "manifest.json"
TABLED = (".csv", ".parquet")


def root() -> Path:
    """The folder of all releases; it may not be there yet."""
    return Path(settings.RELEASES_DIR)


class Release:
    """A release in its folder. `name`: its day, with `.2` for the second one of that day."""

    def __init__(self, folder: Path):
        self.folder, self.name = folder, folder.name

    @cached_property
    def manifest(self) -> JSON:
        found: JSON = orjson.loads((self.folder / MANIFEST).read_bytes())
        return found

    def cite_as(self, site: str) -> str:
        """How to cite it, in one line. `site`: where it is, "https://example.org"."""
        day, chain = self.manifest["date"], self.manifest["chain"]
        return cite_as(self.name, day, chain["head"], site)

    def cited(self, site: str) -> JSON:
        """It as an item of CSL-JSON, with what its history can be verified by."""
        chain = self.manifest["chain"]
        return {
            "id": f"release-{self.name}",
            "title": title_of(self.name),
            "type": "dataset",
            "author": [{"literal": f"The board of {settings.SITE_NAME}"}],
            "publisher": settings.SITE_NAME,
            "issued": dated(self.manifest["date"]),
            "version": self.name,
            "URL": address_of(self.name, MANIFEST, site),
            "note": f"A chain of {chain['length']} revisions that ends in {chain['head']}",
        }

    @cached_property
    def files(self) -> Mapping[str, JSON]:
        """Name → what the manifest says of the file, the manifest itself among them."""
        found = {each["name"]: each for each in self.manifest["files"]}
        own = _digest_once(self.folder / MANIFEST, (self.folder / MANIFEST).stat().st_mtime_ns)
        about = "What this release holds, with SHA-256 and size of each file."
        itself = {"name": MANIFEST, "media_type": "application/json", "about": about}
        return {**found, MANIFEST: {**itself, **own._asdict()}}

    @property
    def files_tabled(self) -> list[JSON]:
        """The files that are one table each."""
        return [each for name, each in self.files.items() if name.endswith(TABLED)]

    @property
    def files_whole(self) -> list[JSON]:
        """All others."""
        return [each for name, each in self.files.items() if not name.endswith(TABLED)]


def title_of(name: str) -> str:
    """What a release is called outside of this site."""
    return f"{settings.SITE_NAME}, release {name}"


def cite_as(name: str, day: str, chain_head: str, site: str) -> str:
    """How to cite a release, in one line."""
    address = address_of(name, MANIFEST, site)
    return f"{title_of(name)} ({day}), chain {chain_head[:16]}. {address}"


def address_of(name: str, file: str, site: str) -> str:
    """Where a file of a release is."""
    return f"{site}/api/v1/releases/{name}/{file}"


@lru_cache(maxsize=100)
def _digest_once(path: Path, _changed_at: int) -> Digest:
    return digest_of(path)


class Withdrawn(NamedTuple):
    """A release that was withdrawn. `manifest` as it was; `at`: RFC 3339."""

    name: str
    manifest: JSON
    reason: str
    at: str


def _order(name: str) -> tuple[str, int]:
    day, _dot, number = name.partition(".")
    return day, int(number or 1)


def releases() -> list[Release]:
    """Those that can be had, newest first."""
    found = [each for each in _listed() if NAME.fullmatch(each.name)]
    return [Release(each) for each in sorted(found, key=lambda e: _order(e.name), reverse=True)]


def release(name: str) -> Release | None:
    """The release called `name`; “latest” is the newest."""
    found = releases()
    if name == "latest":
        return found[0] if found else None
    return next((each for each in found if each.name == name), None)


def withdrawn() -> list[Withdrawn]:
    """Those that were withdrawn, newest first."""
    names = [e.name.removesuffix(WITHDRAWN) for e in _listed() if e.name.endswith(WITHDRAWN)]
    return [
        Withdrawn(name, **orjson.loads((root() / f"{name}{WITHDRAWN}").read_bytes()))
        for name in sorted(names, key=_order, reverse=True)
    ]


def _listed() -> list[Path]:
    return list(root().iterdir()) if root().is_dir() else []


def state() -> str:
    """Changes when a release is built or withdrawn."""
    names = " ".join(sorted(each.name for each in _listed()))
    return hashlib.blake2b(names.encode(), digest_size=6).hexdigest()


def new_name(day: str) -> str:
    """The name of the next release of a day: never one that was used before."""
    used = {each.name.removesuffix(WITHDRAWN) for each in _listed()}
    names = (day if number == 1 else f"{day}.{number}" for number in range(1, len(used) + 2))
    return next(name for name in names if name not in used)


def sweep() -> None:
    """Delete what killed builds and withdrawals left. Only while nobody else builds."""
    for left in _listed():
        if left.name.startswith(UNFINISHED):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()


def withdraw_redacted() -> list[str]:
    """Withdraw every release that holds the text of a revision that is redacted. Gives their names.

    Asked again it does nothing, so that it can be made good what a process that ended left undone.
    """
    gone = []
    for each in releases():
        redaction = _redaction_since(each.manifest)
        if redaction is not None and _withdraw(each, redaction):
            gone.append(each.name)
    return gone


def _redaction_since(manifest: JSON) -> Redaction | None:
    """The first redaction that a release was made too early to know of, of a text it holds."""
    later = Change.objects.filter(act="redact", sequence__gt=manifest["head"])
    revisions = later.values("revision").filter(revision__lte=manifest["chain"]["length"])
    found = Redaction.objects.filter(is_confirmed=True, revision__in=revisions)
    return found.select_related("revision__entry").order_by("decided_at").first()


def _withdraw(release: Release, redaction: Redaction) -> bool:
    """Take a release away; False where somebody else just did."""
    number, key = redaction.revision.number, redaction.revision.entry.key
    at: datetime = redaction.decided_at or redaction.asked_at
    reason = f"It held revision {number} of “{key}”, which was redacted: {redaction.reason}"
    told = {"manifest": release.manifest, "reason": reason, "at": timestamp(at)}
    unfinished = root() / f"{UNFINISHED}{os.getpid()}-{release.name}.json"
    write_json(unfinished, told)
    unfinished.replace(root() / f"{release.name}{WITHDRAWN}")
    gone = root() / f"{UNFINISHED}withdrawn-{release.name}"
    try:
        release.folder.rename(gone)
    except FileNotFoundError:
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True
