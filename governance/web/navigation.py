"""Pages of this subject that stand in the navigation of every page, beside the lists."""

from typing import NamedTuple


class Page(NamedTuple):
    """`current`: what the page says of itself, so that its link is marked there."""

    path: str
    label: str
    current: str


PAGES = (
    Page("/compare/", "Compare", "compare"),
    Page("/common-ground/", "Common ground", "common-ground"),
    Page("/ideas/", "Ideas", "ideas"),
    Page("/timeline/", "Timeline", "timeline"),
    Page("/map/", "Map", "map"),
    Page("/network/", "Network", "network"),
)
