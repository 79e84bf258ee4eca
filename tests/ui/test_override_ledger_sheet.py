"""How overrides turned out, on the desk: every override with its outcome, counted together by choice."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.dispatch.decision import Outcome, Override, OverrideMode, ReasonCode
from core.events.dispatch_events import AssignmentOverridden
from core.events.order_events import OrderDelivered
from core.vocabulary import DriverId, OrderId, OverrideId
from ui.main_window import MainWindow
from ui.override_ledger_sheet import OverrideLedgerSheet

CAME, SURPRISE = 8, 9


def _override(number: int, order: int, reason: ReasonCode, at: float) -> AssignmentOverridden:
    return AssignmentOverridden(
        override=Override(
            override_id=OverrideId(f"V-{number}"),
            order_id=OrderId(f"O-{order}"),
            driver_id=DriverId("D-117"),
            mode=OverrideMode.AS_IS,
            reason=reason,
            note="Bridge closed" if number == 1 else "",
            recommended_driver_id=DriverId("D-042"),
            expected=Outcome(late_minutes=2.0),
            expected_recommended=Outcome(late_minutes=0.5),
            decided_at=at,
            decided_by="rojas",
        )
    )


@pytest.fixture
def sheet(qtbot: QtBot, desk_scene: Any) -> OverrideLedgerSheet:
    """Two overrides: that of O-48181 was delivered in time, O-48213 is under way."""
    desk_scene.driver("042")
    desk_scene.driver("117", name="Raúl Fuentes")
    for order in (48181, 48213):
        desk_scene.order(order, driver="D-117")
    at = desk_scene.context.now()
    desk_scene.happened(_override(1, 48181, ReasonCode.LOCAL_KNOWLEDGE, at))
    desk_scene.happened(_override(2, 48213, ReasonCode.SAFETY, at + 60.0))
    desk_scene.happened(OrderDelivered(order_id=OrderId("O-48181"), driver_id=DriverId("D-117")))
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    made = OverrideLedgerSheet(over, desk_scene.context)
    over.show()
    made.open_sheet()
    return made


def _row(table: Any, row: int) -> list[str]:
    model = table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_the_newest_stands_first_with_what_came_of_it(sheet: OverrideLedgerSheet) -> None:
    under_way, done = _row(sheet.table, 0), _row(sheet.table, 1)

    assert (under_way[1], under_way[CAME], under_way[SURPRISE]) == ("O-48213", "0 of 1 ended", "–")
    assert (done[1], done[5], done[CAME]) == ("O-48181", "Local knowledge · Bridge closed", "0.0 min")
    assert done[SURPRISE] == "−2.0"


def test_they_are_counted_by_what_is_chosen(sheet: OverrideLedgerSheet) -> None:
    assert {_row(sheet.summary, row)[0] for row in range(2)} == {"Local knowledge", "Safety"}

    QTest.mouseClick(sheet.by.chip("person"), Qt.MouseButton.LeftButton)

    assert _row(sheet.summary, 0)[:4] == ["rojas", "2", "0", "1"]
    assert sheet.summary.model().rowCount() == 1


def test_enter_goes_to_the_order(sheet: OverrideLedgerSheet) -> None:
    chosen = QSignalSpy(sheet.order_chosen)
    sheet.table.selectRow(1)
    QTest.keyClick(sheet.table, Qt.Key.Key_Return)

    assert [chosen.at(at)[0] for at in range(chosen.count())] == ["O-48181"]
    assert not sheet.isVisible()


def test_without_overrides_it_says_so(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)

    assert desk_window.sheets.ledger.empty.isVisible()
    assert not desk_window.sheets.ledger.table.isVisible()
