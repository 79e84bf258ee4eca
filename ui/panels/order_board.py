"""The order board: every open order in one line, latest first."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.fleet.fleet import SignalState
from core.orders.order import Order
from core.projections.operation import Part
from core.vocabulary import DriverId, OrderId, VehicleId
from ui.desk_context import DeskContext
from ui.names import state_word, zone_name
from ui.selection import Kind as SelectionKind
from widgets.formatting import UNKNOWN, WIDE_BAND_SECONDS, age, clock_time, number, time_range
from widgets.marks.stages import risk_stage
from widgets.parts.panel import Panel
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.dense_table import DENSE_ROW, DenseTable
from widgets.tables.record_model import RecordModel
from widgets.tables.row_drag import RowDrag

_REFRESH_MS = 250
_TICK_MS = 1000
_VERSUS, _AGE = 7, 10
_TOUCHING = frozenset({Part.ORDER, Part.ROUTE, Part.VEHICLE, Part.ZONES})


class OrderBoardPanel(Panel):
    """Open orders; a row changes only when its order, its route or its forecast has."""

    opened = Signal()
    """Enter or a double click on a row."""
    reassign_asked = Signal(str, str)
    """An order was dragged onto a row of another driver: the order and that driver."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Order board"), parent=parent)
        self._context = context
        self._changed: set[str] | None = None
        self._keeps_in_view = True
        self.model = RecordModel(self._columns(), self)
        self.table = DenseTable(self.model)
        self.table.setAccessibleName(self.tr("Order board"))
        self.table.sortByColumn(_VERSUS, Qt.SortOrder.DescendingOrder)
        self._drag = RowDrag(self.table)
        self._drag.dropped.connect(self._drop)
        self.set_body(self.table)
        self.setFocusProxy(self.table)
        self._soon = QTimer(self, interval=_REFRESH_MS, singleShot=True)
        self._soon.timeout.connect(self._refresh)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(lambda: self.table.repaint_column(_AGE))
        self._tick.start()
        self._listen()
        self._soon.start()

    def _columns(self) -> list[Column]:
        return [
            Column("risk", self.tr("Risk"), Kind.RISK, width=112),
            Column("order", self.tr("Order"), Kind.KEY, width=78),
            Column("state", self.tr("State"), width=98),
            Column("zone", self.tr("Zone"), width=120, stretches=True),
            Column("promise", self.tr("Promise"), Kind.TIME, width=68, write=self._time),
            Column("arrives", self.tr("Arrives"), Kind.TIME, width=68, write=self._time, fresh_from=60.0),
            Column("range", self.tr("P10–P90"), Kind.TIME, width=108, fresh_from=None),
            Column("versus", self.tr("vs promise"), Kind.SIGNED, width=98),
            Column("driver", self.tr("Driver"), width=60),
            Column("stops", self.tr("Stops before"), Kind.NUMBER, width=94),
            Column(
                "age",
                self.tr("Position age"),
                Kind.COUNTDOWN,
                width=94,
                write=self._age,
                rank=self._age_s,
                fresh_from=None,
            ),
        ]

    def _listen(self) -> None:
        store, selection = self._context.store, self._context.selection
        store.replaced.connect(self._mark_all)
        store.changed.connect(self._mark_changed)
        store.forecasts_changed.connect(self._mark)
        self.table.chosen.connect(lambda key: selection.select(SelectionKind.ORDER, key))
        self.table.opened.connect(lambda _key: self.opened.emit())
        selection.changed.connect(self._take_selection)
        self.table.hand.arrived.connect(self._leave_view)

    def _drop(self, order_id: str, over: str) -> None:
        orders = self._context.store.operation.orders.orders
        driver_id = orders[OrderId(over)].driver_id
        if driver_id is not None and driver_id != orders[OrderId(order_id)].driver_id:
            self.reassign_asked.emit(order_id, driver_id)

    # --- what changed ---

    def _mark_all(self) -> None:
        self._changed = None
        self._start_soon()

    def _mark(self, order_ids: frozenset[OrderId]) -> None:
        if self._changed is not None:
            self._changed |= order_ids
        self._start_soon()

    def _mark_changed(self, changes: frozenset[tuple[Part, str]]) -> None:
        if self._changed is None:
            return
        orders = self._context.store.operation.orders
        for part, name in changes:
            if part is Part.ORDER:
                self._changed.add(name)
            elif part is Part.ROUTE:
                self._changed.update(stop.order_id for stop in self._route_stops(name))
            elif part is Part.ZONES:
                self._changed.update(orders.open_ids)
        if self._changed:
            self._start_soon()

    def _route_stops(self, driver_id: str) -> list[Order]:
        fleet, orders = self._context.store.operation.fleet, self._context.store.operation.orders.orders
        return [orders[stop.order_id] for stop in fleet.route_of(DriverId(driver_id)).stops if stop.order_id in orders]

    def _start_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    # --- what is shown ---

    def _refresh(self) -> None:
        board = self._context.store.operation.orders
        if self._changed is None:
            self.model.show_records([self._record(board.orders[order_id]) for order_id in sorted(board.open_ids)])
        elif self._changed:
            still_open = [OrderId(name) for name in self._changed if name in board.open_ids]
            self.model.change_records(
                [self._record(board.orders[order_id]) for order_id in still_open], self._changed.difference(still_open)
            )
        self._changed = set()
        self.set_meta(self.tr("{count} active · latest first").format(count=number(len(board.open_ids))))
        self._follow_selection()

    def _record(self, order: Order) -> Record:
        store = self._context.store
        forecast = store.forecasts.get(order.order_id)
        band, probability = forecast or (order.told_arrival, 0.0)
        late_s = band.p50_at - order.promise.by_at if band else None
        is_late = (late_s or 0.0) > 0.0 or self._context.now() > order.promise.by_at
        is_wide = band is not None and band.p90_at - band.p10_at > WIDE_BAND_SECONDS
        return Record(
            order.order_id,
            (
                risk_stage(probability, is_late=is_late),
                order.order_id,
                state_word(order.state),
                zone_name(store.operation, order.zone_id),
                order.promise.by_at,
                _whole_minute(band.p50_at) if band and not is_wide else None,
                time_range(band.p10_at, band.p90_at, self._context.zone) if band else self._no_forecast(),
                _versus(late_s),
                order.driver_id,
                self._stops_before(order),
                self._vehicle_of(order),
            ),
        )

    def _no_forecast(self) -> Cell:
        return Cell(None, self.tr("no forecast"))

    def _stops_before(self, order: Order) -> int | None:
        if order.driver_id is None:
            return None
        stops = self._context.store.operation.fleet.route_of(order.driver_id).stops
        return next((at for at, stop in enumerate(stops) if stop.order_id == order.order_id), None)

    def _vehicle_of(self, order: Order) -> str | None:
        drivers = self._context.store.operation.fleet.drivers
        driver = drivers.get(order.driver_id) if order.driver_id else None
        return driver.vehicle_id if driver is not None else None

    def _time(self, at: object) -> str:
        return clock_time(at, self._context.zone) if isinstance(at, float) else str(at)

    def _age(self, vehicle_id: object) -> str:
        age_s = self._age_s(vehicle_id)
        if age_s < 0.0:
            return UNKNOWN
        vehicle = self._context.store.operation.fleet.vehicles.get(VehicleId(str(vehicle_id)))
        said = {SignalState.SILENT: self.tr("silent {age}"), SignalState.OFF: self.tr("off {age}")}
        words = said.get(vehicle.signal, "{age}") if vehicle is not None else "{age}"
        return words.format(age=age(age_s))

    def _age_s(self, vehicle_id: object) -> float:
        """Return the age of a vehicle's position now, -1 if it was never heard; positions move without new records."""
        fleet = self._context.store.fleet
        row = fleet.row_of(str(vehicle_id))
        return -1.0 if row is None else max(0.0, self._context.now() - float(fleet.fix_at[row]))

    # --- selection ---

    def _take_selection(self) -> None:
        """Keep in view what was selected elsewhere until a hand comes; without a selection show the top."""
        is_elsewhere = not self.table.hand.is_here
        self._keeps_in_view = is_elsewhere
        self._follow_selection()
        if is_elsewhere and self.table.selected_key() is None:
            self.table.scrollToTop()

    def _leave_view(self) -> None:
        self._keeps_in_view = False

    def _follow_selection(self) -> None:
        order_id = self._context.selection.order_id
        if order_id != self.table.selected_key():
            self.table.select_key(order_id)
        if self._keeps_in_view and self.table.selected_key() is not None:
            self._show_with_the_latest(self.table.currentIndex().row())

    def _show_with_the_latest(self, row: int) -> None:
        """Scroll no further down than a row needs, and back up once it has risen: the latest orders stay in view."""
        below = (row + 2) * DENSE_ROW  # one row more says that the list goes on
        bar = self.table.verticalScrollBar()
        bar.setValue(max(0, below - self.table.viewport().height()))


def _whole_minute(at: float) -> float:
    """Cut what is not shown: a row that reads the same is not painted again."""
    return at // 60 * 60


def _versus(late_s: float | None) -> object:
    """Return the minutes against the promise; late ones in the ink of their priority."""
    if late_s is None:
        return None
    minutes = round(late_s / 60)
    if minutes <= 0:
        return minutes
    return Cell(minutes, ink="p1" if minutes >= 10 else "p2")
