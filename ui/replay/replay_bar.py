"""The violet bar over a replay: which moment is shown, how far behind it is, what is critical live, the way back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.vocabulary import Instant
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from widgets.formatting import clock_time, day, duration, number
from widgets.marks.alarm_shape import AlarmShape
from widgets.parts.key_button import KeyButton
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.parts.top_bar import TOP_BAR_HEIGHT
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.icons import BAR_PX, IconName, icon_pixmap
from widgets.theme.tokens import qcolor


class ReplayBar(QWidget):
    """Says that nothing here is live.

    Parameters
    ----------
    live : the desk as it lives
    watch : what needs a person there
    """

    left = Signal()
    """Back to live."""

    def __init__(self, live: DeskContext, watch: ExceptionWatch, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live, self._watch = live, watch
        self.setFixedHeight(TOP_BAR_HEIGHT)
        self._sign = QLabel()
        self.moment = TextLabel(px=15, weight=SEMIBOLD)
        self.behind = ElidedLabel(px=12, ink="ink2")
        self._shape = AlarmShape(1, side=18)
        self.critical = TextLabel(px=12, weight=SEMIBOLD)
        self.back = KeyButton(self.tr("Back to live"), "Esc", height=28)
        self.back.clicked.connect(self.left)
        self._lay_out()
        watch.changed.connect(self.show_critical)
        self._ink_sign()
        self.show_critical()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(10)
        for part in (self._sign, TextLabel(self.tr("Replay"), px=15, weight=SEMIBOLD), self.moment):
            row.addWidget(part)
        row.addSpacing(12)
        row.addWidget(self.behind, 1)
        row.addWidget(self._shape)
        row.addWidget(self.critical)
        row.addSpacing(8)
        row.addWidget(self.back)

    def show_moment(self, at: Instant) -> None:
        """Say which moment is shown, and how far behind the operation it is."""
        zone = self._live.zone
        self.moment.setText(f"{day(at, zone)} {clock_time(at, zone, seconds=True)}")
        words = self.tr("not live · {behind} behind · nothing here can be commanded")
        self.behind.setText(words.format(behind=duration(max(0.0, self._live.now() - at))))

    def show_refusal(self, why: str) -> None:
        """Say why the moment wanted is not shown."""
        self.behind.setText(self.tr("not live · not shown: {why}").format(why=why))

    def show_critical(self) -> None:
        """Say how many alarms of priority 1 there are live."""
        count = sum(item.priority == 1 for item in self._watch.items)
        one, several = self.tr("Live: 1 priority 1 alarm"), self.tr("Live: {count} priority 1 alarms")
        self.critical.setText(one if count == 1 else several.format(count=number(count)))
        for part in (self._shape, self.critical):
            part.setVisible(count > 0)

    def changeEvent(self, event: QEvent) -> None:
        """Ink the sign anew when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "critical"):
            self._ink_sign()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the violet ground and line."""
        painter, tokens = QPainter(self), current_tokens()
        painter.fillRect(self.rect(), qcolor(tokens.repbg))
        painter.fillRect(0, self.height() - 2, self.width(), 2, qcolor(tokens.rep))

    def _ink_sign(self) -> None:
        self._sign.setPixmap(icon_pixmap(IconName.HISTORY, current_tokens().rep, BAR_PX, self.devicePixelRatioF()))
