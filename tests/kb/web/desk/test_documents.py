"""The form of a document at its address: saved, refused, overtaken, and never lost."""

import json
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kb import editing
from kb.documents.form_fields import form_of
from kb.kinds import kind_named
from kb.models import Changeset, Edit, User
from tests.kb.documents.forms import posted
from tests.kb.web.desk.test_form_rendering import Page
from tests.library.builders import book, draft, person, publish, reader


@pytest.fixture
def ada(visitor: Client) -> Client:
    """Ada, an editor, who has signed in."""
    visitor.force_login(person("ada"))
    return visitor


def path_of(changeset: Changeset, key: str = "moby") -> str:
    return f"/desk/changesets/{changeset.pk}/documents/{key}/"


def data_of(document: dict[str, Any], version: int = 1, **more: Any) -> dict[str, Any]:
    schema = kind_named(document["kind"]).schema
    return {**posted(form_of(schema, document)), "version": str(version), "do": "save", **more}


def kept(changeset: Changeset, key: str = "moby") -> dict[str, Any]:
    return Edit.objects.get(changeset=changeset, key=key).document


MOBY = {"kind": "book", "key": "moby", "title": "Moby-Dick", "printed": "1851"}


def test_the_form_holds_what_is_in_the_changeset(ada):
    changeset = draft(MOBY)

    answer = ada.get(path_of(changeset))

    assert answer.status_code == 200
    assert Page(answer.content.decode()).data["title"] == ["Moby-Dick"]


def test_the_form_of_a_published_entry_opens_before_it_is_edited(ada):
    publish(book("moby", "Moby-Dick"))
    changeset = draft(reader("ada-l"))

    form = Page(ada.get(path_of(changeset)).content.decode()).data
    ada.post(path_of(changeset), {**form, "title": "The Whale", "do": "save"})

    assert form["version"] == ["0"]
    assert kept(changeset)["title"] == "The Whale"
    assert Edit.objects.get(changeset=changeset, key="moby").base is not None


def test_saving_leads_back_to_the_form(ada):
    changeset = draft(MOBY)

    answer = ada.post(path_of(changeset), data_of(MOBY | {"title": "The Whale"}))

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{path_of(changeset)}?saved=1"
    assert kept(changeset)["title"] == "The Whale"


def test_an_invalid_draft_is_saved_and_says_what_is_wrong(ada):
    changeset = draft(MOBY)
    wrong = MOBY | {"printed": "1851-13", "loans": [{"reader": "?"}]}

    answer = ada.post(path_of(changeset), data_of(wrong), follow=True)

    html = unescape(answer.content.decode())
    assert kept(changeset)["printed"] == "1851-13"
    assert "2 things to put right" in " ".join(html.split())
    assert '<a href="#f-printed">Printed</a>' in html
    assert "“1851-13” is not a date (month 13)." in html


def test_a_new_document_says_calmly_what_it_needs(ada):
    changeset = draft({"kind": "book", "key": "moby"})
    empty = ada.get(path_of(changeset)).content.decode()

    answer = ada.post(path_of(changeset), data_of({"kind": "book", "key": "moby"}))
    saved = unescape(ada.get(answer["Location"]).content.decode())

    assert 'Required: <a href="#f-title">Title</a>' in empty
    assert "aria-invalid" not in empty
    assert 'aria-labelledby="form_problems_" hidden' in empty
    assert "Required:" not in saved
    assert "Write a title." in saved


def test_a_button_changes_the_page_and_saves_nothing(ada):
    changeset = draft(MOBY)

    answer = ada.post(path_of(changeset), data_of(MOBY, do="add:loans", title="Typed"))

    page = Page(answer.content.decode())
    assert page.data["loans"] == ["0"]
    assert page.data["title"] == ["Typed"]
    assert page.data["version"] == ["1"]
    assert kept(changeset)["title"] == "Moby-Dick"


def test_what_somebody_else_saved_meanwhile_is_shown_beside_what_was_typed(ada):
    changeset = draft(MOBY)
    theirs = MOBY | {"title": "Theirs"}
    editing.save(changeset, "moby", "book", theirs, by=person("grace"), version=1)

    answer = ada.post(path_of(changeset), data_of(MOBY | {"title": "Mine"}, version=1))

    html = answer.content.decode()
    assert answer.status_code == 409
    assert Page(html).data["title"] == ["Mine"]
    assert "Theirs" in html
    assert "saved by grace" in html
    assert kept(changeset)["title"] == "Theirs"

    ada.post(path_of(changeset), {**Page(html).data, "do": "save"})
    assert kept(changeset)["title"] == "Mine"


