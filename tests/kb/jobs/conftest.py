"""A real mail server on loopback, and a worker that runs what is due."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kb.jobs import worker


class Mailbox:
    """Takes mail as a server does, or refuses it as `answers` says: address → answer."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.answers: dict[str, str] = {}
        self.is_hanging = False
        self.waiting = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.waiting += 1
        while self.is_hanging:
            await asyncio.sleep(0.05)
        self.waiting -= 1
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"

    @property
    def texts(self) -> list[str]:
        payloads = [mail.get_payload(decode=True) for mail in self.mails]
        return [payload.decode() for payload in payloads if isinstance(payload, bytes)]

    def to(self, address: str) -> list[Message]:
        return [mail for mail in self.mails if mail["To"] == address]


class MailServer:
    """On one port for the whole test, up or down."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self.mailbox, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    @contextmanager
    def down(self) -> Iterator[None]:
        self.stop()
        yield
        self.start()


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    settings.LINKS_URL = "https://example.org"
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailbox(mail_server: MailServer) -> Mailbox:
    return mail_server.mailbox


@pytest.fixture
def run_worker(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Runs a worker until nothing is due: what the test has put into the queue, and not what the
    schedule puts there at the minute at which the test runs. Its threads leave no connection.
    """
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    forget_jobs()
    yield run_what_is_due
    forget_jobs()


def run_what_is_due() -> None:
    """A worker that does not wait may end just before one of its jobs puts another one back."""
    for _ in range(5):
        asyncio.run(worker.run_jobs())
        waiting = ProcrastinateJob.objects.filter(status="todo")
        if not waiting.exclude(scheduled_at__gt=timezone.now()).exists():
            return
    pytest.fail("jobs are put back again and again")


def forget_jobs() -> None:
    """Django's tests do not empty tables that it does not manage."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
