"""What the forms of a changeset ask for, as calls of `kb.editing`: one line each."""

import re
from collections.abc import Callable, Mapping

from django.db import transaction

from kb import editing
from kb.documents.form_actions import spec_at
from kb.documents.form_data import raw_value, typed
from kb.documents.problems import path_of
from kb.documents.tidying import tidied
from kb.editing.audiences import mentioned
from kb.editing.errors import EditingError
from kb.editing.permissions import Action
from kb.editing.scheduling import moment_in
from kb.kinds import kind_named
from kb.models import Changeset, Thread, User
from kb.web.desk.access import DeskRequest
from kb.web.desk.answering import WrongField, posted

Act = Callable[[DeskRequest, Changeset], str]

LONGEST_PATH = 300
LISTED = ("values", "terms")
COMPOSITE = ("rows", "map", "group", "raw")


class NoSuchForm(EditingError):
    def __init__(self) -> None:
        super().__init__("This form is not known here. Load the page again and send it anew.")


def act_of(request: DeskRequest, changeset: Changeset) -> str:
    """Do what was posted. Returns what to say of it; raises EditingError."""
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise NoSuchForm
    return f"{act(request, changeset)} {not_told(request, changeset)}".rstrip()


def not_told(request: DeskRequest, changeset: Changeset) -> str:
    """Whom the text mentions in vain, for its writer to know; "" when it reaches all."""
    _people, names = mentioned(posted(request, "body") or posted(request, "comment"), changeset)
    listed = ", ".join(f"@{name}" for name in names)
    return f"Not told: {listed}. Nobody of that name may see this." if names else ""


def _submit(request: DeskRequest, changeset: Changeset) -> str:
    """Warnings that were ticked are acknowledged with it: all of it, or nothing."""
    seen = _seen(request)
    with transaction.atomic():
        if seen:
            editing.acknowledge(changeset, seen, by=request.user)
        editing.submit(changeset, by=request.user)
    return "Submitted. The board has been told."


def _seen(request: DeskRequest) -> list[str]:
    """Identities of the warnings that were ticked, or of all that were shown."""
    sent = request.POST.getlist("shown" if request.POST["do"] == "submit-all" else "seen")
    return [each for each in sent if re.fullmatch("[0-9a-f]{64}", each)]


def _acknowledge(request: DeskRequest, changeset: Changeset) -> str:
    seen = _seen(request)
    if not seen:
        raise EditingError("Tick the warnings that you have seen and let stand.")
    editing.acknowledge(changeset, seen, by=request.user)
    return "Noted."


def _back_to_draft(request: DeskRequest, changeset: Changeset) -> str:
    editing.back_to_draft(changeset, by=request.user)
    return "It is a draft again."


def _withdraw(request: DeskRequest, changeset: Changeset) -> str:
    editing.withdraw(changeset, by=request.user)
    return "Withdrawn. You can reopen it."


def _reopen(request: DeskRequest, changeset: Changeset) -> str:
    editing.reopen(changeset, by=request.user)
    return "It is a draft again."


def _invite(request: DeskRequest, changeset: Changeset) -> str:
    user = _person(posted(request, "user"), "user")
    editing.invite(changeset, user, by=request.user)
    return f"{user.shown_name} can write in it now."


def _person(name: str, where: str) -> User:
    user: User | None = User.objects.filter(username=name.removeprefix("@"), is_active=True).first()
    if user is None:
        raise WrongField(where, f"Nobody has the user name “{name}”. Ask them how it is written.")
    return user


def _claim(request: DeskRequest, changeset: Changeset) -> str:
    editing.claim(changeset, by=request.user)
    return "It is yours to read for seven days."


def _let_go(request: DeskRequest, changeset: Changeset) -> str:
    editing.let_go(changeset, by=request.user)
    return "Somebody else can claim it now."


def _assign(request: DeskRequest, changeset: Changeset) -> str:
    name = posted(request, "reviewer")
    user = _person(name, "reviewer") if name else None
    editing.assign(changeset, user, by=request.user)
    return f"{user.shown_name} has been asked." if user else "Nobody is asked any more."


def _approve(request: DeskRequest, changeset: Changeset) -> str:
    editing.approve(changeset, by=request.user, digest=posted(request, "digest"))
    changeset.refresh_from_db()
    is_enough = changeset.status == Changeset.Status.APPROVED
    return "Approved. It can be published now." if is_enough else "Your approval is noted."


def _withdraw_approval(request: DeskRequest, changeset: Changeset) -> str:
    editing.withdraw_approval(changeset, by=request.user)
    return "Your approval is taken back."


def _request_changes(request: DeskRequest, changeset: Changeset) -> str:
    said = posted(request, "comment") or posted(request, "body")
    key, path = _place(request)
    editing.request_changes(changeset, said, by=request.user, key=key, path=path)
    return "Its authors have been told."


def _decline(request: DeskRequest, changeset: Changeset) -> str:
    editing.decline(changeset, posted(request, "comment"), by=request.user)
    return "Declined. Its authors have been told."


def _publish(request: DeskRequest, changeset: Changeset) -> str:
    made = editing.publish(changeset, by=request.user)
    return f"Published: {made} revision{'' if made == 1 else 's'}."


def _schedule(request: DeskRequest, changeset: Changeset) -> str:
    zone = posted(request, "zone") or "UTC"
    try:
        at = moment_in(posted(request, "at"), zone)
    except EditingError as problem:
        raise WrongField("zone" if "time zone" in str(problem) else "at", str(problem)) from None
    editing.schedule(changeset, at, by=request.user)
    return f"It will be published at {posted(request, 'at')} ({zone}): {at:%Y-%m-%d %H:%M} UTC."


