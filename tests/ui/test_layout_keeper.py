"""Where panels and windows stand comes back at the next start, as far as the screens of that day allow."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.layout_file import DeskLayout, WindowPlace, read_layout, write_layout
from ui.layout_keeper import LayoutKeeper
from ui.main_window import MainWindow
from ui.screen_room import is_reachable

LAPTOP = QRect(0, 0, 1366, 768)
SMALL = QRect(0, 0, 400, 300)


def column_of(window: MainWindow, name: str) -> tuple[int, int]:
    panel = window.panels.by_name[name]
    return panel.mapTo(window, panel.rect().topLeft()).x(), panel.width()


def keeper_on(window: MainWindow, path: Path, *screens: QRect) -> LayoutKeeper:
    return LayoutKeeper(window, window._docks, window.panels.tables, path, lambda: list(screens))


def test_a_workspace_is_as_it_was_left(desk_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    at_first = column_of(desk_window, "map")
    QTest.keyClick(desk_window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: column_of(desk_window, "audit")[1] > 800)
    assert desk_window.audit.isVisible()
    desk_window._docks.tab_onto("pressure", "board")
    desk_window._docks.bring_forward("pressure")
    QTest.keyClick(desk_window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: column_of(desk_window, "map") == at_first)
    QTest.keyClick(desk_window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: column_of(desk_window, "pressure")[0] > 400)
    QTest.keyClick(desk_window, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: column_of(desk_window, "pressure")[0] < 100)


def test_closing_keeps_window_workspace_and_columns(
    desk_window: MainWindow, tmp_path: Path, desk_scene: Any, qtbot: QtBot
) -> None:
    desk_window.board.table.setColumnWidth(2, 177)
    desk_window.setGeometry(40, 30, 1700, 900)
    QTest.keyClick(desk_window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    desk_window.close()
    again = MainWindow(desk_scene.context, tmp_path, lambda _: None)
    qtbot.addWidget(again)
    again.place(QSize(1920, 1080))
    again.show()
    assert (again.width(), again.height()) == (1700, 900)
    qtbot.waitUntil(lambda: column_of(again, "audit")[1] > 700)
    assert again.board.table.columnWidth(2) == 177
    again.map.close_map()


def test_a_window_left_on_a_screen_that_is_gone_is_moved_and_told(desk_window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.json"
    write_layout(path, DeskLayout(window=WindowPlace(left=-1900, top=50, width=1800, height=1000)))
    keeper = keeper_on(desk_window, path, LAPTOP)
    told = QSignalSpy(keeper.told)
    keeper.place_window(QSize(1280, 720))
    assert (desk_window.geometry() & LAPTOP).width() >= 200
    assert desk_window.geometry().left() >= 0
    assert "Moved to a screen that is there" in told.at(0)[0]


def test_a_torn_off_panel_comes_back_into_sight(desk_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    desk_window._docks.tear_off("audit")
    (floating,) = desk_window._docks.floating_windows()
    floating.setGeometry(2500, 1600, 500, 400)
    path = tmp_path / "wide.json"
    keeper_on(desk_window, path, QRect(0, 0, 3840, 2160)).keep()
    keeper = keeper_on(desk_window, path, SMALL)
    told = QSignalSpy(keeper.told)
    keeper.open_last(1920)
    (floating,) = desk_window._docks.floating_windows()
    assert is_reachable(floating.geometry(), [SMALL])
    assert told.count() == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"places": 3}', b"\x00\xff", b'{"window": {"left": "x"}}'])
def test_a_corrupt_file_gives_the_default_and_is_told(
    desk_window: MainWindow, tmp_path: Path, content: bytes, qtbot: QtBot
) -> None:
    path = tmp_path / "corrupt.json"
    path.write_bytes(content)
    keeper = keeper_on(desk_window, path, LAPTOP)
    told = QSignalSpy(keeper.told)
    keeper.open_last(1920)
    assert "could not be read" in told.at(0)[0]
    qtbot.waitUntil(lambda: column_of(desk_window, "map")[1] > 800)


def test_docks_that_no_longer_fit_give_the_default(desk_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "other.json"
    keeper_on(desk_window, path, LAPTOP).keep()
    layout, _ = read_layout(path)
    broken = {
        key: msgspec.structs.replace(place, docks=place.docks[: len(place.docks) // 2])
        for key, place in layout.places.items()
    }
    write_layout(path, msgspec.structs.replace(layout, places=broken))
    keeper = keeper_on(desk_window, path, LAPTOP)
    told = QSignalSpy(keeper.told)
    keeper.open_last(1920)
    assert "does not fit" in told.at(0)[0]
    qtbot.waitUntil(lambda: column_of(desk_window, "map")[1] > 800)
    assert all(
        panel.isVisible() for name, panel in desk_window.panels.by_name.items() if name not in ("audit", "forecast")
    )


def test_keeping_what_cannot_be_written_ends_nothing(desk_window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "wall").write_text("")
    keeper_on(desk_window, tmp_path / "wall" / "layout.json", LAPTOP).keep()
    assert QApplication.activeWindow() is desk_window
