"""Suggesting a change without an account, and the private page that tells what became of it.

Public pages set no cookie and know no session. Against robots stand a field that people do not see,
a signed token (`kb.web.form_tokens`, which says why it is enough in place of a CSRF token), a limit
for each network, and limits of length; no third party is asked. Whatever is refused, what was typed
is still there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_http_methods, require_safe

from kb.documents.fields import KEY, STATEMENT_ID
from kb.editing import suggestions
from kb.editing.errors import EditingError
from kb.editing.suggestions import MOST, NotReceived, SentBefore, TooMany
from kb.models import VisitorSuggestion
from kb.publication import reading
from kb.senders import address_of
from kb.web.desk.answering import SeeOther
from kb.web.entries import absent, unknown
from kb.web.form_tokens import FormToken, WrongToken
from kb.web.pages import absolute, page
from kb.web.statements import Shown, Statements

TRAP = "website"  # the field that people do not see
PRIVATE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
FIELDS = ("what", "why", "source", "email")
LABELS: Mapping[str, str] = {
    "what": "What should change?",
    "why": "Why?",
    "source": "Where does it say so?",
    "email": "Your e-mail address",
}
TRAPPED = (
    "A field that people do not see was filled in, perhaps by your browser. It is empty again: "
    "send the form once more."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a suggestion is about. `key` "": no entry in particular. `path`: of its page."""

    key: str = ""
    name: str = ""
    path: str = ""
    statements: Statements | None = None

    @classmethod
    def of(cls, key: str) -> "Subject | None":
        """The entry called `key`, in view or not; None when there never was one."""
        if not key:
            return cls()
        found = reading.known([key]).get(key) if re.match(KEY, key) else None
        if found is None:
            return None
        statements = Statements.of(key)
        path = f"/entries/{key}/"
        return cls(key, str(found.shown["name"]), path, statements)

    def one(self, statement: str) -> Shown | None:
        return self.statements.one(statement) if self.statements and statement else None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form was not taken. `problems`: field → what is wrong there; "" for the whole."""

    problems: Mapping[str, str]
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    needs_new_token: bool = False
    wait: int = 0  # seconds
    sent_before: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """`/suggest/?key=&statement=`: the form, and where it is sent."""
    asked = request.POST if request.method == "POST" else request.GET
    key, statement = asked.get("key", ""), asked.get("statement", "")
    subject = Subject.of(key)
    if subject is None:
        return unknown(request, key)
    statement = statement if re.match(STATEMENT_ID, statement) else ""
    if request.method == "POST":
        return _received(request, subject, statement)
    if subject.key and subject.statements is None:
        return _no_longer_there(request, subject.key, statement)
    return _form(request, Drawn(subject, statement, FormToken.new()))


def _no_longer_there(request: HttpRequest, key: str, statement: str) -> HttpResponse:
    """Merged: to the form of what stands for it today. Retracted: the reason."""
    departed = reading.departed(key)
    if departed is None or not departed.is_merged:
        return absent(request, key)
    asked = {"key": departed.survivor, **({"statement": statement} if statement else {})}
    return HttpResponsePermanentRedirect(f"/suggest/?{urlencode(asked)}")


# --- sending --------------------------------------------------------------------------------


def _received(request: HttpRequest, subject: Subject, statement: str) -> HttpResponse:
    """Lead to the private page of what was kept; or show the form again, with what is wrong."""
    sealed = request.POST.get("token", "")
    try:
        token = FormToken.opened(sealed)
        _refuse_trapped(request)
        _kept, secret = suggestions.receive(
            subject.key,
            statement,
            *(request.POST.get(name, "") for name in FIELDS),
            nonce=token.nonce,
            network=address_of(request),
            shown=_words_of(subject.one(statement)),
        )
    except (WrongToken, EditingError) as problem:
        return _again(request, subject, statement, sealed, refused_for(problem))
    return private(SeeOther(status_path(secret)))


class Trapped(EditingError):
    def __init__(self) -> None:
        super().__init__(TRAPPED)


def _refuse_trapped(request: HttpRequest) -> None:
    if request.POST.get(TRAP):
        raise Trapped


def _words_of(shown: Shown | None) -> str:
    return f"{shown.group}: {shown.words}" if shown else ""


def refused_for(problem: Exception) -> Refused:
    match problem:
        case WrongToken():
            return Refused({"": str(problem)}, needs_new_token=problem.is_spent)
        case NotReceived():
            return Refused(problem.problems)
        case SentBefore():
            told = {"": str(problem)}
            return Refused(told, 409, needs_new_token=True, sent_before=problem.secret)
        case TooMany():
            wait = max(1, int(problem.wait.total_seconds()))
            return Refused({"": str(problem)}, HTTPStatus.TOO_MANY_REQUESTS, wait=wait)
        case _:
            return Refused({"": str(problem)})


def _again(
    request: HttpRequest, subject: Subject, statement: str, sealed: str, refused: Refused
) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    token = FormToken.new().sealed() if refused.needs_new_token else sealed
    return _form(request, Drawn(subject, statement, token, typed, refused))


# --- drawing --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """The form as it is to be drawn."""

    subject: Subject
    statement: str
    token: FormToken | str
    typed: Mapping[str, str] = field(default_factory=dict)
    refused: Refused | None = None

    @property
    def sealed(self) -> str:
        return self.token if isinstance(self.token, str) else self.token.sealed()


def _form(request: HttpRequest, drawn: Drawn) -> HttpResponse:
    subject, refused = drawn.subject, drawn.refused
    problems = refused.problems if refused else {}
    shown = subject.one(drawn.statement)
    is_to_choose = shown is None and subject.statements is not None
    context = {
        "address": "",
        "subject": subject,
        "statement": shown,
        "is_gone": bool(drawn.statement) and shown is None and subject.statements is not None,
        "choices": subject.statements.choices() if is_to_choose and subject.statements else [],
        "token": drawn.sealed,
        "trap": TRAP,
        "typed": drawn.typed,
        "problems": problems,
        "listed": [(name, LABELS.get(name, ""), text) for name, text in problems.items()],
        "most": MOST,
        "sent_before": status_path(refused.sent_before) if refused and refused.sent_before else "",
    }
    response = page(request, "kb/suggest.html", context, refused.status if refused else 200)
    if refused and refused.wait:
        response.headers["Retry-After"] = str(refused.wait)
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody on the way, listed by no search engine, named to no other site."""
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response


