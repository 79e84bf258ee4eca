"""Sources with their age and effect: the degraded first, silent apart from off, doors by when they were heard."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.connection import Phase
from core.events.fleet_events import SourceDegraded, VehicleWentSilent
from core.events.tracker_events import VehicleSwitchedOff
from core.operations import DoorHeard, DoorsHeard
from core.vocabulary import VehicleId
from ui.main_window import MainWindow
from ui.source_rows import SourceRow, source_rows
from ui.sources_sheet import SourcesSheet


def _rows(desk_scene: Any, *doors: DoorHeard) -> dict[str, SourceRow]:
    return {row.key: row for row in source_rows(desk_scene.context, doors)}


@pytest.fixture
def fleet(desk_scene: Any) -> Any:
    """Three on shift: D-042 is heard, D-117 is silent with an order in hand, D-118 said that it is off."""
    for number in ("042", "117", "118"):
        desk_scene.driver(number)
    desk_scene.order(48181, driver="D-117")
    now = desk_scene.context.now()
    desk_scene.happened(
        VehicleWentSilent(vehicle_id=VehicleId("V-117"), last_heard_at=now),
        VehicleSwitchedOff(vehicle_id=VehicleId("V-118"), last_heard_at=now),
    )
    return desk_scene


def test_all_is_well_with_nobody_on_shift(desk_scene: Any) -> None:
    rows = _rows(desk_scene)
    assert {row.priority for row in rows.values()} == {0}
    assert (rows["feed"].state, rows["positions"].state) == ("live", "nobody on shift")
    assert (rows["streets"].state, rows["arrival model"].state) == ("works", "works")


def test_silent_is_not_off(fleet: Any) -> None:
    rows = _rows(fleet)
    silent, off = rows["driver/D-117"], rows["driver/D-118"]
    assert (silent.state, silent.priority) == ("silent", 3)
    assert (off.state, off.priority) == ("off, said by the device", 4)
    assert silent.effect == "Shown where last seen. 1 order without a fresh forecast."
    assert off.effect == "Shown where it was switched off."
    assert "driver/D-042" not in rows


def test_positions_say_how_many_are_heard(fleet: Any) -> None:
    positions = _rows(fleet)["positions"]
    assert (positions.state, positions.effect) == ("1 of 3 heard", "2 drivers are shown where last seen.")


def test_a_door_that_fell_silent_tells_its_age(desk_scene: Any) -> None:
    now = desk_scene.context.now()
    doors = [DoorHeard(door="mqtt", heard_at=now - 240.0), DoorHeard(door="teltonika", heard_at=now - 1.0)]
    rows = _rows(desk_scene, *doors)
    mqtt, teltonika = rows["door/mqtt"], rows["door/teltonika"]
    assert (mqtt.name, mqtt.state, mqtt.age_s, mqtt.priority) == ("Positions from MQTT", "silent", 240.0, 3)
    assert (teltonika.state, teltonika.priority, teltonika.effect) == ("heard", 0, "")


def test_a_source_of_the_log_tells_its_effect_and_since_when(desk_scene: Any) -> None:
    desk_scene.happened(SourceDegraded(source="streets", effect="Arrivals are less sure."))
    desk_scene.wait(90.0)
    row = _rows(desk_scene)["streets"]
    assert (row.name, row.state, row.effect) == ("Street engine", "does not answer", "Arrivals are less sure.")
    assert row.age_s == pytest.approx(90.0)


def test_a_kitchen_past_its_time_is_named(desk_scene: Any) -> None:
    desk_scene.order(48181)  # ready now, says the kitchen
    assert _rows(desk_scene)["kitchens"].priority == 0
    desk_scene.wait(180.0)
    row = _rows(desk_scene)["kitchens"]
    assert (row.priority, row.age_s) == (4, pytest.approx(180.0))
    assert row.effect == "1 order is past its ready time; its arrival waits for it."


def test_a_lost_feed_stands_above_all(fleet: Any) -> None:
    fleet.connection(Phase.LOST)
    rows = source_rows(fleet.context)
    assert (rows[0].key, rows[0].priority) == ("feed", 1)
    assert [row.priority or 5 for row in rows] == sorted(row.priority or 5 for row in rows)


@pytest.fixture
def sheet(qtbot: QtBot, fleet: Any) -> SourcesSheet:
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    made = SourcesSheet(over, fleet.context)
    over.show()
    made.open_sheet()
    return made


def _names(sheet: SourcesSheet) -> list[str]:
    model = sheet.table.model()
    return [str(model.index(row, 1).data()) for row in range(model.rowCount())]


def test_doors_are_asked_for_and_listed(sheet: SourcesSheet, qtbot: QtBot, fleet: Any) -> None:
    assert "Positions from MQTT" not in _names(sheet)
    doors = DoorsHeard(doors=(DoorHeard(door="mqtt", heard_at=fleet.context.now()),))
    fleet.service.asked[-1][2].set_result(msgspec.msgpack.encode(doors))

    qtbot.waitUntil(lambda: "Positions from MQTT" in _names(sheet))


def test_enter_goes_to_the_driver(sheet: SourcesSheet) -> None:
    chosen = QSignalSpy(sheet.driver_chosen)
    sheet.table.selectRow(_names(sheet).index("Positions of M. Castillo, D-117"))
    QTest.keyClick(sheet.table, Qt.Key.Key_Return)

    assert [chosen.at(at)[0] for at in range(chosen.count())] == ["D-117"]
    assert not sheet.isVisible()


def test_the_banner_leads_there(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_scene.happened(SourceDegraded(source="streets", effect="Arrivals are less sure."))
    desk_window.banner.look()
    assert desk_window.banner.accessibleName().startswith("Street engine does not answer")

    desk_window.banner.pressed.emit()

    assert desk_window.sheets.sources.isVisible()


def test_a_key_opens_it(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_D)

    assert desk_window.sheets.sources.isVisible()
