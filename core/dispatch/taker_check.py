"""Says why a driver may not take an order, by looking at the driver as a person would: the solver's opposite number.

It shares no code with what proposes: constraints, insertion and schedules are not imported, which an import contract
holds. It reads the facts of the world, follows the driver from stop to stop with a clock and a load, and names each
limit that breaks with its numbers. What people are shown as the reason why somebody is out is what is found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from core.dispatch.decision import Breach, Statement
from core.dispatch.world import DriverState, PlanningWorld, Stop
from core.fleet.route import StopKind
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, Load, OrderId

GRACE_S = 1e-3
"""Seconds by which a limit may be missed: instants of today have that much rounding after a few sums."""
GRACE_LOAD = 1e-6
MOST_PLACES = 200
"""So many places in a route are tried before somebody is said to be out: those of ten orders in hand."""


class Visit(Protocol):
    """A stop by its name; both planned stops and those of the world are."""

    @property
    def order_id(self) -> OrderId:
        """Return the order that it is for."""
        ...

    @property
    def kind(self) -> StopKind:
        """Return what happens there."""
        ...


def reasons_against(
    world: PlanningWorld, order: Order, driver: DriverState, *, is_by_person: bool = False
) -> tuple[Breach, ...]:
    """Return why a driver may not take an order; empty if some place in the route keeps every limit.

    What needs no way is named alone; else it is the place in the route that breaks fewest limits, and those least.

    Parameters
    ----------
    world : PlanningWorld
        Under the policy of the order; its travel table must hold the driver's start and stops, and the order's.
    order : Order
    driver : DriverState
        With or without the order.
    is_by_person : bool
        Whether a person gives it: who knows better may ask somebody again, or one more time.

    Raises
    ------
    KeyError
        If nothing but the way is in question and the travel table lacks a point.
    """
    facts = facts_against(world, order, driver, is_by_person=is_by_person)
    if facts or driver.start is None:
        return facts
    driver = driver.without(order.order_id)
    walk = _Walk(world, driver, [*driver.stops, *world.stops_of(order)], order)
    least: list[Breach] | None = None
    for sequence in _places(len(driver.stops), driver.frozen):
        broken = walk.limits(sequence)
        if not broken:
            return ()
        if least is None or (len(broken), _over_min(broken)) < (len(least), _over_min(least)):
            least = broken
    return tuple(least or ())


def plan_breaches(
    world: PlanningWorld, order: Order, driver: DriverState, planned: Sequence[Visit]
) -> tuple[Breach, ...]:
    """Return what giving the order to the driver by exactly this plan would break, facts first.

    Parameters are those of `reasons_against`; `planned` is every stop that the driver would make, in sequence.
    """
    return once((*facts_against(world, order, driver), *route_breaches(world, driver, planned, [order])))


def route_breaches(
    world: PlanningWorld, driver: DriverState, planned: Sequence[Visit], new: Sequence[Order] = ()
) -> tuple[Breach, ...]:
    """Return what a driver's route would break: stops lost, doubled or out of turn, loads, ways, and the shift.

    Parameters
    ----------
    world : PlanningWorld
        Its travel table must hold the driver's start and all stops.
    driver : DriverState
    planned : sequence of Visit
        Every stop that the driver would make, in sequence.
    new : sequence of Order
        Those that come to the driver, beside the stops there are.
    """
    for order in new:
        driver = driver.without(order.order_id)
    stops = [*driver.stops, *(stop for order in new for stop in world.stops_of(order))]
    numbers = {(stop.order_id, stop.kind): number for number, stop in enumerate(stops)}
    named = [(visit.order_id, visit.kind) for visit in planned]
    if sorted(named) != sorted(numbers):
        return (_breach("other_stops"),)
    if driver.start is None:
        return (_breach("position_never_known"),)
    out_of_turn = list(_out_of_turn(driver, named))
    walk = _Walk(world, driver, stops, new[0] if len(new) == 1 else None)
    return (*out_of_turn, *walk.limits([numbers[name] for name in named]))


def facts_against(
    world: PlanningWorld, order: Order, driver: DriverState, *, is_by_person: bool = False
) -> tuple[Breach, ...]:
    """Return why a driver may not take an order whatever the way: what `reasons_against` asks first."""
    found = list(_standing(order, driver.driver_id, driver.skills))
    if not driver.is_on_shift:
        found.append(_breach("on_shift"))
    if driver.is_paused:
        found.append(_breach("not_paused"))
    if driver.is_out:
        found.append(_breach("not_taken_out"))
    if driver.start is None or driver.position_age_s == inf:
        found.append(_breach("position_never_known"))
    if is_by_person:
        return _in_sequence(found)
    found += _never_fits(order, driver)
    if driver.is_on_wave:
        found.append(_breach("not_on_wave"))
    if driver.driver_id in order.refused_by:
        found.append(_breach("refused_before"))
    if world.policy.max_position_age_s < driver.position_age_s < inf:
        limit_s = world.policy.max_position_age_s
        found.append(_breach("position_known", age_s=driver.position_age_s, limit_s=limit_s))
    in_hand = len({stop.order_id for stop in driver.stops} - {order.order_id})
    if in_hand + 1 > world.policy.max_orders:
        found.append(_breach("max_stops", orders=in_hand, limit=world.policy.max_orders))
    return _in_sequence(found)


def standing_against(operation: Operation, order: Order, driver_id: DriverId, now: Instant) -> tuple[Breach, ...]:
    """Return why a person can no longer give the order to a driver, as far as the operation's state says, without ways.

    A driver who is not registered is not on shift.
    """
    driver = operation.fleet.drivers.get(driver_id)
    if driver is None or not driver.is_on_shift:
        return (_breach("on_shift"),)
    found = list(_standing(order, driver_id, driver.skills))
    if driver.is_paused:
        found.append(_breach("not_paused"))
    if driver.is_out(now):
        found.append(_breach("not_taken_out"))
    return _in_sequence(found)


def _standing(order: Order, driver_id: DriverId, skills: Iterable[str]) -> Iterator[Breach]:
    if driver_id in order.forbidden:
        yield _breach("not_forbidden")
    has = set(skills)
    lacks = [skill for skill in order.skills if skill not in has]
    if lacks:
        yield _breach("skills", missing=", ".join(lacks))


def _never_fits(order: Order, driver: DriverState) -> Iterator[Breach]:
    """What the vehicle would not hold if it were empty."""
    for unit in ("volume_l", "weight_kg", *sorted(order.load.amounts)):
        holds, needed = _amount(driver.capacity, unit), _amount(order.load, unit)
        if needed > holds + GRACE_LOAD:
            yield _overfull(unit, holds, needed)


_SEQUENCE = (
    *("on_shift", "not_paused", "not_taken_out", "not_on_wave", "not_forbidden"),
    *("skills", "refused_before", "position_known", "max_stops"),
    *("capacity_volume", "capacity_weight", "capacity_amounts"),
)
"""What is said first of several: what others can do least about."""


def once(breaches: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return breaches with each constraint named once, by its first."""
    found: dict[str, Breach] = {}
    for breach in breaches:
        found.setdefault(breach.constraint, breach)
    return tuple(found.values())


