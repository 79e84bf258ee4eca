"""A gallery of all marks and parts, to look at: `python -m widgets.gallery --screenshot FILE --theme dark`.

Texts here are samples, shown to the people who build screens; they are not translated.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from widgets import gallery_samples as samples
from widgets.charts.heat_legend import HeatLegend
from widgets.charts.heat_map import HeatMap
from widgets.charts.heat_scale import PRESSURE, QUEUE
from widgets.marks.alarm_shape import PRIORITIES, paint_alarm_shape
from widgets.marks.arrival_bands import ArrivalBands
from widgets.marks.stages import ConfidenceMark, ConfidenceStage, RiskMark, RiskStage
from widgets.marks.term_bars import TermBars
from widgets.marks.vehicle_kite import VehicleState, paint_vehicle
from widgets.parts.banner import Banner
from widgets.parts.chip_group import ChipGroup
from widgets.parts.command_line import CommandLine, Completion
from widgets.parts.comparison_table import ComparisonTable
from widgets.parts.edge_line import EdgeLine
from widgets.parts.empty_state import EmptyState
from widgets.parts.fact_grid import FactStrip
from widgets.parts.hairline import Hairline
from widgets.parts.key_button import KeyButton, KeyHint
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.panel import GUTTER, Panel
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.parts.timeline_view import TimelineView
from widgets.parts.top_bar import AlarmCounter, ConnectionMark, DeskClock, Divider, KeyFigure, TopBar
from widgets.parts.two_line_list import TwoLineList
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.appearance import apply_theme, current_tokens
from widgets.theme.fonts import SEMIBOLD, font
from widgets.theme.icons import IconName
from widgets.theme.tokens import Theme, Tokens, qcolor

_WINDOW = QSize(1920, 1440)


class MarkBoard(QWidget):
    """Alarm shapes and vehicles in all their states, for comparison with the drawn symbols."""

    def sizeHint(self) -> QSize:
        """Return the room of both rows."""
        return QSize(560, 108)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both rows."""
        painter, tokens = QPainter(self), current_tokens()
        for number, priority in enumerate(PRIORITIES):
            left = 16 + number * 130
            paint_alarm_shape(painter, QRectF(left, 10, 28, 28), priority, tokens=tokens)
            paint_alarm_shape(painter, QRectF(left + 40, 14, 20, 20), priority, tokens=tokens)
            paint_alarm_shape(painter, QRectF(left + 68, 14, 20, 20), priority, acknowledged=True, tokens=tokens)
        for number, state in enumerate(VehicleState):
            at = QPointF(30 + number * 84, 66)
            paint_vehicle(painter, at, state, tokens, heading=40 * number)
            self._caption(painter, at, state.value.replace("_", " "), tokens)
        selected = QPointF(30 + 5 * 84, 66)
        paint_vehicle(painter, selected, VehicleState.CARRYING, tokens, heading=60, ink=tokens.acc)
        self._caption(painter, selected, "selected", tokens)

    @staticmethod
    def _caption(painter: QPainter, at: QPointF, words: str, tokens: Tokens) -> None:
        painter.setFont(font(11))
        painter.setPen(qcolor(tokens.ink1))
        painter.drawText(QRectF(at.x() - 40, at.y() + 14, 80, 18), Qt.AlignmentFlag.AlignCenter, words)


