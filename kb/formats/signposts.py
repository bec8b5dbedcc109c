"""Where else to go from an entry, as a Link header: the same for its page and for its data. Pages
lead to their feeds too.

Source: RFC 8288; Signposting the Scholarly Web; FAIR Signposting Profile
"""

from functools import lru_cache

from kb.formats import LICENCE, OF_ENTRIES
from kb.formats.syndication import MEDIA_TYPES
from kb.kinds import Kind

_KEY = "\0"  # stands for the key of an entry, which never holds it


def of_entry(kind: Kind, key: str, site: str, *, here: str = "") -> str:
    """The Link header of an entry's page, or (`here`: a suffix) of its data in that format."""
    return _of_kind(kind, site, here).replace(_KEY, key)


@lru_cache(maxsize=1_000)
def _of_kind(kind: Kind, site: str, here: str) -> str:
    page, api = f"{site}/{kind.plural}/{_KEY}/", f"{site}/api/v1/entries/{_KEY}"
    schema = f"{site}/api/v1/schemas/{kind.name}.json"
    links = [
        _link(page, "cite-as"),
        *([_link(page, "alternate", "text/html")] if here else []),
        *(
            _link(f"{api}.{each.suffix}", "alternate", each.media_type)
            for each in OF_ENTRIES
            if each.suffix != here
        ),
        _link(f"{api}.csl", "describedby", "application/vnd.citationstyles.csl+json"),
        _link(f"{api}.jsonld", "describedby", "application/ld+json"),
        _link(schema, "describedby", "application/schema+json"),
        _link(f"{api}/revisions", "version-history", "application/json"),
        _link(f"{site}/{kind.plural}/", "collection", "text/html"),
        _link(LICENCE, "license"),
        *([] if here else [_link("https://schema.org/AboutPage", "type")]),
        *([] if here else [of_feed(f"entry/{_KEY}", site)]),
    ]
    return ", ".join(links)


def of_feed(name: str, site: str, query: str = "") -> str:
    """The Link header of a page that has a feed. `name`: as in its address, “all”."""
    path, rest = f"{site}/api/v1/feeds/{name}", f"?{query}" if query else ""
    return ", ".join(
        _link(f"{path}.{suffix}{rest}", "alternate", media_type)
        for suffix, media_type in MEDIA_TYPES.items()
    )


def of_revision(key: str, number: int, site: str) -> str:
    """The Link header of a revision: what it is a version of, and what came before it."""
    api = f"{site}/api/v1/entries/{key}"
    before = f"{api}/revisions/{number - 1}"
    links = [
        _link(api, "latest-version", "application/json"),
        _link(f"{api}/revisions", "version-history", "application/json"),
        *([_link(before, "predecessor-version", "application/json")] if number > 1 else []),
        _link(LICENCE, "license"),
    ]
    return ", ".join(links)


def _link(address: str, relation: str, media_type: str = "") -> str:
    kind_of_it = f'; type="{media_type}"' if media_type else ""
    return f'<{address}>; rel="{relation}"{kind_of_it}'
