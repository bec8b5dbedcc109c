"""PostgreSQL refuses to run as root; who runs it instead, and what that account must be let do."""

import os
import pwd
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.problems import Problem

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    is_ours: bool  # whether it is the account that runs us

    @property
    def options(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program under this account."""
        if self.is_ours:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(folder: Path) -> Account:
    """Our own account, unless we are root: then whose `folder` is, else one without rights."""
    if os.geteuid():
        return Account(os.geteuid(), os.getegid(), is_ours=True)
    if folder.exists() and folder.stat().st_uid:
        entry = pwd.getpwuid(folder.stat().st_uid)
    else:
        entry = first_account(CANDIDATES)
    return Account(entry.pw_uid, entry.pw_gid, is_ours=False)


def first_account(names: tuple[str, ...]) -> pwd.struct_passwd:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Problem(
        f"PostgreSQL does not run as root, and there is no account {' or '.join(names)} to run "
        "it. Run this as an ordinary user, or set DATABASE_URL to a server of your own."
    )


def hand_over(folder: Path, account: Account) -> None:
    """Give `folder` to `account`, and let it get there."""
    if not account.is_ours:
        os.chown(folder, account.uid, account.gid)
        let_pass(folder)


def let_run(folder: Path, account: Account) -> None:
    """Let `account` read and run the programs in `folder`, also after a strict umask."""
    if account.is_ours or not folder.exists():
        return
    let_pass(folder)
    if not folder.stat().st_mode & stat.S_IXOTH:
        for place in (folder, *folder.rglob("*")):
            mode = stat.S_IMODE(place.stat().st_mode)
            place.chmod(mode | (mode & stat.S_IRWXU & ~stat.S_IWUSR) >> 6)


def let_pass(place: Path) -> None:
    """Let others go through the folders above `place`, without letting them list those."""
    closed = [each for each in place.absolute().parents if not each.stat().st_mode & stat.S_IXOTH]
    if closed:
        note = f"PostgreSQL does not run as root: letting others pass through {closed[-1]}"
        print(note if len(closed) == 1 else f"{note} to {closed[0]}", file=sys.stderr)
    for folder in closed:
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
