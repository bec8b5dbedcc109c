"""SVG as text: elements, drawings, and a picture with its title and description.

Source: SVG 2; SVG Accessibility API Mappings 1.0
"""

from dataclasses import dataclass
from functools import cache
from html import escape

from kb.pictures.widths import wrapped

WIDE = 720.0  # px, on pages of 704 px and more
NARROW = 328.0  # px, fits a small telephone
TEXT = 12.0  # px, of everything that is written in a picture unless it says otherwise
LINE = 15.0  # px from one line of such text to the next

Attribute = str | float | None


def element(name: str, *inside: str, **attributes: Attribute) -> str:
    """`<name …>inside</name>`; what stands `inside` is markup already.

    `class_` is written `class`, `text_anchor` `text-anchor`; None is left out. Numbers keep one
    decimal.
    """
    written = "".join(
        f' {_attribute(key)}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(inside)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


@cache
def _attribute(key: str) -> str:
    name = key.rstrip("_").replace("_", "-")
    return {"viewbox": "viewBox"}.get(name, name)


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """At most one decimal, without a zero at its end: 12.0 is "12"."""
    return f"{value:.1f}".removesuffix(".0")


def text(
    x: float, y: float, words: str, class_: str | None = None, anchor: str | None = None
) -> str:
    """One line of text with its baseline at `y`. `anchor`: "middle" or "end"; else it starts."""
    return element("text", escape(words), x=x, y=y, class_=class_, text_anchor=anchor)


def group(*marks: str, class_: str | None = None, x: float = 0, y: float = 0) -> str:
    """Marks together, moved by (x, y)."""
    moved = f"translate({number(x)} {number(y)})" if x or y else None
    return element("g", *marks, class_=class_, transform=moved)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks on an area of `width` times `height` px."""

    width: float
    height: float
    marks: str

    def below(self, other: "Drawing", gap: float = 8) -> "Drawing":
        """This drawing under another one, as one drawing."""
        lower = group(self.marks, y=other.height + gap)
        height = other.height + gap + self.height
        return Drawing(max(self.width, other.width), height, other.marks + lower)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with the words that stand for it, and the same for narrow screens.

    `id`: unlike that of any other picture of the page; letters, digits and hyphens. `title`: what
    it shows. `description`: what there is to see, for those who do not see it. `has_links`: its
    parts can be followed one by one, so that it is no single image to those who hear it.
    """

    id: str
    title: str
    description: str
    wide: Drawing
    narrow: Drawing | None = None
    has_links: bool = False

    def inline(self) -> str:
        """As part of a page, which shows its title and links `pictures.css`."""
        if self.narrow is None:
            return self._svg(self.wide, self.id, "picture")
        wide = self._svg(self.wide, self.id, "picture broad")
        return wide + self._svg(self.narrow, f"{self.id}-narrow", "picture slim")

    def standalone(self, sheet: str, origin: str) -> str:
        """As a file of its own: with its title, `origin` below, and the style sheet within."""
        across = max(self.wide.width, NARROW)
        top = _lines(self.title, across, y=0, class_="title", size=15)
        foot = _lines(origin, across, y=0, class_="soft", size=TEXT)
        drawing = foot.below(self.wide.below(top, 12), 14)
        margin = 16.0
        width, height = drawing.width + 2 * margin, drawing.height + 2 * margin
        paper = element("rect", class_="paper", width=width, height=height)
        whole = Drawing(width, height, paper + group(drawing.marks, x=margin, y=margin))
        style = element("style", escape(sheet, quote=False))
        return self._svg(whole, self.id, "picture alone", style, xmlns="http://www.w3.org/2000/svg")

    def _svg(
        self, drawing: Drawing, id_: str, class_: str, before: str = "", xmlns: str | None = None
    ) -> str:
        return element(
            "svg",
            element("title", escape(self.title), id=f"{id_}-title"),
            element("desc", escape(self.description), id=f"{id_}-desc"),
            before,
            drawing.marks,
            xmlns=xmlns,
            class_=class_,
            role="group" if self.has_links else "img",
            aria_labelledby=f"{id_}-title {id_}-desc",
            viewbox=f"0 0 {number(drawing.width)} {number(drawing.height)}",
            width=drawing.width,
            height=drawing.height,
        )


def _lines(words: str, width: float, *, y: float, class_: str, size: float) -> Drawing:
    lines = wrapped(words, width, size)
    step = size * LINE / TEXT
    marks = [text(0, y + size + step * place, line, class_) for place, line in enumerate(lines)]
    return Drawing(width, step * len(lines), "".join(marks))