def test_a_form_that_is_sent_twice_is_saved_once(ada):
    changeset = draft(MOBY)
    data = data_of(MOBY | {"loans": [{"reader": "ada-l"}]})

    answers = [ada.post(path_of(changeset), data).status_code for _time in range(2)]

    assert answers == [303, 303]
    assert Edit.objects.get(changeset=changeset, key="moby").version == 2


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_is_taken_for_an_old_one(ada, version):
    changeset = draft(MOBY)

    answer = ada.post(path_of(changeset), data_of(MOBY | {"title": "Mine"}) | {"version": version})

    assert answer.status_code == 409
    assert kept(changeset)["title"] == "Moby-Dick"


# --- saved by a script -----------------------------------------------------------------------


def autosave(client: Client, changeset: Changeset, data: dict[str, Any]) -> Any:
    return client.post(
        path_of(changeset), data, headers={"X-Autosave": "1", "Accept": "application/json"}
    )


def test_a_script_is_told_when_it_was_saved_and_what_is_wrong(ada):
    changeset = draft(MOBY)
    rows = {"loans": ["7", "9"], "loans.9.reader": "?", "loans.9.from": "1900"}

    answer = autosave(ada, changeset, data_of(MOBY) | rows)

    told = answer.json()
    assert told["version"] == "2"
    assert told["saved_at"].startswith("20")
    assert [(each["id"], each["label"]) for each in told["problems"]] == [
        ("f-loans.9.reader", "Loans 1: Reader")
    ]


def test_a_script_learns_that_somebody_else_saved(ada):
    changeset = draft(MOBY)

    answer = autosave(ada, changeset, data_of(MOBY | {"title": "Mine"}, version=0))

    assert answer.status_code == 409
    assert answer.json()["href"] == path_of(changeset)
    assert kept(changeset)["title"] == "Moby-Dick"


def test_a_script_without_a_session_is_told_so(visitor):
    answer = autosave(visitor, draft(MOBY), data_of(MOBY))

    assert answer.status_code == 401


# --- who, and what ---------------------------------------------------------------------------


def test_others_drafts_are_not_found(visitor):
    changeset = draft(MOBY)
    visitor.force_login(User.objects.create_user("mallory"))

    assert visitor.get(path_of(changeset)).status_code == 404
    assert visitor.post(path_of(changeset), data_of(MOBY)).status_code == 404


def test_what_is_in_no_changeset_and_not_published_is_not_found(ada):
    assert ada.get(path_of(draft(MOBY), "unknown")).status_code == 404


def test_a_closed_changeset_is_shown_instead_of_its_form(ada):
    changeset = publish(MOBY)

    assert ada.get(path_of(changeset)).headers["Location"] == changeset.get_absolute_url()

    answer = ada.post(path_of(changeset), data_of(MOBY | {"title": "Late"}))
    assert answer.status_code == 422
    assert Page(answer.content.decode()).data["title"] == ["Late"]


def test_kind_and_key_are_those_of_the_address(ada):
    changeset = draft(MOBY)

    ada.post(
        path_of(changeset), data_of(MOBY | {"title": "x"}) | {"key": "other", "kind": "reader"}
    )

    assert (kept(changeset)["kind"], kept(changeset)["key"]) == ("book", "moby")


# --- preview, creating, pasting --------------------------------------------------------------


def test_a_preview_is_drawn_from_what_was_typed(ada):
    changeset = draft(MOBY, reader("ada-l", "Ada L."))
    typed = MOBY | {"title": "The Whale", "loans": [{"reader": "ada-l"}]}

    answer = ada.post(path_of(changeset), data_of(typed, do="preview"))

    html = answer.content.decode()
    assert 'aria-label="Preview"' in html
    assert "Ada L." in html
    assert kept(changeset)["title"] == "Moby-Dick"


def test_a_preview_of_an_invalid_document_says_what_is_missing(ada):
    answer = ada.post(path_of(draft(MOBY)), data_of(MOBY | {"printed": "x"}, do="preview"))

    assert "once everything that is listed below" in answer.content.decode()


