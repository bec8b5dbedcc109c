"""What tests of editing ask for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from kb.models import AccessToken, User


@pytest.fixture
def access_token() -> Callable[[User], AccessToken]:
    """Makes a token that acts for its owner."""

    def make(owner: User) -> AccessToken:
        return AccessToken.objects.create(
            user=owner,
            name="notebook",
            shown="cg_abcdefgh",
            secret_hash="0" * 64,
            scopes=["read", "draft"],
            expires_at=timezone.now() + timedelta(days=1),
        )

    return make
