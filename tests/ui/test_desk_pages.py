"""Settings and about: opened by key, worked by key, and what they change holds at once."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.about_sheet import licence_words
from ui.desk_settings import PreferredTransport, SettingsFile
from ui.main_window import MainWindow


def test_settings_open_by_key_and_a_choice_holds(desk_window: MainWindow, tmp_path: Path) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    sheet = desk_window.sheets.settings
    assert sheet.isVisible()
    chip = sheet.chips["transport"].chip("websocket")
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Space)
    assert SettingsFile(tmp_path / "settings.json").current.transport is PreferredTransport.WEBSOCKET
    assert sheet.chips["transport"].chosen() == ["websocket"]


def test_the_remembered_invitation_is_forgotten(desk_window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "invitation").write_text("tower1:secret")
    desk_window.sheets.settings.open_sheet()
    desk_window.sheets.settings.forget.click()
    qtbot.waitUntil(lambda: not (tmp_path / "invitation").exists())


def test_settings_that_could_not_be_read_are_said_on_the_page(desk_window: MainWindow) -> None:
    sheet = desk_window.sheets.settings
    sheet.show_problem("The settings could not be read.")
    sheet.open_sheet()
    assert sheet.problem.isVisible()


def test_about_names_versions_and_the_service_and_copies_them(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    sheet = desk_window.sheets.about
    assert sheet.isVisible()
    sheet.copy.click()
    copied = QGuiApplication.clipboard().text()
    for line in ("Tower: 0.1.0", "City: La Serena–Coquimbo", "Log of the service: L", "Python: 3."):
        assert line in copied
    assert "Chromium: " in copied


def test_licences_name_what_ships_and_what_is_installed() -> None:
    words = licence_words()
    assert "OpenStreetMap contributors" in words
    assert "|" not in words
    assert "pyside6 6." in words.casefold()
    assert ": LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only" in words