def _in_sequence(found: list[Breach]) -> tuple[Breach, ...]:
    return tuple(sorted(found, key=lambda breach: _SEQUENCE.index(breach.constraint)))


def _out_of_turn(driver: DriverState, named: Sequence[tuple[OrderId, StopKind]]) -> Iterator[Breach]:
    """What is under way stays first, and nothing is delivered before it was picked up."""
    first = [(stop.order_id, stop.kind) for stop in driver.stops[: driver.frozen]]
    if list(named[: len(first)]) != first:
        yield _breach("frozen")
    places = {name: place for place, name in enumerate(named)}
    for order_id, kind in named:
        if kind is StopKind.DELIVERY and places[order_id, kind] < places.get((order_id, StopKind.PICKUP), -1):
            yield _breach("precedence", order_id=order_id)


def _places(count: int, frozen: int) -> Iterator[tuple[int, ...]]:
    """Yield where a pickup and its delivery may go among `count` stops, the last places first; a bounded number."""
    given = 0
    for pickup in range(count, frozen - 1, -1):
        for delivery in range(count, pickup - 1, -1):
            if given == MOST_PLACES:
                return
            given += 1
            before, between, behind = range(pickup), range(pickup, delivery), range(delivery, count)
            yield (*before, count, *between, count + 1, *behind)


def _over_min(broken: Iterable[Breach]) -> float:
    return sum(float(breach.statement.arguments.get("over_min", 0.0)) for breach in broken)


@dataclass(frozen=True, slots=True)
class _Need:
    """What one unit's load does along a route: what is on board, what fits, and what each stop brings or takes."""

    unit: str
    on_board: float
    room: float
    changes: tuple[float, ...]


