"""The city that Tower works in: its streets prepared for routing, its zones, its time zone and currency.

``python -m backend_service.streets.city prepare`` makes the built-in demo city ready, or any other from an
OpenStreetMap file. A prepared city lies in ``cities/<name>/<hash>/`` below Tower's home; the hash is of all that
went in and of the engine's version, so that preparing twice does nothing and a new engine prepares anew. A folder
appears complete or not at all, and the file ``current`` beside it names the one in use.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import psutil

from backend_service.durable_files import write_durably
from backend_service.places.index_building import build_place_index
from backend_service.streets.city_zones import checked_zones, proposed_zones
from backend_service.streets.extract import StreetsUnreadable, read_extract
from backend_service.streets.street_import import Progress, build_street_files, engine_version
from core.fleet.zone import Zone
from core.refusals import Fault, Refusal
from core.vocabulary import Position, ZoneId
from resources.opener import open_path

DEMO_CITY = "la-serena"
_OSM, _OSRM, _ZONES, _FACTS, _CURRENT = "streets.osm.pbf", "streets.osrm", "zones.geojson", "city.json", "current"
_PLACES = "places.sqlite"
_ASIDE = ".preparing-"
_CURRENCY = re.compile(r"[A-Z]{3}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class CityFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a city beside its streets and zones, as in ``city.json``.

    `bbox` is west, south, east, north, degrees; `currency` an ISO 4217 code; `time_zone` an IANA name.
    """

    name: str
    time_zone: str
    currency: str
    bbox: tuple[float, float, float, float]
    attribution: str = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class CitySource:
    """What a city is prepared from: facts and zones as JSON and GeoJSON, and the OpenStreetMap file.

    `is_read` says that the file was read from end to end already and is not damaged.
    """

    facts: bytes
    zones: bytes
    osm_file: Path
    is_read: bool = False

    @staticmethod
    def demo() -> CitySource:
        """Return the city that ships with Tower."""
        return CitySource(
            facts=open_path("city/city.json").read_bytes(),
            zones=open_path("city/zones.geojson").read_bytes(),
            osm_file=open_path("city/la_serena.osm.pbf"),
        )

    @staticmethod
    def of_file(
        osm_file: Path, title: str, *, zones: bytes | None = None, time_zone: str = "UTC", currency: str = "EUR"
    ) -> CitySource:
        """Return a city of an OpenStreetMap file.

        Parameters
        ----------
        zones : bytes, optional
            GeoJSON, as `city_zones.checked_zones` takes it; without it a grid is proposed.
        time_zone, currency : str
            An IANA name and an ISO 4217 code.

        Raises
        ------
        StreetsUnreadable
            If the file holds no streets that can be read.
        Refusal
            If there is no such time zone or currency, or the zones do not serve.
        """
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Refusal("city.time_zone_unknown", f"There is no time zone {time_zone!r}.") from error
        if not _CURRENCY.fullmatch(currency):
            raise Refusal("city.currency_unknown", f"{currency!r} is no currency code, such as EUR.")
        extract = read_extract(osm_file)
        outlines = proposed_zones(extract) if zones is None else checked_zones(zones, extract.bbox)
        facts = CityFacts(name=title, time_zone=time_zone, currency=currency, bbox=extract.bbox)
        return CitySource(msgspec.json.encode(facts), outlines, osm_file, is_read=True)

    def fingerprint(self) -> str:
        """Return the hash of all that goes into the prepared city, and of the engine's version."""
        digest = hashlib.sha256(engine_version().encode())
        for part in (self.facts, self.zones, self.osm_file.read_bytes()):
            digest.update(hashlib.sha256(part).digest())
        return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class City:
    """A prepared city.

    Parameters
    ----------
    facts : CityFacts
    zones : tuple of Zone
        Contiguous, in the order they are shown.
    osm_file : Path
        Its streets as OpenStreetMap has them, for the base map.
    streets : Path
        Common name of the engine's files, for `OsrmProcess`.
    """

    facts: CityFacts
    zones: tuple[Zone, ...]
    osm_file: Path
    streets: Path

    @property
    def places(self) -> Path:
        """Where the city's index of streets and places is, once it is built."""
        return self.streets.with_name(_PLACES)

    @property
    def time_zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.facts.time_zone)

    @staticmethod
    def load(home: Path, name: str = DEMO_CITY) -> City:
        """Return the prepared city of this name below `home`.

        Raises
        ------
        Refusal
            If it has not been prepared.
        """
        cities = home / "cities" / name
        try:
            folder = cities / (cities / _CURRENT).read_text(encoding="ascii").strip()
            facts = msgspec.json.decode((folder / _FACTS).read_bytes(), type=CityFacts)
            zones = _read_zones((folder / _ZONES).read_bytes())
        except FileNotFoundError as error:
            command = "python -m backend_service.streets.city prepare"
            if name != DEMO_CITY:
                command = f"tower city import FILE.osm.pbf --name {name}"
            raise Refusal("city.not_prepared", f"The city {name} is not prepared yet; run: {command}") from error
        return City(facts, zones, osm_file=folder / _OSM, streets=folder / _OSRM)


def tower_home() -> Path:
    """Return where Tower keeps what it prepares: TOWER_HOME, else ``tower`` in the user's data folder."""
    if home := os.environ.get("TOWER_HOME"):
        return Path(home)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "tower"


