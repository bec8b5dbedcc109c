"""What lists cost: every page of the desk asks as often for many rows as for a few."""

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from kb import editing
from kb.editing import redaction, suggestions, tokens
from kb.editing.emergencies import emergency_retract
from kb.editing.knowledge import refresh_findings_of_everything
from kb.models import Changeset, LinkCheck, Revision, Role, User
from tests.library.builders import approved, book, contributor, draft, publish, reader, submitted
from tests.library.builders import person as member
from tests.people import person, signed_in

pytestmark = pytest.mark.usefixtures("visitor")

ROLES = {
    "contributor": (),
    "editor": (Role.EDITOR,),
    "managing editor": (Role.MANAGING_EDITOR,),
    "administrator": (Role.ADMINISTRATOR,),
}
LISTS = (
    "/desk/",
    "/desk/queue/",
    "/desk/queue/?mine=1&kind=book",
    "/desk/queue/?genre=novel&sort=newest",
    "/desk/new/?q=emma",
    "/desk/edit/emma/",
    "/desk/entries/emma/",
    "/desk/bulk/?what=term&field=genres&old=novel&new=atlas",
    "/desk/merge/?from=emma&into=persuasion",
    "/desk/verify/emma/",
    "/desk/account/tokens/",
    "/desk/account/sessions/",
    "/desk/people/",
    "/desk/after/?q=emma",
    *(
        f"/desk/findings/?tab={tab}"
        for tab in ("unchecked", "disputed", "dead", "duplicates", "oldest", "errors", "warnings")
    ),
)
OF_A_CHANGESET = (
    "/desk/changesets/{shared}/",
    "/desk/changesets/{shared}/difference/",
    "/desk/changesets/{shared}/checks/",
    "/desk/changesets/{shared}/conversation/",
    "/desk/changesets/{shared}/conflicts/emma/",
    "/desk/changesets/{shared}/documents/emma/",
    "/desk/changesets/{published}/revert/",
)
OF_THE_BOARD = ("/desk/suggestions/", "/desk/suggestions/{suggestion}/", "/desk/second-reviews/")
PAGES = {
    "contributor": (*LISTS, *OF_A_CHANGESET),
    "editor": (*LISTS, *OF_A_CHANGESET, *OF_THE_BOARD),
    "managing editor": (*LISTS, *OF_A_CHANGESET, *OF_THE_BOARD, "/desk/redactions/"),
    "administrator": (*LISTS, "/desk/redactions/", "/desk/people/?q=guest"),
}


