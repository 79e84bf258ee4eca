"""Depots, closing times and units arranged on the desk by an administrator, and read by everybody else."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.dispatch.wave_commands import RetireDepot, SetCapacityUnits, SetDepot, SetWaveRhythm, WithdrawWaveRhythm
from core.dispatch.waves.rhythm import BreakRule, RhythmId, WaveRhythm
from core.events import wave_events as happened
from core.events.fleet_events import ZonesDrawn
from core.fleet.depot import CrewMember, Depot, DepotId
from core.fleet.zone import Zone
from core.geofencing.active_hours import Weekday
from core.operations import PlacesFound
from core.places import FoundPlace, PlaceKind
from core.vocabulary import DriverId, Position, Role, VehicleId, ZoneId
from core.wire import Problem
from ui.depots.depots_sheet import DepotsSheet
from ui.desk_context import Person
from widgets.theme.appearance import apply_theme, current_tokens
from widgets.theme.tokens import Theme

NORTH = Depot(
    depot_id=DepotId("DP-1"),
    name="Depot North",
    position=Position(-29.88, -71.24),
    opens_min=360,
    closes_min=1200,
    crew=(CrewMember(driver_id=DriverId("D-042"), vehicle_id=VehicleId("V-042"), from_min=480, until_min=960),),
)
NOONS = WaveRhythm(
    rhythm_id=RhythmId("WR-1"), name="Noons", depot_ids=(DepotId("DP-1"),), closes_min=(720,), lead_s=600.0
)
CENTRO = Zone(zone_id=ZoneId("Z-01"), name="Centro", ring=(Position(0, 0), Position(0, 1), Position(1, 1)))


@pytest.fixture
def sheet(qtbot: QtBot, desk_scene: Any) -> DepotsSheet:
    """One depot with one rhythm, before an administrator."""
    desk_scene.happened(
        ZonesDrawn(zones=(CENTRO,)), happened.DepotSet(depot=NORTH), happened.WaveRhythmSet(rhythm=NOONS)
    )
    return _opened(qtbot, desk_scene, Role.ADMINISTRATOR)


def _opened(qtbot: QtBot, scene: Any, role: Role) -> DepotsSheet:
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    made = DepotsSheet(over, replace(scene.context, person=Person("Ana Díaz", role)))
    over.show()
    made.open_sheet()
    return made


def _rows(sheet: DepotsSheet) -> list[list[str]]:
    model = sheet.listed.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def _write(field: Any, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)


def _kind(sheet: DepotsSheet, kind: str) -> None:
    QTest.mouseClick(sheet.kinds.chip(kind), Qt.MouseButton.LeftButton)


def test_a_depot_is_shown_as_it_stands_and_saved_as_it_is_changed(
    sheet: DepotsSheet, desk_scene: Any, qtbot: QtBot
) -> None:
    assert _rows(sheet) == [["DP-1", "Depot North", "06:00-20:00"]]
    assert sheet.depot.crew.toPlainText() == "D-042 V-042 08:00-16:00"
    _write(sheet.depot.hours, "05:30-20:00")
    _write(sheet.depot.loading, "1.5")
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)

    changed = msgspec.structs.replace(NORTH, opens_min=330, loading_s=90.0)
    assert desk_scene.service.commands == [SetDepot(depot=changed)]
    desk_scene.happened(happened.DepotSet(depot=changed))
    desk_scene.service.answer(desk_scene.store.operation.position)
    qtbot.waitUntil(lambda: sheet.finding.text() == "Saved.")
    assert _rows(sheet)[0][2] == "05:30-20:00"


def test_a_new_depot_has_the_next_id_and_the_place_of_an_address(
    sheet: DepotsSheet, desk_scene: Any, qtbot: QtBot
) -> None:
    QTest.mouseClick(sheet.another, Qt.MouseButton.LeftButton)
    QTest.keyClicks(sheet.depot.name, "Depot South")
    QTest.keyClicks(sheet.depot.place, "Ruta 5")
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
    assert "Where is it?" in sheet.finding.text()
    assert not desk_scene.service.commands

    QTest.keyClick(sheet.depot.place, Qt.Key.Key_Return)
    here = FoundPlace(
        name="Ruta 5", kind=PlaceKind.STREET, position=Position(-30.01, -71.3), bbox=(0, 0, 0, 0), detail="Coquimbo"
    )
    desk_scene.service.asked[-1][2].set_result(msgspec.msgpack.encode(PlacesFound(places=(here,))))
    qtbot.waitUntil(lambda: bool(sheet.depot.address.text()))
    assert (sheet.depot.place.text(), sheet.depot.address.text()) == ("-30.01000, -71.30000", "Ruta 5 · Coquimbo")
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)

    south = Depot(
        depot_id=DepotId("DP-2"), name="Depot South", position=Position(-30.01, -71.3), address="Ruta 5 · Coquimbo"
    )
    assert desk_scene.service.commands == [SetDepot(depot=south)]


def test_a_place_is_pointed_at_on_the_map_and_the_rest_stays_written(sheet: DepotsSheet) -> None:
    wanted = QSignalSpy(sheet.place_wanted)
    _write(sheet.depot.name, "Depot Port")
    QTest.mouseClick(sheet.depot.on_map, Qt.MouseButton.LeftButton)
    assert (wanted.count(), sheet.isVisible()) == (1, False)

    sheet.come_back(Position(-29.95, -71.33))

    assert sheet.isVisible()
    assert (sheet.depot.name.text(), sheet.depot.place.text()) == ("Depot Port", "-29.95000, -71.33000")


def test_closing_times_are_written_and_withdrawn(sheet: DepotsSheet, desk_scene: Any, qtbot: QtBot) -> None:
    _kind(sheet, "rhythms")
    assert _rows(sheet) == [["WR-1", "Noons", "12:00"]]
    _write(sheet.rhythm.closings, "12:30, 08:00")
    _write(sheet.rhythm.depots, "depot north")
    _write(sheet.rhythm.zones, "centro")
    _write(sheet.rhythm.breaks, "12:00-14:00 30 min")
    QTest.mouseClick(sheet.rhythm.weekdays.chip("sunday"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)

    changed = msgspec.structs.replace(
        NOONS,
        closes_min=(480, 750),
        zone_ids=(ZoneId("Z-01"),),
        breaks=(BreakRule(from_min=720, until_min=840, length_s=1800.0),),
        weekdays=tuple(Weekday)[:6],
    )
    assert desk_scene.service.commands == [SetWaveRhythm(rhythm=changed)]
    desk_scene.service.answer(desk_scene.store.operation.position)
    qtbot.waitUntil(sheet.retire.isEnabled)
    QTest.mouseClick(sheet.retire, Qt.MouseButton.LeftButton)
    assert desk_scene.service.commands[-1] == WithdrawWaveRhythm(rhythm_id=RhythmId("WR-1"))


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [("depots", "Depot West", "There is no depot"), ("zones", "Atlantis", "no zone"), ("closings", "noon", "noon")],
)
def test_what_is_not_understood_is_said_and_not_asked_for(
    sheet: DepotsSheet, desk_scene: Any, field: str, text: str, said: str
) -> None:
    _kind(sheet, "rhythms")
    _write(getattr(sheet.rhythm, field), text)
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)

    assert said in sheet.finding.text()
    assert not desk_scene.service.commands


def test_units_are_saved_all_together(sheet: DepotsSheet, desk_scene: Any) -> None:
    _kind(sheet, "units")
    QTest.keyClicks(sheet.units, "pallets: Pallets")
    QTest.keyClick(sheet.units, Qt.Key.Key_Return)
    QTest.keyClicks(sheet.units, "cool_boxes: Cool boxes")
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)

    units = {"pallets": "Pallets", "cool_boxes": "Cool boxes"}
    assert desk_scene.service.commands == [SetCapacityUnits(units=units)]


def test_a_refusal_is_said_and_what_is_written_stays(sheet: DepotsSheet, desk_scene: Any) -> None:
    QTest.mouseClick(sheet.retire, Qt.MouseButton.LeftButton)
    assert desk_scene.service.commands == [RetireDepot(depot_id=DepotId("DP-1"))]
    sheet._refused(Problem(code="depot.in_use", title="", detail="Orders still rest on this depot.", status=409))

    assert sheet.finding.text() == "Not done: Orders still rest on this depot."
    assert sheet.depot.name.text() == "Depot North"


@pytest.mark.parametrize("theme", list(Theme))
def test_a_dispatcher_reads_legibly_and_changes_nothing(
    qapp: QApplication, qtbot: QtBot, desk_scene: Any, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    desk_scene.happened(happened.DepotSet(depot=NORTH), happened.WaveRhythmSet(rhythm=NOONS))
    sheet = _opened(qtbot, desk_scene, Role.DISPATCHER)
    form = sheet.depot
    assert (form.name.text(), form.hours.text()) == ("Depot North", "06:00-20:00")
    assert sheet.finding.text() == "Only administrators change these."
    assert not (sheet.enter.isVisible() or form.on_map.isVisible())

    tokens = current_tokens()
    for field in form.findChildren(QLineEdit):
        written, empty = field.palette().text().color(), field.palette().placeholderText().color()
        assert (field.isEnabled(), field.isReadOnly()) == (True, True)
        assert (written.name(), empty.name(), empty.alpha()) == (tokens.ink1.lower(), tokens.ink2.lower(), 255)
    QTest.keyClicks(form.crew, "D-9 V-9 08:00-16:00")
    assert form.crew.toPlainText() == "D-042 V-042 08:00-16:00"

    _kind(sheet, "rhythms")
    days = sheet.rhythm.weekdays
    QTest.mouseClick(sheet.rhythm, Qt.MouseButton.LeftButton, pos=days.geometry().topLeft() + days.chip("monday").pos())
    assert "monday" in days.chosen()
    assert sheet.rhythm.zones.placeholderText() == "everywhere"
