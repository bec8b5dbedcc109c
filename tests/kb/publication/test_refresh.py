"""What a publication writes anew, and what it leaves where it is."""

import orjson
import pytest

from kb import editing
from kb.editing import publishing
from kb.models import NameEntry, Published, SearchEntry
from kb.publication import copying
from kb.publication import refresh as refreshing
from kb.publication.ahead import render_ahead
from kb.publication.rebuild import rebuild
from tests.kb.publication.test_rebuild import everything_public, history
from tests.library.builders import approved, book, draft, person, publish, reader, retract
from tests.library.models import Loan

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


def test_rows_that_a_revision_leaves_as_they_were_stay_in_place():
    loans = [{"reader": "ann", "from": "1990"}]
    publish(reader("ann"), book("atlas", loans=loans), book("globe", loans=loans))
    before = set(Loan.objects.values_list("entry__key", "pk"))

    publish(book("atlas", "Another title", loans=loans), book("globe", loans=[*loans, *loans]))

    after = set(Loan.objects.values_list("entry__key", "pk"))
    assert {pk for key, pk in after if key == "atlas"} == {pk for k, pk in before if k == "atlas"}
    assert len([pk for key, pk in after - before if key == "globe"]) == len(loans) * 2
    assert orjson.loads(Published.objects.get(key="atlas").json)["title"] == "Another title"


# --- rendered ahead ---------------------------------------------------------------------------


@pytest.fixture
def rendered_within(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Entries that are rendered while the lock is held, as they come."""
    within: list[int] = []
    monkeypatch.setattr(refreshing, "refresh_names", within.extend)
    return within


def lent(*keys: str) -> list[dict[str, object]]:
    return [book(key, loans=[{"reader": "ann", "from": "1990"}]) for key in keys]


@pytest.mark.parametrize(
    "change", [lambda: publish(reader("ann", "Anna")), lambda: retract("ann", "reader")]
)
def test_what_shows_a_new_name_is_rendered_before_the_turn_comes(change, rendered_within):
    publish(reader("ann", "Ann"), *lent("atlas", "globe"))

    change()

    assert rendered_within == []
    before = everything_public()
    rebuild()
    assert everything_public() == before


def test_what_somebody_published_meanwhile_is_not_undone(monkeypatch):
    publish(reader("ann", "Ann"), reader("bob"), *lent("atlas"))
    changeset = approved(draft(reader("ann", "Anna")))
    others = approved(draft(book("atlas", "Atlas of the World", loans=[{"reader": "ann"}])))
    ahead = render_ahead(changeset)
    editing.publish(others, by=person("ada"))

    monkeypatch.setattr(publishing, "render_ahead", lambda _changeset: ahead)
    editing.publish(changeset, by=person("ada"))

    shown = orjson.loads(Published.objects.get(key="atlas").json)
    assert shown["title"] == "Atlas of the World"
    assert shown["loans"][0]["reader"]["name"] == "Anna"