class Gallery(QWidget):
    """All parts in one window."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gutter")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GUTTER)
        column.addWidget(_top_bar())
        banner = Banner()
        banner.show_finding(
            3,
            "Forecasts are wider than usual",
            "traffic is 6 min old, usual speeds are used",
            command="Details",
            key="D",
        )
        column.addWidget(banner)
        columns = QHBoxLayout()
        columns.setContentsMargins(GUTTER, 0, GUTTER, 0)
        columns.setSpacing(GUTTER)
        for width, panels in ((430, _left()), (1000, _middle()), (474, _right())):
            columns.addLayout(_stack(panels), width)
        column.addLayout(columns, 1)
        column.addWidget(_foot())


def _stack(panels: Sequence[tuple[QWidget, int]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GUTTER)
    for panel, stretch in panels:
        column.addWidget(panel, stretch)
    return column


def _top_bar() -> TopBar:
    bar = TopBar()
    bar.row.addWidget(TextLabel("Tower", px=15, weight=SEMIBOLD))
    bar.row.addWidget(TextLabel("La Serena–Coquimbo", ink="ink2"))
    bar.row.addWidget(Divider())
    for priority, count in zip(PRIORITIES, (2, 3, 4, 0), strict=True):
        counter = AlarmCounter(priority)
        counter.set_count(count)
        bar.row.addWidget(counter)
    bar.row.addWidget(Divider())
    for name, value, note in (
        ("Active", "214", ""),
        ("Waiting", "18", "oldest 7 min"),
        ("On time 60 min", "94.1 %", "goal 95"),
        ("Free drivers", "9", "of 61"),
        ("Alarms / 10 min", "0.8", "goal ≤ 1"),
    ):
        figure = KeyFigure(name)
        figure.show_figure(value, note)
        bar.row.addWidget(figure)
    bar.row.addStretch(1)
    connection, clock = ConnectionMark(), DeskClock()
    connection.show_connection("Live", "data 0.4 s old", live=True)
    clock.show_time("Fri 20 Nov", "14:32:08", "-03")
    bar.row.addWidget(connection)
    bar.row.addWidget(clock)
    bar.row.addWidget(TextLabel("M. Rojas · desk 3", px=12))
    return bar


def _left() -> list[tuple[QWidget, int]]:
    exceptions = Panel("Exceptions")
    exceptions.set_meta("8 open · 4 mine")
    exceptions.add_action(IconName.FILTER, "Filter")
    exceptions.title_bar.set_focused(True)
    rows = TwoLineList()
    rows.show_rows(samples.EXCEPTIONS)
    rows.select_key("a")
    exceptions.set_body(
        _list(
            [
                EdgeLine("Subject and cause", "Act within", inset=40),
                rows,
                EdgeLine("205 orders on track", "3 shelved · next returns 14:41", is_foot=True),
            ]
        )
    )
    pressure, queue = Panel("Zone pressure"), Panel("Queue")
    pressure.set_meta("drivers short (+) or spare (−)")
    queue.set_meta("orders waiting")
    for panel, scale, cells in (
        (pressure, PRESSURE, samples.PRESSURE_CELLS),
        (queue, QUEUE, samples.QUEUE_CELLS),
    ):
        heat = HeatMap(scale)
        heat.show_cells(cells)
        panel.set_body(heat)
    return [(exceptions, 48), (pressure, 26), (queue, 26)]


def _middle() -> list[tuple[QWidget, int]]:
    order = Panel("O-48213")
    order.set_meta("Pollo Dorado to A. Valdés · Tierras Blancas")
    facts = FactStrip()
    facts.show_facts(samples.FACTS)
    order.set_body(facts)
    board = Panel("Order board")
    board.set_meta("214 active · latest first")
    model = RecordModel(samples.BOARD_COLUMNS)
    model.show_records(samples.BOARD)
    table = DenseTable(model)
    model.setParent(table)
    table.sortByColumn(7, Qt.SortOrder.DescendingOrder)
    table.select_key("O-48213")
    board.set_body(table)
    override = Panel("Override: give O-48213 to L. Díaz, D-052")
    comparison = ComparisonTable("Effect until 15:45", "Whole network, compared with the recommendation.")
    comparison.show_comparison(samples.PLANS, samples.PLAN_ROWS)
    comparison.choose("replanned")
    override.set_body(_card([comparison, _reasons(), _dialog_buttons()]))
    return [(order, 0), (board, 30), (override, 0), (_marks(), 0), (_states(), 24)]


def _reasons() -> ChipGroup:
    reasons = ChipGroup()
    words = ["Local knowledge", "Driver asked", "Customer asked", "Vehicle or bag", "Safety", "Other"]
    reasons.set_chips([(word, word) for word in words])
    reasons.choose(["Local knowledge"])
    return reasons


def _dialog_buttons() -> QWidget:
    off = KeyButton("Not allowed", height=34)
    off.setEnabled(False)
    return _row(
        [
            KeyButton("Commit re-planned", "Ctrl+Enter", filled=True, height=34),
            KeyButton("Commit as is", height=34),
            KeyButton("Cancel", "Esc", height=34),
            off,
        ]
    )


def _marks() -> Panel:
    panel = Panel("Marks")
    stages = [_row([RiskMark(stage) for stage in RiskStage])]
    confidences: list[ConfidenceStage | None] = [*ConfidenceStage, None]
    stages.append(_row([ConfidenceMark(stage) for stage in confidences]))
    field = QLineEdit("field")
    field.setFixedWidth(140)
    stages.append(_row([field, KeyHint("Ctrl+K", "palette")]))
    scales = _card([HeatLegend(PRESSURE), HeatLegend(QUEUE)])
    panel.set_body(_list([_row([MarkBoard(), _card(stages)]), Hairline(), scales]))
    return panel


def _states() -> QWidget:
    empty, loading = Panel("Exceptions"), Panel("Starting")
    empty.set_meta("none")
    empty.set_body(
        EmptyState(
            IconName.ACCEPTED,
            "Nothing needs you",
            "214 orders on track. Last exception closed at 14:18 by C. Ley.",
            command="Look at pressure",
            key="Z",
        )
    )
    loading.set_meta("snapshot of 14:32:01")
    blocks = LoadingBlocks([0.25, 0.25, 0.35, 0.15])
    blocks.is_painted = True
    loading.set_body(blocks)
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GUTTER)
    row.addWidget(empty)
    row.addWidget(loading)
    return both


def _right() -> list[tuple[QWidget, int]]:
    recommendation = Panel("Recommendation")
    recommendation.set_meta("for O-48213")
    recommendation.add_action(IconName.HISTORY, "Earlier recommendations")
    recommendation.add_action(IconName.MORE, "More")
    bands, terms = ArrivalBands(samples.SITE), TermBars("CLP")
    bands.show_arrivals(samples.NOW_AND_AFTER, samples.PROMISE_AT)
    terms.show_terms(samples.TERMS, samples.TOTAL)
    buttons = [
        KeyButton("Accept", "Enter", filled=True),
        KeyButton("Override", "O"),
        KeyButton("Hold", "H"),
    ]
    recommendation.set_body(
        _card(
            [
                TextLabel("Reassign to M. Castillo", px=20, weight=SEMIBOLD),
                ElidedLabel("D-042 · 1.9 km away · free in 3 min · from R. Fuentes, D-117", px=12, ink="ink2"),
                bands,
                terms,
                _row([TextLabel("Confidence", weight=SEMIBOLD), ConfidenceMark(ConfidenceStage.GOOD)]),
                TextLabel("87 of 100 alike kept the promise", px=12, ink="ink2"),
                _row([*buttons]),
            ]
        )
    )
    line = Panel("O-48213")
    line.set_meta("order time line")
    timeline = TimelineView()
    timeline.show_entries(samples.TIMELINE)
    line.set_body(timeline)
    return [(recommendation, 0), (line, 1)]


def _foot() -> QWidget:
    line = CommandLine(lambda _text: Completion("driver or Tab for the recommended D-042"))
    line.setText("reassign 48213")
    hints = [KeyHint("F1", "help"), KeyHint("J K", "next, previous"), KeyHint("Ctrl+Z", "undo")]
    return _row([line, *hints], margin=GUTTER)


def _row(parts: Sequence[QWidget], *, margin: int = 0) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(margin, 0, margin, margin)
    row.setSpacing(12)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return holder


def _list(parts: Sequence[QWidget]) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part)
    return holder


def _card(parts: Sequence[QWidget]) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(16, 12, 16, 16)
    column.setSpacing(10)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return holder


def screenshot(theme: Theme, app: QApplication) -> QPixmap:
    """Return the gallery painted in a theme."""
    apply_theme(app, theme)
    gallery = Gallery()
    gallery.resize(_WINDOW)
    gallery.show()
    app.processEvents()
    picture = gallery.grab()
    gallery.close()
    return picture


def main(arguments: Sequence[str]) -> int:
    """Show the gallery, or write its picture."""
    parser = argparse.ArgumentParser(prog="python -m widgets.gallery", description=__doc__)
    parser.add_argument("--screenshot", metavar="FILE", help="write a PNG and end")
    parser.add_argument("--theme", choices=[theme.value for theme in Theme], default=Theme.DARK.value)
    options = parser.parse_args(arguments)
    if options.screenshot:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    if options.screenshot:
        return 0 if screenshot(Theme(options.theme), app).save(options.screenshot) else 1
    apply_theme(app, Theme(options.theme))
    gallery = Gallery()
    gallery.resize(_WINDOW)
    gallery.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
