"""Writing: changesets with whole documents, put together by a program and reviewed by people.

A program can do here what its owner can do at the desk up to submitting, by the same table of
permissions. What it writes waits for a review by others, and nobody else sees it before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import orjson
from django.db import transaction
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field

from kb import editing
from kb.api import bodies, once, shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, matches, origin
from kb.api.errors import Problem, WrongPlace
from kb.api.written import COMPONENTS, base_of, etag_of, shown
from kb.documents.problems import path_of
from kb.documents.vocabulary import nearest
from kb.editing.permissions import RULES, Action
from kb.editing.states import locked
from kb.filters import Parameter, Values
from kb.kinds import kinds
from kb.models import AccessToken, Changeset, Edit, User

JSON = dict[str, Any]
UNSHARED = "private, no-store"
MOST_ACKNOWLEDGED = 2_000
LARGEST_ID = 2**63 - 1

BASE = Parameter(
    "base",
    "The number of the revision that the document was written from, 0 for a new entry: refused"
    " when the changeset begins from another one.",
    {"type": "integer", "minimum": 0, "maximum": 2_147_483_647},
)


# --- what is sent ----------------------------------------------------------------------------


class Beginning(BaseModel):
    """What a new changeset is to be called, and why it is made."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=10_000)


class Submission(BaseModel):
    """`acknowledge`: the ids of warnings that the owner of the token lets stand."""

    model_config = ConfigDict(extra="forbid")

    acknowledge: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(
        default_factory=list, max_length=MOST_ACKNOWLEDGED
    )


# --- what stands in the way ------------------------------------------------------------------


@contextmanager
def told() -> Iterator[None]:
    """Tells of what an editor could put right as a problem."""
    try:
        yield
    except editing.InvalidEdits as error:
        raise bodies.wrong_content(list(_wrong_places(error))) from None
    except editing.UnacknowledgedWarnings as error:
        raise Problem("unacknowledged-warnings", str(error)) from None
    except editing.KeyTaken as error:
        raise Problem("key-taken", str(error)) from None
    except editing.NotAllowed as error:
        raise Problem("forbidden", str(error)) from None
    except editing.EditingError as error:
        raise bodies.wrong_content([WrongPlace("", "invalid", str(error))]) from None


def _wrong_places(error: editing.InvalidEdits) -> Iterator[WrongPlace]:
    for key, its in error.problems.items():
        for each in its:
            place = bodies.pointer(("documents", key, *path_of(each.place)))
            yield WrongPlace(place, getattr(each, "code", "invalid"), each.detail)


def changeset_of(call: Call[Values]) -> Changeset:
    """The changeset of an address, if the owner of the token may see it. Raises Problem."""
    name = call.arguments["id"]
    if name.isascii() and name.isdigit() and int(name[:20]) <= LARGEST_ID:
        found = Changeset.objects.visible_to(owner(call)).filter(pk=int(name[:20])).first()
        if found is not None:
            return found
    raise Problem("not-found", "There is no such changeset among those you may see.")


def for_action(call: Call[Values], action: Action) -> Changeset:
    """The same, locked, and in a state in which something may be done. Raises Problem."""
    changeset = locked(changeset_of(call))
    rule = RULES[action]
    if rule.states is not None and changeset.status not in rule.states:
        status = Changeset.Status(changeset.status).label.lower()
        raise Problem("wrong-state", f"“{rule.label}” is not possible while it is {status}.")
    return changeset


def token_of(call: Call[Values]) -> AccessToken:
    """The token; an endpoint with a scope is not reached without one."""
    if call.token is None:
        raise Problem("unauthorised", "This needs a token.")
    return call.token


def owner(call: Call[Values]) -> User:
    """For whom a program writes."""
    return token_of(call).user


def check_condition(call: Call[Values], edit: Edit | None) -> None:
    """Raises Problem unless the caller has seen what is there, or knows that nothing is.

    Source: RFC 9110, section 13; RFC 6585, section 3
    """
    wanted = call.request.META.get("HTTP_IF_MATCH")
    unwanted = call.request.META.get("HTTP_IF_NONE_MATCH")
    if wanted is None and unwanted is None:
        header = "If-None-Match: *" if edit is None else "If-Match with its ETag"
        raise Problem("precondition-required", f"Send {header}.")
    current = etag_of(edit) if edit is not None else ""
    if wanted is not None and not (current and matches(wanted, current)):
        raise _changed("is another one now" if current else "is not in the changeset", current)
    if unwanted is not None and current and matches(unwanted, current):
        raise _changed("is in the changeset already", current)


def _changed(what: str, current: str) -> Problem:
    headers = {"ETag": current} if current else {}
    detail = f"The document {what}. Read it, then decide."
    return Problem("precondition-failed", detail, headers=headers)


