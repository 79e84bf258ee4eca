"""Works out, on real streets, what can be done about a disruption at this moment."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.dispatch.candidates import shortlist
from core.dispatch.threats import is_closed_off
from core.dispatch.world import PlanningWorld
from core.disruption.affliction import afflicted
from core.disruption.disruption import Disruption, DisruptionId, RecoveryOptions, SubjectKind
from core.disruption.handing_over import is_movable, movable_orders
from core.disruption.options import Case
from core.disruption.ranking import ranked_options
from core.fleet.zone import zone_at
from core.refusals import NotFound
from core.vocabulary import DriverId, Instant, OrderId

_MOST_ORDERS = 4
_MOST_TAKERS = 8


class RecoveryOptionsSource:
    """Answers what may be done; implements `backend_service.handlers.preparation.RecoverySource`.

    Parameters
    ----------
    bus : Bus
        Its operation is read, nothing is executed.
    planner : Planner
    """

    def __init__(self, bus: Bus, planner: Planner) -> None:
        self._bus = bus
        self._planner = planner

    async def options(self, disruption_id: DisruptionId, now: Instant) -> RecoveryOptions:
        """Return the options of a disruption, the recommended one first.

        Raises
        ------
        Refusal
            ``disruption.not_found`` if it is over, or never was.
        Fault
            If the streets are asked while they are down.
        """
        began_at = self._planner.wall.now()
        disruption = self._bus.operation.disruptions.standing.get(disruption_id)
        if disruption is None:
            raise NotFound("disruption", disruption_id)
        world = afflicted(self._planner.world(now), disruption)
        first = world.orders.get(disruption.order_id) if disruption.order_id is not None else None
        if first is not None:
            world = world.with_policy(self._planner.policy_for(first))
        left_alone = self._left_alone(world)
        moving = tuple(name for name in _moving(world, disruption) if name not in left_alone)
        takers = _takers(world, moving, disruption)
        concerned = [*([] if first is None else [first]), *(world.orders[name] for name in moving)]
        holders = (disruption.driver_id, *(order.driver_id for order in concerned))
        drivers = tuple(
            dict.fromkeys(name for name in (*holders, *takers) if name is not None and name in world.drivers)
        )
        # The checker asks for the counters of what is on board as well.
        in_hand = {order_id for name in drivers for order_id in world.drivers[name].order_ids}
        world = await self._planner.with_exact_travel(world, sorted({*moving, *in_hand}), drivers)
        case = Case(
            disruption,
            world,
            takers,
            self._outside(world, takers, disruption),
            left_alone,
            frozenset(name for name in disruption.order_ids if self._bus.operation.held.is_held(name, now)),
        )
        return replace(ranked_options(case), took_ms=1000.0 * (self._planner.wall.now() - began_at))

    def _left_alone(self, world: PlanningWorld) -> frozenset[OrderId]:
        """Return the orders that a person holds, and those with an end in a closed zone: nobody else gets them."""
        operation, closed = self._bus.operation, self._bus.operation.closures.zones(world.now)
        return frozenset(
            name
            for name, order in world.orders.items()
            if order.is_held(world.now) or is_closed_off(operation, order, closed)
        )

    def _outside(self, world: PlanningWorld, takers: Iterable[DriverId], disruption: Disruption) -> frozenset[DriverId]:
        """Return who of `takers` stands outside the zone that the disruption is about."""
        zones = list(self._bus.operation.fleet.zones.values())
        starts = {name: world.drivers[name].start for name in takers}
        return frozenset(
            name for name, start in starts.items() if start is not None and zone_at(zones, start) != disruption.zone_id
        )


def _moving(world: PlanningWorld, disruption: Disruption) -> tuple[OrderId, ...]:
    """Return the orders that may change hands, the earliest promises first."""
    if disruption.subject_kind is SubjectKind.DRIVER and disruption.driver_id in world.drivers:
        assert disruption.driver_id is not None
        return movable_orders(world, disruption.driver_id)[:_MOST_ORDERS]
    known = [world.orders[name] for name in disruption.order_ids if name in world.orders]
    movable = [order for order in known if is_movable(world, order)]
    movable.sort(key=lambda order: (order.promise.by_at, order.order_id))
    return tuple(order.order_id for order in movable[:_MOST_ORDERS])


def _takers(world: PlanningWorld, moving: Iterable[OrderId], disruption: Disruption) -> tuple[DriverId, ...]:
    """Return who is near the orders and heard, in turns over the orders."""
    listed = [shortlist(world, world.orders[name]).near[: world.policy.neighbours] for name in moving]
    depth = max((len(near) for near in listed), default=0)
    turns = [near[place] for place in range(depth) for near in listed if place < len(near)]
    found = [
        name for name in dict.fromkeys(turns) if name != disruption.driver_id and not world.drivers[name].is_silent
    ]
    return tuple(found[:_MOST_TAKERS])
