"""Documents into the tables of the usual way, by COPY, so that a million take minutes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any

import orjson
from django.db import connection, models

from bench.usual import models as usual

JSON = dict[str, Any]

BATCH = 2_000  # documents
# Field of a document → model of its rows.
ROWS: Mapping[str, type[usual.Statement]] = {
    "memberships": usual.Membership,
    "positions": usual.Position,
    "arguments": usual.Argument,
    "participation": usual.Participation,
    "links": usual.Link,
    "milestones": usual.Milestone,
    "figures": usual.Figure,
    "organs": usual.Organ,
    "provisions": usual.Provision,
    "disputed": usual.Dispute,
}
RENAMED = {"begin": "from", "finish": "to"}  # where a field of a model is called otherwise
FOREIGN_KEY = " FOREIGN KEY "
RELATIONS = ("organisers", "participants", "outcomes", "issued_by")

Row = Sequence[Any]
Tables = dict[str, list[Row]]


def tables() -> list[type[models.Model]]:
    """Every model, in the order in which tables can be made."""
    own = (usual.Term, usual.Entry, usual.Citation, usual.Feature, usual.CitedField)
    return [*own, *ROWS.values()]


def make_tables() -> None:
    """Drop and make them all, without foreign key constraints."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename LIKE 'usual_%%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TABLE "{name}" CASCADE')
    with connection.schema_editor() as editor:
        for model in tables():
            editor.create_model(model)
        # What readers never notice, and what would take most of the time to fill the tables.
        editor.deferred_sql = [sql for sql in editor.deferred_sql if FOREIGN_KEY not in str(sql)]


class Filling:
    """Gives every row its id, and knows which entry has which."""

    def __init__(self, keys: Iterable[str]):
        self._ids = {key: number for number, key in enumerate(keys, 1)}
        self._terms: dict[str, int] = {}
        self._next: dict[str, Iterator[int]] = defaultdict(lambda: count(1))
        self._columns = {model: _columns(model) for model in tables()}

    def fill(self, documents: Iterable[JSON]) -> None:
        """Write the rows of all documents. Entries come in the order of the keys."""
        remaining = iter(documents)
        while batch := list(islice(remaining, BATCH)):
            rows: Tables = defaultdict(list)
            for document in batch:
                self._add(rows, document)
            for table, its_rows in rows.items():
                _copy(table, its_rows)

    def _add(self, rows: Tables, document: JSON) -> None:
        entry_id = self._ids[document["key"]]
        about = {"name": document.get("title"), **document}
        self._add_row(rows, usual.Entry, about, {"id": entry_id})
        self._add_cites(rows, usual.Entry, entry_id, document.get("cites", ()))
        for name in ("topics", "functions"):
            ids = [self._term(rows, value) for value in document.get(name, ())]
            self._relate(rows, usual.Entry, name, entry_id, ids)
        for name in RELATIONS:
            ids = [self._ids[key] for key in document.get(name, ())]
            self._relate(rows, usual.Entry, name, entry_id, ids)
        for name, model in ROWS.items():
            for ordinal, row in enumerate(document.get(name, ())):
                self._add_statement(rows, model, entry_id, ordinal, row)
        for ordinal, (name, row) in enumerate(document.get("design", {}).items()):
            self._add_statement(rows, usual.Feature, entry_id, ordinal, {"dimension": name, **row})
        for ordinal, (name, cites) in enumerate(document.get("field_cites", {}).items()):
            row = {"field": name, "cites": cites}
            self._add_statement(rows, usual.CitedField, entry_id, ordinal, row)

    def _add_statement(
        self,
        rows: Tables,
        model: type[usual.Statement],
        entry_id: int,
        ordinal: int,
        row: JSON,
    ) -> None:
        own_id = next(self._next[model.__name__])
        known: JSON = {"id": own_id, "entry_id": entry_id, "ordinal": ordinal}
        known["statement"] = row.get("id") or row.get("statement") or ""
        for name in ("actor", "target", "reported_by"):
            known[f"{name}_id"] = self._ids[row[name]] if name in row else None
        self._add_row(rows, model, row, known)
        self._add_cites(rows, model, own_id, row.get("cites", ()))
        made_by = [self._ids[key] for key in row.get("made_by", ())]
        self._relate(rows, model, "made_by", own_id, made_by)

    def _add_row(
        self, rows: Tables, model: type[models.Model], given: JSON, known: Mapping[str, Any]
    ) -> None:
        values = [
            known[name] if name in known else _stored(given.get(RENAMED.get(name, name)), default)
            for name, default in self._columns[model]
        ]
        rows[model._meta.db_table].append(values)

    def _add_cites(
        self, rows: Tables, model: type[models.Model], owner_id: int, cites: Iterable[JSON]
    ) -> None:
        ids = []
        for cite in cites:
            own_id = next(self._next["Citation"])
            ids.append(own_id)
            known = {"id": own_id, "source_id": self._ids[cite["source"]]}
            self._add_row(rows, usual.Citation, cite, known)
        self._relate(rows, model, "cites", owner_id, ids)

    def _relate(
        self,
        rows: Tables,
        model: type[models.Model],
        name: str,
        owner_id: int,
        ids: Sequence[int],
    ) -> None:
        if ids:
            table = model._meta.get_field(name).m2m_db_table()  # type: ignore[union-attr]
            rows[table] += [(next(self._next[table]), owner_id, other) for other in ids]

    def _term(self, rows: Tables, value: str) -> int:
        known = self._terms.get(value)
        if known is None:
            known = self._terms[value] = next(self._next["Term"])
            label = value.replace("-", " ").capitalize()
            rows[usual.Term._meta.db_table].append((known, value, label))
        return known


def _columns(model: type[models.Model]) -> list[tuple[str, Any]]:
    """(column, what stands there when the document has nothing) of each field."""
    found = []
    for each in model._meta.concrete_fields:
        default = each.get_default() if each.has_default() else None
        found.append((each.attname, _stored(default, None)))
    return found


def _stored(value: Any, default: Any) -> Any:
    if value is None:
        return default
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _copy(table: str, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor, cursor.cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