# --- endpoints -------------------------------------------------------------------------------


class Writing(Endpoint[Values]):
    """What the endpoints of changesets share: their answer is the changeset."""

    group = "Writing"
    scope = "draft"

    def answer_schema(self) -> JSON:
        return shapes.component("Changeset")

    def components(self) -> dict[str, JSON]:
        return COMPONENTS

    def body_of(self, request: HttpRequest) -> Any:
        sent = super().body_of(request)
        bodies.check_keepable(sent)
        return sent

    def current_tag(self, call: Call[Values]) -> str | None:  # noqa: ARG002  the frame's form
        return None

    def show(self, call: Call[Values], changeset: Changeset, **more: Any) -> Answer:
        changeset.refresh_from_db()
        found = shown(changeset, origin(call.request))
        return Answer(orjson.dumps(found), "", cache=UNSHARED, **more)


class BeginEndpoint(Writing):
    """A new, empty draft."""

    method = "POST"
    path = "/changesets"
    name = "changeset-begin"
    success = 201
    summary = "Begin a changeset"
    description = (
        "A new, empty draft in the name of the owner of the token. Put documents into it, then"
        " submit it. Nobody but its authors and the board sees it before it is published, and it is"
        " published only after a review by others. With `Idempotency-Key` a request that is sent"
        " again within a day does nothing more and gets the answer of the first."
    )
    codes = once.CODES

    def body_schema(self) -> JSON:
        title = {"type": "string", "minLength": 1, "maxLength": 200}
        description = {"type": "string", "maxLength": 10_000}
        return shapes.fields({"title": title}, {"description": description})

    def answer(self, call: Call[Values]) -> Answer:
        return once.once(call, self.success, lambda: self._begun(call))

    def _begun(self, call: Call[Values]) -> Answer:
        wanted = bodies.checked(Beginning, call.body)
        with told():
            changeset = editing.begin(
                wanted.title, by=owner(call), description=wanted.description, token=call.token
            )
        location = f"{call.request.path_info}/{changeset.pk}"
        return self.show(call, changeset, headers={"Location": location})


class ChangesetEndpoint(Writing):
    """A changeset with what was found in it."""

    path = "/changesets/{id}"
    name = "changeset"
    scope = "read"
    summary = "A changeset"
    description = (
        "Its state and its documents, each with what the checks found: `errors` keep it from being"
        " submitted, `warnings` have to be acknowledged where they say so. Whoever may not see it"
        " gets 404."
    )
    codes = ("not-found",)

    def answer(self, call: Call[Values]) -> Answer:
        return self.show(call, changeset_of(call))


class DocumentEndpoint(Writing):
    """A document as it stands in a changeset."""

    path = "/changesets/{id}/documents/{key}"
    name = "changeset-document"
    scope = "read"
    summary = "A document of a changeset"
    description = (
        "The whole document as it would be published, with its ETag. To change what is published,"
        " begin from the `document` of its newest revision (`/entries/{key}/revisions/{number}`)."
    )
    codes = ("not-found",)

    def answer_schema(self) -> JSON:
        return {"type": "object"}

    def answer(self, call: Call[Values]) -> Answer:
        edit = changeset_of(call).edits.filter(key=call.arguments["key"]).first()
        if edit is None:
            raise _no_document(call)
        return Answer(orjson.dumps(edit.document), etag_of(edit), cache=UNSHARED)


def _no_document(call: Call[Values]) -> Problem:
    detail = f"“{call.arguments['key'][:80]}” is not part of this changeset."
    return Problem("not-found", detail)


class PutEndpoint(Writing):
    """A whole document, put into a changeset."""

    method = "PUT"
    path = "/changesets/{id}/documents/{key}"
    name = "changeset-put"
    summary = "Put a document"
    description = (
        "The whole document, new or instead of the one that is there. `If-Match` has the ETag of"
        " that one; for one that is not in the changeset yet send `If-None-Match: *`. It need not"
        " be valid: what is wrong is in the answer. Rows keep the ids that they came with or had."
    )
    codes = (
        "not-found",
        "wrong-state",
        "key-taken",
        "stale-base",
        "precondition-required",
        "precondition-failed",
    )
    parameters = (BASE, FORMAT)

    def body_schema(self) -> JSON:
        kind = {"type": "string", "enum": [kind.name for kind in kinds()]}
        return {
            "type": "object",
            "properties": {"kind": kind, "key": shapes.TEXT},
            "required": ["kind", "key"],
            "description": "As the schema of its kind says: `/schemas/{kind}.json`.",
        }

    @transaction.atomic
    def answer(self, call: Call[Values]) -> Answer:
        changeset = for_action(call, Action.SAVE)
        key, document = call.arguments["key"], _document_sent(call)
        edit = changeset.edits.filter(key=key).select_related("revision").first()
        check_condition(call, edit)
        with told():
            edit = editing.save(
                changeset, key, document["kind"], document, by=owner(call), token=call.token
            )
        _check_base(call, edit)
        return self.show(call, changeset)


