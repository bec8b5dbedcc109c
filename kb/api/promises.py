"""What the OpenAPI file promises, line by line, so that a broken promise is a line that is gone.

A promise is something a client may have built on: an address, a parameter and each value it takes,
a field of an answer and its type, that nothing more than before must be sent. Whatever only adds
lines is additive; whatever takes one away is breaking. See docs/versioning.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

JSON = Mapping[str, Any]
FILE = Path(settings.BASE_DIR) / "docs" / "api-promises.txt"  # of the versions released so far
METHODS = ("get", "post", "put", "patch", "delete")


def promises(described: JSON) -> list[str]:
    """The promises of an OpenAPI document, sorted, each once."""
    found = set(_of_schemas(described["components"]["schemas"]))
    for path, operations in described["paths"].items():
        for method in METHODS:
            if method in operations:
                found.update(_of_operation(f"{method.upper()} {path}", operations[method]))
    return sorted(found)


def broken(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """The promises of `before` that are not kept now, in their order."""
    kept = set(now)
    return [each for each in before if each and each not in kept]


def _of_operation(name: str, operation: JSON) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    body = operation.get("requestBody", {})
    required = [each["name"] for each in parameters if each.get("required")]
    required += ["a body"] if body.get("required") else []
    required += ["a token"] if operation.get("security") else []
    yield f"{name} needs {', '.join(sorted(required)) or 'nothing'}"
    for each in parameters:
        yield from _taken(f"{name} takes {each['in']} {each['name']}", each["schema"])
    for media_type, content in body.get("content", {}).items():
        yield from _taken(f"{name} takes {media_type}", content.get("schema", {}))
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield f"{name} answers {status}"
            for media_type, content in response.get("content", {}).items():
                yield from _given(f"{name} answers {media_type}", content.get("schema", {}))


def _of_schemas(schemas: Mapping[str, JSON]) -> Iterator[str]:
    """What refers to a schema names it: its fields are promised once."""
    for name, schema in schemas.items():
        yield from _given(name, schema)


def _taken(place: str, schema: JSON) -> Iterator[str]:
    """What may be sent: each alternative and each value is a promise of its own."""
    yield from (f"{place}: {each}" for each in _alternatives(schema))
    for value in _values(schema):
        yield f"{place} = {value}"
    needed = sorted(schema.get("required", []))
    if "properties" in schema:
        yield f"{place} needs {', '.join(needed) or 'nothing'}"
    for below, part in _parts(place, schema):
        yield from _taken(below, part)


def _given(place: str, schema: JSON) -> Iterator[str]:
    """What is answered: one more alternative would surprise a client, one less does not."""
    yield f"{place}: {' or '.join(_alternatives(schema))}"
    for name in schema.get("required", []):
        yield f"{place}.{name} is always there"
    for below, part in _parts(place, schema):
        yield from _given(below, part)


def _parts(place: str, schema: JSON) -> Iterator[tuple[str, JSON]]:
    """(place, schema) of everything inside that is described where it stands."""
    for name, part in schema.get("properties", {}).items():
        yield f"{place}.{name}", part
    if isinstance(schema.get("items"), Mapping):
        yield f"{place}[]", schema["items"]
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield f"{place}.*", schema["additionalProperties"]
    for part in schema.get("anyOf", []):
        yield from _parts(place, part)


def _alternatives(schema: JSON) -> list[str]:
    """The types that a value may have, sorted."""
    if "$ref" in schema:
        return [schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return sorted({each for part in schema["anyOf"] for each in _alternatives(part)})
    types = schema.get("type", "constant" if "const" in schema else "anything")
    form = f" ({schema['format']})" if "format" in schema else ""
    return sorted(f"{each}{form}" for each in ([types] if isinstance(types, str) else types))


def _values(schema: JSON) -> Iterator[str]:
    """The values that something is limited to."""
    limited = schema.get("enum", [schema["const"]] if "const" in schema else [])
    yield from map(str, limited)
