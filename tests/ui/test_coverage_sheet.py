"""The coverage panel: how forecasts came out, judged in words, beside plain forecasts; empty, cold and lost states."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core import operations as asked
from core.eta.coverage import CoverageReport, CoverageSlice, PlainErrors
from core.events.fleet_events import SourceDegraded
from core.refusals import Fault
from ui.coverage_sheet import CoverageSheet
from ui.main_window import MainWindow
from widgets.parts.text_label import TextLabel

SLICE, GOAL = 1, 5


def _slice(dimension: str, name: str, *, n: int = 1000, within: float = 0.79) -> CoverageSlice:
    return CoverageSlice(
        dimension=dimension,
        name=name,
        realised=n,
        within=within,
        early=(1.0 - within) / 2,
        late=(1.0 - within) / 2,
        width_s=120.0,
        mean_error_s=30.0,
        bias_s=-5.0,
        plainly=PlainErrors(blended_s=60.0, streets_s=50.0, by_hour_s=62.0),
    )


SLICES = (
    _slice("all", "all"),
    _slice("cold start", "not yet calibrated", n=210, within=0.95),
    _slice("horizon", "15-30 min", within=0.70),
    _slice("horizon", "5-15 min", n=499, within=0.60),
    _slice("hour", "09:00", within=0.90),
    _slice("hour", "10:00", within=0.75),
    _slice("zone", "outside", within=0.85),
)


@pytest.fixture
def sheet(qtbot: QtBot, desk_scene: Any) -> CoverageSheet:
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    made = CoverageSheet(over, desk_scene.context)
    over.show()
    made.open_sheet()
    return made


def _answer(qtbot: QtBot, desk_scene: Any, report: CoverageReport) -> None:
    operation, _, answer = desk_scene.service.asked[-1]
    assert operation == asked.FORECAST_COVERAGE
    answer.set_result(msgspec.msgpack.encode(report))
    qtbot.waitUntil(lambda: desk_scene.context.operations.pending == 0)


def _rows(sheet: CoverageSheet) -> list[list[str]]:
    model = sheet.table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def _facts(sheet: CoverageSheet) -> str:
    return " | ".join(label.text() for label in sheet.facts.findChildren(TextLabel) if not label.isHidden())


def test_slices_are_judged_in_words(sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any) -> None:
    _answer(qtbot, desk_scene, CoverageReport(model="7", is_calibrated=True, slices=SLICES))

    goals = {row[SLICE]: row[GOAL] for row in _rows(sheet)}
    assert goals == {
        "all calibrated forecasts": "met",
        "5-15 min": "too few to judge",
        "15-30 min": "not met, too narrow",
        "09:00": "not met, too wide",
        "10:00": "met",
        "outside the zones": "met",
        "before calibration": "wide on purpose",
    }


def test_rows_stand_in_a_fixed_order_with_the_plain_forecasts_beside(
    sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any
) -> None:
    _answer(qtbot, desk_scene, CoverageReport(is_calibrated=True, slices=SLICES))

    rows = _rows(sheet)
    assert [row[0] for row in rows] == ["All", "Horizon", "Horizon", "Hour", "Hour", "Zone", "Cold start"]
    assert rows[0][2:] == ["1,000", "79.0\u00a0%", "79.0", "met", "10.5", "10.5", "120", "30.0", "60.0", "50.0", "62.0"]


def test_a_chip_lists_one_cut_alone(sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any) -> None:
    _answer(qtbot, desk_scene, CoverageReport(is_calibrated=True, slices=SLICES))

    QTest.mouseClick(sheet.by.chip("hour"), Qt.MouseButton.LeftButton)

    assert [row[SLICE] for row in _rows(sheet)] == ["09:00", "10:00"]


def test_the_head_says_model_days_and_cold_start(sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any) -> None:
    report = CoverageReport(model="2026-11-20a", trained_on=("Mon", "Tue"), is_calibrated=True, slices=SLICES)
    _answer(qtbot, desk_scene, report)

    facts = _facts(sheet)
    assert "goal 78–82\u00a0%, met" in facts
    assert "40\u00a0% less than the best plain one" in facts
    assert "At cold start | 95.0\u00a0% | 210 forecasts" in facts
    assert "2026-11-20a | trained on Mon, Tue" in facts


def test_a_young_service_says_that_it_is_wide_on_purpose(sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any) -> None:
    _answer(qtbot, desk_scene, CoverageReport(slices=(SLICES[1],)))

    assert "Not yet calibrated | wide on purpose" in _facts(sheet)
    assert "None yet | street engine stands in" in _facts(sheet)


def test_a_model_of_no_use_is_marked(sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any) -> None:
    desk_scene.happened(SourceDegraded(source="arrival model", effect="By streets alone."))
    _answer(qtbot, desk_scene, CoverageReport(slices=SLICES))

    assert "Cannot be read | street engine stands in" in _facts(sheet)


def test_nothing_that_came_out_is_said(sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any) -> None:
    _answer(qtbot, desk_scene, CoverageReport())

    assert sheet.empty.isVisible()
    assert "Nothing came out yet" in [label.text() for label in sheet.empty.findChildren(TextLabel)]


def test_a_service_that_does_not_answer_is_said(sheet: CoverageSheet, qtbot: QtBot, desk_scene: Any) -> None:
    desk_scene.service.asked[-1][2].set_exception(Fault("feed.no_answer", "The service did not answer."))
    qtbot.waitUntil(sheet.empty.isVisible)

    assert "The service did not answer." in [label.text() for label in sheet.empty.findChildren(TextLabel)]


def test_a_key_opens_it(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)

    assert desk_window.sheets.coverage.isVisible()
    assert desk_window.sheets.is_open
