"""What the desk asks of the database, by the ORM and beneath it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.publication import names, reading

BENEATH = ((reading, "_execute_once"), (names, "_labels"))


def _counted(send: Callable[..., Any], sent: list[object]) -> Callable[..., Any]:
    def counted(asked: Any, *args: Any, **more: Any) -> Any:
        sent.append(asked)
        return send(asked, *args, **more)

    return counted


@pytest.fixture
def queries_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Client, str], int]:
    """`queries_of(client, path)`: how many queries a page makes, which has to be found."""
    sent: list[object] = []
    for module, name in BENEATH:
        monkeypatch.setattr(module, name, _counted(getattr(module, name), sent))

    def asked(client: Client, path: str) -> int:
        sent.clear()
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught) + len(sent)

    return asked
