"""`/map/`: choose a body or an instrument, and a day, to see who belonged."""

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from governance.web.choices import Choice, choices
from governance.web.membership import PLACES, Place
from kb.filters import WrongValue, day_of
from kb.kinds import kind_named
from kb.web.pages import daily_page, page, today


@daily_page
def map_page(request: HttpRequest) -> HttpResponse:
    """Everything there is a map of. With `?of=` and `?on=`, leads to that map on that day."""
    wanted, written = (request.GET.get(name, "").strip() for name in ("of", "on"))
    listed = [(place, choices(place.kind)) for place in PLACES]
    wrong = ""
    if wanted:
        try:
            return HttpResponseRedirect(_address(listed, wanted, written))
        except WrongValue as problem:
            wrong = problem.detail
    context = {
        "current": "map",
        "groups": [_group(place, its) for place, its in listed if its],
        "of": wanted,
        "on": written or today().isoformat(),
        "wrong": wrong,
    }
    return page(request, "governance/map.html", context, status=400 if wrong else 200)


def _address(listed: list[tuple[Place, list[Choice]]], wanted: str, written: str) -> str:
    """Where the map is. Raises WrongValue."""
    day: date | None = day_of("on", written) if written else None
    for place, its in listed:
        if any(each.key == wanted for each in its):
            return place.path(wanted) + (f"?on={day}" if day else "")
    raise WrongValue("of", f"There is no map of “{wanted[:80]}”. Choose one from the list.")


def _group(place: Place, its: list[Choice]) -> dict[str, object]:
    rows = [{"choice": each, "path": place.path(each.key)} for each in its]
    return {"label": kind_named(place.kind).label_plural, "rows": rows}
