"""The form of one document in a changeset: opened, typed into, saved, previewed.

A POST says with `do` what it wants: `save`, `preview`, `paste`, `create`, `show` (what was sent is
drawn and not saved), `take:title` (a field as it is kept), or what a button of a row does. The
script of the form saves with the header `X-Autosave` and is answered in JSON: `saved_at`,
`version`, `problems` (`label`, `place`, `id`, `detail` of each), `created` (`kind`, `key`, `name`
after `do=create`, else null); or 409 with `detail` and `href`, when it was not saved and somebody
has to look. With the header `X-Fields` it asks for the fields of one row that was closed, and gets
their HTML.
"""

import re
from dataclasses import replace
from typing import Any
from unicodedata import combining, normalize

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kb import editing
from kb.documents.fields import KEY
from kb.documents.form_actions import BUTTON, Typed, path_of_name, spec_at, typed_in
from kb.documents.form_data import (
    FormData,
    document_from,
    names_in,
    raw_value,
    rows_as_closed,
    with_line_feeds,
)
from kb.documents.form_fields import RAW, form_of
from kb.documents.json_text import parse_json
from kb.documents.problems import shown as told
from kb.documents.sameness import says_the_same
from kb.documents.schema import MOST_BYTES
from kb.documents.statements import with_ids
from kb.documents.unreadable import UnreadableText
from kb.documents.yaml_text import parse_yaml
from kb.editing.permissions import Action, allowed
from kb.kinds import JSON, kind_named, kinds
from kb.models import Changeset, Edit, Entry
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther
from kb.web.desk.document_page import (
    Opened,
    answer,
    as_kept,
    as_typed,
    opened_fields,
    preview_of,
)
from kb.web.desk.form_rendering import listed_problems

Posted = dict[str, list[str]]

AUTOSAVE, FIELDS = "X-Autosave", "X-Fields"
WRITING = (Edit.Act.REVISE, Edit.Act.RESTORE)  # acts that carry a whole document


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def document_page(request: DeskRequest, pk: int, key: str) -> HttpResponse:
    """`/desk/changesets/<pk>/documents/<key>/`"""
    changeset = get_object_or_404(Changeset.objects.visible_to(request.user), pk=pk)
    opened = opened_document(changeset, key)
    if request.method == "POST":
        if FIELDS in request.headers:
            return _fields(request, opened)
        act = _autosave if AUTOSAVE in request.headers else _act
        return act(request, opened)
    if Action.SAVE not in allowed(request.user, changeset):
        messages.info(request, f"“{changeset}” cannot be edited now.")
        return redirect(changeset)
    asked = request.GET.get
    shown = as_kept(opened, asked("saved", ""), asked("statement", ""))
    return answer(request, opened, shown)


def opened_document(changeset: Changeset, key: str) -> Opened:
    """The document of `key`: as it is in the changeset, else as published. Raises Http404."""
    edits = changeset.edits.select_related("base", "revision", "changed_by")
    edit = edits.filter(key=key).first()
    if edit is not None and edit.act in WRITING:
        return Opened(changeset, key, kind_named(edit.kind), edit, edit.document)
    entry = Entry.objects.filter(key=key).first() if edit is None else None
    newest = entry.revisions.order_by("-number").first() if entry else None
    if entry is None or newest is None or newest.act not in WRITING or not newest.document:
        raise Http404(f"There is no document of “{key}” to edit in this changeset.")
    return Opened(changeset, key, kind_named(entry.kind), None, newest.content)


# --- what was posted -------------------------------------------------------------------------


def _act(request: DeskRequest, opened: Opened) -> HttpResponse:
    data = posted_data(request)
    verb = request.POST.get(BUTTON, "save").partition(":")[0]
    acts = {"save": _save, "preview": _preview, "create": _create, "paste": _paste, "take": _take}
    if verb in acts:
        return acts[verb](request, opened, data)
    typed = typed_in(opened.kind.schema, data)
    return answer(request, opened, as_typed(opened, typed, _version(request)))


def posted_data(request: HttpRequest) -> Posted:
    """Name → values, in the order of the form."""
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def _version(request: HttpRequest) -> int:
    """The version that the form was opened on; -1, which no edit has, for what is no number."""
    text = request.POST.get("version", "")
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else -1


def _typed(opened: Opened, data: FormData) -> Typed:
    """What was typed, with the rows that can still be put back."""
    typed = typed_in(opened.kind.schema, {**data, BUTTON: []})
    return replace(typed, document=document_from(opened.kind.schema, data))


