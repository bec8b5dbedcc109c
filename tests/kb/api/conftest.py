"""A client of the API, for the toy subject (`api`) and for the starter knowledge (`dataset`)."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from kb.api import contracts, errors, openapi, urls
from kb.publication import lists

CACHED = (
    lists.asking_for,
    openapi.endpoints,
    openapi.document_components,
    contracts.vocabularies,
    contracts.schemas,
)


def forget() -> None:
    """What was read off the kinds before they were others."""
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def api(db: None, library: None, settings: Any) -> Iterator[Client]:
    """A client of an API about books and readers."""
    forget()
    addresses = ModuleType("addresses_of_the_library")
    addresses.urlpatterns = [path("api/v1/", include(urls.patterns()))]  # type: ignore[attr-defined]
    for status in (400, 404, 500):
        handler = {400: errors.bad_request, 404: errors.not_found, 500: errors.server_error}[status]
        setattr(addresses, f"handler{status}", handler)
    settings.ROOT_URLCONF = addresses
    yield Client()
    forget()
