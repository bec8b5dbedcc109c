"""Settings. Everything that differs between machines comes from the environment:

CG_DATA               data folder (default `var/`): embedded database, collected static files, key
DATABASE_URL          a PostgreSQL server of one's own, 15 or newer; without it the embedded one
CG_URL                prefix of permanent addresses in published JSON, e.g. https://example.org;
                      without it they are relative
CG_ALLOWED_HOSTS      more host names to answer to, separated by commas; without it only to the one
                      in CG_URL and to this machine's own
CG_SECRET_KEY         without it a key is made once and kept in the data folder
CG_STATEMENT_TIMEOUT  longest time for one query, e.g. 2s; without it queries may take any time
CG_DEBUG              1: Django's error pages and unhashed static files; never in public
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.database import database
from config.secret_key import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CG_DATA") or BASE_DIR / "var").absolute()

DEBUG = os.environ.get("CG_DEBUG") == "1"
SECRET_KEY = os.environ.get("CG_SECRET_KEY") or secret_key(DATA_DIR / "secret-key")
PUBLIC_URL = os.environ.get("CG_URL", "").rstrip("/")
MORE_HOSTS = [urlsplit(PUBLIC_URL).hostname, *os.environ.get("CG_ALLOWED_HOSTS", "").split(",")]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, MORE_HOSTS)]

SITE_NAME = "Common Ground"
# The subject of this knowledge base: the only place where the engine hears of it.
KB_KINDS = "governance.kinds.KINDS"

# No sessions and no messages yet: there is nothing to sign in to, and a public page needs neither.
INSTALLED_APPS = [
    "governance",  # before kb, so that a page of the subject's own wins
    "kb",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]
AUTH_USER_MODEL = "kb.User"

# As short as correctness allows. Django's usual nine layers halve the number of requests a second
# that public reading can answer (sessions, CSRF and messages are for people who have signed in, and
# reading never writes). Pages for people who have signed in bring their layers with them, by
# decorator, rather than put them in front of every reader.
MIDDLEWARE = [
    "config.headers.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.addresses.Addresses",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL", ""),
        embedded_folder=DATA_DIR / "postgres",
        statement_timeout=os.environ.get("CG_STATEMENT_TIMEOUT", ""),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names and immutable caching; plain names while debugging, so that an edit shows at once.
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    }
}

LANGUAGE_CODE = "en-gb"
USE_I18N = False  # English only; translation would be looked up on every page
USE_TZ = True
TIME_ZONE = "UTC"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django mails server errors and warns of every 404; a console wants only the former.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
