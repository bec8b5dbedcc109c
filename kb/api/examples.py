"""Examples of the documentation: real calls, with the answers that were recorded for them."""

import json
from typing import Any
from urllib.parse import urlencode

from django.test import RequestFactory
from django.urls import resolve

from kb.api import bodies, openapi

MOST_ROWS = 3


def record() -> None:
    """Make every call of the file again and keep what it answers now.

    Raises RuntimeError when one does not answer 200, as when its entry is not in the database.
    """
    recorded = {name: _answered(example) for name, example in openapi.examples().items()}
    text = json.dumps(recorded, ensure_ascii=False, indent=1) + "\n"
    openapi.EXAMPLES.write_text(text, encoding="utf-8")


def _answered(example: dict[str, Any]) -> dict[str, Any]:
    """The call with what it answers. `method` and `body` where it is not a GET; the body is JSON,
    or a `form`.

    One that is `fixed` stays as it is: what it does needs a token and cannot be done twice, or it
    is a release, which other databases have under another day.
    """
    if example.get("fixed"):
        return example
    call, method = example["call"], example.get("method", "GET")
    body, media_type = json.dumps(example["body"]) if "body" in example else "", bodies.JSON
    if example.get("form"):
        body, media_type = urlencode(example["body"]), bodies.FORM
    request = RequestFactory().generic(
        method, call, body, media_type, headers={"host": "localhost"}
    )
    match = resolve(request.path_info)
    response = match.func(request, *match.args, **match.kwargs)
    if response.status_code != 200:
        raise RuntimeError(f"{method} {call} answers {response.status_code}")
    answer = _shortened(response.content)
    return {**example, "call": call, "arguments": match.kwargs, "answer": answer}


def _shortened(content: bytes) -> Any:
    """The answer with no more than the first few rows of each list of rows."""
    answer = json.loads(content.replace(b"http://localhost/", b"https://example.org/"))
    return {
        name: value[:MOST_ROWS] if isinstance(value, list) else value
        for name, value in answer.items()
    }
