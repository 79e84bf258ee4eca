"""`tower bench eta`: the product's forecaster on recorded days that it has not seen, beside three plain forecasts.

Trains on some days of a world and forecasts another, fed through its ordinary interface in order of time, with the
real street engine. See ``docs/ETA.md`` for what is measured and how to read it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from backend_service.benchmarks.eta_figures import outcomes_of, rows_of, told_per_trip
from backend_service.benchmarks.eta_live_speeds import BesideLive, beside_live
from backend_service.benchmarks.eta_simulated import TAUGHT, simulated_rows
from backend_service.benchmarks.eta_speed import ROUNDS, timed_stops
from backend_service.benchmarks.eta_world import Day, Judged, Replay, read_day, slowed
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.clocks import WallClock
from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.forecaster import Forecaster, ZoneNames
from backend_service.forecasting.lessons import Lessons
from backend_service.forecasting.training import BoostingPolicy, Trainer, TrainingDay
from backend_service.streets.city import City, CitySource, prepare_city
from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.osrm_process import OsrmProcess
from backend_service.streets.street_engine import NoWay, StreetEngine, StreetRoute, StreetsDown
from core.eta.ground import Ground
from core.eta.speed_profile import SpeedProfile
from core.eta.telling import TellingPolicy
from core.fleet.zone import zone_at
from core.geodesy import as_points
from core.vocabulary import Position

_TIME_ZONE = "Europe/Lisbon"
_STOPS = 1000
_TRIES = 4
_TREES = BoostingPolicy().middle_rounds
_READY_S = 60.0


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--world", type=Path, metavar="DIR", help="dayN_fixes.parquet, dayN_trips.csv")
    parser.add_argument("--streets", type=Path, metavar="FILE", help="its OpenStreetMap file; Porto's otherwise")
    parser.add_argument("--train", default="1,2", metavar="N,N", help="the days learned from")
    parser.add_argument("--test", default="3", metavar="N,N", help="the days forecast")
    parser.add_argument("--slower", type=float, default=1.0, metavar="F", help="all takes F times as long on them")
    parser.add_argument("--simulated", type=float, metavar="MIN", help="of days of our simulator instead")
    parser.add_argument("--live-speeds", action="store_true", help="judge the street engine with live speeds as well")
    parser.add_argument("--trees", type=int, default=_TREES, help="of the model's middle; fewer train quicker")
    parser.add_argument("--runs", type=int, default=1, help="of other seeds with --simulated; else of the times alone")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report.

    Raises
    ------
    SystemExit
        If the world or its streets are not there.
    """
    machine = Machine.here()
    boosting = BoostingPolicy.of(options.trees)
    if options.simulated is not None:
        return _simulated(options.simulated, boosting, machine, options.runs)
    data = Path(os.environ.get("TOWER_DATA", ""))
    world = options.world or data / "traffic"
    streets = options.streets or data / "cities" / "porto.osm.pbf"
    trained, tested = options.train.split(","), options.test.split(",")
    for needed in (streets, *(world / f"day{number}_fixes.parquet" for number in (*trained, *tested))):
        if not needed.is_file():
            raise SystemExit(f"bench eta needs {needed}: set TOWER_DATA, or give --world and --streets")
    measured = _measured(world, streets, (trained, tested), options.slower, boosting, options.live_speeds, options.runs)
    rows = asyncio.run(measured)
    return Report(
        bench="eta",
        what="remaining driving times forecast at 25, 50 and 75 % of the metres of trips of 3 minutes and more",
        goal="MAE <= 0.55 x baseline (1); 78-82 % within the 80 % interval, 75-85 % in each slice; 1,000 stops in 1 s",
        baseline="(1) 0.6 x current + 0.4 x usual speed of the hour on the remaining way, (2) streets, (3) usual speed",
        method=(
            f"trained on days {options.train}, forecast on {options.test}; fixes, departures and arrivals in order of "
            "time, each van forecast anew every 30 s; slices of 500 and more, horizons by the forecast's middle"
        ),
        machine=machine,
        rows=tuple(rows),
    )


def _simulated(minutes: float, boosting: BoostingPolicy, machine: Machine, runs: int) -> Report:
    return Report(
        bench="eta",
        what="driving times to the next stop, forecast by the whole service on simulated days",
        goal="MAE <= 0.55 x baseline (1); 75-85 % within the 80 % interval, in the second hour of another day too",
        baseline="(1) 0.6 x current + 0.4 x usual speed of the hour on the remaining way, (2) streets, (3) usual speed",
        method=(
            f"{minutes:g} minutes of operation time a day; trained on {TAUGHT[0].name} and {TAUGHT[1].name}; errors "
            "and coverage of what the service forecast at quarters of the way, and of what it told customers; "
            f"{runs} run(s), each of other seeds"
        ),
        machine=machine,
        rows=tuple(asyncio.run(simulated_rows(minutes, boosting, runs))),
    )