# --- the private page -----------------------------------------------------------------------


def status_path(secret: str) -> str:
    return f"/suggestions/{secret}/"


@require_safe
def status_page(request: HttpRequest, secret: str) -> HttpResponse:
    """`/suggestions/<secret>/`: what became of a suggestion, and nothing of any draft."""
    suggestion = suggestions.with_secret(secret)
    if suggestion is None:
        return private(page(request, "kb/404.html", {"address": ""}, status=404))
    context: dict[str, Any] = {
        "address": "",
        "suggestion": suggestion,
        "name": suggestions.name_of(suggestion),
        "history": f"/entries/{suggestion.key}/history/" if suggestion.key else "",
        "here": absolute(request, request.path),
        "said": SAID[VisitorSuggestion.Status(suggestion.status)],
    }
    return private(page(request, "kb/suggestion.html", context))


SAID: Mapping[VisitorSuggestion.Status, str] = {
    VisitorSuggestion.Status.NEW: "A member of the editorial board will read it. Nobody has "
    "decided about it yet.",
    VisitorSuggestion.Status.TAKEN: "The board has taken it up. A change is published once a "
    "second person has checked it.",
    VisitorSuggestion.Status.DECLINED: "The board has read it and leaves the entry as it is.",
    VisitorSuggestion.Status.PUBLISHED: "The change that came of it is published.",
}