def test_an_entry_is_created_where_it_is_missing(ada):
    changeset = draft(MOBY)
    row = {"loans": ["0"], "loans.0.reader": ""}
    new = {"new.kind": "reader", "new.name": "Queequeg Élan", "new.into": "loans.0.reader"}

    answer = ada.post(path_of(changeset), data_of(MOBY, do="create") | row | new)

    assert answer.status_code == 303
    assert kept(changeset)["loans"][0]["reader"] == "queequeg-elan"
    assert kept(changeset, "queequeg-elan") == {
        "kind": "reader", "key": "queequeg-elan", "name": "Queequeg Élan",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({"new.kind": "reader", "new.key": "A b"}, "is not a key"),
        ({"new.kind": "ship", "new.key": "pequod"}, "Choose what kind"),
        ({"new.kind": "reader", "new.key": "taken"}, "“taken” is taken"),
    ],
)
def test_an_entry_that_cannot_be_created_changes_nothing(ada, new, said):
    changeset = draft(MOBY)
    draft(reader("taken"), by=person("grace"))

    answer = ada.post(path_of(changeset), data_of(MOBY | {"title": "Typed"}, do="create") | new)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert Page(html).data["title"] == ["Typed"]
    assert kept(changeset)["title"] == "Moby-Dick"
    assert changeset.edits.count() == 1


@pytest.mark.parametrize(
    "text", ["title: Pasted\nprinted: 1999\n", json.dumps({"title": "Pasted", "printed": "1999"})]
)
def test_a_pasted_document_is_shown_before_it_is_saved(ada, text):
    changeset = draft(MOBY)

    answer = ada.post(path_of(changeset), data_of(MOBY, do="paste", pasted=text))

    assert Page(answer.content.decode()).data["title"] == ["Pasted"]
    assert kept(changeset)["title"] == "Moby-Dick"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: " + "x" * 1_048_570, "1,048,577 bytes; 1,048,576 are the most"),
        ("{", "line 1"),
        ("- a", "is no document"),
        ("kind: reader", "this form is for “book”"),
        ("", "Nothing was pasted"),
    ],
)
def test_what_cannot_be_pasted_is_refused_and_the_rest_is_still_there(ada, text, said):
    changeset = draft(MOBY)

    answer = ada.post(
        path_of(changeset), data_of(MOBY | {"title": "Typed"}, do="paste", pasted=text)
    )

    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in html
    assert Page(html).data["title"] == ["Typed"]


