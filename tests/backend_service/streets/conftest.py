"""The demo city, prepared once, and a real street engine over it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend_service.streets.city import DEMO_CITY, City, CitySource, prepare_city, tower_home
from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.osrm_process import OsrmProcess
from backend_service.streets.straight_line import StraightLineStreets
from backend_service.streets.supervised_streets import StreetsState, SupervisedStreets, WatchIntervals
from core.refusals import Refusal
from core.timekeeping import SteppedClock

NOON_UTC = 1_795_176_000.0
"""20 November 2026, 12:00 UTC: 9 in the morning in Chile."""


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    try:
        known = City.load(tower_home())
        if known.streets.parent.name == CitySource.demo().fingerprint():
            return known
    except Refusal:
        pass
    return prepare_city(tmp_path_factory.mktemp("home"), DEMO_CITY, CitySource.demo(), print)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOON_UTC)


@dataclass
class RunningStreets:
    process: OsrmProcess
    engine: OsrmStreets
    streets: SupervisedStreets
    told: list[StreetsState] = field(default_factory=list)


type OpenStreets = Callable[[], AbstractAsyncContextManager[RunningStreets]]


@pytest.fixture
def open_streets(city: City, clock: SteppedClock, tmp_path: Path) -> OpenStreets:
    """Starts a supervised engine inside the test's own event loop, and ends it."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[RunningStreets]:
        told: list[StreetsState] = []
        async with AsyncExitStack() as stack:
            process = await stack.enter_async_context(OsrmProcess(city.streets, tmp_path / "osrm.log"))
            engine = await stack.enter_async_context(OsrmStreets(process, clock))
            estimate = StraightLineStreets(clock, city.time_zone)
            intervals = WatchIntervals(live_seconds=0.05, lost_seconds=0.05)
            watched = SupervisedStreets(engine, estimate, clock, on_state_change=told.append, intervals=intervals)
            streets = await stack.enter_async_context(watched)
            yield RunningStreets(process, engine, streets, told)

    return opened
