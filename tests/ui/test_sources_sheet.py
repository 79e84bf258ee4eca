"""Sources with their age and effect: the degraded first, silent apart from off, doors by when they were heard."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.connection import Phase
from app.feed_reader import Beat
from core import wire
from core.events.fleet_events import SourceDegraded, VehicleWentSilent
from core.events.tracker_events import VehicleSwitchedOff
from core.fleet.depot import DepotId
from core.operations import DoorHeard, DoorsHeard
from core.telemetry.plausibility import Reason
from core.vocabulary import VehicleId
from ui.main_window import MainWindow
from ui.rejection_words import rejection_effect, rejection_name
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


def test_goods_of_a_depot_are_no_kitchens_delay(desk_scene: Any) -> None:
    order_id = desk_scene.order(48181)
    orders = desk_scene.store.operation.orders.orders
    orders[order_id] = replace(orders[order_id], depot_id=DepotId("DP-1"))
    desk_scene.wait(600.0)
    assert _rows(desk_scene)["kitchens"].priority == 0


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


def _counted(desk_scene: Any, rejected: dict[str, int], ago_s: dict[str, float]) -> None:
    """Let the service tell, by a heartbeat, what it turned away and how long ago it did so last."""
    now = desk_scene.context.now()
    counters = wire.Counters(
        fixes_rejected=rejected, fixes_rejected_at={name: now - age for name, age in ago_s.items()}
    )
    heartbeat = wire.Heartbeat(position=0, server_now_at=now, wall_at=desk_scene.wall.now(), counters=counters)
    desk_scene.inbox.put(Beat(heartbeat, desk_scene.wall.now(), None))
    desk_scene.store.drain()


def test_each_reason_for_which_positions_were_turned_away_is_a_row(desk_scene: Any) -> None:
    _counted(desk_scene, {"unknown_device": 1_200, "duplicate": 1}, {"unknown_device": 30.0, "duplicate": 5.0})
    rows = _rows(desk_scene)
    stranger, doubled = rows["rejected/unknown_device"], rows["rejected/duplicate"]
    assert (stranger.name, stranger.state) == ("Turned away: device not known", "1,200 positions")
    assert (stranger.age_s, stranger.priority) == (pytest.approx(30.0), 4)
    assert stranger.effect == "Register the device, or stop who sends."
    assert (doubled.state, doubled.priority) == ("1 position", 0), "devices send again what was not acknowledged"


def test_what_was_turned_away_long_ago_stays_listed_and_asks_for_nobody(desk_scene: Any) -> None:
    _counted(desk_scene, {"malformed": 3}, {"malformed": 601.0})
    assert _rows(desk_scene)["rejected/malformed"].priority == 0


def test_every_reason_has_words_for_what_it_is_and_what_it_means(desk_scene: Any) -> None:
    names = {rejection_name(reason) for reason in Reason}
    assert len(names) == len(Reason)
    assert all(rejection_effect(reason) for reason in Reason)
    assert (rejection_name("odd_smell"), rejection_effect("odd_smell")) == ("Turned away: odd smell", "")


def test_a_door_tells_what_it_turned_away_and_whether_anybody_came_in(desk_scene: Any) -> None:
    now = desk_scene.context.now()
    rows = _rows(
        desk_scene, DoorHeard(door="mqtt", heard_at=now, turned_away=1), DoorHeard(door="teltonika", turned_away=7)
    )
    mqtt, teltonika = rows["door/mqtt"], rows["door/teltonika"]
    assert (mqtt.state, mqtt.effect) == ("heard", "1 message turned away since the start.")
    assert (teltonika.state, teltonika.priority, teltonika.age_s) == ("nobody let in", 3, None)
    assert teltonika.effect == "7 messages turned away since the start."


@pytest.mark.parametrize(("source", "state"), [("clock", "jumped"), ("device clocks", "are wrong")])
def test_clocks_that_are_wrong_are_sources(desk_scene: Any, source: str, state: str) -> None:
    desk_scene.happened(SourceDegraded(source=source, effect="D-7 by 24 h ahead."))
    row = _rows(desk_scene)[source]
    assert (row.state, row.effect, row.priority) == (state, "D-7 by 24 h ahead.", 3)


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


def test_what_was_turned_away_is_listed(sheet: SourcesSheet, fleet: Any) -> None:
    _counted(fleet, {"future": 2}, {"future": 1.0})
    sheet._look()
    assert "Turned away: from the future" in _names(sheet)


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
