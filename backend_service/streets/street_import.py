"""Turns an OpenStreetMap file into the files that osrm-routed answers from.

Runs osrm-extract, osrm-partition and osrm-customize of the installed wheel with its car profile, and looks at the
file first: those tools report a broken one in their own words, after having written half of their files.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import osmium

from core.refusals import Fault, Refusal

type Progress = Callable[[str], None]
"""Takes one line for people."""

_STEPS = (
    ("osrm-extract", "reading streets"),
    ("osrm-partition", "dividing the city into cells"),
    ("osrm-customize", "computing ways through the cells"),
)


class StreetsUnreadable(Refusal):
    """The file given holds no streets that could be read."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__("city.streets_unreadable", f"{file} cannot be used: {why}")


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


def street_bounds(osm_file: Path) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the streets in a file, degrees.

    Raises
    ------
    StreetsUnreadable
        If the file is missing, empty, broken, or has no streets.
    """
    if not osm_file.is_file() or osm_file.stat().st_size == 0:
        raise StreetsUnreadable(osm_file, "there is no such file, or it is empty.")
    streets = osmium.FileProcessor(str(osm_file)).with_locations()
    streets.with_filter(osmium.filter.KeyFilter("highway")).with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    west, south, east, north = 180.0, 90.0, -180.0, -90.0
    try:
        for way in streets:
            for node in way.nodes:
                if node.location.valid():
                    west, east = min(west, node.lon), max(east, node.lon)
                    south, north = min(south, node.lat), max(north, node.lat)
    except RuntimeError as error:
        raise StreetsUnreadable(osm_file, f"it is no OpenStreetMap file, or it is damaged ({error}).") from error
    if west > east:
        raise StreetsUnreadable(osm_file, "it has no streets in it.")
    return west, south, east, north


def build_street_files(osm_file: Path, log_file: Path, progress: Progress) -> Path:
    """Build the engine's files beside `osm_file`, which must be named ``*.osm.pbf``.

    Parameters
    ----------
    osm_file : Path
        Readable streets; see `street_bounds`.
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
    with log_file.open("ab") as log:
        for tool, doing in _STEPS:
            progress(doing)
            what = ["--profile", str(profile), str(osm_file)] if tool == "osrm-extract" else [str(streets)]
            command = [str(osrm_program(tool)), "--threads", str(os.cpu_count() or 1), *what]
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
            if ended.returncode != 0:
                last = log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
                raise Fault("city.preparation_failed", f"{tool} failed ({ended.returncode}): {' '.join(last)}")
    return streets


def _wheel_folder() -> Path:
    found = importlib.util.find_spec("osrm")
    if found is None or found.origin is None:
        raise Fault("city.engine_missing", "The street engine is not installed (osrm-bindings).")
    return Path(found.origin).parent
