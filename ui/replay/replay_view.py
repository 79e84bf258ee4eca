"""The screen of a replay: the panels of a desk over the past, under a violet bar, with the time axis at the foot."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.vocabulary import Instant
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.panels.exceptions_panel import ExceptionsPanel
from ui.panels.live_map_panel import LiveMapPanel
from ui.panels.order_board import OrderBoardPanel
from ui.panels.recommendation_panel import RecommendationPanel
from ui.panels.timeline_panel import TimelinePanel
from ui.replay.past import Past
from ui.replay.replay_bar import ReplayBar
from ui.replay.time_strip import TimeStrip
from widgets.formatting import clock_time
from widgets.parts.panel import GUTTER
from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import qcolor

_FRAME = 2


class ReplayView(QWidget):
    """Covers the whole desk; every key and click is its own, and none is a command.

    Parameters
    ----------
    over : QWidget
    live : the desk as it lives
    live_watch : what needs a person there
    cache_dir : where streets and painted tiles are kept
    """

    left = Signal()
    """A person wants back to live."""

    def __init__(self, over: QWidget, live: DeskContext, live_watch: ExceptionWatch, cache_dir: Path) -> None:
        super().__init__(over)
        self._over, self._is_empty = over, True
        self.past = Past(live, self)
        context = self.past.context
        self.watch = ExceptionWatch(context, self)
        self.bar = ReplayBar(live, live_watch)
        self.strip = TimeStrip(live, self.past)
        self.exceptions = ExceptionsPanel(context, self.watch, decides=False)
        self.map = LiveMapPanel(context, self.watch, cache_dir)
        self.board = OrderBoardPanel(context)
        self.recommendation = RecommendationPanel(context, decides=False)
        self.timeline = TimelinePanel(context)
        self._lay_out()
        self.bar.left.connect(self.left)
        self.past.shown.connect(self._show_moment)
        self.past.refused.connect(self.bar.show_refusal)
        over.installEventFilter(self)

    def _lay_out(self) -> None:
        self.setGeometry(QRect(0, 0, self._over.width(), self._over.height()))
        middle = QHBoxLayout()
        middle.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        middle.setSpacing(GUTTER)
        middle.addWidget(self.exceptions, 5)
        middle.addLayout(_column((self.map, 3), (self.board, 2)), 11)
        middle.addLayout(_column((self.recommendation, 3), (self.timeline, 2)), 6)
        strip = QVBoxLayout()
        strip.setContentsMargins(GUTTER, 0, GUTTER, GUTTER)
        strip.addWidget(self.strip)
        column = QVBoxLayout(self)
        column.setContentsMargins(_FRAME, 0, _FRAME, _FRAME)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(middle, 1)
        column.addLayout(strip)

    def open_at(self, at: Instant) -> None:
        """Show a moment, in front of everything."""
        self.show()
        self.raise_()
        self.past.seek(at)
        self.strip.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_view(self) -> None:
        """Let go of everything; the view cannot be opened again."""
        self.map.close_map()
        self.hide()
        self.deleteLater()

    def _show_moment(self, at: Instant) -> None:
        self.bar.show_moment(at)
        time = clock_time(at, self.past.context.zone, seconds=True)
        self.map.set_title(self.tr("Map as of {time}").format(time=time))
        if self._is_empty:
            self._is_empty = False
            self.watch.start()
            self.map.fetch_streets()
        else:
            self.watch.look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays, brackets go from override to override, Esc goes back to live; nothing else gets through."""
        match event.key():
            case Qt.Key.Key_Escape:
                self.left.emit()
            case Qt.Key.Key_Space:
                self.strip.toggle()
            case Qt.Key.Key_BracketLeft:
                self.strip.go_to_override(-1)
            case Qt.Key.Key_BracketRight:
                self.strip.go_to_override(1)
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if watched is self._over and event.type() is QEvent.Type.Resize:
            self.setGeometry(QRect(0, 0, self._over.width(), self._over.height()))
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the gutters and the violet frame."""
        painter, tokens = QPainter(self), current_tokens()
        painter.fillRect(self.rect(), qcolor(tokens.rep))
        painter.fillRect(self.rect().adjusted(_FRAME, 0, -_FRAME, -_FRAME), qcolor(tokens.bg0))


def _column(*parts: tuple[QWidget, int]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GUTTER)
    for part, stretch in parts:
        column.addWidget(part, stretch)
    return column
