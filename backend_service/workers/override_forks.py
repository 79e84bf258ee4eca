"""The state at an override, rebuilt from the log with what came after it, ready to be played on.

From a snapshot and the log, page by page and in a thread, so that the service goes on meanwhile. Only the drivers near
the pickup and those touched take part; the driving times between all their places are asked for once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace as replaced
from typing import Protocol

import numpy as np

from backend_service.event_log.log import EventLog
from backend_service.storage.fix_archive import FixStore
from backend_service.workers.collaborators import Bus
from core.dispatch.candidates import Points
from core.dispatch.changes import CloseStreet
from core.dispatch.decision import Override
from core.dispatch.playing_on.both_sides import closed_until, touched_drivers, touched_orders
from core.dispatch.playing_on.demand import Demand
from core.dispatch.playing_on.fork import (
    Detour,
    Fork,
    PlayingPolicy,
    door_zones,
    in_play,
    neighbours,
    orders_in_play,
    points_in_play,
)
from core.dispatch.playing_on.without_ruling import closed_off_by, own_closure
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.world import KnownPosition, PlanningWorld, world_of
from core.events.dispatch_events import AssignmentOverridden
from core.events.envelope import Envelope
from core.fleet.closure import Closure, Segment
from core.projections.operation import Operation
from core.refusals import Refusal
from core.streams import of_decision
from core.travel import TravelTable
from core.vocabulary import Instant, Position, VehicleId

MOST_EVENTS_AFTER = 50_000
"""So many events are read for what came after one override; more than a region has in 90 minutes."""
_PAGE = 1_000
_SEEN_WITHIN_S = 600.0


class NotPlayable(Exception):
    """An override's other choice cannot be played on; `cause` is a code."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class FoldsPast(Protocol):
    """Whoever folds the log up to a position; `backend_service.handlers.past_operation.PastOperation` does."""

    async def folded_to(self, position: int) -> Operation:
        """Return the state after the event at `position`, or refuse when it lies too far back."""
        ...


class GivesTravel(Protocol):
    """Whoever adds driving times to a world; `backend_service.workers.planning.Planner` does."""

    async def with_travel(self, world: PlanningWorld, points: Points) -> PlanningWorld:
        """Return the world with the driving times between `points`."""
        ...

    async def travel_under(self, points: Points, closed: Collection[Segment]) -> TravelTable:
        """Return the driving times between `points` where just these pieces of street are closed."""
        ...


