"""The difference of a changeset as its reviewers read it, and what they say beside it."""

import re
from html import unescape
from time import perf_counter

import pytest
from django.test import Client

from kb import editing
from kb.documents.findings import Finding
from kb.kinds import kind_named, no_findings
from kb.models import Edit, Thread
from tests.library.builders import (
    book,
    contributor,
    draft,
    merge,
    person,
    publish,
    reader,
    retract,
    submitted,
)


@pytest.fixture
def grace(visitor):
    """Grace, an editor, who reads what Ada wrote."""
    person("ada")
    visitor.force_login(person("grace"))
    return visitor


@pytest.fixture
def ada(grace):
    client = Client()
    client.force_login(person("ada"))
    return client


def path_of(changeset, tab="difference/"):
    return f"{changeset.get_absolute_url()}{tab}"


def read(client, changeset, query=""):
    return client.get(f"{path_of(changeset)}{query}")


def text(answer):
    return unescape(answer.content.decode())


def places(answer):
    """(heading, label, kind) of every place of the only entry."""
    (entry,) = answer.context["entries"]
    return [(heading, row.label, row.kind) for heading, rows in entry.groups for row in rows]


def place(answer, label):
    (entry,) = answer.context["entries"]
    return next(row for _heading, rows in entry.groups for row in rows if row.label == label)


def loan(name, start=None, **more):
    return {"reader": name, **({"from": start} if start else {}), **more}


@pytest.fixture
def lent(grace):
    """Moby-Dick, published, and lent to three readers."""
    publish(*(reader(name) for name in ("ann", "bob", "cid", "dot")))
    rows = [loan("ann", "1950"), loan("bob", "1960"), loan("cid", "1970")]
    publish(book("moby", "Moby-Dick", loans=rows))
    return rows


def with_loans(*loans, title="Moby-Dick"):
    """A submitted edit of Moby-Dick; rows with the ids that were published."""
    published = Edit.objects.filter(key="moby").order_by("pk").first()
    ids = {row["reader"]: row["id"] for row in published.document["loans"]}
    rows = [{"id": ids[row["reader"]], **row} if row["reader"] in ids else row for row in loans]
    return submitted(draft(book("moby", title, loans=rows)))


# --- what changes ----------------------------------------------------------------------------


def test_rows_are_shown_as_what_happened_to_them(grace, lent):
    changeset = with_loans(loan("dot", "1980"), loan("cid", "1971"), loan("ann", "1950"))

    answer = read(grace, changeset)

    assert set(places(answer)) == {
        ("Loans", "Bob · 1960", "removed"),
        ("Loans", "Dot · 1980", "added"),
        ("Loans", "Cid · 1971", "changed"),
    }
    assert [part.get("moved") for part in place(answer, "Cid · 1971").parts] == [
        "from place 3 to 2",
        None,
    ]
    page = text(answer)
    assert '<a href="/readers/bob/">Bob</a>' in page  # by name, not by key


def test_dates_and_terms_are_said_in_words_and_long_texts_with_marks(grace):
    publish(
        book("moby", "Moby-Dick", printed="1851"),
        reader("ann", summary="A " + "word " * 40 + "end"),
    )
    changeset = submitted(
        draft(
            book("moby", "Moby-Dick", printed="1851-10-18", genres=["novel"]),
            reader("ann", summary="A " + "word " * 40 + "end and more"),
        )
    )

    page = text(read(grace, changeset))

    assert "18 October 1851" in page
    assert "Novel" in page
    assert "<ins> and more</ins>" in page


def test_a_new_entry_is_shown_as_its_page_will_be_and_by_field(grace):
    changeset = submitted(draft(reader("bob"), book("moby", "Moby-Dick", loans=[loan("bob")])))

    answer = read(grace, changeset)

    page = text(answer)
    assert "As its page will show it" in page
    assert '<a href="/readers/bob/">Bob</a>' in page  # an entry of this very changeset
    (moby,) = [entry for entry in answer.context["entries"] if entry.key == "moby"]
    assert [row.kind for _heading, rows in moby.groups for row in rows if row.label == "Title"] == [
        "added"
    ]
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_draft_of_any_form_can_be_read(ada):
    odd = {"kind": "book", "key": "odd", "title": 7, "loans": "none", "genres": [1], "more": {}}
    changeset = draft(odd, {"kind": "reader", "key": "bob", "name": None, "summary": ["x"]})

    assert read(ada, changeset).status_code == 200


