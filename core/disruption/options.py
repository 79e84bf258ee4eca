"""What can be done about a disruption now: each option that applies, with its plans and its impact.

One function for each action; it returns nothing where the action does not apply at this moment. What changes plans is
walked by the independent checker first, and left out if it would break anything that holds now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core.dispatch.decision import Outcome, PlanChange, Statement
from core.dispatch.futures import changed_drivers
from core.dispatch.impact_preview import plan_changes
from core.dispatch.resequencing import resequenced
from core.dispatch.schedule import schedule
from core.dispatch.world import PlanningWorld
from core.disruption.disruption import (
    Disruption,
    DisruptionKind,
    MovedArrival,
    RecoveryAction,
    RecoveryImpact,
    RecoveryOption,
    SubjectKind,
)
from core.disruption.handing_over import handed_over, is_movable, movable_orders, shares_trip
from core.disruption.impact import arrivals_of, band_of, impact_of
from core.disruption.option_check import breaks_of
from core.orders.order import Order
from core.vocabulary import DriverId, OrderId

WAIT_S = 300.0
"""For how long waiting, or having called, holds before a disruption asks again."""

_LEAST_TOLD_S = 60.0
_MOST_MOVED = 4
"""So many orders at most change hands in one recovery: more is a new plan, which the improvement makes."""

_NO_WHY = Statement(code="why.recovery_possible")


@dataclass(frozen=True, slots=True)
class Case:
    """A disruption with the world that it leaves, and who may take work over.

    Parameters
    ----------
    world : with the further delay in it; its travel table holds the orders and drivers of the case, and both ends of
        every order that these drivers have in hand
    takers : drivers near, without whom it is about
    outside : of them those who stand outside the zone that it is about
    left_alone : orders that a person holds, or that lie in a closed zone: they are given to nobody else
    held_back : orders of whose plan drivers are not told yet: their customers are not either
    """

    disruption: Disruption
    world: PlanningWorld
    takers: tuple[DriverId, ...] = ()
    outside: frozenset[DriverId] = frozenset()
    left_alone: frozenset[OrderId] = frozenset()
    held_back: frozenset[OrderId] = frozenset()

    @property
    def order(self) -> Order | None:
        """Return the order that it is about, while it is open."""
        name = self.disruption.order_id
        return self.world.orders.get(name) if name is not None else None


def possible_options(case: Case) -> Iterator[RecoveryOption]:
    """Yield every option that applies now, unranked."""
    for action in (*APPLICABLE[case.disruption.kind], RecoveryAction.REVIEW):
        option = _MAKERS[action](case)
        if option is not None:
            yield option


def reroute(case: Case) -> RecoveryOption | None:
    """The driver's stops in the best order from where the driver is, along a way found anew."""
    driver_id = case.disruption.driver_id
    driver = case.world.drivers.get(driver_id) if driver_id is not None else None
    if driver is None or driver.start is None or not driver.stops:
        return None
    plan = resequenced(case.world, driver)
    is_same = plan.stops == driver.stops
    if not plan.is_reachable or (is_same and case.disruption.kind is not DisruptionKind.OFF_ROUTE):
        return None
    after = case.world.with_driver(driver.with_stops(plan.stops))
    what = _say("recover.new_way" if is_same else "recover.reroute", driver_id=driver.driver_id)
    if is_same:
        change = PlanChange(
            driver_id=driver.driver_id,
            plan_number=driver.plan_number,
            stops=schedule(driver, case.world.travel).planned(),
            distance_m=plan.distance_m,
        )
        return _option(case, RecoveryAction.REROUTE, what, driver.driver_id, plans=(change,))
    return _planned(case, RecoveryAction.REROUTE, what, after, {}, driver.driver_id)


def reassign(case: Case) -> RecoveryOption | None:
    """What the driver has not picked up goes to others, if that is better; else all of it that anybody can take."""
    order, driver_id = case.order, case.disruption.driver_id
    names: tuple[OrderId, ...] = ()
    if _is_about_order(case):
        is_alone = order is not None and not shares_trip(case.world, order)  # else it is taken out of its trip
        if order is not None and is_alone and is_movable(case.world, order):
            names = (order.order_id,)
    elif driver_id is not None and driver_id in case.world.drivers:
        names = movable_orders(case.world, driver_id)
    names = tuple(name for name in names if name not in case.left_alone)[:_MOST_MOVED]
    found = handed_over(case.world, names, case.takers, only_better=True)
    if not found.takers:
        found = handed_over(case.world, names, case.takers)
    return _handed(case, RecoveryAction.REASSIGN, found.world, found.takers)


