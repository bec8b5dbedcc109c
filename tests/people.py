"""People with accounts, and browsers in which they have signed in."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from kb.editing import tokens
from kb.models import Grant, Role, User

PASSWORD = "correct horse battery"


def person(name, *roles):
    """Somebody with a confirmed address and these roles; a second factor where one is needed."""
    address = f"{name}@example.org"
    user = User.objects.create_user(name, address, PASSWORD)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    for role in roles:
        Grant.objects.create(user=user, role=role)
    if {Role.MANAGING_EDITOR, Role.ADMINISTRATOR} & set(roles):
        TOTP.activate(user, generate_totp_secret())
    return user


def signed_in(user):
    """A client in which `user` has signed in: `signed_in(ada).get("/desk/")`."""
    client = Client()
    client.force_login(user)
    return client


def token(*scopes, user=None):
    """The secret of a token in force of `user`, else of a new contributor."""
    owner = user or person("robot")
    day = timezone.now() + timedelta(days=1)
    _token, secret = tokens.create(owner, "import", scopes, expires_at=day)
    return secret
