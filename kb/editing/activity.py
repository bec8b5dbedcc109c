"""What happens at the desk is written down once, and from there people are told.

One table says of each kind of activity its sentence, who is told at once, and who is told in the
digest of the day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from kb.editing.audiences import (
    ADMINISTRATORS,
    ASSIGNED,
    AUTHORS,
    BOARD,
    INVOLVED,
    MANAGING,
    MENTIONED,
    PERSON,
    Audience,
)
from kb.models import Activity, Changeset, Mute, Notice, User

LONGEST_QUOTE = 300  # characters of a comment or a reason within a sentence


@dataclass(frozen=True, slots=True)
class Rule:
    """How a kind of activity reads, and whom it concerns.

    `sentence`: without its full stop, with {who}, {what}, and what `_words` gives besides. A reason
    or a comment follows by itself. `by_itself`: how it reads when nobody did it.
    """

    sentence: str
    by_itself: str = ""
    at_once: tuple[Audience, ...] = ()
    daily: tuple[Audience, ...] = ()

    def audiences(self) -> Iterable[tuple[Audience, bool]]:
        """(audience, whether it is told at once), the strongest reason first."""
        yield MENTIONED, True
        yield from ((audience, True) for audience in self.at_once)
        yield from ((audience, False) for audience in self.daily)


CONCERNED = (AUTHORS, INVOLVED)
TOP = (MANAGING, ADMINISTRATORS)

# At once: assigned or mentioned, changes requested on mine, decided on mine, publication failed.
# Everything else waits for the digest. Beginning and saving concern nobody until it is submitted.
RULES: Mapping[str, Rule] = {
    "created": Rule("{who} began {what}", "{what} was begun"),
    "saved": Rule("{who} saved {what}", "{what} was saved"),
    "co-author-invited": Rule("{who} invited {person} to write in {what}", daily=(PERSON, AUTHORS)),
    "submitted": Rule("{who} submitted {what} for review", daily=(*CONCERNED, BOARD)),
    "resubmitted": Rule("{who} submitted {what} again", daily=(*CONCERNED, BOARD)),
    "withdrawn": Rule("{who} withdrew {what}", "{what} was withdrawn", daily=CONCERNED),
    "back-to-draft": Rule("{who} took {what} back to draft", daily=CONCERNED),
    "reopened": Rule("{who} reopened {what}", daily=CONCERNED),
    "approved": Rule("{who} approved {what}", at_once=(AUTHORS,), daily=(INVOLVED,)),
    "approval-withdrawn": Rule("{who} took the approval of {what} back", daily=CONCERNED),
    "approvals-voided": Rule(
        "{who} changed {what}, and its approvals fell",
        "The approvals of {what} fell",
        (),
        CONCERNED,
    ),
    "fell-back": Rule("{what} is in review again", daily=CONCERNED),
    "changes-requested": Rule(
        "{who} requested changes to {what}", at_once=(AUTHORS,), daily=(INVOLVED,)
    ),
    "objection-lifted": Rule("{who} lifted an objection to {what}", daily=CONCERNED),
    "declined": Rule("{who} declined {what}", at_once=(AUTHORS,), daily=(INVOLVED,)),
    "commented": Rule("{who} commented on {what}", daily=CONCERNED),
    "suggested": Rule("{who} suggested a wording in {what}", daily=CONCERNED),
    "suggestion-taken": Rule("{who} took a suggestion in {what}", daily=CONCERNED),
    "suggestion-turned-down": Rule("{who} turned a suggestion in {what} down", daily=CONCERNED),
    "thread-resolved": Rule("{who} resolved a thread in {what}", daily=CONCERNED),
    "claimed": Rule("{who} is reading {what}", daily=(AUTHORS,)),
    "assigned": Rule(
        "{who} asked {person} to review {what}", at_once=(ASSIGNED,), daily=(AUTHORS,)
    ),
    "scheduled": Rule("{who} scheduled {what} for {at}", at_once=(AUTHORS,), daily=(INVOLVED,)),
    "schedule-moved": Rule("{who} moved {what} to {at}", daily=CONCERNED),
    "schedule-cancelled": Rule("{who} cancelled the schedule of {what}", daily=CONCERNED),
    "published": Rule(
        "{who} published {what}", "{what} was published", at_once=(AUTHORS,), daily=(INVOLVED,)
    ),
    "publication-failed": Rule(
        "{what} could not be published", at_once=(AUTHORS, INVOLVED, MANAGING)
    ),
    "rebased": Rule(
        "{who} brought {what} up to date with what was published meanwhile",
        "{what} was brought up to date with what was published meanwhile",
        daily=CONCERNED,
    ),
    "edit-dropped": Rule("{who} took {key} out of {what}", daily=CONCERNED),
    "second-review-opened": Rule(
        "{who} published {what} alone: it awaits a second review", daily=(*CONCERNED, BOARD)
    ),
    "second-review-done": Rule("{who} reviewed {what} afterwards", daily=(*CONCERNED, MANAGING)),
    "second-review-overdue": Rule(
        "The second review of {what} is overdue", daily=(BOARD, ADMINISTRATORS)
    ),
    "redaction-asked": Rule("{who} asked for the redaction of {what}", daily=(*TOP, INVOLVED)),
    "redaction-confirmed": Rule("{who} redacted {what}", daily=(*TOP, INVOLVED)),
    "redaction-refused": Rule("{who} refused to redact {what}", daily=(*TOP, INVOLVED)),
    "granted": Rule("{who} made {person} {role}", "{person} was made {role}", daily=(PERSON, *TOP)),
    "grant-ended": Rule(
        "{who} ended that {person} is {role}", "{person} is no longer {role}", daily=(PERSON, *TOP)
    ),
    "blocked": Rule("{who} blocked {person}", daily=TOP),
    "unblocked": Rule("{who} unblocked {person}", daily=TOP),
    "account-deleted": Rule("{who} deleted the account of {person}", daily=TOP),
    "visitor-suggested": Rule("A visitor suggested a change to {what}", daily=(BOARD,)),
    "visitor-suggestion-taken": Rule("{who} took a visitor’s suggestion up", daily=CONCERNED),
    "visitor-suggestion-put-back": Rule(
        "{who} put a visitor’s suggestion back into the queue", daily=CONCERNED
    ),
    "suggestion-answered": Rule(
        "{who} answered a visitor’s suggestion about {what}", daily=CONCERNED
    ),
    "idle-notice": Rule(
        "{what} has not changed for 90 days and will be withdrawn after 180", daily=(AUTHORS,)
    ),
    "idle-withdrawn": Rule(
        "{what} was withdrawn after 180 days without a change; it can be reopened",
        daily=(AUTHORS,),
    ),
}


@transaction.atomic
def record(
    kind: str, *, by: User | None, changeset: Changeset | None = None, **data: Any
) -> Activity:
    """Write down that something happened, and a notice for everyone it concerns.

    `by` is told nothing of it; None: it happened by itself. `data`: JSON that its sentence needs:
    `user` (id of the person it is about), `body` or `reason` (what was said; whoever is mentioned
    there is told), `at` (a moment in ISO 8601), `key`, `role`.
    """
    if kind not in RULES:
        raise ValueError(f"“{kind}” has no line in kb.editing.activity.RULES. Add one.")
    activity = Activity.objects.create(kind=kind, user=by, changeset=changeset, data=data)
    _tell(activity)
    return activity


def _tell(activity: Activity) -> None:
    """The outbox. Written with the activity, in its transaction: both or neither."""
    concerned = concerned_by(activity)
    active = User.objects.filter(pk__in=concerned, is_active=True).values_list("pk", flat=True)
    Notice.objects.bulk_create(
        Notice(activity=activity, user_id=pk, reason=concerned[pk][0], is_at_once=concerned[pk][1])
        for pk in sorted(active)
    )


def concerned_by(activity: Activity) -> dict[int, tuple[str, bool]]:
    """Person → (the strongest reason, whether they are told at once).

    Without whoever did it, and without those who left the thread, unless they are mentioned.
    """
    found: dict[int, tuple[str, bool]] = {}
    left = set(
        Mute.objects.filter(changeset=activity.changeset_id).values_list("user_id", flat=True)
        if activity.changeset_id
        else ()
    )
    for audience, at_once in RULES[activity.kind].audiences():
        for pk in audience.people(activity):
            is_told = audience is MENTIONED or pk not in left
            if pk is not None and pk != activity.user_id and is_told:
                found.setdefault(pk, (audience.reason, at_once))
    return found


def sentences_of(activities: Sequence[Activity], *, is_named: bool = True) -> list[str]:
    """What happened, a sentence each; one query for all. See `sentence_of`."""
    about = {pk for activity in activities if (pk := activity.data.get("user")) is not None}
    names = {user.pk: user.shown_name for user in User.objects.filter(pk__in=about)}
    return [_sentence(activity, names, is_named=is_named) for activity in activities]


def sentence_of(activity: Activity, *, is_named: bool = True) -> str:
    """What happened, as one sentence: Grace requested changes to “Members of CERN”: Which year?

    `is_named=False`: for a page about the changeset itself, where its title goes without saying.
    The texts of people are in it as they wrote them: escape it in HTML. Load `user` and
    `changeset` with the activity. Names are those of today: an account that was deleted has none.
    """
    return sentences_of([activity], is_named=is_named)[0]


def path_of(activity: Activity) -> str:
    """The page about it, "" where it has none of its own. Load `changeset` with the activity."""
    if activity.changeset is not None:
        return activity.changeset.get_absolute_url()
    if activity.kind == "redaction-asked":
        return "/desk/redactions/"
    suggestion = activity.data.get("suggestion")
    return f"/desk/suggestions/{suggestion}/" if suggestion else ""


def _sentence(activity: Activity, names: Mapping[int, str], *, is_named: bool) -> str:
    rule = RULES.get(activity.kind) or Rule("{who}: " + activity.kind)
    happened_by_itself = activity.user_id is None and rule.by_itself
    pattern = rule.by_itself if happened_by_itself else rule.sentence
    it = "It" if pattern.startswith("{what}") else "it"
    is_named = is_named or activity.changeset is None
    what = _what(activity) if is_named else it
    text = pattern.format(what=what, **_words(activity, names))
    said = _quoted(activity.data.get("reason") or activity.data.get("body") or "")
    text = f"{text}: {said}" if said else text
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _words(activity: Activity, names: Mapping[int, str]) -> dict[str, str]:
    data = activity.data
    return {
        "who": activity.user.shown_name if activity.user is not None else "Somebody",
        "person": names.get(data.get("user"), "Nobody"),
        "role": _with_article(str(data.get("role") or "")),
        "key": f"“{data.get('key') or ''}”",
        "at": _moment(data.get("at")),
    }


def _what(activity: Activity) -> str:
    if activity.changeset is not None:
        return f"“{activity.changeset.title}”"
    named = activity.data.get("title") or activity.data.get("key")
    return f"“{named}”" if named else "the knowledge base"


def _with_article(role: str) -> str:
    """ "managing-editor" → "a managing editor" """
    name = role.replace("-", " ")
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def _moment(text: str | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if text else "later"


def _quoted(text: str) -> str:
    """On one line, and not longer than a sentence bears."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE].rstrip()} …"
