"""What visitors suggest without an account: received, taken up, declined, and always answered.

A suggestion waits until the board takes it up into a changeset or declines it with an answer. Taken
up, it goes the way of its changeset: published with it, or waiting again when that is closed
without being published. None ends without the visitor being told.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kb.documents.tidying import FORBIDDEN
from kb.editing.activity import record
from kb.editing.drafts import begin
from kb.editing.errors import EditingError, NotAllowed
from kb.editing.permissions import Action, require
from kb.editing.rebasing import survivor_of
from kb.editing.starting import drafts_of, start_edit
from kb.editing.states import locked
from kb.models import Changeset, User, VisitorSuggestion
from kb.publication import reading
from kb.senders import network_of

Status = VisitorSuggestion.Status

# The longest, in characters, of what a visitor writes.
MOST: Mapping[str, int] = {"what": 5_000, "why": 2_000, "source": 1_000, "email": 254}
MOST_LINKS = 5
MOST_ANSWER = 5_000
PER_PERIOD = ((5, timedelta(hours=1), "an hour"), (20, timedelta(days=1), "a day"))
ADDRESS_KEPT = timedelta(days=90)  # after the answer
LOCK = 0x5E66  # first half of an advisory lock; the second stands for the network
LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
LONGEST_TITLE = 120  # characters of what the visitor wrote, in the title of a changeset


class NotReceived(EditingError):
    """What was written cannot be kept as it is. `problems`: field → what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]):
        self.problems = problems
        super().__init__("\n".join(problems.values()))


class SentBefore(EditingError):
    """Something else was sent from the same form before. `secret`: of that suggestion."""

    def __init__(self, secret: str):
        self.secret = secret
        super().__init__(
            "You have sent a suggestion from this form already. This text is another one: "
            "send it again to suggest it as well."
        )


class TooMany(EditingError):
    """More from one network than it may send. `wait`: until it may send again."""

    def __init__(self, most: int, period: str, wait: timedelta):
        self.wait = wait
        minutes = -(-int(wait.total_seconds()) // 60) or 1
        when = f"{minutes} minutes" if minutes < 120 else f"{-(-minutes // 60)} hours"
        super().__init__(
            f"{most} suggestions {period} are the most that one network may send, and from "
            f"yours they have come. Try again in {when}. What you wrote is still here."
        )


# --- receiving ------------------------------------------------------------------------------


def receive(
    key: str,
    statement: str,
    what: str,
    why: str,
    source: str,
    email: str,
    *,
    nonce: str,
    network: str,
    shown: str = "",
) -> tuple[VisitorSuggestion, str]:
    """Keep a suggestion for the board. Returns it, and the secret of its private page.

    `key`, `statement`: what it is about, "" for the whole. `nonce`: of the form that it came with;
    the same form sent twice gives the same suggestion. `network`: the sender's IP address, of
    which a keyed hash is kept for a week. `shown`: what the statement said to the visitor.
    Raises NotReceived, SentBefore or TooMany.
    """
    written = {"what": what, "why": why, "source": source, "email": email}
    written = {name: cleaned(text) for name, text in written.items()}
    about = {"key": key, "statement": statement}
    if problems := problems_of(written) | _unknown(key):
        raise NotReceived(problems)
    with transaction.atomic():
        hashed = network_hash(network)
        _one_at_a_time(hashed)
        secret = secret_of(nonce)
        if before := VisitorSuggestion.objects.filter(nonce=nonce).first():
            return _sent_again(before, {**about, **written}, secret), secret
        _refuse_too_many(hashed)
        suggestion = VisitorSuggestion.objects.create(
            **about,
            **written,
            shown=shown,
            nonce=nonce,
            secret_hash=hash_of(secret),
            network_hash=hashed,
        )
        record("visitor-suggested", by=None, **_told(suggestion))
    return suggestion, secret


def cleaned(text: str) -> str:
    """Without what cannot be seen, with line feeds alone."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return FORBIDDEN.sub("", text).strip()


def problems_of(written: Mapping[str, str]) -> dict[str, str]:
    """Field → why what was written there cannot be kept; {} when everything can."""
    problems = {
        name: f"This has {len(written[name]):,} characters; {most:,} are the most. Shorten it."
        for name, most in MOST.items()
        if len(written[name]) > most
    }
    if not written["what"]:
        problems["what"] = "Write what should change."
    if (links := count_links(written)) > MOST_LINKS:
        problems.setdefault(
            "what", f"There are {links} links in this; {MOST_LINKS} are the most. Leave some out."
        )
    if written["email"] and "email" not in problems:
        problems |= _wrong_address(written["email"])
    return problems


def count_links(written: Mapping[str, str]) -> int:
    return sum(len(LINK.findall(written[name])) for name in ("what", "why", "source"))


def _wrong_address(email: str) -> dict[str, str]:
    try:
        validate_email(email)
    except ValidationError:
        return {"email": "This is not an e-mail address. Write it like name@example.org."}
    return {}


def _unknown(key: str) -> dict[str, str]:
    if key and not reading.known([key]):
        return {"key": f"No entry is called “{key}”."}
    return {}


def _sent_again(
    before: VisitorSuggestion, sent: Mapping[str, str], secret: str
) -> VisitorSuggestion:
    """The suggestion that the same form made before. Raises SentBefore when it said otherwise."""
    # An address that the mail server refused, or that was removed in time, is gone on our side.
    is_same = all(getattr(before, name) == text for name, text in sent.items() if name != "email")
    if not is_same:
        raise SentBefore(secret)
    return before


def secret_of(nonce: str) -> str:
    """43 characters that nobody can guess who does not hold our key; the same for the same form."""
    digest = salted_hmac("kb.suggestions.secret", nonce, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def with_secret(secret: str) -> VisitorSuggestion | None:
    """The suggestion whose private page has this secret in its address."""
    found = VisitorSuggestion.objects.select_related("changeset")
    return found.filter(secret_hash=hash_of(secret)).first()


# --- how many from one network --------------------------------------------------------------


def network_hash(address: str) -> str:
    """A keyed hash of a network: of an IPv4 address, or of the /64 that an IPv6 address is in."""
    network = network_of(address)
    return salted_hmac("kb.suggestions.network", network, algorithm="sha256").hexdigest()


def _one_at_a_time(hashed: str) -> None:
    """What comes from one network at once is counted in turn, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, hashed])


