"""The pages of a changeset: seen by whom it concerns, moved by its buttons, nothing lost."""

import re
from html import unescape

import pytest
from django.test import Client

from kb import editing
from kb.editing import permissions
from kb.editing.permissions import Action
from kb.models import Activity, Changeset, Edit, Grant, Role, User
from kb.web.desk.buttons import LET_GO, MAKERS
from tests.library.builders import (
    approved,
    book,
    contributor,
    draft,
    managing_editor,
    person,
    publish,
    reader,
    submitted,
)

TABS = ("", "difference/", "checks/", "conversation/")


@pytest.fixture
def of(visitor, monkeypatch):
    """`of(ada)`: a client in which Ada has signed in, with a second factor where she needs one."""
    monkeypatch.setattr("kb.web.desk.access.has_second_factor", lambda _person: True)
    person("ada"), person("grace")

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def sent(client, changeset, do, tab="", *, follow=False, **fields):
    path = f"{changeset.get_absolute_url()}{tab}"
    return client.post(path, {"do": do, **fields}, follow=follow)


def text(answer):
    return unescape(answer.content.decode())


def state(changeset):
    return Changeset.objects.get(pk=changeset.pk).status


def offered(answer):
    """What the forms of a page can do."""
    return set(re.findall(r'<button[^>]*name="do" value="([a-z-]+)"', text(answer)))


# --- who sees it -----------------------------------------------------------------------------


@pytest.mark.parametrize("tab", [*TABS, "conflicts/secret/"])
def test_a_changeset_that_somebody_may_not_see_is_not_there(of, tab):
    changeset = draft(book("secret"))
    path = f"{changeset.get_absolute_url()}{tab}"

    seen = {who.username: of(who).get(path).status_code for who in (person("ada"), person("grace"))}
    assert seen == {"ada": 200, "grace": 200}
    for method in ("get", "post"):
        answer = getattr(of(contributor("carl")), method)(path)
        assert answer.status_code == 404
        assert "secret" not in text(answer)


@pytest.mark.parametrize("tab", TABS)
def test_closed_changesets_stay_readable(of, tab):
    changeset = publish(book("moby", "Moby-Dick"))

    answer = of(person("grace")).get(f"{changeset.get_absolute_url()}{tab}")

    assert answer.status_code == 200


# --- its buttons -----------------------------------------------------------------------------

BUTTONS = {str(action) for action in MAKERS} | {str(Action.SUBMIT)}


@pytest.mark.parametrize("reach", ["draft", "in_review", "changes_requested", "approved"])
@pytest.mark.parametrize("who", ["ada", "grace", "marie", "carl"])
def test_the_buttons_are_what_the_table_allows(of, who, reach):
    managing_editor()
    changeset = draft(book("moby"))
    editing.invite(changeset, contributor("carl"), by=person("ada"))
    if reach != "draft":
        submitted(changeset)
    if reach == "changes_requested":
        editing.request_changes(changeset, "Why?", by=person("grace"))
    if reach == "approved":
        approved(changeset, by=person("linus"))
    changeset.refresh_from_db()
    assert changeset.status == reach
    user = User.objects.get(username=who)

    path = changeset.get_absolute_url()
    overview, difference = (offered(of(user).get(f"{path}{tab}")) for tab in ("", "difference/"))

    allowed = {str(action) for action in permissions.allowed(user, changeset)}
    pointless = {str(Action.WITHDRAW_APPROVAL)}  # nobody here has given one
    assert (overview | difference) & BUTTONS == (allowed & BUTTONS) - pointless
    assert BUTTONS & (overview ^ difference) <= {str(Action.APPROVE), str(Action.SUBMIT)}


def test_one_approves_where_one_has_read_the_difference(of):
    changeset, grace = submitted(draft(book("moby"))), of(person("grace"))

    page = grace.get(changeset.get_absolute_url())

    assert "approve" not in offered(page)
    assert "exactly what is shown here" not in text(page)
    assert "Read the difference and decide" in text(page)
    assert "approve" in offered(grace.get(f"{changeset.get_absolute_url()}difference/"))