def _kept(request: DeskRequest, opened: Opened, document: JSON) -> Edit:
    """Save a document under its own kind and key, whatever was sent. Raises EditingError.

    What is kept already, word for word, is no conflict: a form may be sent twice.
    """
    key, kind = opened.key, opened.kind.name
    named = {**document, "kind": kind, "key": key}
    try:
        return editing.save(
            opened.changeset,
            key,
            kind,
            named,
            by=request.user,
            act=opened.act,
            version=_version(request),
        )
    except editing.StaleSave:
        now = opened.changeset.edits.filter(key=key).first()
        if now is not None and _says_the_same(opened, named, now.document):
            return now
        raise


def _says_the_same(opened: Opened, document: JSON, kept: JSON) -> bool:
    """Whether a document is the one that is kept, which was given ids when it was saved."""
    try:
        document = with_ids(opened.kind.schema, document, kept)
    except (TypeError, AttributeError, KeyError):  # a draft without rows where rows belong
        return document == kept
    return says_the_same(opened.kind.schema, document, kept)


def _save(request: DeskRequest, opened: Opened, data: Posted) -> HttpResponse:
    typed = _typed(opened, data)
    try:
        _kept(request, opened, typed.document)
    except editing.StaleSave as stale:
        return _conflict(request, opened, typed, stale)
    except editing.EditingError as problem:
        return _refused(request, opened, typed, problem)
    return SeeOther(f"{opened.path}?saved={_version(request)}")


def _conflict(
    request: DeskRequest, opened: Opened, typed: Typed, stale: editing.StaleSave
) -> HttpResponse:
    """Both sides: what was typed is in the form, and saving it again takes its place."""
    now = opened_document(opened.changeset, opened.key)
    shown = as_typed(now, typed, now.version, error=str(stale), theirs=now.document, status=409)
    return answer(request, now, shown)


def _take(request: DeskRequest, opened: Opened, data: Posted) -> HttpResponse:
    """Both sides again, with one field as it is kept and not as it was typed. Nothing is saved."""
    typed, field = _typed(opened, data), request.POST.get(BUTTON, "").partition(":")[2]
    document = {name: value for name, value in typed.document.items() if name != field}
    if field in opened.document:
        document[field] = opened.document[field]
    closed = (typed.closed or frozenset()) | rows_as_closed(document.get(field))
    typed = replace(typed, document=document, closed=closed)
    shown = as_typed(opened, typed, _version(request), theirs=opened.document)
    return answer(request, opened, shown)


def _refused(
    request: DeskRequest, opened: Opened, typed: Typed, problem: Exception
) -> HttpResponse:
    """What was typed is still there, and why it was not saved."""
    posted = {name.replace(".", "_"): request.POST.get(name, "") for name in ("pasted", *NEW)}
    shown = as_typed(
        opened, typed, _version(request), error=str(problem), posted=posted, status=422
    )
    return answer(request, opened, shown)


def _preview(request: DeskRequest, opened: Opened, data: Posted) -> HttpResponse:
    typed = _typed(opened, data)
    preview = preview_of(opened, typed.document)
    return answer(request, opened, as_typed(opened, typed, _version(request), preview=preview))


def _fields(request: DeskRequest, opened: Opened) -> HttpResponse:
    """The fields of a row or part that was closed; what it holds comes with the question."""
    name = request.POST.get(BUTTON, "").partition(":")[2]
    held = raw_value(request.POST.get(name + RAW, ""))
    if not isinstance(held, dict):
        return HttpResponse("There is no such row.", status=422)
    try:
        return HttpResponse(opened_fields(opened, name, held))
    except LookupError:
        return HttpResponse("There is no such row in this form.", status=422)


# --- saved by a script -----------------------------------------------------------------------


def _autosave(request: DeskRequest, opened: Opened) -> HttpResponse:
    data = posted_data(request)
    try:
        with transaction.atomic():
            created = _created(request, opened) if request.POST.get(BUTTON) == "create" else None
            edit = _kept(request, opened, document_from(opened.kind.schema, data))
    except editing.EditingError as problem:
        return JsonResponse({"detail": str(problem), "href": opened.path}, status=409)
    saved = replace(opened, edit=edit)
    return JsonResponse(
        {
            "saved_at": (edit.changed_at or timezone.now()).isoformat(),
            "version": str(edit.version),
            "problems": _problems_as_posted(saved, data),
            "created": created,
        }
    )


def _problems_as_posted(opened: Opened, data: FormData) -> list[dict[str, Any]]:
    """What is wrong, each at its field as it is named in the page that sent it."""
    assert opened.edit is not None
    schema = opened.kind.schema
    form = form_of(schema, opened.edit.document, opened.problems)
    name_of = names_in(schema, data)
    return [
        {
            "label": label,
            "place": problem.place,
            "id": f"f-{name}" if (name := name_of(problem.path)) else "form",
            "detail": problem.detail,
        }
        for label, problem, _id in listed_problems(form)
    ]


# --- another entry, without leaving ----------------------------------------------------------

NEW = ("new.kind", "new.key", "new.name", "new.into")  # what the form asks for a new entry


