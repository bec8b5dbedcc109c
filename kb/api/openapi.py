"""The OpenAPI file, read off the endpoints that the addresses lead to.

Source: OpenAPI Specification 3.1
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import Resolver404, URLResolver, get_resolver, resolve

from kb.api import shapes
from kb.api.endpoints import Endpoint, Methods
from kb.api.errors import CODES, PROBLEM
from kb.api.problem_examples import example_of
from kb.documents.plans import Fields, Map, Rows, Shape, Value, plan
from kb.documents.schema import json_schema
from kb.documents.vocabulary import nearest
from kb.filters import Parameter
from kb.kinds import Kind, kinds

JSON = dict[str, Any]

BASE = "/api/v1"
FILE = Path(settings.BASE_DIR) / "docs" / "openapi.json"
EXAMPLES = Path(settings.BASE_DIR) / "docs" / "api-examples.json"
COMMON = (
    "invalid-parameter",
    "invalid-address",
    "unauthorised",
    "not-acceptable",
    "address-too-long",
    "rate-limited",
)
OF_BODIES = ("invalid-body", "body-too-large", "unsupported-media-type", "invalid-content")
OURS = ("server-error", "query-too-expensive")
MERGED = "retracted"  # an endpoint that may answer so may also answer 308

ABOUT = """Reading is open to everyone: no key, no cookies, any origin, and that is a promise.