async def _measured(
    world: Path,
    streets: Path,
    days: tuple[list[str], list[str]],
    slower: float,
    boosting: BoostingPolicy,
    with_live: bool,
    runs: int,
) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as aside:
        source = CitySource.of_file(streets, "Bench", time_zone=_TIME_ZONE)
        city = prepare_city(Path(aside), "bench", source, lambda _: None)
        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(_engine(city, Path(aside) / "engine.log"))
            live = await stack.enter_async_context(beside_live(city, Path(aside))) if with_live else None
            bench = _Bench(city, engine, boosting, runs)
            model = await bench.learned([read_day(world, number) for number in days[0]])
            rows = []
            for number in days[1]:
                day = read_day(world, number)
                rows += await bench.judged(model, day if slower == 1.0 else slowed(day, slower), live)
            return rows


@asynccontextmanager
async def _engine(city: City, log_file: Path) -> AsyncIterator[StreetEngine]:
    clock = WallClock()
    async with OsrmProcess(city.streets, log_file) as process, OsrmStreets(process, clock) as engine:
        async with asyncio.timeout(_READY_S):
            while True:
                try:
                    await engine.ping()
                    break
                except StreetsDown:
                    await asyncio.sleep(0.1)
        yield engine


@dataclass(frozen=True, slots=True, eq=False)
class _Bench:
    """A city, its street engine, how the trees are grown, and how often times are taken."""

    city: City
    engine: StreetEngine
    boosting: BoostingPolicy
    runs: int = 1

    @property
    def ground(self) -> Ground:
        """The middle of the city."""
        west, south, east, north = self.city.facts.bbox
        return Ground((south + north) / 2, (west + east) / 2)

    @property
    def zone_name(self) -> ZoneNames:
        """Return what names the zone of a place."""
        zones = self.city.zones
        return lambda lat, lon: zone_at(zones, Position(lat, lon)) or "outside"

    @property
    def site(self) -> ZoneInfo:
        """The city's time zone."""
        return self.city.time_zone

    async def learned(self, days: list[Day]) -> ArrivalModel:
        """Return a model of some days: each is played with the speeds that were learned on the others."""
        profiles = [await self._driven(day) for day in days]
        learned = []
        for number, day in enumerate(days):
            others = [profile for place, profile in enumerate(profiles) if place != number]
            lessons = Lessons()
            forecaster = Forecaster(
                self.ground, self.site, self.zone_name, profile=SpeedProfile.together(others), lessons=lessons
            )
            await Replay(self.ways).play(day, forecaster)
            learned.append(TrainingDay(day.name, lessons.finished(), profiles[number]))
        return Trainer(self.ground, self.site, self.boosting).train(learned)

    async def judged(self, model: ArrivalModel, day: Day, live: BesideLive | None = None) -> list[Row]:
        """Return the figures of a day that the model has not seen, and of streets with live speeds where asked."""
        forecaster = Forecaster(self.ground, self.site, self.zone_name, model=model)
        began_at = time.perf_counter()
        judged = await Replay(self.ways, beside=None if live is None else live.durations).play(day, forecaster)
        took_s = time.perf_counter() - began_at
        found = outcomes_of(day, judged, self.zone_name)
        rows = list(rows_of(found, self.site, told_per_trip(judged.told, TellingPolicy()), day.name))
        return [*rows, await self._speed(forecaster, judged, took_s)]

    async def ways(self, places: Sequence[tuple[float, float, float, float]]) -> list[StreetRoute | None]:
        """Return the way between each two places; None where there is none."""
        return list(await asyncio.gather(*(self._way(place) for place in places)))

    async def _way(self, place: tuple[float, float, float, float]) -> StreetRoute | None:
        for left in range(_TRIES - 1, -1, -1):
            try:
                return await self.engine.route(as_points([place[:2], place[2:]]))
            except NoWay:
                return None
            except StreetsDown:  # the engine closes a connection after some hundred questions
                if not left:
                    raise
        return None

    async def _driven(self, day: Day) -> SpeedProfile:
        """Return the speeds of a day, without asking streets or forecasting anything."""
        forecaster = Forecaster(self.ground, self.site, self.zone_name)
        await Replay(self.ways, is_asking=False).play(day, forecaster)
        return forecaster.traffic.gathered()

    async def _speed(self, forecaster: Forecaster, judged: Judged, took_s: float) -> Row:
        """Time forecasts of a thousand stops under way."""
        questions, now = judged.latest(_STOPS)
        row = await timed_stops(questions, now, self.ways, forecaster, rounds=ROUNDS * self.runs)
        return Row(case=row.case, figures=(*row.figures, Figure.of("the whole day", "s", [took_s])))
