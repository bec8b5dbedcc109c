from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.jobs.upkeep import build_release
from kb.releases.building import CannotRelease
from kb.releases.snapshot import AlreadyBuilding


class Command(BaseCommand):
    help = "Build a release of everything public, unless there is one of it already."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            built = build_release()
        except (AlreadyBuilding, CannotRelease) as problem:
            raise CommandError(str(problem)) from None
        release = built.release
        size = sum(file["bytes"] for file in release.files.values()) / 1e6
        if built.is_new:
            self.stdout.write(f"Release {release.name}, {size:.1f} MB, is in {release.folder}.")
        else:
            head = release.manifest["head"]
            self.stdout.write(f"Release {release.name} holds all {head:,} changes already.")
