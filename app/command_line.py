"""The `tower` command: reads what was asked for and starts it as a process of its own.

It decides nothing and imports neither the service nor the screens: `python -m backend_service` and
`python -m app` take this process's place, so that signals and exit codes reach the caller unchanged.
`tower demo` conducts several processes and therefore lives in `app.demo`; `tower test` and
`tower check` live in `app.house_checks`.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from app import house_checks

_INTERRUPTED = 130
"""The exit code a shell gives a command ended by Ctrl-C."""

_DESCRIPTION = """\
Tower, a dispatch control room for last-mile and fleet operations.
The platform recommends, people remain accountable."""

_EPILOG = """\
Start here: `tower demo` shows a running control room with a simulated working day.
`tower COMMAND --help` tells what a command does and which options it takes."""

_PASSING_ON_HELP = (
    *("arrivals", "audit", "backend", "backup", "bench", "chaos", "city"),
    *("export", "import", "restore", "user"),
)
"""Commands whose program explains itself, and takes its arguments as they stand."""

_PASSING_ON = (*_PASSING_ON_HELP, "test")
"""Commands that hand their arguments to another program as they stand."""


type _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command given on the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after `tower`; those of this process when left out.

    Returns
    -------
    int
        The exit code: 0 for success, 130 after Ctrl-C, otherwise that of the command.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    passed_on: list[str] = []
    if words and words[0] in _PASSING_ON and (words[0] in _PASSING_ON_HELP or not _asks_for_help(words)):
        words, passed_on = words[:1], words[1:]
    options = _parser().parse_args(words)
    options.passed_on = passed_on[1:] if passed_on[:1] == ["--"] else passed_on
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        print("tower: interrupted", file=sys.stderr)
        return _INTERRUPTED


def _asks_for_help(words: Sequence[str]) -> bool:
    """Tell whether help is asked of `tower` itself: what stands after `--` is another program's."""
    own = words[: words.index("--")] if "--" in words else words
    return "-h" in own or "--help" in own


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tower",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tower {version('tower')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for declare in (
        _demo,
        _backend,
        _desk,
        _city,
        _user,
        _arrivals,
        _import,
        _export,
        _audit,
        _backup,
        _restore,
        _bench,
        _chaos,
        _test,
        _check,
    ):
        declare(commands)
    return parser


