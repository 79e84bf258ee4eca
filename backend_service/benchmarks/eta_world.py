"""A recorded world for `tower bench eta`: days of fixes and trips, and their replay through the forecaster.

What a forecaster is told, in order of time: fixes, that a van set off and where to, that it arrived. Every van under
way is forecast anew every half minute, as the service does; where a quarter, half and three quarters of the metres
are driven, the forecast of that very fix is judged. Trip ids serve for the judging alone.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet  # type: ignore[import-untyped]
from numpy.typing import NDArray

from backend_service.forecasting.forecaster import Forecaster, Forecasts
from backend_service.streets.street_engine import StreetRoute
from core.eta.fleet_traffic import FleetTraffic
from core.eta.questions import Questions
from core.eta.recent_flow import Column
from core.geodesy import distance_m
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant

SHARES = (0.25, 0.5, 0.75)
REFORECAST_S = 30.0
SHORTEST_JUDGED_S = 180.0

type Ways = Callable[[list[tuple[float, float, float, float]]], Awaitable[list[StreetRoute | None]]]
"""Returns the street engine's way for each pair of latitude and longitude, from and to."""


type Beside = Callable[[FleetTraffic, list[tuple[float, float, float, float]], Instant], Awaitable[Column]]
"""Returns the seconds that other streets say of ways."""


