"""The way into a replay and back: one at a time, made when it is wanted and gone when it is left."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from core.vocabulary import Instant
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.replay.replay_view import ReplayView

_USUALLY_BACK_S = 600.0


class ReplayDoor(QObject):
    """Opens and closes.

    Parameters
    ----------
    over : the desk's window
    live : the desk as it lives
    watch : what needs a person there
    cache_dir : where streets and painted tiles are kept
    """

    opened = Signal()
    closed = Signal()

    def __init__(self, over: QWidget, live: DeskContext, watch: ExceptionWatch, cache_dir: Path) -> None:
        super().__init__(over)
        self._over, self._live, self._watch, self._cache_dir = over, live, watch, cache_dir
        self._focus_before: QWidget | None = None
        self.view: ReplayView | None = None

    @property
    def is_open(self) -> bool:
        """Whether the past is shown instead of the desk."""
        return self.view is not None

    def open(self, time: str = "") -> None:
        """Show the moment of a time of day as written, the last one that was; ten minutes ago without one."""
        now = self._live.now()
        at = last_at(time, now, self._live.zone) if time else now - _USUALLY_BACK_S
        if self.view is None:
            self._focus_before = QApplication.focusWidget()
            self.view = ReplayView(self._over, self._live, self._watch, self._cache_dir)
            self.view.left.connect(self.close)
            self.opened.emit()
        self.view.open_at(at)

    def close(self) -> None:
        """Back to live."""
        view, self.view = self.view, None
        if view is None:
            return
        view.close_view()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()


def last_at(time: str, now: Instant, zone: ZoneInfo) -> Instant:
    """Return when it was last that time of day at the site.

    Parameters
    ----------
    time : as read by the command line, such as ``13:48`` or ``13:48:20``
    now : operation time
    zone : of the site
    """
    hours, minutes, seconds = (*map(int, time.split(":")), 0)[:3]
    today = datetime.fromtimestamp(now, zone).replace(hour=hours, minute=minutes, second=seconds, microsecond=0)
    wanted = today if today.timestamp() <= now else today - timedelta(days=1)
    return wanted.timestamp()
