"""Lists as they were published at a moment, beside the same lists now."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench.asking import Answer
from bench.pressure import Ask
from bench.publishing import publish_again
from bench.routes import Check, Route, Wrong, rows

CHANGED = 10  # entries that are published again, so that their past has to be worked out
SHARE = 0.5  # of the rate of the same list now: at most twice the time
TOLD_BY = ("list of 25", "list of 50")


def change_something() -> datetime:
    """Publish some entries again, in a way that leaves lists in their order: the moment before."""
    newest: datetime
    ((newest,),) = rows("SELECT max(published_at) FROM kb_revision")
    publish_again(CHANGED)
    return newest + timedelta(microseconds=1)


def moment_routes(lists: Sequence[Route], before: datetime) -> list[Route]:
    """What was published `before` some entries were published again, and what is by now."""
    ((now,),) = rows("SELECT now()")
    told = [route for route in lists if route.name in TOLD_BY]
    moments = {"nothing published since": now, f"{CHANGED} published since": before}
    return [_at(route, moment, since) for since, moment in moments.items() for route in told]


def _at(route: Route, moment: datetime, since: str) -> Route:
    clock = f"&known_at={moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    asks = {each.path + clock: each for each in route.ours}
    name = f"{route.name} at a moment, {since}"
    return Route(
        name, [Ask(path) for path in asks], _checked(route, asks), faster=(SHARE, route.name)
    )


def _checked(route: Route, asks: dict[str, Ask]) -> Check:
    """The rows of now, since nothing that orders a list has changed."""

    def check(ask: Ask, answer: Answer) -> Wrong:
        return route.check(asks[ask.path], answer)

    return check
