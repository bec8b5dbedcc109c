"""Who may come to the desk at all. What they may do there, `kb.editing.permissions` says."""

from collections.abc import Callable
from functools import update_wrapper
from http import HTTPStatus
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from kb.models import Role, User
from kb.web.desk.kept import forget_sent, is_for_a_script, keep

Rest = ParamSpec("Rest")

TRUSTED = (Role.MANAGING_EDITOR, Role.ADMINISTRATOR)  # only with a second factor
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
WHY = (
    "As {role} you can do what nobody should be able to do with a stolen password. "
    "Set up a second factor (an authenticator app or a passkey), then go on."
)


class DeskRequest(HttpRequest):
    """A request behind `desk_page`: somebody has signed in."""

    user: User


def desk_page(
    view: Callable[Concatenate[DeskRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """A page for people who have signed in, with a second factor where their role asks for one.

    Whoever has a session has confirmed an e-mail address and is active: signing in demands both,
    and a session ends when its account is blocked. Behind this, `request.user.roles()` asks the
    database once a request. What a form sends without a session is kept until its sender has
    signed in; a script that asks for JSON is told with status 401 and keeps its text itself. What a
    view does not find (Http404) is said in the frame of the desk.
    """

    def answer(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        person = remember_roles(request)
        if demanding := roles_without_second_factor(person):
            messages.warning(request, WHY.format(role=named(demanding)))
            return redirect("mfa_index")
        try:
            response = view(cast("DeskRequest", request), *args, **kwargs)
        except Http404:
            response = render(request, "kb/desk/404.html", status=HTTPStatus.NOT_FOUND)
        if request.method == "POST" and response.status_code < HTTPStatus.BAD_REQUEST:
            forget_sent(request)
        return response

    update_wrapper(answer, view)
    return answer


def remember_roles(request: HttpRequest) -> User:
    """The person, whose roles are read from the database once."""
    person = cast("User", request.user)
    held = person.roles()
    person.roles = lambda: held  # type: ignore[method-assign]
    return person


def roles_without_second_factor(person: User) -> list[Role]:
    """The roles held that demand a second factor, where there is none."""
    demanding = roles_demanding_a_factor(person)
    return demanding if demanding and not has_second_factor(person) else []


def roles_demanding_a_factor(person: User) -> list[Role]:
    return [role for role in TRUSTED if role in person.roles()]


def has_second_factor(person: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).exists())


def named(roles: list[Role]) -> str:
    """ "managing editor and administrator" """
    return " and ".join(role.label.lower() for role in roles)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the page for signing in and back here; nothing that was sent is lost."""
    if is_for_a_script(request):
        told = {"detail": "Sign in again.", "sign_in": settings.LOGIN_URL}
        return JsonResponse(told, status=HTTPStatus.UNAUTHORIZED)
    if request.method == "POST":
        return keep(request)
    return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
