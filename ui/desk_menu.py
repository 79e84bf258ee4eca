"""The menu of what is selected, by the right button or the menu key: the same commands as keys and palette have.

It holds no command of its own. What only a reason is missing for is put on the command line, to be finished there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from app.command_catalogue import CommandId, spec_of
from app.line_reader import Reading
from app.spoken_names import Meant
from core.dispatch.planning_events import is_reassignable
from core.orders.order import Order
from core.vocabulary import DriverId, OrderId, Position, ZoneId
from ui.command_words import command_word
from ui.desk_context import DeskContext
from ui.line_beginnings import beginning_of, selected_driver, selected_order, selected_zone
from ui.names import driver_label, zone_name
from ui.panels.exceptions_panel import ExceptionsPanel
from ui.panels.live_map_panel import LiveMapPanel
from ui.panels.order_board import OrderBoardPanel
from widgets.parts.panel import Panel
from widgets.theme.fonts import SEMIBOLD, font


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One command of the menu; `line` begins a line where words are still missing.

    An entry without a reading is a heading: what those below it are about.
    """

    words: str
    reading: Reading | None = None
    line: str = ""
    key: str = ""


class DeskMenu:
    """Opens over a list, the board or the map.

    Parameters
    ----------
    context : DeskContext
    run : carries a reading out
    start_line : puts the beginning of a line on the command line
    close_street : closes the street at a position, or has one clicked on the map where there is none
    """

    def __init__(
        self,
        context: DeskContext,
        run: Callable[[Reading], None],
        start_line: Callable[[str], None],
        close_street: Callable[[Position | None], None],
    ) -> None:
        self._context, self._run, self._start_line, self._close_street = context, run, start_line, close_street

    def serve(self, panel: Panel) -> None:
        """Open for the right button and the menu key of a panel that lists or shows what can be selected."""
        served: QAbstractItemView | None = None
        match panel:
            case ExceptionsPanel():
                served = panel.rows
            case OrderBoardPanel():
                served = panel.table
            case LiveMapPanel():
                live_map = panel.map
                live_map.menu_asked.connect(
                    lambda at, place: self._open(panel, live_map.mapToGlobal(at), _position(place))
                )
        if served is not None:
            served.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            served.customContextMenuRequested.connect(lambda at: self._open(served, served.viewport().mapToGlobal(at)))

    def entries(self) -> list[MenuEntry]:
        """Return what can be done about what is selected: the order first, then its driver, then its zone."""
        order, driver_id = selected_order(self._context), selected_driver(self._context)
        zone_id = selected_zone(self._context)
        found = [] if order is None else list(self._of_order(order))
        if driver_id is not None:
            found += self._of_driver(driver_id)
        if zone_id is not None and zone_id in self._context.store.operation.fleet.zones:
            found += self._of_zone(zone_id)
        role = self._context.person.role
        return [one for one in found if one.reading is None or spec_of(one.reading.command).is_for(role)]

    def menu(self, over: QWidget, place: Position | None = None) -> QMenu:
        """Return the menu as it would open now, over a place of the map if that is known."""
        made = QMenu(over)
        for entry in self.entries():
            if entry.reading is None:
                made.addSeparator()
                heading = made.addAction(entry.words)
                heading.setFont(font(12, SEMIBOLD))
                heading.setEnabled(False)
                continue
            action = QAction(entry.words, made)
            if entry.key:
                action.setText(f"{entry.words}\t{entry.key}")
            action.triggered.connect(lambda _checked, entry=entry: self._take(entry))
            made.addAction(action)
        if isinstance(over, LiveMapPanel):
            made.addSeparator()
            made.addAction(_street_words(place)).triggered.connect(lambda _checked: self._close_street(place))
        return made

    def _open(self, over: QWidget, at: QPoint, place: Position | None = None) -> None:
        menu = self.menu(over, place)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not menu.isEmpty():
            menu.popup(at)

    def _take(self, entry: MenuEntry) -> None:
        if entry.line:
            self._start_line(entry.line)
        elif entry.reading is not None:
            self._run(entry.reading)

    # --- what there is ---

    def _of_order(self, order: Order) -> Iterator[MenuEntry]:
        operation, now, name = self._context.store.operation, self._context.now(), order.order_id
        yield MenuEntry(name)
        if name in operation.decisions.standing:
            yield self._entry(CommandId.ACCEPT, name)
        if is_reassignable(order):
            yield self._entry(CommandId.OVERRIDE, name)
            if order.driver_id is not None:
                yield self._entry(CommandId.SPLIT, name)
        if order.driver_id is not None and order.state.is_open:
            yield self._entry(CommandId.SEQUENCE, name)
        if is_reassignable(order):
            yield self._entry(CommandId.HOLD, name)
            dismissed_until = operation.decisions.dismissed_until.get(name, 0.0)
            if max(order.held_until or 0.0, dismissed_until) > now:
                yield self._entry(CommandId.RELEASE, name)
            if order.driver_id is not None:
                yield self._entry(CommandId.UNPIN if order.is_pinned else CommandId.PIN, name)
            yield self._entry(CommandId.FORBID, name)
        if order.forbidden:
            yield self._entry(CommandId.ALLOW, name)
        if is_reassignable(order):
            yield self._entry(CommandId.WHY_NOT, name)
        yield self._entry(CommandId.ACKNOWLEDGE, name)
        yield self._entry(CommandId.FORECAST_HISTORY, name)

    def _of_driver(self, driver_id: DriverId) -> Iterator[MenuEntry]:
        driver = self._context.store.operation.fleet.drivers.get(driver_id)
        if driver is None:
            return
        yield MenuEntry(driver_label(self._context.store.operation, driver_id))
        if driver.is_out(self._context.now()):
            yield self._entry(CommandId.BRING_BACK, driver_id=driver_id, is_complete=True)
        else:
            yield self._entry(CommandId.TAKE_OUT, driver_id=driver_id)
        if driver.is_on_shift:
            yield self._entry(CommandId.BREAK, driver_id=driver_id)

    def _of_zone(self, zone_id: ZoneId) -> Iterator[MenuEntry]:
        yield MenuEntry(zone_name(self._context.store.operation, zone_id))
        closed = self._context.store.operation.closures.in_force(self._context.now())
        if any(one.zone_id == zone_id for one in closed):
            yield self._entry(CommandId.OPEN, meant=Meant("zone", zone_id), is_complete=True)
        else:
            yield self._entry(CommandId.CLOSE, meant=Meant("zone", zone_id))

    def _entry(
        self,
        command: CommandId,
        order_id: OrderId | None = None,
        *,
        driver_id: DriverId | None = None,
        meant: Meant | None = None,
        is_complete: bool = False,
    ) -> MenuEntry:
        words = _MENU_WORDS.get(command, lambda: command_word(command))()
        line = "" if is_complete else beginning_of(self._context, command)
        reading = Reading(command=command, order_id=order_id, driver_id=driver_id, meant=meant)
        keys = spec_of(command).keys
        return MenuEntry(words[:1].upper() + words[1:], reading, line, keys[0] if keys else "")


def _position(place: tuple[float, float] | None) -> Position | None:
    return None if place is None else Position(*place)


def _street_words(place: Position | None) -> str:
    if place is None:
        return _tr("Close a street for a while …")
    return _tr("Close the street here for a while")


def _tr(text: str) -> str:
    return QCoreApplication.translate("desk_menu", text)


_MENU_WORDS: dict[CommandId, Callable[[], str]] = {
    CommandId.TAKE_OUT: lambda: _tr("Take out of planning"),
    CommandId.BRING_BACK: lambda: _tr("Bring back into planning"),
    CommandId.BREAK: lambda: _tr("Plan a break …"),
    CommandId.CLOSE: lambda: _tr("Close for a while"),
    CommandId.OPEN: lambda: _tr("Open again"),
}
"""Words where the heading says already whom or what it is about."""
