"""Entries and revisions as JSON-LD: the public JSON with addresses, classes and one context.

The context names every field: what a kind declares in a vocabulary that others share, all else in
our own namespace, which is the address of the context. A term of a vocabulary is the address of
that vocabulary with the term behind `#`. An entry is `/entries/<key>/`, whatever its kind; its
statements are the same with their ids behind `#`. Plain values in, plain values out.

Source: JSON-LD 1.1; PROV-O; The Organization Ontology; schema.org
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from kb.documents.fields import URL, Pattern, TermOf, named_in
from kb.documents.inexact_dates import InexactDate
from kb.documents.plans import Fields, Map, Rows, Shape, Value, plan
from kb.formats import LICENCE
from kb.kinds import Kind
from kb.linked import PREFIXES

JSON = dict[str, Any]

ROLES = {
    "authors": "author",
    "suggesters": "suggester",
    "approvers": "approver",
    "published_by": "publisher",
}


def context_address(site: str) -> str:
    """Where the context is. `site`: scheme and host of this knowledge base."""
    return f"{site}/api/v1/context.jsonld"


def entry_address(site: str, key: str) -> str:
    """What an entry is called in linked data, whatever its kind."""
    return f"{site}/entries/{key}/"


# --- documents -------------------------------------------------------------------------------


def entry(kind: Kind, public: JSON, *, site: str) -> JSON:
    """The public JSON of an entry, or its row in a list, `meta` included, as JSON-LD."""
    return {"@context": context_address(site), **_thing(kind, public, site=site)}


def graph(entries: Iterable[JSON], *, site: str) -> JSON:
    """Several entries, each made by `entry`, as one document."""
    own = "@context"
    nodes = [{name: v for name, v in each.items() if name != own} for each in entries]
    return {own: context_address(site), "@graph": nodes}


def _thing(kind: Kind, public: JSON, *, site: str) -> JSON:
    key, meta = public["key"], public["meta"]
    address = entry_address(site, key)
    # A row has the name of its entry as “name” too, whatever its schema calls it.
    said_twice = {"meta"} if kind.schema.name_field == "name" else {"meta", "name"}
    document = {name: value for name, value in public.items() if name not in said_twice}
    written = _Writer(kind, site, address).fields(plan(kind.schema), document, "")
    patterns, numbers = kind.linked.registers, kind.identifiers(document)
    elsewhere = [patterns[name].format(n) for name, n in numbers.items() if name in patterns]
    return {
        "@id": address,
        "@type": [kind.schema.__name__, *kind.linked.classes(document)],
        **written,
        **({"same_as": elsewhere} if elsewhere else {}),
        "page": f"{site}/{kind.plural}/{key}/",
        "meta": {
            "@id": revision_address(site, key, meta["revision"]),
            "@type": ["prov:Entity", "schema:CreativeWork"],
            **{name: meta[name] for name in META if name in meta},
            "license": LICENCE,
        },
    }


META = ("revision", "published_at", "hash", "origin", "cite_as", "known_at")


class _Writer:
    """One document on its way to JSON-LD."""

    def __init__(self, kind: Kind, site: str, address: str):
        self.kind, self.site, self.address = kind, site, address

    def value(self, shape: Shape | None, value: Any, place: str) -> Any:
        match shape:
            case Value(kinds=tuple()):
                return self.reference(value)
            case Rows(item=inner):
                return [self.row(inner, row, place) for row in value]
            case Map(value=inner):
                return {name: self.value(inner, each, place) for name, each in value.items()}
            case Fields():
                return self.fields(shape, value, place)
            case _:
                return value

    def reference(self, label: Any) -> JSON:
        """What is shown of another entry, or its mere key, with the address of that entry."""
        if isinstance(label, str):
            return {"@id": entry_address(self.site, label)}
        return {"@id": entry_address(self.site, label["key"]), **label}

    def row(self, shape: Shape, row: Any, place: str) -> Any:
        written = self.value(shape, row, place)
        known = self.kind.linked.rows.get(place)
        if known is None or not isinstance(written, dict):
            return written
        owner = {known.of: {"@id": self.address}} if known.of else {}
        return {"@type": known.type, **written, **owner}

    def fields(self, shape: Fields, fields: JSON, place: str) -> JSON:
        """The fields of a part; the id of a statement becomes its address."""
        prefix = f"{place}." if place else ""
        is_named = shape.schema.is_statement and "id" in fields
        named = {"@id": f"{self.address}#{fields['id']}"} if is_named else {}
        written = {
            name: self.value(shape.shapes.get(name), value, f"{prefix}{name}")
            for name, value in fields.items()
            if not (is_named and name == "id")
        }
        return {**named, **written}


# --- revisions -------------------------------------------------------------------------------


def revision_address(site: str, key: str, number: int) -> str:
    """What a revision is called in linked data: its address in the API."""
    return f"{site}/api/v1/entries/{key}/revisions/{number}"


def revision(kind: Kind, found: JSON, *, site: str) -> JSON:
    """A revision, its JSON as the API gives it: who made it from what, and what it says.

    What it says is a graph of its own, named by the revision: it held when that was in force. Names
    of other entries are left out, for they change.
    """
    about = found["metadata"]
    key, number = about["entry"], found["number"]
    address = revision_address(site, key, number)
    before = revision_address(site, key, number - 1)
    return {
        "@context": context_address(site),
        "@id": address,
        "@type": ["prov:Entity", "Revision"],
        "prov:specializationOf": {"@id": entry_address(site, key)},
        **({"prov:wasRevisionOf": {"@id": before}} if number > 1 else {}),
        "prov:wasGeneratedBy": {
            "@id": f"{address}#publication",
            "@type": "prov:Activity",
            "schema:name": about["changeset"]["title"],
            "prov:qualifiedAssociation": list(_associations(about, site)),
        },
        **{name: found[name] for name in REVISION},
        "license": LICENCE,
        "@graph": [_said(kind, found["document"], key, site)],
    }


REVISION = ("number", "act", "published_at", "hash", "previous_hash", "document_hash", "salt")


def _said(kind: Kind, document: JSON, key: str, site: str) -> JSON:
    """What a revision says of its entry; of one that retracts or merges it, that it does."""
    address = entry_address(site, key)
    if document.get("key") != key:
        into = document.get("into")
        return {
            "@id": address,
            **({"reason": document["reason"]} if "reason" in document else {}),
            **({"dcterms:isReplacedBy": {"@id": entry_address(site, into)}} if into else {}),
        }
    written = _Writer(kind, site, address).fields(plan(kind.schema), document, "")
    classes = [kind.schema.__name__, *kind.linked.classes(document)]
    return {"@id": address, "@type": classes, **written}


def _associations(about: Mapping[str, Any], site: str) -> Iterator[JSON]:
    """Who did what for a revision. Source: PROV-O, prov:Association"""
    for field, role in ROLES.items():
        people = about.get(field) or ()
        for name in [people] if isinstance(people, str) else people:
            yield {
                "@type": "prov:Association",
                "prov:agent": {"@type": "prov:Agent", "name": name},
                "prov:hadRole": {"@id": f"{context_address(site)}#{role}"},
            }


# --- the context -----------------------------------------------------------------------------


@lru_cache(maxsize=8)  # a site has one address, but visitors may name others that lead there
def context(kinds: tuple[Kind, ...], site: str) -> JSON:
    """The context of all documents of these kinds."""
    own = f"{context_address(site)}#"
    return {
        "@context": {
            "@version": 1.1,
            "@vocab": own,
            **PREFIXES,
            "key": "dcterms:identifier",
            "kind": None,  # the class says it
            "name": "schema:name",
            "page": {"@id": "schema:mainEntityOfPage", "@type": "@id"},
            "same_as": {"@id": "schema:sameAs", "@type": "@id"},
            "license": {"@id": "dcterms:license", "@type": "@id"},
            "published_at": {"@id": "prov:generatedAtTime", "@type": "xsd:dateTime"},
            "cite_as": "dcterms:bibliographicCitation",
            "meta": {"@id": "schema:subjectOf", "@context": {"revision": "schema:version"}},
            "Revision": {"@id": f"{own}Revision", "@context": {"number": "schema:version"}},
            **{kind.schema.__name__: _class(kind, own, site) for kind in kinds},
        }
    }


def _class(kind: Kind, own: str, site: str) -> JSON:
    """A class of ours, with what fields mean in its documents."""
    fields = _Definitions(kind, site).of(plan(kind.schema), "")
    return {"@id": f"{own}{kind.schema.__name__}", "@context": fields}


class _Definitions:
    """The definitions of the fields of one kind."""

    def __init__(self, kind: Kind, site: str):
        self.declared, self.site = kind.linked.terms, site

    def of(self, shape: Fields, place: str) -> JSON:
        """Field → its definition, of those that our own namespace alone would not do for."""
        prefix = f"{place}." if place else ""
        found = {}
        for (name, inner), info in zip(
            shape.shapes.items(), shape.schema.model_fields.values(), strict=True
        ):
            types = tuple(named_in(info.annotation, *info.metadata))
            meant = self.declared.get(f"{prefix}{name}", {})
            own = meant if isinstance(meant, Mapping) else {"@id": meant}
            definition = {**self._definition(inner, types, f"{prefix}{name}"), **own}
            if definition.keys() - {"@id"}:
                found[name] = {"@id": name, **definition}
            elif definition:
                found[name] = definition["@id"]
        return found

    def _definition(self, shape: Shape, types: tuple[Any, ...], place: str) -> JSON:
        match shape:
            case Map(value=inner):
                # Each value also says under which name it stood.
                field = f"{context_address(self.site)}#field"
                kept = {"@container": "@index", "@index": field}
                return {**kept, **self._definition(inner, types, place)}
            case Rows(item=inner):
                return self._definition(inner, types, place)
            case Fields():
                inner_fields = self.of(shape, place)
                return {"@context": inner_fields} if inner_fields else {}
            case Value(kinds=tuple()):
                return {"@type": "@id"}
            case _:
                return self._of_value(types, place.rpartition(".")[2])

    def _of_value(self, types: tuple[Any, ...], field: str) -> JSON:
        for each in types:
            if isinstance(each, TermOf):
                return self._of_term(each.vocabulary.name, field)
            if isinstance(each, Pattern) and each.pattern == URL:
                return {"@type": "@id"}
            if each is InexactDate:
                return {"@type": "schema:Date"}
        return {}

    def _of_term(self, vocabulary: str, field: str) -> JSON:
        """Its values are terms, by themselves: none is taken for the name of a field."""
        own = {"@id": field, "@type": "@vocab"}
        terms = {"@vocab": f"{self.site}/api/v1/vocabularies/{vocabulary}#", field: own}
        return {"@type": "@vocab", "@context": [None, terms]}
