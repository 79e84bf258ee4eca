"""What `tower test` and `tower check` run: each check is a program of its own, started in the source tree.

All checks run even when an early one fails, because one round should tell everything there is to mend.
"""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import app

TREE = Path(app.__file__).resolve().parent.parent
"""The folder that holds pyproject.toml and tests/."""

_OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@dataclass(frozen=True)
class Check:
    """One program whose exit code 0 means that nothing is to be mended.

    Attributes
    ----------
    name : str
        What is checked, in a word or two.
    command : tuple of str
        The program and its arguments.
    """

    name: str
    command: tuple[str, ...]


def pytest_check(arguments: Sequence[str]) -> Check:
    """Return the check that runs pytest with the given arguments, by two workers unless `-n` is given."""
    told = "no:xdist" in arguments or any(word.startswith(("-n", "--numprocesses")) for word in arguments)
    # In the order of tests/conftest.py: the longest files first, so that no worker is left with one at the end.
    workers = [] if told else ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    return Check("tests", (sys.executable, "-m", "pytest", *workers, *arguments))


def all_checks() -> list[Check]:
    """Return every check of the house, the quick ones first."""
    python = sys.executable
    return [
        Check("format", (python, "-m", "ruff", "format", "--check", ".")),
        Check("lint", (python, "-m", "ruff", "check", ".")),
        Check("types", (python, "-m", "mypy")),
        Check("import contracts", (str(Path(python).parent / "lint-imports"), "--no-cache")),
        Check("translations", (python, "-P", "-m", "app.translation_template", "--check")),
        pytest_check([]),
    ]


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest on the source tree without a screen and return its exit code.

    Parameters
    ----------
    arguments : sequence of str
        Handed to pytest as they stand.
    """
    if not _development_installed():
        return 1
    return _run(pytest_check(arguments))


def run_checks() -> int:
    """Run every check, print one line for each at the end, and return 0 only when all passed."""
    if not _development_installed():
        return 1
    codes = run_all(all_checks())
    print("\n" + summary(codes))
    return 1 if any(codes.values()) else 0


def run_all(checks: Sequence[Check]) -> dict[str, int]:
    """Run the checks one after the other and return each one's exit code by its name."""
    codes = {}
    for check in checks:
        print(f"== {check.name}", flush=True)
        codes[check.name] = _run(check)
    return codes


def summary(codes: Mapping[str, int]) -> str:
    """Return one line per check saying whether it passed, and a closing line naming what failed."""
    width = max(map(len, codes))
    lines = [f"{name:<{width}}  {'failed' if code else 'passed'}" for name, code in codes.items()]
    failed = [name for name, code in codes.items() if code]
    closing = f"to be mended: {', '.join(failed)}" if failed else "all checks passed"
    return "\n".join([*lines, closing])


def _run(check: Check) -> int:
    return subprocess.run(check.command, cwd=TREE, env=_OFFSCREEN | os.environ, check=False).returncode


def _development_installed() -> bool:
    """Tell whether the test tools are here, and say how to get them where they are not."""
    if importlib.util.find_spec("pytest") and (TREE / "tests").is_dir():
        return True
    print("tower: tests run in a source tree set up by ./tower test", file=sys.stderr)
    return False
