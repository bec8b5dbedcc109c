"""Views over prefetched models: one for each kind of answer."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.serializers import BaseSerializer

from bench.usual.models import Entry
from bench.usual.serializers import OF_KIND, SummarySerializer

CITES = "cites__source"
SHARED = [
    CITES, "topics", f"field_cites__{CITES}", "links__target", f"links__{CITES}",
    f"milestones__{CITES}", f"figures__{CITES}", f"disputed__{CITES}",
]  # fmt: skip
DESIGNED = ["functions", f"design__{CITES}"]
PREFETCHED = {
    "actor": SHARED,
    "body": [
        *SHARED, *DESIGNED, f"organs__{CITES}", "memberships__actor", f"memberships__{CITES}",
    ],
    "proposal": [
        *SHARED, *DESIGNED, "positions__actor", "positions__reported_by", f"positions__{CITES}",
        "arguments__made_by", f"arguments__{CITES}",
    ],
    "instrument": [
        *SHARED, "issued_by", "participation__actor", f"participation__{CITES}",
        f"provisions__{CITES}",
    ],
    "event": [*SHARED, "organisers", "participants", "outcomes"],
    "source": [],
}  # fmt: skip


def entries_of(kind: str) -> QuerySet[Entry]:
    """Entries of a kind with everything their answers need, in a fixed number of queries."""
    return Entry.objects.filter(kind=kind).prefetch_related(*PREFETCHED[kind])


class EntryView(RetrieveAPIView[Entry]):
    """`/api/<kind>/<key>/`"""

    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Entry]:
        return entries_of(self.kwargs["kind"])

    def get_serializer_class(self) -> type[BaseSerializer[Entry]]:
        return OF_KIND[self.kwargs["kind"]]


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"


class ListView(ListAPIView[Entry]):
    """`/api/?kind=&topic=`"""

    serializer_class = SummarySerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Entry]:
        asked = self.request.query_params
        entries = Entry.objects.prefetch_related("topics", "functions")
        if kind := asked.get("kind"):
            entries = entries.filter(kind=kind)
        if topic := asked.get("topic"):
            entries = entries.filter(topics__value=topic)
        return entries.order_by("name", "key")


def entry_page(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """`/<kind>/<key>/`"""
    entry = get_object_or_404(entries_of(kind), key=key)
    rows = {name.partition("__")[0] for name in PREFETCHED[kind]}
    return render(request, "usual/entry.html", {"entry": entry, "rows": rows})


def home(request: HttpRequest) -> HttpResponse:
    """`/`, with the number of entries of each kind."""
    counted = [(kind, Entry.objects.filter(kind=kind).count()) for kind in OF_KIND]
    newest = Entry.objects.order_by("-pk")[:5]
    return render(request, "usual/home.html", {"counted": counted, "newest": newest})
