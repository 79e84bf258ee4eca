"""What would be if a person changed a plan: the change alone, or with the work around it re-planned."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.dispatch.bundling import companions
from core.dispatch.candidates import Candidate, bundled_where_it_may_be, candidate_of, keep
from core.dispatch.changes import PlanEdit, Reassign, Resequence, Split
from core.dispatch.constraints import FOR_PEOPLE, Trial, breaches, position_known
from core.dispatch.decision import Breach, Statement
from core.dispatch.resequencing import put_in_order, put_off, turned_from
from core.dispatch.route_insertion import Insertion, insert_cheapest
from core.dispatch.schedule import schedule
from core.dispatch.world import DriverState, PlanningWorld
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, Instant, OrderId


@dataclass(frozen=True, slots=True)
class Changed:
    """The world with a change in it; with `breaches` it is the world as it was.

    `said` is what else is to be known of the change, `kept` the orders that re-planning leaves where they are,
    `waiting` those that nobody has any more.
    """

    world: PlanningWorld
    breaches: tuple[Breach, ...] = ()
    said: tuple[Statement, ...] = ()
    kept: frozenset[OrderId] = frozenset()
    waiting: tuple[OrderId, ...] = ()


def changed(world: PlanningWorld, change: PlanEdit) -> Changed:
    """Return the world with the change in it and nothing else moved, or which hard limits it would break.

    The travel table must hold the points of the order and of every order of the drivers touched.

    Raises
    ------
    KeyError
        If the order or a driver is not in the world, or the table lacks a point.
    """
    match change:
        case Reassign():
            return _reassigned(world, world.orders[change.order_id], change.driver_id)
        case Resequence():
            return _put_in_order(world, change)
        case Split():
            return _split(world, world.orders[change.order_id], change.driver_id)


def given(world: PlanningWorld, order: Order, driver_id: DriverId) -> tuple[PlanningWorld, Insertion]:
    """Return the world in which `driver_id` has the order, inserted where it costs least, and that insertion.

    Raises
    ------
    ValueError
        If the driver's position is not known.
    """
    if order.driver_id is not None and order.driver_id != driver_id:
        world = taken_from(world, order, order.driver_id)
    insertion = insert_cheapest(world, world.drivers[driver_id], order)
    return world.with_driver(insertion.driver.with_stops(insertion.after.stops)), insertion


def taken_from(world: PlanningWorld, order: Order, driver_id: DriverId) -> PlanningWorld:
    """Return the world in which `driver_id` no longer has the order."""
    return world.with_driver(world.drivers[driver_id].without(order.order_id))


def replanned_around(
    world: PlanningWorld, kept: Collection[OrderId], driver_id: DriverId, neighbours: Iterable[DriverId]
) -> PlanningWorld:
    """Return the world in which the other orders of `driver_id` went to `neighbours` where that is clearly better.

    One pass, order by order: an order moves if its whole score, hand-over included, is better by the least gain of
    the policy. Orders on board, at the counter, pinned, held, or in a frozen stop stay, and so do those `kept`.
    """
    gain = world.policy.reassign_gain_minutes * world.policy.driver_minute
    others = [name for name in dict.fromkeys(neighbours) if name != driver_id]
    for name in _movable(world, kept, driver_id):
        order = world.orders[name]
        mean = world.mean_orders()
        present = keep(world, order, mean)
        best = cheapest_of(world, order, others)
        if present is None or best is None or best.option is None:
            continue
        if best.total_money + gain < present.total_money:
            world = taken_from(world, order, driver_id)
            world = world.with_driver(best.option.insertion.driver.with_stops(best.option.insertion.after.stops))
    return world


def _reassigned(world: PlanningWorld, order: Order, driver_id: DriverId) -> Changed:
    broken = _broken_before_routing(world, order, driver_id)
    if broken:
        return Changed(world, broken)
    after, insertion = given(world, order, driver_id)
    said = _turned(world, order.driver_id, after)
    return Changed(after, insertion.breaches, said, kept=frozenset({order.order_id}))


def _put_in_order(world: PlanningWorld, change: Resequence) -> Changed:
    driver = world.drivers[change.driver_id]
    after, broken = put_in_order(world, driver, change.stops)
    earlier = frozenset({change.order_id, *put_off(after.stops, driver.stops)})
    turned = _turned(world, driver.driver_id, world.with_driver(after))
    return Changed(world.with_driver(after), broken, turned, kept=earlier)


def _turned(before: PlanningWorld, driver_id: DriverId | None, after: PlanningWorld) -> tuple[Statement, ...]:
    """Return that a driver is turned round who is on the way to his first stop; nothing where he is not."""
    if driver_id is None or driver_id not in before.drivers:
        return ()
    turned = turned_from(after.drivers[driver_id].stops, before.drivers[driver_id])
    if turned is None:
        return ()
    arguments: dict[str, str | float | int] = {"driver_id": driver_id, "order_id": turned}
    return (Statement(code="override.turns_back", arguments=arguments),)


def _split(world: PlanningWorld, order: Order, driver_id: DriverId | None) -> Changed:
    loser = world.drivers.get(order.driver_id) if order.driver_id is not None else None
    if loser is None:
        return Changed(world, (_breach("no_driver"),))
    shared = companions(loser.stops, order.order_id)
    if order.state.is_on_board:
        return Changed(world, (_breach("with_goods", driver_id=loser.driver_id),))
    if not shared:
        return Changed(world, (_breach("not_shared"),))
    lost = _bundle_lost(world, loser, order, shared)
    if driver_id is None:
        waits = Statement(code="override.waits", arguments={"driver_id": loser.driver_id})
        after_loss = taken_from(world, order, loser.driver_id)
        return Changed(after_loss, (), (*lost, waits, *_turned(world, loser.driver_id, after_loss)))
    kept_from = Statement(code="override.kept_from", arguments={"driver_id": loser.driver_id})
    after = _reassigned(world, order, driver_id)
    return Changed(after.world, after.breaches, (*lost, kept_from, *after.said), after.kept)


def _bundle_lost(
    world: PlanningWorld, driver: DriverState, order: Order, shared: tuple[OrderId, ...]
) -> tuple[Statement, ...]:
    """Return what sharing the vehicle saved, as against the same driver on one trip after the other."""
    if driver.start is None:
        return ()
    together = schedule(driver, world.travel)
    apart = insert_cheapest(world, driver, order, apart=True)
    if not (together.is_reachable and apart.after.is_reachable):
        return ()
    saved_min = max(0.0, apart.after.driving_s - together.driving_s) / 60.0
    return (Statement(code="override.bundle_lost", arguments={"orders": ", ".join(shared), "saved_min": saved_min}),)


def _broken_before_routing(world: PlanningWorld, order: Order, driver_id: DriverId) -> tuple[Breach, ...]:
    driver = world.drivers[driver_id]
    trial = Trial(driver, order, world.now, world.policy)
    broken = breaches(trial, FOR_PEOPLE)
    if driver.start is None:
        broken = (*broken, *breaches(trial, (position_known,)))
    if order.state.is_on_board:
        broken = (*broken, _breach("with_goods", driver_id=order.driver_id or ""))
    return broken


def _breach(constraint: str, **arguments: str | float | int) -> Breach:
    return Breach(constraint=constraint, statement=Statement(code=f"breach.{constraint}", arguments=arguments))


def _movable(world: PlanningWorld, kept: Collection[OrderId], driver_id: DriverId) -> list[OrderId]:
    driver = world.drivers[driver_id]
    frozen = {stop.order_id for stop in driver.stops[: driver.frozen]}
    movable = driver.order_ids - frozen - set(kept)
    return sorted(name for name in movable if _may_move(world.orders[name], driver_id, world.now))


def _may_move(order: Order, driver_id: DriverId, now: Instant) -> bool:
    is_ruled = order.is_pinned or order.is_held(now)
    return order.state is OrderState.ASSIGNED and order.driver_id == driver_id and not is_ruled


def cheapest_of(world: PlanningWorld, order: Order, takers: Iterable[DriverId]) -> Candidate | None:
    """Return which of these drivers takes an order at the least total, ``None`` if nobody can.

    Nobody shares a trip where that breaks a promise which single trips keep.
    """
    mean = world.mean_orders()
    routed = [candidate_of(world, world.drivers[name], order, mean) for name in takers]
    found = bundled_where_it_may_be(world, order, routed, mean)
    possible = [candidate for candidate in found if not candidate.breaches and candidate.option is not None]
    return min(possible, key=lambda c: (c.total_money, c.driver_id), default=None)
