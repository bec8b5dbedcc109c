"""A copy that is kept by the reference client equals the release, whatever happened."""

import gzip
import importlib.util
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from django.conf import settings as site
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.editing import EditingError, redaction
from kb.models import Published, Revision, Tombstone
from kb.releases.building import build
from tests.kb.api.conftest import api
from tests.library.builders import (
    administrator,
    book,
    managing_editor,
    merge,
    publish,
    reader,
    restore,
    retract,
)

__all__ = ["api"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shelf_folder")]

FILE = Path(site.BASE_DIR) / "docs" / "keep_a_copy.py"
BOOKS, READERS = ("atlas", "globe", "novel"), ("ann", "bob", "eve")


@pytest.fixture(scope="module")
def client_program():
    """The reference client as a module."""
    found = importlib.util.spec_from_file_location("keep_a_copy", FILE)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def asking(api):
    """What the client asks with: the same paths, without a network."""

    def ask(path):
        response = api.get(f"/api/v1{path}")
        return response.status_code, response.getvalue()

    return ask


def released():
    """Key → line of the release of now."""
    folder = build().release.folder
    lines = gzip.decompress((folder / "entries.jsonl.gz").read_bytes()).decode().splitlines()
    return {line.split('"key":"', 1)[1].split('"', 1)[0]: line for line in lines}


def other(key):
    """Another active entry of the same kind, None where there is none."""
    kind = Published.objects.values_list("kind", flat=True).get(key=key)
    found = Published.objects.filter(kind=kind).exclude(key=key).order_by("key").first()
    return found and found.key


def is_active(key):
    return Published.objects.filter(key=key).exists()


def revise_book(key, title, lent_to):
    loans = [{"reader": lent_to}] if is_active(lent_to) else None
    publish(book(key, f"Book {title}", **({"loans": loans} if loans else {})))


def revise_reader(key, name):
    publish(reader(key, f"Reader {name}"))


def retire(key):
    kind = "book" if key in BOOKS else "reader"
    if is_active(key):
        retract(key, kind)
    elif Tombstone.objects.filter(key=key).exists():
        restore(key, kind)


def merge_away(key):
    if is_active(key) and (into := other(key)):
        merge(key, into, "book" if key in BOOKS else "reader")


def redact(key):
    found = Revision.objects.filter(entry__key=key, document__isnull=False).order_by("number")
    if found.count() > 1:
        asked = redaction.ask(found[0], "Private.", by=managing_editor())
        redaction.confirm(asked, by=administrator())


STEPS = st.one_of(
    st.tuples(
        st.just(revise_book),
        st.sampled_from(BOOKS),
        st.integers(0, 3),
        st.sampled_from(READERS),
    ),
    st.tuples(st.just(revise_reader), st.sampled_from(READERS), st.integers(0, 3)),
    st.tuples(st.sampled_from([retire, merge_away, redact]), st.sampled_from(BOOKS + READERS)),
)


def test_a_copy_equals_the_release_through_any_history(api, client_program):
    ask = asking(api)
    kept = {"head": 0, "entries": {}}
    publish(reader("ann"), reader("bob"), book("atlas", loans=[{"reader": "ann"}]))

    # Each history goes on from the one before, so that the copy grows as old as a real one.
    @settings(
        max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(STEPS, min_size=1, max_size=5))
    def goes_on(steps):
        for act, *arguments in steps:
            try:
                act(*arguments)
            except EditingError:
                continue  # not possible as things stand
        client_program.update(kept, ask)
        fresh = {"head": 0, "entries": {}}
        client_program.update(fresh, ask)

        assert kept == fresh
        assert kept["entries"] == released()

    goes_on()


def test_a_copy_begins_with_the_latest_release(api, client_program):
    publish(reader("ann"), book("atlas", loans=[{"reader": "ann"}]), book("globe"))
    released()
    publish(reader("ann", "Ann Again"))
    retract("globe")

    copy = client_program.from_release(asking(api))
    began_at = copy["head"]
    client_program.update(copy, asking(api))

    assert began_at == 3
    assert copy == {"head": 5, "entries": released()}
    assert "Ann Again" in copy["entries"]["atlas"]


class Busy(BaseHTTPRequestHandler):
    """Answers what `answers` says next: a status, and a body."""

    answers: ClassVar[list[tuple[int, bytes]]] = []

    def do_GET(self):
        status, body = self.answers.pop(0)
        self.send_response(status)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Nothing."""


@pytest.fixture
def busy():
    """The address of a site that answers as `Busy.answers` says."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("last", [(200, b"an entry"), (308, b"merged"), (410, b"retracted")])
def test_who_asked_too_often_waits_and_asks_again(client_program, busy, last):
    Busy.answers = [(429, b"too many"), (429, b"too many"), last]

    assert client_program.asking(busy)("/entries/atlas") == last


def test_what_is_no_answer_is_not_taken_for_an_entry(client_program, busy):
    Busy.answers = [(503, b"stopped")]

    with pytest.raises(SystemExit, match="/entries/atlas: 503 stopped"):
        client_program.asking(busy)("/entries/atlas")
