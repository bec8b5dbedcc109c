"""Bringing an edit up to date: both sides shown, the choice left to people, neither side lost."""

import re
from html import unescape

import pytest

from kb import editing
from kb.models import Changeset, Edit
from kb.web.desk.sides import CHOICE
from tests.library.builders import (
    approved,
    book,
    contributor,
    draft,
    merge,
    person,
    publish,
    reader,
    retract,
)


@pytest.fixture
def ada(visitor):
    """Ada, who wrote the draft."""
    person("grace")
    visitor.force_login(person("ada"))
    return visitor


def path_of(changeset, key="moby"):
    return f"{changeset.get_absolute_url()}conflicts/{key}/"


def text(answer):
    return unescape(answer.content.decode())


def kept(changeset, key="moby"):
    return Edit.objects.get(changeset=changeset, key=key)


def choice(place, side):
    return {f"{CHOICE}{place}": side}


def groups(found):
    """(label, before, after) of every row that a comparison shows."""
    return [(row["label"], row["before"], row["after"]) for g in found for row in g["changes"]]


@pytest.fixture
def overtaken(ada):
    """Ada changed the title and the website; meanwhile the title and the date were published."""
    publish(book("moby", "Moby-Dick", printed="1851"))
    mine = draft(book("moby", "The Whale", printed="1851", website="https://mine.example"))
    publish(book("moby", "Moby-Dick; or, The Whale", printed="1851-10-18"))
    return mine


@pytest.fixture
def at_publication(client, monkeypatch, overtaken):
    """What Grace is shown who publishes what was approved, after others published."""
    monkeypatch.setattr("kb.web.desk.access.has_second_factor", lambda _person: True)
    client.force_login(person("grace"))
    approved(overtaken, by=person("linus"))
    return client.post(overtaken.get_absolute_url(), {"do": "publish"})


def test_a_conflict_at_publication_is_said_once_by_name_and_leads_to_the_choice(
    at_publication, overtaken
):
    page = text(at_publication)

    assert at_publication.status_code == 409
    assert f'<a href="{path_of(overtaken)}">Moby-Dick; or, The Whale</a> has changed' in page
    assert page.count("Others have published changes to the same things") == 1
    assert "was held back" not in page
    assert "still there" not in page
    assert page.count("Conflicted</span>") == 1
    assert "its authors have to compare both sides and choose" in page


def test_what_is_conflicted_is_not_there_to_be_approved(at_publication, client, overtaken):
    page = text(client.get(f"{overtaken.get_absolute_url()}difference/"))

    assert f'href="{path_of(overtaken)}"' in page
    assert 'value="approve"' not in page
    assert "It cannot be approved yet" in page


def test_what_is_conflicted_is_not_there_to_be_published(client, monkeypatch, overtaken):
    monkeypatch.setattr("kb.web.desk.access.has_second_factor", lambda _person: True)
    client.force_login(person("grace"))
    approved(overtaken, by=person("linus"))

    page = text(client.get(overtaken.get_absolute_url()))

    assert page.count("Conflicted</span>") == 1
    assert not re.search('value="(publish|schedule)"', page)


def test_where_it_merges_by_itself_it_is_stale_alone(ada):
    publish(book("moby", "Moby-Dick"))
    mine = draft(book("moby", "Moby-Dick", website="https://mine.example"))
    publish(book("moby", "Moby-Dick; or, The Whale"))

    page = text(ada.get(mine.get_absolute_url()))

    assert "Stale</span>" in page
    assert "Conflicted" not in page


def test_base_theirs_and_mine_stand_side_by_side_and_none_is_preselected(ada, overtaken):
    answer = ada.get(path_of(overtaken))

    (only,) = answer.context["sides"].choices
    assert (only.label, only.base, only.theirs, only.mine) == (
        "Title",
        "Moby-Dick",
        "Moby-Dick; or, The Whale",
        "The Whale",
    )
    assert "checked" not in re.findall(r"<input type=\"radio\"[^>]*>", text(answer))
    assert groups(answer.context["sides"].by_itself) == [("Printed", "1851", "18 October 1851")]
    assert ("Website", "", "https://mine.example") in groups(answer.context["sides"].own)


def test_the_overview_leads_to_the_comparison(ada, overtaken):
    page = text(ada.get(overtaken.get_absolute_url()))

    assert path_of(overtaken) in page
    assert "Conflict: compare and choose" in page


@pytest.mark.parametrize(
    ("side", "title"), [("theirs", "Moby-Dick; or, The Whale"), ("mine", "The Whale")]
)
def test_what_is_chosen_is_carried_over_with_what_merges_by_itself(ada, overtaken, side, title):
    answer = ada.post(path_of(overtaken), {"newest": "2", **choice("title", side)})

    assert answer.status_code == 303
    edit = kept(overtaken)
    assert edit.base.number == 2
    assert edit.document["title"] == title
    assert edit.document["printed"] == "1851-10-18"
    assert edit.document["website"] == "https://mine.example"


def test_without_a_choice_nothing_happens_and_the_place_is_named(ada, overtaken):
    answer = ada.post(path_of(overtaken), {"newest": "2"})

    assert answer.status_code == 422
    assert "“title”" in text(answer)
    assert kept(overtaken).base.number == 1
    assert kept(overtaken).document["title"] == "The Whale"


