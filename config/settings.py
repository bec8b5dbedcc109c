"""Settings. Everything that differs between machines comes from the environment:

CG_DATA               data folder (default `var/`): embedded database, collected static files, key
DATABASE_URL          a PostgreSQL server of one's own, 15 or newer; without it the embedded one
CG_URL                prefix of permanent addresses in published JSON, e.g. https://example.org;
                      without it they are relative
CG_ALLOWED_HOSTS      more host names to answer to, separated by commas; without it only to the one
                      in CG_URL and to this machine's own
CG_SECRET_KEY         without it a key is made once and kept in the data folder
CG_STATEMENT_TIMEOUT  longest time for one query, e.g. 2s; without it queries may take any time
CG_MAIL_URL           the server that sends mail, e.g. smtp://user:secret@mail.example.org:587;
                      without it mails are files in the data folder (`mail/`)
CG_MAIL_FROM          whom mails come from; without it desk@ the host in CG_URL
CG_LOCAL_URL          where this very server is, for links in mails when there is no CG_URL;
                      `make run` sets it
CG_PROXIES            how many proxies of your own stand in front and add to X-Forwarded-For;
                      without it none: behind one, all visitors then share one limit of attempts
                      to sign in, and one of requests of the API
CG_LIMITS             how many times as much as usual may be asked of the API (1); 0: as much as
                      one likes, where a proxy counts already
CG_RELEASES           folder of releases, shared by all servers of a site; without it `releases/`
                      in the data folder
CG_DEBUG              1: Django's error pages and unhashed static files; never in public
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.database import database
from config.mail import mail
from config.secret_key import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CG_DATA") or BASE_DIR / "var").absolute()

RELEASES_DIR = Path(os.environ.get("CG_RELEASES") or DATA_DIR / "releases").absolute()
# Where requests of the API are counted, by all processes of this machine; None: nowhere.
API_LIMITS_FACTOR = int(os.environ.get("CG_LIMITS") or 1)
API_LIMITS = DATA_DIR / "limits" if API_LIMITS_FACTOR else None

DEBUG = os.environ.get("CG_DEBUG") == "1"
SECRET_KEY = os.environ.get("CG_SECRET_KEY") or secret_key(DATA_DIR / "secret-key")
PUBLIC_URL = os.environ.get("CG_URL", "").rstrip("/")
MORE_HOSTS = [urlsplit(PUBLIC_URL).hostname, *os.environ.get("CG_ALLOWED_HOSTS", "").split(",")]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, MORE_HOSTS)]

SITE_NAME = "Common Ground"
# The subject of this knowledge base: the only place where the engine hears of it.
KB_KINDS = "governance.kinds.KINDS"
KB_PAGES = "governance.web.navigation.PAGES"  # in the navigation, beside the kinds; "" for none
KB_TOOLS = "governance.tools.TOOLS"  # for language models, beside the engine's own; "" for none

INSTALLED_APPS = [
    "governance",  # before kb, so that a page of the subject's own wins
    "kb",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's templates say “2 hours ago” with it
    "allauth",
    "config.accounts.Accounts",  # allauth.account
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
]
AUTH_USER_MODEL = "kb.User"

# As short as correctness allows. Django's usual nine layers halve the number of requests a second
# that public reading can answer. Sessions, CSRF and messages are for people who have signed in, so
# `People` runs those layers for the addresses that begin with one of PEOPLE_PATHS, and no others.
MIDDLEWARE = [
    "config.headers.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.addresses.Addresses",
    "config.people.People",
]
PEOPLE_PATHS = ["/desk/", "/accounts/"]
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
        "OPTIONS": {
            # Public pages are rendered without a request, and so without these.
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
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

IS_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60  # seconds from signing in until one has to do it again
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# A proxy that ends TLS speaks plain HTTP to us, while browsers name the address that they see.
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
CSRF_FAILURE_VIEW = "kb.web.desk.kept.stale_page"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# A document may have 1 MiB. A form sends each byte that is not ASCII as three characters, and may
# send two documents: what it holds, and one that was pasted. The rest is for names of fields.
# Above this Django answers 400, and nothing of what was sent can be kept.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a treaty with 200 participations has thousands

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "kb.web.desk.signing_up.Accounts"
ACCOUNT_FORMS = {
    "signup": "kb.web.desk.account_forms.SignUp",
    "login": "kb.web.desk.account_forms.SignIn",
    "add_email": "kb.web.desk.account_forms.NewAddress",
    "reset_password": "kb.web.desk.account_forms.ForgottenPassword",
}
ACCOUNT_SIGNUP_FORM_CLASS = "kb.web.desk.signing_up.MoreAboutYou"
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_USERNAME_VALIDATORS = "kb.editing.people.USERNAME_VALIDATORS"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # so that whoever has a session has confirmed an address
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one takes its place once it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # “your password was changed”
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_SECURE else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {"kept_post": "20/h/ip"}  # beside allauth's own: see kb.web.desk.kept
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("CG_PROXIES") or 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
MFA_PASSKEY_LOGIN_ENABLED = True
# Passkeys need HTTPS, but for http://localhost, which browsers trust as well.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_SECURE
# What allauth counts (attempts to sign in, mails asked for) is kept in the memory of each process:
# N processes let N times as many attempts through. It needs no second store, and none is lost that
# matters: a restart begins to count anew.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

globals().update(mail(os.environ.get("CG_MAIL_URL", ""), folder=DATA_DIR / "mail"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("CG_MAIL_FROM") or (
    f"{SITE_NAME} <desk@{urlsplit(PUBLIC_URL).hostname or 'localhost'}>"
)

# Where links in mails lead.
LINKS_URL = PUBLIC_URL or os.environ.get("CG_LOCAL_URL", "http://127.0.0.1:8000")

# Jobs (kb/jobs): loaded by the worker alone. What is due once a day and was missed, since no worker
# ran, is made good within the day.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["kb.jobs.tasks"]
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 24 * 60 * 60}  # seconds

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
        # When the database is away, kb.jobs says so in a line; these fill pages with it.
        "psycopg.pool": {"level": "ERROR"},
        "procrastinate.worker.worker": {"level": "CRITICAL"},
    },
}
