"""What one person is told at the desk: seen, left, taken up again."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kb.models import Changeset, Mute, Notice, User
from kb.models.conversation import NoticeQuerySet


def notices_of(user: User) -> NoticeQuerySet:
    """What `user` has not seen yet, without what is about changesets they may no longer see."""
    seeing = Changeset.objects.visible_to(user).values("pk")
    visible = Q(activity__changeset__isnull=True) | Q(activity__changeset__in=seeing)
    return Notice.objects.unseen().filter(visible, user=user)


@transaction.atomic
def mark_seen(notices: NoticeQuerySet) -> int:
    """Mark these as seen; mail that still waits for them is not sent. Returns how many.

    One that is being mailed at this moment is left out: a page does not wait for a mail server.
    """
    held = notices.select_for_update(skip_locked=True, no_key=True, of=("self",))
    chosen = list(held.values_list("pk", flat=True))
    return Notice.objects.filter(pk__in=chosen).update(seen_at=timezone.now())


@transaction.atomic
def leave(changeset: Changeset, *, by: User) -> None:
    """Hear no more of a changeset, unless mentioned in it; what waits of it is seen."""
    Mute.objects.get_or_create(changeset=changeset, user=by)
    mark_seen(Notice.objects.unseen().filter(user=by, activity__changeset=changeset))


def rejoin(changeset: Changeset, *, by: User) -> None:
    """Hear of it again."""
    Mute.objects.filter(changeset=changeset, user=by).delete()


def has_left(changeset: Changeset, user: User) -> bool:
    return Mute.objects.filter(changeset=changeset, user=user).exists()
