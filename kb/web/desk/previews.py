"""The page of an entry as a draft will make it, drawn within another page."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.schema import expand
from kb.kinds import kind_named
from kb.models import Edit
from kb.publication.body import Parts, body_html
from kb.web.desk.values import Values

VISIBLE = (Edit.Act.REVISE, Edit.Act.RESTORE)


def preview_of(edit: Edit, values: Values) -> dict[str, SafeString] | None:
    """The page of a new entry as it will be; None while it has errors."""
    if edit.act not in VISIBLE or any(each["is_error"] for each in edit.findings):
        return None
    kind = kind_named(edit.kind)
    document = edit.document

    def label(key: str) -> Mapping[str, Any]:
        found = values.label_of(key)
        return found if found and "name" in found else {"key": key, "kind": edit.kind, "name": key}

    try:
        html = body_html(kind, expand(kind.schema, document, label), {"revision": 1})
    except (LookupError, TypeError, ValueError, AttributeError):  # an older schema's draft
        return None
    parts = Parts.of(html)
    prefix = f"preview-{edit.key}-"
    return {
        "before": within_a_page(parts.before, prefix),
        "after": within_a_page(parts.after, prefix),
        "notes": within_a_page(parts.notes, prefix),
    }


_IDS = re.compile(r'\b(id|for|aria-labelledby|aria-describedby)="')
_HEADINGS = re.compile(r"<(/?)h([1-3])\b")


def within_a_page(html: str, prefix: str) -> SafeString:
    """A fragment whose ids are its own, and whose headings stand below those of the page."""
    own = _IDS.sub(rf'\1="{prefix}', html).replace('href="#', f'href="#{prefix}')
    return SafeString(_HEADINGS.sub(lambda m: f"<{m[1]}h{int(m[2]) + 2}", own))
