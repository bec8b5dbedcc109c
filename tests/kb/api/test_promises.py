"""A promise of the API that is gone fails a test; anything added does not."""

from copy import deepcopy
from typing import Any

import pytest

from kb.api.promises import broken, promises

BOOKS: dict[str, Any] = {
    "paths": {
        "/books": {
            "get": {
                "parameters": [
                    {
                        "name": "genre",
                        "in": "query",
                        "schema": {
                            "type": "array",
                            "items": {"type": "string", "enum": ["novel", "essay"]},
                        },
                    },
                    {"name": "page_size", "in": "query", "schema": {"type": "integer"}},
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "items": {
                                            "type": "array",
                                            "items": {"$ref": "#/components/schemas/Book"},
                                        },
                                        "total": {"type": "integer"},
                                    },
                                    "required": ["items", "total"],
                                }
                            },
                            "text/csv": {"schema": {"type": "string"}},
                        }
                    },
                    "400": {"content": {}},
                },
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "title": {"type": "string"},
                                    "year": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
                                },
                                "required": ["title"],
                            }
                        }
                    },
                },
                "responses": {"201": {"content": {}}},
            },
        }
    },
    "components": {
        "schemas": {
            "Book": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "printed": {"type": ["string", "null"], "format": "date"},
                },
                "required": ["title"],
            }
        }
    },
}
GET, POST = BOOKS["paths"]["/books"]["get"], BOOKS["paths"]["/books"]["post"]


def changed(change) -> list[str]:
    """The promises that a change of the document breaks."""
    after = deepcopy(BOOKS)
    change(after)
    return broken(promises(BOOKS), promises(after))


def get_of(described):
    return described["paths"]["/books"]["get"]


def answer_of(described):
    return get_of(described)["responses"]["200"]["content"]["application/json"]["schema"]


def body_of(described):
    post = described["paths"]["/books"]["post"]
    return post["requestBody"]["content"]["application/json"]["schema"]


def book_of(described):
    return described["components"]["schemas"]["Book"]


BREAKING = [
    (lambda d: d["paths"]["/books"].pop("post"), "POST /books answers 201"),
    (lambda d: get_of(d)["parameters"].pop(1), "GET /books takes query page_size: integer"),
    (
        lambda d: get_of(d)["parameters"][0]["schema"]["items"]["enum"].remove("essay"),
        "GET /books takes query genre[] = essay",
    ),
    (
        lambda d: get_of(d)["parameters"][1].update(required=True),
        "GET /books needs nothing",
    ),
    (
        lambda d: get_of(d)["parameters"].append(
            {"name": "key", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "GET /books needs nothing",
    ),
    (lambda d: get_of(d).update(security=[{"token": []}]), "GET /books needs nothing"),
    (lambda d: get_of(d)["responses"]["200"]["content"].pop("text/csv"), "text/csv: string"),
    (
        lambda d: answer_of(d)["properties"].pop("total"),
        "GET /books answers application/json.total",
    ),
    (lambda d: answer_of(d)["required"].remove("total"), ".total is always there"),
    (lambda d: book_of(d)["properties"]["title"].update(type="integer"), "Book.title: string"),
    (lambda d: book_of(d)["properties"]["title"].update(type=["string", "null"]), "Book.title"),
    (lambda d: book_of(d)["properties"]["printed"].pop("format"), "Book.printed: null (date)"),
    (lambda d: body_of(d)["required"].append("year"), "POST /books takes application/json needs"),
    (lambda d: body_of(d)["properties"]["year"]["anyOf"].pop(), "application/json.year: string"),
]


@pytest.mark.parametrize(("change", "lost"), BREAKING)
def test_what_clients_may_have_built_on_is_missed(change, lost):
    assert any(lost in promise for promise in changed(change))


ADDITIVE = [
    lambda d: d["paths"].update({"/pages": {"get": {"responses": {"200": {}}}}}),
    lambda d: get_of(d)["parameters"].append(
        {"name": "author", "in": "query", "schema": {"type": "string"}}
    ),
    lambda d: get_of(d)["parameters"][0]["schema"]["items"]["enum"].append("poem"),
    lambda d: get_of(d)["responses"].update({"404": {"content": {}}}),
    lambda d: get_of(d)["responses"]["200"]["content"].update({"text/plain": {"schema": {}}}),
    lambda d: answer_of(d)["properties"].update(facets={"type": "object"}),
    lambda d: book_of(d)["properties"].update(pages={"type": "integer"}),
    lambda d: book_of(d)["required"].append("printed"),
    lambda d: body_of(d)["properties"].update(note={"type": "string"}),
    lambda d: body_of(d)["properties"]["year"]["anyOf"].append({"type": "null"}),
]


@pytest.mark.parametrize("change", ADDITIVE)
def test_what_is_added_breaks_nothing(change):
    assert changed(change) == []