def test_of_what_is_approved_publishing_comes_first(of):
    changeset = approved(draft(book("moby")), by=person("linus"))

    page = text(of(person("grace")).get(f"{changeset.get_absolute_url()}difference/"))

    assert page.index('value="publish"') < page.index('value="approve"')
    assert '<details class="act"><summary>Approve as well</summary>' in page


def test_a_claim_can_be_let_go_and_nobody_else_is_offered_it(of):
    changeset = submitted(draft(book("moby")))
    grace, linus = of(person("grace")), of(person("linus"))

    assert sent(grace, changeset, "claim").status_code == 303

    assert LET_GO in offered(grace.get(changeset.get_absolute_url()))
    other = linus.get(changeset.get_absolute_url())
    assert "Claimed by grace" in text(other)
    assert not {"claim", LET_GO} & offered(other)


# --- from draft to published -----------------------------------------------------------------


def test_a_changeset_goes_all_its_way_by_its_buttons(of):
    changeset = draft(book("moby", "Moby-Dick"))
    ada, grace = of(person("ada")), of(person("grace"))

    assert sent(ada, changeset, "submit").status_code == 303
    page = grace.get(f"{changeset.get_absolute_url()}difference/")
    assert "You approve exactly what is shown here" in text(page)
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', text(page))[1]
    assert sent(grace, changeset, "approve", "difference/", digest=digest).status_code == 303
    done = sent(grace, changeset, "publish", follow=True)

    assert state(changeset) == "published"
    assert "Published: 1 revision." in text(done)


def test_an_approval_of_what_has_changed_meanwhile_is_refused_and_lands_nowhere(of):
    changeset = submitted(draft(book("moby")))
    digest = changeset.digest()
    editing.save(changeset, "moby", "book", book("moby", "The Whale"), by=person("ada"))

    answer = sent(of(person("grace")), changeset, "approve", digest=digest)

    assert answer.status_code == 409
    assert "The content has changed since you read it" in text(answer)
    assert not changeset.approvals.exists()


def test_nobody_approves_their_own_work(of):
    changeset = submitted(draft(book("moby")))

    answer = sent(of(person("ada")), changeset, "approve", digest=changeset.digest())

    assert answer.status_code == 422
    assert "Nobody reviews their own work" in text(answer)


def test_submitting_names_every_error(of):
    changeset = draft({"kind": "book", "key": "moby", "printed": "never"})

    answer = sent(of(person("ada")), changeset, "submit")

    path = f"{changeset.get_absolute_url()}documents/moby/"
    assert answer.status_code == 422
    assert re.findall(rf'<a href="({path}[^"]*)">moby, ([^<]+)</a>:', text(answer)) == [
        (f"{path}#f-title", "Title"),
        (f"{path}#f-printed", "Printed"),
    ]
    assert "still there" not in text(answer)  # nothing was typed
    assert state(changeset) == "draft"


@pytest.fixture
def warned(monkeypatch):
    """Two warnings in every book, which its kind does not give by itself."""
    from kb.documents.findings import Finding
    from tests.library.kinds import KINDS

    def two(checked):
        for code in ("odd", "odder"):
            yield Finding.warning(checked.document, ("title",), code, f"The title is {code}.")

    object.__setattr__(KINDS[0], "check", two)
    yield
    object.__setattr__(KINDS[0], "check", type(KINDS[0]).__dataclass_fields__["check"].default)


