"""What a form sent when the session had ended: kept, shown after signing in, and sent again.

It is kept in the session of the visitor who sent it, on the server, and only when the request
came from a page of ours: Django has checked its CSRF token, or the browser names us as its origin.
Nothing is sent again by itself: the person looks at it and presses a button, which carries a fresh
token.
"""

from typing import TypedDict
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

SLOT = "kept_posts"  # in the session: list[KeptPost]
PATH = "/desk/kept/"
MOST_BYTES = 1 << 20  # of names and values, in one session
PATIENCE = 60 * 60  # seconds that we remember a visitor who does not sign in
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field

TOO_LARGE = "What you sent is larger than 1 MiB and could not be kept."
TOO_OFTEN = "Too much was sent from here without signing in."
SIGN_IN = "Your session had ended. What you sent is kept: sign in, and you can send it again."
STALE = "That page was older than your session. What you sent is kept: look at it and send it."


class KeptPost(TypedDict):
    """`fields`: [name, value] of each, in order."""

    path: str
    fields: list[list[str]]


def keep(request: HttpRequest) -> HttpResponse:
    """Keep what `request` posts; lead to `kept_page`, by way of signing in where that is needed."""
    post: KeptPost = {"path": request.get_full_path(), "fields": posted_fields(request)}
    posts = [*(each for each in kept_posts(request) if each != post), post]
    if sum(map(size_of, posts)) > MOST_BYTES:
        return not_kept(request, TOO_LARGE, 413)
    if not ratelimit.consume(request, action="kept_post"):
        return not_kept(request, TOO_OFTEN, 429)
    request.session[SLOT] = posts
    if request.user.is_authenticated:
        messages.warning(request, STALE)
        return redirect(PATH)
    request.session.set_expiry(PATIENCE)
    messages.warning(request, SIGN_IN)
    return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': PATH})}")


def kept_posts(request: HttpRequest) -> list[KeptPost]:
    posts: list[KeptPost] = request.session.get(SLOT, [])
    return posts


def posted_fields(request: HttpRequest) -> list[list[str]]:
    """Name and value of each field but the token, in order. Uploaded files are not among them."""
    return [
        [name, str(value)]
        for name, values in request.POST.lists()
        if name != TOKEN
        for value in values
    ]


def size_of(post: KeptPost) -> int:
    return sum(len(text.encode()) for field in post["fields"] for text in field)


def not_kept(request: HttpRequest, what: str, status: int) -> HttpResponse:
    context = {"what": what, "sign_in": settings.LOGIN_URL}
    return render(request, "kb/desk/not_kept.html", context, status=status)


def forget_sent(request: HttpRequest) -> None:
    """What has now been sent by somebody signed in need not be kept any longer."""
    if posts := kept_posts(request):
        post = {"path": request.get_full_path(), "fields": posted_fields(request)}
        request.session[SLOT] = [each for each in posts if each != post]


@require_http_methods(["GET", "HEAD", "POST"])
def kept_page(request: HttpRequest) -> HttpResponse:
    """`/desk/kept/`: each in a form that sends it where it belongs. A POST throws all away."""
    if request.method == "POST":
        request.session.pop(SLOT, None)
    posts = kept_posts(request)
    if not posts:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "kb/desk/kept.html", {"posts": posts, "path": PATH})


def stale_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django calls this when a CSRF token does not fit, as after signing in in another tab.

    When the browser says that the request came from a page of ours, nobody has forged it.
    """
    if is_for_a_script(request):
        return JsonResponse({"detail": f"Load the page again: {reason}"}, status=403)
    if request.path_info.startswith("/desk/") and is_from_here(request):
        return keep(request)
    return render(request, "kb/desk/stale.html", {}, status=403)


def is_from_here(request: HttpRequest) -> bool:
    ours = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {ours, *settings.CSRF_TRUSTED_ORIGINS}


def is_for_a_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers or not request.accepts("text/html")