def _refuse_too_many(hashed: str) -> None:
    now = timezone.now()
    for most, period, name in PER_PERIOD:
        sent = VisitorSuggestion.objects.filter(
            network_hash=hashed, created_at__gt=now - period
        ).order_by("-created_at")
        oldest = sent.values_list("created_at", flat=True)[most - 1 : most]
        if found := list(oldest):
            raise TooMany(most, name, found[0] + period - now)


# --- the board ------------------------------------------------------------------------------


@transaction.atomic
def turn_into_changeset(
    suggestion: VisitorSuggestion, *, by: User, changeset: Changeset | None = None
) -> Changeset:
    """Take a suggestion up: into a new draft with an edit of its entry, or into one of one's own.

    The edit begins as the published document. A suggestion about no entry, or about one that is
    out of view, gives a draft without an edit. Raises NotAllowed, or EditingError.
    """
    require(by, Action.TRIAGE)
    suggestion = _held(suggestion)
    if suggestion.status != Status.NEW:
        raise EditingError(_no_longer_waiting(suggestion))
    if changeset is None:
        changeset = begin(_title(suggestion), by=by, origin=Changeset.Origin.SUGGESTION)
    else:
        changeset = _own_draft(changeset, by)
    if key := key_today(suggestion):
        start_edit(key, by=by, into=changeset)
    suggestion.status, suggestion.changeset = Status.TAKEN, changeset
    _handled(suggestion, by, "status", "changeset")
    record("visitor-suggestion-taken", by=by, changeset=changeset, **_told(suggestion))
    return changeset


@transaction.atomic
def put_back(suggestion: VisitorSuggestion, *, by: User) -> VisitorSuggestion:
    """Let it wait again, apart from the changeset that it was taken into. Raises NotAllowed."""
    require(by, Action.TRIAGE)
    suggestion = _held(suggestion)
    if suggestion.status != Status.TAKEN:
        raise EditingError("Only a suggestion that is being worked on can be put back.")
    record(
        "visitor-suggestion-put-back", by=by, changeset=suggestion.changeset, **_told(suggestion)
    )
    suggestion.status, suggestion.changeset = Status.NEW, None
    _handled(suggestion, by, "status", "changeset")
    return suggestion


@transaction.atomic
def decline(suggestion: VisitorSuggestion, answer: str, *, by: User) -> VisitorSuggestion:
    """Leave things as they are, and say why. Raises NotAllowed, or EditingError without answer."""
    require(by, Action.TRIAGE)
    suggestion = _held(suggestion)
    if suggestion.status not in (Status.NEW, Status.TAKEN):
        raise EditingError(_no_longer_waiting(suggestion))
    _say(suggestion, answer, by)
    suggestion.status, suggestion.changeset = Status.DECLINED, None
    _handled(suggestion, by, "status", "changeset")
    return suggestion


