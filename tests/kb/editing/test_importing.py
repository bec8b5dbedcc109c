"""Documents from files: published at once into an empty knowledge base, else for review."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kb.documents.reading import read_documents, write_yaml
from kb.editing.exporting import export_documents
from kb.editing.importing import ImportRefused, import_documents
from kb.models import Change, Changeset, Edit, Entry, Published, Revision
from tests.library.builders import approved, book, draft, person, public, publish, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def put(folder: Path, *documents: dict[str, object]) -> None:
    for document in documents:
        (folder / f"{document['key']}.yaml").write_text(write_yaml(document))


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        import_documents(read_documents(folder))
    assert not Entry.objects.exists()
    assert not Changeset.objects.exists()
    return list(refused.value.problems)


def test_the_founding_import_is_published_and_marked_as_such(folder):
    put(folder, book("atlas", loans=[{"reader": "ann"}]), reader("ann", "Ann"))

    report = import_documents(read_documents(folder))

    assert report.published == 2
    assert public("atlas")["loans"][0]["reader"]["name"] == "Ann"
    assert public("atlas")["meta"]["origin"] == "founding-import"
    about = Revision.objects.get(entry__key="ann").about
    assert about["changeset"]["origin"] == "founding-import"
    assert about["approvers"] == []


def test_a_statement_without_an_id_is_given_one(folder):
    (folder / "atlas.yaml").write_text(
        "kind: book\nkey: atlas\ntitle: Atlas\nloans:\n- reader: ann\n"
    )
    put(folder, reader("ann"))

    import_documents(read_documents(folder))

    assert public("atlas")["loans"][0]["id"].startswith("l-")


def test_importing_the_same_again_changes_nothing(folder):  # edge case 79
    put(folder, book("atlas"), reader("ann"))
    import_documents(read_documents(folder))

    report = import_documents(read_documents(folder))

    assert (report.unchanged, report.for_review, report.published) == (2, 0, 0)
    assert Changeset.objects.count() == 1
    assert Change.objects.count() == 2


def test_into_a_knowledge_base_with_content_changes_go_to_review_once(folder):
    publish(reader("ann", "Ann"), book("atlas"))
    put(folder, reader("ann", "Ann Smith"), book("atlas"), reader("bob"))

    first = import_documents(read_documents(folder))
    second = import_documents(read_documents(folder))

    assert (first.unchanged, first.for_review) == (1, 2)
    assert (second.unchanged, second.for_review, second.changesets) == (1, 0, [])
    assert first.changesets[0].status == Changeset.Status.IN_REVIEW
    assert public("ann")["name"] == "Ann"


def test_what_an_import_brought_is_published_after_review(folder):
    from kb import editing

    publish(reader("ann", "Ann"))
    put(folder, reader("ann", "Ann Smith"))
    (changeset,) = import_documents(read_documents(folder)).changesets

    editing.publish(approved(changeset), by=person("ada"))

    assert public("ann")["name"] == "Ann Smith"


def test_an_import_of_many_documents_makes_changesets_of_at_most_200(folder):
    publish(reader("ann"))
    put(folder, *(reader(f"reader-{number}") for number in range(201)))

    report = import_documents(read_documents(folder))

    assert [changeset.edits.count() for changeset in report.changesets] == [200, 1]


def test_a_new_entry_that_an_open_changeset_creates_is_refused_by_name(folder):
    publish(reader("ann"))
    draft(reader("bob"))
    put(folder, reader("bob", "Robert"))

    with pytest.raises(ImportRefused, match="open changeset “A change” creates “bob” too"):
        import_documents(read_documents(folder))


def test_rows_keep_the_ids_they_were_published_with(folder):
    publish(reader("ann"), book("atlas", loans=[{"id": "first", "reader": "ann", "from": "1990"}]))
    (folder / "atlas.yaml").write_text(
        "kind: book\nkey: atlas\ntitle: New Atlas\nloans:\n- {reader: ann, from: '1990'}\n"
    )

    import_documents(read_documents(folder))

    edit = Edit.objects.get(key="atlas", changeset__origin="import")
    assert edit.document["loans"][0]["id"] == "first"


def test_every_problem_is_reported_with_file_place_and_remedy(folder):
    put(
        folder,
        book("atlas", loans=[{"reader": "nobody", "from": "1954-13"}]),
        book("globe", loans=[{"reader": "nobody"}]),
        {"kind": "map", "key": "plan", "name": "Plan"},
        {"kind": "reader", "key": "ann", "nam": "Ann"},
    )
    (folder / "broken.yaml").write_text("kind: [")
    (folder / "twin.yaml").write_text(write_yaml(book("globe", "Other")))

    told = "\n".join(problems_of(folder))

    assert "atlas.yaml, loans[0].from: “1954-13” is not a date" in told
    assert "globe.yaml, loans[0].reader: no entry is called “nobody”" in told
    assert "plan.yaml, kind: “map” is not a kind of entry" in told
    assert "ann.yaml, nam:" in told
    assert "ann.yaml, name:" in told
    assert "broken.yaml" in told
    assert "twin.yaml: “globe” is also in globe.yaml" in told


def test_who_refers_to_a_document_with_a_problem_is_not_blamed_for_it(folder):
    put(folder, book("atlas", loans=[{"reader": "ann"}]), {"kind": "reader", "key": "ann"})

    assert [line.split(":")[0] for line in problems_of(folder)] == ["ann.yaml, name"]


def test_a_reference_to_the_wrong_kind_is_refused(folder):
    put(folder, book("atlas", loans=[{"reader": "globe"}]), book("globe"))

    assert problems_of(folder) == [
        "atlas.yaml, loans[0].reader: “globe” is of kind book. Refer to an entry of kind reader."
    ]


def test_lines_of_jsonl_are_documents_and_are_named_in_messages(folder):
    (folder / "all.jsonl").write_text(
        '{"kind": "reader", "key": "ann", "name": "Ann"}\n{"kind": "reader", "key": "bob"}\n'
    )

    assert problems_of(folder)[0].startswith("all.jsonl, line 2, name:")


def test_import_export_import_is_identity(folder, tmp_path):
    put(
        folder,
        book("atlas", loans=[{"reader": "ann", "from": "1990"}], genres=["atlas"], printed="1899"),
        reader("ann", "Änne “the reader”: yes", summary="Multi\nline: text\n\n- with dashes"),
    )
    import_documents(read_documents(folder))
    first = dict(Revision.objects.values_list("entry__key", "document"))

    assert export_documents(tmp_path / "out") == 2
    written = {file.name: file.read_text() for file in (tmp_path / "out").rglob("*.yaml")}
    report = import_documents(read_documents(tmp_path / "out"))

    assert report.unchanged == 2
    assert dict(Revision.objects.values_list("entry__key", "document")) == first
    assert export_documents(tmp_path / "again") == 2
    assert {f.name: f.read_text() for f in (tmp_path / "again").rglob("*.yaml")} == written


def test_the_command_says_what_it_did_and_what_it_refused(folder, capsys):
    put(folder, reader("ann"))
    call_command("import_documents", folder)
    assert "1 entries published" in capsys.readouterr().out

    (folder / "bad.yaml").write_text("kind: reader\nkey: bad\n")
    with pytest.raises(CommandError, match=r"1 problems\. Nothing was changed"):
        call_command("import_documents", folder)
    assert "bad.yaml, name:" in capsys.readouterr().err
    assert Published.objects.count() == 1
