"""Every command and everything with a name is a few letters and Enter away, without a mouse."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.command_catalogue import CATALOGUE, CommandId, CommandSpec, Where, spec_of
from app.line_reader import Reading
from core import commands
from core.vocabulary import Role
from ui.command_words import command_word
from ui.main_window import MainWindow
from ui.palette import who_may

LINES = (
    *(CommandId.FORBID, CommandId.ALLOW, CommandId.TAKE_OUT, CommandId.BRING_BACK),
    *(CommandId.BREAK, CommandId.CLOSE, CommandId.OPEN, CommandId.CONNECT, CommandId.WHY_NOT),
)
"""Commands that need words beside what is selected."""
MAY = [spec for spec in CATALOGUE if spec.is_for(Role.DISPATCHER)]


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def open_and_type(window: MainWindow, letters: str) -> None:
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.sheets.palette.isVisible()
    QTest.keyClicks(window.sheets.palette.field, letters)


def found(window: MainWindow) -> list[str]:
    return [choice.words for choice in window.sheets.palette.choices.rows]


def test_it_opens_with_every_command_of_the_role_once(desk_window: MainWindow) -> None:
    open_and_type(desk_window, "")
    expected = [
        command_word(spec.id).casefold()
        for spec in CATALOGUE
        if spec.is_for(Role.DISPATCHER) and spec.id is not CommandId.PALETTE
    ]
    assert [words.casefold() for words in found(desk_window)] == expected


@pytest.mark.parametrize("spec", [spec for spec in MAY if spec.id is not CommandId.PALETTE], ids=lambda s: s.id)
def test_every_command_is_reached_by_its_words_and_enter(desk_window: MainWindow, spec: CommandSpec) -> None:
    chosen: list[Reading] = []
    palette = desk_window.sheets.palette
    palette.chosen.disconnect(desk_window.commands.run)
    palette.chosen.connect(chosen.append)
    open_and_type(desk_window, command_word(spec.id))
    press(Qt.Key.Key_Return)
    if spec.id in LINES:
        assert desk_window.command_bar.line.text() == f"{spec.verb} "
        assert desk_window.command_bar.line.hasFocus()
    else:
        assert [reading.command for reading in chosen] == [spec.id]


@pytest.mark.parametrize(
    "spec", [spec for spec in MAY if spec.keys and spec.where is not Where.OWN], ids=lambda s: s.id
)
def test_every_command_with_a_key_is_reached_by_it(desk_window: MainWindow, spec: CommandSpec) -> None:
    ran: list[CommandId] = []
    desk_window.keys._run = ran.append
    for key in spec.keys:
        pressed = QKeySequence.fromString(key)[0]
        press(pressed.key(), pressed.keyboardModifiers())
    assert ran == [spec.id] * len(spec.keys)


@pytest.mark.parametrize(
    ("letters", "line"),
    [("connect", "connect "), ("forbid", "forbid O-48213 "), ("allow", "allow O-48213 "), ("out", "out ")],
)
def test_a_command_that_needs_more_is_finished_on_the_line(desk_window: MainWindow, letters: str, line: str) -> None:
    desk_window.selection.select("order", "O-48213")
    open_and_type(desk_window, letters)
    press(Qt.Key.Key_Return)
    assert desk_window.command_bar.line.text() == line


def test_enter_runs_on_what_is_selected(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.selection.select("order", "O-48213")
    open_and_type(desk_window, "hold")
    press(Qt.Key.Key_Return)
    assert [type(command) for command in desk_scene.service.commands] == [commands.HoldOrder]


@pytest.mark.parametrize(
    ("letters", "words", "kind"),
    [("48181", "O-48181", "order"), ("fuentes", "D-117", "driver"), ("kx-042", "V-042", "vehicle")],
)
def test_things_are_found_by_name_and_selected(desk_window: MainWindow, letters: str, words: str, kind: str) -> None:
    open_and_type(desk_window, letters)
    assert found(desk_window)[0] == words
    press(Qt.Key.Key_Return)
    assert desk_window.selection.current == (kind, words)
    assert not desk_window.sheets.palette.isVisible()


def test_arrows_walk_while_letters_are_typed(desk_window: MainWindow) -> None:
    open_and_type(desk_window, "")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    assert desk_window.sheets.palette.choices.at == 1
    assert desk_window.sheets.palette.field.hasFocus()


def test_nothing_found_is_said_and_does_nothing(desk_window: MainWindow, desk_scene: Any) -> None:
    open_and_type(desk_window, "zzzz")
    press(Qt.Key.Key_Return)
    assert found(desk_window) == ["Nothing is called so"]
    assert desk_window.sheets.palette.isVisible()


def test_esc_gives_the_focus_back(desk_window: MainWindow) -> None:
    open_and_type(desk_window, "ho")
    press(Qt.Key.Key_Escape)
    assert desk_window.exceptions.rows.hasFocus()


def test_who_may_is_said_only_where_not_every_desk_may() -> None:
    assert who_may(spec_of(CommandId.BOARD)) == ""
    assert who_may(spec_of(CommandId.OVERRIDE)) == ""


def test_the_list_of_keys_starts_with_the_focused_panel(desk_window: MainWindow) -> None:
    press(Qt.Key.Key_F1)
    listed = desk_window.sheets.keys.listed()
    assert listed[0] == "J K: next, previous"
    for spec in MAY:
        if spec.keys:
            assert any(line.startswith(f"{' / '.join(spec.keys)}: {command_word(spec.id)}") for line in listed)
    press(Qt.Key.Key_Escape)
    desk_window.map.setFocus()
    press(Qt.Key.Key_F1)
    assert desk_window.sheets.keys.listed()[0] == "+ −: zoom"
