"""The chart of a moving forecast: what is painted where, read out by keys, in both themes and where room is short."""

from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.charts.forecast_chart import ForecastChart, ForecastPoint, FutureBand, History, HistoryMark
from widgets.charts.time_axes import TimeAxis
from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import Theme, tokens_of

ZONE = ZoneInfo("America/Santiago")
NOON_AT = 1_795_186_800.0


def _point(minute: float, arrives: float, *, is_told: bool = False) -> ForecastPoint:
    at = NOON_AT + arrives * 60
    return ForecastPoint(NOON_AT + minute * 60, at - 240, at, at + 300, is_told)


HISTORY = History(
    points=(_point(-18, 20, is_told=True), _point(-9, 22), _point(-4, 31, is_told=True)),
    promise_at=NOON_AT + 25 * 60,
    until_at=NOON_AT,
    marks=(HistoryMark(NOON_AT - 600, "at pickup 12:50"),),
    futures=(
        FutureBand("If nothing changes", NOON_AT + 1600, NOON_AT + 1860, NOON_AT + 2200),
        FutureBand("If M. Castillo takes it", NOON_AT + 900, NOON_AT + 1200, NOON_AT + 1500, is_proposed=True),
    ),
)


@pytest.fixture
def chart(qtbot: QtBot) -> ForecastChart:
    made = ForecastChart(ZONE)
    qtbot.addWidget(made)
    made.resize(800, 320)
    made.show_history(HISTORY)
    made.show()
    return made


def _colours(chart: ForecastChart) -> set[str]:
    image = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    places = ((x, y) for x in range(image.width()) for y in range(0, image.height(), 2))
    return {image.pixelColor(x, y).name().upper() for x, y in places}


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_late_future_is_red_and_a_proposed_one_blue(chart: ForecastChart, theme: Theme, qapp: QApplication) -> None:
    apply_theme(qapp, theme)
    tokens, seen = tokens_of(theme), _colours(chart)
    apply_theme(qapp, Theme.DARK)

    assert {tokens.priority(1).ink, tokens.acc, tokens.ink1, tokens.bg3} <= seen


def test_the_history_itself_is_grey(chart: ForecastChart, qapp: QApplication) -> None:
    apply_theme(qapp, Theme.DARK)
    chart.show_history(History(points=HISTORY.points, promise_at=HISTORY.promise_at, until_at=NOON_AT))

    assert tokens_of(Theme.DARK).priority(1).ink not in _colours(chart)


def test_futures_give_way_where_room_is_short(chart: ForecastChart, qapp: QApplication) -> None:
    apply_theme(qapp, Theme.DARK)
    chart.resize(300, 200)

    assert tokens_of(Theme.DARK).priority(1).ink not in _colours(chart)


def test_keys_walk_to_both_ends_and_stop_there(chart: ForecastChart) -> None:
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.read_point == HISTORY.points[2]
    for _ in range(5):
        QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.read_point == HISTORY.points[0]
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert chart.read_point == HISTORY.points[2]


def test_the_forecast_that_is_read_stays_when_another_comes(chart: ForecastChart) -> None:
    QTest.keyClick(chart, Qt.Key.Key_Home)
    newer = History(points=(*HISTORY.points, _point(0, 30)), promise_at=HISTORY.promise_at, until_at=NOON_AT)
    chart.show_history(newer)

    assert chart.read_point == HISTORY.points[0]


def test_an_axis_names_round_times_with_room_between() -> None:
    axis = TimeAxis(NOON_AT, NOON_AT + 3600, 0.0, 400.0)
    ticks = axis.ticks(100.0)

    assert ticks == [NOON_AT + minutes * 60 for minutes in (0, 15, 30, 45, 60)]
    assert [axis.at(at) for at in ticks] == [0.0, 100.0, 200.0, 300.0, 400.0]


def test_an_axis_of_one_moment_stays_where_it_is() -> None:
    assert TimeAxis(NOON_AT, NOON_AT, 10.0, 400.0).at(NOON_AT) == 10.0
