"""Releases as others read them: Frictionless, pandas, DuckDB, SQLite and Datasette, JSON-LD."""

import asyncio
import gzip
import json
import sqlite3
from contextlib import closing

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from datasette.app import Datasette
from frictionless import Package

from kb.kinds import kinds
from kb.models import Published
from kb.releases.building import build
from tests.library.builders import book, publish, reader

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("library", "shelf_folder"),
]


@pytest.fixture
def folder():
    """The folder of a release with two books, one of them lent twice, and two readers."""
    loans = [{"reader": "ann", "from": "1990"}, {"reader": "bob", "cites": [{"source": "globe"}]}]
    publish(reader("ann", "Ann", summary="Reads *quickly*, they say."), reader("bob", "=Bob"))
    publish(book("globe", "The Globe", genres=["novel", "atlas"]))
    publish(book("atlas", "Atlas, “old” and new", loans=loans))
    return build().release.folder


def packed(path):
    return json.loads(gzip.decompress(path.read_bytes()))


def test_frictionless_finds_the_tables_valid_and_whole(folder):
    package = Package(str(folder / "datapackage.json"))

    report = package.validate()

    assert report.valid, report.flatten(["type", "note"])
    assert {each.name for each in package.resources} == {"books", "books-loans", "readers"}


def test_a_table_is_read_as_it_was_published(folder):
    books = pd.read_csv(folder / "books.csv", keep_default_na=False)
    loans = pd.read_csv(folder / "books_loans.csv", keep_default_na=False)

    assert list(books["key"]) == ["atlas", "globe"]
    assert list(books["genres"]) == ["", "novel; atlas"]
    assert "loans" not in books.columns
    assert [tuple(row) for row in loans[["entry", "place", "reader", "from"]].values] == [
        ("atlas", 0, "ann", "1990"),
        ("atlas", 1, "bob", ""),
    ]
    assert "'=Bob" in (folder / "readers.csv").read_text()


def test_pandas_and_duckdb_read_the_parquet(folder):
    frame = pd.read_parquet(folder / "books.parquet")
    loans = duckdb.sql(
        "SELECT b.title, l.reader FROM"
        f" '{folder}/books_loans.parquet' l JOIN '{folder}/books.parquet' b ON b.key = l.entry"
        " ORDER BY l.place"
    ).fetchall()

    assert list(frame["revision"]) == [1, 1]
    assert json.loads(frame["genres"][1]) == ["novel", "atlas"]
    assert [name for _title, name in loans] == ["ann", "bob"]
    assert "“old”" in loans[0][0]


def test_the_sqlite_has_all_entries_and_finds_words(folder):
    with closing(sqlite3.connect(folder / "data.sqlite")) as database:
        entries = dict(database.execute("SELECT key, json FROM entries"))
        found = database.execute("SELECT key FROM search WHERE search MATCH 'quickly'").fetchall()
        sound = database.execute("PRAGMA integrity_check").fetchone()

    assert entries == {row.key: bytes(row.json).decode() for row in Published.objects.all()}
    assert found == [("ann",)]
    assert sound == ("ok",)


def test_datasette_opens_it(folder):
    async def asked():
        datasette = Datasette([], immutables=[str(folder / "data.sqlite")])
        await datasette.invoke_startup()
        rows = await datasette.client.get("/data/books_loans.json?_shape=array")
        found = await datasette.client.get("/data/search.json?_shape=array&_search=globe")
        return rows.json(), found.json()

    rows, found = asyncio.run(asked())

    assert [row["reader"] for row in rows] == ["ann", "bob"]
    assert [row["key"] for row in found] == ["globe"]


def test_every_entry_is_there_to_cite_and_as_linked_data(folder, settings):
    items = packed(folder / "entries.csl.json.gz")
    graph = packed(folder / "entries.jsonld.gz")

    assert [item["id"] for item in items] == ["ann", "atlas", "bob", "globe"]
    assert items[3]["title"] == "The Globe"
    assert graph["@context"] == f"{settings.PUBLIC_URL}/api/v1/context.jsonld"
    assert graph["@graph"][3]["@id"] == f"{settings.PUBLIC_URL}/entries/globe/"
    assert all("@context" not in node for node in graph["@graph"])


def test_croissant_names_every_file_with_its_digest_and_every_column(folder):
    manifest = json.loads((folder / "manifest.json").read_bytes())
    found = json.loads((folder / "croissant.json").read_bytes())

    described = {each["name"]: each["sha256"] for each in found["distribution"]}
    files = {each["name"]: each["sha256"] for each in manifest["files"]}
    assert described.items() <= files.items()
    assert files.keys() - described.keys() == {"datapackage.json", "croissant.json"}
    sets = {each["@id"]: [field["name"] for field in each["field"]] for each in found["recordSet"]}
    for name, columns in sets.items():
        header = (folder / f"{name}.csv").read_text().splitlines()[0]
        assert header.split(",") == columns
    assert len(sets) > len(kinds())


@pytest.mark.parametrize(
    ("rows_at_once", "bytes_of_a_group", "groups"), [(1, 1, 3), (2, 1, 2), (1, 1 << 20, 1)]
)
def test_groups_of_rows_are_as_large_as_they_may_be(
    folder, monkeypatch, rows_at_once, bytes_of_a_group, groups
):
    monkeypatch.setattr("kb.releases.tabled.ROWS_AT_ONCE", rows_at_once)
    monkeypatch.setattr("kb.releases.tabled.GROUP", bytes_of_a_group)
    publish(book("third"))

    again = build().release.folder

    assert list(pd.read_parquet(again / "books.parquet")["key"]) == ["atlas", "globe", "third"]
    assert pq.ParquetFile(again / "books.parquet").num_row_groups == groups
