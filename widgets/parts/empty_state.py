"""The empty state of a panel: says that empty is good (or what hides all), and the next useful key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from widgets.parts.key_button import KeyButton
from widgets.parts.text_label import TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.icons import EMPTY_STATE_PX, IconName, icon_pixmap

_WIDEST_TEXT = 260


class EmptyState(QWidget):
    """Icon, one line, one sentence and at most one button, centred."""

    pressed = Signal()

    def __init__(self, sign: IconName, headline: str, detail: str, *, command: str = "", key: str = "") -> None:
        super().__init__()
        self._sign = sign
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._headline = TextLabel(px=15, weight=SEMIBOLD)
        self._detail = TextLabel(px=12, ink="ink2")
        self._button = KeyButton("")
        self._button.clicked.connect(self.pressed)
        for label in (self._headline, self._detail):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._icon)
        column.addWidget(self._headline)
        column.addWidget(self._detail, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self.show_state(sign, headline, detail, command=command, key=key)

    def show_state(self, sign: IconName, headline: str, detail: str, *, command: str = "", key: str = "") -> None:
        """Say something else."""
        self._sign = sign
        self._headline.setText(headline)
        self._detail.setText(detail)
        room = QRect(0, 0, _WIDEST_TEXT, 400)
        wrapped = self._detail.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, detail)
        self._detail.setFixedSize(_WIDEST_TEXT, wrapped.height() + 4)
        self._button.set_command(command, key)
        self._button.setVisible(bool(command))
        self._ink_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Rebuild the icon when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._ink_icon()

    def _ink_icon(self) -> None:
        ink = current_tokens().ink2
        self._icon.setPixmap(icon_pixmap(self._sign, ink, EMPTY_STATE_PX, self.devicePixelRatioF()))
