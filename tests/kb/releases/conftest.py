"""Releases are built into a folder of the test's own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def shelf_folder(settings: Any, tmp_path: Path) -> Path:
    """Where releases are built."""
    folder = tmp_path / "releases"
    settings.RELEASES_DIR = folder
    return folder
