"""Pages for what went wrong outside of any view."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader

from kb.web.pages import page


def bad_request(request: HttpRequest, _exception: Exception) -> HttpResponse:
    detail = "The address or the host name is not one that we can read."
    return page(request, "kb/400.html", {"detail": detail, "address": ""}, status=400)


def not_found(request: HttpRequest, _exception: Exception) -> HttpResponse:
    return page(request, "kb/404.html", {"address": ""}, status=404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Our fault. Falls back to plain text where even templates are out of order."""
    try:
        return HttpResponse(loader.get_template("kb/500.html").render({}), status=500)
    except Exception:  # noqa: BLE001 - the last resort must not fail
        text = f"{settings.SITE_NAME}: something went wrong here.\n"
        return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")
