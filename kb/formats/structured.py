"""What a page says of itself to search engines and reference managers. Plain values.

Source: schema.org; Google Search Central, Structured data; Highwire Press tags as Zotero reads them
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from kb.formats import LICENCE, formats
from kb.formats.csl import text_of
from kb.formats.json_ld import entry_address
from kb.kinds import Kind

JSON = dict[str, Any]

SCHEMA = "schema:"
CONTEXT = "https://schema.org"


class Site(NamedTuple):
    """`address`: scheme and host."""

    name: str
    address: str

    def part(self, name: str) -> JSON:
        """A thing that stands for the whole of it: its website, its catalogue, its data."""
        return {"@id": f"{self.address}/#{name}"}


def web_page(site: Site, address: str, **more: Any) -> JSON:
    """A page, as part of the website."""
    page = {"@context": CONTEXT, "@type": "WebPage", "url": address, **more}
    return {**page, "isPartOf": site.part("website")}


_IN_SCRIPTS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def block(described: Mapping[str, Any]) -> str:
    """JSON-LD as HTML. It is data, which no browser runs and no content policy forbids.

    Source: HTML, The script element (data blocks); Content Security Policy 3, section 4.2.3
    """
    text = orjson.dumps(described).decode().translate(_IN_SCRIPTS)
    return f'<script type="application/ld+json">{text}</script>'


# --- entries ---------------------------------------------------------------------------------


def entry_page(
    kind: Kind, row: JSON, numbers: Mapping[str, str], site: Site, *, address: str
) -> JSON:
    """The page of an entry. `row`: the entry in a list; `numbers`: its own, by register."""
    meta = row["meta"]
    return web_page(
        site,
        address,
        name=row["name"],
        dateModified=meta["published_at"],
        version=str(meta["revision"]),
        license=LICENCE,
        mainEntity=_thing(kind, row, numbers, site),
    )


def _thing(kind: Kind, row: JSON, numbers: Mapping[str, str], site: Site) -> JSON:
    classes = [each.removeprefix(SCHEMA) for each in kind.linked.classes(row) if SCHEMA in each]
    patterns = kind.linked.registers
    elsewhere = [patterns[name].format(n) for name, n in numbers.items() if name in patterns]
    return {
        "@type": classes[0] if classes else "Thing",
        "@id": entry_address(site.address, row["key"]),
        "name": row["name"],
        "url": f"{site.address}/{kind.plural}/{row['key']}/",
        **dict(_properties(kind, row)),
        **({"sameAs": elsewhere} if elsewhere else {}),
    }


def _properties(kind: Kind, row: JSON) -> Iterator[tuple[str, Any]]:
    """Values of the row that its kind says in terms of schema.org."""
    for field, value in row.items():
        meant = kind.linked.terms.get(field)
        term = meant if isinstance(meant, str) else (meant or {}).get("@id", "")
        is_plain = isinstance(value, str) or (isinstance(value, list) and _are_texts(value))
        if term.startswith(SCHEMA) and is_plain and term not in ("schema:name", "schema:url"):
            yield term.removeprefix(SCHEMA), value


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(each, str) for each in values)


# --- lists, and the whole --------------------------------------------------------------------


def list_page(
    site: Site, name: str, total: int, rows: Iterable[tuple[str, str]], *, address: str
) -> JSON:
    """A page of a list. `rows`: (path, name) of each entry on it."""
    items = [
        {"@type": "ListItem", "position": place, "url": f"{site.address}{path}", "name": each}
        for place, (path, each) in enumerate(rows, 1)
    ]
    whole = {"@type": "ItemList", "numberOfItems": total, "itemListElement": items}
    page = web_page(site, address, name=name, mainEntity=whole)
    return {**page, "@type": "CollectionPage", "about": site.part("data")}


def home_page(site: Site) -> JSON:
    """The site, with its search and its catalogue of data."""
    search = f"{site.address}/search/?q={{search_term_string}}"
    website = {
        "@type": "WebSite",
        **site.part("website"),
        "name": site.name,
        "url": f"{site.address}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    catalogue = {
        "@type": "DataCatalog",
        **site.part("catalogue"),
        "name": site.name,
        "url": f"{site.address}/data/",
        "license": LICENCE,
        "dataset": site.part("data"),
    }
    return {"@context": CONTEXT, "@graph": [website, catalogue]}


def data_page(site: Site, kinds: Sequence[Kind], published_at: str, *, address: str) -> JSON:
    """The data as a dataset, with what it can be had as."""
    listed = ", ".join(kind.label_plural.lower() for kind in kinds)
    about = f"The entries of {site.name} with their statements, sources and history: {listed}."
    dataset = {
        "@type": "Dataset",
        **site.part("data"),
        "name": site.name,
        "description": about,
        "url": f"{site.address}/data/",
        "license": LICENCE,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": site.name, "url": f"{site.address}/"},
        "includedInDataCatalog": site.part("catalogue"),
        **({"dateModified": published_at} if published_at else {}),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"{kind.label_plural}, {each.label}",
                "encodingFormat": each.media_type,
                "contentUrl": f"{site.address}/api/v1/{kind.plural}.{each.suffix}",
            }
            for kind in kinds
            for each in formats("json", "csv")
        ],
    }
    return web_page(site, address, mainEntity=dataset)


# --- for reference managers ------------------------------------------------------------------

CONTAINERS = {
    "article-journal": "citation_journal_title",
    "article-newspaper": "citation_journal_title",
    "chapter": "citation_inbook_title",
    "paper-conference": "citation_conference_title",
}


def highwire(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, content) of the tags by which a reference manager reads a page that cites `item`."""
    kind_of_it = item["type"]
    yield "citation_title", item["title"]
    for author in item.get("author", ()):
        yield "citation_author", author["literal"]
    if issued := item.get("issued"):
        yield "citation_publication_date", text_of(issued).replace("-", "/")
    if container := item.get("container-title"):
        yield CONTAINERS.get(kind_of_it, "citation_series_title"), container
    if publisher := item.get("publisher"):
        is_report = kind_of_it == "report"
        name = "citation_technical_report_institution" if is_report else "citation_publisher"
        yield name, publisher
    for field, name in (("DOI", "citation_doi"), ("language", "citation_language")):
        if field in item:
            yield name, item[field]
    if "URL" in item:
        yield "citation_public_url", item["URL"]
