"""Copies of changesets: as the actions would have written them."""

import pytest

from bench.desk_filling import copy_models
from kb import editing
from kb.editing import review
from kb.editing.checks import errors_of, refresh_findings
from kb.kinds import forget_kinds
from kb.models import Changeset, Thread
from tests.library.builders import approved, book, draft, person, publish, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _library(settings):
    settings.KB_KINDS = "tests.library.kinds.KINDS"
    forget_kinds()
    publish(book("emma"))
    yield
    forget_kinds()


def copied(times):
    """The copies that are made, in their order."""
    before = list(Changeset.objects.values_list("pk", flat=True))
    copy_models(times)
    return list(Changeset.objects.exclude(pk__in=before).order_by("pk"))


def test_a_copy_creates_an_entry_of_its_own():
    model = submitted(draft(book("moby", isbn="978-1")))
    editing.comment(model, "Which edition?", by=person("grace"), key="moby")

    copies = copied(2)

    keys = [copy.edits.get().document["key"] for copy in copies]
    assert keys == ["moby-1", "moby-2"]
    assert Thread.objects.filter(changeset__in=copies).count() == 2
    for copy in copies:
        refresh_findings(copy)
        assert errors_of(copy) == {}


def test_a_copy_of_what_is_approved_can_be_published():
    approved(draft(book("emma", "Emma, a Novel")))

    (copy,) = copied(1)

    assert review.why_not_approved(copy) is None
    assert editing.publish(copy, by=person("grace")) == 1


def test_what_is_begun_after_the_copies_has_an_id_that_is_free():
    draft(book("moby"))

    copies = copied(3)

    assert draft(book("persuasion")).pk > copies[-1].pk
