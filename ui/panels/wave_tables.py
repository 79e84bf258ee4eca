"""The tables of the waves' page: waves, the routes of a plan, the stops of a route, and orders without a place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from core.dispatch.waves.wave import Unserved, Wave, WaveRoute, WaveState, WaveStop
from core.projections.operation import Operation
from core.vocabulary import Instant, OrderId
from ui.desk_context import DeskContext
from ui.names import driver_label, zone_name
from ui.panels.wave_words import load_words, state_word, stop_word, why_word, windows_kept
from widgets.formatting import clock_time, countdown, day, duration, time_range
from widgets.tables.columns import Cell, Column, Kind, Record


def _tr(text: str) -> str:
    return QCoreApplication.translate("waves", text)


def wave_columns(context: DeskContext) -> list[Column]:
    """Return the columns of the list of waves."""
    return [
        Column("wave", _tr("Wave"), Kind.KEY, width=80),
        Column("name", _tr("Rhythm"), stretches=True),
        Column("state", _tr("State"), width=150),
        Column("closed", _tr("Closed"), Kind.TIME, width=144, write=_moment(context)),
        Column("leaves", _tr("First leaves in"), Kind.COUNTDOWN, width=120, write=_counted, fresh_from=None),
        Column("orders", _tr("Orders"), Kind.NUMBER, width=80),
        Column("routes", _tr("Routes"), Kind.NUMBER, width=80),
        Column("left", _tr("No place"), Kind.NUMBER, width=84),
        Column("way", _tr("Way"), Kind.NUMBER, unit=_tr("km"), width=90, decimals=1),
    ]


def wave_record(context: DeskContext, wave: Wave) -> Record:
    """Return a wave's row."""
    plan = wave.shown_plan
    waits = wave.proposal is not None
    left = 0 if plan is None else len(plan.unserved)
    return Record(
        wave.wave_id,
        (
            wave.wave_id,
            wave.name,
            Cell(state_word(wave), bold=waits, ink="acc" if waits else ""),
            wave.closed_at,
            leaves_in(context, wave),
            len(wave.order_ids),
            None if plan is None else len(plan.routes),
            Cell(left, ink="p1" if left else "") if plan is not None else None,
            None if plan is None else plan.distance_m / 1000.0,
        ),
    )


def leaves_in(context: DeskContext, wave: Wave) -> float | None:
    """Return the seconds until the first driver leaves; ``None`` once that is past, or not known."""
    plan = wave.shown_plan
    if plan is None or not plan.routes or wave.state is WaveState.ENDED:
        return None
    left_s = min(route.leaves_at for route in plan.routes) - context.now()
    return left_s if left_s > 0.0 else None


def route_columns(context: DeskContext) -> list[Column]:
    """Return the columns of a plan's routes."""
    clock = _clock(context)
    return [
        Column("driver", _tr("Driver"), Kind.KEY, width=190),
        Column("depot", _tr("Depot"), width=130),
        Column("leaves", _tr("Leaves"), Kind.TIME, width=80, write=clock),
        Column("back", _tr("Back"), Kind.TIME, width=80, write=clock),
        Column("orders", _tr("Orders"), Kind.NUMBER, width=76),
        Column("trips", _tr("Trips"), Kind.NUMBER, width=64),
        Column("way", _tr("Way"), Kind.NUMBER, unit=_tr("km"), width=86, decimals=1),
        Column("hours", _tr("On the road"), Kind.NUMBER, width=96, write=_length),
        Column("kept", _tr("Windows kept"), width=104),
        Column("load", _tr("Load at most"), stretches=True),
    ]


def route_record(context: DeskContext, route: WaveRoute) -> Record:
    """Return a route's row."""
    operation = context.store.operation
    depot = operation.waves.depots.get(route.depot_id)
    kept, doors = windows_kept(operation, route)
    words = _tr("{kept} of {doors}").format(kept=kept, doors=doors)
    return Record(
        route.driver_id,
        (
            driver_label(operation, route.driver_id),
            route.depot_id if depot is None else depot.name,
            route.leaves_at,
            route.returns_at,
            len(route.order_ids),
            route.trips,
            route.distance_m / 1000.0,
            route.returns_at - route.leaves_at,
            Cell(kept, words=words, ink="p1" if kept < doors else ""),
            load_words(operation, route),
        ),
    )


def stop_columns(context: DeskContext) -> list[Column]:
    """Return the columns of a route's stops."""
    clock = _clock(context)
    return [
        Column("what", _tr("What"), width=84),
        Column("order", _tr("Order"), Kind.KEY, width=100),
        Column("arrives", _tr("Arrives"), Kind.TIME, width=80, write=clock),
        Column("leaves", _tr("Leaves"), Kind.TIME, width=80, write=clock),
        Column("window", _tr("Promised"), stretches=True),
    ]


def stop_records(context: DeskContext, route: WaveRoute) -> list[Record]:
    """Return the rows of a route's stops, in sequence."""
    return [_stop_record(context, number, stop) for number, stop in enumerate(route.stops)]


def _stop_record(context: DeskContext, number: int, stop: WaveStop) -> Record:
    none = Cell(None, words="–", ink="ink3")
    promised = none if stop.order_id is None else promise_words(context, stop.order_id)
    return Record(
        f"{number}:{stop.order_id or ''}",
        (stop_word(stop), stop.order_id or none, stop.arrives_at, stop.departs_at, promised),
    )


def left_columns() -> list[Column]:
    """Return the columns of the orders without a place."""
    return [
        Column("order", _tr("Order"), Kind.KEY, width=100),
        Column("zone", _tr("Zone"), width=110),
        Column("promised", _tr("Promised"), width=130),
        Column("why", _tr("Why it has no place"), stretches=True),
    ]


def left_record(context: DeskContext, one: Unserved) -> Record:
    """Return the row of an order without a place."""
    operation = context.store.operation
    order = operation.orders.orders.get(one.order_id)
    zone = "" if order is None else zone_name(operation, order.zone_id)
    return Record(one.order_id, (one.order_id, zone, promise_words(context, one.order_id), why_word(operation, one)))


def promise_words(context: DeskContext, order_id: OrderId) -> str:
    """Return the window promised to an order's customer, or the instant it is promised by."""
    operation: Operation = context.store.operation
    order = operation.orders.orders.get(order_id)
    if order is None:
        return ""
    if order.promise.from_at is None:
        return _tr("by {time}").format(time=clock_time(order.promise.by_at, context.zone))
    return time_range(order.promise.from_at, order.promise.by_at, context.zone)


def _clock(context: DeskContext) -> Callable[[object], str]:
    return lambda at: clock_time(at, context.zone) if isinstance(at, float) else ""


def _moment(context: DeskContext) -> Callable[[object], str]:
    def write(at: object) -> str:
        moment: Instant = at if isinstance(at, float) else 0.0
        return f"{day(moment, context.zone)} {clock_time(moment, context.zone)}"

    return write


def _counted(value: object) -> str:
    return countdown(value) if isinstance(value, float) else "–"


def _length(value: object) -> str:
    return duration(value) if isinstance(value, float) else ""
