"""What would have to change: the smallest change that would make another choice the right one.

For the runner-up, for doing nothing, and for the nearest driver who cannot take the order. Each is found by pricing
the change itself, in whole minutes, so that it holds for exactly the world that was decided on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from msgspec.structs import replace as changed

from core.dispatch.candidates import Candidate, Pricing, as_planned, bundled_where_it_may_be, candidate_of
from core.dispatch.decision import Statement
from core.dispatch.least_minutes import FARTHEST_MIN, least_minutes
from core.dispatch.lifting import lifting
from core.dispatch.scoring import Option, score, total
from core.dispatch.world import DriverState, PlanningWorld
from core.orders.order import Order


def turning_points(
    world: PlanningWorld, pricing: Pricing, best: Candidate | None, runner_up: Candidate | None
) -> tuple[Statement, ...]:
    """Return the changes that would turn the decision, as far as there are any."""
    found: list[Statement | None] = []
    if best is not None:
        found.append(to_be_first(world, pricing, runner_up))
        found.append(to_be_first(world, pricing, pricing.keep) if pricing.keep else _to_wait(best))
    found += _to_be_possible(world, pricing, best)
    return tuple(statement for statement in found if statement is not None)


def to_be_first(world: PlanningWorld, pricing: Pricing, other: Candidate | None) -> Statement | None:
    """Return what would put another candidate before all who could take it: a later promise, or being free earlier."""
    if other is None or other.option is None:
        return None
    rivals = [one for one in (*pricing.possible, pricing.keep) if one is not None and one is not other]
    if not rivals or other.total_money < min(one.total_money for one in rivals):
        return None
    later = _first_when_promised_later(rivals, other)
    if later is not None and _is_first_when_planned_anew(world, pricing, other, later):
        return _say("change.promise_later", driver_id=other.driver_id, minutes=later)
    least = min(one.total_money for one in rivals)
    earlier = least_minutes(partial(_is_first_when_free_earlier, world, pricing, other, least))
    return None if earlier is None else _say("change.driver_earlier", driver_id=other.driver_id, minutes=earlier)


def _first_when_promised_later(rivals: Iterable[Candidate], other: Candidate) -> int | None:
    """Return by how many minutes: each rival in turn may ask for more, and none may be before at the end."""
    minutes = 1
    for rival in rivals:
        if not _is_before(other, rival, minutes):
            found = least_minutes(partial(_is_before, other, rival))
            if found is None:
                return None
            minutes = max(minutes, found)
    return minutes if all(_is_before(other, rival, minutes) for rival in rivals) else None


def _is_before(one: Candidate, rival: Candidate, minutes: int) -> bool:
    return _promised_later(one, minutes) < _promised_later(rival, minutes)


def _is_first_when_planned_anew(world: PlanningWorld, pricing: Pricing, other: Candidate, minutes: int) -> bool:
    """Say whether nobody comes before: with more time, drivers may take the order at another place in their routes."""
    order = _later(pricing.order, 60.0 * minutes)
    world = replace(world, orders={**world.orders, order.order_id: order})
    listed = [one.driver for one in (*pricing.possible, *pricing.impossible) if one.option is not None]
    mean_orders = world.mean_orders()
    routed = [candidate_of(world, driver, order, mean_orders) for driver in listed]
    found = [one for one in bundled_where_it_may_be(world, order, routed, mean_orders) if not one.breaches]
    kept = pricing.keep
    money = {one.driver_id: one.total_money for one in found}
    if kept is not None and kept.option is not None:
        money[kept.driver_id] = _promised_later(kept, minutes)
    least = min(money.values(), default=None)
    return [name for name, amount in money.items() if amount == least] == [other.driver_id]


def _is_first_when_free_earlier(
    world: PlanningWorld, pricing: Pricing, other: Candidate, least: int, minutes: int
) -> bool:
    """Say whether a candidate would cost less than all others if free earlier, at the best place in the route then."""
    assert other.option is not None
    driver = other.option.insertion.driver
    freed = replace(driver, start_at=driver.start_at - 60.0 * minutes, as_of=-float("inf"))
    moved = as_planned(world, other, freed) if other is pricing.keep else _planned_anew(world, pricing, freed)
    return moved.option is not None and not moved.breaches and moved.total_money < least


def _planned_anew(world: PlanningWorld, pricing: Pricing, driver: DriverState) -> Candidate:
    """Return the candidacy of a driver in another state, beside the others as they were."""
    mean_orders = world.mean_orders()
    others = [one for one in pricing.possible if one.driver_id != driver.driver_id]
    candidate = candidate_of(world, driver, pricing.order, mean_orders)
    return bundled_where_it_may_be(world, pricing.order, [candidate, *others], mean_orders)[0]


def _promised_later(candidate: Candidate, minutes: int) -> int:
    """Return what a candidate would cost if the order were promised later."""
    assert candidate.option is not None
    return total(score(_with_promise(candidate.option, 60.0 * minutes)))[1]


def _with_promise(option: Option, later_s: float) -> Option:
    return replace(option, order=_later(option.order, later_s))


def _later(order: Order, later_s: float) -> Order:
    return changed(order, promise=changed(order.promise, by_at=order.promise.by_at + later_s))


def _to_wait(best: Candidate) -> Statement | None:
    """Return for how long nothing need be done: the promise is not at risk yet."""
    option = best.option
    if option is None or option.late_probability >= option.policy.at_risk:
        return None
    limit = option.policy.at_risk
    risky = least_minutes(lambda minutes: _with_promise(option, -60.0 * minutes).late_probability >= limit)
    if risky is None:
        return _say("change.can_wait_long", minutes=FARTHEST_MIN)
    return _say("change.can_wait", minutes=risky - 1) if risky > 1 else None


def _to_be_possible(world: PlanningWorld, pricing: Pricing, best: Candidate | None) -> tuple[Statement, ...]:
    """Return what would let the nearest impossible driver take the order, if nearer than the chosen one."""
    known = [c for c in pricing.impossible if c.distance_to_pickup_m is not None]
    nearest = min(known, key=lambda c: (c.distance_to_pickup_m or 0.0, c.driver_id), default=None)
    if nearest is None or (best is not None and _metres(nearest) >= _metres(best)):
        return ()
    return lifting(world, pricing, nearest.driver)


def _metres(candidate: Candidate) -> float:
    return float("inf") if candidate.distance_to_pickup_m is None else candidate.distance_to_pickup_m


def _say(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)
