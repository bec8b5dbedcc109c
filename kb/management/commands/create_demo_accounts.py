import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kb.editing.board import Joined, Member, set_up
from kb.models import Role, User

MEMBERS = [
    Member("carl", "carl@demo.invalid", "", "Carl (contributor)"),
    Member("ada", "ada@demo.invalid", Role.EDITOR, "Ada (editor)"),
    Member("grace", "grace@demo.invalid", Role.EDITOR, "Grace (editor)"),
    Member("marie", "marie@demo.invalid", Role.MANAGING_EDITOR, "Marie (managing editor)"),
    Member("root", "root@demo.invalid", Role.ADMINISTRATOR, "Root (administrator)"),
]
NEED_A_FACTOR = (Role.MANAGING_EDITOR, Role.ADMINISTRATOR)
HEAD = """\
Accounts to try {site} with, one for each role. Whoever reads this file can sign in as any of them.
Sign in at /accounts/login/. Where a code is asked for, put the secret into an authenticator app,
or have it computed: .venv/bin/python manage.py demo_code NAME

"""


class Command(BaseCommand):
    help = (
        "Make an account for each role, for trying things out, where there is no account yet. "
        "Names, passwords and second factors are written to a file for its owner alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if settings.PUBLIC_URL:
            raise CommandError("Demo accounts are for a trial, and CG_URL says that this is none.")
        if not User.objects.exists():
            create(file)
        if file.exists():
            self.stdout.write(f"Demo accounts for each role: {file}")


@transaction.atomic
def create(file: Path) -> None:
    """The accounts and the file, or neither."""
    lines = [line for one in set_up(MEMBERS) for line in (*about(one), "")]
    write_for_owner(file, HEAD.format(site=settings.SITE_NAME) + "\n".join(lines))


def about(one: Joined) -> list[str]:
    lines = [f"name      {one.user.username}", f"password  {one.password}"]
    roles = one.user.grants.current().values_list("role", flat=True)
    lines.insert(1, f"role      {', '.join(roles) or Role.CONTRIBUTOR}")
    if set(NEED_A_FACTOR) & set(roles):
        secret = generate_totp_secret()
        TOTP.activate(one.user, secret)
        uri = get_adapter().build_totp_url(one.user, secret)
        lines += [f"secret    {secret}", f"app       {uri}"]
    return lines


def write_for_owner(file: Path, text: str) -> None:
    """Replace `file` by one that its owner alone may read."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
    draft.replace(file)