def _cancel_schedule(request: DeskRequest, changeset: Changeset) -> str:
    editing.cancel_schedule(changeset, by=request.user)
    return "It stays approved, without a time."


def _rename(request: DeskRequest, changeset: Changeset) -> str:
    title, description = posted(request, "title"), posted(request, "description")
    editing.rename(changeset, title, description, by=request.user)
    return "Saved."


def _drop(request: DeskRequest, changeset: Changeset) -> str:
    key = posted(request, "key")
    editing.drop_edit(changeset, key, by=request.user)
    return f"“{key}” is no longer part of it."


# --- the conversation ------------------------------------------------------------------------


def _comment(request: DeskRequest, changeset: Changeset) -> str:
    key, path = _place(request)
    editing.comment(changeset, posted(request, "body"), by=request.user, key=key, path=path)
    return "Your comment is there."


def _place(request: DeskRequest) -> tuple[str, str]:
    """(key of the entry, place in its document) that a form is about. Raises EditingError."""
    key, path = posted(request, "key"), posted(request, "path")
    if len(path) > LONGEST_PATH:
        raise EditingError("This place is too deep in the document to talk about. Choose its row.")
    return key, path


def _fit_to_keep(value: object) -> object:
    """`value` as a document would hold it. Raises EditingError for characters that none may."""
    kept, problems = tidied(value)
    if problem := next(problems, None):
        raise WrongField("proposed", problem.detail)
    found: object = kept
    return found


def _suggest(request: DeskRequest, changeset: Changeset) -> str:
    key, path = _place(request)
    proposed = _fit_to_keep(proposed_value(changeset, key, path, posted(request, "proposed")))
    editing.suggest(
        changeset, posted(request, "body"), proposed, by=request.user, key=key, path=path
    )
    return "Your suggestion is there. Its authors can take it with one click."


def proposed_value(changeset: Changeset, key: str, path: str, text: str) -> object:
    """What was typed, as the field at `path` holds it; None for nothing."""
    edit = changeset.edits.filter(key=key).first()
    try:
        spec = spec_at(kind_named(edit.kind).schema, path_of(path)) if edit else None
    except ValueError as problem:
        raise EditingError(str(problem)) from None
    if spec is None or spec.widget in COMPOSITE:
        return raw_value(text)
    if spec.widget in LISTED and spec.item is not None:
        lines = (line.strip() for line in text.split("\n"))
        return [typed(spec.item.widget, line) for line in lines if line] or None
    if spec.widget in LISTED:
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    return typed(spec.widget, text)


def _thread(request: DeskRequest, changeset: Changeset) -> Thread:
    number = posted(request, "thread")
    found = changeset.threads.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise EditingError("This thread is not part of the changeset. Load the page again.")
    return found


def _reply(request: DeskRequest, changeset: Changeset) -> str:
    editing.reply(_thread(request, changeset), posted(request, "body"), by=request.user)
    return "Your answer is there."


def _resolve(request: DeskRequest, changeset: Changeset) -> str:
    editing.resolve(_thread(request, changeset), by=request.user)
    return "Resolved."


def _take(request: DeskRequest, changeset: Changeset) -> str:
    editing.take_suggestion(_thread(request, changeset), by=request.user)
    return "Taken: it is part of the document now."


def _turn_down(request: DeskRequest, changeset: Changeset) -> str:
    editing.turn_down(_thread(request, changeset), by=request.user)
    return "Turned down."


def _lift(request: DeskRequest, changeset: Changeset) -> str:
    thread = _thread(request, changeset)
    editing.lift_objection(thread, posted(request, "body"), by=request.user)
    return "The objection is lifted."


# The field that an error is about, where it does not say so itself.
WHERE: Mapping[str, str] = {
    str(Action.REQUEST_CHANGES): "comment",
    str(Action.DECLINE): "comment",
    str(Action.INVITE): "user",
    str(Action.ASSIGN): "reviewer",
    str(Action.SCHEDULE): "at",
    str(Action.COMMENT): "body",
    "reply": "body",
    "lift": "body",
    "rename": "title",
}

ACTS: Mapping[str, Act] = {
    str(Action.SUBMIT): _submit,
    "submit-all": _submit,
    str(Action.BACK_TO_DRAFT): _back_to_draft,
    str(Action.WITHDRAW): _withdraw,
    str(Action.REOPEN): _reopen,
    str(Action.INVITE): _invite,
    str(Action.CLAIM): _claim,
    "let-go": _let_go,
    str(Action.ASSIGN): _assign,
    str(Action.APPROVE): _approve,
    str(Action.WITHDRAW_APPROVAL): _withdraw_approval,
    str(Action.REQUEST_CHANGES): _request_changes,
    str(Action.DECLINE): _decline,
    str(Action.PUBLISH): _publish,
    str(Action.SCHEDULE): _schedule,
    str(Action.CANCEL_SCHEDULE): _cancel_schedule,
    "acknowledge": _acknowledge,
    "rename": _rename,
    "drop": _drop,
    str(Action.COMMENT): _comment,
    str(Action.SUGGEST): _suggest,
    "reply": _reply,
    "resolve": _resolve,
    "take": _take,
    "turn-down": _turn_down,
    "lift": _lift,
}
