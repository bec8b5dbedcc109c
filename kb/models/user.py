"""People with an account, and what the board has let them do."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    """What somebody may do. Everyone with an account is a contributor; the rest is granted."""

    CONTRIBUTOR = "contributor", "Contributor"
    EDITOR = "editor", "Editor"
    MANAGING_EDITOR = "managing-editor", "Managing editor"
    ADMINISTRATOR = "administrator", "Administrator"


BOARD = (Role.EDITOR, Role.MANAGING_EDITOR)
GRANTED = (*BOARD, Role.ADMINISTRATOR)


class UserQuerySet(models.QuerySet["User"]):
    def holding(self, *roles: str) -> Self:
        """Active people who hold one of these granted roles now."""
        grants = Grant.objects.current().filter(role__in=roles)
        return self.filter(is_active=True, pk__in=grants.values("user"))

    def on_board(self) -> Self:
        """Active members of the editorial board."""
        return self.holding(*BOARD)


class PeopleManager(UserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager, with the questions above."""


class User(AbstractUser):
    """A person with an account. Our own from the first migration, so that it can grow.

    `affiliations`: keys of the entries that the person belongs to, shown where they approve.
    """

    class Mail(models.TextChoices):
        AT_ONCE = "at-once", "What concerns me at once, the rest in a daily digest"
        DAILY = "daily", "Everything in a daily digest"
        NONE = "none", "No mail; I look at the desk"

    full_name = models.CharField(max_length=150, blank=True)
    affiliations = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    mail = models.CharField(max_length=10, choices=Mail, default=Mail.AT_ONCE)

    objects = PeopleManager()  # type: ignore[misc]

    @property
    def shown_name(self) -> str:
        """How pages call the person."""
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.shown_name

    def roles(self) -> frozenset[str]:
        """The roles held now, that of a contributor included; none when not active."""
        if not self.is_active:
            return frozenset()
        granted = Grant.objects.current().filter(user=self).values_list("role", flat=True)
        return frozenset({str(Role.CONTRIBUTOR), *granted})

    @property
    def is_on_board(self) -> bool:
        return not self.roles().isdisjoint(BOARD)


class GrantQuerySet(models.QuerySet["Grant"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Grant(models.Model):
    """A role that was given to somebody, by whom and when, and when it ended: kept for ever."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants"
    )
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in GRANTED])
    # Nobody, for the first board, which a command sets up.
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ended_at__isnull=True),
                name="grant_of_a_role_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class AccessToken(models.Model):
    """A secret with which a program acts for its owner. Only its SHA-256 is kept.

    `scopes`: `read`, `draft`. `shown`: its first characters, by which its owner knows it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_tokens"
    )
    name = models.CharField(max_length=80)
    shown = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.shown}…)"
