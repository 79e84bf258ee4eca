"""A panel that fails is replaced by a notice; the rest of the desk goes on, and the panel can be started again."""

import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow
from ui.panel_faults import StoppedPanel, panel_in
from ui.panels.exceptions_panel import ExceptionsPanel


@pytest.fixture
def wall(desk_window: MainWindow, qtbot: QtBot) -> Iterator[list[str]]:
    """What reached the outer wall, which does what the desk's own does; pytest-qt must not count it as a failure."""
    reached: list[str] = []

    def take(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        reached.append(details)
        panel = panel_in(trace)
        if panel is None or not desk_window.stop_panel(panel, details):
            desk_window.sheets.report.add_report(details)
        traceback.clear_frames(trace)

    with qtbot.captureExceptions():
        before, sys.excepthook = sys.excepthook, take
        yield reached
        sys.excepthook = before


class BrittlePart(QWidget):
    """A part of a panel whose painting fails."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPoint(QPoint(0, 0))
        raise ZeroDivisionError("painting")


def break_painting(window: MainWindow, _scene: Any) -> None:
    part = BrittlePart(window.exceptions)
    part.resize(10, 10)
    part.show()


def break_refresh(window: MainWindow, scene: Any) -> None:
    window.exceptions.rows.show_rows = lambda _rows: 1 // 0
    window.watch.look()


def break_slot(window: MainWindow, _scene: Any) -> None:
    def fail(self: ExceptionsPanel = window.exceptions) -> None:
        raise ZeroDivisionError("slot")

    window.exceptions.rows.opened.connect(lambda _key: fail())
    window.exceptions.rows.setFocus()
    QTest.keyClick(window.exceptions.rows, Qt.Key.Key_J)
    QTest.keyClick(window.exceptions.rows, Qt.Key.Key_Return)


@pytest.mark.parametrize("break_it", [break_painting, break_refresh, break_slot])
def test_a_failed_panel_is_stopped_and_starts_again(
    desk_window: MainWindow, desk_scene: Any, wall: list[str], qtbot: QtBot, break_it: Callable[[MainWindow, Any], None]
) -> None:
    desk_window.watch.look()
    break_it(desk_window, desk_scene)
    qtbot.waitUntil(lambda: isinstance(desk_window.panels.by_name["exceptions"], StoppedPanel))
    assert wall
    stopped = desk_window.panels.by_name["exceptions"]
    assert isinstance(stopped, StoppedPanel)
    assert stopped.isVisible()
    assert "ZeroDivisionError" in stopped.details
    assert "Exceptions stopped" in desk_window.command_bar.said_words

    desk_window.selection.select("order", "O-48213")
    assert desk_window.recommendation.proposal is not None, "the rest of the desk goes on"

    stopped.notice.pressed.emit()
    desk_window.watch.look()
    assert desk_window.panels.by_name["exceptions"] is desk_window.exceptions
    assert desk_window.exceptions.isVisible()
    assert desk_window.exceptions.listed_orders() == ["O-48213"]
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_J)
    assert desk_window.exceptions.selected_item() is not None


def test_the_report_can_be_read_and_saved(
    desk_window: MainWindow, desk_scene: Any, wall: list[str], qtbot: QtBot, tmp_path: Path
) -> None:
    break_refresh(desk_window, desk_scene)
    qtbot.waitUntil(lambda: isinstance(desk_window.panels.by_name["exceptions"], StoppedPanel))
    stopped = desk_window.panels.by_name["exceptions"]
    assert isinstance(stopped, StoppedPanel)
    QTest.mouseClick(stopped.report, Qt.MouseButton.LeftButton)
    sheet = desk_window.sheets.report
    assert "ZeroDivisionError" in sheet.details.toPlainText()
    QTest.mouseClick(sheet.save, Qt.MouseButton.LeftButton)
    (saved,) = (tmp_path / "reports").glob("report-*.txt")
    words = saved.read_text()
    assert "ZeroDivisionError" in words
    assert "PySide6: " in words
    assert str(saved) in sheet.said.text()
    assert saved.stat().st_mode & 0o077 == 0


def test_a_report_that_cannot_be_saved_says_why(desk_window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder would be")
    sheet = desk_window.sheets.report
    sheet.add_report("a failure")
    QTest.mouseClick(sheet.save, Qt.MouseButton.LeftButton)
    assert sheet.said.text().startswith("Not saved")


def test_a_failure_outside_of_panels_is_shown_over_the_desk(desk_window: MainWindow, wall: list[str]) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("outside")

    desk_window.command_bar.entered.disconnect()
    desk_window.command_bar.entered.connect(fail)
    desk_window.command_bar.entered.emit(None)
    assert desk_window.sheets.report.isVisible()


def test_a_panel_that_fails_while_it_starts_stays_stopped(
    desk_window: MainWindow, desk_scene: Any, wall: list[str], qtbot: QtBot
) -> None:
    break_refresh(desk_window, desk_scene)
    qtbot.waitUntil(lambda: isinstance(desk_window.panels.by_name["exceptions"], StoppedPanel))

    def fail() -> QWidget:
        raise ZeroDivisionError("starting")

    desk_window.panels._makers = {"exceptions": fail}
    desk_window.panels.by_name["exceptions"].notice.pressed.emit()
    stopped = desk_window.panels.by_name["exceptions"]
    assert isinstance(stopped, StoppedPanel)
    assert "starting" in stopped.details
