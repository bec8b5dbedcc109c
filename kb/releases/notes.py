"""Release notes: which entries changed since the release before."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kb.releases.files import File, write_json
from kb.releases.snapshot import Snapshot

SAID = {
    "revise": "Published or revised",
    "retract": "Retracted",
    "restore": "Restored",
    "merge": "Merged into another entry",
    "redact": "Text of an earlier revision deleted",
}
_CHANGES = (
    "SELECT c.act, array_agg(DISTINCT e.key ORDER BY e.key) FROM kb_change c"
    " JOIN kb_entry e ON e.id = c.entry_id WHERE c.sequence > %s GROUP BY c.act ORDER BY c.act"
)


def write_notes(snapshot: Snapshot, folder: Path, name: str, previous: Any) -> list[File]:
    """`notes.json` and `notes.md`. `previous`: manifest of the release before, None for none."""
    after = previous["head"] if previous else 0
    changed: dict[str, list[str]] = dict(snapshot.rows(_CHANGES, (after,)))
    since = previous["name"] if previous else None
    write_json(
        folder / "notes.json", {"name": name, "since": since, "after": after, "changed": changed}
    )
    (folder / "notes.md").write_text("\n".join(_text(name, since, changed)), encoding="utf-8")
    about = "What changed since the release before: the keys of entries, by what became of them."
    return [
        File("notes.json", "application/json", about),
        File("notes.md", "text/markdown; charset=utf-8", f"{about} For people to read."),
    ]


def _text(name: str, since: str | None, changed: dict[str, list[str]]) -> Iterable[str]:
    yield f"# Release {name}\n"
    yield f"Changes since {since}.\n" if since else "The first release: all there is.\n"
    for act, keys in changed.items():
        yield f"## {SAID.get(act, act)} ({len(keys):,})\n"
        yield from (f"- {key}" for key in keys)
        yield ""
