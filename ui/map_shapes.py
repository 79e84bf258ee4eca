"""Turns the operation into what the map can show. A vehicle is called by its driver: people say D-042."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from core.alarms.exceptions import ExceptionItem
from core.dispatch.decision import Recommendation
from core.fleet.fleet import SignalState, Vehicle
from core.fleet.route import PlannedStop, StopKind
from core.fleet.zone import Zone
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, FenceId, Instant, OrderId, Position, VehicleId
from ui.closure_shapes import closed_zones
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.fence_shapes import FenceShapes, line_of
from ui.selection import Kind, Selected
from ui.street_lines import StreetLines
from widgets.live_map.shapes import (
    NO_HEADING,
    Callout,
    FenceShape,
    ObjectKind,
    OrderPoint,
    RouteLine,
    StopMark,
    VehicleRows,
    ZoneShape,
    look_of,
)
from widgets.marks.vehicle_kite import VehicleState

_ACTION_LIMIT = 4.0
_FEWEST_ZONES = 3
_MARGIN_SHARE = 0.2
"""How much of the zones' spread is shown around their middles."""
_CALLOUT_PRIORITIES = (1, 2)
_UNHEARD = {SignalState.SILENT: VehicleState.STALE, SignalState.OFF: VehicleState.OFF}


class MapShapes:
    """The shapes as of the last `refresh`; positions are always those of now.

    Parameters
    ----------
    context : DeskContext
    watch : ExceptionWatch
    lines : StreetLines
        Where a plan leads that has no way of its own.
    """

    def __init__(self, context: DeskContext, watch: ExceptionWatch, lines: StreetLines) -> None:
        self._context, self._watch, self._lines = context, watch, lines
        self._rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._names: list[str] = []
        self._looks: NDArray[np.int8] = np.empty(0, dtype=np.int8)
        self._stale = self._off = 0
        self._known_vehicles = 0
        self._fences = FenceShapes(context)
        self.hidden_fence: FenceId | None = None
        """A fence that somebody draws anew, who shows it himself."""

    # --- vehicles ---

    def refresh(self) -> None:
        """Look again who drives, what each vehicle does, and which of them have an exception."""
        store = self._context.store
        fleet = store.operation.fleet
        levels = self._levels()
        rows, names, looks = [], [], []
        self._stale = self._off = 0
        for row, vehicle_id in enumerate(store.fleet.ids):
            vehicle = fleet.vehicles.get(VehicleId(vehicle_id))
            if vehicle is None or vehicle.driver_id is None:
                continue
            state = self._state(vehicle, vehicle.driver_id)
            self._stale += state is VehicleState.STALE
            self._off += state is VehicleState.OFF
            rows.append(row)
            names.append(str(vehicle.driver_id))
            looks.append(look_of(state, level=levels.get(vehicle.driver_id, 0)))
        self._rows = np.array(rows, dtype=np.intp)
        self._names = names
        self._looks = np.array(looks, dtype=np.int8)

    def vehicle_rows(self) -> VehicleRows:
        """Return the vehicles with a driver where they were last seen."""
        fleet = self._context.store.fleet
        rows = self._rows
        heading = fleet.heading_deg[rows]
        return VehicleRows(
            self._names,
            fleet.lat[rows],
            fleet.lon[rows],
            np.where(np.isnan(heading), NO_HEADING, heading),
            self._looks,
        )

    def counts(self) -> tuple[int, int, int]:
        """Return how many vehicles are shown, how many of them with a stale position, and how many are off."""
        return len(self._names), self._stale, self._off

    def driver_called(self, name: str) -> DriverId | None:
        """Return the driver that a vehicle on the map is called by."""
        return DriverId(name) if name in self._context.store.operation.fleet.drivers else None

    def _state(self, vehicle: Vehicle, driver_id: DriverId) -> VehicleState:
        fleet = self._context.store.operation.fleet
        if vehicle.signal in _UNHEARD:
            return _UNHEARD[vehicle.signal]
        driver = fleet.drivers.get(driver_id)
        if driver is not None and driver.is_paused:
            return VehicleState.PAUSED
        stops = fleet.route_of(driver_id).stops
        if not stops:
            return VehicleState.FREE
        return VehicleState.CARRYING if self._carries(stops) else VehicleState.TO_PICKUP

    def _carries(self, stops: tuple[PlannedStop, ...]) -> bool:
        orders = self._context.store.operation.orders.orders
        on_board = (orders.get(stop.order_id) for stop in stops)
        return any(order is not None and order.state.is_on_board for order in on_board)

    def _levels(self) -> dict[DriverId, int]:
        """Return the most pressing priority per driver: that of the driver, or of an order on board."""
        orders = self._context.store.operation.orders.orders
        levels: dict[DriverId, int] = {}
        for item in reversed(self._watch.items):
            order = orders.get(item.order_id) if item.order_id else None
            if item.subject_kind == "driver":
                levels[DriverId(item.subject_id)] = item.priority
            elif order is not None and order.driver_id is not None and order.state.is_on_board:
                levels[order.driver_id] = item.priority
        return levels

    # --- orders ---

    def order_points(self) -> list[OrderPoint]:
        """Return the pickups of waiting orders and of orders with an exception."""
        operation, selected = self._context.store.operation, self._context.selection.order_id
        levels = {item.order_id: item.priority for item in reversed(self._watch.items) if item.order_id}
        points = []
        for order_id in operation.orders.open_ids:
            order = operation.orders.orders[order_id]
            level = levels.get(order_id, 0)
            if order.state.is_on_board or not (level or order.state is OrderState.WAITING or order_id == selected):
                continue
            at = order.pickup.position
            points.append(OrderPoint(order_id, at.lat, at.lon, level, selected=order_id == selected))
        return points

    def callouts(self) -> list[Callout]:
        """Return one callout per spot with exceptions of priority 1 or 2 or selected, most pressing first."""
        selected = self._context.selection.current
        callouts: dict[str, Callout] = {}
        spots: dict[tuple[object, ...], list[Callout]] = {}
        for item in self._watch.items:
            is_selected = selected is not None and selected.id in (item.subject_id, item.order_id)
            wanted = item.priority in _CALLOUT_PRIORITIES and not item.is_acknowledged
            if item.subject_id in callouts or not (wanted or is_selected):
                continue
            callout = self._callout(item, is_selected)
            if callout is not None:
                callouts[item.subject_id] = callout
                spots.setdefault(_spot(callout), []).append(callout)
        return [self._merged(at_spot) for at_spot in spots.values()]

    def _merged(self, callouts: list[Callout]) -> Callout:
        """Return one callout for a spot: the selected one and how many more, or how many and the first."""
        if len(callouts) == 1:
            return callouts[0]
        chosen = next((one for one in callouts if one.selected), None)
        if chosen is not None:
            more = QCoreApplication.translate("map_shapes", "{detail} · {count} more here")
            return replace(chosen, detail=more.format(detail=chosen.detail, count=len(callouts) - 1))
        first = callouts[0]
        title = QCoreApplication.translate("map_shapes", "{count} at {place}")
        return replace(first, title=title.format(count=len(callouts), place=self._place(first)), detail=first.title)

    def _place(self, callout: Callout) -> str:
        order = self._context.store.operation.orders.orders.get(OrderId(callout.subject_id))
        return order.pickup.name if order is not None and order.pickup.name else callout.subject_id

    def _callout(self, item: ExceptionItem, is_selected: bool) -> Callout | None:
        say = self._context.say
        title, detail = f"{item.subject_id} {say(item.finding)}", say(item.cause)
        if item.subject_kind == "driver":
            return self._vehicle_callout(DriverId(item.subject_id), item.priority, title, detail, is_selected)
        order = self._context.store.operation.orders.orders.get(item.order_id) if item.order_id else None
        if item.subject_kind != "order" or order is None:
            return None
        if order.state.is_on_board and order.driver_id is not None:
            return self._vehicle_callout(order.driver_id, item.priority, title, detail, is_selected)
        at = order.pickup.position
        return Callout(order.order_id, at.lat, at.lon, item.priority, title, detail, selected=is_selected)

    def _vehicle_callout(
        self, driver_id: DriverId, priority: int, title: str, detail: str, is_selected: bool
    ) -> Callout | None:
        at = self._driver_position(driver_id)
        if at is None:
            return None
        return Callout(driver_id, at.lat, at.lon, priority, title, detail, selected=is_selected, kind="vehicle")

    # --- the selected plan ---

    def plan(self) -> tuple[list[RouteLine], list[StopMark]]:
        """Return the lines and stops of what is selected: an order's plan, or a driver's."""
        selected = self._context.selection.current
        if selected is None:
            return [], []
        order = self._selected_order(selected)
        proposal = self._context.store.operation.decisions.standing.get(order.order_id) if order else None
        driver_id = self._driver_of(selected)
        lines, stops = self._driver_plan(driver_id) if driver_id is not None else ([], [])
        if proposal is None or proposal.driver_id in (None, driver_id):
            return lines, stops
        as_is = [RouteLine("as_is", line.coordinates) for line in lines if line.kind == "to_come"]
        proposed_lines, proposed_stops = self._proposed_plan(proposal)
        return [*as_is, *proposed_lines], proposed_stops or stops

    def driver_selected(self) -> DriverId | None:
        """Return the driver that is selected, or who has the selected order."""
        selected = self._context.selection.current
        return None if selected is None else self._driver_of(selected)

    def other_routes(self) -> list[RouteLine]:
        """Return every driver's route, on request."""
        routes = self._context.store.operation.fleet.routes.values()
        return [RouteLine("other", line_of(route.geometry)) for route in routes if route.stops and route.geometry]

    def _driver_plan(self, driver_id: DriverId) -> tuple[list[RouteLine], list[StopMark]]:
        route = self._context.store.operation.fleet.route_of(driver_id)
        if not route.stops:
            return [], []
        here = self._driver_position(driver_id)
        if len(route.geometry) < 2:
            return [RouteLine("to_come", self._way(here, route.stops))], _stop_marks(route.stops)
        at = _nearest(route.geometry, here) if here is not None else 0
        lines = [RouteLine("to_come", line_of(route.geometry[at:]))]
        if at:
            lines.append(RouteLine("driven", line_of(route.geometry[: at + 1])))
        return lines, _stop_marks(route.stops)

    def _proposed_plan(self, proposal: Recommendation) -> tuple[list[RouteLine], list[StopMark]]:
        chosen = next((one for one in proposal.alternatives if one.driver_id == proposal.driver_id), None)
        if chosen is None or proposal.driver_id is None or not chosen.plan:
            return [], []
        line = self._way(self._driver_position(proposal.driver_id), chosen.plan)
        return [RouteLine("to_come", line)], _stop_marks(chosen.plan)

    def _way(self, here: Position | None, stops: Sequence[PlannedStop]) -> list[tuple[float, float]]:
        """Return the line through stops, from where the driver is if that is known."""
        places = [stop.position for stop in stops]
        return self._lines.along(places) if here is None else self._lines.onward(here, places)

    # --- zones and fences ---

    def zones(self) -> list[ZoneShape]:
        """Return the zones with how many drivers each is short of or has to spare, or until when it is closed."""
        store = self._context.store
        short: dict[str, float] = {}
        pressure = store.pressure
        if pressure is not None:
            short = {
                zone: row[pressure.now_bin].drivers_short
                for zone, row in zip(pressure.zones, pressure.cells, strict=True)
                if pressure.now_bin < len(row)
            }
        closed = closed_zones(self._context)
        return [
            _zone_shape(zone, short.get(zone.zone_id), closed.get(zone.zone_id, ""))
            for zone in store.operation.fleet.zones.values()
        ]

    def fences(self) -> list[FenceShape]:
        """Return the fences as they are now, but one that somebody draws anew."""
        return self._fences.shapes(self.hidden_fence)

    @property
    def fences_change_at(self) -> Instant:
        """When the next fence begins or ceases to count, by its hours alone."""
        return self._fences.changes_at

    def area(self) -> tuple[float, float, float, float]:
        """Return south, west, north, east of where the work is: round the middles of the zones, or the city."""
        middles = [_middle(zone.ring) for zone in self._context.store.operation.fleet.zones.values() if zone.ring]
        if len(middles) < _FEWEST_ZONES:
            city = self._context.city
            return city.south, city.west, city.north, city.east
        corners = np.array([(middle.lat, middle.lon) for middle in middles if middle is not None])
        low, high = corners.min(axis=0), corners.max(axis=0)
        margin = (high - low) * _MARGIN_SHARE
        south, west = (low - margin).tolist()
        north, east = (high + margin).tolist()
        return south, west, north, east

    # --- where things are ---

    def on_map(self, selected: Selected) -> tuple[ObjectKind, str]:
        """Return the object on the map that stands for what is selected."""
        driver_id = self._driver_of(selected)
        if selected.kind is Kind.ORDER:
            proposal = self._context.store.operation.decisions.standing.get(OrderId(selected.id))
            driver_id = proposal.driver_id if proposal is not None and proposal.driver_id else driver_id
        if driver_id is not None and driver_id in self._names:
            return "vehicle", driver_id
        kinds: dict[Kind, ObjectKind] = {Kind.ORDER: "order", Kind.ZONE: "zone", Kind.FENCE: "fence"}
        return kinds.get(selected.kind, "vehicle"), selected.id

    def position_of(self, selected: Selected) -> Position | None:
        """Return where to look for what is selected."""
        operation = self._context.store.operation
        order = self._selected_order(selected)
        driver_id = self._driver_of(selected)
        if driver_id is not None and (order is None or order.state.is_on_board):
            return self._driver_position(driver_id)
        if order is not None:
            return order.pickup.position
        if selected.kind is Kind.ZONE and selected.id in operation.fleet.zones:
            return _middle(next(z.ring for z in operation.fleet.zones.values() if z.zone_id == selected.id))
        fence = next((f for f in operation.fences.fences.values() if f.fence_id == selected.id), None)
        return None if fence is None else fence.centre or _middle(fence.ring or fence.line)

    def _selected_order(self, selected: Selected) -> Order | None:
        orders = self._context.store.operation.orders.orders
        return orders.get(OrderId(selected.id)) if selected.kind is Kind.ORDER else None

    def _driver_of(self, selected: Selected) -> DriverId | None:
        if selected.kind is Kind.DRIVER:
            return DriverId(selected.id)
        if selected.kind is Kind.VEHICLE:
            vehicle = self._context.store.operation.fleet.vehicles.get(VehicleId(selected.id))
            return vehicle.driver_id if vehicle is not None else None
        order = self._selected_order(selected)
        return order.driver_id if order is not None else None

    def _driver_position(self, driver_id: DriverId) -> Position | None:
        store = self._context.store
        driver = store.operation.fleet.drivers.get(driver_id)
        row = store.fleet.row_of(driver.vehicle_id) if driver is not None and driver.vehicle_id else None
        return None if row is None else Position(float(store.fleet.lat[row]), float(store.fleet.lon[row]))


