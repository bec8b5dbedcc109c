"""What a page of the desk answers to a form: it leads on, or shows what is wrong and was typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect

from kb import editing
from kb.editing import EditingError

SENT_ALONG = frozenset(  # fields that nobody types into
    [
        "csrfmiddlewaretoken",
        "do",
        "digest",
        "key",
        "path",
        "thread",
        "anchor",
        "shown",
        "newest",
        "notice",
        "next",
    ]
)
OVERTAKEN = (editing.StaleDigest, editing.StaleSave, editing.Conflict)


class SeeOther(HttpResponseRedirect):
    """What was sent is done; the page to look at is another one. Source: RFC 9110, 15.4.4."""

    status_code = HTTPStatus.SEE_OTHER


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form was not carried out.

    `do`: which form; `where`: the name of its field that is wrong, "" for the form as a whole.
    `typed`: field → what was typed there; `ticked`: boxes that were. `problem`: for what only its
    own page can show.
    """

    texts: tuple[str, ...]
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    do: str = ""
    where: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()
    problem: Exception | None = None

    @property
    def is_anything_kept(self) -> bool:
        """Whether something was typed or ticked that the page still shows."""
        typed = any(text for name, text in self.typed.items() if name not in SENT_ALONG)
        return typed or bool(self.ticked)


class WrongField(EditingError):
    """What was typed into one field cannot be used."""

    def __init__(self, where: str, text: str):
        self.where = where
        super().__init__(text)


def carried_out(request: HttpRequest, act: Callable[[], str], *, where: str = "") -> Wrong | None:
    """Do what a form asks for and say that it is done; or what stood in the way.

    `act` gives the message. `where`: the field that its errors are about, if they name none.
    """
    try:
        done = act()
    except EditingError as problem:
        return wrong_of(request, problem, where)
    if done:
        messages.success(request, done)
    return None


def wrong_of(request: HttpRequest, problem: EditingError, where: str = "") -> Wrong:
    is_overtaken = isinstance(problem, OVERTAKEN)
    return Wrong(
        texts=tuple(str(problem).split("\n")),
        status=HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.UNPROCESSABLE_ENTITY,
        do=request.POST.get("do", ""),
        where=getattr(problem, "where", where),
        typed={name: str(values[-1]) for name, values in request.POST.lists() if values},
        ticked=tuple(request.POST.getlist("seen")),
        problem=problem,
    )


def status_of(wrong: Wrong | None) -> int:
    return wrong.status if wrong is not None else HTTPStatus.OK


def posted(request: HttpRequest, name: str) -> str:
    """What was typed into a field, without the space around it and with plain line breaks.

    Without NUL, which nobody types and PostgreSQL does not take.
    """
    text: Any = request.POST.get(name, "")
    return str(text).replace("\r\n", "\n").replace("\0", "").strip()
