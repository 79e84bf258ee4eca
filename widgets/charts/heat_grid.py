"""What a heat map shows, and where each of its cells lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from widgets.theme.contrast import Floats


@dataclass(frozen=True)
class HeatCells:
    """What a heat map shows.

    Parameters
    ----------
    rows : sequence of (key, words)
        In fixed order.
    times : sequence of str
        Start of each column, written out.
    values : (n_rows, n_columns) float
        NaN is unknown.
    now : int, optional
        Column that is now.
    notes : mapping of (row, column) to str
        More words for the tool tip of a cell.
    """

    rows: Sequence[tuple[str, str]]
    times: Sequence[str]
    values: Floats
    now: int | None = None
    notes: dict[tuple[int, int], str] = field(default_factory=dict)


class HeatGrid(NamedTuple):
    """The rectangle of all cells, evenly divided."""

    area: QRectF
    rows: int
    columns: int

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return a cell's rectangle."""
        width, height = self.area.width() / self.columns, self.area.height() / self.rows
        return QRectF(self.area.left() + column * width, self.area.top() + row * height, width, height)

    def column_rect(self, column: int) -> QRectF:
        """Return the rectangle of all cells of a column."""
        return self.cell_rect(0, column).united(self.cell_rect(self.rows - 1, column))

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return row and column of the cell at a point, or None beside the grid."""
        if not self.rows * self.columns or not self.area.contains(at):
            return None
        row = int((at.y() - self.area.top()) / self.area.height() * self.rows)
        column = int((at.x() - self.area.left()) / self.area.width() * self.columns)
        return min(row, self.rows - 1), min(column, self.columns - 1)