def test_each_warning_has_to_be_seen_and_ticks_stay(of, warned):
    changeset = draft(book("moby"))
    ada = of(person("ada"))
    page = text(ada.get(changeset.get_absolute_url()))
    shown = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    assert len(shown) == 2

    refused = sent(ada, changeset, "submit", seen=shown[:1])

    assert refused.status_code == 422
    assert re.search(rf'value="{shown[0]}" checked', text(refused))
    assert state(changeset) == "draft"
    assert Changeset.objects.get(pk=changeset.pk).acknowledged == []  # all of it or nothing

    assert sent(ada, changeset, "submit", seen=shown).status_code == 303
    assert state(changeset) == "in_review"


def test_all_warnings_that_were_shown_are_acknowledged_at_once(of, warned):
    changeset = draft(book("moby"))
    ada = of(person("ada"))
    page = text(ada.get(changeset.get_absolute_url()))

    sent(ada, changeset, "submit-all", shown=re.findall(r'name="seen" value="(\w+)"', page))

    assert state(changeset) == "in_review"


def test_more_warnings_than_fit_are_seen_on_the_page_of_checks_first(of, warned, monkeypatch):
    monkeypatch.setattr("kb.web.desk.overview.MOST_WARNINGS", 1)
    changeset = draft(book("moby"))
    ada = of(person("ada"))

    page = text(ada.get(changeset.get_absolute_url()))

    assert page.count('name="seen"') == 1
    assert "1 more do not fit here" in page
    assert 'value="acknowledge"' in page
    assert 'value="submit-all"' not in page


def test_a_warning_is_acknowledged_on_the_page_of_checks(of, warned):
    changeset = draft(book("moby"))
    ada = of(person("ada"))
    path = f"{changeset.get_absolute_url()}checks/"
    first, _second = re.findall(r'name="seen" value="(\w+)"', text(ada.get(path)))

    sent(ada, changeset, "acknowledge", "checks/", seen=[first])

    assert text(ada.get(path)).count("Seen, and left to stand.") == 1


def test_checks_of_many_entries_come_page_by_page_and_one_stays_on_the_page(of, warned):
    changeset = draft(*(book(f"b-{n:02}", f"Book {n}") for n in range(25)), reader("ann"))
    ada = of(person("ada"))
    path = f"{changeset.get_absolute_url()}checks/"

    pages = [text(ada.get(f"{path}?page={number}")) for number in (1, 2)]
    seen = re.findall(r'name="seen" value="(\w+)"', pages[1])[:1]
    answer = sent(ada, changeset, "acknowledge", "checks/?page=2", seen=seen)

    assert [page.count('id="checked_') for page in pages] == [20, 6]
    assert "26 entries, page" in pages[0]  # a reader without a summary has a warning too
    assert answer["Location"] == f"{path}?page=2"


# --- what is typed stays ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "do", "fields", "says"),
    [
        ("ada", "invite", {"user": "nobody-here"}, "Nobody has the user name “nobody-here”"),
        ("ada", "rename", {"title": " ", "description": "Because."}, "Give the changeset a title"),
        ("grace", "request-changes", {"comment": " "}, "Write a comment"),
        ("marie", "decline", {"comment": ""}, "Write a comment"),
        ("marie", "schedule", {"at": "tomorrow", "zone": "Europe/Berlin"}, "“tomorrow” is no time"),
        ("marie", "schedule", {"at": "2030-01-01 10:00", "zone": "Mars"}, "“Mars” is no time zone"),
        ("marie", "schedule", {"at": "2020-01-01 10:00", "zone": "UTC"}, "has passed"),
        ("ada", "no-such-thing", {}, "This form is not known here"),
    ],
)
def test_what_was_typed_is_still_there_beside_what_is_wrong(of, who, do, fields, says):
    managing_editor()
    changeset = submitted(draft(book("moby")))
    if do == "schedule":
        approved(changeset)
    before = state(changeset)

    answer = sent(of(User.objects.get(username=who)), changeset, do, **fields)

    assert answer.status_code == 422
    assert says in text(answer)
    assert 'role="alert"' in text(answer)
    for value in filter(str.strip, fields.values()):
        assert value in text(answer)
    assert state(changeset) == before


