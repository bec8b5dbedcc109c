"""The engine knows nothing of the subject: not by import (import-linter), not by a word."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

SUBJECT = re.compile(r"governance|artificial intelligence|\bAI\b", re.IGNORECASE)
ENGINE = ("kb", "templates/kb", "static/kb", "tests/library")


def texts_of_the_engine() -> Iterator[Path]:
    for folder in ENGINE:
        for file in (settings.BASE_DIR / folder).rglob("*"):
            if file.suffix in {".py", ".html", ".txt", ".css", ".js", ".sql", ".svg"}:
                yield file


def test_the_engine_and_its_templates_never_speak_of_the_subject():
    said = [
        f"{file.relative_to(settings.BASE_DIR)}:{number}: {line.strip()}"
        for file in texts_of_the_engine()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if SUBJECT.search(line)
    ]

    assert said == []


def test_there_is_an_engine_to_look_at():
    assert any(file.parts[-2:] == ("kb", "kinds.py") for file in texts_of_the_engine())
