from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.editing import EditingError
from kb.editing.board import Joined, Member, is_able_to_publish, set_up
from kb.models.user import GRANTED


class Command(BaseCommand):
    help = (
        "Set up a first board. Prints a random password for each new account, once. "
        "Managing editors and administrators set up a second factor when they first sign in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for role in GRANTED:
            parser.add_argument(
                f"--{role.value}",
                dest=role.value,
                nargs=2,
                metavar=("NAME", "EMAIL"),
                action="append",
                default=[],
                help=f"a {role.label.lower()}; as often as there are some",
            )
        parser.add_argument("--add", action="store_true", help="add to a board that exists")

    def handle(self, *args: Any, **options: Any) -> None:
        members = [
            Member(name, email, role.value)
            for role in GRANTED
            for name, email in options[role.value]
        ]
        if not members:
            raise CommandError("Name somebody: create_board --editor ada ada@example.org …")
        try:
            joined = set_up(members, adding=options["add"])
        except EditingError as problem:
            raise CommandError(str(problem)) from None
        for one in joined:
            self.stdout.write(told(one))
        if not is_able_to_publish():
            self.stderr.write("Nothing can be published until two people are on the board.")


def told(one: Joined) -> str:
    """A line about somebody: name, roles, password."""
    roles = ", ".join(grant.get_role_display() for grant in one.user.grants.current())
    password = f"password {one.password}" if one.password else "has an account already"
    return f"{one.user.username} ({roles}): {password}"
