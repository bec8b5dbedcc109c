from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.editing.verifying import faults_in_history
from kb.models import Revision


class Command(BaseCommand):
    help = "Recompute the hash chain of all revisions and name what was tampered with."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in faults_in_history():
            faults += 1
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{faults} faults in the history.")
        last = Revision.objects.order_by("-pk").first()
        if last is None:
            self.stdout.write("Nothing was published yet.")
        else:
            self.stdout.write(f"{last.pk:,} revisions, unbroken. The chain ends in {last.hash}.")
