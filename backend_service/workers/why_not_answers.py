"""Answers, on real streets and as of now, why an order does not go to a certain driver."""

from __future__ import annotations

from dataclasses import replace

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.dispatch.candidates import Shortlist, price, shortlist
from core.dispatch.planning_events import is_reassignable
from core.dispatch.why_not import WhyNot, why_not
from core.refusals import NotFound, Refusal
from core.vocabulary import DriverId, Instant, OrderId


class WhyNotAnswers:
    """Implements `backend_service.handlers.preparation.WhyNotSource`.

    Parameters
    ----------
    bus : Bus
        Its operation is read, nothing is executed.
    planner : Planner
    """

    def __init__(self, bus: Bus, planner: Planner) -> None:
        self._bus, self._planner = bus, planner

    async def why_not(self, order_id: OrderId, driver_id: DriverId, now: Instant) -> WhyNot:
        """Return why an order does not go to a driver.

        Raises
        ------
        NotFound
            If there is no such order or driver.
        Refusal
            ``why_not.decided`` if the goods are on board, or the order has ended.
        """
        order = self._bus.operation.orders.orders.get(order_id)
        if order is None:
            raise NotFound("order", order_id)
        if driver_id not in self._bus.operation.fleet.drivers:
            raise NotFound("driver", driver_id)
        if not is_reassignable(order):
            raise Refusal("why_not.decided", f"{order_id} is under way or has ended.", status=409)
        world = self._planner.world(now).with_policy(self._planner.policy_for(order))
        listed = _with_driver(shortlist(world, order), driver_id, is_asked=driver_id in world.drivers)
        near = [name for name in listed.near if world.drivers[name].is_on_shift]
        # The one asked about is routed even if a rule excludes him: what would help has to hold on his way, too.
        beside = [name for name in (driver_id, order.driver_id) if name is not None and name in world.drivers]
        world = await self._planner.with_exact_travel(world, [order_id], list(dict.fromkeys([*near, *beside])))
        priced = price(world, order, replace(listed, near=tuple(near)))
        return why_not(world, self._planner.checking.pricing(world, priced, driver_id), driver_id)


def _with_driver(listed: Shortlist, driver_id: DriverId, *, is_asked: bool) -> Shortlist:
    """Return the shortlist with the driver that is asked about, who stands too far away to be on it."""
    is_listed = driver_id in listed.near or any(one.driver_id == driver_id for one in listed.excluded)
    return listed if is_listed or not is_asked else replace(listed, near=(*listed.near, driver_id))
