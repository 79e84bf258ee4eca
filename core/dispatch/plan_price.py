"""What a plan costs under a problem's prices, by walking it in plain Python; it shares no code with the search."""

from __future__ import annotations

from core.dispatch.improvement.problem import NOBODY, Plan, Problem

REST_GRACE_S = 1e-3
"""So much sooner is not too soon for a rest: sums of instants of today have that much rounding."""


def plan_price(problem: Problem, plan: Plan) -> float:
    """Return the money that a plan costs: driving, time on duty, waits, lateness, moved orders, those left out.

    The plan must keep the limits that `broken_limits` names.
    """
    left_out = sum(float(problem.work.unserved_price[order]) for order in plan.unserved)
    return left_out + sum(route_price(problem, vehicle, route) for vehicle, route in enumerate(plan.routes))


def route_price(problem: Problem, vehicle: int, route: tuple[int, ...]) -> float:
    """Return the share of one vehicle that drives `route`."""
    work, fleet, prices = problem.work, problem.fleet, problem.prices
    at, place = float(fleet.start_at[vehicle]), int(fleet.start_place[vehicle])
    money, worked_until = 0.0, at
    rest_from_at, _, rest_s = fleet.rests[vehicle].tolist() if len(fleet.rests) else (float("inf"), 0.0, 0.0)
    rested_s, aboard = 0.0, {stop // 2 for stop in route if stop % 2 and stop - 1 not in route}
    for number, stop in enumerate(route):
        order = stop // 2
        if not aboard and number >= len(problem.frozen[vehicle]) and at >= rest_from_at - REST_GRACE_S:
            rested_s, rest_from_at = rest_s, float("inf")
            at += rest_s
        aboard ^= {order}
        if order >= work.count:
            number = order - work.count
            at = max(at, float(fleet.break_from_at[number])) + float(fleet.break_s[number])
            continue
        here = int(work.delivery_place[order] if stop % 2 else work.pickup_place[order])
        money += _driving(problem, place, here)
        at, place = at + float(problem.durations_s[place, here]), here
        if stop % 2:
            at = max(at, float(work.deliver_from_at[order]))
            late_s, wait_s = max(0.0, at - float(work.due_at[order])), max(0.0, at - float(work.waits_from_at[order]))
            money += prices.late_per_s * late_s + prices.late_growth_per_s2 * late_s**2
            money += prices.customer_wait_per_s * wait_s + _moved(problem, vehicle, order)
            at += float(work.delivery_s[order])
        else:
            money += prices.goods_wait_per_s * max(0.0, at - float(work.ready_at[order]))
            at = max(at, float(work.ready_at[order])) + float(work.pickup_s[order])
        worked_until = at
    if all(stop // 2 >= work.count for stop in route):
        return 0.0
    end = int(fleet.end_place[vehicle])
    if end != NOBODY:
        money += _driving(problem, place, end)
        worked_until += float(problem.durations_s[place, end])
    return money + prices.per_vehicle + prices.duty_per_s * (worked_until - rested_s - float(fleet.start_at[vehicle]))


def _driving(problem: Problem, place: int, there: int) -> float:
    seconds, metres = float(problem.durations_s[place, there]), float(problem.distances_m[place, there])
    return problem.prices.per_metre * metres + problem.prices.per_driving_s * seconds


def _moved(problem: Problem, vehicle: int, order: int) -> float:
    home = int(problem.work.home[order])
    return float(problem.work.move_price[order]) if home not in (NOBODY, vehicle) else 0.0
