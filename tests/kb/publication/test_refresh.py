"""What a publication writes anew, and what it leaves where it is."""

import orjson
import pytest

from kb.models import NameEntry, Published, SearchEntry
from kb.publication import copying
from kb.publication.rebuild import rebuild
from tests.kb.publication.test_rebuild import everything_public, history
from tests.library.builders import book, publish, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def test_a_new_name_elsewhere_leaves_an_entry_where_search_has_it():
    publish(reader("ann", "Ann"), book("atlas", loans=[{"reader": "ann"}]))
    SearchEntry.objects.update(tier=2, prominence=3.5, is_sampled=True)
    NameEntry.objects.update(tier=2, prominence=3.5)

    publish(reader("ann", "Anna"))

    shown = orjson.loads(Published.objects.get(key="atlas").json)
    assert shown["loans"][0]["reader"]["name"] == "Anna"
    in_order = {"tier": 2, "prominence": 3.5}
    assert SearchEntry.objects.filter(entry__key="atlas", is_sampled=True, **in_order).exists()
    assert NameEntry.objects.filter(entry__key="atlas", **in_order).exists()
    assert SearchEntry.objects.get(entry__key="ann").tier == 0


def test_few_rows_and_many_are_written_the_same(monkeypatch):
    history()
    publish(book("atlas", "50 % of “it”\\n", genres=[], loans=[{"reader": "bob", "from": "1990"}]))

    monkeypatch.setattr(copying, "FEW", 0)
    rebuild()
    by_copy = everything_public()
    monkeypatch.setattr(copying, "FEW", 1_000_000)
    rebuild()

    assert everything_public() == by_copy
    assert by_copy["library_loan"]
