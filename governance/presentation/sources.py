"""Sources: what was read, where it is and when it was read."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from governance.presentation.facts import filtered
from governance.vocabularies import SOURCE_TYPES
from kb.kinds import Kind
from kb.publication.body import outward, readable_date, text_of

LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def source_values(kind: Kind, document: Mapping[str, Any]) -> dict[str, Any]:
    """Title, who wrote it, and its key facts."""
    return {
        "name": text_of(document["title"]),
        "language": document.get("language", ""),
        "byline": authors(document.get("authors", ())),
        "facts": _facts(kind, document),
    }


def authors(names: Sequence[str]) -> str:
    """Names of the form "Family, Given" turned round and joined: "Ada Lovelace and Alan Turing"."""
    turned = [" ".join(reversed(name.split(", ", 1))) for name in names]
    if len(turned) <= 1:
        return "".join(turned)
    return f"{', '.join(turned[:-1])} and {turned[-1]}"


def _facts(kind: Kind, document: Mapping[str, Any]) -> list[tuple[str, SafeString]]:
    language = document.get("language", "")
    label = LANGUAGES.get(language.split("-")[0], language)
    found = (
        ("Type", filtered(kind.name, "type", document["type"], _type(document))),
        ("Published in", text_of(document.get("container", ""))),
        ("Publisher", text_of(document.get("publisher", ""))),
        ("Issued", text_of(readable_date(document.get("issued")))),
        ("Language", filtered(kind.name, "language", language, label) if language else ""),
        ("DOI", _doi(document.get("doi"))),
        ("Address", _address(document.get("url"))),
        ("Copy that was read", _address(document.get("seen_at"))),
        ("Read on", text_of(readable_date(document.get("accessed")))),
    )
    return [(name, SafeString(value)) for name, value in found if value]


def _type(document: Mapping[str, Any]) -> str:
    return SOURCE_TYPES.label_of(document["type"])


def _doi(doi: str | None) -> SafeString | str:
    return outward(f"https://doi.org/{doi}", doi) if doi else ""


def _address(url: str | None) -> SafeString | str:
    """A whole address, so that it can be read on paper; it may break anywhere."""
    if not url:
        return ""
    shown = escape(url)
    return SafeString(f'<a class="out url" href="{shown}" rel="noopener">{shown}</a>')
