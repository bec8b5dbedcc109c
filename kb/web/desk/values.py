"""Values of a document as a reviewer reads them: by the types of their fields, with names for keys.

Built in Python rather than by templates: a changeset may bring thousands of rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.fields import MOST_QUOTED_WORDS
from kb.documents.form_specs import Spec
from kb.kinds import kind_named
from kb.publication.body import label_of, link, outward, readable_date, text_of
from kb.web.shown_changes import plain

JSON = Mapping[str, Any]
LabelOf = Callable[[str], JSON | None]

UNSHOWN = ("id", "cites", "kind", "key")  # said elsewhere: at the heading, or as sources


def keys_in(spec: Spec | None, value: Any) -> Iterator[str]:
    """Every key that is written in a reference of a value, valid or not."""
    if spec is None:
        return
    match spec.widget, value:
        case "reference", str():
            yield value
        case "group", dict():
            for field in spec.fields:
                yield from keys_in(field, value.get(field.field))
        case "rows" | "values", list():
            for each in value:
                yield from keys_in(spec.item, each)
        case "map", dict():
            for each in value.values():
                yield from keys_in(spec.item, each)


@dataclass(frozen=True, slots=True)
class Values:
    """Draws values. `label_of`: key → what is shown of the entry, None for an unknown key."""

    label_of: LabelOf

    def html(self, spec: Spec | None, value: Any) -> SafeString:
        """One value, whatever a draft may hold there."""
        if value is None:
            return SafeString("")
        match spec.widget if spec else "", value:
            case "reference", str():
                return self.name(value)
            case "group", dict():
                return self.pairs(spec, value)
            case "rows", list():
                return self._rows(spec, value)
            case "map", dict():
                return self._map(spec, value)
            case "values" | "terms", list():
                return self._list(spec, value)
            case _:
                return self._leaf(spec, value)

    def name(self, key: str) -> SafeString:
        """The entry that a key names, as a link; a key that nobody knows as it stands."""
        label = self.label_of(key)
        if label is None or not label.keys() >= {"kind", "key", "name"}:
            return SafeString(f"<code>{escape(key)}</code>")
        return link(label)

    def _leaf(self, spec: Spec | None, value: Any) -> SafeString:
        if isinstance(value, bool):
            return SafeString("yes" if value else "no")
        if spec is None or not isinstance(value, str):
            return text_of(plain(value))
        if spec.widget == "date":
            return text_of(readable_date(value))
        if spec.widget == "url" and value.startswith(("http://", "https://")):
            return outward(value, value)
        if spec.vocabulary is not None and value in spec.vocabulary:
            return text_of(spec.vocabulary.label_of(value))
        return SafeString(text_of(value).replace("\n", "<br>"))

    def _list(self, spec: Spec | None, values: Sequence[Any]) -> SafeString:
        item = spec.item if spec is not None and spec.item is not None else spec
        return SafeString(", ".join(self._leaf(item, each) for each in values))

    def pairs(self, spec: Spec | None, fields: JSON) -> SafeString:
        """Fields, in the order of their schema, those that it does not know last."""
        known = {field.field: field for field in spec.fields} if spec else {}
        names = dict.fromkeys((*known, *fields))
        shown = "".join(
            f"<div><dt>{escape(known[name].label if name in known else label_of(name))}</dt>"
            f"<dd>{self.html(known.get(name), fields[name])}</dd></div>"
            for name in names
            if name in fields and name not in UNSHOWN
        )
        return SafeString(f'<dl class="values">{shown}</dl>') if shown else SafeString("")

    def _rows(self, spec: Spec | None, rows: Sequence[Any]) -> SafeString:
        item = spec.item if spec else None
        shown = "".join(f"<li>{self.html(item, row)}</li>" for row in rows)
        return SafeString(f'<ul class="values">{shown}</ul>')

    def _map(self, spec: Spec | None, entries: JSON) -> SafeString:
        item = spec.item if spec else None
        shown = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{self.html(item, value)}</dd></div>"
            for name, value in entries.items()
        )
        return SafeString(f'<dl class="values">{shown}</dl>')

    # --- sources -----------------------------------------------------------------------------

    def cites(self, cites: Any) -> list[dict[str, Any]]:
        """Citations as they stand beside a statement; what is no citation is left out."""
        rows = cites if isinstance(cites, list) else []
        return [self._cite(row) for row in rows if isinstance(row, dict)]

    def _cite(self, cite: JSON) -> dict[str, Any]:
        key = str(cite.get("source", ""))
        label = self.label_of(key) or {}
        about = (label.get("publisher"), readable_date(label.get("issued")))
        quote = cite.get("quote")
        words = len(quote.split()) if isinstance(quote, str) else 0
        return {
            "source": self.name(key),
            "about": ", ".join(str(part) for part in about if part),
            "locator": plain(cite.get("locator")),
            "quote": quote if isinstance(quote, str) else "",
            "words": words,
            "most": MOST_QUOTED_WORDS,
            "is_long": words > MOST_QUOTED_WORDS,
            "link": outward(str(label["url"])) if label.get("url") else "",
        }


def labels_of_drafts(documents: Mapping[str, tuple[str, JSON]]) -> dict[str, JSON]:
    """Key → what would be shown of the entries that a changeset holds.

    `documents`: key → (kind, document).
    """
    return {key: label_of_draft(key, kind, found) for key, (kind, found) in documents.items()}


def label_of_draft(key: str, kind: str, document: JSON) -> JSON:
    """What would be shown of an entry where others refer to it, were its draft published."""
    own = kind_named(kind)
    try:
        more = own.shown(dict(document))
    except (TypeError, AttributeError, KeyError, ValueError):  # a draft may be of any form
        more = {}
    name = own.name_of(document) or key
    return {**more, "key": key, "kind": kind, "name": name}
