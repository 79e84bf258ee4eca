"""Gives every new plan its way on the streets: geometry, distance and refined times, under the same plan number."""

from __future__ import annotations

from collections.abc import Sequence

from backend_service.streets.street_engine import NoWay, StreetRoute
from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner, geometry_of
from core.commands import SetRoute
from core.dispatch.schedule import Legs, timed
from core.dispatch.world import DriverState
from core.events.envelope import Envelope
from core.projections.operation import Change, Part
from core.refusals import Refusal
from core.vocabulary import PLATFORM, DriverId, Instant


class RouteRefinement:
    """Implements `Worker`; subscribe `note` to the bus.

    Parameters
    ----------
    bus : Bus
    planner : Planner
    """

    name = "route_refinement"
    every_s = 5.0

    def __init__(self, bus: Bus, planner: Planner) -> None:
        self._bus = bus
        self._planner = planner
        self._tried: dict[DriverId, int] = {}
        self._is_wanted = False
        self._renews: set[DriverId] = set()

    def note(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Hear what changed; a changed route is looked at soon."""
        self._is_wanted = self._is_wanted or any(part is Part.ROUTE for part, _ in changes)

    def renew(self) -> None:
        """Find every way anew, because the streets changed."""
        self._renews, self._tried = set(self._bus.operation.fleet.routes), {}
        self._is_wanted = True

    def is_wanted(self, now: Instant) -> bool:
        """Say whether a route changed since the last run."""
        return self._is_wanted

    async def run_once(self, now: Instant) -> None:
        """Refine every route that has no geometry; a plan that could not be is not tried again."""
        self._is_wanted = False
        world = self._planner.world(now)
        for driver_id, route in sorted(self._bus.operation.fleet.routes.items()):
            is_done = bool(route.geometry) and driver_id not in self._renews
            if not route.stops or is_done or self._tried.get(driver_id) == route.plan_number:
                continue
            driver = world.drivers.get(driver_id)
            if driver is not None and driver.start is not None and driver.stops:
                await self._refine(driver)

    async def _refine(self, driver: DriverState) -> None:
        assert driver.start is not None
        renews, tried = self._renews, self._tried  # others once the streets change: then this way is found anew as well
        try:
            way = await self._planner.way(driver.start, [stop.position for stop in driver.stops])
            await self._bus.execute(_set_route(driver, way), PLATFORM)
        except NoWay:
            pass
        except Refusal:
            # The plan moved on meanwhile; its successor is refined in the next run.
            return
        tried[driver.driver_id] = driver.plan_number
        renews.discard(driver.driver_id)


def _set_route(driver: DriverState, way: StreetRoute) -> SetRoute:
    count = len(driver.stops)
    plan = timed(driver, driver.stops, range(count), _legs_along(way, count))
    return SetRoute(
        driver_id=driver.driver_id,
        plan_number=driver.plan_number,
        stops=plan.planned(),
        distance_m=way.distance_m,
        geometry=geometry_of(way),
        is_degraded=way.degraded,
    )


def _legs_along(way: StreetRoute, count: int) -> Legs:
    """Return the legs of a way as a table in which only one stop to the next is known."""
    seconds = [[0.0] * count for _ in range(count + 1)]
    metres = [[0.0] * count for _ in range(count + 1)]
    for i in range(count):
        seconds[i][i] = float(way.leg_durations_s[i])
        metres[i][i] = float(way.leg_distances_m[i])
    return Legs(seconds, metres, way.degraded)
