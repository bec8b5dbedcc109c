"""The OpenAPI file: current, complete, and true of what is answered."""

import json
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from kb.api import openapi, promises
from kb.api.errors import CODES
from kb.api.problem_examples import REQUEST_ID, example_of, said
from kb.api.shapes import component
from kb.kinds import kinds

ARGUMENTS = {
    "/bodies/{key}/members": {"key": "cern"},
    "/actors/{key}/memberships": {"key": "germany"},
    "/actors/{key}/positions": {"key": "china"},
    "/proposals/{key}/positions": {"key": "cern-for-ai"},
    "/actors/{key}/stance-changes": {"key": "gary-marcus"},
    "/proposals/{key}/stance-changes": {"key": "mutual-assured-ai-malfunction"},
    "/proposals/{key}/arguments": {"key": "cern-for-ai"},
    "/instruments/{key}/participation": {"key": "cern-convention"},
    "/instruments/{key}/participation-history": {"key": "ctbt"},
    "/vocabularies/{name}": {"name": "topics"},
    "/schemas/{kind}.json": {"kind": "body"},
}
DEFAULTS = {"key": "cern", "number": "1", "statement": "m-sg7g", "term": "us-china"}
DEFAULTS |= {"date": "latest", "file": "manifest.json"}
REQUIRED = {
    "q": "laboratory",
    "prefix": "cer",
    "side": ["united-states", "china"],
    "around": "cern",
}
CHOSEN = {  # where one of several must be given
    "/resolve": {"url": "https://cairne.eu"},
    "/compare": {"keys": "cern,iaea"},
}
WITHOUT_EXAMPLE = {
    "/schemas/{kind}.json",
    "/openapi.json",
    "/context.jsonld",
    "/reconcile/preview/{key}",
    "/releases/{date}/{file}",
}
WITHOUT_ANSWER = {"/releases/{date}", "/releases/{date}/{file}"}  # before there is a release
FILE = openapi.described()
PATHS = [  # what anybody may read
    path for path, its in FILE["paths"].items() if "get" in its and "security" not in its["get"]
]
OPERATIONS = [(path, method) for path, its in FILE["paths"].items() for method in its]


def address(path, **parameters):
    arguments = ARGUMENTS.get(path, DEFAULTS)
    needed = {
        p["name"]: REQUIRED[p["name"]]
        for p in operation(path)
        if p["in"] == "query" and p.get("required")
    }
    query = urlencode({**needed, **CHOSEN.get(path, {}), **parameters}, doseq=True)
    return openapi.BASE + path.format(**{**DEFAULTS, **arguments}) + ("?" + query if query else "")


def operation(path):
    return FILE["paths"][path]["get"]["parameters"]


def get(full):
    response = Client().get(full)
    if response["Content-Type"].startswith("text/"):
        return response.status_code, response.content.decode()
    return response.status_code, json.loads(response.content)


def validator(schema):
    whole = Resource.from_contents(FILE, default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:api", whole)
    return Draft202012Validator(at_file(schema), registry=registry)


def at_file(schema):
    """The same schema with references that lead into the file."""
    return json.loads(json.dumps(schema).replace('"#/components', '"urn:api#/components'))


def answer_schema(path, status="200"):
    found = FILE["paths"][path]["get"]["responses"][status]
    if "$ref" in found:
        found = FILE["components"]["responses"][found["$ref"].rpartition("/")[2]]
    content = next(iter(found["content"].values()))  # the usual format
    return content["schema"]


def test_every_promise_of_a_released_version_is_kept():
    promised = promises.FILE.read_text().splitlines()

    assert promised
    assert promises.broken(promised, promises.promises(FILE)) == []


def test_the_committed_file_is_current():
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.as_text(), (
        "docs/openapi.json is out of date: run manage.py openapi --write"
    )


def test_every_schema_in_the_file_is_one():
    for schema in FILE["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for path in PATHS:
        Draft202012Validator.check_schema(answer_schema(path))


def test_every_reference_leads_somewhere():
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(FILE))):
        assert name in FILE["components"]["schemas"]


def test_every_endpoint_is_described_in_full():
    described = [FILE["paths"][path][method] for path, method in OPERATIONS]
    identities = [each["operationId"] for each in described]
    assert len(identities) == len(set(identities)) == len(openapi.endpoints())
    for each in described:
        assert each["summary"]
        assert each["description"].endswith(".")
        assert all(parameter["description"] for parameter in each["parameters"])
        assert {"400", "406", "414", "500", "503"} <= each["responses"].keys()
        assert {"413", "415", "422"} <= each["responses"].keys() or "requestBody" not in each
    assert set(CODES) == set(FILE["components"]["responses"])


