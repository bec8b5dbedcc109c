"""The security headers of every answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# One layer in place of Django's two or three, as the values never change. Everything comes from
# this site; no script or style stands in a page itself. A view that needs another policy (a page
# that may be embedded) sets the header and is left alone.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def missing(response: HttpResponse) -> dict[str, str]:
    """Those of `HEADERS` that an answer lacks.

    One with a policy of its own says in it who may put it into a frame; the older header, which
    knows only yes and no, would contradict it.
    """
    lacked = {name: value for name, value in HEADERS.items() if name not in response.headers}
    if "Content-Security-Policy" not in lacked:
        lacked.pop("X-Frame-Options", None)
    return lacked


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that adds `HEADERS` where the view has not set its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in missing(response).items():
            response.headers[name] = value
        return response

    return middleware
