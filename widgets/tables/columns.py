"""What a table's columns are declared with: key, head, kind, unit, width; and how a cell is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from widgets.formatting import UNKNOWN, countdown, number, signed
from widgets.theme.tokens import Tokens


class Kind(StrEnum):
    """What a column holds: decides alignment, digits, sorting and painting."""

    KEY = "key"
    TEXT = "text"
    NUMBER = "number"
    SIGNED = "signed"
    TIME = "time"
    COUNTDOWN = "countdown"
    RISK = "risk"
    ALARM = "alarm"


NUMERIC_KINDS = frozenset({Kind.NUMBER, Kind.SIGNED, Kind.TIME, Kind.COUNTDOWN})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that says more than its value.

    `words` stand instead of the value ("no address"), `ink` is a token's name ("p1"), `bold` is emphasis, `aside`
    is a faint word after it, shown where there is room for all of both.
    A plain value in place of a Cell is the usual case.
    """

    value: object
    words: str = ""
    ink: str = ""
    bold: bool = False
    aside: str = ""


class Record(NamedTuple):
    """One row: a key that never changes, and one cell per declared column."""

    key: str
    cells: tuple[object, ...]


type CellPainter = Callable[[QPainter, QRectF, object, Tokens], None]


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Parameters
    ----------
    key : str
        Name under which order, width and visibility are remembered.
    head : str
        Words of the head, without the unit.
    unit : str
        Unit, written once, in the head.
    width : int
        Pixels at 100 % scale.
    decimals : int
        Equal within the column.
    write : callable, optional
        Value -> text, for kinds whose text needs more than the value (times need a zone).
    rank : callable, optional
        Value -> number or text to sort by.
    paint : callable, optional
        Paints the cell instead of text.
    stretches : bool
        Takes what width is left.
    fresh_from : float, optional
        Smallest change of a number that is marked, if the text shows it. None marks none.
    """

    key: str
    head: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    width: int = 96
    decimals: int = 0
    write: Callable[[object], str] | None = None
    rank: Callable[[object], float | str] | None = None
    paint: CellPainter | None = None
    stretches: bool = False
    fresh_from: float | None = 0.0

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Words left, numbers and times right."""
        side = Qt.AlignmentFlag.AlignRight if self.kind in NUMERIC_KINDS else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    @property
    def head_text(self) -> str:
        """Head with its unit."""
        return f"{self.head}, {self.unit}" if self.unit else self.head

    def text(self, cell: object) -> str:
        """Return what a cell says; unknown is an en dash."""
        if isinstance(cell, Cell):
            return cell.words or self.text(cell.value)
        if cell is None or cell == "":
            return UNKNOWN
        if self.write is not None:
            return self.write(cell)
        return self._plain_text(cell)

    def _plain_text(self, value: object) -> str:
        if not isinstance(value, int | float):
            return str(value)
        match self.kind:
            case Kind.NUMBER:
                return number(value, self.decimals)
            case Kind.SIGNED:
                return signed(value, self.decimals)
            case Kind.COUNTDOWN:
                return countdown(value)
            case _:
                return str(value)

    def sort_value(self, cell: object) -> float | str | None:
        """Return what a cell sorts by; None sorts last."""
        value = cell.value if isinstance(cell, Cell) else cell
        if value is None:
            return None
        if self.rank is not None:
            return self.rank(value)
        return float(value) if isinstance(value, int | float) else str(value).casefold()


def column_numbers(columns: Sequence[Column]) -> dict[str, int]:
    """Return where each key stands; refuses a key declared twice."""
    numbers = {column.key: at for at, column in enumerate(columns)}
    if len(numbers) != len(columns):
        raise ValueError("a column key is declared twice")
    return numbers