def _spot(callout: Callout) -> tuple[object, ...]:
    """Return what callouts at one spot have in common: the vehicle, or the pickup to about ten metres."""
    return (callout.subject_id,) if callout.kind == "vehicle" else (round(callout.lat, 4), round(callout.lon, 4))


def _stop_marks(stops: tuple[PlannedStop, ...]) -> list[StopMark]:
    return [
        StopMark(
            f"{stop.order_id}:{stop.kind}",
            "pickup" if stop.kind is StopKind.PICKUP else "drop",
            number,
            stop.position.lat,
            stop.position.lon,
        )
        for number, stop in enumerate(stops, start=1)
    ]


def _nearest(line: tuple[Position, ...], here: Position) -> int:
    """Return the corner of a line that is nearest; good to a street corner, which is what a line on a map needs."""
    corners = np.array([(position.lat, position.lon) for position in line])
    east = np.cos(np.radians(here.lat))
    return int(np.argmin((corners[:, 0] - here.lat) ** 2 + ((corners[:, 1] - here.lon) * east) ** 2))


def _middle(ring: tuple[Position, ...]) -> Position | None:
    if not ring:
        return None
    corners = np.array([(position.lat, position.lon) for position in ring]).mean(axis=0)
    return Position(float(corners[0]), float(corners[1]))


def _zone_shape(zone: Zone, short: float | None, closed: str) -> ZoneShape:
    """Return a zone with how short of drivers it is; of one that is `closed`, only that is said."""
    return ZoneShape(
        zone.zone_id,
        zone.name,
        closed or _zone_note(short),
        line_of(zone.ring),
        emphasised=not closed and short is not None and short >= _ACTION_LIMIT,
        closed=bool(closed),
    )


def _zone_note(short: float | None) -> str:
    if short is None:
        return ""
    drivers = round(short)
    if drivers == 0:
        return QCoreApplication.translate("map_shapes", "balanced")
    words = (
        QCoreApplication.translate("map_shapes", "{count} short")
        if drivers > 0
        else QCoreApplication.translate("map_shapes", "{count} spare")
    )
    return words.format(count=abs(drivers))
