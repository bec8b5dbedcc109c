"""Handing a mail to the server: one connection for many, and three ways in which it can fail."""

import logging
import smtplib
from collections.abc import Mapping
from email.errors import MessageError
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

log = logging.getLogger("kb.jobs")


class MailServerDown(Exception):
    """The server takes no mail at all now."""


class Delayed(Exception):
    """The server does not take this mail now; later it may."""


class Refused(Exception):
    """The server will never take this mail, as when there is no such address."""


class Postman:
    """A connection to the mail server, opened when the first mail is sent."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):
            log.debug("The mail server did not say good-bye.")

    def send(
        self,
        *,
        to: str,
        subject: str,
        body: str,
        name: str,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Return once the server has taken the mail. Raises MailServerDown, Delayed or Refused.

        `name`: of the event, the same whenever it is sent; it makes the Message-ID, by which a
        mail that comes twice is recognised. `headers`: more of them.
        """
        own = {"Message-ID": message_id(name), "Auto-Submitted": "auto-generated", **headers}
        line = " ".join(subject.split())
        mail = EmailMessage(line, body, to=[to], headers=own, connection=self.connection)
        try:
            self.connection.open()
            mail.send()
        except smtplib.SMTPRecipientsRefused as problem:
            code, _text = next(iter(problem.recipients.values()))
            raise kind_of(code)(str(problem)) from None
        except smtplib.SMTPDataError as problem:
            raise kind_of(problem.smtp_code)(str(problem)) from None
        except (OSError, smtplib.SMTPException) as problem:
            raise MailServerDown(f"{type(problem).__name__}: {problem}") from None
        except (ValueError, MessageError) as problem:
            raise Refused(f"{to} is no address: {problem}") from None


def kind_of(code: int) -> type[Exception]:
    """What an answer of the server means. Source: RFC 5321, section 4.2.1."""
    return Refused if code >= 500 else Delayed


def message_id(name: str) -> str:
    return f"<{name}@{urlsplit(settings.LINKS_URL).hostname}>"
