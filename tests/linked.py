"""JSON-LD as an independent processor reads it: no network, contexts from the API alone."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.test import Client
from pyld import jsonld

SITE = "http://testserver"


def loader() -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """Loads documents of the test site, each once."""
    known: dict[str, dict[str, Any]] = {}

    def load(url: str, _options: dict[str, Any]) -> dict[str, Any]:
        if url not in known:
            assert url.startswith(SITE), f"{url} would need the network"
            response = Client().get(url.removeprefix(SITE))
            assert response.status_code == 200, url
            assert response["Content-Type"] == "application/ld+json"
            known[url] = {
                "contentType": "application/ld+json",
                "contextUrl": None,
                "documentUrl": url,
                "document": json.loads(response.content),
            }
        return known[url]

    return load


def expanded(document: Any, load: Any = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = jsonld.expand(document, {"documentLoader": load or loader()})
    return found


def quads(document: Any, load: Any = None) -> set[str]:
    """Its N-Quads, blank nodes named canonically."""
    options = {"documentLoader": load or loader(), "format": "application/n-quads"}
    text: str = jsonld.normalize(document, {**options, "algorithm": "URDNA2015"})
    return set(text.splitlines())


def values(document: Any, without: tuple[str, ...] = ()) -> Iterator[Any]:
    """Every text and number in plain JSON, but for those under some names."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name not in without:
                yield from values(value, without)
    elif isinstance(document, list):
        for value in document:
            yield from values(value, without)
    else:
        yield document