def _create(request: DeskRequest, opened: Opened, data: Posted) -> HttpResponse:
    """A new entry in the same changeset; its key goes into the field that asked for it."""
    kind, key, name, into = (request.POST.get(each, "").strip() for each in NEW)
    key = key or key_from(name)
    typed = _typed(opened, data)
    if into:
        filled = _with_key(opened, data, into, key)
        typed = replace(typed, document=document_from(opened.kind.schema, filled))
    try:
        with transaction.atomic():
            _begin_entry(request, opened.changeset, kind, key, name)
            _kept(request, opened, typed.document)
    except editing.StaleSave as stale:
        return _conflict(request, opened, typed, stale)
    except editing.EditingError as problem:
        return _refused(request, opened, _typed(opened, data), problem)
    messages.success(request, f"“{name or key}” is part of this changeset now, as “{key}”.")
    return SeeOther(f"{opened.path}?saved={_version(request)}")


def _created(request: DeskRequest, opened: Opened) -> dict[str, str]:
    """A new entry, for a script: it has put the key where it belongs already."""
    kind, key, name = (request.POST.get(each, "").strip() for each in NEW[:3])
    key = key or key_from(name)
    _begin_entry(request, opened.changeset, kind, key, name)
    return {"kind": kind, "key": key, "name": name or key}


def _with_key(opened: Opened, data: Posted, name: str, key: str) -> FormData:
    """What was posted, with `key` in the field called `name`; in a list of values one more."""
    schema = opened.kind.schema
    path = path_of_name(schema, data, name)
    spec = spec_at(schema, path) if path else None
    before = data.get(name, []) if spec is not None and spec.widget == "values" else []
    return {**data, name: [*before, key]}


def _begin_entry(
    request: DeskRequest, changeset: Changeset, kind: str, key: str, name: str
) -> None:
    """Raises EditingError."""
    if kind not in {each.name for each in kinds()}:
        raise editing.EditingError("Choose what kind of entry it is.")
    if not re.match(KEY, key):
        raise editing.EditingError(
            f"{told(key)} is not a key. Write 2 to 80 of the letters a-z, digits and hyphens."
        )
    name_field = kind_named(kind).schema.name_field
    document = {"kind": kind, "key": key, **({name_field: name} if name else {})}
    editing.save(changeset, key, kind, document, by=request.user, version=0)


def key_from(name: str) -> str:
    """A key that a name suggests: "Café Müller" is "cafe-muller"."""
    plain = "".join(c for c in normalize("NFKD", name) if not combining(c)).lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


# --- a whole document, pasted or in a file ---------------------------------------------------


def _paste(request: DeskRequest, opened: Opened, data: Posted) -> HttpResponse:
    """The pasted document in the form, to be looked at before it is saved."""
    try:
        uploaded = request.FILES.get("file")
        text = text_in(uploaded) if uploaded else request.POST.get("pasted", "")
        document = read_pasted(text, opened)
    except editing.EditingError as problem:
        return _refused(request, opened, _typed(opened, data), problem)
    return answer(request, opened, as_typed(opened, Typed(document), _version(request)))


def text_in(uploaded: "UploadedFile[Any]") -> str:
    """The text of a file. Raises EditingError."""
    name, size = told(uploaded.name), uploaded.size or 0
    if size > MOST_BYTES:
        raise editing.EditingError(
            f"{name} has {size:,} bytes; {MOST_BYTES:,} are the most. Shorten it."
        )
    try:
        text: str = uploaded.read().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise editing.EditingError(
            f"{name} is not text in UTF-8 (byte {wrong.start + 1:,}). Save it as UTF-8 and choose"
            " it again."
        ) from None
    return text


def read_pasted(text: str, opened: Opened) -> JSON:
    """The document in a text of YAML or JSON. Raises EditingError."""
    size = len(text.encode(errors="replace"))
    if size > MOST_BYTES:
        raise editing.EditingError(
            f"The document has {size:,} bytes; {MOST_BYTES:,} are the most. Shorten it."
        )
    text = with_line_feeds(text)
    if not text.strip():
        raise editing.EditingError("Nothing was pasted. Paste a document or choose a file first.")
    try:
        found = (parse_json if text.lstrip().startswith("{") else parse_yaml)(text)
    except UnreadableText as problem:
        raise editing.EditingError(f"This cannot be read: {problem}") from None
    if not isinstance(found, dict):
        raise editing.EditingError(f"{told(found)} is no document. Paste its fields.")
    for name, own in (("kind", opened.kind.name), ("key", opened.key)):
        if found.get(name, own) != own:
            raise editing.EditingError(
                f"The document says {name} {told(found[name])}; this form is for “{own}”."
            )
    return {"kind": opened.kind.name, "key": opened.key, **found}
