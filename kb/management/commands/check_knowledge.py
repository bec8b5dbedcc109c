from typing import Any

from django.core.management.base import BaseCommand

from kb.editing.knowledge import refresh_findings_of_everything
from kb.management.progress import Progress
from kb.models import Published


class Command(BaseCommand):
    help = "Check everything that is published, for the page of findings on the desk."

    def handle(self, *args: Any, **options: Any) -> None:
        total = Published.objects.count()
        with Progress(self.stderr, "Checking", total) as progress:
            counted = refresh_findings_of_everything(progress.show)
        for (code, is_error), times in sorted(counted.items(), key=lambda each: -each[1]):
            self.stdout.write(f"{times:>7,}  {'error  ' if is_error else 'warning'}  {code}")
        found = sum(counted.values())
        self.stdout.write(f"{total:,} entries checked: {found:,} findings, listed on the desk.")
