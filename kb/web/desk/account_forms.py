"""Allauth's forms, in our words. Apart from `signing_up`, which these ask when they are loaded."""

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm, SignupForm
from django import forms


class SignUp(SignupForm):  # type: ignore[misc]
    """Allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call(self, username="User name", email="E-mail address")
        self.fields["username"].help_text = "Letters a to z, digits, dots, hyphens, underscores."
        self.fields["email"].help_text = "We send a link there. Nobody else sees it."


class SignIn(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call(self, login="User name or e-mail address")
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class NewAddress(AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call(self, email="New address")


class ForgottenPassword(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call(self, email="E-mail address")


def call(form: forms.Form, **labels: str) -> None:
    """Name fields, once: a placeholder that repeats the label would only look like an answer."""
    for name, label in labels.items():
        form.fields[name].label = label
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
