"""What is proposed, held against the independent check before anybody sees it, and what the two disagree on.

Whom the check rules out is not proposed, whatever the planner says, and an order on which they disagree is left to a
person; the reasons that are shown for those who are out are the check's. Only what will be shown is looked at, so that
it costs little beside pricing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from msgspec.structs import replace as with_fields

from core.dispatch.candidates import Candidate, Pricing
from core.dispatch.changes import Reassign, Split
from core.dispatch.decision import Breach, ImpactPreview, PlanChange, Statement
from core.dispatch.route_insertion import Insertion
from core.dispatch.taker_check import facts_against, once, plan_breaches, reasons_against, route_breaches
from core.dispatch.world import PlanningWorld
from core.orders.order import Order
from core.vocabulary import DriverId, OrderId

_OWN_CHOICES = frozenset({"max_bundle", "bundle_promise"})
"""Limits of the platform's own choices, which forbid nobody to take an order and which the check does not judge."""
_NO_TAKER = frozenset({"with_goods", "not_shared", "no_driver"})
"""Breaches of a change that are no matter of who takes the order."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What the planner says of a driver and an order and what the check says: names of limits, empty for none."""

    order_id: OrderId
    driver_id: DriverId
    planner: tuple[str, ...]
    check: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A pricing in which nobody is possible whom the check rules out, and what the two disagree on."""

    pricing: Pricing
    disagreements: tuple[Disagreement, ...] = ()


def checked(world: PlanningWorld, pricing: Pricing, about: DriverId | None = None) -> Checked:
    """Return the candidates as the check lets them stand.

    Parameters
    ----------
    world : PlanningWorld
        The one they were priced on.
    pricing : Pricing
    about : DriverId, optional
        A driver whose reasons are wanted whether or not they would be shown.
    """
    found: list[Disagreement] = []
    sound: list[Candidate] = []
    unsound: list[Candidate] = []
    for one in pricing.possible:
        broken = _broken(world, pricing, one)
        (unsound if broken else sound).append(replace(one, breaches=broken) if broken else one)
        if broken:
            found.append(_disagreement(pricing, one, (), broken))
    shown = _shown(world, pricing) | {about}
    out = []
    for one in pricing.impossible:
        reasons = _reasons(world, pricing, one) if one.driver_id in shown else one.breaches
        if not reasons:
            found.append(_disagreement(pricing, one, one.breaches, ()))
            reasons = (Breach(constraint="unexplained", statement=Statement(code="breach.unexplained")),)
        out.append(one if reasons == one.breaches else replace(one, breaches=reasons))
    held = replace(
        pricing,
        possible=tuple(sound),
        impossible=(*unsound, *out),
        disputed=tuple(one.driver_id for one in unsound),
    )
    return Checked(held, tuple(found))


def checked_insertion(world: PlanningWorld, order: Order, insertion: Insertion) -> tuple[Disagreement, ...]:
    """Return what the check has against a place in a route that the planner holds to break nothing."""
    broken = route_breaches(world, insertion.driver, insertion.after.stops, [order])
    return (Disagreement(order.order_id, insertion.driver.driver_id, (), _names(broken)),) if broken else ()


def checked_preview(world: PlanningWorld, preview: ImpactPreview) -> tuple[ImpactPreview, tuple[Disagreement, ...]]:
    """Return a preview as the check lets it stand: a change that it rules out is not possible, with its reasons.

    A version re-planned around the change that breaks a limit is left out.

    Parameters
    ----------
    world : PlanningWorld
        The one it was made on.
    preview : ImpactPreview
    """
    preview, found = _checked_taker(world, preview)
    broken = [(plan.driver_id, names) for plan in preview.replanned_plans if (names := _worse(world, preview, plan))]
    if not broken:
        return preview, found
    without = with_fields(preview, replanned=None, replanned_plans=(), replanned_hands={})
    return without, (*found, *(Disagreement(preview.order_id, name, (), names) for name, names in broken))


def _checked_taker(world: PlanningWorld, preview: ImpactPreview) -> tuple[ImpactPreview, tuple[Disagreement, ...]]:
    change, told = preview.change, _names(preview.breaches)
    taker = world.drivers.get(change.driver_id) if isinstance(change, Reassign | Split) and change.driver_id else None
    if taker is None or not _NO_TAKER.isdisjoint(told):
        return preview, ()
    order = world.orders[preview.order_id]
    if preview.breaches:
        reasons = reasons_against(world, order, taker, is_by_person=True)
        if reasons:
            return with_fields(preview, breaches=reasons), ()
        return preview, (Disagreement(order.order_id, taker.driver_id, told, ()),)
    planned = next((plan.stops for plan in preview.as_is_plans if plan.driver_id == taker.driver_id), ())
    facts = facts_against(world, order, taker, is_by_person=True)
    broken = once((*facts, *route_breaches(world, taker, planned, [order])))
    if not broken:
        return preview, ()
    nothing = with_fields(
        preview,
        breaches=broken,
        as_is_plans=(),
        as_is_hands={},
        replanned=None,
        replanned_plans=(),
        replanned_hands={},
    )
    return nothing, (Disagreement(order.order_id, taker.driver_id, (), _names(broken)),)


def _worse(world: PlanningWorld, preview: ImpactPreview, plan: PlanChange) -> tuple[str, ...]:
    """Return the limits that a driver's part of a re-planned version breaks, and the plan in force does not.

    A person may turn the driver whom the change is about.
    """
    driver = world.drivers[plan.driver_id]
    present = set(_names(route_breaches(world, driver, driver.stops))) if driver.start is not None else set()
    if preview.change.driver_id == driver.driver_id:
        present.add("frozen")
    hands = preview.replanned_hands
    for order_id, taker in hands.items():
        if taker != driver.driver_id:
            driver = driver.without(order_id)
    new = [world.orders[name] for name, taker in hands.items() if taker == driver.driver_id]
    broken = _names(route_breaches(world, driver, plan.stops, [one for one in new if not one.state.is_on_board]))
    return tuple(name for name in broken if name not in present)


def _broken(world: PlanningWorld, pricing: Pricing, one: Candidate) -> tuple[Breach, ...]:
    assert one.option is not None, "who is possible was routed"
    return plan_breaches(world, pricing.order, one.driver, one.option.insertion.after.stops)


def _reasons(world: PlanningWorld, pricing: Pricing, one: Candidate) -> tuple[Breach, ...]:
    """Return why somebody is out: of every place in the route, of the place that the planner tried, or by choice."""
    try:
        reasons = reasons_against(world, pricing.order, one.driver)
    except KeyError:  # the planner ruled him out before it asked for ways, and the check would not have
        return ()
    if reasons:
        return reasons
    chosen = tuple(breach for breach in one.breaches if breach.constraint in _OWN_CHOICES)
    return chosen or (_broken(world, pricing, one) if one.option is not None else ())


def _shown(world: PlanningWorld, pricing: Pricing) -> set[DriverId | None]:
    """Return those of the impossible who may be shown: the first ones, and who stands nearest."""
    first: list[Candidate] = list(pricing.impossible[: world.policy.alternatives_shown])
    known = [one for one in pricing.impossible if one.distance_to_pickup_m is not None]
    first += [min(known, key=lambda one: (one.distance_to_pickup_m or 0.0, one.driver_id))] if known else []
    return {one.driver_id for one in first}


def _disagreement(pricing: Pricing, one: Candidate, planner: Iterable[Breach], check: Iterable[Breach]) -> Disagreement:
    return Disagreement(pricing.order.order_id, one.driver_id, _names(planner), _names(check))


def _names(breaches: Iterable[Breach]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(breach.constraint for breach in breaches))
