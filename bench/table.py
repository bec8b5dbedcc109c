"""Results as lines of text."""

from collections.abc import Sequence

Cell = str | float | int | None


def table(head: Sequence[str], lines: Sequence[Sequence[Cell]]) -> str:
    """Columns under their heads: the first one to the left, the others to the right."""
    cells = [[str(cell) for cell in head], *([shown(cell) for cell in line] for line in lines)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(head))]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(line, widths) for line in [cells[0], rule, *cells[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    aligned = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "  ".join(aligned).rstrip()


def shown(cell: Cell) -> str:
    """A number with as many digits as mean something; a dash for nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.0f} %"


def times(factor: float | None) -> str | None:
    return None if factor is None else f"{shown(factor)} ×"


def verdict(*, is_met: bool | None) -> str | None:
    return None if is_met is None else "yes" if is_met else "NO"