**Parameters.** Repeating one means OR, different ones mean AND; what is unknown is refused, all
errors at once. **Pages** are found by cursor, as deep as a list is. **Two clocks:** `on` is a day
in the world, `known_at` the moment of what was published; an inexact date makes an answer `certain`
or `possible`.
**Copies:** `ETag` and `If-None-Match` say cheaply whether something changed; to keep a whole copy
in step follow `/changes`. **Errors** are problem details (RFC 9457)."""


@cache
def endpoints() -> tuple[Endpoint[Any], ...]:
    """Every endpoint that an address leads to, each once, in their order."""
    found = {id(e): e for route, e in _routed(get_resolver()) if route.startswith("api/v1/")}
    return tuple(sorted(found.values(), key=lambda e: GROUPS.index(e.group)))


GROUPS = (
    "Entries",
    "Statements",
    "Analyses",
    "Search",
    "Reconciliation",
    "History",
    "Changes",
    "Feeds",
    "Writing",
    "Contracts",
    "About",
)


def _routed(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Endpoint[Any]]]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routed(each, route)
        elif isinstance(each.callback, Endpoint):
            yield route, each.callback
        elif isinstance(each.callback, Methods):
            yield from ((route, endpoint) for endpoint in each.callback.endpoints.values())


def near_paths(path: str) -> list[str]:
    """Addresses of the API that `path` may have been meant to be."""
    bare = path.rstrip("/")
    try:
        resolve(bare)
    except Resolver404:
        first = bare.removeprefix(BASE).lstrip("/").partition("/")[0]
        firsts = dict.fromkeys(endpoint.path.split("/")[1] for endpoint in endpoints())
        near = nearest(first, [each for each in firsts if each])
        return [f"{BASE}/{near}"] if near else []
    return [bare]


# --- the file --------------------------------------------------------------------------------


def described() -> JSON:
    """The whole OpenAPI document."""
    recorded = examples()
    paths: JSON = {}
    for endpoint in endpoints():
        at_path = paths.setdefault(endpoint.path, {})
        at_path[endpoint.method.lower()] = operation(endpoint, recorded.get(endpoint.name))
    return {
        "openapi": "3.1.1",
        "info": {
            "title": settings.SITE_NAME,
            "version": "1",
            "description": ABOUT,
            "license": {
                "name": "CC BY 4.0 (the data)",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": f"{settings.PUBLIC_URL}{BASE}"}],
        "tags": [{"name": group} for group in GROUPS if any(e.group == group for e in endpoints())],
        "paths": paths,
        "components": {
            "schemas": {**shapes.COMPONENTS, **document_components(), **_of_endpoints()},
            "responses": {code: _problem_response(code) for code in CODES},
            "securitySchemes": {"token": TOKEN},
        },
    }


TOKEN: JSON = {
    "type": "http",
    "scheme": "bearer",
    "description": "A personal access token, `cg_…`, made at the desk.",
}


def _of_endpoints() -> dict[str, JSON]:
    return {name: its for e in endpoints() for name, its in e.components().items()}


def operation(endpoint: Endpoint[Any], example: JSON | None) -> JSON:
    """One endpoint, with the recorded example of a call."""
    arguments = example.get("arguments", {}) if example else {}
    described: JSON = {
        "operationId": endpoint.name.replace("-", "_"),
        "tags": [endpoint.group],
        "summary": endpoint.summary,
        "description": endpoint.description,
        "parameters": [
            *(_path_parameter(name, arguments.get(name)) for name in path_arguments(endpoint)),
            *(_query_parameter(parameter, endpoint) for parameter in endpoint.declared.values()),
        ],
        "responses": _responses(endpoint, example),
    }
    if (body := endpoint.body_schema()) is not None:
        sent: JSON = {"schema": body}
        if example is not None and "body" in example:
            sent["example"] = example["body"]
        content = dict.fromkeys(endpoint.accepts, sent)
        described["requestBody"] = {"required": True, "content": content}
    if endpoint.deprecation is not None:
        described["deprecated"] = True
    if endpoint.scope:
        described["security"] = [{"token": [endpoint.scope]}]
    return described


def path_arguments(endpoint: Endpoint[Any]) -> list[str]:
    """The names in braces in its path."""
    return [piece.partition("}")[0] for piece in endpoint.path.split("{")[1:]]


PATH_SCHEMAS: dict[str, JSON] = {
    "key": {"type": "string", "pattern": "^[a-z0-9-]{2,80}$"},
    "number": {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
    "id": {"type": "integer", "minimum": 1},
}
PATH_TEXTS = {
    "id": "The number of a changeset.",
    "key": "The key of an entry.",
    "number": "The number of a revision of the entry, from 1.",
    "name": "The name of a vocabulary.",
    "kind": "The name of a kind.",
    "statement": "The id of a statement of the entry.",
    "term": "A term of the vocabulary.",
    "date": "The name of a release, or `latest`.",
    "file": "The name of a file of the release.",
}


def _path_parameter(name: str, example: str | None) -> JSON:
    found = {
        "name": name,
        "in": "path",
        "required": True,
        "description": PATH_TEXTS[name],
        "schema": PATH_SCHEMAS.get(name, {"type": "string", "minLength": 1}),
    }
    if example is not None:
        is_number = found["schema"] in (PATH_SCHEMAS["number"], PATH_SCHEMAS["id"])
        found["example"] = int(example) if is_number else example
    return found


def _query_parameter(parameter: Parameter, endpoint: Endpoint[Any]) -> JSON:
    schema = dict(parameter.schema)
    schema.pop("x-wanted", None)
    described: JSON = {"name": parameter.name, "in": "query", "description": parameter.description}
    if parameter.name in endpoint.required:
        described["required"] = True
    if parameter.repeat:
        repeated = {"type": "array", "items": schema, "minItems": 1}
        return {**described, "schema": repeated, "style": "form", "explode": True}
    if schema.get("type") == "array":
        return {**described, "schema": {**schema, "minItems": 1}, "style": "form", "explode": False}
    return {**described, "schema": schema}


LIMITS = {
    "RateLimit-Policy": {
        "schema": shapes.TEXT,
        "description": "How many requests (`q`) are allowed within so many seconds (`w`).",
    },
    "RateLimit": {
        "schema": shapes.TEXT,
        "description": "How many are left (`r`), and in how many seconds they begin anew (`t`).",
    },
}
HEADERS = {
    "ETag": {"schema": shapes.TEXT, "description": "For If-None-Match."},
    "Cache-Control": {"schema": shapes.TEXT},
    **LIMITS,
}


def _responses(endpoint: Endpoint[Any], example: JSON | None) -> JSON:
    found: JSON = {
        str(endpoint.success): {
            "description": endpoint.summary,
            "headers": HEADERS,
            "content": _contents(endpoint, example),
        }
    }
    if endpoint.method == "GET":
        found["304"] = {"description": "Not changed since the copy whose ETag was sent."}
    if MERGED in endpoint.codes:
        found["308"] = {
            "description": "The entry was merged; Location has the one that stands for it.",
            "headers": {"Location": {"schema": shapes.ADDRESS}},
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    found |= endpoint.more_responses()
    for status, codes in _by_status(_codes(endpoint)).items():
        found[str(status)] = _problem(codes)
    return dict(sorted(found.items()))


def _contents(endpoint: Endpoint[Any], example: JSON | None) -> JSON:
    """Media type → schema and example of the answer in it."""
    usual, *others = endpoint.formats
    content: JSON = {"schema": endpoint.answer_schema()}
    if example is not None and "answer" in example:
        content["example"] = example["answer"]
    more = {
        endpoint.formats[name].partition(";")[0]: {"schema": endpoint.format_schema(name)}
        for name in others
    }
    return {endpoint.formats[usual]: content, **more}


def _codes(endpoint: Endpoint[Any]) -> list[str]:
    """Every problem it may answer with, each once."""
    of_body = OF_BODIES if endpoint.body_schema() is not None else ()
    of_token = ("forbidden",) if endpoint.scope else ()
    return list(dict.fromkeys((*COMMON, *of_token, *of_body, *endpoint.codes, *OURS)))


def _by_status(codes: Iterable[str]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code in codes:
        found.setdefault(CODES[code].status, []).append(code)
    return found


def _problem(codes: list[str]) -> JSON:
    if len(codes) == 1:
        return {"$ref": f"#/components/responses/{codes[0]}"}
    texts = [f"`{code}`: {CODES[code].description}" for code in codes]
    return {"description": " ".join(texts), "content": _problem_content(codes)}


def _problem_response(code: str) -> JSON:
    wait = {"Retry-After": {"schema": shapes.TEXT, "description": "Seconds to wait."}, **LIMITS}
    return {
        **({"headers": wait} if code == "rate-limited" else {}),
        "description": f"{CODES[code].title}. {CODES[code].description}",
        "content": _problem_content([code]),
    }


def _problem_content(codes: Iterable[str]) -> JSON:
    examples = {code: {"value": example_of(code)} for code in codes}
    return {PROBLEM: {"schema": shapes.component("Problem"), "examples": examples}}


# --- the documents of the kinds --------------------------------------------------------------


@cache
def document_components() -> dict[str, JSON]:
    """Components for the public documents and the list rows of every kind, and for their parts."""
    found: dict[str, JSON] = {"SomeFields": SOME_FIELDS}
    for kind in kinds():
        parts, whole = _expanded_schema(kind)
        for name, part in (*parts.items(), (kind.schema.__name__, _public(whole))):
            if found.setdefault(name, part) != part or name in shapes.COMPONENTS:
                raise ValueError(f"two schemas are called {name}")
        found[f"{kind.schema.__name__}Row"] = _row(kind, whole)
    return found


SOME_FIELDS: JSON = {
    "type": "object",
    "required": ["key", "kind"],
    "description": "What `fields` asked for, beside key and kind.",
}


def _public(document: JSON) -> JSON:
    included = {"type": "object", "additionalProperties": shapes.rows(shapes.component("Edge"))}
    properties = {
        **document["properties"],
        "meta": shapes.component("Meta"),
        "included": {**included, "description": "With `include`."},
    }
    return {**document, "properties": properties, "required": [*document["required"], "meta"]}


def _row(kind: Kind, document: JSON) -> JSON:
    required = {"key": shapes.TEXT, "kind": {"const": kind.name}, "name": shapes.TEXT}
    own = {
        name: document["properties"][name]
        for name in kind.summary_fields
        if name in document["properties"] and name not in required
    }
    dated = {"certainty": shapes.CERTAINTY} if _is_asked_about_days(kind) else {}
    return shapes.fields({**required, "meta": shapes.component("RowMeta")}, {**own, **dated})


def _is_asked_about_days(kind: Kind) -> bool:
    return any(p.name == "certainty" for each in kind.filters for p in each.parameters())


def _expanded_schema(kind: Kind) -> tuple[dict[str, JSON], JSON]:
    """(parts by name, document) as the API shows them: references as labels of entries."""
    schema = _with_component_references(json_schema(kind.schema))
    parts = schema.pop("$defs", {})
    schema.pop("$schema", None)
    classes = {fields.schema.__name__: fields for fields in _all_fields(plan(kind.schema))}
    expanded = {n: _expand_fields(part, classes.get(n)) for n, part in parts.items()}
    return expanded, _expand_fields(schema, plan(kind.schema))


def _all_fields(shape: Shape) -> Iterator[Fields]:
    match shape:
        case Rows(item=inner) | Map(value=inner):
            yield from _all_fields(inner)
        case Fields(shapes=its):
            yield shape
            for inner in its.values():
                yield from _all_fields(inner)


def _expand_fields(schema: JSON, fields: Fields | None) -> JSON:
    if fields is None:
        return schema
    properties = {
        name: _expand(value, fields.shapes[name]) if name in fields.shapes else value
        for name, value in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties}


def _expand(schema: JSON, shape: Shape) -> JSON:
    match shape:
        case Value(kinds=tuple()):
            return shapes.ENTRY
        case Rows(item=inner) if "items" in schema:
            return {**schema, "items": _expand(schema["items"], inner)}
        case Map(value=inner) if isinstance(schema.get("additionalProperties"), dict):
            return {
                **schema,
                "additionalProperties": _expand(schema["additionalProperties"], inner),
            }
        case Map(value=inner) if "patternProperties" in schema:
            its = {p: _expand(value, inner) for p, value in schema["patternProperties"].items()}
            return {**schema, "patternProperties": its}
        case _:
            return schema


def _with_component_references(schema: Any) -> Any:
    """The same schema with its parts among the components of the file."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/")
            if name == "$ref"
            else _with_component_references(value)
            for name, value in schema.items()
        }
    if isinstance(schema, list):
        return [_with_component_references(value) for value in schema]
    return schema


# --- examples, and the committed file --------------------------------------------------------


def examples() -> dict[str, JSON]:
    """Name of an endpoint → recorded call: `arguments` of the path, `call` address, `answer`."""
    if not EXAMPLES.exists():
        return {}
    recorded: dict[str, JSON] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return recorded


def as_text() -> str:
    """The file as it is committed."""
    return json.dumps(described(), ensure_ascii=False, indent=1) + "\n"
