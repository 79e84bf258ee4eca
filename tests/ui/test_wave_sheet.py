"""Waves on the desk: the proposal with its routes and its orders without a place, released, sent back, taken back."""

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.dispatch.wave_commands import RecallWave, ReleaseWave, SendWaveBack
from core.dispatch.waves.rhythm import RhythmId
from core.dispatch.waves.wave import (
    UnitLoad,
    Unserved,
    WaveId,
    WavePlan,
    WaveRoute,
    WaveStop,
    WaveStopKind,
)
from core.events import wave_events as happened
from core.fleet.depot import Depot, DepotId
from core.vocabulary import DriverId, OrderId, Position, VehicleId
from core.wire import Problem
from ui.main_window import MainWindow
from ui.wave_sheet import WaveSheet
from widgets.tables.cell_painting import CELL_INSET
from widgets.theme.fonts import font

DEPOT = DepotId("DP-1")
WAVE = WaveId("W-7")


def _stop(kind: WaveStopKind, order: str | None, at: float) -> WaveStop:
    order_id = None if order is None else OrderId(order)
    return WaveStop(kind=kind, order_id=order_id, arrives_at=at, starts_at=at, departs_at=at + 120)


def _route(scene: Any, driver: str, orders: list[str], leaves_in_s: float = 900.0) -> WaveRoute:
    leaves_at = scene.context.now() + leaves_in_s
    loads = [_stop(WaveStopKind.LOAD, name, leaves_at + 60 * k) for k, name in enumerate(orders)]
    pause = [_stop(WaveStopKind.BREAK, None, leaves_at + 400)]
    doors = [_stop(WaveStopKind.DELIVERY, name, leaves_at + 600 + 300 * k) for k, name in enumerate(orders)]
    return WaveRoute(
        driver_id=DriverId(driver),
        vehicle_id=VehicleId("V-042"),
        depot_id=DEPOT,
        stops=(*loads, *pause, *doors),
        leaves_at=leaves_at,
        returns_at=leaves_at + 5_400,
        distance_m=18_340.0,
        driving_s=2_400.0,
        trips=1,
        loads=(
            UnitLoad(unit="volume_l", peak=38.0, capacity=60.0),
            UnitLoad(unit="pallets", peak=2.0, capacity=3.0),
        ),
    )


def _plan(scene: Any, number: int = 1) -> WavePlan:
    return WavePlan(
        number=number,
        made_at=scene.context.now(),
        routes=(
            _route(scene, "D-042", ["O-48181", "O-48213"]),
            _route(scene, "D-117", ["O-48220"], leaves_in_s=1_500.0),
        ),
        unserved=(
            Unserved(order_id=OrderId("O-48230"), why="window"),
            Unserved(order_id=OrderId("O-48231"), why="capacity", unit="pallets"),
        ),
    )


@pytest.fixture
def waves(desk_scene: Any) -> Any:
    """A wave of five orders with a proposed plan for two drivers."""
    desk_scene.driver("042")
    desk_scene.driver("117", name="Raúl Fuentes")
    names = []
    for number in (48181, 48213, 48220, 48230, 48231):
        names.append(desk_scene.order(number, promised_in_s=1_600.0 if number == 48213 else 7_200.0))
    now = desk_scene.context.now()
    depot = Depot(depot_id=DEPOT, name="Depot North", position=Position(-29.88, -71.24))
    desk_scene.happened(
        happened.DepotSet(depot=depot),
        happened.CapacityUnitsSet(units={"pallets": "pallets"}),
        happened.WaveClosed(
            wave_id=WAVE,
            rhythm_id=RhythmId("R-1"),
            name="Weekdays at noon",
            depot_ids=(DEPOT,),
            closes_at=now,
            starts_at=now + 900,
            order_ids=tuple(names),
        ),
        happened.WaveProposed(wave_id=WAVE, plan=_plan(desk_scene)),
    )
    return desk_scene


@pytest.fixture
def sheet(qtbot: QtBot, waves: Any) -> WaveSheet:
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    made = WaveSheet(over, waves.context)
    over.show()
    made.open_sheet()
    return made


