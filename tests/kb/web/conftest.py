"""A visitor to the pages of the toy subject."""

from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from kb.publication import lists
from kb.templatetags import frame
from kb.web import errors, rows, urls

CACHED = (lists.asking_for, frame._mark, rows._vocabularies, rows._dates)


def forget() -> None:
    """What was read off the kinds before they were others."""
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def visitor(db: None, library: None, settings: Any) -> Any:
    """A client for pages about books and readers, with nothing that a subject adds."""
    forget()
    addresses = ModuleType("pages_of_the_library")
    addresses.urlpatterns = urls.patterns()  # type: ignore[attr-defined]
    # Django names its second argument, which ours calls otherwise.
    addresses.handler404 = (  # type: ignore[attr-defined]
        lambda request, exception: errors.not_found(request, exception)  # noqa: PLW0108
    )
    addresses.handler500 = errors.server_error  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = addresses
    yield Client()
    forget()
