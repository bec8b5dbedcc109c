"""Which format an answer has: by `format=`, which wins, else by the Accept header.

Source: RFC 9110, section 12.5.1
"""

from collections.abc import Iterator, Mapping

JSON = "application/json"
FORMATS: Mapping[str, str] = {"json": JSON}


class NotAcceptable(Exception):
    """None of the formats asked for is among `formats` (name → media type)."""

    def __init__(self, formats: Mapping[str, str]):
        self.formats = formats
        listed = ", ".join(f"{name} ({media_type})" for name, media_type in formats.items())
        super().__init__(f"The formats here are {listed}.")


def chosen(wanted: str | None, accept: str | None, formats: Mapping[str, str] = FORMATS) -> str:
    """The name of the format to answer in; the first where any will do. Raises NotAcceptable."""
    if wanted is not None:
        if wanted not in formats:
            raise NotAcceptable(formats)
        return wanted
    if not accept or accept == "*/*":
        return next(iter(formats))
    qualities = {name: _quality(media_type, accept) for name, media_type in formats.items()}
    best = max(qualities, key=lambda name: qualities[name])
    if qualities[best] <= 0:
        raise NotAcceptable(formats)
    return best


def _quality(media_type: str, accept: str) -> float:
    """How much `accept` wants a media type: that of the most specific range that covers it."""
    bare = media_type.partition(";")[0]  # without its charset or profile
    by_range = dict(_ranges(accept))
    for media_range in (bare, f"{bare.partition('/')[0]}/*", "*/*"):
        if media_range in by_range:
            return by_range[media_range]
    return 0.0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        given = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
        try:
            yield media_range, float(given[0]) if given else 1.0
        except ValueError:
            yield media_range, 0.0