class _Walk:
    """Follows a driver through stops, in any sequence of their numbers."""

    def __init__(
        self, world: PlanningWorld, driver: DriverState, stops: Sequence[Stop], order: Order | None = None
    ) -> None:
        assert driver.start is not None
        self._driver = driver
        self._stops = stops
        self._overtime_s = world.policy.overtime_s
        table = world.travel
        self._drive_s = table.duration_s
        self._columns = [table.column(stop.position) for stop in stops]
        self._rows = [table.row(driver.start), *(table.row(stop.position) for stop in stops)]
        self._needs = tuple(_needs(world, driver, stops, order))
        self._order = order

    def limits(self, sequence: Sequence[int]) -> list[Breach]:
        """Return the limits that break along the stops in this sequence."""
        found = [breach for need in self._needs if (breach := self._overload(need, sequence)) is not None]
        over_s, break_over_s = self._overrun_s(sequence)
        if over_s == inf:
            return [_breach("reachable"), *found]
        if over_s > GRACE_S:
            found.append(_breach("shift_end", over_min=over_s / 60.0))
        if break_over_s > GRACE_S and (due := self._driver.due_break) is not None:
            over_min = break_over_s / 60.0
            found.append(_breach("planned_break", from_at=due.earliest_at, until_at=due.latest_at, over_min=over_min))
        return found

    def _overrun_s(self, sequence: Sequence[int]) -> tuple[float, float]:
        """Return by how much the shift is overrun, and the latest start of the break that is due, seconds.

        Infinite where no way leads. Who is nowhere on the way and carries nothing rests once the break may begin.
        """
        driver, here, at, over_s, break_over_s = self._driver, 0, self._driver.start_at, -inf, -inf
        due, carried = driver.due_break, self._carried(sequence)
        for place, number in enumerate(sequence):
            stop = self._stops[number]
            may_rest = due is not None and place >= driver.frozen and not carried
            if due is not None and may_rest and at + GRACE_S >= due.earliest_at:
                break_over_s = at - due.latest_at
                at, due = at + due.length_s, None
            carried = carried ^ {stop.order_id}
            reached_at = stop.arrived_at
            if reached_at is None:
                reached_at = max(driver.as_of, at + self._drive_s(self._rows[here], self._columns[number]))
                if reached_at == inf:
                    return inf, break_over_s
            begins_at = max(reached_at, stop.earliest_at)
            if stop.kind is StopKind.PICKUP:
                over_s = max(over_s, begins_at - driver.shift_ends_at)
            at = max(driver.start_at, begins_at + stop.service_s)
            here = number + 1
        if due is not None:
            break_over_s = at - due.latest_at
        return max(over_s, at - driver.shift_ends_at - self._overtime_s), break_over_s

    def _carried(self, sequence: Sequence[int]) -> frozenset[OrderId]:
        """Return the orders that are on board at the start: delivered, and not picked up before."""
        stops = [self._stops[number] for number in sequence]
        picked_up = {stop.order_id for stop in stops if stop.kind is StopKind.PICKUP}
        return frozenset(stop.order_id for stop in stops) - picked_up

    def _overload(self, need: _Need, sequence: Sequence[int]) -> Breach | None:
        load = most = need.on_board
        for number in sequence:
            load += need.changes[number]
            most = max(most, load)
        if most <= need.room + GRACE_LOAD:
            return None
        wanted = most - need.room if self._order is None else _amount(self._order.load, need.unit)
        return _overfull(need.unit, max(0.0, need.room - most + wanted), wanted)


def _amount(load: Load, unit: str) -> float:
    """Return how much of a unit a load is."""
    match unit:
        case "volume_l":
            return load.volume_l
        case "weight_kg":
            return load.weight_kg
        case _:
            return load.amounts.get(unit, 0.0)


def _overfull(unit: str, free: float, needed: float) -> Breach:
    match unit:
        case "volume_l":
            return _breach("capacity_volume", free=free, needed=needed)
        case "weight_kg":
            return _breach("capacity_weight", free=free, needed=needed)
        case _:
            return _breach("capacity_amounts", unit=unit, free=free, needed=needed)


def _needs(world: PlanningWorld, driver: DriverState, stops: Sequence[Stop], order: Order | None) -> Iterator[_Need]:
    """Yield what each unit's load does: litres, kilograms, and what the order is counted in beside, or all are."""
    loads = [world.orders[stop.order_id].load for stop in stops]
    signs = [1.0 if stop.kind is StopKind.PICKUP else -1.0 for stop in stops]
    counted = [order.load] if order is not None else loads
    for unit in ("volume_l", "weight_kg", *sorted({unit for load in counted for unit in load.amounts})):
        changes = tuple(sign * _amount(load, unit) for sign, load in zip(signs, loads, strict=True))
        yield _Need(unit, _amount(driver.on_board, unit), _amount(driver.capacity, unit), changes)


def _breach(code: str, **arguments: str | float | int) -> Breach:
    name = "position_known" if code == "position_never_known" else code
    return Breach(constraint=name, statement=Statement(code=f"breach.{code}", arguments=arguments))
