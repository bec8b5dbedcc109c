"""Bodies and proposals side by side."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from governance.analyses.compared import PARAMETERS, Asked, Compared, asked_of, compared
from governance.analyses.comparison import READINGS, SECTIONS, Cell, Row
from kb.api import shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, checked
from kb.api.negotiation import FORMATS
from kb.filters import Values
from kb.formats import MEDIA_TYPES
from kb.formats.tables import csv_text
from kb.parameters import Wrong, WrongParameters
from kb.publication import reading

JSON = dict[str, Any]

CSV = f"{MEDIA_TYPES['csv']}; charset=utf-8"


class CompareEndpoint(Endpoint[Asked]):
    """A comparison."""

    path = "/compare"
    name = "compare"
    group = "Analyses"
    summary = "Bodies and proposals side by side"
    description = (
        "A row for each question that any of the entries answers, a cell for each entry in the"
        " order of `columns`, every cell with its sources; null where an entry says nothing."
        " `differs` tells that two of them say different things; design and decision rules are"
        " sentences, so there it tells no more than that the words differ. With `model` every"
        " feature of the model has a `reading` in the cells beside it: *takes-over* for the same"
        " function, or a design described by naming the model; *changes* for a design in words"
        " of its own; *leaves-open* where nothing is said."
    )
    parameters = (*PARAMETERS, FORMAT)
    formats = {**FORMATS, "csv": CSV}  # noqa: RUF012  as the base has it

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> Asked:  # noqa: ARG002
        values = checked(given, self.declared)
        if not {"keys", "model"} & values.keys():
            detail = "Give `keys`, such as keys=cern,iaea, or `model`."
            raise WrongParameters([Wrong("keys", "missing", detail)])
        return asked_of(values)

    def answer(self, call: Call[Asked]) -> Answer:
        state = reading.state()
        found = compared(call.asked)
        if call.format == "csv":
            return Answer(table(found), call.tag(state), media_type=CSV)
        return Answer(orjson.dumps(comparison_json(found)), call.tag(state))

    def answer_schema(self) -> JSON:
        cite = {
            "type": "object",
            "properties": {
                "source": shapes.ENTRY,
                "locator": shapes.TEXT,
                "quote": shapes.TEXT,
            },
            "required": ["source"],
            "additionalProperties": False,
        }
        reading_schema = {"type": "string", "enum": list(READINGS)}
        cell = shapes.fields(
            {"text": {"type": ["string", "null"]}, "cites": shapes.rows(cite)},
            {"reading": reading_schema},
        )
        row = shapes.fields(
            {
                "section": {"type": "string", "enum": list(SECTIONS)},
                "name": shapes.TEXT,
                "label": shapes.TEXT,
                "differs": {"type": "boolean"},
                "stated": shapes.COUNT,
                "cells": shapes.rows(cell),
            }
        )
        beside = shapes.fields({"model": shapes.TEXT, "start": shapes.COUNT, "total": shapes.COUNT})
        return shapes.fields(
            {"columns": shapes.rows(shapes.ENTRY), "rows": shapes.rows(row)},
            {"on": {"type": "string", "format": "date"}, "beside": beside},
        )


def comparison_json(found: Compared) -> JSON:
    """The comparison as the API answers it."""
    asked = found.asked
    return {
        "columns": [{n: each[n] for n in ("key", "kind", "name")} for each in found.columns],
        **({"on": asked.on} if asked.on else {}),
        **({"beside": asked.beside._asdict()} if asked.beside else {}),
        "rows": [_row(row) for row in found.rows],
    }


def _row(row: Row) -> JSON:
    return {
        "section": row.section,
        "name": row.name,
        "label": row.label,
        "differs": row.differs,
        "stated": row.stated,
        "cells": [_cell(cell) for cell in row.cells],
    }


def _cell(cell: Cell) -> JSON:
    read = {"reading": cell.reading} if cell.reading else {}
    return {"text": cell.text if cell.is_stated else None, "cites": list(cell.cites), **read}


def table(found: Compared) -> bytes:
    """As CSV: a row a question, for each entry what it says and the keys of the sources."""
    keys = [column["key"] for column in found.columns]
    columns = ["section", "row", "label", "differs"]
    for key in keys:
        columns += [key, f"{key}:sources", *([f"{key}:reading"] if found.asked.beside else [])]
    return csv_text(columns, _lines(found, keys)).encode()


def _lines(found: Compared, keys: list[str]) -> Iterator[JSON]:
    for row in found.rows:
        line: JSON = {
            "section": row.section,
            "row": row.name,
            "label": row.label,
            "differs": row.differs,
        }
        for key, cell in zip(keys, row.cells, strict=True):
            line[key] = cell.text or None
            line[f"{key}:sources"] = [cite["source"]["key"] for cite in cell.cites]
            line[f"{key}:reading"] = cell.reading
        yield line
