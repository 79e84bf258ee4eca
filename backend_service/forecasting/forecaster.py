"""The forecaster: fixes, departures and arrivals go in as they come; asked, it says how long vehicles still drive.

It learns while it works: live speeds from fixes, and from arrivals how wide its intervals must be. Without a model it
answers by the street engine with a wide interval, calibrated by the same arrivals, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

import numpy as np

from backend_service.forecasting.lessons import Lessons
from core.eta.baselines import HourlySpeeds, blended, by_hour, by_streets
from core.eta.calibration import Band, Calibration, CalibrationPolicy, horizon_of
from core.eta.coverage import Coverage, CoverageReport
from core.eta.features import features_of, seconds_of
from core.eta.fleet_traffic import FleetTraffic
from core.eta.ground import Ground
from core.eta.questions import Questions
from core.eta.realised_forecasts import Outcome, Promised, RawForecast, Trip
from core.eta.recent_flow import Column
from core.eta.recent_outcomes import RecentOutcomes
from core.eta.speed_profile import SpeedProfile
from core.geodesy import METRES_PER_DEGREE
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant

if TYPE_CHECKING:
    from backend_service.forecasting.arrival_model import ArrivalModel  # its library costs 0.4 s of a start

type ZoneNames = Callable[[float, float], str]
"""Names the zone that a latitude and longitude lie in."""

type Drove = Callable[[Instant, float, float], None]
"""Is told when a drive ended, what streets had said of it under way, and how long it then took, seconds."""

_BELOW, _ABOVE = 0.5, 0.7
"""Without a model, the log-ratios that the ends lie away from the middle: wide on purpose."""

_LOOK_S = 10.0
"""So often it looks for forecasts that have become impossible."""

_SAME_PLACE_DEG = 30.0 / METRES_PER_DEGREE


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """Remaining driving times, seconds, and the plain forecasts beside them: all (n,).

    `model` is the version of the model that made them, None where the street engine's duration stood in for one.
    """

    seconds: Band
    blended_s: Column
    streets_s: Column
    by_hour_s: Column
    model: str | None
    is_calibrated: bool


class Forecaster:
    """Forecasts remaining driving times.

    Parameters
    ----------
    ground : Ground
        Where it works; a model brings its own.
    zone : tzinfo
        The site's.
    zone_name : callable
        Names the operating zone of a destination, for calibration.
    model : ArrivalModel, optional
    policy : CalibrationPolicy, optional
    lessons : Lessons, optional
        Told every forecast and arrival, to learn a model from.
    drove : callable, optional
        Told how each drive came out.

    Attributes
    ----------
    coverage : Coverage
    calibration : Calibration
    outcomes : RecentOutcomes
        What the three have learned so far is kept by `kept_outcomes`.
    """

    def __init__(
        self,
        ground: Ground,
        zone: tzinfo,
        zone_name: ZoneNames,
        *,
        model: ArrivalModel | None = None,
        policy: CalibrationPolicy | None = None,
        profile: SpeedProfile | None = None,
        lessons: Lessons | None = None,
        drove: Drove | None = None,
    ) -> None:
        self.model = model
        learned = model.profile if model is not None else profile
        self.traffic = FleetTraffic(ground if model is None else model.ground, zone, learned)
        self.coverage = Coverage(zone)
        self.calibration = Calibration(policy or CalibrationPolicy())
        if model is not None:
            self.calibration.begin(model.offsets)
        self.outcomes = RecentOutcomes()
        self._hourly = HourlySpeeds(np.full(24, self.traffic.speeds.mean_mps)) if model is None else model.hourly
        self._zone_name = zone_name
        self._lessons = lessons
        self._drove = drove
        self._trips: dict[str, Trip] = {}
        self._looked_at = -np.inf

    def check(self, model: ArrivalModel) -> None:
        """Raise a `Fault` if a model cannot be taken while running: it was learned on another plane."""
        if model.ground != self.traffic.ground:
            raise Fault("eta.model_elsewhere", f"Model {model.version} was learned in another city.")

    def take(self, model: ArrivalModel) -> None:
        """Forecast by another model from now on.

        It brings its own calibration, fitted on days that it was not trained on; what arrivals taught about the former
        one's ends is left behind. Forecasts that wait for their arrival are still judged as they were made.
        """
        self.check(model)
        self.model = model
        self.traffic.relearn(model.profile)
        self.calibration = Calibration(self.calibration.policy)
        self.calibration.begin(model.offsets)
        self._hourly = model.hourly

    def report(self) -> CoverageReport:
        """Return how its forecasts came out in the last days."""
        return CoverageReport(
            model=None if self.model is None else self.model.version,
            trained_on=() if self.model is None else tuple(self.model.trained_on),
            is_calibrated=self.calibration.is_calibrated,
            slices=self.coverage.told(),
        )

    def observe(self, batch: FixBatch) -> None:
        """Take in accepted fixes; they are learned from when enough wait, or somebody asks."""
        self.traffic.hear(batch)

    def set_off(self, vehicle: str, at: Instant) -> None:
        """Take in that a vehicle left a stop, or began its first way."""
        self.traffic.set_off([vehicle], at)
        self._trips.pop(vehicle, None)

    def arrived(self, vehicle: str, at: Instant, place: tuple[float, float] | None = None) -> None:
        """Take in that a vehicle is at a stop.

        Parameters
        ----------
        vehicle : str
        at : float
        place : (lat, lon) degrees, optional
            The stop's; without it, the destination the vehicle was last asked about. Another one teaches nothing.
        """
        self.traffic.arrived([vehicle])
        trip = self._trips.pop(vehicle, None)
        if trip is None or (place is not None and not _is_same(trip.destination, place)):
            self._forget_lessons(vehicle)
            return
        if self._lessons is not None:
            self._lessons.arrived(vehicle, at)
        self._learn_overdue(trip, at)
        fresh, known = trip.arrived(at)
        self.outcomes.arrived((outcome.promised for outcome in (*fresh, *known)), at)
        for outcome in fresh:
            self._learn(outcome)
        for outcome in (*fresh, *known):
            self.coverage.count_error(outcome)
        self._tell_drive([outcome.promised for outcome in (*fresh, *known)], at)

    def forecast(self, questions: Questions, now: Instant) -> Forecasts:
        """Return how long each vehicle still drives; hold some of the answers until it is known how they come out."""
        if now >= self._looked_at + _LOOK_S:
            self._looked_at = now
            for trip in self._trips.values():
                self._learn_overdue(trip, now)
            self._follow(now)
        names, features = features_of(self.traffic, questions, now)
        trips = [self._trip_of(questions, row) for row in range(len(questions))]
        if self._lessons is not None:
            self._lessons.note(questions, names, features, now)
        raw = self._raw(names, features)
        horizons = horizon_of(seconds_of(raw.p50, questions.street_s))
        band = self.calibration.adjusted(raw, horizons, [trip.zone for trip in trips])
        seconds = Band(*(seconds_of(one, questions.street_s) for one in (band.p10, band.p50, band.p90)))
        hour = int(features[0, names.index("hour")]) if len(questions) else 0
        hourly = np.full(len(questions), self._hourly.speeds_mps[hour])
        forecasts = Forecasts(
            seconds=seconds,
            blended_s=blended(questions, features[:, names.index("speed_mps")], hourly),
            streets_s=by_streets(questions),
            by_hour_s=by_hour(questions, hourly),
            model=None if self.model is None else self.model.version,
            is_calibrated=self.calibration.is_calibrated,
        )
        self._hold(questions, trips, forecasts, raw, now)
        return forecasts

    def _raw(self, names: Sequence[str], features: Column) -> Band:
        if self.model is not None:
            places = {name: place for place, name in enumerate(names)}
            return self.model.predict(features[:, [places[name] for name in self.model.features]])
        middle = np.zeros(len(features))
        return Band(middle - _BELOW, middle, middle + _ABOVE)

    def _trip_of(self, questions: Questions, row: int) -> Trip:
        vehicle, (lat, lon) = questions.vehicles[row], questions.destinations[row].tolist()
        trip = self._trips.get(vehicle)
        if trip is None or not _is_same(trip.destination, (lat, lon)):
            self._forget_lessons(vehicle)
            trip = Trip((lat, lon), self._zone_name(lat, lon), float(questions.street_m[row]))
            self._trips[vehicle] = trip
        return trip

    def _forget_lessons(self, vehicle: str) -> None:
        if self._lessons is not None:
            self._lessons.forget(vehicle)

    def _hold(
        self,
        questions: Questions,
        trips: Sequence[Trip],
        forecasts: Forecasts,
        raw: Band,
        now: Instant,
    ) -> None:
        band, horizons = forecasts.seconds, horizon_of(seconds_of(raw.p50, questions.street_s))
        for row, trip in enumerate(trips):
            if trip.is_due(float(questions.street_m[row])):
                trip.open.append(
                    Promised(
                        made_at=now,
                        p10_at=now + float(band.p10[row]),
                        p50_at=now + float(band.p50[row]),
                        p90_at=now + float(band.p90[row]),
                        horizon=int(horizons[row]),
                        zone=trip.zone,
                        is_calibrated=forecasts.is_calibrated,
                        plainly_at=(
                            now + float(forecasts.blended_s[row]),
                            now + float(forecasts.streets_s[row]),
                            now + float(forecasts.by_hour_s[row]),
                        ),
                        raw=RawForecast(
                            street_s=float(questions.street_s[row]),
                            p10=float(raw.p10[row]),
                            p50=float(raw.p50[row]),
                            p90=float(raw.p90[row]),
                            model=forecasts.model,
                        ),
                    )
                )

    def _follow(self, now: Instant) -> None:
        """Have calibration follow the model's errors of late."""
        waiting = [one for trip in self._trips.values() for one in (*trip.open, *trip.late)]
        model = None if self.model is None else self.model.version
        self.calibration.follow(self.outcomes.of_late(waiting, model, now), now)

    def _tell_drive(self, promises: Sequence[Promised], at: Instant) -> None:
        """Tell how a drive came out beside streets, from the first forecast that was held: then it was under way."""
        if promises and self._drove is not None:
            first = min(promises, key=lambda promised: promised.made_at)
            if first.raw is not None:
                self._drove(at, first.raw.street_s, at - first.made_at)

    def _learn_overdue(self, trip: Trip, now: Instant) -> None:
        for outcome in trip.overdue(now):
            self._learn(outcome)

    def _learn(self, outcome: Outcome) -> None:
        promised = outcome.promised
        self.calibration.learn_end(promised.horizon, promised.zone, is_early=outcome.is_early, is_late=outcome.is_late)
        self.coverage.count(outcome)


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= _SAME_PLACE_DEG
