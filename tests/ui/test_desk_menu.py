"""The menu of what is selected: what it offers when, and that it does what keys and lines do."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from core import commands
from core.dispatch.changes import Forbid, TakeOut
from core.events.fleet_events import DriverTakenOut, ZonesDrawn
from core.events.order_events import DriverExcluded, OrderHeld, OrderPinned
from core.fleet.zone import Zone
from core.operations import PreviewOverride
from core.vocabulary import DriverId, OrderId, Position, ZoneId
from ui.main_window import MainWindow

RING = (Position(0.0, 0.0), Position(0.0, 1.0), Position(1.0, 1.0), Position(0.0, 0.0))


def _words(window: MainWindow) -> list[str]:
    return [entry.words for entry in window.menu.entries()]


def _pick(window: MainWindow, over: QWidget, words: str) -> None:
    action = next(one for one in window.menu.menu(over).actions() if one.text().split("\t")[0] == words)
    action.trigger()


def _asked(scene: Any) -> list[object]:
    return list(scene.service.commands)


def test_right_button_on_a_row_opens_what_can_be_done_about_its_order(desk_window: MainWindow) -> None:
    table = desk_window.board.table
    desk_window.board._refresh()
    place = table.visualRect(table.model().index(0, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.RightButton, pos=place)
    asked_for = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, table.viewport().mapToGlobal(place))
    QApplication.sendEvent(table.viewport(), asked_for)

    (menu,) = table.findChildren(QMenu)
    assert menu.isVisible()
    assert menu.actions()[1].text() == desk_window.selection.order_id
    menu.close()


def test_it_offers_what_is_possible_now(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.selection.select("order", "O-48213")
    assert _words(desk_window) == [
        *("O-48213", "Accept", "Override", "Hold 2 min", "Keep a driver from it"),
        *("Why not another driver", "Acknowledge", "How a forecast moved"),
    ]

    desk_scene.happened(
        OrderPinned(order_id=OrderId("O-48181"), driver_id=DriverId("D-117")),
        OrderHeld(order_id=OrderId("O-48181"), until_at=desk_scene.context.now() + 120.0),
    )
    desk_window.selection.select("order", "O-48181")
    words = _words(desk_window)
    assert "Accept" not in words
    assert {"Take out of a shared trip", "Stops in another order", "Let it change hands", "End a hold"} <= set(words)
    assert words[-3:] == ["R. Fuentes, D-117", "Take out of planning", "Plan a break …"]


def test_what_needs_no_words_is_asked_at_once(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.selection.select("order", "O-48181")
    _pick(desk_window, desk_window.board.table, "Keep with its driver")
    assert _asked(desk_scene) == [commands.PinOrder(order_id=OrderId("O-48181"))]

    desk_scene.happened(DriverExcluded(order_id=OrderId("O-48213"), driver_id=DriverId("D-042"), note="Ill"))
    desk_window.selection.select("order", "O-48213")
    _pick(desk_window, desk_window.board.table, "Allow a driver again")
    assert _asked(desk_scene)[-1] == commands.AllowDriver(order_id=OrderId("O-48213"), driver_id=DriverId("D-042"))


@pytest.mark.parametrize(
    ("kind", "name", "words", "line", "command"),
    [
        (
            *("driver", "D-042", "Take out of planning", "out D-042 # "),
            commands.TakeDriverOut(driver_id=DriverId("D-042"), note="Ill"),
        ),
        (
            *("zone", "Z-01", "Close for a while", "close Port Centro 60 # "),
            commands.ClosePlace(zone_id=ZoneId("Z-01"), note="Ill", for_s=3600.0),
        ),
    ],
)
def test_what_needs_a_reason_is_finished_on_the_line(
    desk_window: MainWindow, desk_scene: Any, kind: str, name: str, words: str, line: str, command: object
) -> None:
    desk_scene.happened(ZonesDrawn(zones=(Zone(zone_id=ZoneId("Z-01"), name="Port Centro", ring=RING),)))
    desk_window.selection.select(kind, name)
    _pick(desk_window, desk_window.exceptions.rows, words)
    assert desk_window.command_bar.line.text() == line
    assert _asked(desk_scene) == []

    QTest.keyClicks(desk_window.command_bar.line, "Ill")
    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)
    assert _asked(desk_scene) == [command]


@pytest.mark.parametrize(
    ("kind", "name", "words", "change"),
    [
        ("order", "O-48181", "Keep a driver from it", Forbid(order_id=OrderId("O-48181"), driver_id=DriverId("D-117"))),
        ("driver", "D-117", "Take out of planning", TakeOut(order_id=OrderId("O-48181"), driver_id=DriverId("D-117"))),
    ],
)
def test_what_moves_orders_is_previewed(
    desk_window: MainWindow, desk_scene: Any, kind: str, name: str, words: str, change: object
) -> None:
    desk_window.selection.select(kind, name)
    _pick(desk_window, desk_window.exceptions.rows, words)
    [asked] = [one for _, one, _ in desk_scene.service.asked if isinstance(one, PreviewOverride)]
    assert asked.change == change
    assert desk_window.override_sheet.isVisible()


def test_a_driver_who_is_out_is_brought_back(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_scene.happened(DriverTakenOut(driver_id=DriverId("D-042"), until_at=None, note="Flat tyre"))
    desk_window.selection.select("driver", "D-042")
    _pick(desk_window, desk_window.map, "Bring back into planning")
    assert _asked(desk_scene) == [commands.BringDriverBack(driver_id=DriverId("D-042"))]


def test_a_street_is_closed_by_a_click_on_the_map_and_a_reason(desk_window: MainWindow, desk_scene: Any) -> None:
    _pick(desk_window, desk_window.map, "Close a street for a while …")
    desk_window.map.map.edited.emit("place", "", -29.905, -71.255)
    QTest.keyClicks(desk_window.command_bar.line, "Burst pipe")
    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)
    assert _asked(desk_scene) == [
        commands.ClosePlace(position=Position(-29.905, -71.255), note="Burst pipe", for_s=3600.0)
    ]


def test_the_right_button_on_the_map_closes_the_street_under_it(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.map.map.menu_asked.emit(QPoint(200, 150), (-29.905, -71.255))
    (menu,) = desk_window.map.findChildren(QMenu)
    assert menu.isVisible()
    next(one for one in menu.actions() if one.text() == "Close the street here for a while").trigger()
    menu.close()
    QTest.keyClicks(desk_window.command_bar.line, "Burst pipe")
    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)
    assert _asked(desk_scene) == [
        commands.ClosePlace(position=Position(-29.905, -71.255), note="Burst pipe", for_s=3600.0)
    ]


def test_the_menu_key_opens_the_maps_menu_about_what_is_selected(desk_window: MainWindow) -> None:
    desk_window.selection.select("driver", "D-042")
    QTest.keyClick(desk_window.map.map, Qt.Key.Key_Menu)
    (menu,) = desk_window.map.findChildren(QMenu)
    assert "M. Castillo, D-042" in [one.text() for one in menu.actions()]
    menu.close()


def test_esc_on_the_map_leaves_the_pointing(desk_window: MainWindow, desk_scene: Any) -> None:
    _pick(desk_window, desk_window.map, "Close a street for a while …")
    QTest.keyClick(desk_window.map.map, Qt.Key.Key_Escape)
    desk_window.map.map.edited.emit("place", "", -29.905, -71.255)
    assert desk_window.command_bar.line.text() == ""


def test_the_palette_opens_by_its_button(desk_window: MainWindow) -> None:
    QTest.mouseClick(desk_window.bar.finder, Qt.MouseButton.LeftButton)
    assert desk_window.sheets.palette.isVisible()
