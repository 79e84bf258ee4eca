"""The palette: a few letters find any command, order, driver, vehicle, zone or street, and Enter runs or selects it.

It holds no list of its own: commands come from the catalogue, streets and places from the service's search a moment
later, everything else from the operation as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.command_catalogue import CATALOGUE, CommandId, CommandSpec, Needs
from app.fuzzy_find import best
from app.line_reader import Reading
from app.spoken_names import Meant
from core.command_rights import PERMITTED
from core.orders.order import Order
from core.places import FoundPlace, PlaceKind
from core.vocabulary import OrderId, Role
from ui.command_words import command_word
from ui.desk_context import DeskContext
from ui.line_beginnings import beginning_of
from ui.names import driver_label, driver_name, role_word, state_word, status_word, zone_name
from ui.place_finder import PlaceFinder
from widgets.parts.choice_list import CHOICE_HEIGHT, Choice, ChoiceList
from widgets.parts.modal_sheet import ModalSheet

_MOST = 60
_SEEN_ROWS = 12
_DESK_ROLES = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR)
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _SEEN_ROWS, Qt.Key.Key_PageUp: -_SEEN_ROWS}


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: how it looks, and what it means; `line` starts a line where words are still missing.

    A `place` is shown on the map.
    """

    choice: Choice
    reading: Reading
    line: str = ""
    place: FoundPlace | None = None


