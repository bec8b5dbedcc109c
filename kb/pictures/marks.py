"""What stands for values: bars, stretches of time, lines, steps, dots."""

from collections.abc import Sequence

from kb.pictures.svg import element, number

Point = tuple[float, float]


def bar(x: float, y: float, width: float, height: float, class_: str) -> str:
    """A bar; one of no extent is still a line to be seen."""
    return element("rect", x=x, y=y, width=max(width, 1.0), height=max(height, 1.0), class_=class_)


def polyline(points: Sequence[Point], class_: str) -> str:
    """A line through points."""
    return element("polyline", points=_points(points), class_=class_)


def polygon(points: Sequence[Point], class_: str) -> str:
    """A filled shape with these corners."""
    return element("polygon", points=_points(points), class_=class_)


def steps(points: Sequence[Point], end: float, class_: str) -> str:
    """A line that keeps the height of each point until the next, the last one until `end`."""
    return polyline(corners(points, end), class_)


def area(points: Sequence[Point], end: float, base: float, class_: str) -> str:
    """The area between such a line and `base`."""
    if not points:
        return ""
    outline = [(points[0][0], base), *corners(points, end), (end, base)]
    return polygon(outline, class_)


def corners(points: Sequence[Point], end: float) -> list[Point]:
    """The corners of a line of steps."""
    found: list[Point] = []
    for (x, y), (following, _) in zip(points, [*points[1:], (end, 0.0)], strict=True):
        found += [(x, y), (following, y)]
    return found


SHAPES = ("circle", "square", "diamond", "triangle", "cross")


def dot(x: float, y: float, class_: str, shape: str = "circle", size: float = 4) -> str:
    """A mark at a point, in one of `SHAPES`, so that series differ without colour."""
    if shape == "circle":
        return element("circle", cx=x, cy=y, r=size, class_=class_)
    if shape == "square":
        return bar(x - size, y - size, 2 * size, 2 * size, class_)
    if shape == "cross":
        across = f"M{_at(x - size, y - size)}L{_at(x + size, y + size)}"
        return element(
            "path", d=f"{across}M{_at(x - size, y + size)}L{_at(x + size, y - size)}", class_=class_
        )
    around = {
        "diamond": [(x, y - size * 1.3), (x + size * 1.3, y), (x, y + size * 1.3),
                    (x - size * 1.3, y)],
        "triangle": [(x, y - size * 1.2), (x + size * 1.2, y + size), (x - size * 1.2, y + size)],
    }[shape]  # fmt: skip
    return polygon(around, class_)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"
