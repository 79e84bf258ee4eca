"""What needs a person now: every exception with its finding, cause, time left and proposal, most pressing first.

Pure and quick: the desk asks each second with the forecasts it was told. What is on track is not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from msgspec.structs import replace

from core.dispatch.decision import Recommendation, RecommendedAction, Statement
from core.fleet.fleet import SignalState
from core.orders.order import ArrivalBand, Order, OrderState
from core.projections.channel_board import ChannelCrossing
from core.projections.operation import Operation
from core.telemetry.channels import channel_named, spoken_name
from core.vocabulary import DriverId, Instant, OrderId, Value, ZoneId

type Forecasts = Mapping[OrderId, tuple[ArrivalBand, float]]
"""The latest arrival and the probability of being late, by order."""


class AlarmPolicy(Value, frozen=True, kw_only=True):
    """From when on something is an exception. Seconds, probabilities, drivers.

    `direct_s` is what the quickest delivery from now on would take at least: with less time left than that, no plan
    keeps the promise.
    """

    at_risk: float = 0.30
    late: float = 0.70
    least_late_s: float = 60.0
    critical_late_s: float = 600.0
    silent_critical_s: float = 300.0
    silent_act_s: float = 600.0
    unready_s: float = 180.0
    waiting_s: float = 300.0
    commit_lead_s: float = 900.0
    unanswered_s: float = 120.0
    short_drivers: float = 4.0
    failed_shown_s: float = 900.0
    longest_order_s: float = 10_800.0
    refusals: int = 2
    direct_s: float = 600.0


class ExceptionItem(Value, frozen=True, kw_only=True):
    """One problem. `priority` is 1 (critical) to 4 (low); `act_within_s` is the time in which acting still helps."""

    key: str
    priority: int
    subject_kind: str
    subject_id: str
    finding: Statement
    cause: Statement
    act_within_s: float | None = None
    proposal: Statement | None = None
    order_id: OrderId | None = None
    is_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class _Scene:
    operation: Operation
    now: Instant
    forecasts: Forecasts
    short: Mapping[ZoneId, float]
    policy: AlarmPolicy
    open_orders: tuple[Order, ...]


def current_exceptions(
    operation: Operation,
    now: Instant,
    forecasts: Forecasts,
    *,
    drivers_short: Mapping[ZoneId, float] | None = None,
    policy: AlarmPolicy | None = None,
) -> list[ExceptionItem]:
    """Return the exceptions at `now`, by priority, then by the time left to act, then by key.

    A subject is listed once, with its most pressing finding; of two equal ones the rule that stands first wins.

    Parameters
    ----------
    operation : Operation
    now : float
        Operation time, seconds UTC.
    forecasts : mapping of OrderId to (ArrivalBand, float)
    drivers_short : mapping of ZoneId to float, optional
        Drivers short (+) or spare (-) now; zones are left out without it.
    policy : AlarmPolicy, optional
    """
    scene = _Scene(
        operation, now, forecasts, drivers_short or {}, policy or AlarmPolicy(), tuple(operation.orders.open_orders())
    )
    acknowledged = operation.decisions.acknowledged
    found: dict[tuple[str, str], ExceptionItem] = {}
    for rule in RULES:
        for item in rule(scene):
            subject = (item.subject_kind, item.subject_id)
            if subject not in found or item.priority < found[subject].priority:
                found[subject] = item
    items = [_acknowledged(item) if item.key in acknowledged else item for item in found.values()]
    return sorted(items, key=lambda item: (item.priority, _time_left(item), item.key))


def late_orders(scene: _Scene) -> Iterator[ExceptionItem]:
    """Orders that will miss their promise, or may."""
    policy = scene.policy
    for order in scene.open_orders:
        forecast = scene.forecasts.get(order.order_id)
        late_s = (forecast[0].p50_at if forecast else scene.now) - order.promise.by_at
        probability = forecast[1] if forecast else float(late_s > 0.0)
        if probability < policy.at_risk and late_s < policy.least_late_s:
            continue
        if late_s >= policy.least_late_s:
            priority, key = (1 if late_s >= policy.critical_late_s else 2), f"late:{order.order_id}"
            finding = _say("finding.late", minutes=late_s / 60.0)
        else:
            priority, key = (2 if probability >= policy.late else 3), f"risk:{order.order_id}"
            finding = _say("finding.at_risk", percent=100.0 * probability)
        yield ExceptionItem(
            key=key,
            priority=priority,
            subject_kind="order",
            subject_id=order.order_id,
            finding=finding,
            cause=_cause(scene, order),
            act_within_s=_time_to_act(scene, order),
            proposal=_proposal(scene, order),
            order_id=order.order_id,
        )


def silent_drivers(scene: _Scene) -> Iterator[ExceptionItem]:
    """Vehicles that are not heard while they have work."""
    fleet = scene.operation.fleet
    for vehicle in fleet.vehicles.values():
        if vehicle.signal not in (SignalState.SILENT, SignalState.OFF) or vehicle.driver_id is None:
            continue
        in_hand = [order for order in scene.open_orders if order.driver_id == vehicle.driver_id]
        if not in_hand:
            continue
        on_board = sum(order.state.is_on_board for order in in_hand)
        silent_s = inf if vehicle.last_heard_at is None else scene.now - vehicle.last_heard_at
        is_critical = on_board > 0 and silent_s >= scene.policy.silent_critical_s
        yield ExceptionItem(
            key=f"silent:{vehicle.driver_id}",
            priority=1 if is_critical else 2,
            subject_kind="driver",
            subject_id=vehicle.driver_id,
            finding=_say("finding.not_heard")
            if silent_s == inf
            else _say("finding.silent", silent_min=silent_s / 60.0),
            cause=_counted("board" if on_board else "planned", on_board or len(in_hand)),
            act_within_s=_positive(scene.policy.silent_act_s - silent_s),
            proposal=_say("proposal.call_driver"),
            order_id=in_hand[0].order_id,
        )


def late_kitchens(scene: _Scene) -> Iterator[ExceptionItem]:
    """Drivers who stand at the counter while the goods are overdue."""
    for order in scene.open_orders:
        overdue_s = scene.now - order.ready_at
        if order.state is not OrderState.AT_PICKUP or order.is_ready or overdue_s < scene.policy.unready_s:
            continue
        yield ExceptionItem(
            key=f"unready:{order.order_id}",
            priority=2,
            subject_kind="order",
            subject_id=order.order_id,
            finding=_say("finding.not_ready", minutes=overdue_s / 60.0),
            cause=_say("cause.with_driver", driver_id=order.driver_id or ""),
            act_within_s=_time_to_act(scene, order),
            proposal=_say("proposal.call_pickup"),
            order_id=order.order_id,
        )


def waiting_orders(scene: _Scene) -> Iterator[ExceptionItem]:
    """Orders without a driver for too long, and drivers who do not answer."""
    for order in scene.open_orders:
        if order.state is OrderState.WAITING:
            since_at = max(order.placed_at, order.held_until or 0.0, order.ready_at - scene.policy.commit_lead_s)
            waited_s = scene.now - since_at
            if waited_s >= scene.policy.waiting_s and order.order_id not in scene.operation.decisions.standing:
                finding, cause = _say("finding.waiting", minutes=waited_s / 60.0), _say("cause.no_driver")
                yield _waiting(scene, order, "waiting", 2, finding, cause)
        elif order.state is OrderState.ASSIGNED and not order.is_accepted and order.assigned_at is not None:
            waited_s = scene.now - order.assigned_at
            if waited_s >= scene.policy.unanswered_s:
                finding = _say("finding.unanswered", minutes=waited_s / 60.0)
                cause = _say("cause.with_driver", driver_id=order.driver_id or "")
                yield _waiting(scene, order, "unanswered", 3, finding, cause)


def decisions_needed(scene: _Scene) -> Iterator[ExceptionItem]:
    """Recommendations that wait for a person."""
    for order_id, standing in scene.operation.decisions.standing.items():
        reasons = standing.ask_reasons
        left_s = standing.fallback.after_s - (scene.now - standing.made_at)
        yield ExceptionItem(
            key=f"decide:{order_id}",
            priority=2 if standing.current_driver_id is None else 3,
            subject_kind="order",
            subject_id=order_id,
            finding=_say("finding.undecided"),
            cause=reasons[0] if reasons else _say("cause.no_driver"),
            act_within_s=_positive(left_s),
            proposal=_proposed(standing),
            order_id=order_id,
        )


def short_zones(scene: _Scene) -> Iterator[ExceptionItem]:
    """Zones that lack drivers beyond the action limit."""
    spare = sorted((short, zone_id) for zone_id, short in scene.short.items() if short <= -1.0)
    for zone_id, short in sorted(scene.short.items()):
        if short < scene.policy.short_drivers:
            continue
        waiting = [o for o in scene.open_orders if o.zone_id == zone_id and o.state is OrderState.WAITING]
        oldest_s = max((scene.now - order.placed_at for order in waiting), default=0.0)
        proposal = None
        if spare:
            zone = scene.operation.fleet.zones.get(spare[0][1])
            name = zone.name if zone else spare[0][1]
            proposal = _say("proposal.move_drivers", drivers=min(-spare[0][0], short), zone=name)
        yield ExceptionItem(
            key=f"short:{zone_id}",
            priority=2,
            subject_kind="zone",
            subject_id=zone_id,
            finding=_say("finding.short", drivers=short),
            cause=_say("cause.queue", orders=len(waiting), minutes=oldest_s / 60.0),
            proposal=proposal,
        )


def degraded_sources(scene: _Scene) -> Iterator[ExceptionItem]:
    """Sources that decisions rest on and that do not work."""
    for state in scene.operation.sources.degraded():
        effect = _say("cause.effect", effect=state.effect) if state.effect else None
        yield ExceptionItem(
            key=f"source:{state.source}",
            priority=3,
            subject_kind="source",
            subject_id=state.source,
            finding=_say("finding.source", source=state.source),
            cause=effect or _say("cause.since", minutes=(scene.now - state.since_at) / 60.0),
        )


def failed_deliveries(scene: _Scene) -> Iterator[ExceptionItem]:
    """Deliveries that failed a short while ago."""
    since_at = scene.now - scene.policy.failed_shown_s
    # Orders are kept in the order they were placed: the newest come first, and old ones need no look at all.
    for order in reversed(scene.operation.orders.orders.values()):
        if order.placed_at < since_at - scene.policy.longest_order_s:
            break
        if order.state is not OrderState.FAILED or (order.ended_at or 0.0) < since_at:
            continue
        yield ExceptionItem(
            key=f"failed:{order.order_id}",
            priority=3,
            subject_kind="order",
            subject_id=order.order_id,
            finding=_say("finding.failed"),
            cause=_say("cause.reason", reason=order.failure_reason or ""),
            proposal=_say("proposal.tell_customer"),
            order_id=order.order_id,
        )


def refused_orders(scene: _Scene) -> Iterator[ExceptionItem]:
    """Orders that several drivers refused and that still wait."""
    for order in scene.open_orders:
        if order.state is OrderState.WAITING and len(order.refused_by) >= scene.policy.refusals:
            finding = _say("finding.refused", times=len(order.refused_by))
            yield _waiting(scene, order, "refused", 3, finding, _say("cause.no_driver"))


def channels_beyond_limits(scene: _Scene) -> Iterator[ExceptionItem]:
    """Vehicles with a channel beyond its limit: what carries goods first."""
    fleet = scene.operation.fleet
    for vehicle_id, crossings in scene.operation.channels.crossings.items():
        vehicle = fleet.vehicles.get(vehicle_id)
        driver_id = vehicle.driver_id if vehicle else None
        in_hand = [order for order in scene.open_orders if driver_id is not None and order.driver_id == driver_id]
        on_board = [order for order in in_hand if order.state.is_on_board]
        for channel, crossing in crossings.items():
            yield ExceptionItem(
                # Seen is this crossing, not the next one of the same channel.
                key=f"limit:{vehicle_id}:{channel}:{crossing.beyond_since_at:.0f}",
                priority=2 if on_board else 3,
                subject_kind="vehicle",
                subject_id=vehicle_id,
                finding=_beyond(crossing, scene.now),
                cause=_counted("board", len(on_board)) if on_board else _driven(driver_id),
                proposal=_say("proposal.call_driver") if driver_id is not None else None,
                order_id=on_board[0].order_id if on_board else None,
            )


def _driven(driver_id: DriverId | None) -> Statement:
    return _say("cause.nobody_drives") if driver_id is None else _say("cause.with_driver", driver_id=driver_id)


def _beyond(crossing: ChannelCrossing, now: Instant) -> Statement:
    name, minutes = spoken_name(crossing.channel), (now - crossing.beyond_since_at) / 60.0
    channel = channel_named(crossing.channel)
    if crossing.value is None or crossing.bound is None or channel is None:
        return _say("finding.channel_state", channel=name, state=crossing.state, minutes=minutes)
    return _say(
        "finding.channel_beyond",
        channel=name,
        reading=crossing.value * channel.per_spoken_unit,
        bound=crossing.bound * channel.per_spoken_unit,
        unit=channel.spoken_unit or channel.unit,
        minutes=minutes,
    )


type Rule = Callable[[_Scene], Iterator[ExceptionItem]]

RULES: tuple[Rule, ...] = (
    late_orders,
    silent_drivers,
    late_kitchens,
    waiting_orders,
    decisions_needed,
    short_zones,
    degraded_sources,
    failed_deliveries,
    refused_orders,
    channels_beyond_limits,
)


def _waiting(
    scene: _Scene, order: Order, kind: str, priority: int, finding: Statement, cause: Statement
) -> ExceptionItem:
    return ExceptionItem(
        key=f"{kind}:{order.order_id}",
        priority=priority,
        subject_kind="order",
        subject_id=order.order_id,
        finding=finding,
        cause=cause,
        act_within_s=_time_to_act(scene, order),
        proposal=_proposal(scene, order),
        order_id=order.order_id,
    )


def _cause(scene: _Scene, order: Order) -> Statement:
    driver_id = order.driver_id
    if driver_id is None:
        return _say("cause.no_driver")
    fleet = scene.operation.fleet
    driver = fleet.drivers.get(driver_id)
    vehicle = fleet.vehicles.get(driver.vehicle_id) if driver and driver.vehicle_id else None
    if vehicle is not None and vehicle.signal in (SignalState.SILENT, SignalState.OFF):
        return _say("cause.driver_silent", driver_id=driver_id)
    if _waits_for_kitchen(scene, order):
        return _say("cause.not_ready")
    if driver is not None and driver.is_paused:
        return _say("cause.driver_paused", driver_id=driver_id)
    return _queue_before(scene, order, driver_id)


def _waits_for_kitchen(scene: _Scene, order: Order) -> bool:
    """Say whether the goods are overdue, or told to be ready too late for any driver."""
    if order.is_ready or order.state.is_on_board:
        return False
    return order.ready_at < scene.now or order.ready_at + scene.policy.direct_s > order.promise.by_at


def _queue_before(scene: _Scene, order: Order, driver_id: DriverId) -> Statement:
    before = 0
    for stop in scene.operation.fleet.route_of(driver_id).stops:
        if stop.order_id == order.order_id:
            break
        before += 1
    if before == 1:
        return _say("cause.stop_before", driver_id=driver_id)
    if before:
        return _say("cause.stops_before", driver_id=driver_id, stops=before)
    return _say("cause.under_way", driver_id=driver_id)


def _counted(where: str, orders: int) -> Statement:
    codes = {"board": ("order_on_board", "orders_on_board"), "planned": ("order_planned", "orders_planned")}
    one, several = codes[where]
    return _say(f"cause.{one}") if orders == 1 else _say(f"cause.{several}", orders=orders)


def _proposal(scene: _Scene, order: Order) -> Statement | None:
    standing = scene.operation.decisions.standing.get(order.order_id)
    if standing is not None:
        return _proposed(standing)
    if order.state is OrderState.WAITING:
        return _say("proposal.override")
    return _say("proposal.tell_customer") if order.state.is_on_board else _say("proposal.call_driver")


def _proposed(standing: Recommendation) -> Statement:
    if standing.driver_id is None or standing.action is RecommendedAction.WAIT:
        return _say("proposal.wait")
    verb = "reassign" if standing.action is RecommendedAction.REASSIGN else "assign"
    return _say(f"proposal.{verb}", driver_id=standing.driver_id)


def _time_to_act(scene: _Scene, order: Order) -> float | None:
    """Return the time until no plan keeps the promise any more; nobody can act on goods under way."""
    if order.state.is_on_board:
        return None
    ready_in_s = 0.0 if order.is_ready else max(0.0, order.ready_at - scene.now)
    return _positive(order.promise.by_at - scene.now - max(scene.policy.direct_s, ready_in_s))


def _positive(seconds: float) -> float | None:
    return seconds if 0.0 < seconds < inf else None


def _time_left(item: ExceptionItem) -> float:
    return inf if item.act_within_s is None else item.act_within_s


def _acknowledged(item: ExceptionItem) -> ExceptionItem:
    return replace(item, is_acknowledged=True)


def _say(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)
