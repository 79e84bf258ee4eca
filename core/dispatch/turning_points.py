"""What would have to change: the smallest change that would make another choice the right one.

For the runner-up, for doing nothing, and for the nearest driver who cannot take the order. Each is found by pricing
the change itself, in whole minutes, so that it holds for exactly the world that was decided on.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from msgspec.structs import replace as changed

from core.dispatch.candidates import Candidate, Pricing, as_planned
from core.dispatch.decision import Breach, Statement
from core.dispatch.least_minutes import FARTHEST_MIN, least_minutes
from core.dispatch.scoring import Option, score, total
from core.dispatch.world import PlanningWorld


def turning_points(
    world: PlanningWorld, pricing: Pricing, best: Candidate | None, runner_up: Candidate | None
) -> tuple[Statement, ...]:
    """Return the changes that would turn the decision, as far as there are any."""
    found: list[Statement | None] = []
    if best is not None:
        found.append(to_be_first(world, best, runner_up))
        found.append(to_be_first(world, best, pricing.keep) if pricing.keep else _to_wait(best))
    found.append(_to_be_possible(pricing, best))
    return tuple(statement for statement in found if statement is not None)


def to_be_first(world: PlanningWorld, best: Candidate, other: Candidate | None) -> Statement | None:
    """Return what would put another candidate first: a later promise, or being free earlier."""
    if other is None or other.option is None or other.total_money < best.total_money:
        return None
    later = least_minutes(lambda minutes: _promised_later(other, minutes) < _promised_later(best, minutes))
    if later is not None:
        return _say("change.promise_later", driver_id=other.driver_id, minutes=later)
    earlier = least_minutes(lambda minutes: _money_when_free_earlier(world, other, minutes) < best.total_money)
    return None if earlier is None else _say("change.driver_earlier", driver_id=other.driver_id, minutes=earlier)


def _money_when_free_earlier(world: PlanningWorld, candidate: Candidate, minutes: int) -> int:
    assert candidate.option is not None
    insertion = candidate.option.insertion
    driver = replace(insertion.driver, start_at=insertion.driver.start_at - 60.0 * minutes, as_of=-float("inf"))
    moved = as_planned(world, candidate, driver)
    return moved.total_money if moved.option is not None else candidate.total_money


def _promised_later(candidate: Candidate, minutes: int) -> int:
    """Return what a candidate would cost if the order were promised later."""
    assert candidate.option is not None
    return total(score(_with_promise(candidate.option, 60.0 * minutes)))[1]


def _with_promise(option: Option, later_s: float) -> Option:
    promise = option.order.promise
    return replace(option, order=changed(option.order, promise=changed(promise, by_at=promise.by_at + later_s)))


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


def _to_be_possible(pricing: Pricing, best: Candidate | None) -> Statement | None:
    """Return what would let the nearest impossible driver take the order, if nearer than the chosen one."""
    known = [c for c in pricing.impossible if c.distance_to_pickup_m is not None]
    nearest = min(known, key=lambda c: (c.distance_to_pickup_m or 0.0, c.driver_id), default=None)
    if nearest is None or (best is not None and _metres(nearest) >= _metres(best)):
        return None
    return lifted(nearest, nearest.breaches[0])


def _metres(candidate: Candidate) -> float:
    return float("inf") if candidate.distance_to_pickup_m is None else candidate.distance_to_pickup_m


def lifted(candidate: Candidate, breach: Breach) -> Statement | None:
    """Return the smallest change that lifts a breach; ``None`` where nothing would."""
    numbers, who = breach.statement.arguments, candidate.driver_id
    match breach.constraint:
        case "capacity_volume":
            return _say("change.room_volume", driver_id=who, more=_missing(numbers))
        case "capacity_weight":
            return _say("change.room_weight", driver_id=who, more=_missing(numbers))
        case "shift_end":
            return _say("change.shift_longer", driver_id=who, minutes=ceil(float(numbers["over_min"])))
        case "planned_break":
            return _say("change.break_later", driver_id=who, minutes=ceil(float(numbers["over_min"])))
        case "max_stops" | "max_bundle":
            over = int(numbers["orders"]) - int(numbers["limit"])
            return _say("change.orders_fewer", driver_id=who, orders=over + (breach.constraint == "max_stops"))
        case "bundle_promise":
            return _kept_later(candidate, str(numbers["order_id"]))
        case "skills":
            return _say("change.skills", driver_id=who, missing=str(numbers["missing"]))
        case "position_known":
            return _say("change.heard", driver_id=who)
        case "not_taken_out":
            return _say("change.brought_back", driver_id=who)
        case "not_forbidden":
            return _say("change.allowed", driver_id=who)
        case "not_paused":
            return _say("change.break_over", driver_id=who)
        case _:
            return None


def _missing(numbers: dict[str, str | float | int]) -> float:
    return float(numbers["needed"]) - float(numbers["free"])


def _kept_later(candidate: Candidate, order_id: str) -> Statement | None:
    """Return by how much the promise that a bundle puts at risk would have to be later."""
    option = candidate.option
    if option is None:
        return None
    plan = option.insertion.after
    reached = [(s, a) for s, a in zip(plan.stops, option.after, strict=True) if s.order_id == order_id]
    stop, arrival = reached[-1]
    limit = option.policy.at_risk
    minutes = least_minutes(lambda later: arrival.late_probability(stop.due_at + 60.0 * later) < limit)
    if minutes is None:
        return None
    return _say("change.bundle_promise", driver_id=candidate.driver_id, order_id=order_id, minutes=minutes)


def _say(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)
