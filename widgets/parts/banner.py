"""The banner: full width, 40 high, 4 px edge at the left; shape or icon, finding, effect, one button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from widgets.marks.alarm_shape import AlarmShape
from widgets.parts.key_button import KeyButton
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.icons import BAR_PX, IconName, icon_pixmap
from widgets.theme.tokens import qcolor

BANNER_HEIGHT = 40
_EDGE_WIDTH = 4


class Banner(QWidget):
    """One finding that concerns the whole desk. The caller shows one at a time, highest first."""

    pressed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._priority = 1
        self._sign: IconName | None = None
        self.setFixedHeight(BANNER_HEIGHT)
        self._shape = AlarmShape(1, side=22, parent=self)
        self._icon = QLabel(self)
        self._finding = TextLabel(px=15, weight=SEMIBOLD)
        self._effect = ElidedLabel(px=13, ink="ink2")
        self._button = KeyButton("", height=28)
        self._button.clicked.connect(self.pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(_EDGE_WIDTH + 12, 0, 8, 0)
        row.setSpacing(10)
        for part in (self._shape, self._icon, self._finding):
            row.addWidget(part)
        row.addSpacing(4)
        row.addWidget(self._effect, 1)
        row.addWidget(self._button)
        self.hide()

    def show_finding(
        self,
        priority: int,
        finding: str,
        effect: str,
        *,
        sign: IconName | None = None,
        command: str = "",
        key: str = "",
    ) -> None:
        """Show a finding in the colours of a priority, with an icon in place of the shape if one is given."""
        self._priority, self._sign = priority, sign
        self._shape.set_alarm(priority, acknowledged=False)
        self._shape.setVisible(sign is None)
        self._icon.setVisible(sign is not None)
        self._finding.setText(finding)
        self._effect.setText(effect)
        self._button.set_command(command, key)
        self._button.setVisible(bool(command))
        self.setAccessibleName(f"{finding}. {effect}")
        self._ink_icon()
        self.show()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Rebuild the icon when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._ink_icon()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and edge."""
        painter, colors = QPainter(self), current_tokens().priority(self._priority)
        painter.fillRect(self.rect(), qcolor(colors.bg))
        painter.fillRect(0, 0, _EDGE_WIDTH, self.height(), qcolor(colors.edge))

    def _ink_icon(self) -> None:
        if self._sign is not None:
            ink = current_tokens().priority(self._priority).ink
            self._icon.setPixmap(icon_pixmap(self._sign, ink, BAR_PX, self.devicePixelRatioF()))
