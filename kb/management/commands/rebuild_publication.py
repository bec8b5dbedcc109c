from typing import Any

from django.core.management.base import BaseCommand

from kb.management.progress import Progress
from kb.models import Entry
from kb.publication.rebuild import rebuild


class Command(BaseCommand):
    help = "Delete everything public and make it anew from the published revisions."

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress(self.stderr, "Rebuilding", Entry.objects.count()) as progress:
            rebuilt = rebuild(progress.show)
        self.stdout.write(f"{rebuilt:,} entries rebuilt.")
