"""Following entries, terms, lists and searches: what is followed, and what changed of it."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.editing import EditingError, NotAllowed, people, redaction, watching
from kb.editing.watching import NotWatchable
from kb.models import Change, Revision, User, Watch
from kb.publication.ahead import newest_change
from tests.library.builders import (
    administrator,
    book,
    contributor,
    managing_editor,
    merge,
    publish,
    reader,
    restore,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

ATLAS: dict[str, Any] = {"genres": ["atlas"]}


def watched(address, name="wim") -> Watch:
    return watching.watch(contributor(name), address, "daily")


def lines(watch: Watch) -> list[tuple[str, str]]:
    """Act and key of each change since."""
    found = watching.lines_of(watch, newest_change())
    rows = Change.objects.filter(pk__in=found).order_by("pk").select_related("entry")
    return [(row.act, row.entry.key) for row in rows]


# --- what can be followed ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("entry:emma", "entry:emma"),
        ("term:genre:novel", "term:genre:novel"),
        ("list:books", "list:books"),
        ("list:books?sort=date&cursor=x&genre=novel", "list:books?genre=novel"),
        ("list:books?genre=novel&genre=atlas", "list:books?genre=atlas&genre=novel"),
        ("list:books?genre=&exists.website=true", "list:books?exists.website=true"),
        ("list:books?changed_since=2026-01-01", "list:books"),
        ("search:page=2&q=+whale+&kind=book", "search:kind=book&q=whale"),
        ("search:q=a%26b", "search:q=a%26b"),
    ],
)  # fmt: skip
def test_what_means_the_same_is_watched_once(address, normal):
    publish(book("emma"))

    first = watched(address)
    second = watching.watch(first.user, normal, "weekly")

    assert (first.address, second.pk) == (normal, first.pk)
    assert Watch.objects.get().frequency == "weekly"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("entry:nobody", "No entry is called “nobody”"),
        ("entry:../../etc", "No entry is called"),
        ("term:genre:poem", "no term that can be watched"),
        ("term:genre:", "no term that can be watched"),
        ("term:printed:1815", "no term that can be watched"),
        ("list:loans", "There is no list “loans”"),
        ("list:books?genre=poem", "“poem” is not one of the values"),
        ("list:books?genre=%FF", "not UTF-8"),
        ("list:books?q=whale", "There is no such parameter here"),
        ("search:q=whale&genre=atlas", "There is no such parameter here"),
        ("search:kind=book", "A search without words"),
        ("everything", "There is nothing to watch here"),
        ("", "There is nothing to watch here"),
    ],
)
def test_what_cannot_be_watched_is_told_why(address, told):
    with pytest.raises(NotWatchable, match=told):
        watched(address)


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["genre", "genre.not", "kind", "q", "sort", "page", "changed_since", "no"]),
        st.sampled_from(["atlas", "novel", "book", "a whale", "&", "%00", "", " é "]),
    ),
    max_size=6,
).map(urlencode)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from(["list:books?", "search:"]), query=QUERIES)
def test_whatever_can_be_watched_has_one_form(start, query):
    try:
        found = watching.thing_at(start + query)
    except NotWatchable:
        return

    assert watching.thing_at(found.address) == found


def test_nobody_watches_more_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(watching, "MOST", 1)
    watched("list:books")

    with pytest.raises(EditingError, match="You watch 1 things already"):
        watched("list:readers")

    assert watched("list:books").pk
    assert watched("list:readers", "eve").pk


def test_who_is_blocked_watches_nothing_new():
    user = contributor("wim")
    people.block(user, by=administrator())

    with pytest.raises(NotAllowed):
        watching.watch(user, "list:books", "daily")


def test_who_deletes_their_account_watches_nothing():
    watch = watched("list:books")
    watched("list:books", "eve")

    people.delete_account(watch.user, by=watch.user)

    assert [each.user.username for each in Watch.objects.all()] == ["eve"]
    assert User.objects.filter(username="wim").exists()


# --- what changed -----------------------------------------------------------------------------


def test_an_entry_is_told_from_the_moment_on_at_which_it_is_watched():
    publish(book("emma"))
    watch = watched("entry:emma")
    publish(book("emma", "Emma!"), book("other"))
    retract("emma")
    restore("emma")

    found = lines(watch)

    assert found == [("revise", "emma"), ("retract", "emma"), ("restore", "emma")]


def test_a_merged_entry_goes_on_as_what_it_was_merged_into():
    publish(book("emma"), book("emma-two"), book("other"))
    watch, survivor = watched("entry:emma-two"), watched("entry:emma")
    merge("emma-two", into="emma")
    publish(book("emma", "Emma!"), book("other", "Another"))

    assert lines(watch) == lines(survivor) == [("merge", "emma-two"), ("revise", "emma")]
    assert watched("entry:emma-two", "eve").value == "emma"


@pytest.mark.parametrize("address", ["term:genre:atlas", "list:books?genre=atlas"])
def test_what_comes_changes_and_leaves_is_told(address):
    publish(book("leaves", **ATLAS), book("goes", **ATLAS), book("into"), book("never"))
    publish(book("merged", **ATLAS), reader("ann"), book("stays", **ATLAS))
    watch = watched(address)
    publish(book("leaves"), book("comes", **ATLAS), book("never", "Never"), reader("ann", "Anna"))
    retract("goes")
    merge("merged", into="into")

    assert sorted(lines(watch)) == [
        ("merge", "merged"),
        ("retract", "goes"),
        ("revise", "comes"),
        ("revise", "leaves"),
    ]


def test_what_left_is_told_once():
    publish(book("leaves", **ATLAS))
    watch = watched("term:genre:atlas")
    publish(book("leaves"))
    watching.see(watch, newest_change())
    watch.refresh_from_db()
    publish(book("leaves", "Leaves again"))

    assert lines(watch) == []


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("search:q=whale", ["comes", "leaves", "retracted"]),
        ("search:q=white+whale", ["leaves"]),
        ("search:q=%22white+whale%22", ["leaves"]),
        ("search:q=%22whale+white%22", []),
        ("search:q=whale&kind=reader", []),
        ("search:q=whale&kind.not=reader", ["comes", "leaves", "retracted"]),
        ("search:q=the", []),
        ("search:q=...", []),
    ],
)
def test_a_search_tells_of_what_it_finds_and_of_what_it_found(address, found):
    publish(book("leaves", "The white whale"), book("still", "A whale"), book("comes", "Fish"))
    publish(book("retracted", "A whale", **ATLAS), book("other", "White"))
    watch = watched(address)
    publish(book("leaves", "Fish"), book("comes", "A whale"), book("other", "Whiter"))
    retract("retracted")

    assert sorted(key for _act, key in lines(watch)) == found


def test_a_redacted_text_is_told_as_such_and_where_the_entry_is_watched():
    publish(book("emma", "Secret", **ATLAS))
    publish(book("emma", "Emma", **ATLAS))
    by_key, by_term, by_word = map(watched, ("entry:emma", "term:genre:atlas", "search:q=secret"))
    asked = redaction.ask(Revision.objects.get(number=1), "privacy", by=managing_editor())
    redaction.confirm(asked, by=administrator())

    assert lines(by_key) == lines(by_term) == [("redact", "emma")]
    assert lines(by_word) == []


def test_a_long_time_of_much_publishing_is_looked_through_in_bounds(monkeypatch):
    monkeypatch.setattr("kb.publication.past_rows.MOST_LISTED", 1)
    publish(book("leaves", **ATLAS))
    watch = watched("term:genre:atlas")
    publish(book("leaves"), book("one", **ATLAS), book("two", **ATLAS))

    assert sorted(key for _act, key in lines(watch)) == ["one", "two"]


# --- without signing in -----------------------------------------------------------------------


def test_a_secret_opens_what_it_was_made_for_and_no_other():
    one, other = watched("list:books"), watched("list:readers")
    watched("list:books", "eve")

    of_one, of_all = watching.secret_of(one), watching.secret_of_all(one.user)

    assert watching.opened(of_one) == [one]
    assert watching.opened(of_all) == [one, other]
    assert watching.opened(of_one[:-1] + ("A" if of_one[-1] != "A" else "B")) is None
    assert watching.opened("nothing") is None
    watching.stop_mail([one])
    assert watching.opened(of_one) == []
    assert watching.opened(of_all) == [other]