@transaction.atomic
def answer(suggestion: VisitorSuggestion, text: str, *, by: User) -> VisitorSuggestion:
    """Tell the visitor something, whatever became of it. Raises NotAllowed, or EditingError."""
    require(by, Action.TRIAGE)
    suggestion = _held(suggestion)
    _say(suggestion, text, by)
    return suggestion


def _say(suggestion: VisitorSuggestion, text: str, by: User) -> None:
    """Add to what the visitor was told, and have it mailed. Raises EditingError."""
    said = "\n\n".join(filter(None, (suggestion.answer, _checked_answer(text))))
    suggestion.answer, suggestion.answered_at = said, timezone.now()
    suggestion.answer_mailed_at = None
    suggestion.save(update_fields=["answer", "answered_at", "answer_mailed_at"])
    told = _told(suggestion)
    record("suggestion-answered", by=by, changeset=suggestion.changeset, **told)


def _checked_answer(text: str) -> str:
    text = cleaned(text)
    if not text:
        raise EditingError("Write an answer: the visitor is told nothing else.")
    if len(text) > MOST_ANSWER:
        raise EditingError(
            f"The answer has {len(text):,} characters; {MOST_ANSWER:,} are the most."
        )
    return text


def _held(suggestion: VisitorSuggestion) -> VisitorSuggestion:
    """The suggestion as it is now, locked after its changeset, as publishing locks them."""
    if suggestion.changeset is not None:
        locked(suggestion.changeset)
    return VisitorSuggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)


def _handled(suggestion: VisitorSuggestion, by: User, *fields: str) -> None:
    suggestion.handled_by, suggestion.handled_at = by, timezone.now()
    suggestion.save(update_fields=[*fields, "handled_by", "handled_at"])


def _no_longer_waiting(suggestion: VisitorSuggestion) -> str:
    if suggestion.status == Status.PUBLISHED:
        return "It is published already."
    by = suggestion.handled_by.shown_name if suggestion.handled_by else "Somebody"
    is_taken = suggestion.status == Status.TAKEN
    return f"{by} has {'taken it up' if is_taken else 'declined it'} already."


def _own_draft(changeset: Changeset, by: User) -> Changeset:
    if not drafts_of(by).filter(pk=changeset.pk).exists():
        raise NotAllowed(f"“{changeset.title}” is no draft of yours. Begin a new one instead.")
    return locked(changeset)


def _title(suggestion: VisitorSuggestion) -> str:
    """What the changeset is called until its author calls it something else."""
    line = " ".join(suggestion.what.split())
    if len(line) > LONGEST_TITLE:
        line = f"{line[:LONGEST_TITLE].rstrip()} …"
    name = name_of(suggestion)
    return f"{name[:70].rstrip()}: {line}" if name else line


def name_of(suggestion: VisitorSuggestion) -> str:
    """What the entry that it is about is called today, "" when it is about none."""
    found = reading.known([suggestion.key]).get(suggestion.key) if suggestion.key else None
    return str(found.shown["name"]) if found else suggestion.key


def key_today(suggestion: VisitorSuggestion) -> str:
    """The key of the active entry that it is about, "" when there is none."""
    if not suggestion.key:
        return ""
    try:
        return survivor_of(suggestion.key).entry.key
    except EditingError:
        return ""


def _told(suggestion: VisitorSuggestion) -> dict[str, Any]:
    """What the sentence about it needs, and the page where it is."""
    return {"suggestion": suggestion.pk, "title": name_of(suggestion)}


# --- what becomes of its changeset ----------------------------------------------------------


def wait_again(changeset: Changeset) -> None:
    """Its changeset was closed unpublished: its suggestions wait again, and say what became of it.

    They stay bound to it, so that opening it again goes on with them.
    """
    taken = VisitorSuggestion.objects.filter(changeset=changeset, status=Status.TAKEN)
    taken.update(status=Status.NEW)


def go_on(changeset: Changeset) -> None:
    """Its changeset is open again: those that nobody has taken up since are worked on again."""
    waiting = VisitorSuggestion.objects.filter(changeset=changeset, status=Status.NEW)
    waiting.update(status=Status.TAKEN)


def published_with(changeset: Changeset) -> None:
    """Its changeset was published: that is their answer, mailed even after an earlier one."""
    taken = VisitorSuggestion.objects.filter(changeset=changeset, status=Status.TAKEN)
    taken.update(status=Status.PUBLISHED, answered_at=timezone.now(), answer_mailed_at=None)