def test_the_result_is_shown_first_and_nothing_is_saved(ada, overtaken):
    data = {"newest": "2", "do": "preview", **choice("title", "mine")}

    answer = ada.post(path_of(overtaken), data)

    assert answer.status_code == 200
    assert groups(answer.context["result"]) == [
        ("Title", "Moby-Dick; or, The Whale", "The Whale"),
        ("Website", "", "https://mine.example"),
    ]
    assert kept(overtaken).base.number == 1


def test_moved_again_meanwhile_the_new_comparison_keeps_the_choices(ada, overtaken):
    publish(
        book("moby", "Moby-Dick; or, The Whale", printed="1852", website="https://their.example")
    )

    answer = ada.post(path_of(overtaken), {"newest": "2", **choice("title", "mine")})

    assert answer.status_code == 409
    chosen = {each.label: each.chosen for each in answer.context["sides"].choices}
    assert chosen == {"Title": "mine", "Website": ""}
    assert answer.context["newest"].number == 3
    assert kept(overtaken).document["title"] == "The Whale"


def test_rows_are_compared_row_by_row(ada):
    publish(*(reader(name) for name in ("ann", "bob", "cid")))
    publish(
        book("moby", loans=[{"reader": "ann", "from": "1950"}, {"reader": "bob", "from": "1960"}])
    )
    ann, bob = Edit.objects.filter(key="moby").get().document["loans"]
    mine = draft(book("moby", loans=[{**ann, "to": "1955"}, {**bob, "to": "1961"}]))
    publish(book("moby", loans=[{**ann, "to": "1956"}, {"reader": "cid", "from": "1970"}]))

    answer = ada.get(path_of(mine))

    told = [(each.label, each.kind) for each in answer.context["sides"].choices]
    assert told == [
        ("Loans, Ann · 1950: To", "Both added it"),
        ("Loans, Bob · 1960", "They took out what you changed"),
    ]
    places = [each.place for each in answer.context["sides"].choices]
    done = ada.post(
        path_of(mine), {"newest": "2", **choice(places[0], "theirs"), **choice(places[1], "mine")}
    )
    assert done.status_code == 303
    rows = {(row["reader"], row.get("to")) for row in kept(mine).document["loans"]}
    assert rows == {("ann", "1956"), ("bob", "1961"), ("cid", None)}


def test_what_merges_by_itself_needs_one_click(ada):
    publish(book("moby", "Moby-Dick"))
    mine = draft(book("moby", "The Whale"))
    publish(book("moby", "Moby-Dick", printed="1851"))

    assert "both sides changed different things" in text(ada.get(path_of(mine)))
    assert ada.post(path_of(mine), {"newest": "2"}).status_code == 303

    assert kept(mine).document["title"] == "The Whale"
    assert kept(mine).document["printed"] == "1851"


def test_an_edit_of_what_was_merged_is_aimed_at_the_survivor(ada):
    publish(book("moby", "Moby-Dick"), book("whale", "The Whale"))
    mine = draft(book("moby", "Moby-Dick", printed="1851"))
    merge("moby", into="whale")

    page = ada.get(path_of(mine))
    assert "Aim the edit at “whale”" in text(page)
    assert ada.post(path_of(mine), {"do": "aim"}).status_code == 303

    assert kept(mine, "whale").document["printed"] == "1851"
    assert kept(mine, "whale").document["title"] == "The Whale"


def test_an_edit_of_what_was_retracted_can_be_taken_out_or_kept(ada):
    publish(book("moby", "Moby-Dick"))
    mine = draft(book("moby", "The Whale"))
    retract("moby")

    page = ada.get(path_of(mine))
    assert "was retracted meanwhile" in text(page)
    assert kept(mine).document["title"] == "The Whale"

    assert ada.post(path_of(mine), {"do": "drop"}).status_code == 303
    assert not mine.edits.exists()


def test_what_is_up_to_date_has_nothing_to_compare(ada):
    publish(book("moby", "Moby-Dick"))
    mine = draft(book("moby", "The Whale"))

    assert "there is nothing to compare" in text(ada.get(path_of(mine)))
    assert ada.get(path_of(mine, "other")).status_code == 404


def test_carrying_over_voids_the_approvals(ada, overtaken):
    approved(overtaken)

    ada.post(path_of(overtaken), {"newest": "2", **choice("title", "mine")})

    overtaken.refresh_from_db()
    assert overtaken.status == "draft"
    assert not overtaken.approvals.filter(voided_at__isnull=True).exists()


def test_whoever_may_not_write_is_not_asked(ada, overtaken):
    editing.withdraw(overtaken, by=person("ada"))

    answer = ada.get(path_of(overtaken))

    assert "Those who write in it choose" in text(answer)
    ada.post(path_of(overtaken), {"newest": "2", **choice("title", "theirs")})
    assert kept(overtaken).document["title"] == "The Whale"


def test_two_authors_of_one_entry_both_keep_what_they_wrote(visitor):
    carl = contributor("carl")
    person("ada"), person("grace")
    publish(book("moby", "Moby-Dick"))
    one, other = (
        draft(book("moby", "The Whale")),
        draft(book("moby", "Moby Dick", printed="1851"), by=carl),
    )
    editing.publish(approved(one), by=person("ada"))
    visitor.force_login(carl)

    visitor.post(path_of(other), {"newest": "2", **choice("title", "theirs")})
    editing.publish(approved(Changeset.objects.get(pk=other.pk)), by=person("ada"))

    newest = Edit.objects.get(changeset=other, key="moby").revision
    assert newest.content["title"] == "The Whale"
    assert newest.content["printed"] == "1851"
