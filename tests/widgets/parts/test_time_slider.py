"""The time axis: where instants stand, what a drag and the keys ask for, and that the line is violet."""

from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from widgets.parts.time_slider import TimeSlider
from widgets.theme.appearance import current_tokens

NOON_AT = 1_795_190_400.0
HOUR_S = 3600.0


@pytest.fixture
def slider(qtbot: QtBot) -> TimeSlider:
    made = TimeSlider(ZoneInfo("America/Santiago"))
    qtbot.addWidget(made)
    made.resize(880, made.height())
    made.show_range(NOON_AT - HOUR_S, NOON_AT, [NOON_AT - 600.0])
    made.show_moment(NOON_AT - 1800.0)
    made.show()
    return made


def test_instants_and_pixels_lead_to_each_other(slider: TimeSlider) -> None:
    assert (slider.x_of(NOON_AT - HOUR_S), slider.x_of(NOON_AT - 1800.0), slider.x_of(NOON_AT)) == (40, 440, 840)
    assert slider.at_x(440) == NOON_AT - 1800.0
    assert (slider.at_x(-50), slider.at_x(2000)) == (NOON_AT - HOUR_S, NOON_AT)


def test_moment_is_asked_for_where_the_drag_ends(slider: TimeSlider) -> None:
    wanted = QSignalSpy(slider.sought)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(440, 60))
    QTest.mouseMove(slider, QPoint(600, 60))
    assert wanted.count() == 0
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(640, 60))
    assert wanted.at(0)[0] == NOON_AT - 900.0


@pytest.mark.parametrize(
    ("key", "modifier", "step_s"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -10.0),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 60.0),
    ],
)
def test_keys_step(slider: TimeSlider, key: Qt.Key, modifier: Qt.KeyboardModifier, step_s: float) -> None:
    wanted = QSignalSpy(slider.sought)
    QTest.keyClick(slider, key, modifier)
    assert wanted.at(0)[0] == slider.at + step_s


def test_steps_end_where_the_range_does(slider: TimeSlider) -> None:
    slider.show_moment(NOON_AT - 4.0)
    wanted = QSignalSpy(slider.sought)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert wanted.at(0)[0] == NOON_AT


def test_line_stands_at_the_moment_in_the_colour_of_the_past(slider: TimeSlider) -> None:
    picture = slider.grab().toImage()
    violet = QColor(current_tokens().rep)
    assert picture.pixelColor(440, 60) == violet
    assert picture.pixelColor(500, 60) != violet
