"""What people follow of what is published: entries, terms, lists and searches.

A thing is called by an address of its own, which links to the desk carry: `entry:cern`,
`term:topic:us-china`, `list:proposals?topic=us-china`, `search:q=compute&kind=event`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.core import signing
from django.db import transaction

from kb.documents.fields import KEY
from kb.editing.errors import EditingError, NotAllowed
from kb.editing.people import locked
from kb.editing.webhooks import feed_terms
from kb.filters import Condition, Parameter, TermFilter, Values
from kb.kinds import kind_at
from kb.models import User, Watch
from kb.parameters import UnreadableAddress, WrongParameters, read
from kb.publication import followed, lists, reading
from kb.publication.ahead import newest_change
from kb.publication.followed import Span

MOST = 200  # things that one person follows
LONGEST = 1_000  # characters of a list or a search with its filters
LONGEST_QUESTION = 500
SALT = "kb.editing.watching"
What = Watch.What

# Of the parameters those that say how a list is shown, or since when.
NOT_WHICH = ("sort", "page_size", "cursor", "facets", "page", "changed_since")
NO_SUCH = "There is nothing to watch here. Take the link “Watch” on a page, a list or a search."
Q_PARAMETER = Parameter("q", "Words, and phrases in quotes.", {"type": "string"})


class NotWatchable(EditingError):
    """There is no such thing to follow (any more); the text says what stands in the way."""


class Thing(NamedTuple):
    """Something that can be followed, in one form of several that mean the same."""

    what: str
    value: str

    @property
    def address(self) -> str:
        return f"{self.what}:{self.value}"


class Narrowed(NamedTuple):
    """A list or a search as asked for. `values`: parameter → values, checked."""

    asking: lists.Asking
    values: Values
    conditions: tuple[Condition, ...]

    @property
    def q(self) -> str:
        return "".join(self.values.get("q", [])[:1])


# --- what can be followed ---------------------------------------------------------------------


def thing_at(address: str) -> Thing:
    """What an address calls, however its parameters are ordered. Raises NotWatchable."""
    what, _colon, value = address.partition(":")
    match what:
        case What.ENTRY:
            return Thing(what, _survivor(value))
        case What.TERM:
            term_of(value)
            return Thing(what, value)
        case What.LIST | What.SEARCH:
            return _normal(what, value)
        case _:
            raise NotWatchable(NO_SUCH)


def _survivor(key: str) -> str:
    """The key that this one means today."""
    found = reading.known([key]).get(key) if re.match(KEY, key) else None
    if found is None:
        raise NotWatchable(f"No entry is called “{key[:80]}”. {NO_SUCH}")
    return found.survivor


def term_of(value: str) -> tuple[TermFilter, str]:
    """The filter and the term in "topic:us-china". Raises NotWatchable."""
    name, _colon, term = value.partition(":")
    found = feed_terms().get(name)
    known = found.vocabulary.values if found is not None and found.vocabulary else None
    if found is None or not term or (known is not None and term not in known):
        raise NotWatchable(f"“{value[:100]}” is no term that can be watched. {NO_SUCH}")
    return found, term


def _normal(what: str, value: str) -> Thing:
    """Without what says only how it is shown (order, page), parameters and values in order."""
    asked = narrowed(what, value)
    if what == What.SEARCH and not asked.q:
        raise NotWatchable("A search without words finds nothing. Search first, then watch it.")
    pairs = [(n, each) for n, values in sorted(asked.values.items()) for each in sorted(values)]
    query = urlencode(pairs)
    plural, _query = taken_apart(what, value)
    short = "?".join(filter(None, (plural, query))) if plural else query
    if len(short) > LONGEST:
        raise NotWatchable(
            f"At most {LONGEST} characters of filters can be watched. Take some off."
        )
    return Thing(what, short)


def taken_apart(what: str, value: str) -> tuple[str, str]:
    """("bodies", "topic=health") of a list, ("", "q=health") of a search."""
    plural, _mark, query = value.partition("?") if what == What.LIST else ("", "", value)
    return plural, query


def narrowed(what: str, value: str) -> Narrowed:
    """The list or search that a value calls, as it can be asked today. Raises NotWatchable."""
    plural, query = taken_apart(what, value)
    kind = kind_at(plural) if plural else None
    if what == What.LIST and kind is None:
        raise NotWatchable(f"There is no list “{plural[:80]}”. {NO_SUCH}")
    asking = replace(lists.asking_for(kind.name if kind else None), bound=() if kind else ("q",))
    try:
        values = _which(asking, read(query))
        words = {} if kind else {"q": Q_PARAMETER}
        asked = lists.asked_of(asking, values, {**asking.declared, **words})
    except (WrongParameters, UnreadableAddress) as problem:
        raise NotWatchable(f"This cannot be asked (any more): {problem}") from None
    own = [Condition("p.kind = %s", (kind.name,))] if kind else []
    return Narrowed(asking, asked.values, (*own, *asked.conditions))


def _which(asking: lists.Asking, given: Values) -> dict[str, Sequence[str]]:
    """The parameters without those that say how it is shown, and without fields left empty."""
    kept = {
        name: [each.strip() for each in values if each.strip()] for name, values in given.items()
    }
    words = "".join(kept.get("q", [])[:1])[:LONGEST_QUESTION]
    chosen = {
        name: sorted(set(values))
        for name, values in kept.items()
        if values and name not in NOT_WHICH and (name != "q" or asking.kind)
    }
    return {**chosen, **({"q": [words]} if words and asking.kind is None else {})}


# --- what its owner does ----------------------------------------------------------------------


@transaction.atomic
def watch(user: User, address: str, frequency: str) -> Watch:
    """Tell `user` of changes from now on, or at another frequency if they are told already.

    Raises NotWatchable, or EditingError when there are too many.
    """
    thing, often = thing_at(address), _frequency(frequency)
    user = locked(user)
    if not user.is_active:
        raise NotAllowed("A blocked account watches nothing.")
    mine = Watch.objects.filter(user=user)
    found = mine.filter(what=thing.what, value=thing.value).first()
    if found is not None:
        set_frequency([found], often)
        return found
    if mine.count() >= MOST:
        raise EditingError(f"You watch {MOST} things already. Stop watching one of them first.")
    return Watch.objects.create(
        user=user, **thing._asdict(), frequency=often, position=newest_change()
    )


def _frequency(frequency: str) -> str:
    if frequency not in Watch.Frequency.values:
        raise EditingError(f"Choose how often: {', '.join(Watch.Frequency.values)}.")
    return frequency


def set_frequency(watches: Sequence[Watch], frequency: str) -> None:
    """Raises EditingError when there is no such frequency. Without mail, none is on its way."""
    often, chosen = _frequency(frequency), Watch.objects.filter(pk__in=[w.pk for w in watches])
    chosen.update(frequency=often)
    if often == Watch.Frequency.NEVER:
        chosen.update(telling=None)


def unwatch(watched: Watch) -> None:
    watched.delete()


def see(watched: Watch, until: int) -> None:
    """What was published up to this change is known: no mail tells it any more."""
    known = min(until, newest_change())
    Watch.objects.filter(pk=watched.pk, position__lt=known).update(position=known, telling=None)


def found_for(user: User, address: str) -> Watch | None:
    """What `user` follows already under this address. Raises NotWatchable."""
    return Watch.objects.filter(user=user, **thing_at(address)._asdict()).first()


# --- what changed -----------------------------------------------------------------------------


def lines_of(watched: Watch, until: int) -> list[int]:
    """Sequences of the changes since the last that was told, up to `until`, oldest first.

    Raises NotWatchable when it cannot be asked any more.
    """
    span = Span(watched.position, until)
    match watched.what:
        case What.ENTRY:
            return followed.of_entry(watched.value, span)
        case What.TERM:
            term, value = term_of(watched.value)
            return followed.that_fit(term.conditions({term.name: [value]}), span)
        case _:
            asked = narrowed(watched.what, watched.value)
            if watched.what == What.LIST:
                return followed.that_fit(asked.conditions, span)
            return followed.found_by(asked.q, asked.conditions, span)


# --- without signing in -----------------------------------------------------------------------


def secret_of(watched: Watch) -> str:
    """What opens the page that ends the mail about one thing, for whoever got the mail."""
    return _signer().sign(f"{watched.user_id}.{watched.pk}")


def secret_of_all(user: User) -> str:
    """The same for everything that a person watches."""
    return _signer().sign(str(user.pk))


def opened(secret: str) -> list[Watch] | None:
    """What a secret is about, as far as mail is still sent; None when it is not ours."""
    try:
        user, _dot, one = _signer().unsign(secret).partition(".")
    except signing.BadSignature:
        return None
    mailed = Watch.objects.filter(user=int(user)).exclude(frequency=Watch.Frequency.NEVER)
    return list((mailed.filter(pk=int(one)) if one else mailed).order_by("pk"))


def stop_mail(watches: Sequence[Watch]) -> None:
    """Send no more mail about these; they stay at the desk, where mail can be asked for again."""
    set_frequency(watches, Watch.Frequency.NEVER)


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep="~")
