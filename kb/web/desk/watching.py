"""Watching at the desk: what one follows, how often one hears of it, and what is new of it."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kb.editing import EditingError, watching
from kb.models import User, Watch
from kb.publication.ahead import newest_change
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.watched import digest_of, named, wrong_with

READ = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50  # changes that the page of one thing tells


class FrequencyForm(forms.Form):
    frequency = forms.ChoiceField(
        choices=Watch.Frequency.choices, widget=forms.RadioSelect, label="How often"
    )


@desk_page
def watching_page(request: DeskRequest) -> HttpResponse:
    """`/desk/watching/`: everything that one follows."""
    watches = list(Watch.objects.filter(user=request.user).order_by("-pk"))
    context = {
        "watched": named(watches),
        "form": FrequencyForm(),
        "most": watching.MOST,
        "takes_no_mail": _takes_no_mail(request.user),
    }
    return render(request, "kb/desk/watching.html", context)


@READ
@desk_page
def new_page(request: DeskRequest) -> HttpResponse:
    """`/desk/watching/new/?what=`: says what would be followed; a POST follows it."""
    given = request.POST if request.method == "POST" else request.GET
    address = given.get("what", "")
    try:
        thing, found = watching.thing_at(address), watching.found_for(request.user, address)
    except EditingError as problem:
        return _not_watchable(request, str(problem))
    form = FrequencyForm(request.POST or None, initial={"frequency": Watch.Frequency.DAILY})
    (shown,) = named([found or Watch(**thing._asdict())])
    if request.method == "POST" and form.is_valid():
        try:
            watching.watch(request.user, address, form.cleaned_data["frequency"])
        except EditingError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"You watch “{shown.title}”.")
            return redirect("desk-watching")
    context: dict[str, Any] = {
        "shown": shown,
        "what": thing.address,
        "found": found,
        "form": form,
        "takes_no_mail": _takes_no_mail(request.user),
    }
    return render(request, "kb/desk/watching_new.html", context)


def _not_watchable(request: DeskRequest, problem: str) -> HttpResponse:
    context = {"problem": problem}
    return render(request, "kb/desk/watching_new.html", context, status=HTTPStatus.BAD_REQUEST)


@desk_page
def watched_page(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/watching/<id>/`: what changed since the last mail, which the next one will tell."""
    watch = get_object_or_404(Watch, pk=pk, user=request.user)
    until = newest_change()
    context = {
        "shown": named([watch])[0],
        "wrong": wrong_with(watch),
        "digest": digest_of([watch], until, SHOWN),
        "until": until,
        "form": FrequencyForm(initial={"frequency": watch.frequency}),
        "takes_no_mail": _takes_no_mail(request.user),
    }
    return render(request, "kb/desk/watched.html", context)


@require_POST
@desk_page
def act_on_watched(request: DeskRequest, pk: int) -> HttpResponse:
    """`act`: stop, seen (with `until`) or frequency (with `frequency`)."""
    watch = get_object_or_404(Watch, pk=pk, user=request.user)
    title = named([watch])[0].title
    match request.POST.get("act"):
        case "stop":
            watching.unwatch(watch)
            messages.success(request, f"You do not watch “{title}” any more.")
            return redirect("desk-watching")
        case "seen":
            watching.see(watch, _number(request.POST.get("until", "")))
            messages.success(request, "No mail tells what was new here.")
        case _:
            _set_frequency(request, [watch])
    return redirect("desk-watched", pk)


@require_POST
@desk_page
def act_on_all(request: DeskRequest) -> HttpResponse:
    """Another `frequency` for everything that one follows."""
    _set_frequency(request, list(Watch.objects.filter(user=request.user)))
    return redirect("desk-watching")


def _set_frequency(request: DeskRequest, watches: list[Watch]) -> None:
    try:
        watching.set_frequency(watches, request.POST.get("frequency", ""))
    except EditingError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Saved.")


def _takes_no_mail(user: User) -> bool:
    return user.mail == User.Mail.NONE or not user.email


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