@dataclass(frozen=True, slots=True)
class Drive:
    """One finished trip."""

    vehicle: str
    destination: tuple[float, float]
    departed_at: Instant
    arrived_at: Instant
    longest_halt_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One day, its fixes ordered by time; `drive` names each fix's trip by number, -1 for none that finished.

    `is_judged` says at which fixes a forecast is judged.
    """

    name: str
    at: Column
    vehicle: NDArray[np.object_]
    lat: Column
    lon: Column
    speed_mps: Column
    heading_deg: Column
    drive: NDArray[np.int64]
    is_judged: NDArray[np.bool_]
    drives: tuple[Drive, ...]

    def batch(self, rows: slice) -> FixBatch:
        """Return some fixes as a door would have decoded them."""
        at = self.at[rows]
        return FixBatch(
            self.vehicle[rows],
            self.vehicle[rows],
            at,
            at,
            at,
            self.lat[rows],
            self.lon[rows],
            self.speed_mps[rows],
            self.heading_deg[rows],
            np.full(len(at), 5.0),
            np.ones(len(at), dtype=np.bool_),
        )


def read_day(folder: Path, number: str) -> Day:
    """Return a day of a world.

    Parameters
    ----------
    folder : Path
        Holds ``dayN_fixes.parquet`` and ``dayN_trips.csv``.
    number : str
        The N.
    """
    table = pyarrow.parquet.read_table(folder / f"day{number}_fixes.parquet")
    columns = {name: table[name].to_numpy() for name in ("time_ms", "lat", "lon", "speed_mps", "heading_deg")}
    vehicles = np.array(table["vehicle_id"].to_pylist(), dtype=object)
    numbers: dict[str, int] = {}
    drives: list[Drive] = []
    with (folder / f"day{number}_trips.csv").open(newline="") as trips:
        for row in csv.DictReader(trips):
            numbers[row["trip_id"]] = len(drives)
            drives.append(_drive(row))
    drive = np.array([numbers.get(name, -1) for name in table["trip_id"].to_pylist()])
    order = np.lexsort((vehicles.astype(str), columns["time_ms"]))
    at, lat, lon, speed, heading = (columns[name].astype(np.float64)[order] for name in columns)
    drive = drive[order]
    return Day(
        name=f"day {number}",
        at=at / 1000.0,
        vehicle=vehicles[order],
        lat=lat,
        lon=lon,
        speed_mps=speed,
        heading_deg=heading,
        drive=drive,
        is_judged=_judged(drive, np.stack([lat, lon], axis=-1), drives),
        drives=tuple(drives),
    )


def slowed(day: Day, factor: float) -> Day:
    """Return a day of a different kind: all that happens takes `factor` times as long, from its first fix on."""
    began_at = float(day.at[0])

    def then(at: Instant) -> Instant:
        return began_at + factor * (at - began_at)

    return replace(
        day,
        name=f"{day.name}, {factor:g} times as slow",
        at=began_at + factor * (day.at - began_at),
        speed_mps=day.speed_mps / factor,
        drives=tuple(
            replace(drive, departed_at=then(drive.departed_at), arrived_at=then(drive.arrived_at))
            for drive in day.drives
        ),
    )


def _drive(row: dict[str, str]) -> Drive:
    return Drive(
        vehicle=row["vehicle_id"],
        destination=(float(row["dest_lat"]), float(row["dest_lon"])),
        departed_at=int(row["depart_ms"]) / 1000.0,
        arrived_at=int(row["arrive_ms"]) / 1000.0,
        longest_halt_s=float(row["longest_halt_s"]),
    )


def _judged(drive: NDArray[np.int64], points: Column, drives: list[Drive]) -> NDArray[np.bool_]:
    """Mark the first fix of each trip after each share of its way, by the distance from fix to fix."""
    judged = np.zeros(len(drive), dtype=np.bool_)
    order = np.argsort(drive, kind="stable")
    order = order[drive[order] >= 0]
    for rows in np.split(order, np.flatnonzero(np.diff(drive[order])) + 1):
        trip = drives[drive[rows[0]]] if len(rows) else None
        if trip is None or trip.arrived_at - trip.departed_at < SHORTEST_JUDGED_S:
            continue
        way = np.concatenate([points[rows], [trip.destination]])
        driven = np.concatenate([[0.0], np.cumsum(distance_m(way[:-1], way[1:]))])
        for share in SHARES:
            first = int(np.searchsorted(driven[:-1], share * driven[-1]))
            if first < len(rows):
                judged[rows[first]] = True
    return judged


@dataclass(slots=True)
class Judged:
    """Forecasts that were judged, with what came true; and what each trip's forecasts were over its length."""

    forecasts: list[Forecasts] = field(default_factory=list)
    picked: list[NDArray[np.int64]] = field(default_factory=list)
    drive: list[NDArray[np.int64]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    beside_s: list[Column] = field(default_factory=list)
    told: list[tuple[int, float, float]] = field(default_factory=list)
    asked: deque[tuple[Questions, float]] = field(default_factory=lambda: deque(maxlen=1000))

    def latest(self, count: int) -> tuple[Questions, Instant]:
        """Return the latest `count` questions that were asked, in one, and the last instant of them."""
        parts = [questions for questions, _ in self.asked]
        vehicles = [name for part in parts for name in part.vehicles][-count:]
        ways = [way for part in parts for way in part.ways][-count:]
        asked = Questions(
            vehicles=vehicles,
            positions=np.concatenate([part.positions for part in parts])[-count:],
            destinations=np.concatenate([part.destinations for part in parts])[-count:],
            street_s=np.concatenate([part.street_s for part in parts])[-count:],
            street_m=np.concatenate([part.street_m for part in parts])[-count:],
            ways=ways,
        )
        return asked, self.asked[-1][1]


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Plays days through a forecaster.

    Parameters
    ----------
    ways : callable
    is_asking : bool
        Whether forecasts are asked for, or the forecaster only looks on.
    beside : callable, optional
        Returns what other streets say of ways that are judged: of the fleet's traffic, the places, and the moment.
    """

    ways: Ways
    is_asking: bool = True
    beside: Beside | None = None

    async def play(self, day: Day, forecaster: Forecaster) -> Judged:
        """Return what was judged over a day."""
        judged = Judged()
        turns = np.array([sum(name.encode()) for name in day.vehicle.tolist()]) % round(REFORECAST_S / 10.0)
        happenings = list(_happenings(day))[::-1]
        for rows in _moments(day.at):
            now = float(day.at[rows.start])
            while happenings and happenings[-1][0] <= now:
                at, number, has_arrived = happenings.pop()
                _tell(forecaster, day.drives[number], at, has_arrived=has_arrived)
            forecaster.observe(day.batch(rows))
            if not self.is_asking:
                continue
            turn = round(now / 10.0) % round(REFORECAST_S / 10.0)
            asked = np.arange(rows.start, rows.stop)
            asked = asked[(day.drive[rows] >= 0) & (day.is_judged[rows] | (turns[rows] == turn))]
            await self._ask(day, forecaster, asked, now, judged)
        for at, number, has_arrived in reversed(happenings):
            _tell(forecaster, day.drives[number], at, has_arrived=has_arrived)
        return judged

    async def _ask(
        self, day: Day, forecaster: Forecaster, asked: NDArray[np.int64], now: Instant, judged: Judged
    ) -> None:
        goals = [day.drives[number].destination for number in day.drive[asked].tolist()]
        places = zip(day.lat[asked].tolist(), day.lon[asked].tolist(), goals, strict=True)
        found = await self.ways([(lat, lon, *goal) for lat, lon, goal in places])
        kept = [place for place, way in enumerate(found) if way is not None]
        if not kept:
            return
        ways = [way for way in found if way is not None]
        rows = asked[kept]
        questions = Questions(
            vehicles=day.vehicle[rows].tolist(),
            positions=np.stack([day.lat[rows], day.lon[rows]], axis=-1),
            destinations=np.array([goals[place] for place in kept]),
            street_s=np.array([way.duration_s for way in ways]),
            street_m=np.array([way.distance_m for way in ways]),
            ways=[way.geometry for way in ways],
        )
        forecasts = forecaster.forecast(questions, now)
        judged.asked.append((questions, now))
        judged.told.extend(
            (number, now, now + middle)
            for number, middle in zip(day.drive[rows].tolist(), forecasts.seconds.p50.tolist(), strict=True)
        )
        picked = np.flatnonzero(day.is_judged[rows])
        if len(picked):
            judged.forecasts.append(forecasts)
            judged.picked.append(picked)
            judged.drive.append(day.drive[rows][picked])
            judged.at.append(now)
            if self.beside is not None:
                asked_of = [(lat, lon, *goals[kept[row]]) for row, lat, lon in _places(picked, questions)]
                judged.beside_s.append(await self.beside(forecaster.traffic, asked_of, now))


def _places(picked: NDArray[np.int64], questions: Questions) -> Iterator[tuple[int, float, float]]:
    for row in picked.tolist():
        lat, lon = questions.positions[row].tolist()
        yield row, lat, lon


def _happenings(day: Day) -> Iterator[tuple[Instant, int, bool]]:
    """Return departures and arrivals by time; at one instant an arrival comes first."""
    departures = [(drive.departed_at, number, False) for number, drive in enumerate(day.drives)]
    arrivals = [(drive.arrived_at, number, True) for number, drive in enumerate(day.drives)]
    yield from sorted([*departures, *arrivals], key=lambda one: (one[0], not one[2], one[1]))


def _tell(forecaster: Forecaster, drive: Drive, at: Instant, *, has_arrived: bool) -> None:
    if has_arrived:
        forecaster.arrived(drive.vehicle, at)
    else:
        forecaster.set_off(drive.vehicle, at)


def _moments(at: Column) -> Iterator[slice]:
    """Return the rows of each instant."""
    starts = np.flatnonzero(np.concatenate([[True], np.diff(at) > 0]))
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(at)], strict=True):
        yield slice(start, stop)