@pytest.mark.parametrize(
    ("reach", "says"), [(retract, "Withdrawn by its publisher"), (merge, "Merged into")]
)
def test_acts_say_what_they_do(grace, reach, says):
    publish(book("moby"), book("whale"))
    more = {"reason": "withdrawn-by-publisher"} if reach is retract else {"into": "whale"}
    changeset = reach("moby", **more)

    assert says.lower() in text(read(grace, changeset)).lower()


def test_what_somebody_typed_cannot_be_markup(grace):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    changeset = submitted(draft(book("moby", evil), reader("bob", evil, summary=evil)))
    editing.comment(changeset, evil, by=person("grace"), key="moby", path="title")
    editing.suggest(changeset, evil, evil, by=person("grace"), key="moby", path="title")

    for tab in ("", "difference/", "checks/", "conversation/"):
        page = grace.get(path_of(changeset, tab)).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page


# --- findings and threads --------------------------------------------------------------------


def test_findings_stand_at_the_place_they_are_about(ada):
    changeset = draft(book("moby", "Moby-Dick", loans=[loan("nobody")]))

    row = place(read(ada, changeset), "nobody")

    assert [finding.is_error for finding in row.findings] == [True]
    assert "no entry is called “nobody”" in row.findings[0].detail


def test_a_comment_is_made_beside_the_statement_without_scripts(grace, lent):
    changeset = with_loans(loan("ann", "1951"), loan("bob", "1960"), loan("cid", "1970"))
    links = re.findall(r'class="say" href="([^"]+)"', read(grace, changeset).content.decode())
    link = next(unescape(each) for each in links if "loans" in each)

    form = text(read(grace, changeset, link.partition("#")[0]))
    fields = dict(
        re.findall(r'<input type="hidden" name="(key|path|anchor)" value="([^"]*)"', form)
    )
    answer = grace.post(path_of(changeset), {"do": "comment", "body": "Says who?", **fields})

    assert answer.status_code == 303
    assert answer["Location"].endswith(f"#{fields['anchor']}")
    row = place(read(grace, changeset), "Ann · 1951")
    assert [thread["comments"][0]["body"] for thread in row.threads] == ["<p>Says who?</p>"]


def test_a_comment_without_words_leaves_the_form_where_it_was(grace, lent):
    changeset = with_loans(loan("ann", "1951"), loan("bob", "1960"), loan("cid", "1970"))

    answer = grace.post(
        path_of(changeset), {"do": "comment", "body": " ", "key": "moby", "path": "loans[0]"}
    )

    assert answer.status_code == 422
    assert place(answer, "Ann · 1951").form is not None
    assert "Write a comment" in text(answer)


def test_a_thread_about_what_does_not_change_shows_what_stands_there(grace, lent):
    changeset = with_loans(*lent, title="Moby-Dick; or, The Whale")
    editing.comment(changeset, "Sure?", by=person("grace"), key="moby", path="loans[1].from")

    row = place(read(grace, changeset), "Bob · 1960")

    assert (row.kind, len(row.threads)) == ("same", 1)
    assert "1960" in row.whole


def test_a_thread_follows_its_row_and_says_when_it_is_outdated(grace, lent):
    changeset = with_loans(*lent, title="Moby-Dick; or, The Whale")
    editing.comment(changeset, "Sure?", by=person("grace"), key="moby", path="loans[1].from")
    document = changeset.edits.get().document

    moved = {**document, "loans": document["loans"][::-1]}
    editing.save(changeset, "moby", "book", moved, by=person("ada"))
    assert not place(read(grace, changeset), "Bob · 1960").threads[0]["is_outdated"]

    moved["loans"][1]["from"] = "1961"
    editing.save(changeset, "moby", "book", moved, by=person("ada"))
    assert place(read(grace, changeset), "Bob · 1961").threads[0]["is_outdated"]
    assert "It stood there: 1960" in text(read(grace, changeset))

    gone = {**document, "loans": document["loans"][:1]}
    editing.save(changeset, "moby", "book", gone, by=person("ada"))
    (entry,) = read(grace, changeset).context["entries"]
    assert entry.whole.threads[0]["is_outdated"]  # with the entry, since its row is gone


