from typing import Any

from django.core.management.base import BaseCommand

from kb.jobs.worker import work


class Command(BaseCommand):
    help = (
        "Run the jobs that are due (mail, schedules, upkeep) until stopped. `make run` starts it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        work()
