"""Actors: what they say and belong to is written in other entries, so little is added here."""

from governance.presentation.entries import JSON, Page


def actor_values(page: Page) -> JSON:
    """Nothing beyond what every kind has."""
    del page
    return {}
