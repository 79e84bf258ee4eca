"""The command line finds streets and places: one is shown, several are chosen from in the palette, none is refused."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core import operations as asked
from core.places import FoundPlace, PlaceKind
from core.refusals import Fault
from core.vocabulary import Position
from ui.main_window import MainWindow

PATIENCE_MS = 10_000


def street(name: str, detail: str = "Centro") -> FoundPlace:
    at = Position(-29.9, -71.25)
    return FoundPlace(kind=PlaceKind.STREET, name=name, detail=detail, position=at, bbox=(-71.3, -30.0, -71.2, -29.8))


def type_line(window: MainWindow, line: str) -> None:
    window.command_bar.line.setFocus()
    QTest.keyClicks(window.command_bar.line, line)
    QTest.keyClick(window.command_bar.line, Qt.Key.Key_Return)


def question(scene: Any) -> str:
    operation, argument, _ = scene.service.asked[-1]
    assert operation == asked.PLACES_SEARCH
    return str(argument.query)


def answer(scene: Any, *places: FoundPlace) -> None:
    scene.service.asked[-1][2].set_result(msgspec.msgpack.encode(asked.PlacesFound(places=places)))


@pytest.mark.parametrize("line", ["calle prat", "find calle prat", "show calle prat"])
def test_the_one_street_is_shown_on_the_map(desk_window: MainWindow, desk_scene: Any, qtbot: QtBot, line: str) -> None:
    type_line(desk_window, line)
    assert question(desk_scene) == "calle prat"
    with qtbot.waitSignal(desk_window.command_bar.place_found, timeout=PATIENCE_MS):
        answer(desk_scene, street("Calle Prat"))
    assert desk_window.command_bar.line.text() == ""
    assert desk_window.command_bar.said_words == "Shown: Calle Prat · Centro"
    assert desk_window.map.is_focused


def test_several_are_chosen_from_in_the_palette(desk_window: MainWindow, desk_scene: Any, qtbot: QtBot) -> None:
    type_line(desk_window, "prat")
    with qtbot.waitSignal(desk_window.command_bar.places_wanted, timeout=PATIENCE_MS):
        answer(desk_scene, street("Calle Prat"), street("Calle Prat", "Coquimbo"))
    assert desk_window.sheets.palette.isVisible()
    assert desk_window.sheets.palette.field.text() == "prat"


def test_nothing_of_that_name_leaves_the_line_with_its_refusal(
    desk_window: MainWindow, desk_scene: Any, qtbot: QtBot
) -> None:
    type_line(desk_window, "nowhere")
    with qtbot.waitSignal(desk_window.command_bar.places.nothing, timeout=PATIENCE_MS):
        answer(desk_scene)
    assert desk_window.command_bar.said_words == "“nowhere” is no command and no id."
    assert desk_window.command_bar.line.text() == "nowhere"


def test_service_that_cannot_search_leaves_the_refusal(desk_window: MainWindow, desk_scene: Any, qtbot: QtBot) -> None:
    type_line(desk_window, "prat")
    with qtbot.waitSignal(desk_window.command_bar.places.nothing, timeout=PATIENCE_MS):
        desk_scene.service.asked[-1][2].set_exception(Fault("places.unavailable", "No index."))
    assert desk_window.command_bar.said_words == "“prat” is no command and no id."


def test_a_wrong_order_of_a_command_is_no_street(desk_window: MainWindow, desk_scene: Any) -> None:
    before = len(desk_scene.service.asked)
    type_line(desk_window, "hold 99999")
    assert len(desk_scene.service.asked) == before
    assert desk_window.command_bar.said_words == "There is no order 99999."
