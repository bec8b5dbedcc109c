"""The starter knowledge goes in and comes out the same, and everything public follows from it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from kb.documents.reading import read_documents
from kb.editing.exporting import export_documents
from kb.editing.importing import import_documents
from kb.editing.verifying import faults_in_history
from kb.models import Changeset, Published, Revision
from kb.publication.processes import in_processes
from kb.publication.rebuild import rebuild
from kb.publication.refresh import read_batch, tables_of
from tests.kb.publication.test_rebuild import everything_public

pytestmark = pytest.mark.usefixtures("dataset")

DATASET = Path(settings.BASE_DIR) / "dataset"


def test_all_entries_are_published_as_the_founding_import():
    assert Published.objects.count() == len(list(DATASET.glob("*/*.yaml"))) == 1_773
    assert Changeset.objects.get().origin == Changeset.Origin.FOUNDING


def test_import_then_export_gives_the_files_of_the_dataset(tmp_path):
    export_documents(tmp_path)

    exported = {file.relative_to(tmp_path): file.read_text() for file in tmp_path.rglob("*.yaml")}
    kept = {file.relative_to(DATASET): file.read_text() for file in DATASET.glob("*/*.yaml")}
    assert exported == kept


def test_importing_what_was_exported_changes_nothing(tmp_path):
    export_documents(tmp_path)

    report = import_documents(read_documents(tmp_path))

    assert (report.unchanged, report.for_review, report.published) == (1_773, 0, 0)


def test_rebuilding_gives_the_same_rows_and_bytes():
    before = everything_public()

    assert rebuild() == 1_773
    after = everything_public()

    assert [table for table in before if before[table] != after[table]] == []


def test_another_process_renders_the_same_rows():
    entries = Published.objects.order_by("-kind", "key").values_list("entry_id", flat=True)
    batch = read_batch([*entries[:20], *entries.reverse()[:20]])

    (rendered,) = in_processes(tables_of, [batch], processes=1)

    assert rendered == tables_of(batch)


def test_the_chain_of_revisions_is_whole_and_one_changed_byte_is_found():
    assert list(faults_in_history()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE kb_revision SET document = overlay(document placing 'X' from 40 for 1)"
            " WHERE id = 900"
        )

    assert list(faults_in_history()) == [
        f"Revision 900 ({Revision.objects.get(pk=900)}): its document was tampered with."
    ]
