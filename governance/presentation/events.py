"""Events: who took part, and what came of them."""

from governance.presentation.entries import JSON, Page
from kb.publication.body import link


def event_values(page: Page) -> JSON:
    """Outcomes and participants as links, with the sources of either list."""
    return {
        name: {
            "rows": [link(label) for label in page.document.get(name, ())],
            "count": str(len(page.document.get(name, ()))),
            "marks": page.field_marks(name),
        }
        for name in ("outcomes", "participants")
        if page.document.get(name)
    }
