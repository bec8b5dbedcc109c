"""Documents from files and folders, and what is refused there."""

import json
import os
import time
from pathlib import Path

import pytest

from kb.documents.reading import Found, UnreadableFile, document_files, read_documents, write_yaml
from tests.voyages import voyage


@pytest.fixture
def folder(tmp_path):
    """A folder of documents inside another folder, so that there is an outside."""
    inside = tmp_path / "dataset"
    inside.mkdir()
    return inside


def put(folder: Path, name: str, content: str | bytes = "kind: voyage\n") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def messages(folder: Path) -> list[str]:
    return [str(each) for each in read_documents(folder) if isinstance(each, UnreadableFile)]


def test_a_folder_is_read_with_its_subfolders_in_the_order_of_names(folder):
    put(folder, "voyages/b.yaml", "kind: voyage\nkey: b\n")
    put(folder, "voyages/a.yml", "kind: voyage\nkey: a\n")
    put(folder, "ships/c.json", '{"kind": "ship", "key": "c"}')
    put(folder, "all.jsonl", '{"key": "d"}\n\n{"key": "e"}\n')
    put(folder, "CAPITALS.YAML", "key: f\n")

    assert list(read_documents(folder)) == [
        Found("CAPITALS.YAML", 1, {"key": "f"}),
        Found("all.jsonl", 1, {"key": "d"}),
        Found("all.jsonl", 3, {"key": "e"}),
        Found("ships/c.json", 1, {"kind": "ship", "key": "c"}),
        Found("voyages/a.yml", 1, {"kind": "voyage", "key": "a"}),
        Found("voyages/b.yaml", 1, {"kind": "voyage", "key": "b"}),
    ]
    assert document_files(folder) == 5


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.jsonl"])
def test_a_single_file_is_read(folder, name):
    file = put(folder, name, '{"key": "a"}\n')

    assert list(read_documents(file)) == [Found(name, 1, {"key": "a"})]
    assert list(read_documents(str(file))) == [Found(name, 1, {"key": "a"})]
    assert document_files(file) == 1


def test_files_that_are_no_documents_are_passed_over(folder):
    for name in ("README.md", "LICENSE", ".gitignore", "a.yaml~", ".git/config.json", "a.txt"):
        put(folder, name, "not a document: [")

    assert list(read_documents(folder)) == []
    assert document_files(folder) == 0


def test_nothing_there_is_an_error(folder):
    with pytest.raises(FileNotFoundError):
        list(read_documents(folder / "nowhere"))


