"""Which ways to hurt a service there are, and the command that tries one: ``python -m backend_service chaos NAME``."""

from __future__ import annotations

import argparse
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import NoReturn

CHAOS = {
    "fuzz": ("backend_service.chaos.fuzz", "give every decoder of the doors messages made worse"),
    "kill": ("backend_service.chaos.kill", "kill a service at work again and again, and say what it lost"),
    "power-cut": (
        "backend_service.chaos.power_cut",
        "take away what was not synced, at moments of a service's work, and say what was lost",
    ),
}
"""Name -> (module with ``declare(parser)`` and ``run(options) -> Verdict``, what it does)."""


def run(arguments: list[str]) -> int:
    """Do what `arguments` name, print the verdict, and return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(
        prog="tower chaos",
        description="Hurt a service of its own on a data directory of its own, and say what it lost.",
    )
    names = parser.add_subparsers(dest="name", metavar="NAME", required=True)
    for name, (module, what) in CHAOS.items():
        chaos = names.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        chaos.add_argument("--json", action="store_true", help="print the verdict as JSON")
        if arguments[:1] == [name]:
            import_module(module).declare(chaos)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _end_tidily)
    verdict = import_module(CHAOS[options.name][0]).run(options)
    sys.stdout.write(verdict.as_json() if options.json else verdict.as_text())
    return 1 if verdict.broken else 0


def _end_tidily(number: int, _: FrameType | None) -> NoReturn:
    """End as Ctrl-C does, so that the service under attack ends as well."""
    raise SystemExit(128 + number)
