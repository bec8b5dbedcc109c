import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

STEP = 30  # seconds that a code is good for


class Command(BaseCommand):
    help = "The code that a demo account is asked for now, from its secret in demo-accounts.txt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        file = settings.DATA_DIR / "demo-accounts.txt"
        secret = secrets_in(file).get(name)
        if secret is None:
            raise CommandError(f"{file} has no second factor of “{name}”.")
        self.stdout.write(format_hotp_value(hotp_value(secret, int(time.time()) // STEP)))


def secrets_in(file: Path) -> dict[str, str]:
    """Name → secret of every account in the file that has one."""
    found, name = {}, ""
    for line in file.read_text().splitlines() if file.exists() else ():
        word, _, value = line.partition(" ")
        if word == "name":
            name = value.strip()
        elif word == "secret":
            found[name] = value.strip()
    return found
