"""The recipes of the guide to the API, run as they stand against a live site.

A block marked `text` is what the block before it prints. Blocks of one language go on from one
another; those marked `sh` write, with a token, to a site of their own. R is read by people only.
"""

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from conftest import SITE, database_url, environment_of, launched
from kb.api import openapi
from kb.models import Edit, Published
from tests.people import person, token

GUIDE = Path(settings.BASE_DIR) / "docs" / "api.md"
ADDRESS = "http://127.0.0.1:8000"
END = "\x1e"  # printed between two recipes
RUN = {
    "bash": ["bash", "-euo", "pipefail", "-c"],
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
    "javascript": ["node", "--input-type=module", "-e"],
}
NEEDED = {"bash": "curl", "python": sys.executable, "javascript": "node"}
SAY_END = {
    "sh": f"printf '{END}'",
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


def printed(language, site, **more):
    """What each recipe of a language prints, run one after the other."""
    found = recipes(language)
    program = "\n".join(f"{text}\n{SAY_END[language]}" for text, _expected in found)
    done = subprocess.run(
        [*RUN[language], program.replace(ADDRESS, site.rstrip("/"))],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **more,
    )
    assert done.returncode == 0, done.stderr
    return [part.replace(site.rstrip("/"), ADDRESS) for part in done.stdout.split(END)[:-1]]


def check(outputs, language):
    expected = [text for _recipe, text in recipes(language)]
    assert len(outputs) == len(expected) > 0
    for output, text in zip(outputs, expected, strict=True):
        if text is not None:
            assert output.strip() == text.strip()


@pytest.fixture(scope="module")
def released_site(site):
    """The site with a release, made from the database that it shows."""
    shutil.rmtree(SITE / "releases", ignore_errors=True)  # of another import
    launched("manage", "build_release", environment=environment_of(SITE, database_url("site")))
    yield site
    shutil.rmtree(SITE / "releases")


@pytest.mark.parametrize("language", [language for language in RUN if language != "sh"])
def test_recipes_print_what_the_guide_says(language, released_site, tmp_path):
    if shutil.which(NEEDED[language]) is None:
        pytest.skip(f"{NEEDED[language]} is not installed")

    check(printed(language, released_site, cwd=tmp_path), language)


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_recipes_that_write_print_what_the_guide_says(live_server, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    shutil.copy(GUIDE.with_name("import_spreadsheet.py"), tmp_path)
    robot = person("robot")
    told = {"CG_TOKEN": token("read", "draft", user=robot), "PATH": os.environ["PATH"]}

    outputs = printed("sh", live_server.url, cwd=tmp_path, env=told)

    check(outputs, "sh")
    written = Edit.objects.filter(changeset__status="in_review", changeset__submitted_by=robot)
    assert set(written.values_list("key", flat=True)) == {
        "brown-2026",
        "brown-2026-rooms",
        "clark-2026-counts",
    }
    assert not Published.objects.exists()


def test_the_guide_names_only_addresses_that_there_are():
    known = {re.split(r"[/.{]", endpoint.path)[1] for endpoint in openapi.endpoints()}
    elsewhere = {"api", "llms", "mcp"}  # the page of the API, and what is not below /api/v1

    text = GUIDE.read_text()
    named = set(re.findall(r"(?:`|API|get\(\"|every\(\"|post\(\")/([a-z-]+)", text))

    assert named <= known | elsewhere
