"""What lies ahead, put together: who plans routes, who forecasts arrivals, and what each of them tells the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend_service.forecasting.forecast_record import ForecastRecord
from backend_service.forecasting.in_operation import Forecasting, open_forecasting
from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ledger import Ledger
from backend_service.settings import Settings
from backend_service.streets.city import City, tower_home
from backend_service.streets.paced_streets import PacedStreets
from backend_service.streets.plain_ways import PlainWays
from backend_service.streets.street_engine import StreetsDown
from backend_service.streets.street_pieces import read_pieces
from backend_service.streets.supervised_streets import SupervisedStreets
from backend_service.workers.live_speeds import LIVE_SPEEDS, LIVE_SPEEDS_EFFECT, LiveSpeeds
from backend_service.workers.nightly_training import (
    TRAINING,
    TRAINING_EFFECT,
    NightlyTraining,
    TrainingPolicy,
    trains_aside,
)
from backend_service.workers.planning import OpensBoth, Planner
from backend_service.workers.source_watch import SourceWatch
from backend_service.workers.street_closing import BothStreets
from backend_service.workers.worker import Worker
from core.dispatch.forecasting import times_used
from core.dispatch.policy import DispatchPolicy
from core.eta.street_speeds import LiveSpeedsPolicy
from core.fleet.closure import Segment
from core.refusals import Fault
from core.timekeeping import Clock
from core.vocabulary import Instant

_NO_PREVIEW = "What closing it would do cannot be told now. It can be closed without a preview, or try again."


@dataclass(frozen=True, slots=True)
class Foresight:
    """Who knows what is to come.

    Attributes
    ----------
    planner : plans routes, on streets at the pace at which drives come out
    forecasting : forecasts arrivals, and learns from those that came true
    record : how the forecast of each order moved
    """

    planner: Planner
    forecasting: Forecasting
    record: ForecastRecord


async def open_foresight(
    settings: Settings,
    ledger: Ledger,
    bus: CommandBus,
    live: LivePositions,
    city: City,
    streets: SupervisedStreets,
    *,
    clock: Clock,
    wall: Clock,
) -> Foresight:
    """Put it together; the bus learns where plans come from.

    Parameters
    ----------
    clock, wall : operation time and wall time
    """
    paced = PacedStreets(streets)
    planner = Planner(bus, paced, live, DispatchPolicy(), wall)
    bus.plans = planner
    planner.is_sketched = lambda: streets.is_sketched()
    planner.both_streets = _both(paced, streets)
    forecasting = await open_forecasting(
        bus, PlainWays(planner, streets), city, settings.data_dir, clock.now(), policy=lambda: planner.policy
    )
    planner.times = lambda: forecasting.known(clock.now())
    paced.pace = _pace(forecasting, streets, planner, clock)
    record = ForecastRecord(
        bus,
        ledger.log,
        forecasting.recent,
        lambda order: times_used(order, clock.now(), planner.policy, forecasting.known(clock.now())),
    )
    return Foresight(planner, forecasting, record)


def training_workers(bus: CommandBus, settings: Settings, city: City, now: Instant) -> list[Worker]:
    """Return who has a new model of arrivals trained each night, and who tells that the last training failed."""
    policy = TrainingPolicy(hour=settings.train_at)
    trains = trains_aside(settings.data_dir, settings.home or tower_home(), settings.city, policy)
    nightly = NightlyTraining(trains, city.time_zone, policy, now)
    return [nightly, SourceWatch(bus, lambda: nightly.state, source=TRAINING, effect=TRAINING_EFFECT)]


def live_speed_workers(
    bus: CommandBus,
    settings: Settings,
    city: City,
    streets: SupervisedStreets,
    forecasting: Forecasting,
    now: Instant,
) -> list[Worker]:
    """Return who has streets driven at the speeds of the last minutes, and who tells that they are not, if wanted."""
    if not settings.live_speeds:
        return []
    traffic = forecasting.forecaster.traffic
    speeds = LiveSpeeds(
        traffic,
        lambda: read_pieces(city.osm_file, traffic.ground),
        lambda driven: streets.drive_at(driven),
        LiveSpeedsPolicy(),
        now=now,
    )
    return [speeds, SourceWatch(bus, lambda: speeds.state, source=LIVE_SPEEDS, effect=LIVE_SPEEDS_EFFECT)]


def _both(paced: PacedStreets, streets: SupervisedStreets) -> OpensBoth:
    """Return what opens the streets as they are beside the same where more is closed: both exact, at one pace."""

    @asynccontextmanager
    async def both(closed: Collection[Segment], *, is_behind: bool = False) -> AsyncIterator[BothStreets]:
        live = streets.live
        try:
            if live is None or streets.state.degraded:
                raise StreetsDown("The street engine is down.")
            async with streets.with_closed(closed, is_behind=is_behind) as without:
                at_pace = paced.at_this_pace(live)
                yield BothStreets(now=at_pace, without=at_pace.at_this_pace(without))
        except Fault as fault:
            raise Fault("streets.no_copy", f"{fault.sentence} {_NO_PREVIEW}") from fault

    return both


def _pace(forecasting: Forecasting, streets: SupervisedStreets, planner: Planner, clock: Clock) -> Callable[[], float]:
    """Return what says how drives come out beside streets; those with live speeds know traffic already."""

    def pace() -> float:
        is_live = streets.live is not None and streets.live.is_live
        return 1.0 if is_live else forecasting.pace(clock.now(), planner.policy)

    return pace
