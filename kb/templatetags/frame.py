"""What the frame of every page needs, and how kinds and dates are shown."""

from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from kb.kinds import Kind, kind_named, kinds
from kb.publication.body import short_date

register = template.Library()


@register.simple_tag
def frame() -> dict[str, Any]:
    """`{% frame as frame %}`: the name of the site, its kinds, and pages of the subject.

    `pages`: each with `path`, `label` and `current`, by which a page says that it is one of them.
    """
    return {"site_name": settings.SITE_NAME, "kinds": kinds(), "pages": _pages(settings.KB_PAGES)}


@cache
def _pages(where: str) -> tuple[Any, ...]:
    """The list that a setting names; none where it names none."""
    return tuple(import_string(where)) if where else ()


@register.filter
def kind_mark(name: str, form: str = "") -> SafeString:
    """The label of a kind with its shape in its colour, which never stand without the label."""
    return _mark(kind_named(name), form)


@cache
def _mark(kind: Kind, form: str) -> SafeString:
    number = 1 + kinds().index(kind) % 6
    label = kind.label_plural if form == "plural" else kind.label
    return SafeString(f'<span class="kind k{number}">{escape(label)}</span>')


@register.filter
def day(moment: datetime) -> str:
    """A moment as a day, in UTC: "22 Nov 2026"."""
    return short_date(f"{moment.astimezone(UTC):%Y-%m-%d}")


@register.filter
def minute(moment: datetime) -> str:
    """A moment to the minute, in UTC: "22 Nov 2026, 10:04 UTC"."""
    return f"{day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


@register.filter
def number(value: int) -> str:
    """Digits in threes: "1,773"."""
    return f"{value:,}"
