"""The dataset that we ship: every file valid, every reference right, every statement with an id."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from governance.schemas import SCHEMAS
from kb.documents.reading import Found, read_documents
from kb.documents.schema import InvalidDocument, json_schema, references, validate
from kb.documents.statements import statement_lists, with_ids
from kb.documents.writing import write_yaml

DATASET = Path(__file__).parents[3] / "dataset"
PLURALS = {
    "proposal": "proposals",
    "actor": "actors",
    "body": "bodies",
    "instrument": "instruments",
    "event": "events",
    "source": "sources",
}


@cache
def documents():
    """Key → document, for every file of the dataset."""
    found = list(read_documents(DATASET))
    assert [item for item in found if not isinstance(item, Found)] == []
    return {item.data["key"]: item.data for item in found if isinstance(item, Found)}


def rows(document):
    """Each statement of a document with the name of its list."""
    for name in statement_lists(SCHEMAS[document["kind"]]):
        for row in document.get(name, []):
            yield name, row


def test_every_document_is_valid_and_normal():
    wrong = []
    for key, document in documents().items():
        try:
            assert validate(SCHEMAS[document["kind"]], document) == document
        except InvalidDocument as refused:
            wrong += [f"{key}, {problem}" for problem in refused.problems]

    assert wrong == []


def test_there_are_as_many_entries_of_each_kind_as_the_readme_says():
    readme = (DATASET / "README.md").read_text(encoding="utf-8")
    counts = Counter(document["kind"] for document in documents().values())

    for kind, count in counts.items():
        assert f"| `{PLURALS[kind]}/` | {count:,} |" in readme
    assert sum(counts.values()) == 1773
    assert f"{sum(counts.values()):,} entries" in readme


def test_each_document_lies_where_its_kind_and_key_say():
    files = {file.relative_to(DATASET).as_posix() for file in DATASET.rglob("*.yaml")}

    assert files == {
        f"{PLURALS[document['kind']]}/{key}.yaml" for key, document in documents().items()
    }


def test_each_file_is_written_in_the_style_of_the_export():
    for key, document in documents().items():
        file = DATASET / PLURALS[document["kind"]] / f"{key}.yaml"
        assert file.read_text(encoding="utf-8") == write_yaml(document), key


def test_every_reference_names_an_entry_of_a_kind_that_its_field_allows():
    wrong = [
        f"{key}, {mention.field}: {mention.key}"
        for key, document in documents().items()
        for mention in references(SCHEMAS[document["kind"]], document)
        if mention.key not in documents()
        or (mention.kinds and documents()[mention.key]["kind"] not in mention.kinds)
    ]

    assert wrong == []


def test_every_source_is_cited():
    cited = {
        mention.key
        for document in documents().values()
        for mention in references(SCHEMAS[document["kind"]], document)
        if mention.kinds == ("source",)
    }

    assert cited == {key for key, document in documents().items() if document["kind"] == "source"}


def test_every_statement_has_an_id_that_is_unique_in_its_document():
    for key, document in documents().items():
        ids = [row.get("id") for _, row in rows(document)]

        assert None not in ids, key
        assert len(set(ids)) == len(ids), key


def test_ids_come_out_the_same_when_they_are_computed_anew():
    document = documents()["cern"]
    bare = {
        name: [{k: v for k, v in row.items() if k != "id"} for row in value]
        if name in statement_lists(SCHEMAS["body"])
        else value
        for name, value in document.items()
    }

    assert with_ids(SCHEMAS["body"], bare) == document


def test_a_register_knows_an_entry_by_one_number_alone():
    numbers = Counter(
        (scheme, number)
        for document in documents().values()
        for scheme, number in document.get("identifiers", {}).items()
    )

    assert [number for number, times in numbers.items() if times > 1] == []


def test_no_actor_that_is_gone_is_still_a_member():
    """No `to` means that it still is one."""
    wrong = [
        f"{key}: {row['actor']}"
        for key, document in documents().items()
        for row in document.get("memberships", [])
        if "dissolved" in documents()[row["actor"]] and "to" not in row
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("note", "action"),
    [("Acceptance.", "accepted"), ("Approval.", "approved"), ("Succession.", "succeeded")],
)
def test_an_act_is_called_by_its_name_not_by_a_note(note, action):
    noted = [
        row["action"]
        for document in documents().values()
        for row in document.get("participation", [])
        if row.get("note") == note
    ]

    assert set(noted) <= {action}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_json_schema_of_a_kind_accepts_every_document_of_it(kind):
    described = json_schema(SCHEMAS[kind])
    Draft202012Validator.check_schema(described)
    checker = Draft202012Validator(described)
    of_kind = [document for document in documents().values() if document["kind"] == kind]

    wrong = [error.message for document in of_kind for error in checker.iter_errors(document)]

    assert wrong == []


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("cern", {"colour": "blue"}),
        ("cern", {"type": "club"}),
        ("cern", {"founded": "29 September 1954"}),
        ("cern", {"name": "N" * 201}),
        ("cern", {"cites": []}),
        ("cern", {"seat": {"country": "UK"}}),
        ("cern", {"key": "CERN"}),
        ("cern", {"memberships": [{"actor": "france", "role": "member"}]}),
        ("eu-ai-act", {"jurisdiction": "ZZ-CA"}),
        ("eu-ai-act", {"identifiers": {"celex": "2024/1689"}}),
        ("eu-ai-act", {"adopted": 2024}),
    ],
)
def test_the_json_schema_refuses_what_the_schema_refuses(key, change):
    document = {**documents()[key], **change}
    schema = SCHEMAS[document["kind"]]

    with pytest.raises(InvalidDocument):
        validate(schema, document)
    assert not Draft202012Validator(json_schema(schema)).is_valid(document)
