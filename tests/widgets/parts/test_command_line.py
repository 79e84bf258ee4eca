"""The command line's field: completes by Tab, keeps a line that failed, remembers what ran."""

import pytest
from PySide6.QtCore import Qt

from widgets.parts.command_line import CommandLine, Completion


def complete(text):
    if text == "rea":
        return Completion(ghost="ssign", line="reassign ")
    return Completion(ghost="verb", choices=("reassign", "reroute") if text == "re" else ())


@pytest.fixture
def line(qtbot):
    line = CommandLine(complete)
    qtbot.addWidget(line)
    line.show()
    line.setFocus()
    return line


def test_ghost_text_is_asked_for_each_change(line, qtbot):
    assert line.completion.ghost == "verb"
    qtbot.keyClicks(line, "rea")
    assert line.completion.ghost == "ssign"


def test_tab_takes_the_completion(line, qtbot):
    qtbot.keyClicks(line, "rea")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "reassign "
    assert line.hasFocus()


def test_choices_are_told(line, qtbot):
    qtbot.keyClicks(line, "r")
    with qtbot.waitSignal(line.choices_changed) as told:
        qtbot.keyClicks(line, "e")
    assert told.args == [["reassign", "reroute"]]


def test_refused_line_stays_with_the_wrong_word_marked(line, qtbot):
    qtbot.keyClicks(line, "reassign 48213 999")
    with qtbot.waitSignal(line.submitted) as submitted:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    line.refuse_line(15, 3)
    assert submitted.args == ["reassign 48213 999"]
    assert (line.text(), line.selectedText()) == ("reassign 48213 999", "999")


def test_accepted_line_is_cleared_and_remembered(line, qtbot):
    for text in ("ack 1", "undo"):
        line.setText(text)
        line.accept_line()
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert line.text() == "undo"
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert line.text() == "ack 1"
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert line.text() == ""


def test_escape_clears_then_leaves(line, qtbot):
    qtbot.keyClicks(line, "x")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""
    with qtbot.waitSignal(line.left):
        qtbot.keyClick(line, Qt.Key.Key_Escape)
