"""Chips: small filters and reasons, on or off. More than seven are a list, not chips."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import MEDIUM, font
from widgets.theme.icons import IconName, icon_pixmap
from widgets.theme.tokens import qcolor

LARGEST_GROUP = 7
_ICON_ROOM = 20.0


class Chip(QAbstractButton):
    """One chip; on is `accbg` with an `acc` edge."""

    def __init__(self, text: str, sign: IconName | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setText(text)
        self.setCheckable(True)
        self.setFont(font(12, MEDIUM))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Return the room of the word, at least 24 high."""
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text()) + 18
        return QSize(round(width + (_ICON_ROOM if self._sign else 0)), 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, edge and word."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        on = self.isChecked()
        painter.setPen(QPen(qcolor(tokens.acc if on or self.hasFocus() else tokens.line2), 2 if self.hasFocus() else 1))
        painter.setBrush(qcolor(tokens.accbg if on else tokens.bg1))
        painter.drawRoundedRect(box, 3, 3)
        ink = tokens.ink1 if self.isEnabled() else tokens.inkoff
        left = 9.0
        if self._sign is not None:
            pixmap = icon_pixmap(self._sign, ink, 14, self.devicePixelRatioF())
            painter.drawPixmap(round(left), (self.height() - 14) // 2, pixmap)
            left += _ICON_ROOM
        painter.setFont(self.font())
        painter.setPen(qcolor(ink))
        painter.drawText(QRectF(self.rect()).adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class ChipGroup(QWidget):
    """A row of chips: one choice (filters, reasons) or several (layers).

    Parameters
    ----------
    exclusive : bool
        True: choosing one releases the others.

    Raises
    ------
    ValueError
        When more than seven chips are given: that is a list.
    """

    changed = Signal(list)
    """The keys that are on, in the order of the chips, after a person changed them."""

    def __init__(self, *, exclusive: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exclusive = exclusive
        self._chips: dict[str, Chip] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        self._row = row

    def set_chips(self, chips: list[tuple[str, str]], signs: dict[str, IconName] | None = None) -> None:
        """Show chips of (key, words); keys that were on and still exist stay on."""
        if len(chips) > LARGEST_GROUP:
            raise ValueError(f"{len(chips)} chips: more than {LARGEST_GROUP} are a list")
        were_on = self.chosen()
        for chip in self._chips.values():
            self._row.removeWidget(chip)
            chip.deleteLater()
        self._chips = {}
        for number, (key, words) in enumerate(chips):
            chip = Chip(words, (signs or {}).get(key), parent=self)
            chip.setChecked(key in were_on)
            chip.clicked.connect(lambda _checked, chosen_key=key: self._follow_click(chosen_key))
            self._chips[key] = chip
            self._row.insertWidget(number, chip)

    def set_words(self, key: str, words: str) -> None:
        """Change a chip's words, for counts beside them."""
        chip = self._chips[key]
        if chip.text() != words:
            chip.setText(words)
            chip.updateGeometry()

    def chosen(self) -> list[str]:
        """Return the keys that are on, in the order of the chips."""
        return [key for key, chip in self._chips.items() if chip.isChecked()]

    def choose(self, keys: list[str]) -> None:
        """Turn exactly these on, without telling `changed`."""
        for key, chip in self._chips.items():
            chip.setChecked(key in keys)

    def chip(self, key: str) -> Chip:
        """Return the chip of a key."""
        return self._chips[key]

    def chips(self) -> list[Chip]:
        """Return the chips in their order."""
        return list(self._chips.values())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the chips with the arrow keys."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        chips = self.chips()
        focused = next((number for number, chip in enumerate(chips) if chip.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        chips[(focused + step) % len(chips)].setFocus(Qt.FocusReason.TabFocusReason)

    def _follow_click(self, key: str) -> None:
        if self._exclusive:
            self.choose([key])
        self.changed.emit(self.chosen())
