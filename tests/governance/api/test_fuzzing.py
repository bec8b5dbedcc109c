"""Odd input on every route of the OpenAPI file: no 500, and no answer that it does not describe."""

from itertools import cycle

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kb import editing
from kb.api import openapi
from kb.models import Changeset
from kb.releases.building import build
from tests.people import person, token

schema = schemathesis.openapi.from_dict(openapi.described())
schema.config.phases.coverage.enabled = False  # every value of every list of terms takes minutes
schema.app = get_wsgi_application()

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def one_connection(dataset):
    """Requests leave the test's own connection, and so its transaction, open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.fuzzing
@schema.parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.usefixtures("one_connection")
def test_odd_input_gets_an_answer_that_is_described(case):
    response = case.call()
    case.validate_response(response, checks=CHECKS)


@pytest.fixture
def released(one_connection, settings, tmp_path):
    """Names of a release, and of its files, without end."""
    settings.RELEASES_DIR = tmp_path / "releases"
    release = build().release
    return cycle([release.name, "latest"]), cycle([*release.files, "no-such-file"])


@pytest.mark.fuzzing
@schema.include(path_regex="^/releases").parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_odd_input_where_there_is_a_release_gets_an_answer_that_is_described(case, released):
    for name, values in zip(("date", "file"), released, strict=True):
        if name in case.path_parameters:
            case.path_parameters[name] = next(values)

    response = case.call()

    case.validate_response(response, checks=CHECKS)


@pytest.fixture
def draft_of_robot(one_connection):
    """(number of a draft with a document in it, headers of a token that may write it)."""
    robot = person("robot")
    changeset = editing.begin("Odd input", by=robot)
    document = {"kind": "source", "key": "odd", "title": "Odd"}
    editing.save(changeset, "odd", "source", document, by=robot)
    secret = token("read", "draft", user=robot)
    return changeset.pk, {"Authorization": f"Bearer {secret}"}


@pytest.mark.fuzzing
@schema.include(path_regex="^/changesets").parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_odd_input_with_a_token_gets_an_answer_that_is_described(case, draft_of_robot):
    number, headers = draft_of_robot
    Changeset.objects.filter(pk=number).update(status="draft")
    if "id" in case.path_parameters:
        case.path_parameters["id"] = number
    if "key" in case.path_parameters:
        case.path_parameters["key"] = "odd"
    if case.method == "PUT" and isinstance(case.body, dict):
        case.body["key"] = "odd"
    condition = {} if case.method in ("GET", "POST") else {"If-Match": "*"}

    response = case.call(headers={**headers, **condition})

    case.validate_response(response, checks=CHECKS)
    assert not Changeset.objects.filter(status="published", pk=number).exists()