class OverrideForks:
    """Rebuilds the state at overrides.

    Parameters
    ----------
    bus : Bus
        Its operation says what became of the orders.
    log : EventLog
    past : FoldsPast
    archive : FixStore
        Where the vehicles were.
    travel : GivesTravel
    playing : PlayingPolicy
    """

    def __init__(
        self, bus: Bus, log: EventLog, past: FoldsPast, archive: FixStore, travel: GivesTravel, playing: PlayingPolicy
    ) -> None:
        self.playing = playing
        self._bus, self._log, self._past = bus, log, past
        self._archive, self._travel = archive, travel

    async def fork(self, override: Override) -> Fork:
        """Return the fork at an override.

        Raises
        ------
        NotPlayable
            ``not_in_log``, ``too_far_back``, ``position_unknown``, ``too_many_orders``, ``too_many_events``.
        Fault
            ``streets.no_copy`` if a street was closed, and there are no streets to ask without it.
        """
        position = await self._position_before(override)
        try:
            operation = await self._past.folded_to(position)
        except Refusal as refusal:
            raise NotPlayable("too_far_back") from refusal
        at = override.decided_at
        city = policy_in_force(DispatchPolicy(), operation.policy)
        policies = {None: city} | {
            zone_id: policy_in_force(DispatchPolicy(), operation.policy, zone_id) for zone_id in operation.fleet.zones
        }
        policy_number, closed = operation.policy.number, tuple(operation.closures.in_force(at))
        zones = list(operation.fleet.zones.values())
        world = await self._world(operation, override, city)
        world = replaced(world, policies={zone_id: own for zone_id, own in policies.items() if zone_id is not None})
        staff, until_at = dict(operation.fleet.drivers), self._until_at(override)
        demand = await self._demand(operation, until_at)
        world, demand = self._cut_down(world, demand, override, operation)
        world, detour = await self._travelled(world, demand, override, closed)
        return Fork(
            world=world,
            demand=demand,
            policies=policies,
            closed=closed,
            door_zones=door_zones(world, demand, zones),
            until_at=until_at,
            playing=self.playing,
            position=position,
            policy_number=policy_number,
            staff={name: staff[name] for name in world.drivers},
            detour=detour,
        )

    async def _travelled(
        self, world: PlanningWorld, demand: Demand, override: Override, closed: Sequence[Closure]
    ) -> tuple[PlanningWorld, Detour | None]:
        """Return the world with its driving times, and those round the street that the override closed, if it did.

        The latter two are asked of streets on which just that is closed which was closed then.
        """
        points = points_in_play(world, demand)
        if not isinstance(override.change, CloseStreet):
            return await self._travel.with_travel(world, points), None
        own = own_closure(demand, override)
        if own is None:
            raise NotPlayable("not_in_log")
        before = frozenset(segment for closure in closed for segment in closure.segments)
        travel = await self._travel.travel_under(points, before)
        around = await self._travel.travel_under(points, before.union(own.segments))
        return world.with_travel(travel), Detour(own.closure_id, around)

    async def _world(self, operation: Operation, override: Override, city: DispatchPolicy) -> PlanningWorld:
        """Return the world of that moment; what waits for a wave is not in it, for nobody around takes it."""
        at = override.decided_at
        world = await asyncio.to_thread(world_of, operation, await self._positions(operation, at), at, city)
        around = {
            name: order
            for name, order in world.orders.items()
            if name == override.order_id or order.driver_id is not None or not operation.waves.keeps(order)
        }
        return replaced(world, orders=around)

    def _cut_down(
        self, world: PlanningWorld, demand: Demand, override: Override, after: Operation
    ) -> tuple[PlanningWorld, Demand]:
        """Return what matters for an override; `after` is the state when the demand ended."""
        order = world.orders.get(override.order_id)
        if order is None:
            raise NotPlayable("not_in_log")
        served_by = {name: known.driver_id for name, known in after.orders.orders.items()}
        closed_off = closed_off_by(override, world, demand, after)
        street = [override.change.position] if isinstance(override.change, CloseStreet) else []
        places = [order.pickup.position, *street, *(one.pickup.position for one in closed_off.values())]
        touched = touched_drivers(override) | {who for name in closed_off if (who := served_by[name]) is not None}
        drivers = neighbours(world, places, touched, self.playing.drivers)
        needed = {override.driver_id, override.recommended_driver_id} & set(world.drivers)
        if not needed <= set(drivers):
            raise NotPlayable("position_unknown")
        orders = orders_in_play(world, demand, drivers, served_by) | (touched_orders(override) & set(world.orders))
        orders |= closed_off.keys()
        if len(orders) > self.playing.most_orders:
            raise NotPlayable("too_many_orders")
        return in_play(world, drivers, orders), demand.of(orders, drivers)

    async def _position_before(self, override: Override) -> int:
        for envelope in await self._log.read_stream(of_decision(override.order_id)):
            if envelope.type == AssignmentOverridden.event_type():
                event = envelope.event()
                if isinstance(event, AssignmentOverridden) and event.override.override_id == override.override_id:
                    return envelope.position - 1
        raise NotPlayable("not_in_log")

    def is_over(self, override: Override, now: Instant) -> bool:
        """Say whether an override can be played on: its orders have ended, and what it closed was to be open again."""
        if now >= override.decided_at + self.playing.longest_s:
            return True
        orders = self._bus.operation.orders.orders
        is_ended = not any(orders[name].state.is_open for name in touched_orders(override) if name in orders)
        return is_ended and now >= (closed_until(override) or override.decided_at)

    def _until_at(self, override: Override) -> Instant:
        orders = self._bus.operation.orders.orders
        ended = [orders[name].ended_at for name in touched_orders(override) if name in orders]
        latest_at = override.decided_at + self.playing.longest_s
        ends = [at if at is not None else latest_at for at in (*ended, closed_until(override) or override.decided_at)]
        return min(latest_at, max(ends))

    async def _demand(self, operation: Operation, until_at: Instant) -> Demand:
        """Return what came after the state of `operation` and before an instant; the state is folded on up to there."""
        demand, began = Demand(), operation.position
        while True:
            page = await self._log.read(operation.position, _PAGE)
            soon = [envelope for envelope in page if envelope.recorded_at < until_at]
            await asyncio.to_thread(_note_all, demand, operation, soon)
            if len(soon) < _PAGE:
                return demand
            if operation.position - began > MOST_EVENTS_AFTER:
                raise NotPlayable("too_many_events")

    async def _positions(self, operation: Operation, at: Instant) -> dict[VehicleId, KnownPosition]:
        """Return where the vehicles of drivers on shift were last seen, at most ten minutes before."""
        found = {}
        for driver in operation.fleet.drivers.values():
            if driver.vehicle_id is None or not driver.is_on_shift:
                continue
            track = await self._archive.read(driver.vehicle_id, at - _SEEN_WITHIN_S, at + 1e-3)
            last = track.select(np.flatnonzero(track.is_valid)[-1:])
            if len(last):
                place = Position(float(last.lat[0]), float(last.lon[0]))
                found[driver.vehicle_id] = KnownPosition(place, float(last.fix_at[0]))
        return found


def _note_all(demand: Demand, operation: Operation, envelopes: list[Envelope]) -> None:
    for envelope in envelopes:
        event = envelope.event()
        operation.apply(envelope, event)
        demand.note(envelope, event, operation)
