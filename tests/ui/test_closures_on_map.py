"""Closed zones and streets on the live map: marked with until when, opened by a click, and gone when their time is."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core import commands
from core.events.closure_events import PlaceClosed, PlaceReopened
from core.events.fleet_events import ZonesDrawn
from core.fleet.closure import Closure, ClosureId
from core.fleet.zone import Zone
from core.vocabulary import Position, ZoneId
from ui.main_window import MainWindow

RING = (Position(-29.9, -71.3), Position(-29.9, -71.2), Position(-29.8, -71.2), Position(-29.9, -71.3))
STREET = Position(-29.905, -71.255)
DAY_S = 86_400.0


def _closed(scene: Any, *, for_s: float = 3600.0, note: str = "Burst pipe", **where: Any) -> Closure:
    """Close a place at noon UTC, 13:00 in Chile."""
    now = scene.context.now()
    closure = Closure(
        closure_id=ClosureId("X-1"), note=note, closed_by="rojas", closed_at=now, until_at=now + for_s, **where
    )
    scene.happened(PlaceClosed(closure=closure))
    return closure


@pytest.fixture
def centro(desk_scene: Any) -> ZoneId:
    zone_id = ZoneId("Z-01")
    desk_scene.happened(ZonesDrawn(zones=(Zone(zone_id=zone_id, name="Centro", ring=RING),)))
    return zone_id


def test_a_closed_zone_is_hatched_and_says_until_when(desk_window: MainWindow, desk_scene: Any, centro: ZoneId) -> None:
    (before,) = desk_window.map.map._state.zones
    closure = _closed(desk_scene, zone_id=centro)
    (zone,) = desk_window.map.map._state.zones
    assert (zone.closed, zone.note) == (True, "closed until 14:00")

    desk_scene.happened(PlaceReopened(closure_id=closure.closure_id, closure=closure))
    assert desk_window.map.map._state.zones == (before,)
    assert not before.closed


def test_what_is_closed_beyond_today_says_the_day(desk_window: MainWindow, desk_scene: Any, centro: ZoneId) -> None:
    _closed(desk_scene, zone_id=centro, for_s=DAY_S)
    (zone,) = desk_window.map.map._state.zones
    assert zone.note.startswith("closed until ")
    assert zone.note.endswith(" 13:00")
    assert zone.note != "closed until 13:00"


def test_a_zone_opens_by_the_clock_alone(desk_window: MainWindow, desk_scene: Any, centro: ZoneId) -> None:
    _closed(desk_scene, zone_id=centro, for_s=60.0)
    desk_scene.wait(61.0)
    desk_window.map._tick.timeout.emit()
    (zone,) = desk_window.map.map._state.zones
    assert not zone.closed


def test_a_closed_street_has_a_sign_with_its_reason(desk_window: MainWindow, desk_scene: Any) -> None:
    _closed(desk_scene, position=STREET, note="Burst pipe at the corner of Balmaceda and Colón")
    (sign,) = desk_window.map.map._state.closures
    assert (sign.lat, sign.lon, sign.title) == (STREET.lat, STREET.lon, "closed until 14:00")
    assert sign.detail == "Burst pipe at the corner of Balmace…"


def test_a_click_on_the_sign_begins_the_line_that_opens_the_street(desk_window: MainWindow, desk_scene: Any) -> None:
    closure = _closed(desk_scene, position=STREET)
    desk_window.map.map.object_clicked.emit("closure", closure.closure_id)
    assert desk_window.command_bar.line.text() == "open here"
    assert desk_scene.service.commands == []

    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)
    assert desk_scene.service.commands == [commands.ReopenPlace(closure_id=closure.closure_id)]


def test_a_sign_whose_street_has_just_been_opened_does_nothing(desk_window: MainWindow, desk_scene: Any) -> None:
    closure = _closed(desk_scene, position=STREET)
    desk_scene.happened(PlaceReopened(closure_id=closure.closure_id, closure=closure))
    desk_window.map.map.object_clicked.emit("closure", closure.closure_id)
    assert desk_window.command_bar.line.text() == ""
