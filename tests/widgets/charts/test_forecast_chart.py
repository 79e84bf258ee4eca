"""The chart of a moving forecast: what is painted where, read out by keys, in both themes and where room is short."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.charts.forecast_chart import ForecastChart
from widgets.charts.forecast_history import ForecastPoint, FutureBand, History, HistoryMark
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


def _show_last(chart: ForecastChart, **fields: object) -> None:
    last = replace(HISTORY.points[2], **fields)  # type: ignore[arg-type]
    chart.show_history(replace(HISTORY, points=(*HISTORY.points[:2], last), futures=()))


def test_wide_forecast_is_read_out_as_its_range_alone(chart: ForecastChart) -> None:
    _show_last(chart, p90_at=HISTORY.points[2].p10_at + 1201)
    assert chart.read_out() == "forecast at 11:56: 12:27–12:47, customer told"

    _show_last(chart, p90_at=HISTORY.points[2].p10_at + 1200)
    assert chart.read_out() == "forecast at 11:56: 12:31, 12:27–12:47, +6 min, customer told"


def test_what_a_degraded_source_added_is_hatched_and_read_out(chart: ForecastChart, qapp: QApplication) -> None:
    apply_theme(qapp, Theme.DARK)
    point = HISTORY.points[2]
    _show_last(chart)
    assert _hatched(chart) == 0

    _show_last(chart, undegraded=(point.p50_at - 60, point.p50_at + 60))

    assert chart.read_out().endswith("+6 min, usually 12:30–12:32, customer told")
    assert _hatched(chart) > 100


def test_wide_future_is_named_by_its_range_and_hatched(chart: ForecastChart, qapp: QApplication) -> None:
    apply_theme(qapp, Theme.DARK)
    future = FutureBand("If nothing changes", NOON_AT, NOON_AT + 600, NOON_AT + 1300, undegraded=None)
    chart.show_history(replace(HISTORY, futures=(future,)))
    before = _hatched(chart)
    chart.show_history(replace(HISTORY, futures=(replace(future, undegraded=(NOON_AT + 400, NOON_AT + 800)),)))

    assert before == 0 and _hatched(chart) > 30


def _hatched(chart: ForecastChart) -> int:
    """Return how many pixels lie in the hatch's ink with the band's own ground beside them, away from words."""
    image = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ink, ground = tokens_of(Theme.DARK).ink3, tokens_of(Theme.DARK).bg3

    def at(x: int, y: int) -> str:
        return image.pixelColor(x, y).name().upper()

    inside = ((x, y) for x in range(60, image.width() - 12) for y in range(50, image.height() - 60))
    return sum(at(x, y) == ink and ground in (at(x - 1, y), at(x + 1, y)) for x, y in inside)
