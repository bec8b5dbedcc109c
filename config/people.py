"""Sessions, for the addresses where people sign in and work, and for no others."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from allauth.account.middleware import AccountMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

Answer = Callable[[HttpRequest], Any]
# From the outside in. Allauth's session tracking is not among them: it writes on every request,
# and the list of sessions is kept at sign-in without it.
LAYERS: Sequence[Callable[[Answer], Any]] = (
    SessionMiddleware,
    CsrfViewMiddleware,
    AuthenticationMiddleware,
    MessageMiddleware,
)
UNSHARED = "private, no-store"


class People:
    """Middleware: the layers that know who is asking, in front of `settings.PEOPLE_PATHS`.

    Every other address is handed on at the cost of one comparison: no session is read, no cookie
    set, no token checked. A view behind these layers may count on `request.user`.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)
        self.account = AccountMiddleware(get_response)
        self.signed_in: Answer = self.account
        for layer in reversed(LAYERS):
            self.signed_in = layer(self.signed_in)
        self.paths = tuple(settings.PEOPLE_PATHS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(self.paths):
            response: HttpResponseBase = self.get_response(request)
            return response
        response = self.signed_in(request)
        response.headers.setdefault("Cache-Control", UNSHARED)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> HttpResponseBase | None:
        """Django asks only the layers that it knows of, so we pass on what CSRF says."""
        if not request.path_info.startswith(self.paths):
            return None
        return self.csrf.process_view(request, view, tuple(args), dict(kwargs))

    def process_exception(self, request: HttpRequest, error: Exception) -> Any:
        """The same for what allauth makes of its own exceptions (“sign in again first”)."""
        if not request.path_info.startswith(self.paths):
            return None
        return self.account.process_exception(request, error)
