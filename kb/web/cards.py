"""`/<plural>/<key>/card.png`: the picture of an entry that others show beside a link to it."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kb.documents.fields import KEY
from kb.kinds import kind_named
from kb.pictures.cards import card
from kb.publication import page_reading
from kb.web.additions import NO_ADDITIONS, Additions
from kb.web.entries import absent
from kb.web.pages import daily_page

NAME = "card.png"


@daily_page
def card_file(
    request: HttpRequest, plural: str, key: str, additions: Additions = NO_ADDITIONS
) -> HttpResponse:
    """The card of an active entry."""
    leaf = page_reading.leaf(key) if re.match(KEY, key) else None
    if leaf is None or kind_named(leaf.kind).plural != plural:
        return absent(request, key, NAME)
    document: dict[str, Any] = page_reading.public_documents([leaf.entry_id])[leaf.entry_id]
    fact = additions.fact(leaf.kind, document)
    label = kind_named(leaf.kind).label
    body = card(label, leaf.name, fact, settings.SITE_NAME, instead=key)
    response = HttpResponse(body, content_type="image/png")
    response.headers["Content-Disposition"] = f'inline; filename="{key}.png"'
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
