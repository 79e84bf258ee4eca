"""A window is made step by step: the event loop runs between, and it can be given up on the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow
from ui.window_opening import WindowOpening


class FailingWindow(MainWindow):
    """Fails at its second step."""

    def build(self) -> Iterator[None]:
        yield
        raise ValueError("no such panel")


@pytest.fixture
def window(desk_scene: Any, tmp_path: Path) -> MainWindow:
    return MainWindow(desk_scene.context, tmp_path, lambda _: None, in_steps=True)


def test_the_event_loop_runs_between_the_steps(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.addWidget(window)
    owner, seen = QObject(), []
    opening = WindowOpening(window, owner)
    look = QTimer(owner, interval=0)
    look.timeout.connect(lambda: seen.append(len(window.panels.by_name)))
    look.start()
    with qtbot.waitSignal(opening.built, timeout=30_000) as built:
        pass
    look.stop()
    assert built.args == [window]
    assert set(seen) >= {0, 1, 2, 3, 4, 5, 6, 7}
    assert window.map.isAncestorOf(window.map.map) and window.sheets.palette.isHidden()
    window.map.close_map()


def test_an_opening_that_is_given_up_makes_nothing_more(window: MainWindow, qtbot: QtBot) -> None:
    owner = QObject()
    opening = WindowOpening(window, owner)
    qtbot.waitUntil(lambda: "map" in window.panels.by_name, timeout=30_000)
    panels = window.panels.by_name
    made = list(panels)
    opening.give_up()
    qtbot.waitUntil(lambda: not shiboken6.isValid(window))
    assert list(panels) == made


def test_a_step_that_fails_ends_the_opening_and_is_not_swallowed(desk_scene: Any, tmp_path: Path, qtbot: QtBot) -> None:
    window, owner = FailingWindow(desk_scene.context, tmp_path, lambda _: None, in_steps=True), QObject()
    with qtbot.captureExceptions() as failures:
        opening = WindowOpening(window, owner)
        with qtbot.waitSignal(opening.failed, timeout=30_000):
            pass
        qtbot.waitUntil(lambda: bool(failures))
    opening.give_up()
    assert str(failures[0][1]) == "no such panel"
