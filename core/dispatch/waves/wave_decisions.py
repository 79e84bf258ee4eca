"""Decides about waves: closed, proposed, released, sent back, recalled, ended."""

from __future__ import annotations

from core.deciding import Context, Decision
from core.dispatch.decision import PlanChange
from core.dispatch.planning_events import carry_out, is_reassignable, plan_route, still_to_do
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.under_way import is_made_first
from core.dispatch.wave_commands import CloseWave, EndWave, ProposeWave, RecallWave, ReleaseWave, SendWaveBack
from core.dispatch.waves.aside import why_aside
from core.dispatch.waves.on_the_way import stop_under_way
from core.dispatch.waves.selection import orders_closing
from core.dispatch.waves.vehicle_room import has_outgrown
from core.dispatch.waves.wave import Aside, Wave, WaveId, WavePlan, WaveRoute, WaveState, WaveStopKind
from core.events import wave_events as happened
from core.events.order_events import OrderUnassigned
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import of_order, of_wave
from core.vocabulary import DriverId, Instant, OrderId, Role

LONGEST_NOTE = 500


def close_wave(context: Context, command: CloseWave) -> Decision:
    """Fix the orders of a rhythm's wave: at its time, or earlier because a person wants it.

    Raises
    ------
    Refusal
        ``wave.no_orders`` to a person, for a wave without any.
    StateChanged
        If that wave closed already.
    """
    book = context.operation.waves
    rhythm = book.rhythms.get(command.rhythm_id)
    if rhythm is None:
        raise NotFound("rhythm", command.rhythm_id)
    if command.closes_at <= book.looked_at.get(command.rhythm_id, 0.0):
        raise StateChanged("That wave closed already.", rhythm_id=command.rhythm_id)
    wave_id = WaveId(f"W-{context.operation.position + 1}")
    event = happened.WaveClosed(
        wave_id=wave_id,
        rhythm_id=rhythm.rhythm_id,
        name=rhythm.name,
        depot_ids=rhythm.depot_ids,
        closes_at=command.closes_at,
        starts_at=command.closes_at + rhythm.lead_s,
        order_ids=orders_closing(context.operation, rhythm, command.closes_at, command.next_at),
    )
    if not event.order_ids and context.actor.role is not Role.PLATFORM:
        raise Refusal("wave.no_orders", f"No order waits for {rhythm.name}.", status=409)
    return Decision([(of_wave(wave_id), event)], created=wave_id if event.order_ids else None)


def propose_wave(context: Context, command: ProposeWave) -> Decision:
    """Publish a plan; put it in force at once where that was asked for.

    Raises
    ------
    StateChanged
        If the wave has other plans by now, or what the plan rests on moved.
    """
    wave, plan = _running(context, command.wave_id), command.plan
    if plan.number != wave.plans_made + 1:
        raise StateChanged(f"{wave.wave_id} has another plan by now.", number=wave.plans_made)
    taken = [name for name in plan.joined if context.operation.waves.of_orders.get(name, wave.wave_id) != wave.wave_id]
    if taken:
        raise StateChanged(f"{taken[0]} is in another wave by now.", order_id=taken[0])
    decision = Decision()
    decision.add(of_wave(wave.wave_id), happened.WaveProposed(wave_id=wave.wave_id, plan=plan))
    if command.is_released:
        _put_in_force(context, wave, plan, decision, is_automatic=True)
    return decision


def release_wave(context: Context, command: ReleaseWave) -> Decision:
    """Give the drivers their routes, exactly as proposed.

    Raises
    ------
    Refusal
        ``wave.nothing_proposed``; ``wave.nobody_served`` for a plan without any route.
    StateChanged
        If another plan is proposed by now, or what the plan rests on moved.
    """
    wave = _running(context, command.wave_id)
    plan = _proposal(wave, command.number)
    if not plan.routes:
        raise Refusal("wave.nobody_served", f"The plan of {wave.wave_id} serves nobody. Send it back.", status=409)
    decision = Decision()
    tell_after_s = policy_in_force(DispatchPolicy(), context.operation.policy).tell_after_s
    tell_at = context.now + tell_after_s if tell_after_s > 0.0 else None
    _put_in_force(context, wave, plan, decision, tell_at=tell_at)
    return decision


