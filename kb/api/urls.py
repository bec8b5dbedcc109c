"""The addresses of the engine's part of the API, below `/api/v1/`."""

from typing import Any

from django.urls import URLPattern

from kb.api.changes import ChangesEndpoint, RootEndpoint, StatusEndpoint
from kb.api.changesets import writing
from kb.api.contracts import (
    OpenApiEndpoint,
    SchemaEndpoint,
    VocabulariesEndpoint,
    VocabularyEndpoint,
)
from kb.api.edges import BacklinksEndpoint, LinksEndpoint
from kb.api.endpoints import Endpoint, routes
from kb.api.entries import EntriesEndpoint, EntryEndpoint
from kb.api.feeds import feeds
from kb.api.history import DifferenceEndpoint, RevisionEndpoint, RevisionsEndpoint
from kb.api.linked import ContextEndpoint
from kb.api.match import MatchEndpoint
from kb.api.quoting import StatementEndpoint
from kb.api.reconcile import reconciliation
from kb.api.releases import ReleaseEndpoint, ReleaseFileEndpoint, ReleasesEndpoint
from kb.api.resolve import ResolveEndpoint
from kb.api.search import SearchEndpoint, SuggestEndpoint
from kb.api.verifications import VerificationsEndpoint
from kb.kinds import kinds


def endpoints() -> list[Endpoint[Any]]:
    """All of them, in the order of the documentation."""
    return [
        EntryEndpoint(),
        EntriesEndpoint(),
        *(EntriesEndpoint(kind) for kind in kinds()),
        LinksEndpoint(),
        BacklinksEndpoint(),
        StatementEndpoint(),
        VerificationsEndpoint(),
        SearchEndpoint(),
        SuggestEndpoint(),
        MatchEndpoint(),
        ResolveEndpoint(),
        *reconciliation(),
        RevisionsEndpoint(),
        RevisionEndpoint(),
        DifferenceEndpoint(),
        ChangesEndpoint(),
        ReleasesEndpoint(),
        ReleaseEndpoint(),
        ReleaseFileEndpoint(),
        *feeds(),
        *writing(),
        VocabulariesEndpoint(),
        VocabularyEndpoint(),
        SchemaEndpoint(),
        ContextEndpoint(),
        OpenApiEndpoint(),
        StatusEndpoint(),
        RootEndpoint(),
    ]


def patterns() -> list[URLPattern]:
    """Their routes: a function, so that tests can make them for another subject."""
    return routes(endpoints())


urlpatterns = patterns()
