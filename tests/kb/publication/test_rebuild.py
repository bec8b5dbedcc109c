"""Publication is a pure function of the revisions: deleted and rebuilt, it is the same."""

from typing import Any

import orjson
import pytest
from django.db import connection, models

from kb.models import Change, Label, Published, TermCount
from kb.publication.rebuild import rebuild
from kb.publication.refresh import projected_tables, refresh_stale
from tests.library.builders import book, merge, publish, reader, retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

# Where a row lies and in which tier search looks for it says nothing of the content.
PHYSICAL = {"id", "tier", "prominence", "is_sampled"}


def everything_public() -> dict[str, list[Any]]:
    tables: tuple[type[models.Model], ...] = (*projected_tables(), Label, TermCount)
    return {table._meta.db_table: _rows(table._meta.db_table) for table in tables}


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column.name for column in cursor.description or ()]
        kept = [place for place, name in enumerate(names) if name not in PHYSICAL]
        return sorted(repr([_plain(row[place]) for place in kept]) for row in cursor.fetchall())


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def history() -> None:
    loans = [{"reader": "ann", "from": "1990"}, {"reader": "bob", "from": "1991-05", "to": "1992"}]
    publish(reader("ann"), reader("anna"), reader("bob"), book("atlas", loans=loans))
    publish(book("globe", genres=["novel"], sequel_of="atlas"))
    publish(reader("bob", "Robert"))
    merge("ann", "anna", "reader")
    retract("globe")


def test_rebuilding_gives_the_same_rows_and_bytes():
    history()
    before = everything_public()

    rebuild()

    assert everything_public() == before
    assert all(before[table] for table in ("kb_published", "library_loan", "kb_reference"))


def test_rebuilding_mends_what_was_damaged():
    history()
    before = everything_public()
    Published.objects.update(name="?", json=b"{}")
    TermCount.objects.all().delete()

    rebuild()

    assert everything_public() == before


def test_counts_of_terms_follow_every_change():
    publish(book("atlas", genres=["atlas"]), book("globe", genres=["atlas", "novel"]))
    publish(book("globe", genres=["novel"]))
    retract("atlas")

    counted = {row.term: row.count for row in TermCount.objects.filter(kind="book")}

    assert counted == {"": 1, "kind:book": 1, "genre:novel": 1}


def test_beyond_the_limit_referring_entries_wait_as_stale_and_are_rendered_later(monkeypatch):
    monkeypatch.setattr("kb.publication.refresh.RENDERED_AT_ONCE", 1)
    loans = [{"reader": "ann"}]
    publish(reader("ann", "Ann"), book("atlas", loans=loans), book("globe", loans=loans))

    publish(reader("ann", "Anna"))

    assert Published.objects.filter(is_stale=True).count() == 1
    assert refresh_stale() == 1
    shown = [orjson.loads(row.json) for row in Published.objects.filter(kind="book")]
    assert {each["loans"][0]["reader"]["name"] for each in shown} == {"Anna"}
    assert not Published.objects.filter(is_stale=True).exists()


def test_a_replay_of_the_changes_gives_what_is_published():
    history()

    replayed: dict[str, tuple[int, str]] = {}
    for change in Change.objects.order_by("sequence").select_related("entry", "revision"):
        if change.act in ("retract", "merge"):
            replayed.pop(change.entry.key)
        else:
            replayed[change.entry.key] = (change.revision.number, change.revision.hash)

    rows = Published.objects.select_related("revision")
    assert replayed == {row.key: (row.number, row.revision.hash) for row in rows}