def unbundle(case: Case) -> RecoveryOption | None:
    """The order that holds a trip up goes to somebody else, so that the others do not wait for it."""
    order = case.order
    if order is None or not shares_trip(case.world, order) or not is_movable(case.world, order):
        return None
    if order.order_id in case.left_alone:
        return None
    found = handed_over(case.world, (order.order_id,), case.takers)
    return _handed(case, RecoveryAction.UNBUNDLE, found.world, found.takers)


def rebalance(case: Case) -> RecoveryOption | None:
    """Waiting orders of a zone that is short go to drivers around it who have nothing in hand."""
    world = case.world
    free = tuple(name for name in case.takers if name in case.outside and not world.drivers[name].stops)
    waiting = [world.orders[name] for name in case.disruption.order_ids if name in world.orders]
    free_orders = (o for o in sorted(waiting, key=_by_promise) if o.driver_id is None)
    names = [o.order_id for o in free_orders if o.order_id not in case.left_alone]
    found = handed_over(world, names[:_MOST_MOVED], free)
    return _handed(case, RecoveryAction.REBALANCE, found.world, found.takers)


def wait(case: Case) -> RecoveryOption | None:
    """Leave everything as it is, and look again after a while."""
    what = _say("recover.wait", minutes=WAIT_S / 60.0)
    return _option(case, RecoveryAction.WAIT, what, None, until_at=case.world.now + WAIT_S)


def tell_customer(case: Case) -> RecoveryOption | None:
    """Tell those whose arrival has moved from what they were told, or who lose their promise."""
    is_over = _is_about_order(case) and case.order is None
    told = tuple(_untold(case))
    if not told and not is_over:
        return None
    count = len(told) or 1
    impact = RecoveryImpact(after=Outcome(customers_to_tell=count), moved=told)
    until_at = case.world.now + WAIT_S
    what = _say("recover.tell_one") if count == 1 else _say("recover.tell", customers=count)
    return _option(case, RecoveryAction.TELL_CUSTOMER, what, None, impact=impact, told=told, until_at=until_at)


def review(case: Case) -> RecoveryOption | None:
    """Ask a supervisor to look: it stands among the exceptions of supervisors until one of them closes it."""
    return _option(case, RecoveryAction.REVIEW, _say("recover.review"), None, until_at=case.world.now + WAIT_S)


def call(case: Case) -> RecoveryOption | None:
    """Ask whoever knows: a person calls, and what comes of it is decided then."""
    kind, driver_id = case.disruption.kind, case.disruption.driver_id
    what = _say(f"recover.call_{CALLED[kind]}", driver_id=driver_id or "", pickup=_pickup_of(case))
    return _option(case, RecoveryAction.CALL, what, None, until_at=case.world.now + WAIT_S)


type Maker = Callable[[Case], RecoveryOption | None]

_MAKERS: Mapping[RecoveryAction, Maker] = {
    RecoveryAction.REROUTE: reroute,
    RecoveryAction.REASSIGN: reassign,
    RecoveryAction.UNBUNDLE: unbundle,
    RecoveryAction.REBALANCE: rebalance,
    RecoveryAction.WAIT: wait,
    RecoveryAction.TELL_CUSTOMER: tell_customer,
    RecoveryAction.CALL: call,
    RecoveryAction.REVIEW: review,
}

_A = RecoveryAction
APPLICABLE: Mapping[DisruptionKind, tuple[RecoveryAction, ...]] = {
    DisruptionKind.SILENT: (_A.REASSIGN, _A.CALL, _A.TELL_CUSTOMER, _A.WAIT),
    DisruptionKind.STOPPED: (_A.REASSIGN, _A.CALL, _A.TELL_CUSTOMER, _A.WAIT),
    DisruptionKind.OFF_ROUTE: (_A.REROUTE, _A.REASSIGN, _A.CALL, _A.WAIT),
    DisruptionKind.SLOW_TRAFFIC: (_A.REROUTE, _A.REASSIGN, _A.TELL_CUSTOMER, _A.WAIT),
    DisruptionKind.NOT_READY: (_A.UNBUNDLE, _A.REASSIGN, _A.REROUTE, _A.CALL, _A.TELL_CUSTOMER, _A.WAIT),
    DisruptionKind.CANCELLED: (_A.REROUTE, _A.CALL, _A.WAIT),
    DisruptionKind.DECLINED: (_A.REASSIGN, _A.WAIT),
    DisruptionKind.REFUSED_AT_DOOR: (_A.CALL, _A.REROUTE, _A.TELL_CUSTOMER, _A.WAIT),
    DisruptionKind.ADDRESS: (_A.CALL, _A.REROUTE, _A.TELL_CUSTOMER, _A.WAIT),
    DisruptionKind.NOBODY_HOME: (_A.CALL, _A.REROUTE, _A.TELL_CUSTOMER, _A.WAIT),
    DisruptionKind.OVERLOAD: (_A.REBALANCE, _A.WAIT),
}
"""What may be thought of for each kind, beside a supervisor's look; whether it applies is found out with each case."""