def test_the_field_that_is_wrong_says_so(of):
    managing_editor()
    changeset = approved(draft(book("moby")))

    answer = sent(of(managing_editor()), changeset, "schedule", at="2030-01-01 10:00", zone="Mars")

    wrong = re.findall(r'<input type="text" id="([^"]+)"[^>]*aria-invalid="true"', text(answer))
    assert wrong == ["schedule-zone"]


def test_a_time_is_of_its_zone(of):
    changeset = approved(draft(book("moby")))

    sent(of(managing_editor()), changeset, "schedule", at="2035-07-01 10:00", zone="Europe/Berlin")

    changeset.refresh_from_db()
    assert changeset.publish_at.isoformat() == "2035-07-01T08:00:00+00:00"
    page = text(of(person("ada")).get(changeset.get_absolute_url()))
    assert "1 Jul 2035, 08:00 UTC" in page


# --- twice, and from old pages ---------------------------------------------------------------


@pytest.mark.parametrize("do", ["submit", "withdraw", "publish"])
def test_a_form_sent_twice_does_it_once(of, do):
    changeset = draft(book("moby"))
    if do == "publish":
        approved(changeset)
    ada = of(person("ada"))

    answers = [sent(ada, changeset, do).status_code for _time in range(2)]

    assert answers == [303, 422]
    kinds = {"submit": "submitted", "withdraw": "withdrawn", "publish": "published"}
    assert Activity.objects.filter(kind=kinds[do]).count() == 1


def test_an_entry_is_taken_out_and_the_approval_falls(of):
    changeset = approved(draft(book("moby"), reader("bob")))

    page = sent(of(person("ada")), changeset, "drop", key="bob", follow=True)

    assert state(changeset) == "draft"
    assert list(changeset.edits.values_list("key", flat=True)) == ["moby"]
    assert "<del>grace</del>, void: ada changed the content" in text(page)


@pytest.mark.parametrize(("who", "look"), [("ada", "act"), ("linus", "act quiet")])
def test_taking_an_entry_out_is_asked_again_and_says_what_it_costs(of, who, look):
    changeset, client = approved(draft(book("moby"))), of(person(who))

    page = text(client.get(changeset.get_absolute_url()))

    assert "takes the changeset back to draft: its approvals become void" in page
    button = 'value="drop">Take it out<span class="v">: Moby<'
    assert re.search(rf'<details class="{look}"><summary>Take out.*?{button}', page)


def test_approvals_say_who_belongs_to_what_is_changed(of):
    grace = person("grace")
    grace.affiliations = ["moby"]
    grace.save()
    changeset = submitted(draft(book("moby")))

    before = text(of(grace).get(f"{changeset.get_absolute_url()}difference/"))
    approved(changeset, by=grace)
    after = text(of(person("ada")).get(changeset.get_absolute_url()))

    assert "You belong to what this changes" in before
    assert "belongs to moby" in after


def test_a_board_of_one_is_told_so_at_the_changeset(of):
    changeset = approved(draft(book("moby")))
    Grant.objects.filter(user=person("grace"), role=Role.EDITOR).update(
        ended_at="2020-01-01T00:00Z"
    )

    assert "Nothing can be published" in text(of(person("ada")).get(changeset.get_absolute_url()))


# --- beginning to write ----------------------------------------------------------------------


def began(client, **fields):
    return client.post("/desk/new/", {"kind": "book", "once": "x1", **fields})


def test_a_new_entry_begins_with_a_key_made_from_its_name(of):
    answer = began(of(person("ada")), name="Électricité & Wale")

    changeset = Changeset.objects.get()
    edit = Edit.objects.get()
    assert (edit.key, edit.document["title"]) == ("electricite-wale", "Électricité & Wale")
    assert changeset.title == "Book: Électricité & Wale"
    assert answer["Location"] == f"/desk/changesets/{changeset.pk}/documents/electricite-wale/"


