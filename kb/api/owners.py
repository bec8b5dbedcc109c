"""For whom a program asks: the token in the Authorization header.

Source: RFC 6750, The OAuth 2.0 Authorization Framework: Bearer Token Usage
"""

from django.http import HttpRequest

from kb.api.errors import Problem
from kb.editing.tokens import owner_of
from kb.models import AccessToken

REALM = 'Bearer realm="api"'


def token_of(request: HttpRequest, scope: str = "") -> AccessToken | None:
    """The token that came with a request. Raises Problem when it is not in force, or is missing
    or does not allow `scope` where there is one."""
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        if scope:
            raise _unauthorised(f"This needs a token with the scope “{scope}”.", REALM)
        return None
    scheme, _space, secret = header.partition(" ")
    token = owner_of(secret.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        challenge = f'{REALM}, error="invalid_token"'
        raise _unauthorised("The token is unknown, revoked or at its end.", challenge)
    if scope and scope not in token.scopes:
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        detail = f"The token “{token.name}” does not have the scope “{scope}”."
        raise Problem("forbidden", detail, headers={"WWW-Authenticate": challenge})
    return token


def _unauthorised(detail: str, challenge: str) -> Problem:
    return Problem("unauthorised", detail, headers={"WWW-Authenticate": challenge})
