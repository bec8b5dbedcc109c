from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.editing.exporting import export_documents


class Command(BaseCommand):
    help = "Write every published document as YAML, one file an entry: what import_documents reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="an empty or new folder")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if folder.exists() and any(folder.iterdir()):
            raise CommandError(f"“{folder}” is not empty. Name a new folder.")
        written = export_documents(folder)
        self.stdout.write(f"{written:,} documents written to {folder}.")
