from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from kb.editing.publishing import take_publish_lock
from kb.publication.refresh import refresh_stale


class Command(BaseCommand):
    help = "Render the entries that still show an old name of something they refer to."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while rendered := self._one_batch():
            total += rendered
        self.stdout.write(f"{total:,} entries rendered.")

    def _one_batch(self) -> int:
        with transaction.atomic():
            take_publish_lock()
            return refresh_stale()
