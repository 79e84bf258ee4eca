"""The foot of a replay: play and pause, how fast, the time axis with the overrides on it, and steps along them."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.vocabulary import Instant
from ui.desk_context import DeskContext
from ui.replay.past import Past
from widgets.parts.chip_group import ChipGroup
from widgets.parts.key_button import KeyButton
from widgets.parts.panel import INSET, Panel
from widgets.parts.text_label import ElidedLabel
from widgets.parts.time_slider import TimeSlider

_EACH_MS = 1000
_LONGEST_RANGE_S = 12 * 3600.0
_SPEEDS = (1, 4, 16, 60)
_NEARBY_S = 0.5


class TimeStrip(Panel):
    """Moves the past along.

    Parameters
    ----------
    live : the desk as it lives; its overrides are marked
    past : what is moved
    """

    sought = Signal(float)

    def __init__(self, live: DeskContext, past: Past, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Time"), parent=parent)
        self._live, self._past = live, past
        self.slider = TimeSlider(live.zone)
        self.play = KeyButton(self.tr("Play"), "Space")
        self.previous = KeyButton(self.tr("Previous override"), "[")
        self.next = KeyButton(self.tr("Next override"), "]")
        self.speeds = ChipGroup()
        self.speeds.set_chips([(str(speed), f"{speed}×") for speed in _SPEEDS])
        self.speeds.choose(["16"])
        self._tick = QTimer(self, interval=_EACH_MS)
        self._tick.timeout.connect(self._go_on)
        self._lay_out()
        self.setFocusProxy(self.slider)
        self.play.clicked.connect(self.toggle)
        self.previous.clicked.connect(lambda: self.go_to_override(-1))
        self.next.clicked.connect(lambda: self.go_to_override(1))
        self.slider.sought.connect(past.seek)
        past.shown.connect(self.show_moment)
        self.show_moment(past.at)

    def _lay_out(self) -> None:
        hint = ElidedLabel(self.tr("Left Right 10 s · Shift 1 min · [ ] previous, next override"), px=12, ink="ink3")
        row = QHBoxLayout()
        row.setContentsMargins(INSET, 8, INSET, 0)
        row.setSpacing(8)
        for part in (self.play, self.previous, self.next, self.speeds):
            row.addWidget(part)
        row.addSpacing(8)
        row.addWidget(hint, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.slider)
        self.set_body(body)

    @property
    def is_playing(self) -> bool:
        """Whether time goes on by itself."""
        return self._tick.isActive()

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self._tick.stop()
        else:
            self._tick.start()
        self.play.set_command(self.tr("Pause") if self.is_playing else self.tr("Play"), "Space")

    def go_to_override(self, way: int) -> None:
        """Show the moment of the next override, or of the one before."""
        decided = self._overrides()
        if way > 0:
            wanted = next((at for at in decided if at > self._past.at + _NEARBY_S), None)
        else:
            wanted = next((at for at in reversed(decided) if at < self._past.at - _NEARBY_S), None)
        if wanted is not None:
            self._past.seek(wanted)

    def show_moment(self, at: Instant) -> None:
        """Put the line at the moment shown; at the end of what is known, time stands still."""
        now = self._live.now()
        self.slider.show_range(max(self._past.begins_at, now - _LONGEST_RANGE_S), now, self._overrides())
        self.slider.show_moment(at)
        if self.is_playing and at >= now - _NEARBY_S:
            self.toggle()

    def _go_on(self) -> None:
        """Ask for the next moment once the last one is here: a slow service is not asked twice."""
        if not self._past.is_asking:
            self._past.seek(self._past.at + self.speed * _EACH_MS / 1000.0)

    @property
    def speed(self) -> int:
        """How many seconds of the past go by in one."""
        return int(self.speeds.chosen()[0])

    def _overrides(self) -> list[Instant]:
        return sorted(one.decided_at for one in self._live.store.operation.decisions.overrides.values())
