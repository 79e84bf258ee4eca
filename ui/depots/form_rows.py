"""Rows of a form: a label, the field beside it, the unit it is written in; and numbers in fields."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QGridLayout, QWidget

from core.refusals import Refusal
from widgets.parts.text_label import TextLabel

_FIELD_HEIGHT = 30


def add_row(grid: QGridLayout, label: str, field: QWidget, unit: str = "", *, holder: QWidget | None = None) -> None:
    """Add a field under those that are there; `holder` is placed where the field stands beside something."""
    row = grid.rowCount()
    field.setMinimumHeight(_FIELD_HEIGHT)
    field.setAccessibleName(f"{label}, {unit}" if unit else label)
    grid.addWidget(TextLabel(label, px=12, ink="ink2"), row, 0)
    grid.addWidget(holder or field, row, 1)
    grid.addWidget(TextLabel(unit, px=12, ink="ink2"), row, 2)


def written_number(value: float) -> str:
    """Return a number as it is written in a field."""
    return QLocale.c().toString(value, "g", 6)


def number_in(text: str, label: str) -> float:
    """Return the number in a field.

    Raises
    ------
    Refusal
        ``form.number_unread`` if it is none, naming the field.
    """
    value, is_number = QLocale.c().toDouble(text.strip().replace(",", "."))
    if not is_number:
        raise Refusal("form.number_unread", _tr("{label}: write a number.").format(label=label))
    return float(value)


def _tr(text: str) -> str:
    return QCoreApplication.translate("forms", text)
