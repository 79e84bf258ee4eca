"""The theme changes while the desk runs: every part repaints in the other tokens, the map too, and it is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.desk_settings import SettingsFile, listen_for
from ui.main_window import MainWindow
from widgets.theme.appearance import apply_theme, current_tokens
from widgets.theme.tokens import DARK, LIGHT, Theme, Tokens


@pytest.fixture
def themed(desk_window: MainWindow, qapp: QApplication) -> Iterator[MainWindow]:
    """The window on a desk that follows its settings."""
    listen_for(desk_window._settings, "theme", lambda theme: apply_theme(qapp, Theme(str(theme))))
    yield desk_window
    apply_theme(qapp, Theme.DARK)


def grounds(image: QImage, tokens: Tokens) -> dict[str, int]:
    """Return how many sampled points have a ground colour of a theme."""
    wanted = {QColor(getattr(tokens, name)).rgb(): name for name in ("bg0", "bg1", "bg2")}
    counts = dict.fromkeys(wanted.values(), 0)
    for x in range(0, image.width(), 7):
        for y in range(0, image.height(), 7):
            name = wanted.get(image.pixel(x, y))
            if name:
                counts[name] += 1
    return counts


def test_ctrl_t_turns_every_panel_and_back(themed: MainWindow, qtbot: QtBot) -> None:
    for tokens, other in ((LIGHT, DARK), (DARK, LIGHT)):
        QTest.keyClick(themed, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert current_tokens() is tokens
        for name, panel in themed.panels.by_name.items():
            if panel.isVisible() and name != "map":
                image = panel.grab().toImage()
                assert sum(grounds(image, tokens).values()) > 100, name
                assert sum(grounds(image, other).values()) == 0, name
        for part in (themed.bar, themed.command_bar):
            assert sum(grounds(part.grab().toImage(), other).values()) == 0


def test_the_map_takes_the_tokens(themed: MainWindow) -> None:
    assert themed.map.map._state.tokens is DARK
    QTest.keyClick(themed, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert themed.map.map._state.tokens is LIGHT


def test_the_sun_in_the_top_bar_does_the_same_and_is_remembered(themed: MainWindow, tmp_path: Path) -> None:
    QTest.mouseClick(themed.bar._theme, Qt.MouseButton.LeftButton)
    assert current_tokens() is LIGHT
    assert themed.bar._theme.toolTip().startswith("Dark theme")
    assert SettingsFile(tmp_path / "settings.json").current.theme is Theme.LIGHT


def test_less_motion_reaches_the_map(themed: MainWindow) -> None:
    themed._settings.change(reduce_motion=True)
    assert themed.map.map._state.still
