"""Ending mail about what one watches, from the mail itself: without a session, by one click.

A mail names this page in `List-Unsubscribe`, and mail programs send it `List-Unsubscribe=One-Click`
by themselves. Looking at the page ends nothing: programs follow links to check them. The secret in
the address takes the place of a session and of a CSRF token; nobody else's browser has it.

Source: RFC 8058
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kb.editing import watching
from kb.web.pages import page
from kb.web.suggest import private
from kb.web.watched import named


def stop_path(secret: str) -> str:
    return f"/watching/stop/{secret}/"


@require_http_methods(["GET", "HEAD", "POST"])
def stop_page(request: HttpRequest, secret: str) -> HttpResponse:
    """`/watching/stop/<secret>/`: which mail would end; a POST ends it, and may come twice."""
    watches = watching.opened(secret)
    if watches is None:
        return private(page(request, "kb/404.html", {"address": ""}, status=404))
    if request.method == "POST":
        watching.stop_mail(watches)
    context = {
        "address": "",
        "watched": named(watches),
        "here": stop_path(secret),
        "is_over": request.method == "POST" or not watches,
    }
    return private(page(request, "kb/stop_mail.html", context))
