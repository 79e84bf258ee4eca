"""The other ways to serve an order, each with what speaks against it: drivers, keeping, waiting, and the impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite

from core.dispatch.candidates import Candidate, Pricing, as_planned
from core.dispatch.decision import Alternative, Statement
from core.dispatch.scoring import Option, lateness_moved
from core.dispatch.world import PlanningWorld
from core.fleet.route import StopKind
from core.vocabulary import DriverId, OrderId

_SELDOM_YES = 0.85
"""Below this probability of a yes it is said against a driver."""
_LEAST_DELAY_S = 1.0
"""A customer who is reached less later than this is not reached later."""


def alternatives_of(
    world: PlanningWorld, pricing: Pricing, best: Candidate | None, taken: Mapping[DriverId, OrderId]
) -> tuple[Alternative, ...]:
    """Return the chosen one first, then the possible ones by rank, keeping or waiting, then the impossible ones.

    At most `alternatives_shown` in all; the nearest driver is always among them, and so is doing nothing.
    """
    shown = world.policy.alternatives_shown
    nearest = pricing.nearest()
    ranked = [*pricing.possible]
    nothing = pricing.keep
    if nothing is not None:
        ranked = sorted((*ranked, nothing), key=lambda c: (c.total_money, c.driver_id))
    ranks = {candidate.driver_id: rank for rank, candidate in enumerate(ranked, 1)}
    first = [best] if best is not None else []
    others = [candidate for candidate in ranked if candidate is not best]
    places = max(0, shown - len(first) - 2)
    kept = [*others[:places], *(c for c in others[places:] if c is nothing or c is nearest)]
    found = [_possible(world, c, ranks[c.driver_id], best, taken, is_nearest=c is nearest) for c in (*first, *kept)]
    if nothing is None:
        found.append(waiting_of(world, best, len(ranked) + 1))
    excluded = sorted(pricing.impossible, key=lambda c: c is not nearest)
    return (*found, *(_impossible(c, is_nearest=c is nearest) for c in excluded[: max(1, shown - len(found))]))


def waiting_of(world: PlanningWorld, best: Candidate | None, rank: int) -> Alternative:
    """Return "wait" as an alternative: the best choice, made `decide_within_s` later."""
    if best is None or best.option is None:
        return Alternative(driver_id=None, rank=rank, is_current=True, against=(Statement(code="against.waiting"),))
    later = _asked_later(world, best, world.policy.decide_within_s)
    assert later.option is not None, "the best reaches every stop, later as well"
    return Alternative(
        driver_id=None,
        rank=rank,
        is_current=True,
        late_probability=later.option.late_probability,
        terms=later.terms,
        total_minutes=later.total_minutes,
        total_money=later.total_money,
        against=(_against_waiting(best.option, later.option, world.policy.decide_within_s),),
    )


def _asked_later(world: PlanningWorld, best: Candidate, delay_s: float) -> Candidate:
    """Return the same stops in the same order where the driver does not set off to the pickup before so long.

    Who is busy with other stops until then loses nothing.
    """
    assert best.option is not None
    driver, plan, i = best.driver, best.option.insertion.after, best.option.index_of(StopKind.PICKUP)
    free_at = plan.departs[i - 1] if i else driver.start_at
    idle_s = max(0.0, world.now + delay_s - free_at)
    if idle_s == 0.0:
        return best
    return as_planned(world, best, replace(best.option.insertion.driver, start_at=driver.start_at + idle_s))


def _against_waiting(now: Option, later: Option, delay_s: float) -> Statement:
    """Return what speaks against waiting: that the customer is reached later, unless it moves nothing."""
    if later.delivery.mean_at - now.delivery.mean_at >= _LEAST_DELAY_S:
        return Statement(code="against.waiting")
    return _statement("against.waiting_free", minutes=delay_s / 60.0)


def _possible(
    world: PlanningWorld,
    candidate: Candidate,
    rank: int,
    best: Candidate | None,
    taken: Mapping[DriverId, OrderId],
    *,
    is_nearest: bool,
) -> Alternative:
    option = candidate.option
    assert option is not None
    plan, is_best = option.insertion.after, candidate is best
    return Alternative(
        driver_id=candidate.driver_id,
        rank=rank,
        is_current=candidate.driver_id == option.order.driver_id,
        arrival=option.delivery.band(world.now, is_degraded=plan.is_degraded),
        pickup_at=plan.arrives[option.index_of(StopKind.PICKUP)],
        distance_to_pickup_m=candidate.distance_to_pickup_m,
        extra_distance_m=option.insertion.extra_distance_m,
        late_probability=option.delivery.late_probability(option.order.promise.by_at),
        terms=candidate.terms,
        total_minutes=candidate.total_minutes,
        total_money=candidate.total_money,
        against=() if is_best else _against(world, candidate, best, taken, is_nearest=is_nearest),
        plan=plan.planned() if is_best else (),
    )


def _impossible(candidate: Candidate, *, is_nearest: bool) -> Alternative:
    distance = candidate.distance_to_pickup_m
    against = [_near(distance)] if is_nearest and distance is not None else []
    return Alternative(
        driver_id=candidate.driver_id,
        rank=0,
        distance_to_pickup_m=distance,
        against=(*against, Statement(code="against.impossible")),
        breaches=candidate.breaches,
    )


def _against(
    world: PlanningWorld,
    candidate: Candidate,
    best: Candidate | None,
    taken: Mapping[DriverId, OrderId],
    *,
    is_nearest: bool,
) -> tuple[Statement, ...]:
    option = candidate.option
    assert option is not None
    reasons = []
    if is_nearest and candidate.distance_to_pickup_m is not None:
        reasons.append(_near(candidate.distance_to_pickup_m))
    if candidate.driver_id in taken:
        reasons.append(_statement("against.needed_elsewhere", order_id=taken[candidate.driver_id]))
    if candidate.driver.is_silent:
        reasons.append(_statement("against.silent"))
    for order_id, minutes in lateness_moved(option).items():
        if minutes > world.policy.other_promise_minutes:
            reasons.append(_statement("against.breaks_promise", order_id=order_id, minutes=minutes))
    late_s = option.delivery.mean_at - option.order.promise.by_at
    if late_s > 0.0:
        reasons.append(_statement("against.late", minutes=late_s / 60.0))
    elif first := _delivered_first(candidate):
        reasons.append(_statement("against.delivers_first", orders=" and ".join(first)))
    age_s = candidate.driver.position_age_s
    if 2.0 * world.policy.fresh_position_s < age_s and isfinite(age_s):
        reasons.append(_statement("against.stale_position", age_min=age_s / 60.0))
    if option.acceptance.probability < _SELDOM_YES:
        reasons.append(_statement("against.may_refuse", percent=100.0 * option.acceptance.probability))
    if option.policy.pressure_minutes and option.leaves_short > option.ends_short:
        reasons.append(_statement("against.zone_short"))
    return (*reasons, *_compared(world, candidate, best))


def _compared(world: PlanningWorld, candidate: Candidate, best: Candidate | None) -> list[Statement]:
    if best is None or best.option is None or candidate.option is None:
        return []
    reasons = []
    later_s = candidate.option.delivery.mean_at - best.option.delivery.mean_at
    if later_s >= 60.0:
        reasons.append(_statement("against.later", minutes=later_s / 60.0))
    dearer = (candidate.total_money - best.total_money) / world.policy.driver_minute
    if dearer > 0.0:
        reasons.append(_statement("against.dearer", minutes=dearer))
    return reasons


def _delivered_first(candidate: Candidate) -> list[OrderId]:
    assert candidate.option is not None
    stops = candidate.option.insertion.after.stops[: candidate.option.index_of(StopKind.DELIVERY)]
    return [stop.order_id for stop in stops if stop.kind is StopKind.DELIVERY]


def _near(distance_m: float) -> Statement:
    return _statement("against.nearest", distance_km=distance_m / 1000.0)


def _statement(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)