def test_examples_are_right():
    for path in PATHS:
        if path in WITHOUT_EXAMPLE:
            continue
        contents = FILE["paths"][path]["get"]["responses"]["200"]["content"]
        content = next(iter(contents.values()))  # the usual format
        validator(content["schema"]).validate(content["example"])


def test_examples_of_what_needs_a_token_are_right():
    found = [FILE["paths"][p][m] for p, m in OPERATIONS if "security" in FILE["paths"][p][m]]

    assert len(found) >= 7
    for each in found:
        status = next(status for status in ("200", "201") if status in each["responses"])
        content = each["responses"][status]["content"]["application/json"]
        validator(content["schema"]).validate(content["example"])
        if "requestBody" in each:
            sent = each["requestBody"]["content"]["application/json"]
            validator(sent["schema"]).validate(sent["example"])
        assert {"401", "403"} <= each["responses"].keys()


# --- against what is answered ----------------------------------------------------------------


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_parameter_is_refused_everywhere(path):
    status, found = get(address(path, no_such_parameter="1"))

    assert status == 400
    assert [e["parameter"] for e in found["errors"]] == ["no_such_parameter"]
    validator(answer_schema(path, "400")).validate(found)


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize("path", [path for path in PATHS if path not in WITHOUT_ANSWER])
def test_an_answer_is_as_described(path):
    status, found = get(address(path))

    assert status == 200
    validator(answer_schema(path)).validate(found)


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize("path", [path for path in PATHS if "{key}" in path])
def test_an_unknown_key_is_not_found_as_described(path):
    status, found = get(openapi.BASE + path.format(**{**DEFAULTS, "key": "no-such-entry"}))

    assert status == 404
    validator(answer_schema(path, "404")).validate(found)


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize("path", PATHS)
def test_a_parameter_that_may_not_repeat_is_refused_twice_and_empty(path):
    for parameter in operation(path):
        name = parameter["name"]
        if parameter["in"] == "query" and name != "format":
            status, found = get(address(path, **{name: ""}))
            assert (status, found["errors"][0]["code"]) == (400, "empty")
            if parameter.get("explode") is not True:
                status, found = get(address(path, **{name: ["1", "1"]}))
                assert status == 400
                assert "repeated" in [error["code"] for error in found["errors"]]


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.plural)
def test_every_entry_and_every_row_is_as_described(kind):
    entry = validator(component(kind.schema.__name__))
    row = validator(component(f"{kind.schema.__name__}Row"))
    following = f"{openapi.BASE}/{kind.plural}?page_size=200"
    while following:
        _status, page = get(following)
        for found in page["items"]:
            row.validate(found)
            if kind.name != "source" or found["key"].endswith("s"):
                entry.validate(get(f"{openapi.BASE}/entries/{found['key']}")[1])
        following = page.get("next")


def test_every_problem_has_an_example():
    problem = validator({"$ref": "#/components/schemas/Problem"})
    assert set(said()) == set(CODES)

    for path, method in OPERATIONS:
        for status, response in FILE["paths"][path][method]["responses"].items():
            named = response.get("$ref", "").rpartition("/")[2]
            its = FILE["components"]["responses"][named] if named else response
            content = its.get("content", {}).get("application/problem+json")
            for code, example in content["examples"].items() if content else ():
                problem.validate(example["value"])
                assert (example["value"]["code"], example["value"]["status"]) == (code, int(status))


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize(
    ("code", "method", "address", "extra"),
    [
        ("invalid-parameter", "get", "/bodies?sort=nam", {}),
        ("invalid-address", "get", "/entries/cern%00", {}),
        ("unauthorised", "get", "/status", {"HTTP_AUTHORIZATION": "Bearer cg_x"}),
        ("not-found", "get", "/entries/cerm", {}),
        ("method-not-allowed", "delete", "/bodies", {}),
        ("not-acceptable", "get", "/status", {"HTTP_ACCEPT": "application/xml"}),
        ("invalid-body", "post", "/match", {"data": "{", "content_type": "application/json"}),
        ("unsupported-media-type", "post", "/match", {"data": "{", "content_type": "text/plain"}),
        (
            "invalid-content",
            "post",
            "/match",
            {"data": {"queries": {"row 1": {"kind": "actor"}}}, "content_type": "application/json"},
        ),
    ],
)
def test_examples_of_problems_are_what_is_said(code, method, address, extra):
    answer = getattr(Client(), method)(f"/api/v1{address}", **extra).json()

    assert {**answer, "request_id": REQUEST_ID} == example_of(code)
