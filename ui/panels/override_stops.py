"""A driver's remaining stops in a list that a person puts in another order, by keys or by dragging."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.dispatch.changes import Resequence, StopName
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, OrderId
from ui.desk_context import DeskContext
from widgets.formatting import clock_time, number
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Column, Kind, Record
from widgets.tables.dense_table import CALM_ROW, DenseTable
from widgets.tables.record_model import RecordModel

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class OverrideStops(QWidget):
    """The list; Alt+Up and Alt+Down move the marked stop, Enter asks what the new order would do."""

    chosen = Signal(object)
    """The `Resequence` that a person wants."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._order_id, self._driver_id = OrderId(""), DriverId("")
        self._names: list[StopName] = []
        self._dragged = ""
        self._model = RecordModel(self._columns(), self)
        self.table = DenseTable(self._model, row_height=CALM_ROW)
        self.table.setAccessibleName(self.tr("Stops, in order"))
        self.table.installEventFilter(self)
        self.table.viewport().installEventFilter(self)
        self.table.horizontalHeader().setSectionsClickable(False)  # the order is the driver's
        self.show_effect = KeyButton(self.tr("Show what it does"), "Enter", height=DIALOG_BUTTON_HEIGHT)
        self.show_effect.clicked.connect(self.ask)
        hint = TextLabel(
            self.tr("Alt+↑ and Alt+↓ move a stop, or drag it. Enter shows what it does."), px=12, ink="ink2"
        )
        self.message = TextLabel(px=12, ink="p2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (hint, self.table, self.message):
            column.addWidget(part)
        column.addWidget(self.show_effect, 0, Qt.AlignmentFlag.AlignLeft)

    def _columns(self) -> list[Column]:
        return [
            Column("place", self.tr("Place"), Kind.NUMBER, width=64),
            Column("what", self.tr("Stop"), width=96),
            Column("order", self.tr("Order"), Kind.KEY, width=96),
            Column("where", self.tr("Where"), stretches=True),
            Column("planned", self.tr("Planned"), Kind.TIME, width=84),
            Column("promise", self.tr("Promise"), Kind.TIME, width=84),
            Column("moved", self.tr("Moved"), width=150),
        ]

    @property
    def names(self) -> tuple[StopName, ...]:
        """Return the stops in the order that is shown."""
        return tuple(self._names)

    def show_for(self, order_id: OrderId, driver_id: DriverId) -> None:
        """Offer the stops of a driver as planned, with the next one of `order_id` marked."""
        self._order_id, self._driver_id = order_id, driver_id
        self._names = [_name(stop) for stop in self._planned()]
        self._say("")
        self._show()
        mine = next((name for name in self._names if name.order_id == order_id), None)
        self.table.select_key(_key(mine) if mine is not None else None)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Look again which stops remain: those that are done go, what came in stands last."""
        present = [_name(stop) for stop in self._planned()]
        kept = [name for name in self._names if name in present]
        came = [name for name in present if name not in kept]
        if kept != self._names or came:
            self._names = kept + came
            self._say(self.tr("The stops changed. Look again."))
            self._show()

    def ask(self) -> None:
        """Ask what the order shown would do; as planned it does nothing."""
        if [_name(stop) for stop in self._planned()] == self._names:
            self._say(self.tr("The stops are as planned. Move one first."))
            return
        change = Resequence(order_id=self._moved_order(), driver_id=self._driver_id, stops=self.names)
        self.chosen.emit(change)

    def move_stop(self, key: str, step: int) -> None:
        """Move a stop up (-1) or down (1) by one place, unless it cannot go there."""
        at = next((place for place, name in enumerate(self._names) if _key(name) == key), None)
        if at is None or not 0 <= at + step < len(self._names):
            return
        upper, lower = self._names[min(at, at + step)], self._names[max(at, at + step)]
        if upper.order_id == lower.order_id:
            self._say(self.tr("{order} is picked up before it is delivered.").format(order=upper.order_id))
        elif self._is_under_way(upper) and min(at, at + step) == 0:
            self._say(self.tr("The driver is at the first stop. It stays first."))
        else:
            self._names[at], self._names[at + step] = self._names[at + step], self._names[at]
            self._say("")
            self._show()
            self.table.select_key(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move a stop, and the dragging of one."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and watched is self.table:
            return self._take_key(event)
        if isinstance(event, QMouseEvent) and watched is self.table.viewport():
            self._take_mouse(event)
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        key, marked = Qt.Key(event.key()), self.table.selected_key()
        if key in _STEPS and event.modifiers() & Qt.KeyboardModifier.AltModifier and marked is not None:
            self.move_stop(marked, _STEPS[key])
            return True
        if key in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.ask()
            return True
        return False

    def _take_mouse(self, event: QMouseEvent) -> None:
        row = self.table.rowAt(round(event.position().y()))
        if event.type() is QEvent.Type.MouseButtonPress and row >= 0:
            self._dragged = self._model.key_at(row)
        elif event.type() is QEvent.Type.MouseButtonRelease:
            self._dragged = ""
        elif event.type() is QEvent.Type.MouseMove and self._dragged and row >= 0:
            at = self._model.row_of(self._dragged)
            if at is not None and at != row:
                self.move_stop(self._dragged, 1 if row > at else -1)

    def _show(self) -> None:
        self._model.show_records([self._record(place, name) for place, name in enumerate(self._names)])
        self._model.apply_pending()

    def _record(self, place: int, name: StopName) -> Record:
        planned = {_name(stop): (was, stop) for was, stop in enumerate(self._planned())}
        order = self._order(name.order_id)
        was, stop = planned.get(name, (place, None))
        is_pickup = name.kind is StopKind.PICKUP
        return Record(
            _key(name),
            (
                place + 1,
                self.tr("Pickup") if is_pickup else self.tr("Delivery"),
                name.order_id,
                _where(order, is_pickup=is_pickup),
                clock_time(stop.arrives_at, self._context.zone) if stop is not None else None,
                clock_time(order.promise.by_at, self._context.zone) if order is not None and not is_pickup else None,
                self._moved_words(place, was, name),
            ),
        )

    def _moved_words(self, place: int, was: int, name: StopName) -> str:
        if place == 0 and self._is_under_way(name):
            return self.tr("stays first")
        return "" if place == was else self.tr("was {place}").format(place=number(was + 1))

    def _moved_order(self) -> OrderId:
        """Return the order whose stop is marked, or of the first stop that was moved."""
        marked = self.table.selected_key()
        before = [_name(stop) for stop in self._planned()]
        moved = [name for name, was in zip(self._names, before, strict=False) if name != was]
        mine = [name for name in moved if _key(name) == marked]
        return (mine or moved)[0].order_id if moved else self._order_id

    def _planned(self) -> tuple[PlannedStop, ...]:
        return self._context.store.operation.fleet.route_of(self._driver_id).stops

    def _order(self, order_id: OrderId) -> Order | None:
        return self._context.store.operation.orders.orders.get(order_id)

    def _is_under_way(self, name: StopName) -> bool:
        order = self._order(name.order_id)
        return order is not None and order.state in (OrderState.AT_PICKUP, OrderState.AT_DELIVERY)

    def _say(self, words: str) -> None:
        self.message.setText(words)


def _name(stop: PlannedStop) -> StopName:
    return StopName(order_id=stop.order_id, kind=stop.kind)


def _key(name: StopName) -> str:
    return f"{name.order_id} {name.kind.value}"


def _where(order: Order | None, *, is_pickup: bool) -> str:
    if order is None:
        return ""
    if is_pickup:
        return order.pickup.name
    return order.customer.address or order.customer.name if order.customer is not None else ""
