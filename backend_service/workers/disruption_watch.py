"""Notices what goes wrong on the way: looks at fixes as they come in, and at everything else every few seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from backend_service.workers.collaborators import Bus
from core.disruption.detection_policy import DetectionPolicy
from core.disruption.disruption import Disruption, DisruptionKind
from core.disruption.driver_signs import being_driven
from core.disruption.recovery_commands import RecordDisruption, RecordDisruptionEnd
from core.disruption.signs import Leg, SignKey, Watched
from core.disruption.tracks import PlannedWay, SeenFix, Track
from core.disruption.watching import Watching, signs_of
from core.eta.learned_times import LearnedTimes
from core.events.envelope import Envelope
from core.events.order_events import AssignmentRefused, DeliveryFailed, OrderCancelled
from core.fleet.fleet import Vehicle
from core.fleet.route import Route
from core.geodesy import as_points
from core.orders.order import ArrivalBand
from core.projections.operation import Change
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId, Position, VehicleId, ZoneId

logger = logging.getLogger(__name__)

_URGENT = frozenset(event.event_type() for event in (AssignmentRefused, DeliveryFailed, OrderCancelled))

_FROM_MEMORY = frozenset({DisruptionKind.STOPPED, DisruptionKind.OFF_ROUTE, DisruptionKind.SLOW_TRAFFIC})
"""What is told from fixes or forecasts that this watch has seen itself."""

type Forecasts = Mapping[OrderId, tuple[ArrivalBand, float]]


class DisruptionWatch:
    """Implements `Worker`; have the intake tell `observe` of accepted fixes, and the bus `note` of what happened.

    Parameters
    ----------
    bus : Bus
    forecasts : callable
        Returns the latest forecasts by order.
    short : callable
        Returns the drivers short (+) or spare (-) now, by zone.
    times : callable, optional
        Returns what was learned of times at stops.
    policy_in : callable, optional
        Returns the limits that hold in a zone now, or in the whole city.
    """

    name = "disruption watch"
    every_s = 5.0

    def __init__(
        self,
        bus: Bus,
        forecasts: Callable[[], Forecasts],
        short: Callable[[], Mapping[ZoneId, float]],
        *,
        times: Callable[[], LearnedTimes | None] = lambda: None,
        policy_in: Callable[[ZoneId | None], DetectionPolicy] = lambda _zone_id: DetectionPolicy(),
    ) -> None:
        self._bus = bus
        self._forecasts = forecasts
        self._short = short
        self._times = times
        self._policy_in = policy_in
        self._watching = Watching(policy_in(None))
        self._tracks: dict[VehicleId, Track] = {}
        self._ways: dict[DriverId, tuple[Route, PlannedWay]] = {}
        self._legs: dict[DriverId, tuple[Leg, Instant]] = {}
        self._bands: dict[DriverId, tuple[Leg, ArrivalBand]] = {}
        self._is_wanted = False
        self._unjudged: dict[SignKey, Leg | None] | None = None

    def note(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Hear what happened: what a driver or a customer says no to is looked at soon."""
        self._is_wanted |= any(envelope.type in _URGENT for envelope in envelopes)

    def observe(self, batch: FixBatch) -> None:
        """Take in accepted fixes of vehicles that have stops to make."""
        fleet = self._bus.operation.fleet
        for row, name in enumerate(batch.vehicle.tolist()):
            vehicle = fleet.vehicles.get(VehicleId(name))
            driver_id = vehicle.driver_id if vehicle is not None else None
            route = fleet.routes.get(driver_id) if driver_id is not None else None
            if route is not None and route.stops:
                self._track_of(VehicleId(name), route).take(_fix(batch, row), self._way_of(route))

    def is_wanted(self, now: Instant) -> bool:
        """Say whether something happened that should not wait."""
        return self._is_wanted

    async def run_once(self, now: Instant) -> None:
        """Record what began and what is over."""
        self._is_wanted = False
        self._forget_done()
        self._watching.policy = self._policy_in(None)
        scene = Watched(
            self._bus.operation,
            now,
            self._watching.policy,
            zones={zone_id: self._policy_in(zone_id) for zone_id in self._bus.operation.policy.zones},
            tracks=self._tracks,
            forecasts=self._forecasts(),
            short=self._short(),
            times=self._times(),
        )
        self._note_legs(scene)
        scene = replace(scene, bands=self._bands)
        standing = list(self._bus.operation.disruptions.standing.values())
        turns = self._watching.look(signs_of(scene), standing, now, self._unknown(scene, standing))
        for name in turns.ended:
            await self._execute(RecordDisruptionEnd(disruption_id=name))
        for disruption in turns.began:
            await self._execute(RecordDisruption(disruption=disruption))

    def _unknown(self, scene: Watched, standing: Sequence[Disruption]) -> frozenset[SignKey]:
        """Return what stood before this watch began and cannot be judged yet.

        What it remembered of fixes and first forecasts went with the last service: who stood or was off the way is
        seen anew first, and a leg that was slow is so until its end.
        """
        at_work = {driver.driver_id: (driver, vehicle, route) for driver, vehicle, route in scene.at_work()}
        legs = {name: being_driven(scene, driver, route) for name, (driver, _, route) in at_work.items()}
        if self._unjudged is None:
            kept = [one for one in standing if one.kind in _FROM_MEMORY and one.driver_id in at_work]
            self._unjudged = {(one.kind, one.subject_id): legs.get(DriverId(one.subject_id)) for one in kept}
        for key, leg in list(self._unjudged.items()):
            name = DriverId(key[1])
            if name not in at_work or self._is_judged(key[0], scene, *at_work[name][1:], is_same_leg=legs[name] == leg):
                del self._unjudged[key]
        return frozenset(self._unjudged)

    def _is_judged(
        self, kind: DisruptionKind, scene: Watched, vehicle: Vehicle, route: Route, *, is_same_leg: bool
    ) -> bool:
        """Say whether enough was seen since the start to tell whether a kind of disruption goes on."""
        track = self._tracks.get(vehicle.vehicle_id)
        if kind is DisruptionKind.SLOW_TRAFFIC:
            return not is_same_leg
        if kind is DisruptionKind.OFF_ROUTE and len(route.geometry) > 1:
            return track is not None and len(track.beside_m) >= scene.policy.off_route_fixes
        return track is not None and track.stands_at is not None

    async def _execute(self, command: RecordDisruption | RecordDisruptionEnd) -> None:
        try:
            await self._bus.execute(command, PLATFORM)
        except Refusal as refusal:
            logger.info("a disruption was not recorded: %s", refusal.sentence)

    def _track_of(self, vehicle_id: VehicleId, route: Route) -> Track:
        """Return the track of a vehicle, with the limits that hold for its next stop now."""
        order = self._bus.operation.orders.orders.get(route.stops[0].order_id)
        policy = self._policy_in(None if order is None else order.zone_id)
        if vehicle_id not in self._tracks:
            self._tracks[vehicle_id] = Track(policy, stands_since=self._stood_since(route.driver_id))
        self._tracks[vehicle_id].policy = policy
        return self._tracks[vehicle_id]

    def _stood_since(self, driver_id: DriverId) -> Instant:
        """Return since when a driver of whom no fix was taken yet is known to stand; never, of most."""
        standing = self._bus.operation.disruptions.standing.values()
        stood = (one.began_at for one in standing if (one.kind, one.driver_id) == (DisruptionKind.STOPPED, driver_id))
        return min(stood, default=float("inf"))

    def _way_of(self, route: Route) -> PlannedWay:
        known = self._ways.get(route.driver_id)
        if known is None or known[0] is not route:
            line = as_points([(place.lat, place.lon) for place in route.geometry])
            stops = as_points([(stop.position.lat, stop.position.lon) for stop in route.stops])
            known = self._ways[route.driver_id] = (route, PlannedWay(route.plan_number, line, stops))
        return known[1]

    def _note_legs(self, scene: Watched) -> None:
        """Keep the first forecast of the leg that each driver is on; one made before it was seen says nothing of it."""
        bands: dict[DriverId, tuple[Leg, ArrivalBand]] = {}
        self._legs = {driver_id: self._seen(driver_id, leg, scene.now) for driver_id, leg in _legs_of(scene)}
        for driver_id, (leg, seen_at) in self._legs.items():
            known, forecast = self._bands.get(driver_id), scene.forecasts.get(leg.order_id)
            if known is not None and known[0] == leg:
                bands[driver_id] = known
            elif forecast is not None and forecast[0].as_of >= seen_at:
                bands[driver_id] = leg, forecast[0]
        self._bands = bands

    def _seen(self, driver_id: DriverId, leg: Leg, now: Instant) -> tuple[Leg, Instant]:
        known = self._legs.get(driver_id)
        return known if known is not None and known[0] == leg else (leg, now)

    def _forget_done(self) -> None:
        fleet = self._bus.operation.fleet
        busy = {name for name, route in fleet.routes.items() if route.stops}
        self._ways = {name: way for name, way in self._ways.items() if name in busy}
        for name in [name for name in self._tracks if _driver_of(fleet.vehicles.get(name)) not in busy]:
            del self._tracks[name]


def _legs_of(scene: Watched) -> Iterator[tuple[DriverId, Leg]]:
    for driver, _, route in scene.at_work():
        leg = being_driven(scene, driver, route)
        if leg is not None:
            yield driver.driver_id, leg


def _driver_of(vehicle: Vehicle | None) -> DriverId | None:
    return vehicle.driver_id if vehicle is not None else None


def _fix(batch: FixBatch, row: int) -> SeenFix:
    accuracy_m = float(batch.accuracy_m[row])
    return SeenFix(
        fix_at=float(batch.fix_at[row]),
        position=Position(float(batch.lat[row]), float(batch.lon[row])),
        accuracy_m=0.0 if np.isnan(accuracy_m) else accuracy_m,
    )
