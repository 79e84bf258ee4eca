"""The banner over the desk: disconnected, refused or degraded, the worst one first."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.connection import Connection, Phase
from core.projections.source_board import SourceState
from ui.desk_context import DeskContext
from ui.source_rows import source_name, source_trouble
from widgets.formatting import clock_time, countdown, duration
from widgets.parts.banner import Banner
from widgets.theme.icons import IconName

_TICK_MS = 1000
_BEHIND_S = 2.0


class ConditionBanner(Banner):
    """Looks each second; hidden while all is well."""

    retry_asked = Signal()
    sign_in_asked = Signal()
    details_asked = Signal()
    """A person wants to see all sources."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context = context
        self._shown: tuple[object, ...] = ()
        self.pressed.connect(self._press)
        context.store.connection_changed.connect(self.look)
        tick = QTimer(self, interval=_TICK_MS)
        tick.timeout.connect(self.look)
        tick.start()
        self.look()

    def look(self) -> None:
        """Show what stands now."""
        store = self._context.store
        connection, age_s = store.connection, store.clock.age_s or 0.0
        degraded = store.operation.sources.degraded()
        if connection.phase is Phase.REFUSED:
            self._show_refused(connection)
        elif connection.phase is not Phase.LIVE and age_s > _BEHIND_S:
            self._show_disconnected(age_s)
        elif degraded:
            self._show_degraded(degraded[0])
        else:
            self.hide()

    def _show_refused(self, connection: Connection) -> None:
        why = connection.problem.detail if connection.problem is not None else ""
        self.show_finding(1, self.tr("Signed out"), why, sign=IconName.OFFLINE, command=self.tr("Sign in"), key="")

    def _show_disconnected(self, age_s: float) -> None:
        shown_at = self._context.now() - age_s * self._context.store.clock.speed
        self.show_finding(
            1,
            self.tr("Disconnected for {age}").format(age=countdown(age_s)),
            self.tr("Shown: {time}. Tried again by itself. Commands are off until then.").format(
                time=clock_time(shown_at, self._context.zone, seconds=True)
            ),
            sign=IconName.OFFLINE,
            command=self.tr("Try now"),
            key="F5",
        )

    def _show_degraded(self, source: SourceState) -> None:
        age = duration(max(0.0, self._context.now() - source.since_at))
        self.show_finding(
            3,
            self.tr("{source} {trouble} for {age}").format(
                source=source_name(source.source), trouble=source_trouble(source.source), age=age
            ),
            source.effect,
            command=self.tr("Details"),
            key="D",
        )

    def _press(self) -> None:
        """Do what the button says."""
        phase = self._context.store.connection.phase
        asked = {Phase.REFUSED: self.sign_in_asked, Phase.LIVE: self.details_asked}
        asked.get(phase, self.retry_asked).emit()
