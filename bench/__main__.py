"""`make bench ARGS="--size 10k"`: see docs/benchmarks.md."""

import os
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

import django

from bench import database

ROOT = Path(__file__).resolve().parent.parent
UNITS = {"k": 1_000, "m": 1_000_000}


def size_of(text: str) -> int:
    """10k → 10,000, 1M → 1,000,000. Raises ArgumentTypeError."""
    number, unit = (text[:-1], UNITS[text[-1].lower()]) if text[-1:].lower() in UNITS else (text, 1)
    if not number.isdigit() or int(number) * unit < 1:
        raise ArgumentTypeError(f"“{text}” is no size. Write a number, such as 10k, 100k or 1M.")
    return int(number) * unit


def arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m bench", description="Measure how fast we are.")
    parser.add_argument(
        "--size", type=size_of, default="10k", help="synthetic entries: 10k, 100k, 1M …"
    )
    parser.add_argument("--seed", type=int, default=1, help="another one makes another corpus")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, at least 3")
    parser.add_argument("--seconds", type=float, default=3, help="of load in each measurement")
    parser.add_argument("--only", default="", help="routes and cases with this in their name")
    parser.add_argument(
        "--keep", action="store_true", help="keep the database, and use the one that was kept"
    )
    parser.add_argument("--fresh", action="store_true", help="do not use the one that was kept")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that our servers are stopped too
    data = Path(os.environ.get("CG_DATA") or ROOT / "var").absolute()
    (data / "bench").mkdir(parents=True, exist_ok=True)
    server = database.server_url(data)
    name = f"bench_{asked.size}"
    os.environ |= {
        "CG_DATA": str(data),
        "DATABASE_URL": database.with_name(server, name),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    django.setup()
    from bench.running import Plan, run  # its models need the settings

    plan = Plan(
        size=asked.size,
        seed=asked.seed,
        rounds=max(3, asked.rounds),
        seconds=asked.seconds,
        only=asked.only,
        is_kept=asked.keep,
        is_fresh=asked.fresh or not asked.keep,
        data=data,
        dataset=ROOT / "dataset",
        server=server,
        database=name,
    )
    wrong = run(plan)
    for problem in wrong:
        print(f"WRONG: {problem}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
