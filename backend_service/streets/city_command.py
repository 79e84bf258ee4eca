"""``tower city``: import a city of one's own, list the prepared ones, choose the one in use, remove one."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from backend_service.clocks import WallClock
from backend_service.streets.chosen_city import choose_city
from backend_service.streets.city import City, CitySource, check_city_name, prepare_city, tower_home
from backend_service.streets.city_shelf import remove_city, shelved_cities
from backend_service.streets.city_zones import LARGEST_ZONES_BYTES
from backend_service.streets.extract import check_size
from backend_service.streets.street_import import contract_streets
from core.refusals import Refusal
from core.timekeeping import Clock

_STEPS = 6
_INTERRUPTED = 130
LARGE_EXTRACT_BYTES = 1_000_000
"""From here on large tables of driving times get files of their own: in a smaller town they are quick without."""


class StepTeller:
    """Says what is being done: which step of how many, and how long it has taken so far.

    Parameters
    ----------
    wall : Clock
    say : callable
        Takes one line.
    steps : int
        How many there will be.
    """

    def __init__(self, wall: Clock, say: Callable[[str], None], steps: int = _STEPS) -> None:
        self._steps = steps
        self._wall = wall
        self._say = say
        self._began_at = wall.now()
        self._step = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return self._wall.now() - self._began_at

    def __call__(self, doing: str) -> None:
        self._step = min(self._step + 1, self._steps)
        share = 100 * (self._step - 1) // (self._steps - 1)
        self._say(f"  {self._step}/{self._steps}  {share:3d} %  {self.elapsed_s:6.1f} s  {doing}")


def run(arguments: list[str]) -> int:
    """Run ``tower city`` and return its exit code.

    Raises
    ------
    Refusal, Fault
        With what to do; nothing half-prepared is left behind.
    """
    options = _parser().parse_args(arguments)
    options.home = options.home or tower_home()
    try:
        options.run(options)
    except KeyboardInterrupt:
        print("tower: interrupted; what was begun is cleared away", file=sys.stderr)
        return _INTERRUPTED
    return 0


def import_city(options: argparse.Namespace, wall: Clock, say: Callable[[str], None]) -> City:
    """Prepare the city that the options name, and tell of it; errors as in `run`."""
    check_city_name(options.name)
    check_size(options.file, options.home, allow_huge=options.allow_huge)
    has_tables = options.file.stat().st_size >= LARGE_EXTRACT_BYTES and not options.without_tables
    tell = StepTeller(wall, say, _STEPS + has_tables)
    tell(f"looking at {options.file.name} ({options.file.stat().st_size / 1e6:,.1f} MB)")
    source = CitySource.of_file(
        options.file,
        options.title or options.name,
        zones=None if options.zones is None else _read_zones_file(options.zones),
        time_zone=options.time_zone,
        currency=options.currency,
    )
    city = prepare_city(options.home, options.name, source, tell)
    if has_tables:
        contract_streets(city.streets, city.streets.with_name("preparation.log"), tell)
    size = sum(path.stat().st_size for path in city.streets.parent.iterdir())
    zones = ", ".join(zone.name for zone in city.zones)
    say(f"{city.facts.name}: {size / 1e6:,.1f} MB in {tell.elapsed_s:,.1f} s; zones: {zones}")
    say(f"Use it by `tower city use {options.name}`, or once by `tower backend --city {options.name}`.")
    return city


def _read_zones_file(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_ZONES_BYTES:
            raise Refusal("zones.too_large", f"{file} is larger than {LARGEST_ZONES_BYTES // 1_000_000} MB.")
        return file.read_bytes()
    except OSError as error:
        raise Refusal("zones.unreadable", f"{file} cannot be read: {error.strerror}.") from error


def _import(options: argparse.Namespace) -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # else being ended would leave half a city
    try:
        import_city(options, WallClock(), lambda line: print(line, flush=True))
    finally:
        signal.signal(signal.SIGTERM, before)


def _list(options: argparse.Namespace) -> None:
    cities = shelved_cities(options.home)
    if not cities:
        print("No city is prepared. `tower demo` prepares the built-in one, `tower city import` one of your own.")
    for shelved in cities:
        mark = "*" if shelved.is_in_use else " "
        facts, zones = shelved.city.facts, len(shelved.city.zones)
        print(
            f"{mark} {shelved.name:<20} {shelved.size_bytes / 1e6:8,.1f} MB  {zones:3d} zones  "
            f"{facts.time_zone}, {facts.currency}  {facts.name}"
        )


def _use(options: argparse.Namespace) -> None:
    city = choose_city(options.home, options.name)
    print(f"{city.facts.name} is used from the next start on.")


def _remove(options: argparse.Namespace) -> None:
    remove_city(options.home, options.name, force=options.force)
    print(f"{options.name} is removed.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tower city", description="Import and choose the city that Tower works in.")
    parser.add_argument("--home", type=Path, help="Tower's home (default: $TOWER_HOME, or the user's data folder)")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    bring = commands.add_parser("import", help="prepare a city from an OpenStreetMap extract")
    bring.add_argument("file", type=Path, metavar="FILE.osm.pbf", help="an extract of the city, not of the country")
    bring.add_argument("--name", required=True, help="short name: small letters, digits and hyphens")
    bring.add_argument("--title", help="the city's name for people (default: its short name)")
    bring.add_argument("--zones", type=Path, metavar="FILE.geojson", help="named polygons (default: a proposed grid)")
    bring.add_argument("--time-zone", default="UTC", help="IANA name, such as Europe/Lisbon (default: UTC)")
    bring.add_argument("--currency", default="EUR", help="ISO 4217 code (default: EUR)")
    bring.add_argument("--allow-huge", action="store_true", help="also import an extract larger than a city's")
    bring.add_argument(
        "--without-tables", action="store_true", help="save a minute; large operations are then planned less quickly"
    )
    bring.set_defaults(run=_import)
    commands.add_parser("list", help="list the prepared cities; * is the one in use").set_defaults(run=_list)
    use = commands.add_parser("use", help="use a prepared city from the next start on")
    use.add_argument("name")
    use.set_defaults(run=_use)
    remove = commands.add_parser("remove", help="take a prepared city away")
    remove.add_argument("name")
    remove.add_argument("--force", action="store_true", help="also the one in use")
    remove.set_defaults(run=_remove)
    return parser