def _rows(table: Any) -> list[list[str]]:
    model = table.model()
    rows, columns = range(model.rowCount()), range(model.columnCount())
    return [[model.index(row, column).data() for column in columns] for row in rows]


def test_a_wave_shows_its_state_countdown_and_figures(sheet: WaveSheet) -> None:
    [row] = _rows(sheet.waves)
    assert row[:3] == ["W-7", "Weekdays at noon", "waits for release"]
    assert row[4:] == ["15:00", "5", "2", "2", "36.7"]
    assert sheet.waves.selected_key() == "W-7"


def test_routes_say_times_loads_by_unit_and_windows_kept(sheet: WaveSheet) -> None:
    first, second = _rows(sheet.routes)
    assert first[1:] == [
        *("Depot North", "13:15", "14:45", "2", "1", "18.3", "1\u00a0h\u00a030", "1 of 2"),
        "38 of 60 l · 2 of 3 pallets",
    ]
    assert second[8] == "1 of 1"


def test_stops_of_the_chosen_route_with_its_break(sheet: WaveSheet) -> None:
    assert [row[0] for row in _rows(sheet.stops)] == ["load", "load", "break", "deliver", "deliver"]
    sheet.routes.selectRow(1)
    assert [row[1] for row in _rows(sheet.stops)] == ["O-48220", "–", "O-48220"]
    assert _rows(sheet.stops)[0][4] == "by 15:00"


def test_orders_without_a_place_say_why(sheet: WaveSheet) -> None:
    assert [(row[0], row[3]) for row in _rows(sheet.left)] == [
        ("O-48230", "Nobody gets there within its window"),
        ("O-48231", "Too large for every vehicle it may go with: pallets"),
    ]


def test_release_asks_for_exactly_the_plan_that_is_shown(sheet: WaveSheet, waves: Any) -> None:
    QTest.mouseClick(sheet.release, Qt.MouseButton.LeftButton)
    assert waves.service.commands == [ReleaseWave(wave_id=WAVE, number=1)]
    assert not sheet.release.isEnabled()

    waves.happened(happened.WaveReleased(wave_id=WAVE, number=1))
    waves.service.answer(waves.store.operation.position)
    waves.context.operations._look()
    sheet._look()
    assert _rows(sheet.waves)[0][2] == "on the road"
    assert not sheet.release.isEnabled()
    assert sheet.recall.isEnabled()


def test_sending_back_needs_a_reason_and_may_leave_the_driver_out(sheet: WaveSheet, waves: Any) -> None:
    QTest.mouseClick(sheet.back, Qt.MouseButton.LeftButton)
    assert (waves.service.commands, sheet.finding.text()) == ([], "Say why first.")

    sheet.note.setText("The second van has no cooling")
    sheet.routes.selectRow(1)
    assert "Fuentes" in sheet.back_without.text()
    QTest.mouseClick(sheet.back_without, Qt.MouseButton.LeftButton)
    assert waves.service.commands == [
        SendWaveBack(wave_id=WAVE, number=1, note="The second van has no cooling", without_drivers=(DriverId("D-117"),))
    ]


def test_release_is_taken_back_with_a_reason(sheet: WaveSheet, waves: Any) -> None:
    waves.happened(happened.WaveReleased(wave_id=WAVE, number=1))
    sheet._look()
    sheet.note.setText("Wrong van")
    QTest.mouseClick(sheet.recall, Qt.MouseButton.LeftButton)
    assert waves.service.commands == [RecallWave(wave_id=WAVE, note="Wrong van")]


def test_refusal_is_said_beside_the_buttons(sheet: WaveSheet, waves: Any) -> None:
    sheet._refused(
        Problem(code="state.changed", title="Changed", status=409, detail="Another plan is proposed. Look again.")
    )
    assert sheet.finding.text() == "Not done: Another plan is proposed. Look again."