def _document_sent(call: Call[Values]) -> JSON:
    """The document in the body, of a kind there is and with the key of the address."""
    document, key = call.body, call.arguments["key"]
    if not isinstance(document, dict):
        raise bodies.wrong_content([WrongPlace("", "type", "Send one document: an object.")])
    wrong = []
    names, kind = [each.name for each in kinds()], document.get("kind")
    if kind not in names:
        near = nearest(str(kind)[:80], names)
        hint = f"Did you mean “{near}”?" if near else f"Possible are {', '.join(names)}."
        wrong.append(WrongPlace("/kind", "unknown", f"There is no such kind. {hint}"))
    if document.get("key") != key:
        wrong.append(WrongPlace("/key", "other", f"The address says “{key[:80]}”."))
    if wrong:
        raise bodies.wrong_content(wrong)
    return document


def _check_base(call: Call[Values], edit: Edit) -> None:
    given = next(iter(call.given.get("base", ())), None)
    if given is not None and int(given) != base_of(edit):
        detail = (
            f"The document was written from revision {given}; the changeset begins from"
            f" {base_of(edit)}. Take over what changed between them."
        )
        raise Problem("stale-base", detail, base=base_of(edit))


class DropEndpoint(Writing):
    """A document, taken out of a changeset again."""

    method = "DELETE"
    path = "/changesets/{id}/documents/{key}"
    name = "changeset-drop"
    summary = "Take a document out"
    description = "The changeset leaves this entry alone again. `If-Match` has its ETag."
    codes = ("not-found", "wrong-state", "precondition-required", "precondition-failed")

    @transaction.atomic
    def answer(self, call: Call[Values]) -> Answer:
        changeset = for_action(call, Action.SAVE)
        edit = changeset.edits.filter(key=call.arguments["key"]).first()
        if edit is None:
            raise _no_document(call)
        check_condition(call, edit)
        with told():
            editing.drop_edit(changeset, edit.key, by=owner(call))
        return self.show(call, changeset)


class SubmitEndpoint(Writing):
    """A changeset, handed to the board."""

    method = "POST"
    path = "/changesets/{id}/submit"
    name = "changeset-submit"
    summary = "Submit for review"
    description = (
        "Asks the board for its review, in the name of the owner of the token: who wrote it may not"
        " approve it. Errors keep it back; `acknowledge` has the ids of the warnings that the owner"
        " has seen and lets stand."
    )
    codes = ("not-found", "wrong-state", "unacknowledged-warnings", *once.CODES)

    def body_schema(self) -> JSON:
        acknowledge = {**shapes.rows(shapes.HASH), "maxItems": MOST_ACKNOWLEDGED}
        return shapes.fields({}, {"acknowledge": acknowledge})

    def body_of(self, request: HttpRequest) -> Any:
        is_empty = request.META.get("CONTENT_LENGTH") in (None, "", "0")
        return {} if is_empty else super().body_of(request)

    def answer(self, call: Call[Values]) -> Answer:
        def submit(changeset: Changeset) -> None:
            if seen := bodies.checked(Submission, call.body).acknowledge:
                editing.acknowledge(changeset, seen, by=owner(call))
            editing.submit(changeset, by=owner(call), token=call.token)

        return once.once(call, self.success, lambda: _moved(self, call, Action.SUBMIT, submit))


class WithdrawEndpoint(Writing):
    """A changeset, closed without publication."""

    method = "POST"
    path = "/changesets/{id}/withdraw"
    name = "changeset-withdraw"
    summary = "Withdraw a changeset"
    description = "Closes it unpublished and lets go of its keys. At the desk it can be reopened."
    codes = ("not-found", "wrong-state", *once.CODES)

    def answer(self, call: Call[Values]) -> Answer:
        def withdraw(changeset: Changeset) -> None:
            editing.withdraw(changeset, by=owner(call), token=call.token)

        return once.once(call, self.success, lambda: _moved(self, call, Action.WITHDRAW, withdraw))


def _moved(
    endpoint: Writing, call: Call[Values], action: Action, move: Callable[[Changeset], None]
) -> Answer:
    changeset = for_action(call, action)
    with told():
        move(changeset)
    return endpoint.show(call, changeset)


def writing() -> list[Endpoint[Any]]:
    """All of them, in the order of the documentation."""
    return [
        BeginEndpoint(),
        ChangesetEndpoint(),
        DocumentEndpoint(),
        PutEndpoint(),
        DropEndpoint(),
        SubmitEndpoint(),
        WithdrawEndpoint(),
    ]
