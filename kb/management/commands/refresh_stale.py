from typing import Any

from django.core.management.base import BaseCommand

from kb.jobs.upkeep import render_stale


class Command(BaseCommand):
    help = "Render the entries that still show an old name of something they refer to."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{render_stale():,} entries rendered.")