class Palette(ModalSheet):
    """Opened by a key, closed by Enter or Esc.

    Parameters
    ----------
    over : QWidget
    context : DeskContext
    """

    chosen = Signal(object)
    """A `Reading` to carry out."""
    place_chosen = Signal(object)
    """A `FoundPlace` to be shown on the map."""
    line_wanted = Signal(str)
    """The command needs words that only a line can give; this is its beginning."""

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=720, height=_SEEN_ROWS * CHOICE_HEIGHT + 170)
        self._context = context
        self._entries: list[Entry] = []
        self.set_words(
            self.tr("Find and do"), self.tr("Commands, orders, drivers, vehicles, zones, streets. Enter does it.")
        )
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Find"))
        self.field.setPlaceholderText(self.tr("a few letters of it"))
        self.field.setMinimumHeight(34)
        self.field.installEventFilter(self)
        self.choices = ChoiceList()
        self.choices.setAccessibleName(self.tr("Found"))
        self.body.addWidget(self.field)
        self.body.addWidget(self.choices, 1)
        self.finder = PlaceFinder(context.operations, self)
        self.finder.found.connect(self._add_places)
        self.field.textChanged.connect(self.finder.type_letters)
        self.field.textChanged.connect(self.show_found)
        self.choices.taken.connect(self._take)

    def open_palette(self, letters: str = "") -> None:
        """Open it with these letters; without any, with every command of this role, in the order of the catalogue."""
        self.field.setText(letters)
        self.show_found(letters)
        self.open_sheet()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_found(self, typed: str) -> None:
        """Show what fits best."""
        named = list(self._commands())
        if typed.strip():
            named.extend(self._orders(typed))
            named.extend(self._drivers())
            named.extend(self._vehicles())
            named.extend(self._zones())
        self._entries = [*best(typed, named, _MOST), *self._places()]
        nothing = Choice(self.tr("Nothing is called so"))
        self.choices.show_choices([entry.choice for entry in self._entries] or [nothing])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the list by the arrow keys and take its row by Enter, while the letters go to the field."""
        if watched is self.field and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _STEPS:
                self.choices.choose(self.choices.at + _STEPS[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.choices.at)
                return True
        return super().eventFilter(watched, event)

    def _add_places(self) -> None:
        """Show what the service found below the rest; the row that a person walked to stays theirs."""
        at = self.choices.at
        self.show_found(self.field.text())
        self.choices.choose(at)

    def _take(self, at: int) -> None:
        if not 0 <= at < len(self._entries):
            return
        entry = self._entries[at]
        self.close_sheet()
        if entry.place is not None:
            self.place_chosen.emit(entry.place)
        elif entry.line:
            self.line_wanted.emit(entry.line)
        else:
            self.chosen.emit(entry.reading)

    # --- what there is -----------------------------------------------------------------------------------------------

    def _commands(self) -> Iterator[tuple[str, Entry]]:
        for spec in CATALOGUE:
            if spec.id is not CommandId.PALETTE and spec.is_for(self._context.person.role):
                words = command_word(spec.id)
                choice = Choice(words[:1].upper() + words[1:], self._target(spec), who_may(spec), " / ".join(spec.keys))
                yield f"{words} {spec.verb}", Entry(choice, self._reading(spec), beginning_of(self._context, spec.id))

    def _reading(self, spec: CommandSpec) -> Reading:
        order_id = self._context.selection.order_id
        return Reading(command=spec.id, order_id=OrderId(order_id) if order_id else None)

    def _target(self, spec: CommandSpec) -> str:
        if spec.needs not in (Needs.ORDER, Needs.ORDER_AND_DRIVER, Needs.ORDER_AND_MINUTES):
            return ""
        return self._context.selection.order_id or self.tr("the selected order")

    def _orders(self, typed: str) -> Iterator[tuple[str, Entry]]:
        board = self._context.store.operation.orders
        for order_id in sorted(board.open_ids):
            yield self._order(board.orders[order_id])
        ended = OrderId(typed.strip().upper())
        if ended in board.orders and ended not in board.open_ids:
            yield self._order(board.orders[ended])

    def _order(self, order: Order) -> tuple[str, Entry]:
        operation = self._context.store.operation
        zone, driver = zone_name(operation, order.zone_id), driver_name(operation, order.driver_id)
        note = " · ".join((state_word(order.state), zone, driver))
        return f"{order.order_id} {note}", self._found("order", order.order_id, note, self.tr("order"))

    def _drivers(self) -> Iterator[tuple[str, Entry]]:
        operation = self._context.store.operation
        for driver_id, driver in operation.fleet.drivers.items():
            note = f"{driver_name(operation, driver_id)} · {status_word(operation.fleet.status_of(driver_id))}"
            name = f"{driver_id} {driver.person.name if driver.person else ''}"
            yield name, self._found("driver", driver_id, note, self.tr("driver"))

    def _vehicles(self) -> Iterator[tuple[str, Entry]]:
        operation = self._context.store.operation
        for vehicle_id, vehicle in operation.fleet.vehicles.items():
            note = f"{vehicle.plate} · {driver_label(operation, vehicle.driver_id)}"
            yield f"{vehicle_id} {vehicle.plate}", self._found("vehicle", vehicle_id, note, self.tr("vehicle"))

    def _zones(self) -> Iterator[tuple[str, Entry]]:
        for zone_id, zone in self._context.store.operation.fleet.zones.items():
            yield zone.name, Entry(Choice(zone.name, "", self.tr("zone")), _select("zone", zone_id))

    def _places(self) -> Iterator[Entry]:
        """Yield what the service found, in its order."""
        words = {
            PlaceKind.STREET: self.tr("street"),
            PlaceKind.QUARTER: self.tr("quarter"),
            PlaceKind.ADDRESS: self.tr("address"),
            PlaceKind.SITE: self.tr("place"),
        }
        for place in self.finder.places:
            choice = Choice(place.name, place.detail, words[place.kind])
            yield Entry(choice, Reading(command=CommandId.SHOW_ON_MAP), place=place)

    def _found(self, kind: str, object_id: str, note: str, kind_word: str) -> Entry:
        return Entry(Choice(object_id, note, kind_word), _select(kind, object_id))


def _select(kind: str, object_id: str) -> Reading:
    return Reading(command=CommandId.FIND, meant=Meant(kind, object_id))


def who_may(spec: CommandSpec) -> str:
    """Return the roles that may use a command, empty where every desk may."""
    if spec.asks is None or PERMITTED[spec.asks].issuperset(_DESK_ROLES):
        return ""
    return ", ".join(role_word(role) for role in _DESK_ROLES if role in PERMITTED[spec.asks])