def default_data_dir() -> Path:
    """Return the folder of the service on this machine that a command means when it names none."""
    return tower_home() / "service"


def check_city_name(name: str) -> None:
    """Return if `name` can be a city's short name.

    Raises
    ------
    Refusal
        ``city.name``.
    """
    if not _NAME.fullmatch(name):
        raise Refusal("city.name", f"{name!r} is no name for a city: use small letters, digits and hyphens.")


def prepare_city(home: Path, name: str, source: CitySource, progress: Progress) -> City:
    """Prepare a city below `home`, unless this very one is prepared already.

    Parameters
    ----------
    home : Path
        Tower's home; see `tower_home`.
    name : str
        The folder's name: small letters, digits and hyphens.
    source : CitySource
    progress : callable
        Told in a line what is being done.

    Raises
    ------
    Refusal
        If the name does not serve, or the streets cannot be read (`StreetsUnreadable`).
    Fault
        If the disk is full or a tool fails; nothing is left behind then.
    """
    check_city_name(name)
    cities = home / "cities" / name
    if not source.osm_file.is_file():
        raise StreetsUnreadable(source.osm_file, "there is no such file, or it is empty.")
    fingerprint = source.fingerprint()
    if (cities / fingerprint).is_dir():
        progress(f"{name} is prepared already")
    else:
        try:
            _build(cities, fingerprint, source, progress)
        except (OSError, sqlite3.Error) as error:
            raise Fault("city.preparation_failed", f"{name} could not be prepared: {error}") from error
        finally:
            with contextlib.suppress(OSError):
                cities.rmdir()  # which fails unless nothing is in it
        progress(f"{name} is prepared")
    _point_at(cities, fingerprint)
    return City.load(home, name)


def _build(cities: Path, fingerprint: str, source: CitySource, progress: Progress) -> None:
    """Build in a folder aside and move it into place; if another process was first, keep that one's."""
    if not source.is_read:
        read_extract(source.osm_file)
    cities.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(cities)
    prefix = f"{_ASIDE}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=cities, ignore_cleanup_errors=True) as aside:
        folder = Path(aside) / fingerprint
        folder.mkdir()
        shutil.copyfile(source.osm_file, folder / _OSM)
        (folder / _FACTS).write_bytes(source.facts)
        (folder / _ZONES).write_bytes(source.zones)
        build_street_files(folder / _OSM, folder / "preparation.log", progress)
        progress("noting streets and places for the search")
        build_place_index(folder / _OSM, _read_zones(source.zones), folder / _PLACES)
        try:
            folder.rename(cities / fingerprint)
        except OSError:
            if not (cities / fingerprint).is_dir():
                raise


def _clear_abandoned(cities: Path) -> None:
    """Remove what a process left that was killed while it prepared."""
    for aside in cities.glob(f"{_ASIDE}*"):
        owner = aside.name.removeprefix(_ASIDE).split("-")[0]
        if not (owner.isdigit() and psutil.pid_exists(int(owner))):
            shutil.rmtree(aside, ignore_errors=True)


def _point_at(cities: Path, fingerprint: str) -> None:
    pointer = cities / _CURRENT
    if pointer.is_file() and pointer.read_text(encoding="ascii").strip() == fingerprint:
        return
    write_durably(pointer, f"{fingerprint}\n".encode("ascii"), is_private=False)


class _Outline(msgspec.Struct):
    coordinates: list[list[tuple[float, float]]]


class _Named(msgspec.Struct):
    name: str


class _ZoneFeature(msgspec.Struct):
    id: str
    properties: _Named
    geometry: _Outline


class _ZoneCollection(msgspec.Struct):
    features: list[_ZoneFeature]


def _read_zones(geojson: bytes) -> tuple[Zone, ...]:
    return tuple(
        Zone(
            zone_id=ZoneId(feature.id),
            name=feature.properties.name,
            ring=tuple(Position(lat, lon) for lon, lat in feature.geometry.coordinates[0]),
        )
        for feature in msgspec.json.decode(geojson, type=_ZoneCollection).features
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0, or 1 after having said on stderr what is wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.osm is not None and options.name is None:
        parser.error("--osm needs --name")
    try:
        if options.osm is None:
            source, name = CitySource.demo(), options.name or DEMO_CITY
        else:
            title = options.title or options.name
            source = CitySource.of_file(options.osm, title, time_zone=options.time_zone, currency=options.currency)
            name = options.name
        prepare_city(options.home or tower_home(), name, source, lambda line: print(f"city: {line}", flush=True))
    except (Refusal, Fault) as problem:
        print(f"city: {problem.sentence}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="city", description="Prepare a city's streets for routing.")
    prepare = parser.add_subparsers(required=True).add_parser("prepare", help="build what the street engine reads")
    prepare.add_argument("--home", type=Path, help="Tower's home (default: $TOWER_HOME, or the user's data folder)")
    prepare.add_argument("--osm", type=Path, help="an OpenStreetMap file .osm.pbf (default: the demo city)")
    prepare.add_argument("--name", help=f"the city's short name (default: {DEMO_CITY})")
    prepare.add_argument("--title", help="the city's name for people (default: its short name)")
    prepare.add_argument("--time-zone", default="UTC", help="IANA name, such as Europe/Lisbon (default: UTC)")
    prepare.add_argument("--currency", default="EUR", help="ISO 4217 code (default: EUR)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
