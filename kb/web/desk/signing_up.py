"""What signing up asks for here, and whose address stands in the mails about it."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest

from kb.models import User


class MoreAboutYou(forms.Form):
    """What allauth's form for signing up asks beside its own questions."""

    full_name = forms.CharField(
        max_length=150,
        required=False,
        label="Full name",
        help_text="Shown beside your work in place of your user name.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, _request: HttpRequest, user: User) -> None:
        user.full_name = self.cleaned_data["full_name"].strip()
        user.save(update_fields=["full_name"])


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth asks this how things are done here."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links in mails lead to our permanent address, whatever host a request has named."""
        told = {
            name: permanent(value) if name.endswith("_url") else value
            for name, value in context.items()
        }
        super().send_mail(template_prefix, email, {**told, "site_name": settings.SITE_NAME})


def permanent(address: str) -> str:
    """The same page at the host in settings; as it was where they name none."""
    if not settings.PUBLIC_URL:
        return address
    parts = urlsplit(address)
    return settings.PUBLIC_URL + parts.path + (f"?{parts.query}" if parts.query else "")