class Desk:
    """Work waiting at the desk for somebody, which grows."""

    def __init__(self, reader_of_it: User):
        self.user = reader_of_it
        self.author = contributor("carl")
        self.numbers = count(1)
        emma = book("emma", "Emma", genres=["novel"])
        self.published = publish(emma, book("persuasion"), reader("ann", "Ann"))
        self.shared = draft({**emma, "title": "Emma Woodhouse"}, by=self.author)
        editing.invite(self.shared, reader_of_it, by=self.author)
        publish(book("emma", "Emma, a Novel", genres=["novel"], loans=[{"reader": "ann"}]))
        self.suggestion = suggested(0)

    def grow(self, by: int) -> None:
        for _ in range(by):
            self._grow(next(self.numbers))
        refresh_findings_of_everything()

    def _grow(self, n: int) -> None:
        own = self.user if not self._is_administrator else self.author
        draft(book("emma", f"E {n}", genres=["novel"]), by=own)
        draft(book("emma", f"F {n}", genres=["novel"], loans=[{"reader": f"nobody-{n}"}]))
        submitted(draft(book(f"new-{n}", genres=["novel"]), reader(f"r-{n}"), by=own))
        submitted(draft(book(f"other-{n}", genres=["novel"], loans=[{"reader": "ann"}])))
        approved(draft(book(f"done-{n}")))
        self._talk(n)
        self._publish(n)
        suggested(n)
        self._welcome(n)

    @property
    def _is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.user.roles()

    def _talk(self, n: int) -> None:
        """More entries, errors, warnings, threads and writers in the changeset that is shared."""
        writer = member(f"writer-{n}")
        part = book(f"part-{n}", loans=[{"reader": f"nobody-{n}"}])
        editing.save(self.shared, f"part-{n}", "book", part, by=writer)
        editing.save(self.shared, f"p-{n}", "reader", reader(f"p-{n}"), by=writer)
        said = f"Is it so? @{self.user.username}"
        thread = editing.comment(self.shared, said, by=writer, key="emma", path="title")
        editing.reply(thread, "It is.", by=member("ada"))
        editing.comment(self.shared, said, by=writer, key=f"part-{n}")
        editing.suggest(self.shared, "", "E", by=member("ada"), key="emma", path="title")

    def _publish(self, n: int) -> None:
        """Findings, later reviews, redactions, sources whose addresses are dead, statements."""
        manager = member("marie", Role.MANAGING_EDITOR)
        name = f"Anneliese Bartholomew{'e' * n}"  # of all of them: they may be one
        source = book(f"old-{n}", f"The Old Map {n}", website=f"https://example.org/{n}")
        publish(source, book(f"gone-{n}"), reader(f"ann-{n}", name, summary="Once."))
        LinkCheck.objects.create(url=f"https://example.org/{n}", failures=5, status=404)
        emergency_retract(f"gone-{n}", "privacy", "", by=manager)
        publish(reader(f"ann-{n}", name))
        first = Revision.objects.get(entry__key=f"ann-{n}", number=1)
        redaction.ask(first, "Private.", by=manager)
        loans = [{"reader": f"ann-{number}"} for number in range(1, n + 1)]
        publish(book("emma", "Emma, a Novel", genres=["novel"], loans=loans))

    def _welcome(self, n: int) -> None:
        contributor(f"guest-{n}")
        ends = timezone.now() + timedelta(days=9)
        tokens.create(self.user, f"Token {n}", ["read"], expires_at=ends)
        signed_in(self.user)

    def path(self, pattern: str) -> str:
        return pattern.format(
            shared=self.shared.pk, published=self.published.pk, suggestion=self.suggestion
        )


def suggested(n: int) -> int:
    """What a visitor suggests, of an entry; its id."""
    told = suggestions.receive(
        "emma", "", f"It is not so, {n}.", "", "", "", nonce=f"n-{n}", network=f"10.0.{n}.1"
    )
    return told[0].pk


@pytest.mark.parametrize("role", ROLES)
def test_the_number_of_queries_of_a_page_does_not_grow_with_what_waits(role, queries_of):
    member("ada"), member("grace")
    user = person("reader", *ROLES[role])
    desk, client = Desk(user), signed_in(user)

    desk.grow(by=2)
    few = {pattern: queries_of(client, desk.path(pattern)) for pattern in PAGES[role]}
    desk.grow(by=4)
    many = {pattern: queries_of(client, desk.path(pattern)) for pattern in PAGES[role]}

    assert many == few
    assert Changeset.objects.open().count() > 30


def test_so_many_later_reviews_and_redactions_are_listed_and_the_rest_counted(monkeypatch):
    from kb.web.desk import redactions, second_reviews

    monkeypatch.setattr(second_reviews, "MOST_WAITING", 2)
    monkeypatch.setattr(redactions, "MOST_WAITING", 2)
    member("ada"), member("grace")
    user = person("reader", Role.MANAGING_EDITOR)
    client = signed_in(user)
    Desk(user).grow(by=3)

    pages = [client.get(f"/desk/{name}/") for name in ("second-reviews", "redactions")]

    assert [len(page.context["waiting"]) for page in pages] == [2, 2]
    assert all("1 more wait" in page.content.decode() for page in pages)
