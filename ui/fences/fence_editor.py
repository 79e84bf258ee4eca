"""The geofence editor: fences at the left, the map in the middle, the figures of the one in hand at the right.

It decides nothing: `app.fence_drawing` holds what is drawn, the service judges and keeps it. What is typed or dragged
is drawn at once, what is saved is shown as pending until the feed brings it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.command_catalogue import CommandId
from app.fence_drawing import FenceDrawing
from core.commands import DrawGeofence, RetireGeofence
from core.geofencing.fence import Fence, FenceKind
from core.vocabulary import FenceId
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.fences.fence_exchange import FenceExchange
from ui.fences.fence_hand import FenceHand
from ui.fences.fence_list import FenceList
from ui.fences.fence_panel import FencePanel
from ui.panels.live_map_panel import LiveMapPanel
from ui.selection import Kind
from widgets.parts.panel import GUTTER
from widgets.parts.top_bar import TOP_BAR_HEIGHT
from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import qcolor

_LIST_WIDTH, _FIGURES_WIDTH = 380, 380
_KINDS = {"1": FenceKind.POLYGON, "2": FenceKind.CIRCLE, "3": FenceKind.CORRIDOR}


class FenceEditor(QWidget):
    """Covers the desk but its top bar, so that alarms stay visible.

    Parameters
    ----------
    over : QWidget
    context : DeskContext
    watch : ExceptionWatch
    cache_dir : where streets and painted tiles are kept
    new_id : makes the id of a new fence

    Attributes
    ----------
    list, map, figures : the three columns
    hand : what is drawn on the map
    files : fences as files, in and out
    drawing : the fence in hand, if there is one
    """

    left = Signal()
    """A person wants back to the desk, with nothing unsaved."""

    def __init__(
        self,
        over: QWidget,
        context: DeskContext,
        watch: ExceptionWatch,
        cache_dir: Path,
        new_id: Callable[[], FenceId],
    ) -> None:
        super().__init__(over)
        self._over, self._context, self._new_id = over, context, new_id
        self.drawing: FenceDrawing | None = None
        self.list = FenceList(context)
        self.map = LiveMapPanel(context, watch, cache_dir)
        self.figures = FencePanel(context)
        self.hand = FenceHand(self.map, self)
        self.files = FenceExchange(context, self.figures, self)
        self._lay_out()
        self._listen()
        self._bind_keys()
        over.installEventFilter(self)

    def _lay_out(self) -> None:
        self._place()
        row = QHBoxLayout(self)
        row.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        row.setSpacing(GUTTER)
        self.list.setFixedWidth(_LIST_WIDTH)
        self.figures.setFixedWidth(_FIGURES_WIDTH)
        row.addWidget(self.list)
        row.addWidget(self.map, 1)
        row.addWidget(self.figures)

    def _listen(self) -> None:
        self.list.chosen.connect(lambda fence_id: self._leave_drawing(lambda: self.open_fence(FenceId(fence_id))))
        self.list.wanted.connect(lambda kind: self._begin_after_leaving(FenceKind(kind)))
        self.map.map.object_clicked.connect(self._click)
        self.hand.changed.connect(self.show_drawing)
        self.list.import_asked.connect(lambda: self._leave_drawing(self.files.bring_in))
        self.list.export_asked.connect(self.files.take_out)
        figures = self.figures
        figures.changed.connect(self.show_drawing)
        figures.save_asked.connect(self.save)
        figures.retire_asked.connect(self._ask_retire)
        figures.undo_asked.connect(self.undo)
        figures.redo_asked.connect(self.redo)

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], None]] = {"Ctrl+Y": self.redo, "Ctrl+Shift+Z": self.redo, "Ctrl+S": self.save}
        for key, act in keys.items():
            self._bind(self, key, act)
        for key, kind in _KINDS.items():
            for where in (self.map, self.list.table):
                self._bind(where, key, partial(self._begin_after_leaving, kind))
        for key, act in self.hand.keys().items():
            self._bind(self.map, key, act)

    @staticmethod
    def _bind(where: QWidget, key: str, act: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence.fromString(key), where)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    # --- opening and leaving -----------------------------------------------------------------------------------------

    def open_editor(self) -> None:
        """Show it, with nothing in hand."""
        self.show()
        self.raise_()
        self.map.fetch_streets()
        self.show_drawing()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Leave, after asking where something is unsaved."""
        self._leave_drawing(self.left.emit)

    def close_editor(self) -> None:
        """Let go of everything; it cannot be opened again."""
        self.figures.stop()
        self.map.close_map()
        self.hide()
        self.deleteLater()

    def take_command(self, command_id: CommandId) -> None:
        """Carry out the keys of the desk that mean something here: undo."""
        if command_id is CommandId.UNDO:
            self.undo()

    def _leave_drawing(self, go_on: Callable[[], None]) -> None:
        drawing = self.drawing
        if drawing is None or not drawing.is_unsaved:
            go_on()
            return
        name = drawing.fence.name or self.tr("the new fence")
        self.figures.question.ask(
            self.tr("{name} is not saved.").format(name=name),
            [
                (self.tr("Discard"), lambda: self._discard(go_on)),
                (self.tr("Stay"), lambda: self.list.choose(drawing.fence.fence_id)),
            ],
        )

    def _discard(self, go_on: Callable[[], None]) -> None:
        self.drawing = None
        self.show_drawing()
        go_on()

    # --- what is in hand ---------------------------------------------------------------------------------------------

    def open_fence(self, fence_id: FenceId) -> None:
        """Take a fence in hand."""
        fence = self._context.store.operation.fences.fences.get(fence_id)
        if fence is None:
            return
        self.drawing = FenceDrawing(fence)
        self._context.selection.select(Kind.FENCE, fence_id)
        self.map.show_selected()
        self.show_drawing()

    def _begin_after_leaving(self, kind: FenceKind) -> None:
        self._leave_drawing(lambda: self.begin(kind))

    def begin(self, kind: FenceKind) -> None:
        """Take a new fence in hand; the map waits for its first corner."""
        self.drawing = FenceDrawing(Fence(fence_id=self._new_id(), name=""), kind)
        self.show_drawing()
        self.map.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_drawing(self) -> None:
        """Show the fence in hand as it is now, on the map and in its figures."""
        drawing = self.drawing
        self.list.choose(drawing.fence.fence_id if drawing is not None else None)
        self.hand.show_drawing(drawing)
        self.figures.show_drawing(drawing)

    def undo(self) -> None:
        """Take the last change back."""
        if self.drawing is not None:
            self.drawing.undo()
            self.show_drawing()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.drawing is not None:
            self.drawing.redo()
            self.show_drawing()

    def _click(self, kind: str, name: str) -> None:
        if kind == "fence":
            self._leave_drawing(lambda: self.open_fence(FenceId(name)))

    # --- the service -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Ask the service to keep the fence as it is drawn."""
        drawing = self.drawing
        if drawing is None or not self.figures.can_save:
            return
        command = DrawGeofence(fence=drawing.fence)
        self.figures.follow(
            self._context.operations.command(self.tr("Save the fence"), command),
            self.tr("Saved: {name}").format(name=drawing.fence.name),
            lambda: self._saved(drawing),
        )

    def _saved(self, drawing: FenceDrawing) -> None:
        drawing.keep_saved()
        self.show_drawing()

    def _ask_retire(self) -> None:
        drawing = self.drawing
        if drawing is None or drawing.is_new:
            return
        fence = drawing.fence
        inside = len(self._context.store.operation.fences.inside.get(fence.fence_id, ()))
        words = self.tr("Retire {name}? It stops counting at once; {count} vehicles are inside.")
        self.figures.question.ask(
            words.format(name=fence.name, count=inside),
            [(self.tr("Retire"), lambda: self._retire(fence)), (self.tr("Keep"), lambda: None)],
        )

    def _retire(self, fence: Fence) -> None:
        command = RetireGeofence(fence_id=fence.fence_id)
        self.figures.follow(
            self._context.operations.command(self.tr("Retire the fence"), command),
            self.tr("Retired: {name}").format(name=fence.name),
            lambda: self._discard(lambda: None),
        )

    # --- Qt ----------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; nothing gets through to the desk."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if watched is self._over and event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        self.setGeometry(QRect(0, TOP_BAR_HEIGHT, self._over.width(), self._over.height() - TOP_BAR_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the gutters."""
        QPainter(self).fillRect(self.rect(), qcolor(current_tokens().bg0))
