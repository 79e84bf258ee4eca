"""What the desk rests on, row by row: each source with its state, its age and what its loss means. No widgets here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.connection import Phase
from core.fleet.fleet import SignalState, Vehicle
from core.operations import DoorHeard
from core.projections.source_board import SourceState
from core.vocabulary import DriverId
from ui.desk_context import DeskContext
from ui.names import driver_label
from ui.rejection_words import ASKS_FOR_SOMEBODY, rejection_effect, rejection_name
from widgets.formatting import number

FEED_LIMIT_S, POSITION_LIMIT_S, KITCHEN_LIMIT_S = 2.0, 60.0, 120.0
"""From which age on events, a vehicle's position and a ready time are not as they should be."""
STREETS, MODEL, BROKER = "streets", "arrival model", "broker"
CLOCK, DEVICE_CLOCKS = "clock", "device clocks"
_ALWAYS = (STREETS, MODEL)
"""Sources that are listed although they never failed."""

REJECTED_LATELY_S = 600.0
"""So long what somebody has to look at stands among what is not as it should be."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("sources", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source.

    `priority` is 0 while it is as it should be; `age_s` and `limit_s` are None where there is none; `effect` says what
    its loss means.
    """

    key: str
    name: str
    state: str
    priority: int = 0
    age_s: float | None = None
    limit_s: float | None = None
    effect: str = ""
    driver_id: str = ""


def source_name(source: str) -> str:
    """Return what people call a source of the log."""
    names = {
        STREETS: _tr("Street engine"),
        MODEL: _tr("Arrival model"),
        BROKER: _tr("MQTT broker"),
        CLOCK: _tr("The service's clock"),
        DEVICE_CLOCKS: _tr("Clocks of devices"),
    }
    return names.get(source) or source.replace("_", " ").capitalize()


def source_trouble(source: str) -> str:
    """Return what is wrong with a source that is degraded, in a word or three."""
    troubles = {MODEL: _tr("cannot be read"), CLOCK: _tr("jumped"), DEVICE_CLOCKS: _tr("are wrong")}
    return troubles.get(source) or _tr("does not answer")


def door_name(door: str) -> str:
    """Return what people call a telemetry door."""
    names = {
        "mqtt": _tr("Positions from MQTT"),
        "teltonika": _tr("Positions from Teltonika trackers"),
        "gateway": _tr("Positions from gateways"),
        "batch": _tr("Positions in batches"),
        "osmand": _tr("Positions from phones, OsmAnd"),
        "traccar_client": _tr("Positions from phones, Traccar Client"),
        "traccar": _tr("Positions from Traccar"),
        "owntracks": _tr("Positions from OwnTracks"),
    }
    return names.get(door) or _tr("Positions from {door}").format(door=door)


def source_rows(context: DeskContext, doors: Sequence[DoorHeard] = ()) -> list[SourceRow]:
    """Return all sources, those that are not as they should be first, worst first; the rest in a fixed order."""
    rows = [
        _feed(context),
        _positions(context),
        *_drivers_unheard(context),
        *_doors(context, doors),
        *_rejections(context),
        *_board(context),
        _kitchens(context),
    ]
    return sorted(rows, key=lambda row: row.priority or 5)


def _feed(context: DeskContext) -> SourceRow:
    store = context.store
    age_s = store.clock.age_s
    is_lost = store.connection.phase is not Phase.LIVE or (age_s or 0.0) > FEED_LIMIT_S
    return SourceRow(
        key="feed",
        name=_tr("Events"),
        state=_tr("lost") if is_lost else _tr("live"),
        priority=1 if is_lost else 0,
        age_s=age_s,
        limit_s=FEED_LIMIT_S,
        effect=_tr("What is shown stands still; commands are off.") if is_lost else "",
    )


# --- positions -------------------------------------------------------------------------------------------------------


def _on_shift(context: DeskContext) -> Iterator[tuple[DriverId, Vehicle]]:
    fleet = context.store.operation.fleet
    for driver in fleet.drivers.values():
        vehicle = fleet.vehicles.get(driver.vehicle_id) if driver.vehicle_id is not None else None
        if driver.is_on_shift and vehicle is not None:
            yield driver.driver_id, vehicle


def _positions(context: DeskContext) -> SourceRow:
    vehicles = [vehicle for _, vehicle in _on_shift(context)]
    unheard = sum(vehicle.signal in (SignalState.SILENT, SignalState.OFF) for vehicle in vehicles)
    ages = [age_s for vehicle in vehicles if (age_s := _position_age(context, vehicle)) is not None]
    one, several = _tr("1 driver is shown where last seen."), _tr("{count} drivers are shown where last seen.")
    effect = "" if not unheard else one if unheard == 1 else several.format(count=number(unheard))
    heard = _tr("{heard} of {all} heard").format(heard=number(len(vehicles) - unheard), all=number(len(vehicles)))
    return SourceRow(
        key="positions",
        name=_tr("Positions"),
        state=heard if vehicles else _tr("nobody on shift"),
        priority=3 if unheard else 0,
        age_s=min(ages, default=None),
        limit_s=POSITION_LIMIT_S,
        effect=effect,
    )


