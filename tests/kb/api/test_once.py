"""The same request twice at the same moment, on real PostgreSQL with a connection each."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.test import Client

from kb.models import AccessToken, AnsweredRequest, Changeset
from tests.library.builders import contributor
from tests.people import token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("library")]


def begin(secret):
    headers = {"authorization": f"Bearer {secret}", "idempotency-key": "a"}
    body = json.dumps({"title": "Ten readers"})
    return Client().post(
        "/api/v1/changesets", body, content_type="application/json", headers=headers
    )


def together(count, action):
    start = Barrier(count)

    def run():
        try:
            start.wait()
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(run) for _each in range(count)]
        return [future.result(30) for future in futures]


@pytest.mark.usefixtures("api")
def test_of_requests_at_once_one_is_done_and_all_get_its_answer():
    secret = token("draft", user=contributor("robot"))

    responses = together(4, lambda: begin(secret))

    assert Changeset.objects.count() == 1
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1


@pytest.mark.usefixtures("api")
def test_who_would_wait_long_for_the_first_is_told_to_come_again():
    secret = token("draft", user=contributor("robot"))
    with transaction.atomic():
        AnsweredRequest.objects.create(token=AccessToken.objects.get(), key="a", digest="0" * 64)
        [waiting] = together(1, lambda: begin(secret))
        transaction.set_rollback(True)

    later = begin(secret)

    assert (waiting.status_code, waiting.json()["code"]) == (409, "in-progress")
    assert later.status_code == 201
