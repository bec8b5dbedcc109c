"""A change that a language model suggests: a draft of its user's, and nothing more."""

from typing import Any

import orjson
from django.conf import settings
from django.db import transaction

from kb import editing
from kb.editing.errors import EditingError
from kb.kinds import kind_named
from kb.mcp.calling import Refused
from kb.models import AccessToken, Edit
from kb.publication import reading

JSON = dict[str, Any]

WITHOUT = (
    "This needs a token with the scope “draft”. Make one at the desk, under your account, and give"
    " it to the server as CG_TOKEN (or as a bearer token over HTTP)."
)


def suggest(given: JSON, token: AccessToken | None) -> JSON:
    """Open a draft with one entry changed, or with a new one. Raises Refused."""
    if token is None or "draft" not in token.scopes:
        raise Refused(WITHOUT)
    kind, document = _document(given["key"], given.get("kind"))
    document = _changed(document, given.get("set", {}), given.get("add", {}))
    try:
        edit = _opened(given["key"], kind, document, given["reason"], token)
    except EditingError as problem:
        raise Refused(str(problem)) from None
    return {
        "draft": edit.changeset_id,
        "address": f"{settings.LINKS_URL}/desk/changesets/{edit.changeset_id}/",
        "status": "draft",
        "findings": [
            {
                "is_error": finding["is_error"],
                "place": finding["place"],
                "detail": finding["detail"],
            }
            for finding in edit.findings
        ],
        "next": "Tell the user to read it at this address and to submit it for review there.",
    }


@transaction.atomic
def _opened(key: str, kind: str, document: JSON, reason: str, token: AccessToken) -> Edit:
    changeset = editing.begin(
        reason, by=token.user, description="Suggested by a language model.", token=token
    )
    return editing.save(changeset, key, kind, document, by=token.user, token=token)


def _document(key: str, kind: str | None) -> tuple[str, JSON]:
    """(kind, document) that the change starts from: the newest published, or an empty one."""
    found = reading.newest_revision(key)
    if found is None:
        if kind is None:
            raise Refused(f"There is no entry “{key}”. For a new one say its kind too.")
        return kind, {"kind": kind_named(kind).name, "key": key}
    if found.document is None or found.act in ("retract", "merge"):
        raise Refused(f"“{key}” is not in view any more, so it cannot be changed this way.")
    document: JSON = orjson.loads(found.document)
    return str(document["kind"]), document


def _changed(document: JSON, put: JSON, added: JSON) -> JSON:
    """The document with fields put, taken out (null), and rows added. Raises Refused."""
    fixed = {"key", "kind"} & {*put, *added}
    if fixed:
        raise Refused(f"An entry keeps its {' and '.join(sorted(fixed))}: leave that out.")
    kept = {name: value for name, value in {**document, **put}.items() if value is not None}
    for name, rows in added.items():
        if not isinstance(kept.get(name, []), list):
            raise Refused(f"“{name}” is no list: put it with `set`.")
        kept[name] = [*kept.get(name, []), *rows]
    if kept == document:
        raise Refused("Nothing changes: give `set` or `add`.")
    return kept
