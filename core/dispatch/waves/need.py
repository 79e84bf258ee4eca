"""When a wave is to be planned, or planned anew: what its plan rests on moved, or an order has no place in it."""

from __future__ import annotations

from core.dispatch.waves.setting import WaveSetting
from core.dispatch.waves.vehicle_room import has_outgrown
from core.dispatch.waves.wave import Wave, WavePlan, WaveRoute, WaveState
from core.dispatch.waves.wave_decisions import check_standing
from core.fleet.route import StopKind
from core.projections.operation import Operation
from core.refusals import StateChanged
from core.vocabulary import Instant


def needs_plan(operation: Operation, setting: WaveSetting) -> bool:
    """Say whether a wave wants a plan now.

    One does that closed and has none, whose proposal could not be released any more or whose first departure passed,
    that a same-day order is to join, or one that was set aside and is not any more, and a running one with an order
    that nobody who drives has, or more still to load than its driver's vehicle holds.
    """
    wave = setting.wave
    if wave.state is WaveState.CLOSED or setting.joined:
        return True
    if wave.proposal is not None:
        is_back = any(one.is_aside and one.order_id in setting.orders for one in wave.proposal.unserved)
        return is_back or _is_outdated(operation, wave, wave.proposal, setting.now)
    return wave.state is WaveState.RELEASED and (_has_homeless(setting) or _is_overfull(operation, wave))


def _is_outdated(operation: Operation, wave: Wave, plan: WavePlan, now: Instant) -> bool:
    leaves_at = [route.leaves_at for route in plan.routes if not route.frozen]
    if wave.plan is None and leaves_at and min(leaves_at) < now:
        return True
    try:
        check_standing(operation, wave, plan, now)
    except StateChanged:
        return True
    return False


def _is_overfull(operation: Operation, wave: Wave) -> bool:
    routes = () if wave.plan is None else wave.plan.routes
    return any(has_outgrown(operation.fleet, route) and _loads_more(operation, wave, route) for route in routes)


def _loads_more(operation: Operation, wave: Wave, route: WaveRoute) -> bool:
    stops = operation.fleet.route_of(route.driver_id).stops
    return any(stop.kind is StopKind.PICKUP and stop.order_id in wave.order_ids for stop in stops)


def _has_homeless(setting: WaveSetting) -> bool:
    """Say whether an order of a running wave has no driver, or one who is lost to it."""
    keeping = {driver.driver_id for driver in setting.drivers if driver.keeps_own}
    begun = {stop.order_id for driver in setting.drivers for stop in driver.stops[: driver.frozen]}
    orders = (order for name, order in setting.orders.items() if name not in begun)
    return any(order.driver_id not in keeping for order in orders if not order.stays_with_driver)