def send_wave_back(context: Context, command: SendWaveBack) -> Decision:
    """Ask for another plan, with a reason."""
    wave = _running(context, command.wave_id)
    _proposal(wave, command.number)
    known = set(wave.order_ids)
    for order_id in command.without_orders:
        if order_id not in known:
            raise Refusal("wave.not_its_order", f"{order_id} is not in {wave.wave_id}.", order_id=order_id)
        if context.operation.orders.orders[order_id].driver_id is not None:
            raise Refusal("wave.order_given", f"{order_id} has a driver. Reassign it instead.", status=409)
    for driver_id in command.without_drivers:
        if driver_id not in context.operation.fleet.drivers:
            raise NotFound("driver", driver_id)
    event = happened.WaveSentBack(
        wave_id=wave.wave_id,
        number=command.number,
        note=_note(command.note),
        without_orders=command.without_orders,
        without_drivers=command.without_drivers,
    )
    return Decision([(of_wave(wave.wave_id), event)])


def recall_wave(context: Context, command: RecallWave) -> Decision:
    """Take a release back as long as nobody has left with goods.

    Raises
    ------
    Refusal
        ``wave.not_released``; ``wave.departed`` once an order was picked up.
    """
    wave = _running(context, command.wave_id)
    if wave.plan is None:
        raise Refusal("wave.not_released", f"{wave.wave_id} is not released.", status=409)
    orders = [context.operation.orders.orders[name] for name in wave.order_ids]
    if any(order.picked_up_at is not None for order in orders):
        raise Refusal("wave.departed", f"Somebody has left with goods of {wave.wave_id} already.", status=409)
    decision = Decision()
    event = happened.WaveRecalled(wave_id=wave.wave_id, number=wave.plan.number, note=_note(command.note))
    decision.add(of_wave(wave.wave_id), event)
    _take_back(context, [order for order in orders if order.state.is_open], decision)
    return decision


def end_wave(context: Context, command: EndWave) -> Decision:
    """Say that no work remains; refused while some does."""
    wave = _running(context, command.wave_id)
    orders = context.operation.orders.orders
    left = [name for name in wave.order_ids if orders[name].state.is_open]
    if left:
        raise StateChanged(f"{len(left)} orders of {wave.wave_id} are still open.", orders=len(left))
    return Decision([(of_wave(wave.wave_id), happened.WaveEnded(wave_id=wave.wave_id))])


def _running(context: Context, wave_id: WaveId) -> Wave:
    wave = context.operation.waves.waves.get(wave_id)
    if wave is None:
        raise NotFound("wave", wave_id)
    if wave.state is WaveState.ENDED:
        raise Refusal("wave.ended", f"{wave_id} has ended.", status=409)
    return wave


def _proposal(wave: Wave, number: int) -> WavePlan:
    if wave.proposal is None:
        raise Refusal("wave.nothing_proposed", f"Nothing is proposed for {wave.wave_id}.", status=409)
    if wave.proposal.number != number:
        raise StateChanged(f"Another plan is proposed for {wave.wave_id}. Look again.", number=wave.proposal.number)
    return wave.proposal


def _note(text: str) -> str:
    note = text.strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        raise Refusal("note.required", f"Say why, in up to {LONGEST_NOTE} characters.")
    return note


def _put_in_force(
    context: Context,
    wave: Wave,
    plan: WavePlan,
    decision: Decision,
    *,
    is_automatic: bool = False,
    tell_at: Instant | None = None,
) -> None:
    """Add the release and what it means: who has which order, each driver's route, and who lost the last stop.

    Until `tell_at` drivers and customers hear nothing of it; what the platform releases by itself is told at once.
    """
    own = {*wave.order_ids, *plan.joined}
    check_standing(context.operation, wave, plan, context.now)
    gets = {route.driver_id: route.order_ids for route in plan.routes}
    holders = (context.operation.orders.orders[name].driver_id for name in own)
    touched = {*gets, *(name for name in holders if name is not None)}
    event = happened.WaveReleased(
        wave_id=wave.wave_id,
        number=plan.number,
        is_automatic=is_automatic,
        tell_at=tell_at,
        gets={} if tell_at is None else {name: gets.get(name, ()) for name in sorted(touched)},
    )
    decision.add(of_wave(wave.wave_id), event)
    changes = [_change(context, wave, own, route) for route in plan.routes]
    carry_out(context, changes, decision, is_automatic=is_automatic)
    _free_left_out(context, wave, plan, decision)


def check_standing(operation: Operation, wave: Wave, plan: WavePlan, now: Instant) -> None:
    """Refuse a plan that rests on another state: other work in hand, another stop under way, an order gone, ...

    Raises
    ------
    StateChanged
        With what moved.
    """
    own = {*wave.order_ids, *plan.joined}
    for route in plan.routes:
        _check_driver(operation, own, route)
        _check_stop_under_way(operation, wave, own, route, now)
        for order_id in route.order_ids:
            _check_order(operation, route, operation.orders.orders[order_id], now)


