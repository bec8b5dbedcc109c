"""The statements of an entry, each beside its sources, to be compared with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from kb.documents.form_actions import spec_at
from kb.documents.schema import references
from kb.documents.sourced import Sourced
from kb.documents.statements import statement_lists
from kb.editing.permissions import Action, may
from kb.editing.verification import LABELS, Mark, current_marks, statements_of, verify
from kb.kinds import JSON, Kind, kind_named
from kb.models import Published, Verification
from kb.publication.body import label_of
from kb.publication.names import Names
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, posted, status_of
from kb.web.desk.numbered import part_of
from kb.web.desk.values import Values
from kb.web.entries import absent

Verdict = Verification.Verdict
STATEMENTS = 80  # of one page
BUTTONS = (
    (Verdict.CONFIRMED, "The source says so"),
    (Verdict.NOT_FOUND, "Not found in the source"),
    (Verdict.CONTRADICTS, "The source says otherwise"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as the page shows it. `note`: what was typed, where that could not be kept."""

    name: str
    content_hash: str
    html: SafeString
    cites: list[dict[str, Any]]
    mark: Mark | None
    note: str = ""


@dataclass(slots=True)
class Group:
    """The statements of one field or list."""

    label: str
    rows: list[Shown] = field(default_factory=list)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: DeskRequest, key: str) -> HttpResponse:
    """`/desk/verify/<key>/?page=`: what it says, what its sources are, and the three verdicts."""
    published = Published.objects.select_related("revision").filter(key=key).first()
    if published is None:
        return absent(request, key)
    wrong = None
    if request.method == "POST":
        wrong = carried_out(request, lambda: _marked(request, key))
        if wrong is None:
            return SeeOther(f"{request.get_full_path()}#{posted(request, 'statement')}")
    context = _context(request, published, wrong)
    return render(request, "kb/desk/verify.html", context, status=status_of(wrong))


def _marked(request: DeskRequest, key: str) -> str:
    mark = verify(
        key,
        posted(request, "statement"),
        posted(request, "verdict"),
        posted(request, "note"),
        by=request.user,
        content_hash=posted(request, "content_hash"),
    )
    return f"{LABELS[mark.verdict]}: noted."


def _context(request: DeskRequest, published: Published, wrong: Wrong | None) -> dict[str, Any]:
    kind, document = kind_named(published.kind), published.revision.content
    marks = current_marks([published.entry_id]).get(published.entry_id, {})
    statements = statements_of(published.kind, document)
    is_unchecked_only = request.GET.get("show") == "unchecked"
    chosen = [s for s in statements.values() if not (is_unchecked_only and s.name in marks)]
    part = part_of(chosen, request, STATEMENTS)
    return {
        "current": "desk",
        "published": published,
        "kind": kind,
        "groups": _groups(kind, document, part.rows, marks, wrong),
        "part": part,
        "shown": len(chosen),
        "kept_query": "show=unchecked&" if is_unchecked_only else "",
        "total": len(statements),
        "checked": len(marks),
        "is_unchecked_only": is_unchecked_only,
        "may_verify": may(request.user, Action.VERIFY),
        "buttons": BUTTONS,
        "wrong": wrong,
    }


def _groups(
    kind: Kind,
    document: JSON,
    statements: list[Sourced],
    marks: Mapping[str, Mark],
    wrong: Wrong | None,
) -> list[Group]:
    """The statements by the field or list that they are in, in the order of the document."""
    names = Names({mention.key for mention in references(kind.schema, document)})
    values = Values(names.shown)
    groups: dict[str, Group] = {}
    for each in statements:
        group = groups.setdefault(each.field, Group(_heading(each.field)))
        typed = wrong.typed if wrong and wrong.typed.get("statement") == each.name else {}
        group.rows.append(
            Shown(
                name=each.name,
                content_hash=each.content_hash,
                html=_said(kind, values, each),
                cites=values.cites(list(each.cites)),
                mark=marks.get(each.name),
                note=typed.get("note", ""),
            )
        )
    return list(groups.values())


def _said(kind: Kind, values: Values, each: Sourced) -> SafeString:
    """What it says; a text that is all there is needs no label."""
    path, says = _path(kind, each), each.says
    if isinstance(says, dict) and len(says) == 1:
        ((name, says),) = says.items()
        path = (*path, name)
    return values.html(spec_at(kind.schema, path), says)


def _heading(field_name: str) -> str:
    return ": ".join(label_of(part) for part in field_name.split("."))


def _path(kind: Kind, each: Sourced) -> tuple[str | int, ...]:
    """Where a statement stands in its schema; the number of its row makes no difference."""
    is_row = each.field in statement_lists(kind.schema) and each.name != each.field
    return (each.field, 0) if is_row else tuple(each.field.split("."))