def test_warnings_about_what_stays_as_it_is_are_left_to_the_page_of_checks(ada, lent):
    def odd(checked):
        for path in (("title",), ("loans", 0, "from")):
            yield Finding.warning(checked.document, path, "odd", "It is odd.")

    object.__setattr__(kind_named("book"), "check", odd)
    try:
        changeset = draft(book("moby", "The Whale", loans=lent))
        (entry,) = read(ada, changeset).context["entries"]
    finally:
        object.__setattr__(kind_named("book"), "check", no_findings)

    (row,) = [row for _heading, rows in entry.groups for row in rows if row.findings]
    assert row.label == "Title"
    assert entry.warnings_elsewhere == 1


# --- suggestions and objections --------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "typed", "proposed"),
    [
        ("title", " The Whale ", "The Whale"),
        ("printed", "1851-10", "1851-10"),
        ("genres", "novel\natlas\n", ["novel", "atlas"]),
        ("title", "", None),
        ("loans[0]", '{"reader": "bob"}', {"reader": "bob"}),
    ],
)
def test_another_wording_is_read_by_the_type_of_its_field(grace, path, typed, proposed):
    publish(reader("bob"))
    changeset = submitted(draft(book("moby", "Moby-Dick", genres=["atlas"], loans=[loan("bob")])))

    answer = grace.post(
        path_of(changeset),
        {"do": "suggest", "key": "moby", "path": path, "proposed": typed, "body": ""},
    )

    assert answer.status_code == 303
    assert Thread.objects.get().proposed == proposed


@pytest.mark.parametrize(
    ("path", "value"),
    [("title", "Moby-Dick"), ("genres", "atlas\nnovel"), ("printed", "1851")],
)
def test_the_form_for_another_wording_begins_with_what_stands_there(grace, path, value):
    document = book("moby", "Moby-Dick", genres=["atlas", "novel"], printed="1851")
    changeset = submitted(draft(document))

    answer = read(grace, changeset, f"?at_key=moby&at={path}&wording=1")

    (entry,) = answer.context["entries"]
    forms = [row.form for _heading, rows in entry.groups for row in rows if row.form]
    assert [form["value"] for form in forms] == [value]


def test_its_author_takes_a_suggestion_with_one_click(grace, ada):
    changeset = submitted(draft(book("moby", "Moby Dick")))
    editing.suggest(changeset, "", "Moby-Dick", by=person("grace"), key="moby", path="title")
    thread = Thread.objects.get()

    answer = ada.post(path_of(changeset), {"do": "take", "thread": thread.pk})

    assert answer.status_code == 303
    assert changeset.edits.get().document["title"] == "Moby-Dick"
    assert "Taken by ada" in text(read(ada, changeset))


def test_changes_are_requested_at_a_place_and_the_objection_lifted_by_its_author(grace):
    changeset = submitted(draft(book("moby")))

    grace.post(
        path_of(changeset),
        {"do": "request-changes", "key": "moby", "path": "title", "body": "Which edition?"},
    )
    changeset.refresh_from_db()
    assert changeset.status == "changes_requested"

    grace.post(
        path_of(changeset, "conversation/"), {"do": "lift", "thread": Thread.objects.get().pk}
    )
    changeset.refresh_from_db()
    assert changeset.status == "in_review"


