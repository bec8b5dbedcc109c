"""What catalogues and programs want to know of the files: Frictionless and Croissant.

Source: Data Package (Frictionless) 1; Croissant Format Specification 1.0
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from kb.formats import LICENCE
from kb.releases.files import Digest, File, write_json
from kb.releases.shelf import MANIFEST, address_of, cite_as, title_of
from kb.releases.snapshot import Facts
from kb.releases.tables import Table, tables

JSON = dict[str, Any]
Digests = Mapping[str, Digest]

DATAPACKAGE, CROISSANT = "datapackage.json", "croissant.json"


def write_metadata(
    folder: Path, name: str, facts: Facts, files: Sequence[File], digests: Digests
) -> list[File]:
    """`datapackage.json` for the CSV, `croissant.json` for all files."""
    write_json(folder / DATAPACKAGE, _datapackage(name, facts, digests))
    write_json(folder / CROISSANT, _croissant(name, facts, files, digests))
    return [
        File(DATAPACKAGE, "application/json", "The tables and their columns (Frictionless)."),
        File(CROISSANT, "application/ld+json", "The files and their columns (Croissant)."),
    ]


def _datapackage(name: str, facts: Facts, digests: Digests) -> JSON:
    return {
        "name": f"release-{name}",
        "title": title_of(name),
        "version": name,
        "created": f"{facts.made_at:%Y-%m-%dT%H:%M:%SZ}",
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE}],
        "profile": "tabular-data-package",
        "resources": [_resource(table, digests[f"{table.name}.csv"]) for table in tables()],
    }


def _resource(table: Table, digest: Digest) -> JSON:
    fields = [{"name": column.name, "type": column.type} for column in table.columns]
    return {
        "name": table.name.replace("_", "-"),
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": digest.bytes,
        "hash": f"sha256:{digest.sha256}",
        "schema": {"fields": fields, "primaryKey": list(table.key)},
    }


CONTEXT: JSON = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "citeAs": "cr:citeAs",
    "recordSet": "cr:recordSet",
    "field": "cr:field",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "source": "cr:source",
    "fileObject": "cr:fileObject",
    "extract": "cr:extract",
    "column": "cr:column",
    "key": "cr:key",
    "sha256": "cr:sha256",
}
TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
}


def _croissant(name: str, facts: Facts, files: Sequence[File], digests: Digests) -> JSON:
    day, site = f"{facts.made_at:%Y-%m-%d}", settings.PUBLIC_URL
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": title_of(name),
        "description": "Everything published, with its sources and its whole history.",
        "url": address_of(name, MANIFEST, site),
        "version": name,
        "datePublished": day,
        "license": LICENCE,
        "citeAs": cite_as(name, day, facts.chain_head, site),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": each.name,
                "name": each.name,
                "description": each.about,
                "contentUrl": address_of(name, each.name, site),
                "contentSize": f"{digests[each.name].bytes} B",
                "encodingFormat": each.media_type.partition(";")[0],
                "sha256": digests[each.name].sha256,
            }
            for each in files
        ],
        "recordSet": [_record_set(table) for table in tables()],
    }


def _record_set(table: Table) -> JSON:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": list(_fields(table)),
    }


def _fields(table: Table) -> Iterator[JSON]:
    for column in table.columns:
        yield {
            "@type": "cr:Field",
            "@id": f"{table.name}/{column.name}",
            "name": column.name,
            "dataType": TYPES[column.type],
            "source": {
                "fileObject": {"@id": f"{table.name}.csv"},
                "extract": {"column": column.name},
            },
        }
