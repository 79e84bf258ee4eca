"""Painted marks: the shape, its fill and its colours are where they belong."""

from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from widgets.marks.alarm_shape import AlarmShape, paint_alarm_shape, shape_path
from widgets.marks.arrival_bands import ArrivalBands, ArrivalForecast, paint_band
from widgets.marks.coverage_mark import Held, paint_held
from widgets.marks.term_bars import Term, TermBars, with_small_terms_summed
from widgets.marks.vehicle_kite import VehicleState, paint_vehicle
from widgets.theme.tokens import DARK, LIGHT

PROMISE_AT = 1795197300.0


def painted(paint, side=40):
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return image


def color(image, x, y):
    return image.pixelColor(x, y).name().upper()


def colors(image):
    return {color(image, x, y) for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_filled_shape_has_its_fill_and_outline_has_not(priority, tokens, qapp):
    area = QRectF(0, 0, 40, 40)
    filled = painted(lambda painter: paint_alarm_shape(painter, area, priority, tokens=tokens))
    outline = painted(lambda painter: paint_alarm_shape(painter, area, priority, acknowledged=True, tokens=tokens))
    probe = {1: (8, 20), 2: (10, 34), 3: (10, 6), 4: (6, 20)}[priority]
    assert color(filled, *probe) == tokens.priority(priority).fill
    assert outline.pixelColor(*probe).alpha() == 0


def test_only_a_filled_priority_one_in_the_dark_has_a_light_frame(qapp):
    area, frame = QRectF(0, 0, 40, 40), DARK.priority(1).frame
    dark = painted(lambda painter: paint_alarm_shape(painter, area, 1, tokens=DARK))
    seen = painted(lambda painter: paint_alarm_shape(painter, area, 1, acknowledged=True, tokens=DARK))
    light = painted(lambda painter: paint_alarm_shape(painter, area, 1, tokens=LIGHT))
    assert [frame in colors(image) for image in (dark, seen, light)] == [True, False, False]


def test_four_priorities_have_four_outlines(qapp):
    box = QRectF(0, 0, 40, 40)
    corners = [QPointF(2, 4), QPointF(20, 5), QPointF(20, 38), QPointF(4, 36), QPointF(6, 6)]
    codes = {tuple(shape_path(priority, box).contains(at) for at in corners) for priority in (1, 2, 3, 4)}
    assert len(codes) == 4


def test_alarm_shape_is_read_out(qtbot):
    shape = AlarmShape(2)
    qtbot.addWidget(shape)
    shape.set_alarm(1, acknowledged=True)
    assert shape.accessibleName() == "Priority 1"


@pytest.mark.parametrize(("late", "edge"), [(True, DARK.priority(1).ink), (False, DARK.ink1)])
def test_band_is_red_only_when_its_middle_is_late(late, edge, qapp):
    image = painted(lambda painter: paint_band(painter, (4, 36), 20, 20, DARK, late=late))
    assert color(image, 20, 20) == edge
    assert color(image, 10, 20) == DARK.bg3
    assert color(image, 20, 13) == edge


def test_arrivals_are_read_out_in_the_zone_of_the_site(qtbot):
    bands = ArrivalBands(ZoneInfo("America/Santiago"))
    qtbot.addWidget(bands)
    promise_at = 1795197300.0
    forecast = ArrivalForecast(promise_at + 240, promise_at + 660, promise_at + 1440)
    bands.show_arrivals([("Now", forecast), ("After", None)], promise_at)
    assert bands.accessibleName() == "Now 15:06, After no forecast"
    assert bands.range_texts() == ["14:59–15:19", "no forecast"]


@pytest.fixture
def bands(qtbot):
    shown = ArrivalBands(ZoneInfo("America/Santiago"))
    qtbot.addWidget(shown)
    shown.resize(460, 90)
    return shown


def test_band_of_more_than_twenty_minutes_is_told_as_its_range_alone(bands):
    wide = ArrivalForecast(PROMISE_AT + 180, PROMISE_AT + 660, PROMISE_AT + 1440)
    bands.show_arrivals([("Now", wide)], PROMISE_AT)
    assert bands.accessibleName() == "Now 14:58–15:19"

    minutes_at = [(x, y) for x in range(120, 175) for y in range(26, 50)]
    just = ArrivalForecast(PROMISE_AT + 240, PROMISE_AT + 660, PROMISE_AT + 1440)
    red = DARK.priority(1).ink
    seen = bands.grab().toImage()
    bands.show_arrivals([("Now", just)], PROMISE_AT)
    beside = bands.grab().toImage()
    assert [any(color(image, *at) == red for at in minutes_at) for image in (seen, beside)] == [False, True]


def test_what_a_degraded_source_added_is_hatched_and_read_out(bands):
    usual = PROMISE_AT - 480, PROMISE_AT - 60
    wider = ArrivalForecast(PROMISE_AT - 600, PROMISE_AT - 240, PROMISE_AT + 120, usual)
    bands.show_arrivals([("Now", wider)], PROMISE_AT)

    assert bands.accessibleName() == "Now 14:51, usually 14:47–14:54"
    assert "hatched" in bands.caption()
    bands.show_arrivals([("Now", ArrivalForecast(wider.p10_at, wider.p50_at, wider.p90_at))], PROMISE_AT)
    assert "hatched" not in bands.caption()


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_only_what_was_added_is_hatched(tokens, qapp):
    image = painted(lambda painter: paint_band(painter, (4, 96), 50, 50, tokens, usual=(30, 70)), side=100)

    def inked(left, right):
        return sum(color(image, x, y) == tokens.ink3 for x in range(left, right) for y in range(47, 54))

    assert inked(6, 29) > 15 and inked(72, 94) > 15
    assert inked(32, 47) == inked(53, 69) == 0


def test_terms_too_small_to_matter_are_summed():
    terms = [Term("Lateness", -11.0, -3300), Term("Freshness", 0.1, 10), Term("Balance", -0.15, 5)]
    shown = with_small_terms_summed(terms, "Other")
    assert shown[0] == terms[0]
    assert (shown[1].name, shown[1].minor_units) == ("Other", 15)
    assert shown[1].minutes == pytest.approx(-0.05)


def test_terms_that_come_to_nothing_are_left_out():
    terms = [Term("Lateness", -11.0, -3300), Term("Freshness", 0.0, 0), Term("Balance", 0.0, 0)]
    assert with_small_terms_summed(terms, "Other") == terms[:1]


def test_term_bars_fill_savings_and_hatch_costs(qtbot):
    bars = TermBars("CLP")
    qtbot.addWidget(bars)
    bars.show_terms([Term("Saves", -10.0, -100), Term("Costs", 10.0, 100)], Term("Total", 0.0, 0))
    bars.resize(600, bars.sizeHint().height())
    image = bars.grab().toImage()

    def pixels(row):
        y_range = range(30 + 21 * row + 6, 30 + 21 * row + 14)
        return [color(image, x, y) for x in range(160, 440) for y in y_range]

    filled, hatched = (sum(pixel == DARK.ink2 for pixel in pixels(row)) for row in (0, 1))
    touched = sum(pixel != DARK.bg1 for pixel in pixels(1))
    assert filled > 400 > hatched
    assert touched > 100


def test_vehicle_states_differ_without_colour(qapp):
    center = QPointF(20, 20)
    images = [
        painted(lambda painter, state=state: paint_vehicle(painter, center, state, DARK, radius=14, ink=DARK.ink1))
        for state in VehicleState
    ]
    coverage = {sum(image.pixelColor(x, y).alpha() for x in range(40) for y in range(40)) for image in images}
    assert len(coverage) == len(VehicleState)


def test_heading_turns_the_point(qapp):
    center = QPointF(20, 20)

    def point(heading):
        image = painted(
            lambda painter: paint_vehicle(painter, center, VehicleState.CARRYING, DARK, heading=heading, radius=16)
        )
        return image.pixelColor(20, 8).alpha() > 0, image.pixelColor(32, 20).alpha() > 0

    assert (point(0), point(90)) == ((True, False), (False, True))


def test_a_vehicle_that_is_off_is_struck_through(qapp):
    free, off = (
        painted(lambda painter, state=state: paint_vehicle(painter, QPointF(20, 20), state, DARK, radius=12))
        for state in (VehicleState.FREE, VehicleState.OFF)
    )
    assert [image.pixelColor(20, 20).alpha() > 60 for image in (free, off)] == [False, True]


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_a_share_stands_as_a_bar_where_it_is_judged_and_as_a_ring_where_not(tokens, qapp):
    area = QRectF(0, 10, 100, 20)  # from 50 to 100 %, 2 pixels a percent
    judged, few = (
        painted(lambda painter, held=held: paint_held(painter, area, held, tokens), side=100)
        for held in (Held(0.9, 0.78, 0.82), Held(0.9, 0.78, 0.82, is_judged=False))
    )
    assert color(judged, 80, 20) == tokens.ink1
    assert color(few, 80, 20) == tokens.bg1
    assert color(judged, 60, 17) == tokens.bg3  # the goal
    assert judged.pixelColor(20, 14).alpha() == 0


def test_a_share_below_the_axis_stands_at_its_end(qapp):
    area = QRectF(10, 10, 80, 20)
    image = painted(lambda painter: paint_held(painter, area, Held(0.2, 0.78, 0.82), DARK), side=100)
    assert color(image, 10, 14) == DARK.ink1
