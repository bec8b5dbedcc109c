"""What can be done to one entry after its publication: retract, merge, return, restore, redact."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.documents.fields import KEY
from kb.documents.reasons import RETRACTION_REASONS
from kb.editing import EditingError, permissions
from kb.editing.checking import HIDING
from kb.editing.consequences import count_open, open_changesets, referring_keys
from kb.editing.drafts import newest_revision_of
from kb.editing.emergencies import emergency_retract, emergency_revert
from kb.editing.merging import open_unmerge
from kb.editing.permissions import Action
from kb.editing.redaction import ask
from kb.editing.retracting import ACTIVE, name_in, open_restoration, open_retraction
from kb.editing.reverting import open_revert_to
from kb.models import Changeset, Edit, Redaction, Revision, SecondReview, User
from kb.publication import reading
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, WrongField, carried_out, posted, status_of
from kb.web.desk.buttons import Button, Field
from kb.web.desk.marks import names_of

MOST_NAMED = 40  # entries that refer to it
MOST_OPEN = 12  # open changesets that edit it
MOST_OFFERED = 50  # revisions that one chooses from
REASONS = (
    ("", "Choose a reason"),
    *((term.value, term.label) for term in RETRACTION_REASONS),
)
NOT_THE_NEWEST = (
    "The newest revision is not offered: something has to stand in its place. Publish one without "
    "that text, or retract the entry; then this one can be redacted."
)
STATES: Mapping[str, str] = {Edit.Act.RETRACT: "retracted", Edit.Act.MERGE: "merged"}


@dataclass(frozen=True, slots=True)
class Subject:
    """The entry that the page is about, and who looks at it. `state`: active, retracted, merged."""

    key: str
    newest: Revision
    user: User

    @property
    def state(self) -> str:
        return STATES.get(self.newest.act, "active")

    def may(self, action: Action) -> bool:
        return permissions.may(self.user, action)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def entry_acts(request: DeskRequest, key: str) -> HttpResponse:
    """`/desk/entries/<key>/`: its standing, what rests on it, and what can be done to it."""
    newest = newest_revision_of(key) if re.match(KEY, key) else None
    if newest is None:
        raise Http404
    wrong: Wrong | None = None
    if request.method == "POST":
        leads_to: list[str] = []
        wrong = carried_out(request, lambda: _act(request, key, leads_to))
        if wrong is None:
            return SeeOther(leads_to[0])
    subject = Subject(key, newest, request.user)
    context = {**_standing(subject), "wrong": wrong, "buttons": list(_drawn(subject, wrong))}
    return render(request, "kb/desk/entry.html", context, status=status_of(wrong))


def _standing(subject: Subject) -> dict[str, Any]:
    """What the page tells beside its forms."""
    key, newest = subject.key, subject.newest
    known = reading.known([key, newest.content.get("into", "")])
    referring = referring_keys(key)
    opened = open_changesets([key], seen_by=subject.user).get(key, [])
    label = next((each for each in known.values() if each.key == key), None)
    return {
        "current": "desk",
        "key": key,
        "kind": newest.entry.kind,
        "name": _name(label, newest),
        "state": subject.state,
        "newest": newest,
        "into": known.get(newest.content.get("into", "")),
        "reason": RETRACTION_REASONS.label_of(newest.content.get("reason", "")),
        "referring": sorted(names_of(referring[:MOST_NAMED]).items(), key=lambda each: each[1]),
        "referring_count": len(referring),
        "open_changesets": opened[:MOST_OPEN],
        "further": max(0, len(opened) - MOST_OPEN),
        "unseen": max(0, count_open(key) - len(opened)),
        "second_review": SecondReview.objects.filter(
            changeset=newest.changeset_id, reviewed_at__isnull=True
        ).first(),
        "redactions": _redactions_asked(subject),
        "why_no_redaction": _why_no_redaction(subject),
        "tab_path": f"/desk/entries/{key}/",
        "may_merge": subject.state == "active" and subject.may(Action.MERGE_ENTRIES),
    }


def _name(label: reading.Known | None, newest: Revision) -> str:
    """As shown today; of what was merged, as in its last revision that said so."""
    key = newest.entry.key
    if label is not None and label.survivor == key:
        return str(label.shown["name"])
    told = newest.entry.revisions.filter(act__in=ACTIVE).order_by("-number").first()
    return name_in(told) if told is not None else key


def _redactions_asked(subject: Subject) -> list[Redaction]:
    if not (subject.may(Action.ASK_REDACTION) or subject.may(Action.CONFIRM_REDACTION)):
        return []
    asked = Redaction.objects.filter(revision__entry__key=subject.key, decided_at__isnull=True)
    return list(asked.select_related("revision", "asked_by").order_by("pk"))


def _why_no_redaction(subject: Subject) -> str:
    """What to do first, for somebody who looks for the form of a redaction in vain."""
    is_missed = subject.may(Action.ASK_REDACTION) and _to_redact(subject) is None
    return NOT_THE_NEWEST if is_missed else ""


# --- the forms --------------------------------------------------------------------------------

REASON = Field("reason", "Reason", "choice", options=REASONS)
NOTE = Field(
    "note", "Note for readers", "text", is_required=False, help="Public, on its tombstone."
)


def _drawn(subject: Subject, wrong: Wrong | None) -> Iterator[Button]:
    """The forms, the one that could not be carried out as it was sent."""
    for button in _buttons(subject):
        if wrong is None or wrong.do != button.do:
            yield button
            continue
        fields = [
            replace(each, value=wrong.typed.get(each.name, ""), is_wrong=wrong.where == each.name)
            for each in button.fields
        ]
        yield replace(button, fields=fields, is_open=True)


def _buttons(subject: Subject) -> Iterator[Button]:
    revisions = _to_return_to(subject)
    if subject.state == "active" and subject.may(Action.BEGIN):
        yield Button(
            "retract", "Retract", about="A draft that takes it out of view, reviewed like any "
            "other. Its key stays, with a tombstone that says why.", fields=(REASON, NOTE),
        )  # fmt: skip
    if subject.state == "retracted" and subject.may(Action.BEGIN):
        about = "A draft that brings it back with the document it had last."
        yield Button("restore", "Restore", "main", about)
    if subject.state == "merged" and subject.may(Action.MERGE_ENTRIES):
        about = (
            "A draft that brings it back with every link to it, and takes out of the survivor what "
            "was carried over, as far as nobody has changed that since."
        )
        yield Button("unmerge", "Undo the merge", "main", about)
    if revisions and subject.may(Action.REVERT):
        yield Button(
            "return", "Return to an earlier revision", about="A draft in which it says again, in "
            "all places, what it said then. To take back one change alone, revert its changeset.",
            fields=(revisions,),
        )  # fmt: skip
    yield from _for_managing_editors(subject, revisions)


def _for_managing_editors(subject: Subject, revisions: Field | None) -> Iterator[Button]:
    at_once = (
        "Published at once, by you alone. A second member of the board reviews it within 72 "
        "hours; until then everyone sees that it waits for that."
    )
    if subject.state == "active" and subject.may(Action.EMERGENCY):
        yield Button(
            "emergency-retract", "Emergency: retract now", "danger", at_once, (REASON, NOTE)
        )
    if revisions and subject.may(Action.EMERGENCY):
        why = Field("why", "Why it cannot wait", "text")
        label = "Emergency: return now"
        yield Button("emergency-return", label, "danger", at_once, (revisions, why))
    redactable = _to_redact(subject)
    if redactable and subject.may(Action.ASK_REDACTION):
        revision = replace(redactable, help=NOT_THE_NEWEST)
        reason = Field(
            "reason", "Reason", "text", help="Public: do not repeat in it what is to go."
        )
        about = "Deletes the document of one revision for ever, once an administrator confirms it."
        yield Button("redact", "Ask for a redaction", "danger", about, (revision, reason))


def _to_return_to(subject: Subject) -> Field | None:
    """The revisions that it can return to; None where there is none."""
    return _choice(_earlier(subject).exclude(act__in=HIDING).exclude(document=None))


def _to_redact(subject: Subject) -> Field | None:
    return _choice(_earlier(subject).exclude(document=None))


def _earlier(subject: Subject) -> Any:
    revisions = Revision.objects.filter(entry=subject.newest.entry_id)
    return revisions.filter(number__lt=subject.newest.number).defer("document", "metadata")


def _choice(revisions: Any) -> Field | None:
    rows = revisions.order_by("-number").select_related("changeset")[:MOST_OFFERED]
    options = [(str(each.number), _told(each.number, each.published_at, each)) for each in rows]
    return Field("number", "Revision", "choice", options=options) if options else None


def _told(number: int, at: datetime, revision: Revision) -> str:
    return f"{number}, {at:%Y-%m-%d}: {revision.changeset.title}"


# --- what they do -----------------------------------------------------------------------------


def _act(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    """Do what was posted, and note where that leads. Returns what to say of it."""
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise EditingError("This form is not known here. Load the page again.")
    made = begun_before(request.user, key, ENTRY_ACTS.get(request.POST["do"], ""))
    if made is not None:
        leads_to.append(made.get_absolute_url())
        return "You have begun this already: here it is."
    return act(request, key, leads_to)


def begun_before(user: User, key: str, act: str) -> Changeset | None:
    """The draft in which `user` does this to the entry already, so that sending twice makes one."""
    if not act:
        return None
    own = Changeset.objects.filter(created_by=user, status=Changeset.Status.DRAFT)
    return own.filter(edits__key=key, edits__act=act).order_by("-pk").first()


def _retract(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    reason, note = posted(request, "reason"), posted(request, "note")
    made = open_retraction(key, reason, note, by=request.user)
    leads_to.append(made.get_absolute_url())
    return "This is the draft. Look at its checks, then submit it."


def _restore(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    leads_to.append(open_restoration(key, by=request.user).get_absolute_url())
    return "This is the draft. Look at it, then submit it."


def _unmerge(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    leads_to.append(open_unmerge(key, by=request.user).get_absolute_url())
    return "This is the draft. Look at it, then submit it."


def _return(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    made = open_revert_to(key, _number(request), by=request.user)
    leads_to.append(made.get_absolute_url())
    return "This is the draft. Look at the difference, then submit it."


def _number(request: DeskRequest) -> int:
    number = posted(request, "number")
    if not re.fullmatch(r"[0-9]{1,9}", number):
        raise WrongField("number", "Choose a revision.")
    return int(number)


def _emergency_retract(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    reason, note = posted(request, "reason"), posted(request, "note")
    emergency_retract(key, reason, note, by=request.user)
    leads_to.append(f"/desk/entries/{key}/")
    return "It is out of view. The board has been asked for a second review."


def _emergency_return(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    why = posted(request, "why")
    if not why:
        raise WrongField("why", "Say why this cannot wait: whoever reviews it will ask.")
    emergency_revert(key, _number(request), by=request.user, why=why)
    leads_to.append(f"/desk/entries/{key}/")
    return "It is published. The board has been asked for a second review."


def _redact(request: DeskRequest, key: str, leads_to: list[str]) -> str:
    number = _number(request)
    revision = Revision.objects.filter(entry__key=key, number=number).first()
    if revision is None:
        raise WrongField("number", f"“{key}” has no revision {number}.")
    ask(revision, posted(request, "reason"), by=request.user)
    leads_to.append(f"/desk/entries/{key}/")
    return "The administrators have been asked."


ACTS: Mapping[str, Callable[[DeskRequest, str, list[str]], str]] = {
    "retract": _retract,
    "restore": _restore,
    "unmerge": _unmerge,
    "return": _return,
    "emergency-retract": _emergency_retract,
    "emergency-return": _emergency_return,
    "redact": _redact,
}
ENTRY_ACTS: Mapping[str, str] = {"retract": Edit.Act.RETRACT, "restore": Edit.Act.RESTORE}
