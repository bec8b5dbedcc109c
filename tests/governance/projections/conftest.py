"""Small documents, and labels for what they refer to."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Label = Mapping[str, Any]


@pytest.fixture
def label_of() -> Callable[[str], Label | None]:
    """What is shown of the entries that these tests name; of any other its key alone."""
    labels: dict[str, Label] = {
        "read-in-2020": {"key": "read-in-2020", "accessed": "2020-05-01"},
        "read-in-2026": {"key": "read-in-2026", "accessed": "2026-11-22"},
        "undated-source": {"key": "undated-source"},
        "yugoslavia": {"key": "yugoslavia", "dissolved": "1992"},
        "slovenia": {"key": "slovenia", "founded": "1991-06-25"},
        # An entry that was merged: its key means the survivor.
        "holland": {"key": "netherlands"},
    }
    return lambda key: labels.get(key, {"key": key})