def _check_driver(operation: Operation, own: set[OrderId], route: WaveRoute) -> None:
    stops = operation.fleet.route_of(route.driver_id).stops
    others = {stop.order_id for stop in stops if stop.order_id not in own} - set(route.in_hand)
    if others:
        raise StateChanged(f"{route.driver_id} has other work by now.", driver_id=route.driver_id)
    if has_outgrown(operation.fleet, route):
        raise StateChanged(f"{route.driver_id} has a vehicle by now that is too small.", driver_id=route.driver_id)


def _check_stop_under_way(operation: Operation, wave: Wave, own: set[OrderId], route: WaveRoute, now: Instant) -> None:
    first = stop_under_way(operation, wave, route.driver_id, now)
    if first is not None and not is_made_first(first, _next_stops(operation, own, route, first)):
        raise StateChanged(f"{route.driver_id} is under way to another stop by now.", driver_id=route.driver_id)


def _check_order(operation: Operation, route: WaveRoute, order: Order, now: Instant) -> None:
    """Let pass what the driver has already, and what has ended since: its stops are dropped."""
    if order.driver_id == route.driver_id or not order.state.is_open:
        return
    aside = why_aside(operation, order, now)
    if aside is not None:
        words = {Aside.HELD: "is held", Aside.CLOSED_OFF: "lies in a closed zone"}[aside]
        raise StateChanged(f"{order.order_id} {words} by now.", order_id=order.order_id)
    is_held = not is_reassignable(order) or order.is_pinned or order.state is OrderState.AT_PICKUP
    if is_held:
        raise StateChanged(f"{order.order_id} changed since the plan was made.", order_id=order.order_id)
    is_kept_from = route.driver_id in (*order.refused_by, *order.forbidden)
    if is_kept_from or operation.fleet.drivers[route.driver_id].is_out(now):
        raise StateChanged(f"{route.driver_id} may not have {order.order_id} any more.", order_id=order.order_id)


def _change(context: Context, wave: Wave, own: set[OrderId], route: WaveRoute) -> PlanChange:
    operation = context.operation
    first = stop_under_way(operation, wave, route.driver_id, context.now)
    return PlanChange(
        driver_id=route.driver_id,
        plan_number=operation.fleet.route_of(route.driver_id).plan_number,
        stops=_next_stops(operation, own, route, first),
        distance_m=route.distance_m,
    )


def _next_stops(
    operation: Operation, own: set[OrderId], route: WaveRoute, first: PlannedStop | None
) -> tuple[PlannedStop, ...]:
    """Return a driver's new stops: the wave's stop `first` if it is under way, then other work, then the wave's."""
    others = [stop for stop in operation.fleet.route_of(route.driver_id).stops if stop.order_id not in own]
    kinds = {WaveStopKind.LOAD: StopKind.PICKUP, WaveStopKind.DELIVERY: StopKind.DELIVERY}
    planned = still_to_do(
        operation,
        (
            PlannedStop(
                order_id=stop.order_id,
                kind=kinds[stop.kind],
                position=stop.position,
                arrives_at=stop.arrives_at,
                starts_at=stop.starts_at,
                departs_at=stop.departs_at,
            )
            for stop in route.stops
            if stop.order_id is not None and stop.position is not None
        ),
    )
    begun = 0 if first is None else int(is_made_first(first, planned))
    return (*planned[:begun], *others, *planned[begun:])


def _free_left_out(context: Context, wave: Wave, plan: WavePlan, decision: Decision) -> None:
    """Take from their drivers what the plan leaves out, and clean the routes of who has nothing any more."""
    served = {name for route in plan.routes for name in route.order_ids}
    orders = context.operation.orders.orders
    left = [orders[one.order_id] for one in plan.unserved if one.order_id not in served]
    given = [o for o in left if o.driver_id is not None and is_reassignable(o)]
    planned = {route.driver_id for route in plan.routes}
    _take_back(context, given, decision, touched=planned)


def _take_back(context: Context, orders: list[Order], decision: Decision, touched: set[DriverId] | None = None) -> None:
    """Let orders wait again; drivers other than `touched` get a route without them."""
    losing: dict[DriverId, set[OrderId]] = {}
    for order in orders:
        if order.driver_id is None:
            continue
        losing.setdefault(order.driver_id, set()).add(order.order_id)
        event = OrderUnassigned(order_id=order.order_id, driver_id=order.driver_id, reason="wave")
        decision.add(of_order(order.order_id), event)
    for driver_id, names in losing.items():
        if driver_id not in (touched or set()):
            stops = context.operation.fleet.route_of(driver_id).stops
            plan_route(context, driver_id, (s for s in stops if s.order_id not in names), decision)
