"""One's own account: what is shown of oneself, sessions, access tokens, and leaving."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kb.editing import EditingError, people, tokens
from kb.models import AccessToken, User
from kb.web.desk.access import DeskRequest, desk_page, has_second_factor, roles_demanding_a_factor

READ = require_http_methods(["GET", "HEAD", "POST"])
SEPARATORS = re.compile(r"[\s,;]+")
TOKEN_LIFE = timedelta(days=90)
WHAT_TOKENS_MAY = [
    ("read", "Read what you may read"),
    ("draft", "Write drafts in your name and submit them: others review them, never you"),
]


class ProfileForm(forms.Form):
    full_name = forms.CharField(
        max_length=150,
        required=False,
        help_text="Shown in place of your user name where people see each other’s work.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    affiliations = forms.CharField(
        max_length=2000,
        required=False,
        help_text="Keys of the entries you belong to, as in their addresses, with spaces between "
        "them. When you approve a change to one of them, everybody sees that you belong to it.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    mail = forms.ChoiceField(
        choices=User.Mail.choices, widget=forms.RadioSelect, label="Mail from the desk"
    )

    def clean_affiliations(self) -> list[str]:
        return [key for key in SEPARATORS.split(self.cleaned_data["affiliations"]) if key]


@READ
@desk_page
def account_page(request: DeskRequest) -> HttpResponse:
    """`/desk/account/`: what a person says of themselves, and the ways to everything else."""
    user = request.user
    form = ProfileForm(request.POST or None, initial=profile_of(user))
    if request.method == "POST" and form.is_valid():
        try:
            people.set_profile(user, **form.cleaned_data)
        except EditingError as problem:
            form.add_error("affiliations", str(problem))
        else:
            messages.success(request, "Saved.")
            return redirect("desk-account")
    return render(request, "kb/desk/account.html", {"form": form, **standing_of(user)})


def profile_of(user: User) -> dict[str, str]:
    affiliations = " ".join(user.affiliations)
    return {"full_name": user.full_name, "affiliations": affiliations, "mail": user.mail}


def standing_of(user: User) -> dict[str, Any]:
    """What the page says of the account beside the form."""
    grants = user.grants.current().select_related("granted_by").order_by("pk")
    return {
        "grants": list(grants),
        "has_second_factor": has_second_factor(user),
        "must_have_second_factor": bool(roles_demanding_a_factor(user)),
        "tokens": tokens.in_force(user).count(),
    }


@READ
@desk_page
def sessions_page(request: DeskRequest) -> HttpResponse:
    """`/desk/account/sessions/`: where one is signed in; a POST ends `session`, or all others."""
    if request.method == "POST":
        end_sessions(request, request.POST.get("session", ""))
        return redirect("desk-sessions")
    sessions: list[UserSession] = UserSession.objects.purge_and_list(request.user)
    sessions.sort(key=lambda each: (not is_this(each, request), -each.created_at.timestamp()))
    rows = [{"session": each, "is_this": is_this(each, request)} for each in sessions]
    return render(request, "kb/desk/sessions.html", {"rows": rows})


def end_sessions(request: DeskRequest, which: str) -> None:
    """End the session with the id `which`; all but this one for “others”."""
    own = UserSession.objects.filter(user=request.user)
    chosen = own if which == "others" else own.filter(pk=int(which) if which.isdigit() else 0)
    ended = [each for each in chosen if not is_this(each, request)]
    for each in ended:
        each.end()
    told = {0: "No session was ended.", 1: "The session has ended."}
    messages.success(request, told.get(len(ended), f"{len(ended)} sessions have ended."))


def is_this(session: UserSession, request: DeskRequest) -> bool:
    return bool(session.session_key == request.session.session_key)


class TokenForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="What it is for, as “reading list”.")
    scopes = forms.MultipleChoiceField(
        choices=WHAT_TOKENS_MAY, widget=forms.CheckboxSelectMultiple, label="It may"
    )
    ends = forms.DateField(
        label="It ends on",
        help_text="Within a year; at the end of that day, UTC.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_ends(self) -> datetime:
        return datetime.combine(self.cleaned_data["ends"], time(23, 59, 59), UTC)


@READ
@desk_page
def tokens_page(request: DeskRequest) -> HttpResponse:
    """`/desk/account/tokens/`: one's tokens; a POST makes one, whose secret is shown this once."""
    ends = timezone.now() + TOKEN_LIFE
    form = TokenForm(request.POST or None, initial={"scopes": ["read"], "ends": ends.date()})
    secret, made = "", None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made, secret = tokens.create(
                request.user, asked["name"], asked["scopes"], expires_at=asked["ends"]
            )
        except EditingError as problem:
            form.add_error(None, str(problem))
    context = {
        "form": form,
        "secret": secret,
        "made": made,
        "tokens": request.user.access_tokens.order_by("-pk")[:100],
        "now": timezone.now(),
    }
    return render(request, "kb/desk/tokens.html", context)


@require_POST
@desk_page
def revoke_token(request: DeskRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(AccessToken, pk=pk, user=request.user)
    tokens.revoke(token, by=request.user)
    messages.success(request, f"“{token.name}” opens nothing any more.")
    return redirect("desk-tokens")


@READ
@desk_page
@reauthentication_required  # type: ignore[untyped-decorator]
def delete_page(request: DeskRequest) -> HttpResponse:
    """`/desk/account/delete/`: says what stays; whoever types their user name is taken out."""
    user, wrong = request.user, ""
    if request.method == "POST":
        if request.POST.get("username") != user.username:
            wrong = f"To delete the account, write its name: {user.username}"
        else:
            try:
                people.delete_account(user, by=user)
            except EditingError as problem:
                wrong = str(problem)
            else:
                logout(request)
                return redirect("/")
    return render(request, "kb/desk/delete_account.html", {"wrong": wrong})
