"""Streets and places of the city stand below everything else in the palette, and Enter shows them on the map."""

import json
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core import operations as asked
from core.places import FoundPlace, PlaceKind
from core.vocabulary import Position
from ui.main_window import MainWindow

PATIENCE_MS = 10_000
STREET = FoundPlace(
    kind=PlaceKind.STREET,
    name="Calle Fuentes",
    detail="Centro",
    position=Position(-29.9, -71.25),
    bbox=(-71.26, -29.91, -71.24, -29.89),
)


def search(window: MainWindow, scene: Any, qtbot: QtBot, letters: str) -> None:
    """Type into the palette, and answer what the service is asked."""
    window.sheets.palette.open_palette()
    QTest.keyClicks(window.sheets.palette.field, letters)
    kept = scene.service.asked
    qtbot.waitUntil(lambda: bool(kept) and kept[-1][0] == asked.PLACES_SEARCH, timeout=PATIENCE_MS)
    assert kept[-1][1].query == letters
    with qtbot.waitSignal(window.sheets.palette.finder.found, timeout=PATIENCE_MS):
        kept[-1][2].set_result(msgspec.msgpack.encode(asked.PlacesFound(places=(STREET,))))


def test_street_is_offered_below_the_driver_and_the_row_in_hand_stays(
    desk_window: MainWindow, desk_scene: Any, qtbot: QtBot
) -> None:
    search(desk_window, desk_scene, qtbot, "fuentes")
    rows = desk_window.sheets.palette.choices.rows
    assert [(row.words, row.aside) for row in rows][-1] == ("Calle Fuentes", "street")
    assert rows[0].words == "D-117"
    assert desk_window.sheets.palette.choices.at == 0


def test_chosen_street_is_shown_on_the_map(desk_window: MainWindow, desk_scene: Any, qtbot: QtBot) -> None:
    moved: list[str] = []
    desk_window.map.map._bridge.view_asked.connect(moved.append)
    search(desk_window, desk_scene, qtbot, "calle fue")
    assert [row.words for row in desk_window.sheets.palette.choices.rows] == ["Calle Fuentes"]
    QTest.keyClick(desk_window.sheets.palette.field, Qt.Key.Key_Return)
    assert not desk_window.sheets.palette.isVisible()
    assert [json.loads(move)["do"] for move in moved] == ["to"]
