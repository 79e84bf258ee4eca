"""Why not a certain driver, asked from the desk: the answer, what would help, and the way to the override."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.dispatch.decision import Alternative, Breach, Statement
from core.dispatch.why_not import WhyNot
from core.operations import WHY_NOT, AskWhyNot
from core.refusals import Refusal
from core.vocabulary import DriverId, OrderId
from ui.main_window import MainWindow
from ui.why_not_sheet import WhyNotSheet

ORDER, DRIVER = OrderId("O-48213"), DriverId("D-117")


@pytest.fixture
def sheet(qtbot: QtBot, desk_scene: Any) -> WhyNotSheet:
    """The sheet, that has asked about D-117 for O-48213."""
    desk_scene.driver("042")
    desk_scene.driver("117", name="Raúl Fuentes")
    desk_scene.order(48213)
    over = QWidget()
    over.resize(1280, 800)
    qtbot.addWidget(over)
    made = WhyNotSheet(over, desk_scene.context)
    over.show()
    made.open_for(ORDER, DRIVER)
    return made


def _answer(scene: Any, sheet: WhyNotSheet, qtbot: QtBot, answer: WhyNot | Refusal) -> None:
    asked = [(argument, waiting) for operation, argument, waiting in scene.service.asked if operation == WHY_NOT]
    ((argument, waiting),) = asked
    assert argument == AskWhyNot(order_id=ORDER, driver_id=DRIVER)
    if isinstance(answer, Refusal):
        waiting.set_exception(answer)
    else:
        waiting.set_result(msgspec.msgpack.encode(answer))
    qtbot.waitUntil(lambda: sheet.finding.text() != "Asking …")


def test_the_limit_that_binds_is_named_with_what_would_lift_it(
    sheet: WhyNotSheet, desk_scene: Any, qtbot: QtBot
) -> None:
    binds = Statement(code="breach.capacity_volume", arguments={"free": 30.0, "needed": 40.0})
    breach = Breach(constraint="capacity_volume", statement=binds)
    answer = WhyNot(
        order_id=ORDER,
        driver_id=DRIVER,
        made_at=desk_scene.context.now(),
        why=(binds,),
        change=Statement(code="change.room_volume", arguments={"driver_id": "D-117", "more": 10.0}),
        also=(Statement(code="also.break_over", arguments={"driver_id": "D-117"}),),
        best_driver_id=DriverId("D-042"),
        alternative=Alternative(driver_id=DRIVER, rank=0, breaches=(breach,)),
    )
    _answer(desk_scene, sheet, qtbot, answer)

    assert sheet.finding.text() == "Cannot take it now"
    assert sheet.reasons[0].text() == "· 30 l free, the order needs 40 l"
    assert sheet.change.text() == "R. Fuentes could take it with 10 l more room, and also after the break"
    assert not sheet.enter.isEnabled()


def test_a_driver_who_could_is_given_it_by_the_override(sheet: WhyNotSheet, desk_scene: Any, qtbot: QtBot) -> None:
    answer = WhyNot(
        order_id=ORDER,
        driver_id=DRIVER,
        made_at=desk_scene.context.now(),
        why=(Statement(code="against.later", arguments={"minutes": 5.0}),),
        best_driver_id=DriverId("D-042"),
        alternative=Alternative(driver_id=DRIVER, rank=2, total_minutes=12.5, total_money=1430),
    )
    _answer(desk_scene, sheet, qtbot, answer)
    assert sheet.finding.text() == "Could take it; M. Castillo, D-042 is better"
    assert "+12.5 min" in sheet.reasons[1].text()

    wanted = QSignalSpy(sheet.override_wanted)
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
    assert wanted.at(0) == ["O-48213", "D-117"]
    assert not sheet.isVisible()


def test_a_refusal_is_said(sheet: WhyNotSheet, desk_scene: Any, qtbot: QtBot) -> None:
    _answer(desk_scene, sheet, qtbot, Refusal("why_not.decided", "It is under way.", status=409))

    assert sheet.finding.text() == "No answer: It is under way."


def test_the_key_begins_the_line_and_the_driver_opens_the_sheet(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.selection.select("order", "O-48213")
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_Y)
    assert desk_window.command_bar.line.text() == "why O-48213 "
    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)
    assert not desk_window.sheets.why_not.isVisible(), "a driver is to be named"

    desk_window.command_bar.start_line("why O-48213 117")
    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)
    assert desk_window.sheets.why_not.isVisible()
    assert AskWhyNot(order_id=ORDER, driver_id=DRIVER) in [argument for _, argument, _ in desk_scene.service.asked]
