"""Webhooks at the desk: whom we tell of what is published, and what came of each message."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kb.editing import EditingError, webhooks
from kb.kinds import kinds
from kb.models import Webhook
from kb.web.desk.access import DeskRequest, desk_page

READ = require_http_methods(["GET", "HEAD", "POST"])
LOGGED = 50  # deliveries that the page lists


class WebhookForm(forms.Form):
    url = forms.CharField(
        max_length=1000,
        label="Address",
        help_text="We POST to it: https://example.org/hook",
        widget=forms.URLInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Only these kinds",
        help_text="All of them where none is ticked.",
    )
    terms = forms.CharField(
        required=False,
        max_length=2000,
        label="Only under these terms",
        help_text="As filters of lists write them, with spaces between.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [(kind.name, kind.label_plural) for kind in kinds()]
        self.fields["kinds"].choices = choices  # type: ignore[attr-defined]
        examples = ", ".join(f"{name}:…" for name in webhooks.feed_terms())
        self.fields["terms"].help_text += f" {examples}" if examples else ""


@READ
@desk_page
def webhooks_page(request: DeskRequest) -> HttpResponse:
    """`/desk/webhooks/`: one's addresses; a POST adds one."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = webhooks.add(
                request.user,
                asked["url"].strip(),
                kinds_told=asked["kinds"],
                terms=asked["terms"].split(),
            )
        except EditingError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "It is told of what is published from now on.")
            return redirect("desk-webhook", made.pk)
    context = {"form": form, "webhooks": Webhook.objects.filter(user=request.user).order_by("pk")}
    return render(request, "kb/desk/webhooks.html", context)


@desk_page
def webhook_page(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/webhooks/<id>/`: its secret, and what was sent."""
    webhook = get_object_or_404(Webhook, pk=pk, user=request.user)
    context = {
        "webhook": webhook,
        "secret": webhooks.PREFIX + webhook.secret,
        "overlaps": webhook.former_until and webhook.former_until > timezone.now(),
        "deliveries": webhook.deliveries.order_by("-pk")[:LOGGED],
    }
    return render(request, "kb/desk/webhook.html", context)


@require_POST
@desk_page
def act_on_webhook(request: DeskRequest, pk: int) -> HttpResponse:
    """`act`: test, rotate, enable, replay (with `delivery`), since (with `sequence`) or delete."""
    webhook = get_object_or_404(Webhook, pk=pk, user=request.user)
    match request.POST.get("act"):
        case "delete":
            webhook.delete()
            messages.success(request, "It is told of nothing any more.")
            return redirect("desk-webhooks")
        case act:
            messages.success(request, _act(request, webhook, act or ""))
            return redirect("desk-webhook", pk)


def _act(request: DeskRequest, webhook: Webhook, act: str) -> str:
    """What was done, in words."""
    match act:
        case "test":
            webhooks.send_test(webhook)
            return "A test is sent within a minute."
        case "rotate":
            webhooks.rotate(webhook)
            return "There is a new secret. The former one signs too for a day."
        case "enable":
            webhooks.enable(webhook)
            return "It is told again."
        case "replay":
            chosen = _number(request, "delivery")
            webhooks.replay(get_object_or_404(webhook.deliveries, pk=chosen))
            return "It is sent again within a minute."
        case "since":
            webhooks.replay_since(webhook, _number(request, "sequence"))
            return "Everything from that change on is sent again."
        case _:
            return "Nothing was done."


def _number(request: DeskRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
