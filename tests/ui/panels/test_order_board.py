"""The order board: one line an order, latest first."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.events.fleet_events import VehicleWentSilent
from core.events.order_events import OrderCancelled
from core.events.tracker_events import VehicleSwitchedOff
from core.vocabulary import VehicleId
from ui.panels.order_board import OrderBoardPanel

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def board(qtbot: QtBot, desk_scene: Any) -> OrderBoardPanel:
    desk_scene.driver("042")
    late, early = desk_scene.order(48213, promised_in_s=1200.0, driver="D-042"), desk_scene.order(48181)
    desk_scene.forecast(late, arrives_in_s=1860.0, late_probability=0.9)
    desk_scene.forecast(early, arrives_in_s=1860.0, late_probability=0.02)
    panel = OrderBoardPanel(desk_scene.context)
    qtbot.addWidget(panel)
    panel.resize(1000, 300)
    panel.show()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    return panel


def _row(board: OrderBoardPanel, row: int) -> list[str]:
    return [str(board.model.index(row, column).data() or "") for column in range(board.model.columnCount())]


def test_latest_first(board: OrderBoardPanel) -> None:
    assert [board.model.key_at(row) for row in range(2)] == ["O-48213", "O-48181"]
    assert board.title_bar.meta.text() == "2 active · latest first"


def test_a_row_says_promise_arrival_band_and_age(board: OrderBoardPanel, desk_scene: Any) -> None:
    desk_scene.wait(3.0)
    assert _row(board, 0)[1:] == [
        "O-48213",
        "Assigned",
        "–",
        "13:20",
        "13:31",
        "13:26–13:36",
        "+11",
        "D-042",
        "–",
        "0:03",
    ]


@pytest.mark.parametrize(("event", "words"), [(VehicleWentSilent, "silent 0:42"), (VehicleSwitchedOff, "off 0:42")])
def test_a_vehicle_that_is_not_heard_says_whether_it_is_silent_or_off(
    board: OrderBoardPanel, desk_scene: Any, event: Any, words: str
) -> None:
    desk_scene.happened(event(vehicle_id=VehicleId("V-042"), last_heard_at=desk_scene.context.now()))
    desk_scene.wait(42.0)
    assert (_row(board, 0)[1], _row(board, 0)[10]) == ("O-48213", words)


def test_selected_order_is_marked(board: OrderBoardPanel, desk_scene: Any) -> None:
    desk_scene.context.selection.select("order", "O-48181")
    assert board.table.selected_key() == "O-48181"


def test_ended_order_leaves_the_board(board: OrderBoardPanel, desk_scene: Any, qtbot: QtBot) -> None:
    desk_scene.happened(OrderCancelled(order_id="O-48181", reason="customer"))
    qtbot.waitUntil(lambda: board.model.rowCount() == 1)
    assert board.model.key_at(0) == "O-48213"


def test_placed_order_comes_onto_the_board(board: OrderBoardPanel, desk_scene: Any, qtbot: QtBot) -> None:
    desk_scene.order(48300)
    qtbot.waitUntil(lambda: board.model.rowCount() == 3)
    assert "no forecast" in _row(board, 2)


def _is_in_view(board: OrderBoardPanel, key: str) -> bool:
    row = board.model.row_of(key)
    assert row is not None
    return board.table.viewport().rect().intersects(board.table.visualRect(board.model.index(row, 0)))


def test_order_selected_elsewhere_stays_in_view_until_a_hand_comes(
    board: OrderBoardPanel, desk_scene: Any, qtbot: QtBot
) -> None:
    for number in range(40):
        desk_scene.forecast(desk_scene.order(50000 + number), arrives_in_s=1800.0 - number, late_probability=0.02)
    qtbot.waitUntil(lambda: board.model.rowCount() == 42)
    desk_scene.context.selection.select("order", "O-50039")
    assert _is_in_view(board, "O-50039")
    desk_scene.forecast("O-50039", arrives_in_s=4000.0, late_probability=0.9)
    qtbot.waitUntil(lambda: board.model.row_of("O-50039") == 0 and _is_in_view(board, "O-50039"))
    qtbot.keyClick(board.table, Qt.Key.Key_End)
    board.table.scrollToBottom()
    desk_scene.forecast("O-50038", arrives_in_s=100.0, late_probability=0.01)
    qtbot.waitUntil(lambda: not board._soon.isActive())
    assert not _is_in_view(board, "O-50039")


def test_no_selection_shows_the_latest(board: OrderBoardPanel, desk_scene: Any, qtbot: QtBot) -> None:
    for number in range(40):
        desk_scene.forecast(desk_scene.order(50000 + number), arrives_in_s=1800.0 - number, late_probability=0.02)
    qtbot.waitUntil(lambda: board.model.rowCount() == 42)
    desk_scene.context.selection.select("order", "O-50039")
    desk_scene.context.selection.clear()
    assert _is_in_view(board, "O-48213")


def test_latest_orders_stay_in_view_where_the_selected_one_leaves_room(
    board: OrderBoardPanel, desk_scene: Any, qtbot: QtBot
) -> None:
    for number in range(40):
        desk_scene.forecast(desk_scene.order(50000 + number), arrives_in_s=1800.0 - number, late_probability=0.02)
    qtbot.waitUntil(lambda: board.model.rowCount() == 42)
    desk_scene.context.selection.select("order", str(board.model.key_at(41)))
    assert not _is_in_view(board, str(board.model.key_at(0)))
    desk_scene.context.selection.select("order", str(board.model.key_at(5)))
    assert _is_in_view(board, str(board.model.key_at(0)))


class _Painted:
    """Which cells a model says need paint."""

    def __init__(self, board: OrderBoardPanel) -> None:
        self.cells = 0
        board.model.dataChanged.connect(self._count)

    def _count(self, first: QModelIndex, last: QModelIndex) -> None:
        self.cells += (last.row() - first.row() + 1) * (last.column() - first.column() + 1)


def test_five_hundred_orders_repaint_only_what_reads_differently(
    board: OrderBoardPanel, desk_scene: Any, qtbot: QtBot
) -> None:
    orders = [desk_scene.order(60_000 + number, promised_in_s=7200.0) for number in range(500)]
    for order_id in orders:
        desk_scene.forecast(order_id, arrives_in_s=3600.0, late_probability=0.02)
    qtbot.waitUntil(lambda: board.model.rowCount() == 502 and not board._soon.isActive())
    painted = _Painted(board)
    for order_id in orders:  # 20 s later: the same minutes
        desk_scene.forecast(order_id, arrives_in_s=3620.0, late_probability=0.02)
    qtbot.waitUntil(lambda: not board._soon.isActive())
    assert painted.cells == 0
    desk_scene.forecast(orders[7], arrives_in_s=3900.0, late_probability=0.02)
    qtbot.waitUntil(lambda: painted.cells > 0)
    assert painted.cells == 3  # arrival, range and minutes against the promise of one row


def _middle(board: Any, key: str) -> QPoint:
    rect: QRect = board.table.visualRect(board.model.index(board.model.row_of(key), 1))
    return rect.center()


def _drag(board: Any, key: str, over: str) -> None:
    viewport, start, end = board.table.viewport(), _middle(board, key), _middle(board, over)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for at in (start, (start + end) / 2, end):
        held = Qt.MouseButton.LeftButton
        move = QMouseEvent(
            QEvent.Type.MouseMove, at.toPointF(), viewport.mapToGlobal(at).toPointF(), held, held, NO_MODIFIER
        )
        QApplication.sendEvent(viewport, move)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def test_an_order_dragged_onto_another_drivers_row_asks_for_the_override(desk_window: Any) -> None:
    board, sheet = desk_window.board, desk_window.sheets.override
    board._refresh()
    _drag(board, "O-48213", "O-48181")

    assert desk_window.selection.order_id == "O-48213"
    assert sheet.isVisible()


def test_an_order_dragged_onto_one_without_a_driver_asks_for_nothing(desk_window: Any) -> None:
    board = desk_window.board
    board._refresh()
    _drag(board, "O-48181", "O-48213")

    assert not desk_window.sheets.override.isVisible()
    assert desk_window.selection.order_id == "O-48181"
