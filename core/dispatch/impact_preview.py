"""What a manual change would do to everyone, before it is committed: two counterfactuals beside the recommendation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from core.dispatch.changes import Change, CloseStreet, RulingChange, Split, kind_of
from core.dispatch.counterfactual import Changed, changed, given, replanned_around
from core.dispatch.decision import AffectedOrder, ImpactPreview, Outcome, PlanChange, Statement
from core.dispatch.futures import Future, by_the_clock, changed_drivers, future_of, outcome_of, served_in
from core.dispatch.ruled_worlds import given_to_others, ruled
from core.dispatch.schedule import schedule
from core.dispatch.shown import MoveLimits
from core.dispatch.street_closings import StreetsWithout, replanned_round
from core.dispatch.world import PlanningWorld
from core.eta.change_errors import LEAST_OWN
from core.orders.order import Order
from core.vocabulary import DriverId, Instant, OrderId

LEAST_MOVE_S = 30.0
"""Customers whose expected arrival moves by less are not listed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is previewed.

    Parameters
    ----------
    change : Change
    recommended_driver_id : DriverId or None
        Whom the platform recommends for the order; ``None`` for leaving things as they are.
    neighbours : sequence of DriverId
        Drivers who may take work over when it is re-planned.
    position : int
        The log position that the world was built at.
    waiting : sequence of OrderId
        The orders without a driver that the change concerns: those in a zone that is to be closed.
    with_replanned : bool
        Whether the work around it is re-planned as well.
    without : StreetsWithout or None
        Driving times without a street that is to be closed.
    """

    change: Change
    recommended_driver_id: DriverId | None = None
    neighbours: Sequence[DriverId] = ()
    position: int = 0
    waiting: Sequence[OrderId] = ()
    with_replanned: bool = True
    without: StreetsWithout | None = None


def preview_override(world: PlanningWorld, question: Question) -> ImpactPreview:
    """Return the impact of a change; with breaches nothing is planned.

    The world's travel table must hold the points of the order, of every order of the drivers touched, of the
    recommended one and of the neighbours; of a street that is to be closed, the way along the stops of these drivers.
    """
    change, order = question.change, world.orders[question.change.order_id]
    found = _found(world, change, question)
    as_is = found.world if not found.breaches else world
    replanned = _replanned(as_is, found, order, question)
    recommended = _recommended(world, order, question.recommended_driver_id)
    worlds = [world, recommended, as_is, *([replanned] if replanned is not None else [])]
    touched = sorted({driver_id for other in worlds[1:] for driver_id in changed_drivers(world, other)})
    waiting = [*found.waiting, *([order.order_id] if isinstance(change, Split) and not found.breaches else [])]
    futures = [future_of(other, touched, waiting, kind_of(change).value) for other in worlds]
    return _assembled(question, order, futures, found)


def _found(world: PlanningWorld, change: Change, question: Question) -> Changed:
    if isinstance(change, RulingChange):
        return ruled(world, change, question.waiting, question.without)
    return changed(world, change)


def _replanned(as_is: PlanningWorld, found: Changed, order: Order, question: Question) -> PlanningWorld | None:
    """Return the world with the work around the change re-planned; ``None`` where there is nothing to re-plan."""
    about = subject_of(question.change, order)
    if not question.with_replanned or found.breaches:
        return None
    neighbours = tuple(_reachable_neighbours(as_is, question))
    if isinstance(question.change, CloseStreet):
        round_it = replanned_round(as_is, neighbours)
        return None if round_it is as_is else round_it
    if about is None:
        return None
    if not isinstance(question.change, RulingChange):
        return replanned_around(as_is, found.kept, about, neighbours)
    after = given_to_others(as_is, found.waiting, [name for name in neighbours if name != about])
    return None if after is as_is else after


def subject_of(change: Change, order: Order) -> DriverId | None:
    """Return whom a change is about: who gets the order, whose stops they are, or who loses what is to wait.

    A closed street is about nobody: whoever is to drive there drives round it.
    """
    if isinstance(change, CloseStreet):
        return None
    return change.driver_id if change.driver_id is not None else order.driver_id


def outcomes(before: PlanningWorld, after: PlanningWorld) -> tuple[Outcome, Outcome]:
    """Return what the drivers whom `after` changes lead to without and with the change.

    The travel table must hold the points of these drivers in both worlds.
    """
    touched = sorted(changed_drivers(before, after))
    now, then = future_of(before, touched), future_of(after, touched)
    served = served_in([now, then])
    return outcome_of(now, now, served), outcome_of(then, now, served)


def _hands(before: PlanningWorld, after: PlanningWorld) -> dict[OrderId, DriverId | None]:
    """Return the orders that change hands from one world to the other, and who gets them."""
    names = changed_drivers(before, after)
    had = {order_id: name for name in names for order_id in before.drivers[name].order_ids}
    have = {order_id: name for name in names for order_id in after.drivers[name].order_ids}
    return {order_id: have.get(order_id) for order_id in sorted(had | have) if had.get(order_id) != have.get(order_id)}


def plan_changes(before: PlanningWorld, after: PlanningWorld) -> tuple[PlanChange, ...]:
    """Return the new stops of every driver that `after` changes, on the plan numbers they were computed on."""
    return tuple(
        PlanChange(
            driver_id=driver_id,
            plan_number=before.drivers[driver_id].plan_number,
            stops=(plan := schedule(after.drivers[driver_id], after.travel).recordable(after.now)).planned(),
            distance_m=plan.distance_m,
        )
        for driver_id in changed_drivers(before, after)
        if after.drivers[driver_id].start is not None or not after.drivers[driver_id].stops
    )


def _assembled(question: Question, order: Order, futures: Sequence[Future], found: Changed) -> ImpactPreview:
    now, recommended, as_is = futures[:3]
    replanned = futures[3] if len(futures) > 3 else None
    about = subject_of(question.change, order)
    involved = {*changed_drivers(now.world, as_is.world), order.driver_id, about} - {None}
    if replanned is not None:
        involved |= {*changed_drivers(now.world, replanned.world)}
    drivers, policy = now.world.drivers, now.world.policy
    served = served_in(futures[1:])
    said = (*found.said, *_cut_off(futures), *_grounds(now, question.change)) if not found.breaches else found.said
    return ImpactPreview(
        order_id=order.order_id,
        driver_id=about or DriverId(""),
        recommended_driver_id=question.recommended_driver_id,
        computed_at=now.world.now,
        until_at=_until(futures, now.world.now),
        position=question.position,
        based_on={name: drivers[name].plan_number for name in sorted(filter(None, involved)) if name in drivers},
        order_version=order.version,
        recommendation=outcome_of(recommended, now, served),
        as_is=outcome_of(as_is, now, served),
        replanned=outcome_of(replanned, now, served) if replanned is not None else None,
        affected=_affected(order, now, recommended, as_is, replanned),
        as_is_plans=plan_changes(now.world, as_is.world) if not found.breaches else (),
        replanned_plans=plan_changes(now.world, replanned.world) if replanned is not None else (),
        breaches=found.breaches,
        change=question.change,
        as_is_hands=_hands(now.world, as_is.world),
        replanned_hands=_hands(now.world, replanned.world) if replanned is not None else {},
        present=outcome_of(now, now, served),
        said=said,
        limits=MoveLimits(promises=policy.recheck_promises, minutes=policy.recheck_minutes, money=policy.recheck_money),
        tell_after_s=policy.tell_after_s,
        as_is_foretold=as_is.foretold(),
        replanned_foretold=replanned.foretold() if replanned is not None else {},
        as_is_clock=by_the_clock(as_is, now, served),
        replanned_clock=by_the_clock(replanned, now, served) if replanned is not None else {},
    )


def _cut_off(futures: Sequence[Future]) -> tuple[Statement, ...]:
    """Return whose customers no figure counts, because no way leads to them."""
    names = sorted({order_id for future in futures for order_id in future.cut_off})
    return (Statement(code="preview.cut_off", arguments={"orders": ", ".join(names)}),) if names else ()


def _grounds(now: Future, change: Change) -> tuple[Statement, ...]:
    """Return what the width of the times rests on: customers after earlier changes, or an assumption."""
    if now.changes is None:
        return ()
    kind = kind_of(change).value
    learned = now.changes.of(kind)
    if learned.customers < LEAST_OWN:
        return (Statement(code="preview.supposed", arguments={"customers": learned.customers}),)
    code = "preview.learned" if kind in now.changes.kinds else "preview.learned_all"
    arguments: dict[str, str | float | int] = {"customers": learned.customers, "percent": 100.0 * learned.inside}
    return (Statement(code=code, arguments=arguments),)


def _recommended(world: PlanningWorld, order: Order, driver_id: DriverId | None) -> PlanningWorld:
    if driver_id is None or driver_id == order.driver_id or world.drivers[driver_id].start is None:
        return world
    return world if order.state.is_on_board else given(world, order, driver_id)[0]


def _reachable_neighbours(world: PlanningWorld, question: Question) -> Iterable[DriverId]:
    return (name for name in question.neighbours if world.drivers[name].start is not None)


def _affected(
    order: Order, now: Future, recommended: Future, as_is: Future, replanned: Future | None
) -> tuple[AffectedOrder, ...]:
    others = [recommended, as_is, *([replanned] if replanned is not None else [])]
    moved: dict[OrderId, float] = {}
    for order_id in {name for future in (now, *others) for name in future.arrivals}:
        present = now.arrivals.get(order_id)
        shifts = [
            abs(arrival.mean_at - present.mean_at) if present is not None else inf
            for future in others
            if (arrival := future.arrivals.get(order_id)) is not None
        ]
        if max(shifts, default=0.0) >= LEAST_MOVE_S or order_id == order.order_id:
            moved[order_id] = max(shifts, default=0.0)
    ranked = sorted(moved, key=lambda name: (name != order.order_id, -moved[name], name))
    return tuple(
        AffectedOrder(
            order_id=name,
            promised_by_at=now.world.orders[name].promise.by_at,
            now=now.band(name),
            recommended=recommended.band(name),
            as_is=as_is.band(name),
            replanned=replanned.band(name) if replanned is not None else None,
            risk_now=now.risk(name),
            risk_as_is=as_is.risk(name),
            risk_replanned=replanned.risk(name) if replanned is not None else None,
        )
        for name in ranked
    )


def _until(futures: Sequence[Future], now: Instant) -> Instant:
    ends = (plan.ends_at for future in futures for plan in future.plans.values() if plan.is_reachable)
    return max(ends, default=now)