@pytest.mark.parametrize(
    "text", [b"\xef\xbb\xbftitle: Pasted\n", json.dumps({"title": "Pasted"}).encode()]
)
def test_a_document_is_read_from_a_file(ada, text):
    changeset = draft(MOBY)

    answer = ada.post(
        path_of(changeset), data_of(MOBY, do="paste", file=SimpleUploadedFile("moby.yaml", text))
    )

    assert Page(answer.content.decode()).data["title"] == ["Pasted"]
    assert kept(changeset)["title"] == "Moby-Dick"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"x" * 1_048_577, "“moby.yaml” has 1,048,577 bytes; 1,048,576 are the most"),
        (b"title: \xe9", "“moby.yaml” is not text in UTF-8 (byte 8)"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_the_rest_is_still_there(ada, text, said):
    file = SimpleUploadedFile("moby.yaml", text)

    answer = ada.post(path_of(draft(MOBY)), data_of(MOBY, do="paste", title="Typed", file=file))

    assert answer.status_code == 422
    assert said in unescape(answer.content.decode())
    assert Page(answer.content.decode()).data["title"] == ["Typed"]


def test_the_largest_document_arrives_in_any_script(ada):
    text = f"title: {'é' * 524_284}"

    answer = ada.post(
        path_of(draft(MOBY)),
        urlencode({**data_of(MOBY, do="paste"), "pasted": text}, doseq=True),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    assert Page(answer.content.decode()).data["title"] == ["é" * 524_284]


# --- rows that are closed --------------------------------------------------------------------

LOANS = [{"reader": f"reader-{n}"} for n in range(5)]


@pytest.fixture
def readers(visitor: Client) -> None:
    publish(*(reader(loan["reader"]) for loan in LOANS))


def test_a_long_list_is_saved_as_it_was_opened(ada, readers):
    changeset = draft(MOBY | {"loans": LOANS})
    before = kept(changeset)

    form = Page(ada.get(path_of(changeset)).content.decode()).data
    ada.post(path_of(changeset), {**form, "title": "The Whale", "do": "save"})

    assert form["loans"] == ["0", "1", "2", "3", "4"]
    assert "loans.0.reader" not in form
    assert kept(changeset) == before | {"title": "The Whale"}


def test_a_row_is_opened_without_a_script(ada, readers):
    changeset = draft(MOBY | {"loans": LOANS})
    form = Page(ada.get(path_of(changeset)).content.decode()).data

    answer = ada.post(path_of(changeset), {**form, "title": "Typed", "do": "open:loans.3"})
    again = Page(answer.content.decode()).data
    answer = ada.post(path_of(changeset), {**again, "do": "remove:loans.0"})

    assert again["loans.3.reader"] == ["reader-3"]
    assert again["title"] == ["Typed"]
    assert [name for name in again if name.endswith(":json")] == [
        f"loans.{n}:json" for n in (0, 1, 2, 4)
    ]
    moved = Page(answer.content.decode()).data
    assert moved["loans.2.reader"] == ["reader-3"]  # it is still the one that is open
    assert "loans.1.reader" not in moved


def test_a_script_gets_the_fields_of_one_row(ada):
    changeset = draft(MOBY, reader("ada-l", "Ada L."))
    held = json.dumps({"reader": "ada-l", "from": "1900"})

    answer = ada.post(
        path_of(changeset),
        {"do": "open:loans.7", "loans.7:json": held},
        headers={"X-Fields": "1"},
    )

    page = Page(answer.content.decode())
    assert page.data["loans"] == ["7"]
    assert (page.data["loans.7.reader"], page.data["loans.7.from"]) == (["ada-l"], ["1900"])
    assert any("Ada L." in text for text in page.texts)


@pytest.mark.parametrize(
    "sent", [{}, {"do": "open:loans.7"}, {"do": "open:x.7", "x.7:json": "{}"}, {"do": "open:title",
     "title:json": "{}"}, {"do": "open:loans.7", "loans.7:json": "[]"}]
)  # fmt: skip
def test_what_is_no_row_is_not_opened(ada, sent):
    answer = ada.post(path_of(draft(MOBY)), sent, headers={"X-Fields": "1"})

    assert answer.status_code == 422


# --- the other side, and what is new ---------------------------------------------------------


def test_a_field_is_taken_from_the_other_side(ada):
    changeset = draft(MOBY)
    theirs = MOBY | {"title": "Theirs", "isbn": "1"}
    editing.save(changeset, "moby", "book", theirs, by=person("grace"), version=1)
    mine = MOBY | {"title": "Mine", "printed": "1852"}

    refused = Page(ada.post(path_of(changeset), data_of(mine, version=1)).content.decode())
    answer = ada.post(path_of(changeset), {**refused.data, "do": "take:title"})
    form = Page(answer.content.decode())

    assert {"take:title", "take:printed", "take:isbn"} <= set(refused.buttons)
    assert form.data["title"] == ["Theirs"]
    assert form.data["printed"] == ["1852"]
    assert "take:title" not in form.buttons
    assert kept(changeset)["title"] == "Theirs"
    answer = ada.post(path_of(changeset), {**form.data, "do": "save"})
    assert (kept(changeset)["title"], kept(changeset)["printed"]) == ("Theirs", "1852")


def test_a_script_creates_an_entry_and_the_page_stays(ada):
    changeset = draft(MOBY)
    row = {"loans": ["0"], "loans.0.reader": "queequeg"}
    new = {"new.kind": "reader", "new.key": "queequeg", "new.name": "Queequeg"}

    told = autosave(ada, changeset, data_of(MOBY, do="create") | row | new)
    again = autosave(ada, changeset, data_of(MOBY, version=2, do="create") | {"new.kind": "ship"})

    assert told.json()["created"] == {"kind": "reader", "key": "queequeg", "name": "Queequeg"}
    assert told.json()["problems"] == []
    assert kept(changeset, "queequeg")["name"] == "Queequeg"
    assert again.status_code == 409
    assert again.json()["detail"] == "Choose what kind of entry it is."


def test_what_a_changeset_brings_is_known_to_the_page(ada):
    publish(reader("ada-l", "Ada L."))
    changeset = draft(MOBY, reader("grace-h", "Grace H."), reader("ada-l", "Ada, Countess"))

    html = ada.get(path_of(changeset)).content.decode()

    brought = html[html.index('<script id="form_brought"') :].partition(">")[2]
    assert json.loads(brought[: brought.index("</script>")]) == [
        {"key": "grace-h", "kind": "reader", "name": "Grace H."}
    ]
