"""Facts of one thing side by side: caption, value, note; and facts under each other: word and value."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.theme.fonts import REGULAR, SEMIBOLD


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; `ink` is a token's name for value and note when the fact is abnormal."""

    name: str
    value: str
    note: str = ""
    ink: str = ""


class _FactColumn(QWidget):
    """Caption over value over note."""

    def __init__(self) -> None:
        super().__init__()
        self._name = ElidedLabel(px=11, ink="ink3")
        self._value = ElidedLabel(px=15, weight=SEMIBOLD)
        self._note = ElidedLabel(px=12, ink="ink2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for label in (self._name, self._value, self._note):
            column.addWidget(label)
        column.addStretch(1)

    def show_fact(self, fact: Fact) -> None:
        self._name.setText(fact.name)
        self._value.setText(fact.value)
        self._note.setText(fact.note)
        self._value.set_ink(fact.ink or "ink1")
        self._note.set_ink(fact.ink or "ink2")
        self._note.set_type(12, SEMIBOLD if fact.ink else REGULAR)


class FactStrip(QWidget):
    """Facts side by side, as at the head of an order."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: list[_FactColumn] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 10, 16, 10)
        self._row.setSpacing(16)

    def show_facts(self, facts: list[Fact]) -> None:
        """Show facts from left to right; columns are kept and refilled."""
        while len(self._columns) < len(facts):
            column = _FactColumn()
            self._columns.append(column)
            self._row.addWidget(column, 1)
        for number, column in enumerate(self._columns):
            column.setVisible(number < len(facts))
            if number < len(facts):
                column.show_fact(facts[number])


class FactGrid(QWidget):
    """Facts under each other: the word at the left, value and note beside it, wrapped where long."""

    def __init__(self, *, name_width: int = 92, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name_width = name_width
        self._rows: list[tuple[TextLabel, TextLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(9)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: list[Fact]) -> None:
        """Show facts from top to bottom; rows are kept and refilled."""
        while len(self._rows) < len(facts):
            self._add_row()
        for number, (name, value) in enumerate(self._rows):
            name.setVisible(number < len(facts))
            value.setVisible(number < len(facts))
            if number < len(facts):
                self._fill(name, value, facts[number])

    def _add_row(self) -> None:
        name = TextLabel(px=12, weight=SEMIBOLD, ink="ink2")
        name.setMinimumWidth(self._name_width)
        value = TextLabel(px=13)
        value.setWordWrap(True)
        row = len(self._rows)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._rows.append((name, value))

    @staticmethod
    def _fill(name: TextLabel, value: TextLabel, fact: Fact) -> None:
        name.setText(fact.name)
        value.setText(f"{fact.value} {fact.note}".strip())
        value.set_ink(fact.ink or "ink1")
