"""Signed tokens for forms on pages without a session.

A token says when its form was drawn and holds a nonce by which a second sending is known. It takes
the place of a CSRF token: that one keeps other sites from acting with somebody's session, and here
is none. Whoever makes a stranger's browser send such a form has what they could have sent
themselves, and nothing in the answer can be read by them. What is left, robots, is what the token
is for: it costs them a page, three seconds, and holds for a day.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone

LEAST_AGE = timedelta(seconds=3)  # nobody reads and writes that fast
GREATEST_AGE = timedelta(hours=24)
SALT = "kb.web.form_tokens"


class WrongToken(ValueError):
    """The form cannot be taken as it came; `str()` says why. `is_spent`: it needs a new token."""

    def __init__(self, text: str, *, is_spent: bool = True):
        self.is_spent = is_spent
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class FormToken:
    """`drawn_at`: seconds of the epoch. `nonce`: 32 random characters, as URLs may hold them."""

    nonce: str
    drawn_at: int

    @classmethod
    def new(cls) -> "FormToken":
        return cls(secrets.token_urlsafe(24), int(timezone.now().timestamp()))

    @classmethod
    def opened(cls, text: str) -> "FormToken":
        """The token that a form sent. Raises WrongToken: not ours, sent too soon, or too late."""
        try:
            nonce, drawn_at = signing.Signer(salt=SALT).unsign_object(text)
        except (signing.BadSignature, ValueError, TypeError):
            raise WrongToken(
                "This form was not complete. Look it over and send it again."
            ) from None
        token = cls(nonce, drawn_at)
        token._refuse_wrong_age()
        return token

    def _refuse_wrong_age(self) -> None:
        age = timedelta(seconds=timezone.now().timestamp() - self.drawn_at)
        if age > GREATEST_AGE:
            raise WrongToken("This form was opened more than a day ago. Send it again.")
        if age < LEAST_AGE:
            raise WrongToken(
                "That was faster than people write, so it may have been a robot. Wait three "
                "seconds and send it again.",
                is_spent=False,
            )

    def sealed(self) -> str:
        """What stands in the form."""
        return signing.Signer(salt=SALT).sign_object((self.nonce, self.drawn_at))
