"""The picture that messengers and networks show beside a link: kind, name, one fact, the site.

Source: The Open Graph protocol, structured properties of og:image
"""

import io
from collections.abc import Callable
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 80
PAPER, INK, SOFT, RULE = "#fdfdfb", "#1b1d1f", "#565b60", "#d9d9d2"
ACCENT = "#0b5d7a"
SIZES = (84, 72, 62, 54, 48)  # of the name: the largest in which it fits
MOST_LINES = 4
# Beside the one that comes with Pillow, for scripts that it cannot write, where they are installed.
FONTS = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "NotoSansCJK-Regular.ttc",
    "LiberationSans-Regular.ttf",
)

Font = ImageFont.FreeTypeFont
Measure = Callable[[str], float]


@lru_cache(maxsize=128)
def card(kind: str, name: str, fact: str, site: str, instead: str) -> bytes:
    """A PNG of 1200 by 630 px. `instead` is shown where no font here can write the name."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 20, HEIGHT), fill=ACCENT)
    draw.text((MARGIN, 64), kind, font=font_for(kind, 34), fill=ACCENT)
    name, fact = writable(name, instead), writable(fact, "")
    size, lines = fitted(name)
    font = font_for(name, size)
    y = 124.0
    for line in lines:
        draw.text((MARGIN, y), line, font=font, fill=INK)
        y += size * 1.16
    small = font_for(fact, 34)
    for line in lines_of(fact, WIDTH - 2 * MARGIN, small.getlength, most=2):
        draw.text((MARGIN, y + 22), line, font=small, fill=SOFT)
        y += 44
    draw.line((MARGIN, HEIGHT - 104, WIDTH - MARGIN, HEIGHT - 104), fill=RULE, width=2)
    draw.text((MARGIN, HEIGHT - 82), site, font=font_for(site, 34), fill=INK)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def fitted(name: str) -> tuple[int, list[str]]:
    """The size of the font and the lines of a name; in the smallest size it may be shortened."""
    for size in SIZES:
        lines = lines_of(name, WIDTH - 2 * MARGIN, font_for(name, size).getlength, most=99)
        room = HEIGHT - 124 - 104 - 110
        if len(lines) <= MOST_LINES and len(lines) * size * 1.16 <= room:
            return size, lines
    measure = font_for(name, SIZES[-1]).getlength
    return SIZES[-1], lines_of(name, WIDTH - 2 * MARGIN, measure, most=MOST_LINES)


def lines_of(words: str, width: float, measure: Measure, *, most: int) -> list[str]:
    """The text in lines no wider than `width`; what is beyond the last is told by an ellipsis."""
    lines: list[str] = []
    for word in filter(None, words.split(" ")):  # and not where a space keeps words together
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines += _broken(word, width, measure)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and measure(f"{last}…") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:')}…"]


def _broken(word: str, width: float, measure: Measure) -> list[str]:
    """A word in pieces that fit: for scripts without spaces, and very long words."""
    pieces = [""]
    for char in word:
        if pieces[-1] and measure(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


# --- fonts -----------------------------------------------------------------------------------


def writable(words: str, instead: str) -> str:
    """The text if some font here has all its letters; else what can be written of it.

    If that is less than half, `instead`.
    """
    if any(_can_write(font, words) for font in _fonts(34)):
        return words
    first = _fonts(34)[0]
    kept = " ".join("".join(c if _has(first, c) else " " for c in words).split()).strip(" ()（）")
    return kept if len(kept) * 2 >= len(words) else instead


def font_for(words: str, size: int) -> Font:
    """The first font that can write all of the text, else the first of all."""
    fonts = _fonts(size)
    return next((font for font in fonts if _can_write(font, words)), fonts[0])


@cache
def _fonts(size: int) -> tuple[Font, ...]:
    built_in = ImageFont.load_default(size)
    assert isinstance(built_in, Font)
    found = [built_in]
    for name in FONTS:
        try:
            found.append(ImageFont.truetype(name, size))
        except OSError:
            continue
    return tuple(found)


def _can_write(font: Font, words: str) -> bool:
    return all(char.isspace() or _has(font, char) for char in words)


@lru_cache(maxsize=4096)
def _has(font: Font, char: str) -> bool:
    """Whether the font has this letter: one that it lacks is drawn as the box of no letter."""
    return bytes(font.getmask(char)) != bytes(font.getmask("\uffff"))