def test_sending_the_form_of_a_new_entry_twice_makes_one(of):
    ada = of(person("ada"))

    first, second = (began(ada, name="Moby-Dick") for _time in range(2))

    assert Changeset.objects.count() == 1
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize(
    ("fields", "where", "says"),
    [
        ({"name": ""}, "name", "Write the name"),
        ({"name": "Moby", "kind": "ship"}, "kind", "Choose what kind"),
        ({"name": "Moby", "key": "Moby Dick!"}, "key", "is no key"),
        ({"name": "Moby", "key": "taken"}, "key", "“taken” is taken"),
        ({"name": "Moby", "key": "held"}, "key", "“held” is taken"),
        ({"name": "Moby", "into": "999"}, "into", "This changeset is not there"),
        ({"name": "捕鯨"}, "key", "“” is no key"),
    ],
)
def test_a_new_entry_that_cannot_be_begun_leaves_nothing_but_what_was_typed(
    of, fields, where, says
):
    publish(book("taken"))
    draft(book("held"))
    before = Changeset.objects.count()

    answer = began(of(person("grace")), title="My changeset", **fields)

    assert answer.status_code == 422
    assert says in text(answer)
    assert answer.context["wrong"].where == where
    assert 'value="My changeset"' in text(answer)
    assert Changeset.objects.count() == before


def test_an_entry_joins_a_draft_that_is_chosen(of):
    changeset = draft(book("moby"))

    began(of(person("ada")), name="Omoo", into=changeset.pk)

    assert list(changeset.edits.values_list("key", flat=True).order_by("key")) == ["moby", "omoo"]


def test_editing_an_entry_says_who_edits_it_already(of):
    publish(book("moby", "Moby-Dick"))
    other = draft(book("moby", "The Whale"))

    page = text(of(person("grace")).get("/desk/edit/moby/"))

    assert "It is being edited already" in page
    assert other.get_absolute_url() in page
    assert Changeset.objects.open().count() == 1  # looking begins nothing


def test_a_contributor_is_not_told_whose_draft_it_is(of):
    publish(book("moby", "Moby-Dick"))
    editing.rename(draft(book("moby", "The Whale")), "A secret title", "", by=person("ada"))

    page = text(of(contributor("carl")).get("/desk/edit/moby/"))

    assert "1 draft of somebody else" in page
    assert "A secret title" not in page


def test_editing_goes_on_with_ones_own_draft(of):
    publish(book("moby", "Moby-Dick"))
    grace = of(person("grace"))

    first = grace.post("/desk/edit/moby/", {"once": "x1", "into": ""})
    again = grace.post("/desk/edit/moby/", {"once": "x1", "into": ""})
    later = grace.post("/desk/edit/moby/", {"once": "x2", "into": ""})

    assert first["Location"] == again["Location"] == later["Location"]
    assert Changeset.objects.open().count() == 1
    assert Edit.objects.get(changeset__status="draft").document["title"] == "Moby-Dick"


def test_an_entry_that_is_gone_cannot_be_edited(of):
    from tests.library.builders import retract

    publish(book("moby"))
    retract("moby")
    grace = of(person("grace"))

    assert "is retracted. Restore it first" in text(grace.get("/desk/edit/moby/"))
    assert grace.post("/desk/edit/moby/", {"once": "x"}).status_code == 422
    assert grace.get("/desk/edit/nothing-here/").status_code == 404


# --- its cost --------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
def test_the_number_of_queries_does_not_grow_with_the_changeset(of, tab, queries_of):
    def queries(*keys):
        changeset = draft(*(book(key) for key in keys), *(reader(f"r-{key}") for key in keys))
        submitted(changeset)
        for key in keys:
            editing.comment(changeset, "Why?", by=person("grace"), key=key, path="title")
        return queries_of(grace, f"{changeset.get_absolute_url()}{tab}")

    grace = of(person("grace"))

    assert queries("aa") == queries("ba", "bb", "bc", "bd")