def test_a_bad_file_does_not_keep_others_from_being_read(folder):
    put(folder, "a.yaml", "a: [")
    put(folder, "b.yaml", "key: b\n")
    put(folder, "c.json", "{")
    put(folder, "d.jsonl", '{"key": "d"}\n{"key":\n{"key": "f"}\n')

    found = list(read_documents(folder))

    assert [each.data["key"] for each in found if isinstance(each, Found)] == ["b", "d", "f"]
    assert [(each.file, each.line) for each in found if isinstance(each, UnreadableFile)] == [
        ("a.yaml", 2),
        ("c.json", 1),
        ("d.jsonl", 2),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.yaml", "a: 1\na: 2\n", "a.yaml, line 2: “a” stands twice. Delete one of the two."),
        ("a.json", '{"a": 1,\n"a": 2}', "a.json, line 2: “a” stands twice. Delete one of the two."),
        ("a.jsonl", '{}\n{"a": 1, "a": 2}', "a.jsonl, line 2: “a” stands twice. Delete one of"),
        ("a.yaml", "a: &x 1", "a.yaml, line 1: &x is not read. Delete it."),
        ("a.json", '{"a": NaN}', "a.json, line 1: NaN is not a number."),
        (
            "a.yaml",
            b"a: 1\nb: \xff\n",
            "a.yaml, line 2: this is not UTF-8. Save the file as UTF-8.",
        ),
        ("a.yaml", "a: 1".encode("utf-16"), "a.yaml, line 1: this is not UTF-8."),
        (
            "a.yaml",
            "a: 1\nb: \x07\n",
            "a.yaml, line 2: the character U+0007 is not allowed. Delete",
        ),
        ("a.json", '{"a": "\u202e"}', "a.json, line 1: the character U+202E is not allowed."),
        ("a.yaml", "- a\n", "a.yaml, line 1: a list of 1 instead of a document. Write fields and"),
        ("a.yaml", "text\n", "a.yaml, line 1: “text” instead of a document."),
        ("a.json", "[]", "a.json, line 1: an empty list instead of a document."),
        ("a.jsonl", "{}\n1\n", "a.jsonl, line 2: the number 1 instead of a document."),
        ("a.yaml", "", "a.yaml, line 1: there is nothing in it."),
        (".hidden.yaml", "a: 1", ".hidden.yaml: hidden files are not read. Rename it, or move it"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_line_and_remedy(folder, name, content, message):
    put(folder, name, content)

    (found,) = messages(folder)

    assert found.startswith(message)


def test_a_byte_order_mark_is_passed_over(folder):
    put(folder, "a.yaml", b"\xef\xbb\xbfkey: a\r\n")

    assert list(read_documents(folder)) == [Found("a.yaml", 1, {"key": "a"})]


def test_another_ending_is_refused_for_a_single_file(folder):
    (found,) = read_documents(put(folder, "a.txt", "key: a"))

    assert str(found) == "a.txt: the name must end in one of .yaml, .yml, .json, .jsonl."


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_a_file_of_a_gibibyte_is_refused_without_being_read(folder, name):
    with (folder / name).open("wb") as file:
        file.truncate(2**30)  # takes no room on the disk
    started = time.perf_counter()

    found = messages(folder)

    assert found == [f"{name}: 1,073,741,824 bytes are too many. A document has at most 1,048,576."]
    assert time.perf_counter() - started < 0.5


def test_a_long_line_is_passed_over_and_the_next_one_read(folder):
    long = '{"a": "' + "x" * 3_000_000 + '"}\n'
    put(folder, "a.jsonl", long + '{"key": "b"}\n' + long.strip())

    found = list(read_documents(folder))

    assert [str(each) for each in found if isinstance(each, UnreadableFile)] == [
        "a.jsonl, line 1: 3,000,010 bytes are too many. A document has at most 1,048,576.",
        "a.jsonl, line 3: 3,000,009 bytes are too many. A document has at most 1,048,576.",
    ]
    assert found[1] == Found("a.jsonl", 2, {"key": "b"})


def test_a_file_of_lines_may_be_larger_than_a_document(folder):
    rows = [json.dumps({"key": f"k-{number}", "text": "x" * 1000}) for number in range(3000)]
    put(folder, "a.jsonl", "\n".join(rows))

    found = list(read_documents(folder))

    assert [each.line for each in found] == list(range(1, 3001))
    assert all(isinstance(each, Found) for each in found)


def test_a_link_out_of_the_folder_is_not_followed(folder):
    secret = put(folder.parent, "secret.yaml", "key: secret\n")
    (folder / "a.yaml").symlink_to(secret)
    (folder / "b.yaml").symlink_to(Path("..") / "secret.yaml")
    (folder / "c").symlink_to(folder.parent)

    found = list(read_documents(folder))

    assert [str(each) for each in found] == [
        f"{name}: a link out of the folder is not followed. Put a copy in its place."
        for name in ("a.yaml", "b.yaml", "c")
    ]


def test_a_link_within_the_folder_is_read(folder):
    put(folder, "a.yaml", "key: a\n")
    (folder / "b.yaml").symlink_to("a.yaml")

    assert [each.file for each in read_documents(folder)] == ["a.yaml", "b.yaml"]


def test_a_circle_of_links_ends(folder):
    (folder / "a").symlink_to(folder)
    (folder / "b.yaml").symlink_to("c.yaml")
    (folder / "c.yaml").symlink_to("b.yaml")

    found = messages(folder)

    assert found == [
        "a: a link to a folder is not followed. Delete it.",
        "b.yaml: a link that leads nowhere. Delete it.",
        "c.yaml: a link that leads nowhere. Delete it.",
    ]


def test_a_folder_that_is_itself_a_link_is_read(folder):
    put(folder, "a.yaml", "key: a\n")
    link = folder.parent / "link"
    link.symlink_to(folder)

    assert list(read_documents(link)) == [Found("a.yaml", 1, {"key": "a"})]


def test_a_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "a.yaml")

    assert messages(folder) == ["a.yaml: this is not a file that can be read."]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read anything")
def test_a_file_without_permission_is_reported(folder):
    put(folder, "a.yaml").chmod(0)

    assert messages(folder) == ["a.yaml: it cannot be opened (Permission denied)."]


def test_a_folder_named_like_a_document_is_a_folder(folder):
    put(folder, "a.yaml/b.yaml", "key: b\n")

    assert list(read_documents(folder)) == [Found("a.yaml/b.yaml", 1, {"key": "b"})]


def test_what_was_exported_is_read(folder):
    put(folder, "kon-tiki.yaml", write_yaml(voyage(left="1947-04-28")))

    assert list(read_documents(folder)) == [Found("kon-tiki.yaml", 1, voyage(left="1947-04-28"))]
