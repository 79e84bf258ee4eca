"""What waves say on the desk: their states, why an order has no place, what a plan comes to. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.waves.wave import UnitLoad, Unserved, Wave, WavePlan, WaveRoute, WaveState, WaveStop, WaveStopKind
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import OrderId
from widgets.formatting import distance, number


def _tr(text: str) -> str:
    return QCoreApplication.translate("waves", text)


def state_word(wave: Wave) -> str:
    """Return where a wave stands, for its row."""
    if wave.state is WaveState.RELEASED and wave.proposal is not None:
        return _tr("new plan waits")
    words = {
        WaveState.CLOSED: _tr("being planned"),
        WaveState.PROPOSED: _tr("waits for release"),
        WaveState.RELEASED: _tr("on the road"),
        WaveState.ENDED: _tr("ended"),
    }
    return words[wave.state]


def unit_word(operation: Operation, unit: str) -> str:
    """Return what people read for a unit of loads."""
    words = {"volume_l": _tr("l"), "weight_kg": _tr("kg")}
    return words.get(unit) or operation.waves.units.get(unit, unit)


def why_word(operation: Operation, one: Unserved) -> str:
    """Return the first limit that keeps everybody from an order."""
    if one.why == "capacity":
        unit = unit_word(operation, one.unit)
        return _tr("Too large for every vehicle it may go with: {unit}").format(unit=unit)
    words = {
        "no_vehicle": _tr("Nobody drives for its depot"),
        "allowed": _tr("Refused by, or kept from, everybody who drives"),
        "skills": _tr("Nobody has the skills it asks for"),
        "reachable": _tr("No way leads there"),
        "window": _tr("Nobody gets there within its window"),
        "shift": _tr("Nobody would be back by the end of the shift"),
        "break": _tr("Nobody would make it beside the break that is due"),
        "no_room": _tr("Every vehicle that could is full or busy then"),
        "held": _tr("Held by a person; planned when the hold ends"),
        "closed_off": _tr("Its zone is closed; planned when it opens"),
    }
    return words.get(one.why, one.why)


def plan_words(plan: WavePlan) -> str:
    """Return what a plan comes to, in one line."""
    one, several = _tr("{orders} orders, 1 driver, {way}"), _tr("{orders} orders, {drivers} drivers, {way}")
    said = (one if len(plan.routes) == 1 else several).format(
        orders=number(plan.served), drivers=number(len(plan.routes)), way=distance(plan.distance_m)
    )
    left = number(len(plan.unserved))
    return said + ("" if not plan.unserved else _tr(", {left} without a place").format(left=left))


def load_words(operation: Operation, route: WaveRoute) -> str:
    """Return the most that a route carries at once, in each unit that it loads."""
    return " · ".join(_load(operation, load) for load in route.loads if load.peak > 0.0)


def _load(operation: Operation, load: UnitLoad) -> str:
    unit = unit_word(operation, load.unit)
    return _tr("{peak} of {most} {unit}").format(peak=number(load.peak), most=number(load.capacity), unit=unit)


def windows_kept(operation: Operation, route: WaveRoute) -> tuple[int, int]:
    """Return how many of a route's doors are reached by their promise, and how many doors there are."""
    doors = [stop for stop in route.stops if stop.kind is WaveStopKind.DELIVERY and stop.order_id is not None]
    kept = sum(_is_kept(operation, stop) for stop in doors)
    return kept, len(doors)


def _is_kept(operation: Operation, stop: WaveStop) -> bool:
    order: Order | None = operation.orders.orders.get(stop.order_id or OrderId(""))
    return order is not None and stop.arrives_at <= order.promise.by_at + 1.0


def stop_word(stop: WaveStop) -> str:
    """Return what happens at a stop."""
    words = {
        WaveStopKind.LOAD: _tr("load"),
        WaveStopKind.DELIVERY: _tr("deliver"),
        WaveStopKind.BREAK: _tr("break"),
    }
    return words[stop.kind]
