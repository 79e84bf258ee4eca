"""Puts orders back to who had them, on the world of this moment: as the plans were, or else each where it fits best.

Nothing is put back that breaks a hard limit by it: an order that no longer fits waits, or stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from core.dispatch.changes import StopName
from core.dispatch.constraints import FOR_PEOPLE, Trial, breaches, position_known
from core.dispatch.counterfactual import given, taken_from
from core.dispatch.decision import Breach, PutBack, Statement, Stays
from core.dispatch.giving_back import GivenBack, GivingBack
from core.dispatch.impact_preview import plan_changes
from core.dispatch.rationale import say
from core.dispatch.resequencing import put_in_order
from core.dispatch.route_insertion import Insertion
from core.dispatch.taker_check import route_breaches
from core.dispatch.world import DriverState, PlanningWorld, Stop
from core.orders.order import Order
from core.refusals import Refusal
from core.vocabulary import DriverId

type Holds = Callable[[PlanningWorld, Order, Insertion], bool]
"""Says whether the independent check lets an order be put into a route like this."""


def put_back(world: PlanningWorld, wanted: GivingBack, holds: Holds) -> PutBack:
    """Return the plans in which the wanted orders are back with who had them, as far as they fit.

    Parameters
    ----------
    world : PlanningWorld
        Its travel table must hold the orders, and the starts and stops of every driver concerned.
    wanted : GivingBack
    holds : callable

    Raises
    ------
    Refusal
        ``undo.not_possible`` with the first limit that the former sequence of stops would break.
    """
    as_before = _as_before(world, wanted)
    if as_before is not None:
        return PutBack(plans=plan_changes(world, as_before))
    after = world if wanted.driver_id is None else _in_sequence(world, wanted.driver_id, wanted.sequence)
    after, stays = _one_by_one(after, wanted.orders, holds)
    return PutBack(plans=plan_changes(world, after), stays=stays)


def _in_sequence(world: PlanningWorld, driver_id: DriverId, sequence: tuple[StopName, ...]) -> PlanningWorld:
    if not sequence:
        return world
    driver, broken = put_in_order(world, world.drivers[driver_id], sequence)
    if broken:
        words, name = say(broken[0].statement), broken[0].constraint
        raise Refusal("undo.not_possible", f"Not possible any more: {words}.", status=409, constraint=name)
    return world.with_driver(driver)


def _one_by_one(
    world: PlanningWorld, orders: Collection[GivenBack], holds: Holds
) -> tuple[PlanningWorld, tuple[Stays, ...]]:
    """Return the world in which each order went back where it costs least, and which did not, with the first limit."""
    stays = []
    for one in orders:
        if one.waits or one.driver_id is None:
            world = _without(world, world.orders[one.order_id])
    for one in orders:
        if one.driver_id is None:
            continue
        order = world.orders[one.order_id]
        broken = _facts_against(world, one, world.drivers[one.driver_id])
        if not broken:
            after, insertion = given(world, order, one.driver_id)
            broken = insertion.breaches
            if not broken and holds(world, order, insertion):
                world = after
                continue
        why = broken[0].statement if broken else Statement(code="breach.unexplained")
        stays.append(Stays(order_id=one.order_id, why=why))
    return world, tuple(stays)


def _without(world: PlanningWorld, order: Order) -> PlanningWorld:
    return world if order.driver_id is None else taken_from(world, order, order.driver_id)


def _facts_against(world: PlanningWorld, back: GivenBack, driver: DriverState) -> tuple[Breach, ...]:
    """Return why a driver may have nothing given back, whatever the way; what the undo itself lifts is none."""
    trial = Trial(driver, world.orders[back.order_id], world.now, world.policy)
    found = tuple(breach for breach in breaches(trial, FOR_PEOPLE) if breach.constraint not in back.lifted)
    return found if found or driver.start is not None else breaches(trial, (position_known,))


def _as_before(world: PlanningWorld, wanted: GivingBack) -> PlanningWorld | None:
    """Return the world with the plans as they were; ``None`` where they were touched, or would break a limit by now."""
    if not wanted.as_before or any(
        _facts_against(world, one, world.drivers[one.driver_id]) for one in wanted.orders if one.driver_id is not None
    ):
        return None
    stops = _stops(world, wanted)
    after = world
    for driver_id, names in wanted.as_before.items():
        if any(name not in stops for name in names):
            return None
        after = after.with_driver(after.drivers[driver_id].with_stops(tuple(stops[name] for name in names)))
    return after if all(_is_sound(world, after, name, wanted) for name in wanted.as_before) else None


def _stops(world: PlanningWorld, wanted: GivingBack) -> Mapping[StopName, Stop]:
    """Return every stop that a plan as before may hold: those there are, and those of the orders that go back."""
    drivers = (world.drivers[name] for name in wanted.as_before)
    known = [stop for driver in drivers for stop in driver.stops]
    known += [stop for one in wanted.orders for stop in world.stops_of(world.orders[one.order_id])]
    return {StopName(order_id=stop.order_id, kind=stop.kind): stop for stop in known}


def _is_sound(world: PlanningWorld, after: PlanningWorld, driver_id: DriverId, wanted: GivingBack) -> bool:
    """Say whether a driver's former plan breaks nothing that the present one keeps; he may be turned round."""
    driver = world.drivers[driver_id]
    if driver.start is None:
        return False
    present = {breach.constraint for breach in route_breaches(world, driver, driver.stops)} | {"frozen"}
    planned = after.drivers[driver_id].stops
    new = [world.orders[one.order_id] for one in wanted.orders if one.driver_id == driver_id]
    kept = driver
    for name in driver.order_ids - {stop.order_id for stop in planned}:
        kept = kept.without(name)
    return all(breach.constraint in present for breach in route_breaches(world, kept, planned, new))
