"""Whom it concerns that something happened at the desk, and how it reads."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from kb import editing
from kb.editing import conversation, transitions
from kb.editing.activity import RULES, path_of, record, sentence_of
from kb.editing.audiences import mentioned
from kb.models import Activity, Mute, Notice
from tests.library.builders import (
    administrator,
    approved,
    contributor,
    draft,
    managing_editor,
    person,
    reader,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def told(kind):
    """Person → (reason, at once) of the notices about the last activity of this kind."""
    activity = Activity.objects.filter(kind=kind).latest("pk")
    return {
        notice.user.username: (notice.reason, notice.is_at_once)
        for notice in activity.notices.select_related("user")
    }


def test_every_kind_that_is_recorded_has_a_line_in_the_table():
    recorded = {
        call.args[0].value
        for file in (Path(settings.BASE_DIR) / "kb").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "record"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }

    assert recorded
    assert recorded - set(RULES) == set()


def test_a_kind_without_a_line_is_refused():
    with pytest.raises(ValueError, match="“dreamt” has no line in"):
        record("dreamt", by=None)


def test_a_submission_waits_for_the_digest_of_the_board():
    for name in ("ada", "grace", "emmy"):
        person(name)
    contributor("carl")

    submitted(draft(reader("ann")))

    assert told("submitted") == {"grace": ("board", False), "emmy": ("board", False)}


def test_a_decision_is_told_to_the_author_at_once_and_to_the_others_later():
    changeset = submitted(draft(reader("ann"), by=contributor("carl")))
    conversation.comment(changeset, "Looks good.", by=person("emmy"))

    approved(changeset)

    assert told("approved") == {"carl": ("author", True), "emmy": ("involved", False)}


@pytest.mark.parametrize("decide", [transitions.request_changes, transitions.decline])
def test_what_asks_the_author_to_act_is_told_at_once(decide):
    changeset = submitted(draft(reader("ann")))

    decide(changeset, "Which source?", by=managing_editor())

    last = Activity.objects.filter(changeset=changeset).latest("pk")
    assert last.notices.get(user=person("ada")).is_at_once


def test_nobody_is_told_of_their_own_act():
    changeset = approved(submitted(draft(reader("ann"))))

    editing.publish(changeset, by=person("ada"))

    own = [n for n in Notice.objects.select_related("activity") if n.activity.user_id == n.user_id]
    assert own == []
    assert "ada" not in told("published")
    assert "grace" in told("published")


def test_whoever_has_two_reasons_gets_one_notice_for_the_stronger_one():
    changeset = submitted(draft(reader("ann")))
    conversation.comment(changeset, "First.", by=person("grace"))

    conversation.comment(changeset, "What do you think, @grace?", by=person("emmy"))

    assert told("commented") == {"grace": ("mentioned", True), "ada": ("author", False)}


def test_who_is_asked_to_review_is_told_at_once():
    changeset = submitted(draft(reader("ann")))

    transitions.assign(changeset, person("grace"), by=managing_editor())

    assert told("assigned") == {"grace": ("assigned", True), "ada": ("author", False)}
    assert sentence_of(Activity.objects.latest("pk")) == "marie asked grace to review “A change”."


def test_who_left_a_thread_is_told_nothing_of_it_unless_mentioned():
    changeset = submitted(draft(reader("ann")))
    Mute.objects.create(changeset=changeset, user=person("ada"))

    conversation.comment(changeset, "Hm.", by=person("grace"))
    assert told("commented") == {}

    conversation.comment(changeset, "@ada, please look.", by=person("grace"))
    assert told("commented") == {"ada": ("mentioned", True)}


def test_a_mention_of_someone_who_may_not_see_it_reaches_nobody_and_is_given_back():
    changeset = submitted(draft(reader("ann")))
    contributor("carl")
    body = "@grace and @carl and @nobody: see @ada.\n\n`@emmy` is code, x@y.org an address."
    for name in ("grace", "emmy"):
        person(name)

    people, unreached = mentioned(body, changeset)
    conversation.comment(changeset, body, by=person("olga"))

    assert [user.username for user in people] == ["grace", "ada"]
    assert unreached == ["carl", "nobody"]
    assert set(told("commented")) == {"grace", "ada"}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@ada.", ["ada"]),
        ("(@ada)", ["ada"]),
        ("@a.d-a_1, @a.d-a_1", ["a.d-a_1"]),
        ("mail ada@grace.org", []),
        ("https://x.org/@ada", []),
        ("@ ada", []),
    ],
)
def test_a_mention_is_a_name_of_its_own(body, names):
    changeset = draft(reader("ann"))

    assert (
        mentioned(body, changeset) == ([], [name for name in names if name != "ada"])
        or [user.username for user in mentioned(body, changeset)[0]] == names
    )


def test_nobody_hears_of_a_draft_before_it_is_submitted():
    person("grace")

    draft(reader("ann"))

    assert not Notice.objects.exists()


def test_a_failed_publication_is_told_at_once_to_all_concerned():
    changeset = approved(draft(reader("ann")))
    managing_editor()

    record("publication-failed", by=None, changeset=changeset, reason="A source was retracted.")

    assert told("publication-failed") == {
        "ada": ("author", True),
        "grace": ("involved", True),
        "marie": ("managing-editor", True),
    }


def test_a_redaction_is_told_to_administrators():
    administrator("root")

    record("redaction-asked", by=managing_editor(), key="cern", reason="A private address.")

    assert told("redaction-asked") == {"root": ("administrator", False)}
    sentence = sentence_of(Activity.objects.latest("pk"))
    assert sentence == "marie asked for the redaction of “cern”: A private address."
    assert path_of(Activity.objects.latest("pk")) == "/desk/redactions/"


def test_an_activity_whose_transaction_fails_tells_nobody():
    changeset = submitted(draft(reader("ann")))
    before = Notice.objects.count()

    with transaction.atomic():
        record("approved", by=person("grace"), changeset=changeset)
        assert Notice.objects.count() > before
        transaction.set_rollback(True)

    assert Notice.objects.count() == before


@pytest.mark.parametrize("kind", sorted(RULES))
def test_every_kind_reads_as_a_sentence_by_somebody_and_by_itself(kind):
    changeset = draft(reader("ann"))
    data = {"key": "ann", "at": "2026-03-29T12:30:00+00:00", "role": "editor"}

    for by in (person("grace"), None):
        activity = record(kind, by=by, changeset=changeset, user=person("emmy").pk, **data)

        for sentence in (sentence_of(activity), sentence_of(activity, is_named=False)):
            assert sentence.startswith(("grace ", "emmy ", "Somebody ", "A ", "The ", "It ", "“"))
            assert sentence.endswith(".")
            assert "{" not in sentence


def test_a_long_comment_is_cut_within_its_sentence():
    changeset = submitted(draft(reader("ann")))

    conversation.comment(changeset, "word\n" * 500, by=person("grace"))

    sentence = sentence_of(Activity.objects.latest("pk"))
    assert sentence.startswith("grace commented on “A change”: word word")
    assert sentence.endswith(" …")
    assert len(sentence) < 350
