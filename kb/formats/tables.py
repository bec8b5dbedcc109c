"""Rows as CSV, for spreadsheets and statistics.

Source: RFC 4180; OWASP, CSV Injection
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would calculate
BETWEEN = "; "  # the values of a list within a cell


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A table with a heading. A list is one cell, a reference to an entry is its key.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def cell(value: Any) -> str:
    """One value as the text of a cell; nothing where there is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = _text(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return BETWEEN.join(_text(each) for each in value)
    if isinstance(value, Mapping):
        if "key" in value:
            return str(value["key"])
        return BETWEEN.join(f"{name}: {_text(each)}" for name, each in value.items())
    return str(value)
