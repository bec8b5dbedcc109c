"""The recipes of the guide to the API, run as they stand against a live site.

A block marked `text` is what the block before it prints. Blocks of one language go on from one
another; R is read by people only.
"""

import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from kb.api import openapi

GUIDE = Path(settings.BASE_DIR) / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:8000"
END = "\x1e"  # printed between two recipes
RUN = {
    "bash": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
    "javascript": ["node", "--input-type=module", "-e"],
}
NEEDED = {"bash": "curl", "python": sys.executable, "javascript": "node"}
SAY_END = {
    "bash": f"printf '{END}'",
    "python": f"print({END!r}, end='')",
    "javascript": f"process.stdout.write({END!r});",
}


def blocks():
    """(language, text) of every block of the guide, in order."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)


def recipes(language):
    """(recipe, what it prints as the guide has it, None where it does not say) in order."""
    every = [*blocks(), ("", "")]
    return [
        (text, following if after == "text" else None)
        for (name, text), (after, following) in pairwise(every)
        if name == language
    ]


def printed(language, site):
    """What each recipe of a language prints, run one after the other."""
    found = recipes(language)
    program = "\n".join(f"{text}\n{SAY_END[language]}" for text, _expected in found)
    done = subprocess.run(
        [*RUN[language], program.replace(ADDRESS, site.rstrip("/"))],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [part.replace(site.rstrip("/"), ADDRESS) for part in done.stdout.split(END)[:-1]]


@pytest.mark.parametrize("language", RUN)
def test_recipes_print_what_the_guide_says(language, site):
    if shutil.which(NEEDED[language]) is None:
        pytest.skip(f"{NEEDED[language]} is not installed")

    outputs = printed(language, site)

    expected = [text for _recipe, text in recipes(language)]
    assert len(outputs) == len(expected) > 0
    for output, text in zip(outputs, expected, strict=True):
        if text is not None:
            assert output.strip() == text.strip()


def test_the_guide_names_only_addresses_that_there_are():
    known = {re.split(r"[/.{]", endpoint.path)[1] for endpoint in openapi.endpoints()}
    elsewhere = {"api", "llms", "mcp"}  # the page of the API, and what is not below /api/v1

    text = GUIDE.read_text()
    named = set(re.findall(r"(?:`|API|get\(\"|every\(\"|post\(\")/([a-z-]+)", text))

    assert named <= known | elsewhere
