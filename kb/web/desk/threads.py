"""Threads as pages show them: what was said, about which place, and what may be done about it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Prefetch
from django.utils.safestring import SafeString

from kb.documents.form_actions import spec_at
from kb.documents.form_fields import raw_text
from kb.documents.form_fields import text_of as text_in_box
from kb.documents.form_specs import Spec
from kb.documents.problems import path_of, place_of
from kb.editing.conversation import is_outdated, place_now
from kb.editing.permissions import Action
from kb.kinds import JSON, kind_named
from kb.models import Changeset, Comment, Edit, Thread, User
from kb.publication.markdown import markdown_html
from kb.web.desk.changeset_acts import COMPOSITE, LISTED
from kb.web.desk.values import Values
from kb.web.desk.wording import place_in_words
from kb.web.shown_changes import LabelOf

CLOSINGS = {
    "resolved": "Resolved",
    "lifted": "Lifted",
    "taken": "Taken",
    "turned-down": "Turned down",
}


def threads_of(changeset: Changeset, keys: Collection[str] | None = None) -> list[Thread]:
    """The threads of a changeset (about these entries only), oldest first, with what is said."""
    said = Comment.objects.select_related("author").order_by("pk")
    threads = changeset.threads.select_related("opened_by", "closed_by")
    if keys is not None:
        threads = threads.filter(key__in=keys)
    return list(threads.prefetch_related(Prefetch("comments", said)).order_by("pk"))


def shown_thread(
    thread: Thread,
    edit: Edit | None,
    document: JSON,
    allowed: Iterable[Action],
    user: User,
    values: Values,
) -> dict[str, Any]:
    """A thread as a row.

    `edit`: of the entry it is about, None where it is gone or about none; `document`: of that
    edit, which is read once for all its threads.
    """
    spec = spec_of_thread(thread, edit)
    return {
        "pk": thread.pk,
        "text_pk": str(thread.pk),
        "kind": thread.kind,
        "kind_label": thread.get_kind_display(),
        "opened_by": thread.opened_by.shown_name if thread.opened_by else "a former member",
        "opened_at": thread.opened_at,
        "key": thread.key,
        "place": thread.path,
        "place_label": label_of_place(thread, edit, document, values.label_of),
        "is_outdated": bool(thread.key) and (edit is None or is_outdated(thread, document)),
        "is_open": thread.closed_at is None,
        "closing": closing_of(thread),
        "comments": [shown_comment(each) for each in thread.comments.all()],
        "was": values.html(spec, thread.value),
        "proposed": proposed_html(thread, spec, values),
        "may": may_do(thread, frozenset(allowed), user),
    }


def shown_comment(comment: Comment) -> dict[str, Any]:
    return {
        "author": comment.author.shown_name if comment.author else "a former member",
        "at": comment.at,
        "body": markdown_html(comment.body),
    }


def closing_of(thread: Thread) -> str:
    if thread.closed_at is None:
        return ""
    by = f" by {thread.closed_by.shown_name}" if thread.closed_by else ""
    return f"{CLOSINGS.get(thread.closing, 'Closed')}{by}"


def proposed_html(thread: Thread, spec: Spec | None, values: Values) -> SafeString:
    if thread.kind != Thread.Kind.SUGGESTION:
        return SafeString("")
    if thread.proposed is None:
        return SafeString("<em>take it out</em>")
    return values.html(spec, thread.proposed)


def spec_of_thread(thread: Thread, edit: Edit | None) -> Spec | None:
    if edit is None or not thread.path:
        return None
    try:
        return spec_at(kind_named(edit.kind).schema, path_of(thread.path))
    except ValueError:
        return None


def label_of_place(thread: Thread, edit: Edit | None, document: JSON, shown: LabelOf) -> str:
    """What a thread is about, in words; "" for the changeset or an entry as a whole."""
    if not thread.path or edit is None:
        return thread.path
    path = place_now(thread, document)
    if path is None:
        return thread.path
    return place_in_words(kind_named(edit.kind).schema, document, path, shown)


def place_today(thread: Thread, document: Mapping[str, Any]) -> str:
    """Where it is now, as a place; "" when it is gone or about the whole."""
    path = place_now(thread, dict(document)) if thread.path else None
    return place_of(path) if path is not None else ""


def may_do(thread: Thread, allowed: frozenset[Action], user: User) -> dict[str, bool]:
    """What `user` may do about a thread."""
    is_open = thread.closed_at is None
    is_mine = thread.opened_by_id == user.pk
    is_objection = thread.kind == Thread.Kind.OBJECTION
    is_suggestion = thread.kind == Thread.Kind.SUGGESTION
    lifts = (is_mine and user.is_on_board) or Action.LIFT_OBJECTION in allowed
    return {
        "reply": Action.COMMENT in allowed,
        "resolve": is_open and thread.kind == Thread.Kind.COMMENT and Action.COMMENT in allowed,
        "take": is_open and is_suggestion and Action.TAKE_SUGGESTION in allowed,
        "lift": is_open and is_objection and lifts,
        "lift_needs_reason": not is_mine,
    }


def text_to_edit(spec: Spec | None, value: Any) -> str:
    """A value as a box holds it, to be typed over: as `changeset_acts.proposed_value` reads it."""
    if value is None:
        return ""
    if spec is None or spec.widget in COMPOSITE:
        return raw_text(value)
    if spec.widget in LISTED and isinstance(value, list):
        return "\n".join(str(each) for each in value)
    text = text_in_box(spec.widget, value)
    return raw_text(value) if text is None else text
