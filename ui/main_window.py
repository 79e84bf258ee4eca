"""The dispatcher's window: makes the parts, places them, and connects them. It decides nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from app.command_catalogue import CommandId
from app.line_reader import Reading
from core.dispatch.changes import CloseStreet, CloseZone, RulingChange
from core.dispatch.decision import ImpactPreview, OverrideMode
from core.fleet.closure import Closure
from core.places import FoundPlace, PlaceKind
from core.vocabulary import DriverId, OrderId, Position
from ui.command_bar import CommandBar
from ui.condition_banner import ConditionBanner
from ui.desk_bar import DeskBar
from ui.desk_commands import DeskCommands
from ui.desk_context import DeskContext
from ui.desk_layout import Workspace
from ui.desk_menu import DeskMenu
from ui.desk_panels import CardInPlace, DeskPanels
from ui.desk_settings import SettingsFile, listen_for
from ui.desk_sheets import DeskSheets
from ui.exception_watch import ExceptionWatch
from ui.fences.fence_door import FenceDoor
from ui.key_router import KeyRouter
from ui.layout_keeper import LayoutKeeper
from ui.panels.audit_panel import AuditPanel
from ui.panels.exceptions_panel import ExceptionsPanel
from ui.panels.live_map_panel import LiveMapPanel
from ui.panels.order_board import OrderBoardPanel
from ui.panels.override_sheet import OverrideSheet
from ui.panels.pressure_panel import MOVES, SHORT, PressurePanel
from ui.panels.recommendation_panel import RecommendationPanel
from ui.panels.timeline_panel import TimelinePanel
from ui.preview_shapes import preview_shapes
from ui.replay.replay_door import ReplayDoor
from ui.selection import Kind
from widgets.docks import Docks
from widgets.parts.panel import GUTTER, Panel
from widgets.theme.tokens import Theme


class MainWindow(QWidget):
    """One desk.

    Parameters
    ----------
    context : DeskContext
    state_dir : where streets, painted tiles, the layout and reports are kept
    connect_to : connects the desk over `zeromq` or `websocket`, or again as it was when empty
    settings : the person's choices; those of `state_dir` by default
    keeps_layout : whether window and panels come back as they were left
    in_steps : leave the parts to `build`, for whoever lets the event loop run between
    """

    closed = Signal()
    sign_in_asked = Signal()

    def __init__(
        self,
        context: DeskContext,
        state_dir: Path,
        connect_to: Callable[[str], None],
        *,
        settings: SettingsFile | None = None,
        keeps_layout: bool = True,
        in_steps: bool = False,
    ) -> None:
        super().__init__()
        self._context, self._connect_to = context, connect_to
        self._settings = settings or SettingsFile(state_dir / "settings.json", self)
        self.selection = context.selection
        self.setObjectName("gutter")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Tower, {city}").format(city=context.city.name))
        self.watch = ExceptionWatch(context, self)
        self.panels = DeskPanels(context, self.watch, state_dir / "city", self)
        self._state_dir = state_dir
        self._layout_path = state_dir / "layout.json" if keeps_layout else None
        if not in_steps:
            deque(self.build(), maxlen=0)

    def build(self) -> Iterator[None]:
        """Make the parts, one at each step; only then the window can be shown.

        Made in one go they take 0.3 s, in which a desk would neither answer nor fold what comes in.
        """
        context = self._context
        self.bar = DeskBar(context, self.watch)
        yield
        self.banner = ConditionBanner(context)
        self.command_bar = CommandBar(context)
        yield from self.panels.make()
        self._place()
        yield
        self.sheets = DeskSheets(self, context, self._settings, self._state_dir)
        yield
        self.replay = ReplayDoor(self, context, self.watch, self._state_dir / "city")
        self.fences = FenceDoor(self, context, self.watch, self._state_dir / "city")
        self.layouts = LayoutKeeper(self, self._docks, self.panels.tables, self._layout_path)
        self.commands = DeskCommands(
            context,
            self.watch,
            lambda: self.exceptions.selected_item(),
            CardInPlace(self.panels),
            self._own_deeds(),
            self,
        )
        self.keys = KeyRouter(self, context.person.role, self.commands.run_key)
        self.menu = DeskMenu(context, self.commands.run, self.command_bar.start_line, self._close_street)
        self._connect()
        self._connect_sheets()
        for panel in self.panels.by_name.values():
            self.menu.serve(panel)
        self.panels.replaced.connect(lambda _name, panel: self.menu.serve(panel))
        self.watch.start()

    def start(self) -> None:
        """Show what is known and fetch the streets."""
        self.map.fetch_streets()
        self.exceptions.rows.setFocus()
        if self._settings.problem:
            self.command_bar.say(self._settings.problem, is_refusal=True)

    def let_go(self) -> None:
        """Let go of the map of a window that will not be finished."""
        if "map" in self.panels.by_name:
            self.map.close_map()

    # --- panels as they stand ---

    @property
    def exceptions(self) -> ExceptionsPanel:
        """What needs a person."""
        return self.panels.exceptions

    @property
    def pressure(self) -> PressurePanel:
        """Zone pressure and queue."""
        return self.panels.pressure

    @property
    def map(self) -> LiveMapPanel:
        """The live map."""
        return self.panels.map

    @property
    def board(self) -> OrderBoardPanel:
        """The order board."""
        return self.panels.board

    @property
    def recommendation(self) -> RecommendationPanel:
        """The proposal for what is selected."""
        return self.panels.recommendation

    @property
    def timeline(self) -> TimelinePanel:
        """What happened to what is selected."""
        return self.panels.timeline

    @property
    def audit(self) -> AuditPanel:
        """What was decided."""
        return self.panels.audit

    @property
    def override_sheet(self) -> OverrideSheet:
        """The dialog of an override."""
        return self.sheets.override

    def stop_panel(self, panel: Panel, details: str) -> bool:
        """Put a notice in place of a panel that failed; returns whether it is one of this desk's."""
        name = self.panels.stop(panel, details)
        if name:
            words = self.tr("{panel} stopped. Everything else goes on.")
            self.command_bar.say(words.format(panel=panel.title_bar.title.text()), is_refusal=True)
        return bool(name)

    # --- placing ---

    def _place(self) -> None:
        holder = QMainWindow()
        holder.setWindowFlags(Qt.WindowType.Widget)
        self._docks = Docks(holder)
        for name, panel in self.panels.by_name.items():
            self._docks.add_panel(name, panel)
        self.panels.replaced.connect(self._docks.replace_panel)
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

    def place(self, size: QSize) -> None:
        """Give the window the place it was left at, else this size, and its panels theirs."""
        self.layouts.place_window(size)
        self.arrange(self.width())

    def arrange(self, width: int) -> None:
        """Place the panels for a window so wide; where the right column has no room it becomes tabs on the left."""
        self.layouts.open_last(width)

    # --- connecting ---

    def _connect(self) -> None:
        commands, bar, panels = self.commands, self.command_bar, self.panels
        self.bar.counter_asked.connect(lambda priority: self.exceptions.show_only(priority))
        self.bar.theme_asked.connect(self._change_theme)
        self.banner.retry_asked.connect(lambda: self._connect_to(""))
        self.banner.sign_in_asked.connect(self.sign_in_asked)
        self.banner.details_asked.connect(self.sheets.sources.open_sheet)
        self.watch.changed.connect(lambda: bar.set_listed([OrderId(name) for name in self.exceptions.listed_orders()]))
        self.watch.changed.connect(bar.show_undo)
        panels.said.connect(lambda words, refused: bar.say(words, is_refusal=refused))
        panels.accept_asked.connect(lambda: commands.run_key(CommandId.ACCEPT))
        panels.reassign_asked.connect(self._reassign)
        panels.override_wanted.connect(self.sheets.override.open_for)
        panels.streets_failed.connect(lambda why: bar.say(self.tr("No streets: {why}").format(why=why)))
        panels.report_asked.connect(self.sheets.report.add_report)
        panels.closure_chosen.connect(self._offer_opening)
        bar.entered.connect(commands.run)
        bar.left.connect(self._leave_line)
        bar.place_found.connect(self._show_place)
        bar.places_wanted.connect(lambda words: self.sheets.palette.open_palette(words))
        commands.said.connect(lambda words, refused: bar.say(words, is_refusal=refused))
        bar.entered.connect(lambda _: self._leave_line())
        commands.line_wanted.connect(bar.start_line)
        commands.override_asked.connect(self._open_override)
        commands.split_asked.connect(self._open_split)
        commands.stops_asked.connect(self._open_stops)
        commands.ruling_asked.connect(self._open_ruling)
        self.layouts.told.connect(bar.say)
        listen_for(self._settings, "reduce_motion", lambda still: self.map.map.set_still(bool(still)))
        panels.replaced.connect(lambda _name, _panel: self.map.map.set_still(self._settings.current.reduce_motion))

    def _connect_sheets(self) -> None:
        sheets, bar = self.sheets, self.command_bar
        self.bar.settings_asked.connect(sheets.settings.open_sheet)
        self.bar.palette_asked.connect(lambda: sheets.palette.open_palette())
        sheets.palette.chosen.connect(self.commands.run)
        sheets.palette.line_wanted.connect(bar.start_line)
        sheets.palette.place_chosen.connect(self._show_place)
        sheets.settings.reset_layout_asked.connect(self.layouts.reset)
        sheets.ledger.order_chosen.connect(lambda name: self.selection.select(Kind.ORDER, name))
        sheets.waves.order_chosen.connect(lambda name: self.selection.select(Kind.ORDER, name))
        sheets.waves.map_asked.connect(self._show_waves)
        sheets.waves.arrange_asked.connect(sheets.depots.open_sheet)
        sheets.depots.place_wanted.connect(self._ask_place)
        sheets.why_not.override_wanted.connect(self._reassign)
        sheets.sources.driver_chosen.connect(lambda name: self.selection.select(Kind.DRIVER, name))
        sheets.override.committed.connect(bar.say_overridden)
        sheets.override.map_asked.connect(self._show_preview)
        sheets.override.closed.connect(lambda: self.map.show_preview(None))

    def _own_deeds(self) -> dict[CommandId, Callable[[Reading], None]]:
        sheets, layouts = self.sheets, self.layouts
        return {
            CommandId.COMMAND_LINE: lambda _: self._type_line(),
            CommandId.FIND: self._find,
            CommandId.SHOW_ON_MAP: self._show_on_map,
            CommandId.PRESSURE: lambda _: self._go_to_pressure(SHORT),
            CommandId.MOVES: lambda _: self._go_to_pressure(MOVES),
            CommandId.AUDIT: lambda _: self._go_to("audit"),
            CommandId.BOARD: lambda _: self._go_to("board"),
            CommandId.NEXT_PANEL: lambda _: self._step_panel(1),
            CommandId.PREVIOUS_PANEL: lambda _: self._step_panel(-1),
            CommandId.CONNECT: lambda reading: self._connect_to(reading.transport),
            CommandId.KEYS: lambda _: self._show_keys(),
            CommandId.PALETTE: lambda _: sheets.palette.open_palette(),
            CommandId.WORK_AS_DISPATCHER: lambda _: layouts.change_to(Workspace.DISPATCHER),
            CommandId.WORK_AS_SUPERVISOR: lambda _: layouts.change_to(Workspace.SUPERVISOR),
            CommandId.WORK_AS_ADMINISTRATOR: lambda _: layouts.change_to(Workspace.ADMINISTRATOR),
            CommandId.RESET_LAYOUT: lambda _: layouts.reset(),
            CommandId.THEME: lambda _: self._change_theme(),
            CommandId.SETTINGS: lambda _: sheets.settings.open_sheet(),
            CommandId.POLICY: lambda _: sheets.policy.open_sheet(),
            CommandId.OVERRIDES: lambda _: sheets.ledger.open_sheet(),
            CommandId.COVERAGE: lambda _: sheets.coverage.open_sheet(),
            CommandId.SOURCES: lambda _: sheets.sources.open_sheet(),
            CommandId.WAVES: lambda _: sheets.waves.open_sheet(),
            CommandId.DEPOTS: lambda _: sheets.depots.open_sheet(),
            CommandId.RECOVER: lambda reading: self.exceptions.recovery.run(reading.option - 1),
            CommandId.TAKE_BACK: lambda _: self.exceptions.recovery.run_undo(),
            CommandId.WHY_NOT: self._ask_why_not,
            CommandId.FORECAST_HISTORY: self._show_forecast,
            CommandId.FENCES: lambda _: self.fences.open(),
            CommandId.REPLAY: lambda reading: self.replay.open(reading.time),
            CommandId.ABOUT: lambda _: sheets.about.open_sheet(),
        }

    def _change_theme(self) -> None:
        is_dark = self._settings.current.theme is Theme.DARK
        self._settings.change(theme=Theme.LIGHT if is_dark else Theme.DARK)

    def _show_keys(self) -> None:
        name = self._focused_panel()
        title = self.panels.by_name[name].title_bar.title.text() if name else ""
        self.sheets.keys.open_for(name, title)

    def _focused_panel(self) -> str:
        return next((name for name, panel in self.panels.by_name.items() if panel.is_focused), "")

    def _show_place(self, place: FoundPlace) -> None:
        self._go_to("map")
        self.commands.rulings.place = place
        self.map.map.zoom_to(place.position.lat, place.position.lon)

    def _show_waves(self, driver_id: str) -> None:
        if driver_id:
            self.selection.select(Kind.DRIVER, driver_id)
        self.map.show_waves()
        self._go_to("map")

    def _show_preview(self, preview: ImpactPreview, mode: OverrideMode) -> None:
        self.map.show_preview(preview_shapes(self._context, preview, mode))
        self._go_to("map")
        self.map.pointed.connect(self._leave_preview, Qt.ConnectionType.SingleShotConnection)
        self.map.look_at_preview()
        self.command_bar.say(self.tr("What would change is on the map. Esc goes back to the preview."))

    def _leave_preview(self, _place: object) -> None:
        self.map.show_preview(None)
        self.command_bar.unsay()
        self.override_sheet.come_back()

    def _ask_place(self) -> None:
        """Have a place clicked for the depot that is being written."""
        self._go_to("map")
        self.map.pointed.connect(self.sheets.depots.come_back, Qt.ConnectionType.SingleShotConnection)
        self.map.ask_place()
        self.command_bar.say(self.tr("Click where the depot is. Esc goes back without."))

    def _close_street(self, position: Position | None) -> None:
        """Begin the closing of the street at a position, or have one clicked; the reason is written on the line."""
        if position is not None:
            self._close_street_at(position)
            return
        self.map.pointed.connect(self._close_street_at, Qt.ConnectionType.SingleShotConnection)
        self.map.ask_place()
        self.command_bar.say(self.tr("Click the street. Esc goes back without."))

    def _close_street_at(self, position: Position | None) -> None:
        if position is not None:
            self.commands.rulings.place = _street_at(position)
            self.command_bar.start_line("close here 60 # ")

    def _offer_opening(self, closure: Closure | None) -> None:
        """Begin the line that opens a closed street again."""
        if closure is not None and closure.position is not None:
            self.commands.rulings.place = _street_at(closure.position)
            self.command_bar.start_line("open here")

    def _type_line(self) -> None:
        self.command_bar.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _leave_line(self) -> None:
        if not (self.sheets.is_open or self.replay.is_open or self.fences.is_open):
            self.exceptions.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def _reassign(self, order_id: str, driver_id: str) -> None:
        wanted = Reading(command=CommandId.OVERRIDE, order_id=OrderId(order_id), driver_id=DriverId(driver_id))
        self.commands.run(wanted)

    def _open_override(self, order_id: str, driver_id: str, note: str) -> None:
        self.selection.select(Kind.ORDER, order_id)
        self.override_sheet.open_for(OrderId(order_id), DriverId(driver_id) if driver_id else None)
        self.override_sheet.impact.note.setText(note)

    def _open_split(self, order_id: str, driver_id: str, note: str) -> None:
        self.selection.select(Kind.ORDER, order_id)
        self.override_sheet.open_split(OrderId(order_id), DriverId(driver_id) if driver_id else None)
        self.override_sheet.impact.note.setText(note)

    def _open_stops(self, order_id: str, note: str) -> None:
        self.selection.select(Kind.ORDER, order_id)
        self.override_sheet.open_stops(OrderId(order_id))
        self.override_sheet.impact.note.setText(note)

    def _open_ruling(self, change: RulingChange, note: str) -> None:
        if not isinstance(change, CloseZone | CloseStreet):
            self.selection.select(Kind.ORDER, change.order_id)
        self.override_sheet.open_ruling(change)
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

    def _ask_why_not(self, reading: Reading) -> None:
        if reading.order_id is None or reading.driver_id is None:
            self.command_bar.say(self.tr("Which driver? Type the number after the order."), is_refusal=True)
        else:
            self.selection.select(Kind.ORDER, reading.order_id)
            self.sheets.why_not.open_for(reading.order_id, reading.driver_id)

    def _show_forecast(self, reading: Reading) -> None:
        if reading.order_id is not None:
            self.selection.select(Kind.ORDER, reading.order_id)
        self._go_to("forecast")

    def _go_to_pressure(self, kind: str) -> None:
        if MOVES in (kind, self.pressure.kind):
            self.pressure.show_kind(kind)
        self._go_to("pressure")

    def _go_to(self, name: str) -> None:
        self._docks.bring_forward(name)
        panel = self.panels.by_name[name]
        panel.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not panel.is_focused:  # an empty or loading panel has nothing else to focus
            panel.title_bar.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step_panel(self, step: int) -> None:
        names = [name for name, panel in self.panels.by_name.items() if panel.isVisible()]
        focused = next(
            (at for at, name in enumerate(names) if self.panels.by_name[name].is_focused), -1 if step > 0 else 0
        )
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
        """Keep the layout, let go of the map, and tell."""
        self.layouts.keep()
        self.replay.close()
        self.fences.close()
        self.map.close_map()
        self.closed.emit()
        super().closeEvent(event)


def _street_at(position: Position) -> FoundPlace:
    """Return the street at a position that was pointed at."""
    return FoundPlace(
        kind=PlaceKind.STREET,
        name="",
        position=position,
        bbox=(position.lon, position.lat, position.lon, position.lat),
    )
