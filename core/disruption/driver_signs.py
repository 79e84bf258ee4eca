"""The rules about drivers under way: not heard, standing where no stop is, beside the planned way, slower than it.

Each gives a sign with its present level; `watching.py` says when that is a disruption. Who stands is not slowed by
traffic as well, nor off the route. While nothing is heard, what was seen last goes on, and does not grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from core.alarms.wording import counted
from core.dispatch.decision import Statement
from core.disruption.disruption import DisruptionKind, SubjectKind
from core.disruption.signs import Leg, Sign, Watched, say
from core.fleet.fleet import Driver, SignalState
from core.fleet.route import Route, StopKind
from core.geodesy import as_points, short_distance_m
from core.orders.order import Order, OrderState
from core.vocabulary import Instant, OrderId, Position

_NOT_HEARD = (SignalState.SILENT, SignalState.OFF)
_SLOW_FOR_S = 60.0
"""For so long a forecast has to stay behind the first one: one that jumps for a moment means nothing."""


def silent(scene: Watched) -> Iterator[Sign]:
    """Drivers with work whose vehicle is not heard."""
    for driver, vehicle, route in scene.at_work():
        if vehicle.signal not in _NOT_HEARD or vehicle.last_heard_at is None:
            continue
        level, silent_s = scene.now - vehicle.last_heard_at, scene.policy_on(route).silent_s
        yield _sign(
            scene,
            driver,
            route,
            kind=DisruptionKind.SILENT,
            level=level,
            limits=(silent_s, silent_s / 2.0),
            since_at=vehicle.last_heard_at,
            finding=say("finding.silent", silent_min=level / 60.0),
        )


def stopped(scene: Watched) -> Iterator[Sign]:
    """Drivers who are under way and stand at a place where none of their stops is."""
    for driver, vehicle, route in scene.at_work():
        track = scene.tracks.get(vehicle.vehicle_id)
        if track is None or track.stands_at is None or not _is_under_way(scene, driver, route):
            continue
        if _stop_within(route, track.stands_at, scene.policy.stop_radius_m):
            continue
        since_at = max(track.stands_since, track.at_stop_at, _set_out_at(scene, route))
        stopped_s = scene.policy_on(route).stopped_s
        level = max(0.0, track.heard_at - since_at)
        yield _sign(
            scene,
            driver,
            route,
            kind=DisruptionKind.STOPPED,
            level=level,
            limits=(stopped_s, stopped_s / 2.0),
            since_at=since_at,
            finding=say("finding.stopped", minutes=level / 60.0),
        )


def off_route(scene: Watched) -> Iterator[Sign]:
    """Drivers whose last fixes all lie beside the way that was planned, measured to its nearest segment."""
    for driver, vehicle, route in scene.at_work():
        track = scene.tracks.get(vehicle.vehicle_id)
        if track is None or not _is_under_way(scene, driver, route) or track.plan_number != route.plan_number:
            continue
        policy = scene.policy_on(route)
        if route.is_degraded or track.stood_s >= policy.stopped_s:
            continue
        level = track.off_route_m
        yield _sign(
            scene,
            driver,
            route,
            kind=DisruptionKind.OFF_ROUTE,
            level=level,
            limits=(policy.off_route_m, policy.on_route_m),
            since_at=track.heard_at,
            unit="m",
            finding=say("finding.off_route", metres=level),
        )


def slow_traffic(scene: Watched) -> Iterator[Sign]:
    """Drivers under way who are now expected later at the next door than the first forecast of this leg allowed."""
    for driver, vehicle, route in scene.at_work():
        leg = being_driven(scene, driver, route)
        track = scene.tracks.get(vehicle.vehicle_id)
        known = scene.bands.get(driver.driver_id)
        if leg is None or track is None or known is None or known[0] != leg:
            continue
        policy = scene.policy_on(route)
        if track.stood_s >= policy.stopped_s or leg.order_id not in scene.forecasts:
            continue
        level = scene.forecasts[leg.order_id][0].p50_at - known[1].p90_at
        yield _sign(
            scene,
            driver,
            route,
            kind=DisruptionKind.SLOW_TRAFFIC,
            level=level,
            limits=(policy.slow_s, policy.slow_until_s),
            since_at=known[1].as_of,
            confirm_s=_SLOW_FOR_S,
            finding=say("finding.slow_traffic", minutes=level / 60.0),
        )


def being_driven(scene: Watched, driver: Driver, route: Route) -> Leg | None:
    """Return the leg that the driver is on now, to a door or to a counter; ``None`` while nobody should be driving.

    On the way to a counter there is none either while goods that are overdue move the forecast by themselves.
    """
    first = route.stops[0]
    order = scene.operation.orders.orders.get(first.order_id)
    if order is None or driver.is_paused:
        return None
    if first.kind is StopKind.DELIVERY:
        return Leg(order.order_id, first.kind) if order.state is OrderState.ON_THE_WAY else None
    if order.state is not OrderState.ASSIGNED or not order.is_accepted:
        return None
    to_pick_up = _picked_up_before_door(scene, route, order.order_id)
    if any(not one.is_ready and one.ready_at <= scene.now for one in to_pick_up):
        return None
    ready_at = tuple(one.ready_at for one in to_pick_up)
    return Leg(order.order_id, first.kind, route.plan_number, ready_at)


def _picked_up_before_door(scene: Watched, route: Route, order_id: OrderId) -> list[Order]:
    """Return the orders whose counters come before the door of one, its own included."""
    orders, found = scene.operation.orders.orders, []
    for stop in route.stops:
        if stop.kind is StopKind.DELIVERY and stop.order_id == order_id:
            break
        if stop.kind is StopKind.PICKUP and stop.order_id in orders:
            found.append(orders[stop.order_id])
    return found


def _is_under_way(scene: Watched, driver: Driver, route: Route) -> bool:
    """Say whether the driver should be driving: the next stop is agreed on and not reached."""
    order = scene.operation.orders.orders.get(route.stops[0].order_id)
    if order is None or driver.is_paused:
        return False
    return order.state is OrderState.ON_THE_WAY or (order.state is OrderState.ASSIGNED and order.is_accepted)


def _set_out_at(scene: Watched, route: Route) -> Instant:
    """Return from when on the driver can have been under way to the next stop."""
    order = scene.operation.orders.orders[route.stops[0].order_id]
    if order.state is OrderState.ON_THE_WAY:
        return order.picked_up_at or -inf
    return order.asked_at or -inf


def _stop_within(route: Route, here: Position, metres: float) -> bool:
    places = as_points([(stop.position.lat, stop.position.lon) for stop in route.stops])
    return bool(np.min(short_distance_m(places, np.array([here.lat, here.lon]))) <= metres)


def _sign(
    scene: Watched,
    driver: Driver,
    route: Route,
    *,
    kind: DisruptionKind,
    level: float,
    limits: tuple[float, float],
    since_at: Instant,
    finding: Statement,
    unit: str = "s",
    confirm_s: float = 0.0,
) -> Sign:
    orders = scene.orders_of(route)
    on_board = sum(order.state.is_on_board for order in orders)
    return Sign(
        kind=kind,
        subject_kind=SubjectKind.DRIVER,
        subject_id=driver.driver_id,
        level=level,
        unit=unit,
        raise_at=limits[0],
        keep_at=limits[1],
        since_at=since_at,
        finding=finding,
        cause=counted("board" if on_board else "planned", on_board or len(orders)),
        confirm_s=confirm_s,
        priority=scene.priority_of(orders),
        driver_id=driver.driver_id,
        order_ids=tuple(order.order_id for order in orders),
    )
