"""What holds for an order or a driver without a proposal: who decided it, and the plain facts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.dispatch.break_turns import rule_in_force
from core.dispatch.decision import Override
from core.fleet.fleet import Driver, DriverStatus, SignalState
from core.fleet.planned_break import back_at, due_breaks
from core.orders.order import ArrivalBand, Order, OrderState
from core.vocabulary import DriverId, Instant
from ui.desk_context import DeskContext
from ui.names import driver_label, driver_name, person_name, state_word, status_word, zone_name
from ui.panels.timeline_words import break_words
from ui.phrasebook import promise_kept, reason_word
from widgets.formatting import (
    UNKNOWN,
    age,
    clock_time,
    distance,
    duration,
    is_wide_band,
    number,
    signed_minutes,
    time_range,
)
from widgets.marks.stages import risk_stage, risk_word
from widgets.parts.fact_grid import Fact

_SAME_MOMENT_S = 1.0


def _tr(text: str) -> str:
    return QCoreApplication.translate("in_force", text)


@dataclass(frozen=True, slots=True)
class InForce:
    """Headline, who decided it, and facts."""

    headline: str
    sub_line: str
    facts: list[Fact]


def _fact(name: str, value: str, note: str = "", ink: str = "") -> Fact:
    return Fact(name, value, f"· {note}" if note else "", ink)


def order_in_force(context: DeskContext, order: Order) -> InForce:
    """Return what holds for an order."""
    operation = context.store.operation
    if order.driver_id is None or not order.state.is_open:
        headline = state_word(order.state)
    elif order.state is OrderState.ASSIGNED:
        headline = _tr("Assigned to {driver}").format(driver=driver_name(operation, order.driver_id))
    else:
        headline = _tr("With {driver}").format(driver=driver_name(operation, order.driver_id))
    return InForce(headline, _decided(context, order), _order_facts(context, order))


def _decided(context: DeskContext, order: Order) -> str:
    """Return who gave the order to its driver and when, as far as this desk knows."""
    if order.driver_id is None:
        return _waiting_words(context, order)
    book = context.store.operation.decisions
    overrides = [one for one in reversed(book.overrides.values()) if one.undone_at is None]
    if own := next((one for one in overrides if _gave(one, order)), None):
        return _by_override(context, own)
    if other := next((one for one in overrides if _moved(one, order)), None):
        words = _tr("moved to {driver} when {order} was overridden, {time}")
        return words.format(driver=order.driver_id, order=other.order_id, time=_time(context, other.decided_at))
    accepted = [r for r in book.accepted.values() if (r.order_id, r.driver_id) == (order.order_id, order.driver_id)]
    if accepted:
        who = next((u.decided_by for u in book.undoable if u.recommendation_id == accepted[-1].recommendation_id), "")
        words = _tr("{driver} · as recommended at {time}, {kept}")
        said = words.format(
            driver=order.driver_id,
            time=_time(context, accepted[-1].made_at),
            kept=promise_kept(accepted[-1].confidence.probability),
        )
        return said + (_tr(" · accepted by {who}").format(who=_who(context, who)) if who else "")
    was_undone = any(one.order_id == order.order_id for one in book.overrides.values())
    words = _tr("{driver} · since {time}") if was_undone else _tr("{driver} · by the platform at {time}")
    return words.format(driver=order.driver_id, time=_time(context, order.assigned_at))


def _gave(override: Override, order: Order) -> bool:
    is_its = (override.order_id, override.driver_id) == (order.order_id, order.driver_id)
    return is_its and override.gives_the_order


def _moved(override: Override, order: Order) -> bool:
    is_then = abs((order.assigned_at or 0.0) - override.decided_at) <= _SAME_MOMENT_S
    plans = (plan for plan in override.plans if plan.driver_id == order.driver_id)
    return is_then and any(stop.order_id == order.order_id for plan in plans for stop in plan.stops)


def _by_override(context: DeskContext, override: Override) -> str:
    words = _tr("{driver} · override by {who} at {time}: {reason}")
    return words.format(
        driver=override.driver_id,
        who=_who(context, override.decided_by),
        time=_time(context, override.decided_at),
        reason=override.note or reason_word(override.reason),
    )


def _waiting_words(context: DeskContext, order: Order) -> str:
    if not order.state.is_open:
        return _tr("Ended at {time}").format(time=_time(context, order.ended_at))
    waited_s = context.now() - order.placed_at
    return _tr("No driver yet, waiting {duration}").format(duration=duration(waited_s))


def _rest_facts(context: DeskContext, order: Order) -> list[Fact]:
    """Return what people ruled: until when the order is left alone, whether it stays, who is kept from it."""
    now, facts = context.now(), []
    put_off_until = context.store.operation.decisions.dismissed_until.get(order.order_id)
    for name, until_at in ((_tr("Held"), order.held_until), (_tr("Put off"), put_off_until)):
        if until_at is not None and until_at > now and order.state.is_open:
            time = clock_time(until_at, context.zone, seconds=True)
            facts.append(_fact(name, _tr("until {time}").format(time=time)))
    held = context.store.operation.held
    if order.state.is_open and held.is_held(order.order_id, now):
        told_at = max(plan.until_at for plan in held.plans.values() if plan.concerns(order.order_id))
        time = clock_time(told_at, context.zone, seconds=True)
        facts.append(_fact(_tr("Not told yet"), _tr("drivers and customer at {time}").format(time=time)))
    if order.is_pinned and order.state.is_open:
        facts.append(_fact(_tr("Pinned"), _tr("stays with {driver}").format(driver=order.driver_id)))
    if order.forbidden and order.state.is_open:
        facts.append(_fact(_tr("Kept from"), ", ".join(order.forbidden)))
    return facts


def _order_facts(context: DeskContext, order: Order) -> list[Fact]:
    operation = context.store.operation
    band, probability = context.store.forecasts.get(order.order_id, (order.told_arrival, 0.0))
    facts = [_fact(_tr("State"), state_word(order.state), _refusals(order))]
    facts += _rest_facts(context, order)
    facts.append(_fact(_tr("Promise"), _time(context, order.promise.by_at)))
    if band is not None and order.state.is_open:
        late_s = band.p50_at - order.promise.by_at
        stage = risk_stage(probability, is_late=late_s > 0)
        facts += _arrival_facts(context, band, late_s, risk_word(stage).lower())
    facts.append(_fact(_tr("Pickup"), order.pickup.name, _ready(context, order)))
    if order.customer is not None and order.customer.name:
        facts.append(_fact(_tr("Customer"), order.customer.name, order.customer.address))
    facts.append(_fact(_tr("Zone"), zone_name(operation, order.zone_id)))
    if order.driver_id is not None:
        accepted = _tr("accepted") if order.is_accepted else _tr("not answered yet")
        facts.append(_fact(_tr("Driver"), driver_label(operation, order.driver_id), accepted))
    return facts


def _arrival_facts(context: DeskContext, band: ArrivalBand, late_s: float, risk: str) -> list[Fact]:
    """Return when an order arrives; of a wide band only the range, for a time would be more than is known."""
    between, ink = time_range(band.p10_at, band.p90_at, context.zone), "p1" if late_s > 0 else ""
    if is_wide_band(band.p10_at, band.p90_at):
        return [_fact(_tr("Arrives"), between, risk, ink)]
    versus = _tr("{minutes} min, {risk}").format(minutes=signed_minutes(late_s), risk=risk)
    return [_fact(_tr("Arrives"), _time(context, band.p50_at), versus, ink), _fact(_tr("P10–P90"), between)]


def _refusals(order: Order) -> str:
    if order.failure_reason:
        return order.failure_reason
    if len(order.refused_by) == 1:
        return _tr("refused once")
    return _tr("refused {times} times").format(times=len(order.refused_by)) if order.refused_by else ""


def _ready(context: DeskContext, order: Order) -> str:
    words = _tr("ready since {time}") if order.is_ready else _tr("ready at {time}")
    return words.format(time=_time(context, order.ready_at))


def driver_in_force(context: DeskContext, driver: Driver) -> InForce:
    """Return how a driver stands: shift, vehicle, signal, and what is in hand."""
    operation = context.store.operation
    status = operation.fleet.status_of(driver.driver_id)
    return InForce(
        driver_name(operation, driver.driver_id),
        f"{driver.driver_id} · {status_word(status)}",
        _driver_facts(context, driver, status),
    )


def _driver_facts(context: DeskContext, driver: Driver, status: DriverStatus) -> list[Fact]:
    operation = context.store.operation
    facts = []
    if driver.is_out(context.now()):
        words = _tr("until {time}") if driver.out_until_at is not None else _tr("until brought back")
        facts.append(_fact(_tr("Taken out"), words.format(time=_time(context, driver.out_until_at)), "", "p2"))
    if status is not DriverStatus.OFF:
        left_s = (driver.shift_ends_at or context.now()) - context.now()
        words = _tr("{duration} left") if left_s > 0 else _tr("{duration} over")
        ends = _fact(
            _tr("Shift ends"), _time(context, driver.shift_ends_at), words.format(duration=duration(abs(left_s)))
        )
        facts.append(ends)
        facts += _break_facts(context, driver)
    vehicle = operation.fleet.vehicles.get(driver.vehicle_id) if driver.vehicle_id is not None else None
    if vehicle is not None:
        capacity = _tr("{litres} l, {kilograms} kg").format(
            litres=number(vehicle.capacity.volume_l), kilograms=number(vehicle.capacity.weight_kg)
        )
        facts.append(_fact(_tr("Vehicle"), vehicle.plate, capacity))
        facts.append(_fact(_tr("Position"), position_age(context, vehicle.vehicle_id, vehicle.signal)))
    orders = operation.orders.of_driver(driver.driver_id)
    facts.append(_fact(_tr("In hand"), ", ".join(order.order_id for order in orders) or _tr("nothing")))
    route = operation.fleet.route_of(driver.driver_id)
    if route.stops:
        free = _tr("free at {time}").format(time=_time(context, route.stops[-1].departs_at))
        way = distance(route.distance_m or None)  # not known before the streets have told
        stops = _tr("{count} stops, {distance}").format(count=len(route.stops), distance=way)
        facts.append(_fact(_tr("Route"), stops, free))
    if driver.skills:
        facts.append(_fact(_tr("Skills"), ", ".join(driver.skills)))
    return facts


def _break_facts(context: DeskContext, driver: Driver) -> list[Fact]:
    """Return when a planned break is over that the driver is on, and which are still to come."""
    rule = rule_in_force(context.store.operation)
    until_at = back_at(driver, rule)
    facts = [] if until_at is None else [_fact(_tr("On a break until"), _time(context, until_at))]
    return facts + [_fact(_tr("Planned break"), break_words(context, one)) for one in due_breaks(driver, rule)]


def position_age(context: DeskContext, vehicle_id: str, signal: SignalState) -> str:
    """Return how old a vehicle's position is, with the word for a lost signal."""
    fleet = context.store.fleet
    row = fleet.row_of(vehicle_id)
    if row is None:
        return _tr("never heard")
    words = _tr("{age} old").format(age=age(context.now() - float(fleet.fix_at[row])))
    said = {SignalState.SILENT: _tr("no signal"), SignalState.OFF: _tr("device says off")}.get(signal, "")
    return f"{words}, {said}" if said else words


def _time(context: DeskContext, at: Instant | None) -> str:
    return clock_time(at, context.zone)


def _who(context: DeskContext, user_id: str) -> str:
    return person_name(DriverId(user_id), context.store.operation) if user_id else UNKNOWN