def test_new_plan_of_a_running_wave_waits_beside_the_old_one(sheet: WaveSheet, waves: Any) -> None:
    waves.happened(happened.WaveReleased(wave_id=WAVE, number=1))
    waves.happened(happened.WaveProposed(wave_id=WAVE, plan=_plan(waves, number=2)))
    sheet._look()
    assert _rows(sheet.waves)[0][2] == "new plan waits"
    assert sheet.release.isEnabled()


def test_a_wave_without_a_plan_yet_shows_that_it_is_being_planned_and_nothing_else(qtbot: QtBot, waves: Any) -> None:
    now = waves.context.now()
    waves.happened(
        happened.WaveClosed(
            wave_id=WaveId("W-9"),
            rhythm_id=RhythmId("R-1"),
            name="Afternoon",
            depot_ids=(DEPOT,),
            closes_at=now,
            starts_at=now + 900,
            order_ids=(OrderId("O-48240"),),
        )
    )
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    sheet = WaveSheet(over, waves.context)
    over.show()
    sheet.open_sheet()
    sheet.waves.selectRow(0)

    assert sheet._plan_line.text() == "W-9 is being planned. Until its plan is found, its orders wait."
    assert not sheet.routes.isVisible()
    assert not sheet.left.isVisible()
    assert not sheet.on_map.isEnabled()
    sheet.waves.selectRow(1)
    assert sheet.routes.isVisible()
    assert sheet.on_map.isEnabled()


def test_a_plan_that_serves_everybody_shows_no_empty_table(sheet: WaveSheet, waves: Any) -> None:
    assert sheet.left.isVisible()
    plan = replace(_plan(waves, number=2), unserved=(), routes=_plan(waves).routes[:1])
    waves.happened(happened.WaveProposed(wave_id=WAVE, plan=plan))
    sheet._look()
    assert not sheet.left.isVisible()
    assert sheet._left_line.alignment() & Qt.AlignmentFlag.AlignTop
    assert sheet._plan_line.text() == "W-7, plan 2: 2 orders, 1 driver, 18.3\u00a0km"


def test_the_day_and_time_of_a_closing_are_not_cut(sheet: WaveSheet) -> None:
    words = _rows(sheet.waves)[0][3]
    room = sheet.waves.columnWidth(3) - 2 * CELL_INSET
    assert QFontMetricsF(font(12, tabular=True)).horizontalAdvance(words) <= room


def test_enter_on_an_order_goes_to_it(sheet: WaveSheet) -> None:
    chosen = QSignalSpy(sheet.order_chosen)
    sheet.left.selectRow(0)
    QTest.keyClick(sheet.left, Qt.Key.Key_Return)
    assert [chosen.at(at)[0] for at in range(chosen.count())] == ["O-48230"]
    assert not sheet.isVisible()


def test_without_waves_it_says_what_is_to_be_set_up(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_W)
    assert desk_window.sheets.waves.empty.isVisible()
    assert not desk_window.sheets.waves.waves.isVisible()


@pytest.mark.parametrize("is_by_key", [False, True])
def test_the_selected_route_is_shown_on_the_map(
    desk_window: MainWindow, waves: Any, qtbot: QtBot, is_by_key: bool
) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_W)
    sheet = desk_window.sheets.waves
    sheet.routes.selectRow(1)
    if is_by_key:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    else:
        QTest.mouseClick(sheet.on_map, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: not sheet.isVisible())
    assert desk_window.selection.current == ("driver", "D-117")
    assert "waves" in desk_window.map.chips.chosen()
    assert desk_window.map.is_focused


def test_depots_are_reached_from_the_waves_and_by_their_key(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_W)
    desk_window.sheets.waves.empty.pressed.emit()
    assert desk_window.sheets.depots.isVisible()
    desk_window.sheets.depots.close_sheet()

    QTest.keyClick(desk_window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert desk_window.sheets.depots.isVisible()


def test_a_click_on_the_map_comes_back_as_the_depots_place(desk_window: MainWindow) -> None:
    sheet = desk_window.sheets.depots
    sheet.open_sheet()
    sheet.place_wanted.emit()
    desk_window.map.map.edited.emit("place", "", -29.95, -71.33)

    assert sheet.isVisible()
    assert sheet.depot.place.text() == "-29.95000, -71.33000"
