from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.documents.reading import document_files, read_documents
from kb.editing.importing import ImportRefused, Report, import_documents
from kb.management.progress import Progress

SHOWN = 200  # problems on the console; more would scroll the first ones away


class Command(BaseCommand):
    help = (
        "Import documents (YAML, JSON or JSONL). Into an empty knowledge base they are published"
        " as its founding import; into any other they become changesets for review."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, or one file")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        if not path.exists():
            raise CommandError(f"There is no file or folder “{path}”.")
        try:
            total = (
                document_files(path) if path.is_dir() else 0
            )  # a file may hold a document a line
            with Progress(self.stderr, "Importing", total) as progress:
                report = import_documents(read_documents(path), on_progress=progress.show)
        except ImportRefused as refused:
            self._list(refused)
            raise CommandError(f"{len(refused.problems)} problems. Nothing was changed.") from None
        self._tell(report)

    def _list(self, refused: ImportRefused) -> None:
        for problem in refused.problems[:SHOWN]:
            self.stderr.write(problem)
        if (more := len(refused.problems) - SHOWN) > 0:
            self.stderr.write(f"… and {more} more.")

    def _tell(self, report: Report) -> None:
        if report.published:
            self.stdout.write(f"{report.published:,} entries published as the founding import.")
            return
        opened = ", ".join(str(changeset.pk) for changeset in report.changesets) or "none"
        self.stdout.write(
            f"{report.unchanged:,} documents unchanged, {report.for_review:,} for review"
            f" (changesets: {opened})."
        )
