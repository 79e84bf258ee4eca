"""The forecaster of a running service: put together from the city and what was learned, and told what happens.

A model that cannot be read leaves the street engine's duration, calibrated by arrivals, and is a degraded source that
people see. No model at all is a young service: its forecasts are wide on purpose, *not yet calibrated*.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backend_service.forecasting.arrival_models import ArrivalModels, ModelState
from backend_service.forecasting.change_outcomes import ChangeOutcomes
from backend_service.forecasting.forecast_outcomes import kept_outcomes
from backend_service.forecasting.forecaster import Forecaster, ZoneNames
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.lessons import Lessons
from backend_service.forecasting.model_shelf import ModelShelf
from backend_service.forecasting.route_outcomes import RouteOutcomes
from backend_service.forecasting.stop_times import StopTimes
from backend_service.streets.city import City
from backend_service.workers.collaborators import Bus
from backend_service.workers.drives_under_way import DrivesUnderWay, Ways
from backend_service.workers.keeping_learned_files import Learned
from backend_service.workers.keeping_lessons import KeepingLessons
from core.dispatch.policy import DispatchPolicy
from core.eta.forecast_history import RecentForecasts
from core.eta.ground import Ground
from core.eta.learned_times import LearnedTimes
from core.fleet.zone import zone_at
from core.refusals import Fault
from core.vocabulary import Instant, Position

if TYPE_CHECKING:
    from backend_service.forecasting.arrival_model import ArrivalModel

logger = logging.getLogger(__name__)

ARRIVAL_MODEL = "arrival model"
ARRIVAL_MODEL_EFFECT = "Arrivals are forecast by the street engine alone, until arrivals have calibrated it."
LESSONS, STOP_TIMES, ROUTE_ERRORS = "lessons", "stop_times.json", "route_errors.json"
FORECAST_OUTCOMES, CHANGE_ERRORS = "forecast_outcomes.json", "change_errors.json"
"""Names in a service's data directory."""

_LESSONS_APART_S = 25.0
OUTSIDE = "outside"
"""The name of the zone of places in no zone."""


@dataclass(frozen=True, slots=True)
class Forecasting:
    """What the composition connects.

    Have the intake tell `forecaster.observe`, and the bus `drives.follow`, `stop_times.follow`, `routes.follow` and
    `changes.follow`; planning reads `known`. `drives` is asked by the ETA cycle, which notes in `recent` how each
    forecast moved and in `routes` what plans say; `keeping` and `models` are workers. `learned` are the files to keep
    now and then.
    """

    forecaster: Forecaster
    drives: DrivesUnderWay
    keeping: KeepingLessons
    stop_times: StopTimes
    routes: RouteOutcomes
    changes: ChangeOutcomes
    models: ArrivalModels
    learned: tuple[Learned, ...] = ()
    recent: RecentForecasts = field(default_factory=RecentForecasts)

    def known(self, now: Instant) -> LearnedTimes:
        """Return what was learned up to now of stops, kitchens, drives, routes and changes; it does not change."""
        return self.stop_times.known(self.routes.known(now), self.changes.known(now))

    def pace(self, now: Instant, policy: DispatchPolicy) -> float:
        """Return how many times as long as streets say drives take."""
        return round(self.stop_times.known().driving(now, policy.spread.travel_share).mean, 2)


async def open_forecasting(
    bus: Bus,
    ways: Ways,
    city: City,
    data_dir: Path,
    now: Instant,
    *,
    policy: Callable[[], DispatchPolicy] = DispatchPolicy,
) -> Forecasting:
    """Return the forecasting of a service.

    Parameters
    ----------
    bus : Bus
    ways : Ways
        Knows the streets.
    city : City
    data_dir : Path
        Holds the model, if one was trained, and the lessons.
    now : float
        Operation time.
    policy : callable
        Returns the policy in force: its times hold at stops where nothing was learned.
    """
    shelf_of_models = ModelShelf(data_dir)
    model, is_lost = await asyncio.to_thread(_loaded, shelf_of_models.in_force)
    lessons = Lessons(least_apart_s=_LESSONS_APART_S)
    zone_name = _zone_names(bus)
    stop_times = StopTimes(
        bus, policy, city.time_zone, lambda place: zone_name(place.lat, place.lon), data_dir / STOP_TIMES
    )
    forecaster = Forecaster(
        middle_of(city), city.time_zone, zone_name, model=model, lessons=lessons, drove=stop_times.drove
    )
    shelf = LessonShelf(data_dir / LESSONS, forecaster.traffic.ground)
    routes = RouteOutcomes(data_dir / ROUTE_ERRORS)
    changes = ChangeOutcomes(bus, data_dir / CHANGE_ERRORS)
    outcomes = kept_outcomes(forecaster, data_dir / FORECAST_OUTCOMES)
    return Forecasting(
        forecaster=forecaster,
        drives=DrivesUnderWay(bus, ways, forecaster),
        keeping=KeepingLessons(lessons, forecaster.traffic, shelf),
        stop_times=stop_times,
        routes=routes,
        changes=changes,
        models=ArrivalModels(bus, shelf_of_models, forecaster, ModelState(is_lost, now)),
        learned=(stop_times.kept, routes.kept, changes.kept, outcomes),
    )


def _loaded(path: Path) -> tuple[ArrivalModel | None, bool]:
    """Return the model, if there is one that can be read, and whether there is one that cannot."""
    if not path.exists():
        return None, False
    from backend_service.forecasting.arrival_model import ArrivalModel  # its library costs 0.4 s of a start

    try:
        model = ArrivalModel.load(path)
    except Fault as fault:
        logger.warning("no arrival model: %s", fault.sentence)
        return None, True
    logger.info("arrival model %s, trained on %s", model.version, ", ".join(model.trained_on))
    return model, False


def middle_of(city: City) -> Ground:
    """Return the plane that a city's speeds are learned on."""
    west, south, east, north = city.facts.bbox
    return Ground((south + north) / 2, (west + east) / 2)


def _zone_names(bus: Bus) -> ZoneNames:
    def name(lat: float, lon: float) -> str:
        return zone_at(bus.operation.fleet.zones.values(), Position(lat, lon)) or OUTSIDE

    return name
