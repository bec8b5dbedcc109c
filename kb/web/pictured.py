"""What every picture has: its place in a page, a file, a table, a frame for other sites.

`picture_routes` makes the addresses of one picture from the function that draws it, and `shown`
what `kb/_picture.html` needs to put it into a page. See docs/pictures.md.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from kb.filters import WrongValue
from kb.formats.tables import csv_text
from kb.pictures.svg import Picture
from kb.publication.body import NOTHING, link
from kb.web.pages import absolute, daily_page

OF_A_FILE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"
OF_A_FRAME = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)
ROOM = 150  # px that a frame needs beside its picture


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the name in CSV and in rows, and what it is called in pages.

    Without a label it is only in CSV.
    """

    name: str
    label: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture as one address asks for it, with the numbers behind it.

    `rows`: by the names of `columns`; a value is text, a number, None, or an entry as it is shown
    ({key, kind, name}). `path`: of the picture, without suffix ("/voyages/beagle/ports/map");
    `query`: what it was asked with ("on=1975-12-31"). `page`: path and query of the page it stands
    in. `file_name`: without suffix. `version`: of what it was drawn from, for citing. `api`: path
    of the same as JSON, if there is one. `said`: what changed, in a sentence, for those who cannot
    see it change. `empty`: in words, that there is nothing to draw; then nothing is.
    """

    picture: Picture
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    path: str
    page: str
    file_name: str
    query: str = ""
    version: str = ""
    api: str = ""
    said: str = ""
    empty: str = ""

    def at(self, suffix: str) -> str:
        """The path of one of its forms: ".svg", ".csv"."""
        return _asked(f"{self.path}{suffix}", self.query)

    @property
    def embed(self) -> str:
        return _asked(f"/embed{self.path}/", self.query)


def _asked(where: str, query: str) -> str:
    return f"{where}?{query}" if query else where


Draw = Callable[..., Pictured | HttpResponse]  # (request, arguments of the path); 404 and such


def picture_routes(route: str, draw: Draw, **given: Any) -> list[URLPattern]:
    """All addresses of a picture. `route`: as in `path`, without a slash at its end.

    `given`: arguments of `draw` beside those of the path.
    """
    own = {"draw": draw, **given}
    return [
        path(f"{route}.svg", svg_file, own),
        path(f"{route}.csv", csv_file, own),
        path(f"{route}/", part, own),
        path(f"embed/{route}/", embedded, own),
    ]


def _drawn(view: Callable[[HttpRequest, Pictured], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of what `draw` gives; what is wrong with the parameters is said in plain text."""

    def answer(request: HttpRequest, draw: Draw, **arguments: Any) -> HttpResponse:
        try:
            drawn = draw(request, **arguments)
        except WrongValue as problem:
            return HttpResponse(
                problem.detail, content_type="text/plain; charset=utf-8", status=400
            )
        return drawn if isinstance(drawn, HttpResponse) else view(request, drawn)

    answer.__name__ = view.__name__
    return daily_page(answer)


@_drawn
def svg_file(request: HttpRequest, drawn: Pictured) -> HttpResponse:
    """`….svg`: the picture as a file that needs nothing else."""
    origin = f"{settings.SITE_NAME}, CC BY 4.0. {absolute(request, drawn.page)}"
    body = drawn.picture.standalone(sheet(), f"{drawn.empty} {origin}".strip())
    return svg_answer(body, drawn.file_name)


def svg_answer(body: str, file_name: str) -> HttpResponse:
    """An SVG file. `file_name`: without suffix."""
    return _file(body, "image/svg+xml", f"{file_name}.svg", "inline")


@_drawn
def csv_file(_request: HttpRequest, drawn: Pictured) -> HttpResponse:
    """`….csv`: the numbers behind the picture."""
    text = csv_text([column.name for column in drawn.columns], drawn.rows)
    return _file(text, "text/csv; charset=utf-8", f"{drawn.file_name}.csv", "attachment")


@_drawn
def part(request: HttpRequest, drawn: Pictured) -> HttpResponse:
    """`…/`: the picture as it stands in its page, for a script that puts another in its place."""
    response = HttpResponse(picture_html(request, drawn))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@_drawn
def embedded(request: HttpRequest, drawn: Pictured) -> HttpResponse:
    """`/embed/…/`: a page for the frame of another site: no script, no cookie."""
    context = {"shown": shown(request, drawn), "site_name": settings.SITE_NAME}
    return framed(HttpResponse(loader.get_template("kb/embed.html").render(context)))


def framed(response: HttpResponse) -> HttpResponse:
    """A page that any site may put into a frame, without scripts."""
    response.headers["Content-Security-Policy"] = OF_A_FRAME
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _file(body: str, media_type: str, name: str, disposition: str) -> HttpResponse:
    response = HttpResponse(body, content_type=media_type)
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    response.headers["Content-Security-Policy"] = OF_A_FILE
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


# --- in a page -------------------------------------------------------------------------------


def picture_html(request: HttpRequest, drawn: Pictured) -> SafeString:
    """The picture with its table and all that can be done with it."""
    html = loader.get_template("kb/_picture.html").render({"shown": shown(request, drawn)})
    return SafeString(html)


def shown(request: HttpRequest, drawn: Pictured) -> dict[str, Any]:
    """What the templates of a picture print."""
    address = absolute(request, drawn.page)
    version = f", {drawn.version}" if drawn.version else ""
    title = drawn.picture.title
    return {
        "id": drawn.picture.id,
        "title": title,
        "svg": "" if drawn.empty else SafeString(drawn.picture.inline()),
        "empty": drawn.empty,
        "said": drawn.said,
        "address": address,
        "table": _table_html(drawn),
        "cite_as": f"“{title}”, {settings.SITE_NAME}{version}, {address}",
        "embed_code": frame_code(
            absolute(request, drawn.embed), title, round(drawn.picture.wide.height) + ROOM
        ),
        "svg_path": drawn.at(".svg"),
        "csv_path": drawn.at(".csv"),
        "api": drawn.api,
        "file_name": drawn.file_name,
    }


def _table_html(drawn: Pictured) -> SafeString:
    """The rows as a table of a page, nothing where there are none.

    Put together here, as a template takes ten times as long for hundreds of rows.
    """
    if not drawn.rows:
        return NOTHING
    columns = [column for column in drawn.columns if column.label]
    marks = [' class="num"' if column.is_number else "" for column in columns]
    head = "".join(
        f'<th scope="col"{mark}>{escape(column.label)}</th>'
        for column, mark in zip(columns, marks, strict=True)
    )
    rows = "".join(_row_html([row.get(c.name) for c in columns], marks) for row in drawn.rows)
    return SafeString(
        f'<table class="data"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row_html(values: Sequence[Any], marks: Sequence[str]) -> str:
    first, *others = (
        f"{mark}>{_value_html(value)}" for value, mark in zip(values, marks, strict=True)
    )
    cells = "".join(f"<td{cell}</td>" for cell in others)
    return f'<tr><th scope="row"{first}</th>{cells}</tr>\n'


def _value_html(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return link(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}"
    return escape(str(value))


def frame_code(address: str, title: str, height: int) -> str:
    """The HTML that puts what is at an address into another page. `height` in px."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="{height}" '
        'loading="lazy" style="border:0"></iframe>'
    )


@cache
def sheet() -> str:
    """The style sheet of pictures without what only people read, for within a file."""
    text = (settings.BASE_DIR / "static" / "pictures.css").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|\s+", " ", text, flags=re.DOTALL).strip()
