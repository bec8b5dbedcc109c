"""`manage.py openapi`: the OpenAPI file: to write, compare, promise, or fill with examples."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.api import examples, promises
from kb.api.openapi import FILE, as_text, described


class Command(BaseCommand):
    help = "Print the OpenAPI file; --write it; --check that the committed one is current."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/openapi.json")
        parser.add_argument("--check", action="store_true", help="fail when it is out of date")
        parser.add_argument(
            "--promise", action="store_true", help="write docs/api-promises.txt, for a release"
        )
        parser.add_argument(
            "--record", action="store_true", help="first record the examples from the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["record"]:
            examples.record()
        if options["promise"]:
            promises.FILE.write_text("\n".join([*promises.promises(described()), ""]))
        text = as_text()
        if options["check"]:
            if not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
                raise CommandError(f"{FILE.name} is out of date: run manage.py openapi --write")
        elif options["write"]:
            FILE.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
