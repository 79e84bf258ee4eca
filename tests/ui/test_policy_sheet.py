"""The policy on the desk: read by everybody, changed by a supervisor, for the city or one zone, with a reason."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.commands import ChangePolicy
from core.dispatch.policy import DispatchPolicy
from core.events.fleet_events import ZonesDrawn
from core.events.policy_events import PolicyChanged
from core.fleet.zone import Zone
from core.vocabulary import Position, Role, ZoneId
from ui.desk_context import Person
from ui.main_window import MainWindow
from ui.policy_sheet import PolicySheet

PORT = ZoneId("Z-01")
RING = tuple(Position(lat, lon) for lat, lon in ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)))


@pytest.fixture
def sheet(qtbot: QtBot, desk_scene: Any) -> PolicySheet:
    """The policy before a supervisor, in a city with one zone."""
    desk_scene.happened(ZonesDrawn(zones=(Zone(zone_id=PORT, name="Port", ring=RING),)))
    return _opened(qtbot, desk_scene, Role.SUPERVISOR)


def _opened(qtbot: QtBot, desk_scene: Any, role: Role) -> PolicySheet:
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    made = PolicySheet(over, replace(desk_scene.context, person=Person("Ana Díaz", role)))
    over.show()
    made.open_sheet()
    return made


def _write(sheet: PolicySheet, name: str, text: str) -> None:
    sheet.fields[name].selectAll()
    QTest.keyClicks(sheet.fields[name], text)


def test_a_supervisor_changes_two_values_with_a_reason(sheet: PolicySheet, desk_scene: Any) -> None:
    _write(sheet, "lateness_per_minute", "500")
    _write(sheet, "at_risk", "25")
    assert not sheet.enter.isEnabled()
    QTest.keyClicks(sheet.note, "Promises matter more")
    QTest.keyClick(sheet.note, Qt.Key.Key_Return)

    asked = desk_scene.service.commands[-1]
    assert asked == ChangePolicy(
        values={"lateness_per_minute": 500, "at_risk": 0.25}, note="Promises matter more", based_on=0
    )


def test_what_is_changed_is_said_before_it_is(sheet: PolicySheet) -> None:
    _write(sheet, "cycle_s", "2.5")

    assert sheet.finding.text() == "a round at least every 5 → 2.5 s"


@pytest.mark.parametrize(("name", "text"), [("at_risk", "140"), ("max_orders", "2.5"), ("cycle_s", "soon")])
def test_what_cannot_be_is_said_and_cannot_be_asked_for(sheet: PolicySheet, name: str, text: str) -> None:
    QTest.keyClicks(sheet.note, "Because")

    _write(sheet, name, text)

    assert not sheet.enter.isEnabled()
    assert "Tower comes with" in sheet.finding.text()


def test_a_zone_shows_its_own_values_and_closes_those_of_the_whole_city(sheet: PolicySheet, desk_scene: Any) -> None:
    desk_scene.happened(PolicyChanged(number=1, zone_id=PORT, values={"high_value": 60_000.0}, note="Market"))
    sheet.zones.setCurrentIndex(1)

    assert sheet.fields["high_value"].text() == "60000"
    assert not sheet.fields["cycle_s"].isEnabled()
    assert sheet._origins["cycle_s"].text() == "whole city"
    assert "Holds in the whole city" in sheet.fields["cycle_s"].toolTip()
    assert "improving plans weighs the whole city" in sheet.fields["cost_per_km"].toolTip()
    assert "order of a round weighs the whole city" in sheet.fields["refusal_share"].toolTip()
    assert "\n" not in sheet.fields["max_orders"].toolTip()
    sheet.zones.setCurrentIndex(0)
    assert sheet._origins["cycle_s"].text() == ""
    assert sheet.fields["high_value"].text() == str(DispatchPolicy().high_value)


def test_a_value_goes_back_to_towers_own(sheet: PolicySheet, desk_scene: Any) -> None:
    desk_scene.happened(PolicyChanged(number=1, values={"lateness_per_minute": 500.0}, note="Noon"))
    sheet.open_sheet()
    QTest.mouseClick(sheet.back, Qt.MouseButton.LeftButton)
    QTest.keyClicks(sheet.note, "Noon is over")
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)

    asked = desk_scene.service.commands[-1]
    assert (asked.values, asked.based_on) == ({"lateness_per_minute": None}, 1)


def test_a_dispatcher_reads_and_changes_nothing(qtbot: QtBot, desk_scene: Any) -> None:
    sheet = _opened(qtbot, desk_scene, Role.DISPATCHER)

    assert all(field.isReadOnly() and field.isEnabled() for field in sheet.fields.values())
    assert not sheet.enter.isVisible()
    assert "supervisor" in sheet.finding.text()


def test_it_opens_by_key(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)

    assert desk_window.sheets.policy.isVisible()


def test_what_counts_as_a_problem_is_changed_here_for_a_zone(sheet: PolicySheet, desk_scene: Any) -> None:
    sheet.zones.setCurrentIndex(1)
    assert sheet.fields["silent_s"].text() == "180"
    assert not sheet.fields["rest_s"].isEnabled(), "how calm all of it is holds for the whole city"
    _write(sheet, "silent_s", "90")
    assert sheet.finding.text() == "not heard for 180 → 90 s"
    QTest.keyClicks(sheet.note, "Port cranes shade the sky")
    QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)

    assert desk_scene.service.commands == [
        ChangePolicy(values={"silent_s": 90.0}, zone_id=PORT, note="Port cranes shade the sky", based_on=0)
    ]


def _shown(sheet: PolicySheet) -> set[str]:
    return {name for name, field in sheet.fields.items() if field.isVisibleTo(sheet)}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("KILOMETRE", {"cost_per_km"}),
        ("silent_s", {"silent_s"}),
        ("hour driver", {"cost_per_driver_hour", "guaranteed_per_hour", "accept_hour_offers"}),
        ("after a shift's end", {"overtime_s"}),
        ("positions", None),
        ("%", None),
        ("whole city improving", None),
    ],
)
def test_values_are_found_by_name_unit_and_help_as_typed(
    sheet: PolicySheet, typed: str, found: set[str] | None
) -> None:
    assert QApplication.focusWidget() is sheet.search
    QTest.keyClicks(sheet.search, typed)

    shown = _shown(sheet)
    assert 0 < len(shown) < len(sheet.fields)
    if found is not None:
        assert shown == found
    headings = {group.heading.text() for group in sheet._listed if group.heading.isVisibleTo(sheet)}
    assert headings == {sheet.fields[name].accessibleName().partition(":")[0] for name in shown}
    assert not sheet._nothing.isVisible()


def test_a_search_without_a_hit_says_so_and_esc_shows_all_before_it_closes(sheet: PolicySheet) -> None:
    QTest.keyClicks(sheet.search, "zeppelin")
    assert _shown(sheet) == set()
    assert sheet._nothing.isVisible()
    assert "“zeppelin”" in sheet._nothing.text()

    QTest.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert (_shown(sheet), sheet.isVisible()) == (set(sheet.fields), True)
    assert not sheet._nothing.isVisible()
    QTest.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_what_was_written_counts_while_another_value_is_looked_for(sheet: PolicySheet, desk_scene: Any) -> None:
    _write(sheet, "cycle_s", "2.5")
    QTest.keyClick(sheet.fields["cycle_s"], Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is sheet.search
    QTest.keyClicks(sheet.search, "kilometre")

    assert sheet.finding.text() == "a round at least every 5 → 2.5 s"
    assert sheet.changes() == {"cycle_s": 2.5}


def test_a_dispatcher_looks_for_values_too(qtbot: QtBot, desk_scene: Any) -> None:
    sheet = _opened(qtbot, desk_scene, Role.DISPATCHER)
    QTest.keyClicks(sheet.search, "kilometre")

    assert _shown(sheet) == {"cost_per_km"}


def test_only_the_values_that_are_shown_go_back_to_towers_own(sheet: PolicySheet, desk_scene: Any) -> None:
    desk_scene.happened(
        PolicyChanged(number=1, values={"lateness_per_minute": 500.0, "cost_per_km": 90.0}, note="Noon")
    )
    sheet.open_sheet()
    QTest.keyClicks(sheet.search, "kilometre")
    QTest.mouseClick(sheet.back, Qt.MouseButton.LeftButton)

    assert sheet.changes() == {"cost_per_km": DispatchPolicy().cost_per_km}
