"""A dispatcher who now and then decides otherwise, by lot and through the ordinary commands, and notes what was shown.

Accepts every other proposal after a while, as `PromptPerson` does. An override gives an order that can still change
hands to one of the other possible drivers, as is or re-planned around.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from backend_service.benchmarks.plain_deciders import PromptPerson
from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.commands import OverrideAssignment
from core.dispatch.changes import Reassign
from core.dispatch.decision import AffectedOrder, OverrideMode, ReasonCode
from core.dispatch.planning_events import is_reassignable
from core.orders.order import ArrivalBand, Order
from core.refusals import Refusal
from core.vocabulary import Actor, DriverId, Instant, OrderId, OverrideId, Role

_CHOICES = 4
"""Of the possible drivers, so many of the cheapest are thought of."""
_REASONS = (ReasonCode.LOCAL_KNOWLEDGE, ReasonCode.VEHICLE_OR_BAG, ReasonCode.DRIVER_ASKED)


@dataclass(frozen=True, slots=True)
class Foretold:
    """An override as it was shown: when each order of the changed plans would arrive, and who would bring it."""

    override_id: OverrideId
    order_id: OrderId
    decided_at: Instant
    mode: OverrideMode
    arrivals: dict[OrderId, ArrivalBand]
    drivers: dict[OrderId, DriverId]


class OverridingPerson:
    """A worker.

    Attributes
    ----------
    foretold : what was shown of each override
    refused : how many were refused when they were committed
    is_active : whether orders are still given to others

    Parameters
    ----------
    bus : Bus
    planner : Planner
    seed : int
    every_s : float
        Seconds between two overrides.
    """

    name = "person"

    def __init__(self, bus: Bus, planner: Planner, *, seed: int, every_s: float) -> None:
        self.every_s = every_s
        self.foretold: list[Foretold] = []
        self.refused = 0
        self.is_active = True
        self._bus = bus
        self._planner = planner
        self._dice = random.Random(seed)
        self._accepting = PromptPerson(bus, after_s=20.0)
        self._actor = Actor(subject="bench", role=Role.DISPATCHER)
        self._next_at: Instant | None = None

    def is_wanted(self, now: Instant) -> bool:
        """Proposals wait for an answer."""
        return bool(self._bus.operation.decisions.standing)

    async def run_once(self, now: Instant) -> None:
        """Decide otherwise if it is time to; accept what has been proposed for long enough."""
        if self._next_at is None:
            self._next_at = now + self.every_s
        if self.is_active and now >= self._next_at:
            self._next_at = now + self.every_s
            await self._override(now)
        await self._accepting.run_once(now)

    async def _override(self, now: Instant) -> None:
        orders = [order for order in self._bus.operation.orders.open_orders() if is_reassignable(order)]
        if not orders:
            return
        order = self._dice.choice(orders)
        driver_id = await self._other_driver(order, now)
        if driver_id is None:
            return
        change = Reassign(order_id=order.order_id, driver_id=driver_id)
        preview = await self._planner.preview(change, now)
        mode = OverrideMode.REPLANNED if self._dice.random() < 0.5 and preview.replanned else OverrideMode.AS_IS
        command = OverrideAssignment(change=change, reason=self._dice.choice(_REASONS), mode=mode)
        try:
            done = await self._bus.execute(command, self._actor)
        except Refusal:
            self.refused += 1
            return
        arrivals = {shown.order_id: band for shown in preview.affected if (band := _band(shown, mode)) is not None}
        override_id = OverrideId(str(done.created))
        plans = self._bus.operation.decisions.overrides[override_id].plans
        drivers = {stop.order_id: plan.driver_id for plan in plans for stop in plan.stops}
        self.foretold.append(Foretold(override_id, order.order_id, now, mode, arrivals, drivers))

    async def _other_driver(self, order: Order, now: Instant) -> DriverId | None:
        _, pricing = await self._planner.priced(self._planner.world(now), order)
        standing = self._bus.operation.decisions.standing.get(order.order_id)
        proposed = None if standing is None else standing.driver_id
        if proposed is None and order.driver_id is None and pricing.possible:
            proposed = pricing.possible[0].driver_id
        names = [one.driver_id for one in pricing.possible if one.driver_id not in (proposed, order.driver_id)]
        return self._dice.choice(names[:_CHOICES]) if names else None


def _band(shown: AffectedOrder, mode: OverrideMode) -> ArrivalBand | None:
    return shown.replanned if mode is OverrideMode.REPLANNED else shown.as_is