def _command(
    commands: _Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    more: str,
    usage: str | None = None,
) -> argparse.ArgumentParser:
    """Add one command whose help shows the summary and then what more there is to say."""
    parser = commands.add_parser(
        name,
        help=summary,
        usage=usage,
        description=f"{summary[0].upper()}{summary[1:]}.\n\n{more}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _demo(commands: _Commands) -> None:
    parser = _command(
        commands,
        "demo",
        _run_demo,
        "run a control room with a simulated working day on real streets",
        "Starts the service, the street engine, the simulated drivers, kitchens and customers, and a desk\n"
        "signed in as a dispatcher. Without a display, or with --headless, the desk runs offscreen and is\n"
        "worked by key and mouse events. Writes screenshots/*.png and report.json, prints a summary, and\n"
        "exits 1 with the reason unless the day really happened. Ctrl-C ends everything it started.",
    )
    parser.add_argument("--minutes", type=_positive, default=30.0, help="simulated minutes (default 30)")
    parser.add_argument("--speed", type=_positive, default=10.0, help="times real time (default 10)")
    parser.add_argument("--city", metavar="NAME", help="a prepared city (default: that of `tower city use`)")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same demand and tempers (default 1)")
    parser.add_argument("--drivers", type=_count, default=40, help="drivers on shift (default 40)")
    parser.add_argument(
        "--orders-per-hour", type=_positive, default=150.0, help="mean demand per simulated hour (default 150)"
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where the service keeps its data (default: a new folder)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where screenshots and report.json go (default: tower-demo)"
    )
    parser.add_argument("--headless", action="store_true", help="offscreen, also where there is a display")


def _backend(commands: _Commands) -> None:
    _command(
        commands,
        "backend",
        lambda options: _become("backend_service", "serve", *options.passed_on),
        "run the service",
        "Its options, and the help on them, are the service's own.",
    )


def _desk(commands: _Commands) -> None:
    parser = _command(
        commands,
        "desk",
        lambda options: _become("app", *([options.address] if options.address else [])),
        "open a desk and connect it to a service",
        "A desk shows only what the service told it, and says so whenever it is disconnected.",
    )
    parser.add_argument(
        "address",
        metavar="ADDRESS",
        nargs="?",
        help="zmq://HOST:PORT on the control room's network, ws:// or wss:// elsewhere; asked at sign-in if left out",
    )


def _city(commands: _Commands) -> None:
    _command(
        commands,
        "city",
        lambda options: _become("backend_service", "city", *options.passed_on),
        "import a city of your own, and say which one is used",
        "Its options, and the help on them, are the service's own.",
    )


def _user(commands: _Commands) -> None:
    _command(
        commands,
        "user",
        lambda options: _become("backend_service", "user", *options.passed_on),
        "say who may sign in at a desk, and as what",
        "Its options, and the help on them, are the service's own.",
    )


def _arrivals(commands: _Commands) -> None:
    _command(
        commands,
        "arrivals",
        lambda options: _become("backend_service", "arrivals", *options.passed_on),
        "train the model that arrivals are forecast by, or go back to one",
        "Its options, and the help on them, are the service's own.",
    )


def _import(commands: _Commands) -> None:
    _command(
        commands,
        "import",
        lambda options: _become("backend_service", "import", *options.passed_on),
        "bring orders, vehicles or drivers in from a file",
        "Its options, and the help on them, are the service's own.",
    )


def _export(commands: _Commands) -> None:
    _command(
        commands,
        "export",
        lambda options: _become("backend_service", "export", *options.passed_on),
        "write orders, vehicles or drivers to a file",
        "Its options, and the help on them, are the service's own.",
    )


def _audit(commands: _Commands) -> None:
    _command(
        commands,
        "audit",
        lambda options: _become("backend_service", "audit", *options.passed_on),
        "prove that no recorded decision was changed afterwards",
        "Its options, and the help on them, are the service's own.",
    )


def _backup(commands: _Commands) -> None:
    _command(
        commands,
        "backup",
        lambda options: _become("backend_service", "backup", *options.passed_on),
        "copy a service's data directory while it runs",
        "Its options, and the help on them, are the service's own.",
    )


def _restore(commands: _Commands) -> None:
    _command(
        commands,
        "restore",
        lambda options: _become("backend_service", "restore", *options.passed_on),
        "make a data directory of a backup",
        "Its options, and the help on them, are the service's own.",
    )


def _bench(commands: _Commands) -> None:
    _command(
        commands,
        "bench",
        lambda options: _become("backend_service", "bench", *options.passed_on),
        "measure and print figures",
        "Its options, and the help on them, are the service's own.",
    )


def _chaos(commands: _Commands) -> None:
    _command(
        commands,
        "chaos",
        lambda options: _become("backend_service", "chaos", *options.passed_on),
        "hurt a service of its own and say what it lost",
        "Its options, and the help on them, are the service's own.",
    )


def _test(commands: _Commands) -> None:
    _command(
        commands,
        "test",
        lambda options: house_checks.run_tests(options.passed_on),
        "run the tests, without a screen",
        "Arguments are handed to pytest: a folder, a file, -k WORD, -x ... Without arguments every test\n"
        "runs. Two at a time unless -n says otherwise (-n 0 for one after the other).",
        usage="tower test [-h] [PYTEST ARGUMENT ...]",
    )


def _check(commands: _Commands) -> None:
    _command(
        commands,
        "check",
        lambda _: house_checks.run_checks(),
        "run format, lint, types, import contracts and tests",
        "Goes through all of them even when one fails, and ends with a line for each.",
    )


def _run_demo(options: argparse.Namespace) -> int:
    """Conduct the demo; imported only now, because it brings all of Qt."""
    return int(importlib.import_module("app.demo").run(options))


def _become(module: str, *arguments: str) -> NoReturn:
    """Put `python -m module` in this process's place; -P keeps the current folder out of its imports."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *arguments])  # noqa: S606 - no shell


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a count of at least 1")
    return value


if __name__ == "__main__":
    sys.exit(main())