CALLED: Mapping[DisruptionKind, str] = {
    DisruptionKind.SILENT: "driver",
    DisruptionKind.STOPPED: "driver",
    DisruptionKind.OFF_ROUTE: "driver",
    DisruptionKind.SLOW_TRAFFIC: "driver",
    DisruptionKind.NOT_READY: "pickup",
    DisruptionKind.CANCELLED: "driver",
    DisruptionKind.REFUSED_AT_DOOR: "customer",
    DisruptionKind.ADDRESS: "customer",
    DisruptionKind.NOBODY_HOME: "customer",
}
"""Who knows more."""


def _handed(
    case: Case, action: RecoveryAction, after: PlanningWorld, takers: Mapping[OrderId, DriverId]
) -> RecoveryOption | None:
    if not takers:
        return None
    names, order_ids = list(dict.fromkeys(takers.values())), list(takers)
    one = len(names) == 1
    shape = "_one" if len(order_ids) == 1 else "_all" if one else ""
    what = _say(
        f"recover.{action}{shape}",
        order_id=order_ids[0],
        orders=len(order_ids),
        drivers=len(names),
        driver_id=names[0],
    )
    return _planned(case, action, what, after, takers, names[0] if one else None)


def _planned(
    case: Case,
    action: RecoveryAction,
    what: Statement,
    after: PlanningWorld,
    takers: Mapping[OrderId, DriverId],
    driver_id: DriverId | None,
) -> RecoveryOption | None:
    changed = changed_drivers(case.world, after)
    if breaks_of(case.world, after, changed, list(takers)):
        return None
    plans = plan_changes(case.world, after)
    if {plan.driver_id for plan in plans} != set(changed):
        return None  # a driver whose position is not known cannot be planned with
    impact = impact_of(case.world, after)
    return _option(case, action, what, driver_id, impact=impact, plans=plans, moved_orders=tuple(takers))


def _option(
    case: Case,
    action: RecoveryAction,
    what: Statement,
    driver_id: DriverId | None,
    *,
    impact: RecoveryImpact | None = None,
    plans: tuple[PlanChange, ...] = (),
    moved_orders: tuple[OrderId, ...] = (),
    told: tuple[MovedArrival, ...] = (),
    until_at: float | None = None,
) -> RecoveryOption:
    orders = case.world.orders
    touched = [plan.driver_id for plan in plans]
    return RecoveryOption(
        option_id=action.value if driver_id is None else f"{action.value}:{driver_id}",
        action=action,
        what=what,
        why=_NO_WHY,
        impact=impact or RecoveryImpact(),
        driver_id=driver_id,
        moved_orders=moved_orders,
        plans=plans,
        told=told,
        until_at=until_at,
        based_on={name: case.world.drivers[name].plan_number for name in touched},
        order_versions={name: orders[name].version for name in moved_orders},
    )


def _untold(case: Case) -> Iterator[MovedArrival]:
    """Yield the customers who would have to hear of another time than they were told."""
    world = case.world
    drivers = [case.disruption.driver_id] if case.disruption.driver_id in world.drivers else []
    arrivals = arrivals_of(world, [name for name in drivers if name is not None])
    for name in case.disruption.order_ids:
        order, arrival = world.orders.get(name), arrivals.get(name)
        if order is None or arrival is None or name in case.held_back:
            continue
        told = order.told_arrival
        has_moved = told is None or abs(arrival.mean_at - told.p50_at) >= _LEAST_TOLD_S
        if has_moved and arrival.mean_at > order.promise.by_at - _LEAST_TOLD_S:
            yield MovedArrival(
                order_id=name, promised_by_at=order.promise.by_at, before=told, after=band_of(world, arrival)
            )


def _is_about_order(case: Case) -> bool:
    return case.disruption.subject_kind is SubjectKind.ORDER


def _pickup_of(case: Case) -> str:
    return case.order.pickup.name if case.order is not None else ""


def _by_promise(order: Order) -> tuple[float, OrderId]:
    return order.promise.by_at, order.order_id


def _say(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)
