"""Turns an OpenStreetMap file into the files that osrm-routed answers from.

Runs osrm-extract, osrm-partition and osrm-customize of the installed wheel with its car profile; and osrm-contract,
whose file answers large tables four to nine times as quickly, at the speeds the city was prepared with.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from core.refusals import Fault

type Progress = Callable[[str], None]
"""Takes one line for people."""

_STEPS = (
    ("osrm-extract", "reading streets"),
    ("osrm-partition", "dividing the city into cells"),
    ("osrm-customize", "computing ways through the cells"),
)


def engine_version() -> str:
    """Return the street engine's version; files prepared by another are not read."""
    return version("osrm-bindings")


def osrm_program(name: str) -> Path:
    """Return the path of one of OSRM's programs in the installed wheel.

    Raises
    ------
    Fault
        If the wheel is not installed, or lacks it.
    """
    program = _wheel_folder() / "bin" / name
    if not program.is_file():
        raise Fault("city.engine_missing", f"The street engine lacks {name}; install osrm-bindings again.")
    return program


def build_street_files(osm_file: Path, log_file: Path, progress: Progress) -> Path:
    """Build the engine's files beside `osm_file`, which must be named ``*.osm.pbf``.

    Parameters
    ----------
    osm_file : Path
        Readable streets; see `extract.read_extract`.
    log_file : Path
        What the tools say is appended here.
    progress : callable
        Told in a line what is being done.

    Returns
    -------
    Path
        The common name of the files, ending in ``.osrm``.

    Raises
    ------
    Fault
        If a tool fails: disk full, killed, or a file it cannot digest.
    """
    streets = osm_file.with_name(osm_file.name.removesuffix(".osm.pbf") + ".osrm")
    profile = _wheel_folder() / "share" / "profiles" / "car.lua"
    for tool, doing in _STEPS:
        progress(doing)
        what = ["--profile", str(profile), str(osm_file)] if tool == "osrm-extract" else [str(streets)]
        _run(tool, what, log_file)
    return streets


def contracted_file(streets: Path) -> Path:
    """Return where the file for large tables is, if there is one; `streets` is as `build_street_files` returns it."""
    return streets.with_name(streets.name + ".hsgr")


def contract_streets(streets: Path, log_file: Path, progress: Progress) -> None:
    """Build the file for large tables beside the others: 10 s for a small city, 45 s for a large one, on 2 cores.

    It is built aside, for the tool rewrites other files as well, and appears complete or not at all. Where it is
    there already, nothing is done.

    Raises
    ------
    Fault
        If the tool fails, or the disk is full.
    """
    target = contracted_file(streets)
    if target.is_file():
        return
    progress("shortening ways for large tables of driving times")
    try:
        with tempfile.TemporaryDirectory(prefix=".contracting-", dir=streets.parent) as folder:
            aside = Path(folder) / streets.name
            for file in streets.parent.glob(f"{streets.name}.*"):
                shutil.copyfile(file, aside.with_name(file.name))
            _run("osrm-contract", [str(aside)], log_file)
            contracted_file(aside).replace(target)
    except OSError as error:
        raise Fault("city.preparation_failed", f"The tables could not be prepared: {error}") from error


def _run(tool: str, what: list[str], log_file: Path) -> None:
    command = [str(osrm_program(tool)), "--threads", str(os.cpu_count() or 1), *what]
    with log_file.open("ab") as log:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if ended.returncode != 0:
        last = log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise Fault("city.preparation_failed", f"{tool} failed ({ended.returncode}): {' '.join(last)}")


def _wheel_folder() -> Path:
    found = importlib.util.find_spec("osrm")
    if found is None or found.origin is None:
        raise Fault("city.engine_missing", "The street engine is not installed (osrm-bindings).")
    return Path(found.origin).parent