def test_the_conversation_is_answered_and_resolved_on_its_page(grace, ada):
    changeset = submitted(draft(book("moby")))
    page = path_of(changeset, "conversation/")
    grace.post(page, {"do": "comment", "body": "Is that **all**?"})
    thread = Thread.objects.get()

    ada.post(page, {"do": "reply", "thread": thread.pk, "body": "For now."})
    assert ada.post(page, {"do": "resolve", "thread": thread.pk}).status_code == 303

    said = text(grace.get(page))
    assert "<strong>all</strong>" in said
    assert "For now." in said
    assert "Resolved by ada" in said
    assert ada.post(page, {"do": "resolve", "thread": thread.pk}).status_code == 422


def test_a_thread_of_another_changeset_cannot_be_reached(grace):
    mine, other = submitted(draft(book("moby"))), draft(book("secret"), by=contributor("carl"))
    thread = editing.comment(other, "Hm.", by=person("ada"))

    answer = grace.post(path_of(mine, "conversation/"), {"do": "resolve", "thread": thread.pk})

    assert answer.status_code == 422
    thread.refresh_from_db()
    assert thread.closed_at is None


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "comment", "body": "Hm\0m", "key": "moby", "path": "title"},
        {"do": "comment", "body": "Hm", "key": "moby", "path": ".".join("a" * 400)},
        {"do": "comment", "body": "Hm", "key": "moby", "path": "]["},
        {"do": "comment", "body": "Hm", "key": "\0", "path": "]["},
        {"do": "suggest", "body": "", "key": "moby", "path": "loans", "proposed": '["\\u0000"]'},
        {"do": "suggest", "body": "", "key": "moby", "path": "loans", "proposed": '["\\ud800"]'},
        {"do": "suggest", "body": "", "key": "moby", "path": "", "proposed": "x"},
        {"do": "suggest", "body": "", "key": "no", "path": "title", "proposed": "x"},
        {"do": "reply", "thread": "9" * 40, "body": "x"},
        {"do": "submit", "seen": ["\0", "x"]},
    ],
    ids=str,
)
def test_whatever_is_sent_is_answered(grace, fields):
    changeset = submitted(draft(book("moby")))

    answer = grace.post(path_of(changeset), fields)

    assert answer.status_code in (303, 422)
    for tab in ("", "difference/", "conversation/"):
        assert grace.get(path_of(changeset, tab)).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["?at_key=moby&at=%5D%5B", "?at_key=moby&at=nothing.here&wording=1", "?page=99&entry=no"],
)
def test_an_odd_address_is_answered(grace, query):
    assert read(grace, submitted(draft(book("moby"))), query).status_code == 200


# --- many entries ----------------------------------------------------------------------------


def many(total):
    return submitted(
        draft(*(book(f"b-{number:03}", f"Volume {number}") for number in range(total)))
    )


def test_of_many_entries_the_first_twenty_stand_open(grace):
    changeset = many(45)

    first, last = read(grace, changeset), read(grace, changeset, "?page=3")
    alone = read(grace, changeset, "?entry=b-044")

    assert len(first.context["entries"]) == 20
    assert [entry.key for entry in last.context["entries"]] == [
        f"b-{number:03}" for number in range(40, 45)
    ]
    assert [entry.key for entry in alone.context["entries"]] == ["b-044"]
    assert "Approving is of all 45 entries" in text(first)


def test_two_hundred_documents_are_shown_in_two_seconds_and_as_many_queries_as_two(
    grace, queries_of
):
    few = queries_of(grace, path_of(submitted(draft(book("aa"), book("bb")))))
    changeset = many(200)

    began = perf_counter()
    assert queries_of(grace, path_of(changeset)) == few
    assert perf_counter() - began < 2


def test_a_long_conversation_is_shown_in_parts_the_newest_first(ada, monkeypatch):
    monkeypatch.setattr("kb.web.desk.changesets.THREADS", 2)
    changeset = draft(book("moby"))
    for number in range(1, 4):
        editing.comment(changeset, f"Word {number}.", by=person("ada"))

    newest = text(ada.get(path_of(changeset, "conversation/")))
    oldest = text(ada.get(path_of(changeset, "conversation/?page=1")))

    assert "3 threads, page" in newest
    assert [f"Word {n}." in newest for n in (1, 2, 3)] == [False, False, True]
    assert [f"Word {n}." in oldest for n in (1, 2, 3)] == [True, True, False]
