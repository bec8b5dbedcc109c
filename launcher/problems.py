"""What the person at the keyboard can put right."""

import sys
from typing import NoReturn


class Problem(Exception):
    """Why we cannot go on, and how to put it right, in words for the person who called us."""


def give_up(problem: Problem) -> NoReturn:
    print(f"\n{problem}", file=sys.stderr)
    sys.exit(1)
