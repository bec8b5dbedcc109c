"""How mail is sent, read from one address."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.mail import mail

FOLDER = Path("/nowhere/mail")


@pytest.mark.parametrize(
    ("url", "host", "port", "password", "tls", "ssl"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "", False, False),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, "", False, False),
        ("smtp://ann:s%40x@mail.example.org", "mail.example.org", 587, "s@x", True, False),
        ("smtp://ann:s@mail.example.org:2525", "mail.example.org", 2525, "s", True, False),
        ("smtps://ann:s@mail.example.org", "mail.example.org", 465, "s", False, True),
    ],
)
def test_a_password_is_sent_over_tls_alone(url, host, port, password, tls, ssl):
    found = mail(url, folder=FOLDER)

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert found["EMAIL_HOST_PASSWORD"] == password
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)


def test_without_a_server_mails_are_files():
    found = mail("", folder=FOLDER)

    assert found["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert found["EMAIL_FILE_PATH"] == FOLDER


@pytest.mark.parametrize("url", ["mail.example.org", "http://x.org", "smtp://", "smtp://x:port"])
def test_an_address_of_no_mail_server_is_refused_with_what_to_write(url):
    with pytest.raises(ImproperlyConfigured, match="CG_MAIL_URL"):
        mail(url, folder=FOLDER)
