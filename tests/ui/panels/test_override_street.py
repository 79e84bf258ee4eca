"""A street closed in the sheet of overrides: said by its name, waited for, left, and closed without any preview."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.commands import ClosePlace
from core.dispatch.changes import CloseStreet
from core.dispatch.decision import OverrideMode, ReasonCode
from core.vocabulary import DriverId, OrderId, Position
from core.wire import Problem
from ui.panels.override_sheet import OverrideSheet
from widgets.theme.appearance import apply_theme, current_tokens
from widgets.theme.tokens import Theme

HERE = Position(-29.9045, -71.2489)
CLOSING = CloseStreet(order_id=OrderId("O-48213"), position=HERE, for_s=3600.0, street="Avenida del Mar")
LONG = "Avenida Presidente Gabriel González Videla con Calle Manuel Antonio Matta Poniente"
NO_COPY = Problem(code="streets.no_copy", title="", detail="The street engine is down. Try again.", status=503)


@pytest.fixture(params=list(Theme))
def sheet(request, qapp, afternoon, qtbot):
    apply_theme(qapp, request.param)
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(1600, 1000)
    over.show()
    qtbot.waitExposed(over)
    over.activateWindow()
    afternoon.propose()
    return OverrideSheet(over, afternoon.context)


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def counted(afternoon, **more):
    return afternoon.preview(change=CLOSING, driver_id=DriverId(""), recommended_driver_id=None, **more)


def test_sheet_says_which_street_for_how_long_and_until_when(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    assert sheet._title.text() == "Close Avenida del Mar for 60 min"
    afternoon.operations.finish(counted(afternoon))
    assert sheet._subtitle.text().startswith("Until 15:32, compared with the present plan.")
    assert [column.subtitle for column in sheet.impact.comparison._columns][1] == "the same stops, driven round it"


def test_street_without_a_name_is_where_it_is(sheet):
    sheet.open_ruling(CloseStreet(order_id=CLOSING.order_id, position=HERE, for_s=3600.0))
    assert sheet._title.text() == "Close the street at 29.9045 S, 71.2489 W for 60 min"


def test_long_name_leaves_the_sheet_as_wide_as_it_is(sheet, qtbot):
    sheet.open_ruling(CloseStreet(order_id=CLOSING.order_id, position=HERE, for_s=3600.0, street=LONG))
    assert LONG in sheet._title.text()
    assert sheet._sheet.width() <= 1242
    assert sheet._title.fontMetrics().horizontalAdvance(sheet._title.text()) < sheet._sheet.width()


def test_making_the_streets_without_it_is_said_and_can_be_left_by_a_key(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    waiting = afternoon.operations.pending
    assert sheet.message.text().startswith("Trying the streets without it")
    assert not sheet.commit.isEnabled()
    press(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    waiting.finish(counted(afternoon))
    assert not sheet.isVisible()
    assert afternoon.operations.named("override") == []


def test_committed_by_keys_as_it_was_shown(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    shown = counted(afternoon)
    afternoon.operations.finish(shown)
    assert "Trying the streets" not in sheet.message.text()
    sheet.impact.reasons.chip(ReasonCode.SAFETY.value).click()
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert afternoon.operations.named("override") == [(shown, ReasonCode.SAFETY, "", OverrideMode.AS_IS)]


def test_street_that_cannot_be_tried_is_closed_without_a_preview_by_keys(sheet, afternoon):
    done = QSignalSpy(sheet.committed)
    sheet.open_ruling(CLOSING)
    afternoon.operations.pending.refuse(NO_COPY)
    assert sheet.message.text() == f"Not counted: {NO_COPY.detail}"
    assert (sheet.another.isVisible(), sheet.another.text()) == (True, "Close without a preview")

    sheet.another.setFocus()
    press(Qt.Key.Key_Return)
    assert afternoon.operations.named("command") == []
    assert sheet.message.text() == "Say why: choose a reason, or write a note."
    sheet.impact.note.setText("Burst pipe")
    sheet.another.setFocus()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    command = ClosePlace(position=HERE, note="Burst pipe", for_s=3600.0, street="Avenida del Mar")
    assert afternoon.operations.named("command") == [(command,)], "once, however often it is asked for"
    assert sheet.message.text() == "Committing…"
    afternoon.operations.finish()
    assert not sheet.isVisible()
    assert done.count() == 1


def test_street_that_could_not_be_closed_says_why_and_stays(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    afternoon.operations.pending.refuse(NO_COPY)
    sheet.impact.reasons.chip(ReasonCode.SAFETY.value).click()
    sheet.another.click()
    assert afternoon.operations.named("command")[0][0].note == "Safety"
    afternoon.operations.refuse("There is no street within reach of that position.")
    assert sheet.isVisible()
    assert sheet.message.text() == "Not done: There is no street within reach of that position."
    assert sheet.another.isVisible()


def test_answer_that_did_not_come_says_what_can_be_done(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    afternoon.operations.pending.refuse(Problem(code="session.timed_out", title="", detail="No answer.", status=503))
    assert sheet.message.text() == "Not counted: No answer. It can be closed without a preview, or try again."
    assert sheet.another.isVisible()


def test_refusal_offers_no_way_round_it(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    afternoon.operations.refuse("The street there is closed already.")
    assert sheet.message.text() == "Not counted: The street there is closed already."
    assert not sheet.another.isVisible()


def test_next_change_forgets_that_the_last_could_not_be_counted(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    afternoon.operations.pending.refuse(NO_COPY)
    press(Qt.Key.Key_Escape)
    sheet.open_for(OrderId("O-48213"), DriverId("D-052"))
    assert not sheet.another.isVisible()
    assert sheet.message.text() == ""


def test_sketch_has_the_sign_where_the_street_is(sheet, afternoon):
    sheet.open_ruling(CLOSING)
    afternoon.operations.finish(counted(afternoon))
    [sign] = [spot for spot in sheet.impact.sketch._spots if spot.is_closed]
    assert (sign.lat, sign.lon, sign.words) == (HERE.lat, HERE.lon, "Avenida del Mar")
    press(Qt.Key.Key_M)
    at = sheet.impact.sketch.point_of(HERE.lat, HERE.lon).toPoint()
    painted = sheet.impact.sketch.grab().toImage()
    scale = painted.devicePixelRatio()
    assert painted.pixelColor(round(at.x() * scale), round(at.y() * scale)).name() == current_tokens().ink1.lower()
