"""Every address of the site. The subject comes first, so that an address of its own wins."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from kb.api import errors as api_errors
from kb.api.views import api_page
from kb.web import errors as web_errors

urlpatterns = [
    path("api/", api_page, name="api-page"),
    # Nothing of the two overlaps; the engine's are asked for more often, so they are tried first.
    path("api/v1/", include("kb.api.urls")),
    path("api/v1/", include("governance.api.urls")),
    path("", include("governance.web.urls")),
    path("", include("kb.web.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]


def is_for_programs(request: HttpRequest) -> bool:
    """Whether the answer must be problem+json: everywhere under `/api/` but on its page."""
    return request.path.startswith("/api/") and request.path != "/api/"


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    answer = api_errors.bad_request if is_for_programs(request) else web_errors.bad_request
    return answer(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    answer = api_errors.not_found if is_for_programs(request) else web_errors.not_found
    return answer(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    answer = api_errors.server_error if is_for_programs(request) else web_errors.server_error
    return answer(request)