def _drivers_unheard(context: DeskContext) -> Iterator[SourceRow]:
    """Yield a row for each driver on shift who is not heard; one whose device says off is low."""
    for driver_id, vehicle in _on_shift(context):
        if vehicle.signal not in (SignalState.SILENT, SignalState.OFF):
            continue
        is_off = vehicle.signal is SignalState.OFF
        yield SourceRow(
            key=f"driver/{driver_id}",
            name=_tr("Positions of {driver}").format(driver=driver_label(context.store.operation, driver_id)),
            state=_tr("off, said by the device") if is_off else _tr("silent"),
            priority=4 if is_off else 3,
            age_s=_position_age(context, vehicle),
            limit_s=POSITION_LIMIT_S,
            effect=_effect_of_driver(context, driver_id, is_off=is_off),
            driver_id=driver_id,
        )


def _effect_of_driver(context: DeskContext, driver_id: DriverId, *, is_off: bool) -> str:
    orders = len(context.store.operation.orders.of_driver(driver_id))
    where = _tr("Shown where it was switched off.") if is_off else _tr("Shown where last seen.")
    if not orders:
        return where
    one, several = _tr("1 order without a fresh forecast."), _tr("{count} orders without a fresh forecast.")
    return f"{where} {one if orders == 1 else several.format(count=number(orders))}"


def _position_age(context: DeskContext, vehicle: Vehicle) -> float | None:
    fleet = context.store.fleet
    row = fleet.row_of(vehicle.vehicle_id)
    return None if row is None else max(0.0, context.now() - float(fleet.fix_at[row]))


def _doors(context: DeskContext, doors: Sequence[DoorHeard]) -> Iterator[SourceRow]:
    for door in doors:
        age_s = None if door.heard_at is None else max(0.0, context.now() - door.heard_at)
        is_silent = age_s is None or age_s > POSITION_LIMIT_S
        effects = [
            _tr("Who reports through it is shown where last seen.") if is_silent and age_s is not None else "",
            _turned_away(door.turned_away),
        ]
        yield SourceRow(
            key=f"door/{door.door}",
            name=door_name(door.door),
            state=_tr("nobody let in") if age_s is None else _tr("silent") if is_silent else _tr("heard"),
            priority=3 if is_silent else 0,
            age_s=age_s,
            limit_s=POSITION_LIMIT_S,
            effect=" ".join(filter(None, effects)),
        )


def _turned_away(messages: int) -> str:
    one, several = _tr("1 message turned away since the start."), _tr("{count} messages turned away since the start.")
    return "" if not messages else one if messages == 1 else several.format(count=number(messages))


def _rejections(context: DeskContext) -> Iterator[SourceRow]:
    """Yield a row for each reason for which positions were turned away since the service started."""
    counters = context.store.counters
    for reason, count in sorted(counters.fixes_rejected.items()):
        at = counters.fixes_rejected_at.get(reason)
        age_s = None if at is None else max(0.0, context.now() - at)
        is_news = age_s is not None and age_s < REJECTED_LATELY_S
        one, several = _tr("1 position"), _tr("{count} positions")
        yield SourceRow(
            key=f"rejected/{reason}",
            name=rejection_name(reason),
            state=one if count == 1 else several.format(count=number(count)),
            priority=4 if is_news and reason in ASKS_FOR_SOMEBODY else 0,
            age_s=age_s,
            effect=rejection_effect(reason),
        )


# --- what the log says -----------------------------------------------------------------------------------------------


def _board(context: DeskContext) -> Iterator[SourceRow]:
    known = context.store.operation.sources.sources
    for source in dict.fromkeys((*_ALWAYS, *known)):
        yield _of_log(context, source, known.get(source))


def _of_log(context: DeskContext, source: str, state: SourceState | None) -> SourceRow:
    if state is None or not state.is_degraded:
        words = _tr("works") if state is None else _tr("works again")
        return SourceRow(key=source, name=source_name(source), state=words)
    age_s = max(0.0, context.now() - state.since_at)
    return SourceRow(
        key=source, name=source_name(source), state=source_trouble(source), priority=3, age_s=age_s, effect=state.effect
    )


def _kitchens(context: DeskContext) -> SourceRow:
    """Return how late the kitchen that is latest is: orders past their ready time of which nothing was told."""
    orders = context.store.operation.orders
    open_orders = (orders.orders[order_id] for order_id in orders.open_ids)
    cooked = (order for order in open_orders if order.depot_id is None)
    overdue = [context.now() - order.ready_at for order in cooked if not order.is_ready and not order.state.is_on_board]
    late = [late_s for late_s in overdue if late_s > KITCHEN_LIMIT_S]
    one = _tr("1 order is past its ready time; its arrival waits for it.")
    several = _tr("{count} orders are past their ready time; their arrivals wait for it.")
    return SourceRow(
        key="kitchens",
        name=_tr("Kitchen times"),
        state=_tr("late, nothing told") if late else _tr("as announced"),
        priority=4 if late else 0,
        age_s=max(late, default=None),
        limit_s=KITCHEN_LIMIT_S,
        effect="" if not late else one if len(late) == 1 else several.format(count=number(len(late))),
    )
