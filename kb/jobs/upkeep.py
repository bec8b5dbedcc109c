"""Keeping in order what is computed, and forgetting what need not be kept."""

import logging
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction

from kb.editing.publishing import take_publish_lock
from kb.editing.suggestions import ADDRESS_KEPT
from kb.models import AnsweredRequest, Published, VisitorSuggestion
from kb.models.answered import KEPT as ANSWERS_KEPT
from kb.publication.refresh import refresh_stale
from kb.releases.building import Built, CannotRelease, build
from kb.releases.snapshot import AlreadyBuilding

log = logging.getLogger("kb.jobs")

NETWORKS_KEPT = timedelta(days=7)


def render_stale() -> int:
    """Render all entries that still show an old name of something they refer to, batch by batch.

    Returns how many. The lock is taken for each batch, so that publishing waits for one at most.
    """
    total = 0
    while Published.objects.filter(is_stale=True).exists():
        with transaction.atomic():
            take_publish_lock()
            total += refresh_stale()
    return total


def build_release() -> Built:
    """Build a release of what is public now, every name in it the one of today.

    Raises AlreadyBuilding, or CannotRelease.
    """
    render_stale()
    return build()


def build_due_release() -> None:
    """Build a release where something was published, unless one is being built."""
    try:
        build_release()
    except (AlreadyBuilding, CannotRelease) as problem:
        log.warning("No release was built: %s", problem)


def clear_sessions() -> None:
    """Delete sessions that have ended."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def forget_networks(now: datetime) -> int:
    """Forget from which networks suggestions came a week ago. Returns of how many."""
    old = VisitorSuggestion.objects.exclude(network_hash="")
    return old.filter(created_at__lt=now - NETWORKS_KEPT).update(network_hash="")


def forget_addresses(now: datetime) -> int:
    """Forget the e-mail addresses of visitors, 90 days after the answer. Returns of how many.

    One whose suggestion is still being worked on is kept until it has heard what came of it.
    """
    answered = VisitorSuggestion.objects.exclude(email="").filter(
        answered_at__lt=now - ADDRESS_KEPT
    )
    settled = answered.exclude(status=VisitorSuggestion.Status.TAKEN)
    return settled.update(email="")


def forget_answers(now: datetime) -> int:
    """Forget what programs were answered a day ago to requests with a key. Returns of how many."""
    return AnsweredRequest.objects.filter(made_at__lt=now - ANSWERS_KEPT).delete()[0]
