"""Keeps a forecast of every open order's arrival, tells the feed, and records those that moved enough to matter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import batched
from typing import Protocol

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.commands import ReviseForecast
from core.dispatch.candidates import Points
from core.dispatch.forecasting import (
    Forecast,
    Foreseen,
    forecasts_of,
    foreseen,
    foreseen_unassigned,
    standing_plan,
    told_of,
)
from core.dispatch.world import DriverState, PlanningWorld
from core.eta.drive import Drive
from core.eta.forecast_history import RecentForecasts
from core.eta.telling import Teller
from core.orders.order import Order
from core.refusals import Refusal
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId

type Publish = Callable[[Mapping[OrderId, Forecast]], None]

_ORDERS_PER_TABLE = 16


class Drives(Protocol):
    """Whoever forecasts the drives under way."""

    async def ahead(self, drivers: Mapping[DriverId, DriverState], now: Instant) -> Mapping[DriverId, Drive]:
        """Return the drive of each driver to the next stop, where it can be forecast."""
        ...


class LearnsRoutes(Protocol):
    """Whoever learns from arrivals how plans come out."""

    def note(self, foreseen: Iterable[Foreseen], open_orders: Collection[OrderId], now: Instant) -> None:
        """Hear what plans say now, and which orders are open."""
        ...


class EtaCycle:
    """Implements `Worker`. `forecasts` holds the latest forecast of each open order; others read it.

    Parameters
    ----------
    bus : Bus
    planner : Planner
    publish : callable
        Told all forecasts after each run.
    drives : Drives, optional
        Forecasts the drives under way; without it they take what streets say, as wide as the policy has it.
    recent : RecentForecasts, optional
        Keeps how each forecast moved.
    routes : LearnsRoutes, optional
        Is told what plans alone say.
    """

    name = "eta"
    every_s = 10.0

    def __init__(
        self,
        bus: Bus,
        planner: Planner,
        publish: Publish,
        *,
        drives: Drives | None = None,
        recent: RecentForecasts | None = None,
        routes: LearnsRoutes | None = None,
    ) -> None:
        self.forecasts: dict[OrderId, Forecast] = {}
        self._bus = bus
        self._planner = planner
        self._publish = publish
        self._teller = Teller()
        self._drives = drives
        self._recent = recent or RecentForecasts()
        self._routes = routes

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes a forecast more urgent than the next beat."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Forecast every open order; orders whose driver is not known to be anywhere keep their last forecast."""
        world = self._planner.world(now)
        found: dict[OrderId, Forecast] = {}
        planned: list[Foreseen] = []
        ahead = await self._drives.ahead(world.drivers, now) if self._drives is not None else {}
        for routed, driver in await self._planner.with_routes(world):
            plan = standing_plan(routed, driver)
            if plan is not None:
                found |= forecasts_of(routed, driver, plan, ahead.get(driver.driver_id))
                planned += foreseen(routed, driver, plan)
        found |= await self._unassigned(world, planned)
        if self._routes is not None:
            self._routes.note(planned, world.orders, now)
        kept = {name: forecast for name, forecast in self.forecasts.items() if name in world.orders}
        self.forecasts = kept | found
        self._publish(self.forecasts)
        self._recent.note(found, world.orders)
        self._teller.forget_all_but(world.orders)
        await self._tell(world, found)

    async def _unassigned(self, world: PlanningWorld, planned: list[Foreseen]) -> dict[OrderId, Forecast]:
        """Return the forecasts of orders without a driver, and add to `planned` what they rest on."""
        found = {}
        waiting = [order for order in world.orders.values() if order.driver_id is None]
        for group in batched(waiting, _ORDERS_PER_TABLE):
            points = Points(
                tuple(dict.fromkeys(order.pickup.position for order in group)),
                tuple(dict.fromkeys(order.delivery for order in group)),
            )
            travel = (await self._planner.with_travel(world, points)).travel
            for order in group:
                drive_s = travel.duration_s(travel.row(order.pickup.position), travel.column(order.delivery))
                if drive_s < float("inf"):
                    one = foreseen_unassigned(order, drive_s, world, is_degraded=travel.degraded)
                    planned.append(one)
                    found[order.order_id] = told_of(world, one, is_degraded=travel.degraded)
        return found

    async def _tell(self, world: PlanningWorld, found: Mapping[OrderId, Forecast]) -> None:
        for order_id, (arrival, _) in found.items():
            order = world.orders[order_id]
            if order.driver_id is None or self._bus.operation.held.is_held(order_id, world.now):
                continue
            policy = self._planner.policy_for(order).telling
            if not self._teller.is_worth_telling(order_id, order.told_arrival, arrival, policy):
                continue
            command = ReviseForecast(order_id=order_id, arrival=arrival, cause=_cause(order, world))
            try:
                await self._bus.execute(command, PLATFORM)
            except Refusal:
                # The order ended while it was being forecast: nobody is waiting for this any more.
                continue


def _cause(order: Order, world: PlanningWorld) -> str:
    if order.told_arrival is None:
        return "first"
    is_unready = not order.is_ready and not order.state.is_on_board
    if is_unready and (order.ready_at < world.now or order.ready_at > order.told_arrival.p10_at):
        return "pickup_not_ready"
    driver = world.drivers.get(order.driver_id) if order.driver_id else None
    return "driver_silent" if driver is not None and driver.is_silent else "route"
