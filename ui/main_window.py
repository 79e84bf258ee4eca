"""The dispatcher's window: makes the parts, places them, and connects them. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from app.command_catalogue import CommandId
from app.line_reader import Reading
from core.vocabulary import DriverId, OrderId
from ui.command_bar import CommandBar
from ui.condition_banner import ConditionBanner
from ui.desk_bar import DeskBar
from ui.desk_commands import DeskCommands
from ui.desk_context import DeskContext
from ui.desk_layout import arrange
from ui.exception_watch import ExceptionWatch
from ui.key_router import KeyRouter
from ui.keys_sheet import KeysSheet
from ui.panels.audit_panel import AuditPanel
from ui.panels.exceptions_panel import ExceptionsPanel
from ui.panels.live_map_panel import LiveMapPanel
from ui.panels.order_board import OrderBoardPanel
from ui.panels.override_sheet import OverrideSheet
from ui.panels.pressure_panel import PressurePanel
from ui.panels.recommendation_panel import RecommendationPanel
from ui.panels.timeline_panel import TimelinePanel
from ui.report_sheet import ReportSheet
from ui.selection import Kind
from widgets.docks import Docks
from widgets.parts.panel import GUTTER, Panel


class MainWindow(QWidget):
    """One desk.

    Parameters
    ----------
    context : DeskContext
    cache_dir : where streets and painted tiles are kept
    connect_to : connects the desk over `zeromq` or `websocket`, or again as it was when empty
    """

    closed = Signal()
    sign_in_asked = Signal()

    def __init__(self, context: DeskContext, cache_dir: Path, connect_to: Callable[[str], None]) -> None:
        super().__init__()
        self._context, self._connect_to = context, connect_to
        self.selection = context.selection
        self.setObjectName("gutter")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Tower, {city}").format(city=context.city.name))
        self.watch = ExceptionWatch(context, self)
        self.bar = DeskBar(context, self.watch)
        self.banner = ConditionBanner(context)
        self.command_bar = CommandBar(context)
        self.exceptions = ExceptionsPanel(context, self.watch)
        self.pressure = PressurePanel(context)
        self.map = LiveMapPanel(context, self.watch, cache_dir)
        self.board = OrderBoardPanel(context)
        self.recommendation = RecommendationPanel(context)
        self.timeline = TimelinePanel(context)
        self.audit = AuditPanel(context)
        self._panels: dict[str, Panel] = {
            "exceptions": self.exceptions,
            "pressure": self.pressure,
            "map": self.map,
            "board": self.board,
            "recommendation": self.recommendation,
            "timeline": self.timeline,
            "audit": self.audit,
        }
        self._place()
        self.override_sheet = OverrideSheet(self, context)
        self.keys_sheet = KeysSheet(self)
        self.report_sheet = ReportSheet(self)
        self.commands = DeskCommands(
            context, self.watch, self.exceptions.selected_item, self.recommendation, self._own_deeds(), self
        )
        self.keys = KeyRouter(self, context.person.role, self.commands.run_key)
        self._connect()
        self.watch.start()

    def start(self) -> None:
        """Show what is known and fetch the streets."""
        self.map.fetch_streets()
        self.exceptions.rows.setFocus()

    # --- placing ---

    def _place(self) -> None:
        holder = QMainWindow()
        holder.setWindowFlags(Qt.WindowType.Widget)
        self._docks = Docks(holder)
        for name, panel in self._panels.items():
            panel.title_bar.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._docks.add_panel(name, panel)
        middle = QVBoxLayout()
        middle.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        middle.addWidget(holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.banner)
        column.addLayout(middle, 1)
        column.addWidget(self.command_bar)

    def arrange(self, width: int) -> None:
        """Place the panels for a window so wide; where the right column has no room it becomes tabs on the left."""
        arrange(self._docks, width)

    # --- connecting ---

    def _connect(self) -> None:
        commands, bar = self.commands, self.command_bar
        self.bar.counter_asked.connect(self.exceptions.show_only)
        self.banner.retry_asked.connect(lambda: self._connect_to(""))
        self.banner.sign_in_asked.connect(self.sign_in_asked)
        self.exceptions.opened.connect(lambda: commands.run_key(CommandId.ACCEPT))
        self.watch.changed.connect(lambda: bar.set_listed([OrderId(name) for name in self.exceptions.listed_orders()]))
        self.watch.changed.connect(bar.show_undo)
        self.map.streets_failed.connect(lambda why: bar.say(self.tr("No streets: {why}").format(why=why)))
        bar.entered.connect(commands.run)
        bar.left.connect(self._leave_line)
        commands.said.connect(lambda words, refused: bar.say(words, is_refusal=refused))
        bar.entered.connect(lambda _: self._leave_line())
        commands.override_asked.connect(self._open_override)
        self.recommendation.override_wanted.connect(self.override_sheet.open_for)
        self.override_sheet.committed.connect(lambda name: bar.say(self.tr("Overridden: {order}").format(order=name)))

    def _own_deeds(self) -> dict[CommandId, Callable[[Reading], None]]:
        return {
            CommandId.COMMAND_LINE: lambda _: self._type_line(),
            CommandId.FIND: self._find,
            CommandId.SHOW_ON_MAP: self._show_on_map,
            CommandId.PRESSURE: lambda _: self._go_to("pressure"),
            CommandId.AUDIT: lambda _: self._go_to("audit"),
            CommandId.BOARD: lambda _: self._go_to("board"),
            CommandId.NEXT_PANEL: lambda _: self._step_panel(1),
            CommandId.PREVIOUS_PANEL: lambda _: self._step_panel(-1),
            CommandId.CONNECT: lambda reading: self._connect_to(reading.transport),
            CommandId.KEYS: lambda _: self.keys_sheet.open_sheet(),
        }

    def _type_line(self) -> None:
        self.command_bar.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _leave_line(self) -> None:
        if not self.override_sheet.isVisible() and not self.keys_sheet.isVisible():
            self.exceptions.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_override(self, order_id: str, driver_id: str, note: str) -> None:
        self.selection.select(Kind.ORDER, order_id)
        self.override_sheet.open_for(OrderId(order_id), DriverId(driver_id) if driver_id else None)
        self.override_sheet.impact.note.setText(note)

    def _find(self, reading: Reading) -> None:
        if reading.meant is None:
            self._type_line()
            return
        self.selection.select(reading.meant.kind, reading.meant.id)

    def _show_on_map(self, reading: Reading) -> None:
        if reading.meant is not None:
            self.selection.select(reading.meant.kind, reading.meant.id)
        self.map.show_selected()

    def _go_to(self, name: str) -> None:
        self._docks.bring_forward(name)
        panel = self._panels[name]
        panel.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not panel.is_focused:  # an empty or loading panel has nothing else to focus
            panel.title_bar.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step_panel(self, step: int) -> None:
        names = [name for name, panel in self._panels.items() if panel.isVisible()]
        focused = next((at for at, name in enumerate(names) if self._panels[name].is_focused), -1 if step > 0 else 0)
        if names:
            self._go_to(names[(focused + step) % len(names)])

    # --- Qt ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F5 connects again; J and K walk the exceptions from wherever nothing else takes them."""
        if event.key() == Qt.Key.Key_F5:
            self._connect_to("")
        elif event.key() in (Qt.Key.Key_J, Qt.Key.Key_K) and not event.modifiers():
            self.exceptions.rows.setFocus()
            self.exceptions.rows.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of the map and tell."""
        self.map.close_map()
        self.closed.emit()
        super().closeEvent(event)
