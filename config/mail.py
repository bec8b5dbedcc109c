"""How mail is sent: by a server, or into a folder where there is none."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PATIENCE = 10  # seconds for a mail server to answer
FORM = "Write smtp://USER:PASSWORD@HOST:587, or smtps:// for a server that starts with TLS."


def mail(url: str, *, folder: Path) -> dict[str, Any]:
    """Django's settings for the mail server at `url`; without one, files in `folder`.

    A password is only sent over TLS: `smtps://` begins with it (port 465), `smtp://` with a
    password asks for it (STARTTLS, port 587), `smtp://` without one does not (port 25).
    Raises ImproperlyConfigured when the URL cannot be read.
    """
    if not url:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": folder}
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError as problem:
        raise ImproperlyConfigured(f"CG_MAIL_URL cannot be read: {problem}. {FORM}") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(f"CG_MAIL_URL names no mail server. {FORM}")
    begins_with_tls, has_password = parts.scheme == "smtps", bool(parts.password)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if begins_with_tls else 587 if has_password else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": begins_with_tls,
        "EMAIL_USE_TLS": has_password and not begins_with_tls,
        "EMAIL_TIMEOUT": PATIENCE,
    }
