"""Public addresses, answered without what Django puts around a view.

Nearly every request asks for something public, by GET. Its view depends on the address and on what
is published alone, so the layers around it (signals, middleware, handlers of errors) have nothing
to do, and take longer than the view. Such views say so by `needs_no_layers`; this layer finds them
by the same list of addresses and sends their answers as they are. Everything else goes on to
Django, and so does a view that fails: Django asks it again and tells what is wrong.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import resolve

from config.headers import missing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def public_first(application: "WSGIApplication") -> "WSGIApplication":
    """`application` with the layer in front of it."""

    def layered(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        response = public_answer(environ) if environ["REQUEST_METHOD"] == "GET" else None
        if response is None:
            return application(environ, start_response)
        status = f"{response.status_code} {response.reason_phrase}"
        more = missing(response)
        if "Content-Length" not in response.headers:
            more["Content-Length"] = str(len(response.content))
        start_response(status, [*response.items(), *more.items()])
        return (response.content,)

    return layered


def public_answer(environ: "WSGIEnvironment") -> HttpResponse | None:
    """The answer of a view that needs no layers; None when Django must look."""
    try:
        request = WSGIRequest({**environ})  # which changes what it is given
        view, args, kwargs = request.resolver_match = resolve(request.path_info)
        if not getattr(view, "needs_no_layers", False):
            return None
        request.get_host()  # a foreign one is refused
        response = view(request, *args, **kwargs)
    except Exception:  # noqa: BLE001  Django's answer tells what is wrong
        return None
    return response if isinstance(response, HttpResponse) else None
