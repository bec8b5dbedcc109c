"""An example of every problem, for the OpenAPI file: what the API says of these entries."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from kb.api.errors import CODES

JSON = dict[str, Any]

FILE = Path(settings.BASE_DIR) / "docs" / "api-problems.json"
REQUEST_ID = "4d8decc43a8e15bbbd3f5942"


@cache
def said() -> dict[str, JSON]:
    """Code of a problem → what is its own in an answer: `detail`, `errors` and the like."""
    found: dict[str, JSON] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def example_of(code: str) -> JSON:
    """The whole problem, as the API answers it."""
    about = CODES[code]
    return {
        "type": f"/api/#problem-{code}",
        "title": about.title,
        "status": about.status,
        "code": code,
        "request_id": REQUEST_ID,
        **said()[code],
    }
