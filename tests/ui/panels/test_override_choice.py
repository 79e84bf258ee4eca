"""Choosing the driver of an override where nothing is proposed: who is free and near stands first."""

from typing import Any

from pytestqt.qtbot import QtBot

from core.events.fleet_events import RoutePlanned
from core.fleet.route import PlannedStop, StopKind
from core.vocabulary import DriverId, Position
from ui.panels.override_choice import OverrideChoice

FAR = Position(-29.92, -71.25)
"""0.02 degrees, 2.2 km, south of where orders are picked up."""


def _rows(choice: OverrideChoice) -> list[list[str]]:
    model = choice.table.model()
    return [[model.index(row, column).data() for column in (1, 2, 3, 4, 6)] for row in range(model.rowCount())]


def test_the_nearest_free_driver_stands_first_and_what_was_not_counted_is_a_dash(desk_scene: Any, qtbot: QtBot) -> None:
    desk_scene.driver("042", at=FAR)
    desk_scene.driver("117", name="Raúl Fuentes")
    order_id = desk_scene.order(48213)
    choice = OverrideChoice(desk_scene.context)
    qtbot.addWidget(choice)
    choice.show_for(order_id)
    assert _rows(choice) == [["D-117", "free", "0.0", "–", "–"], ["D-042", "free", "2.2", "–", "–"]]

    now = desk_scene.context.now()
    stop = PlannedStop(
        order_id=order_id, kind=StopKind.PICKUP, position=FAR, arrives_at=now, starts_at=now, departs_at=now
    )
    desk_scene.happened(RoutePlanned(driver_id=DriverId("D-117"), plan_number=1, stops=(stop,)))
    choice.refresh()
    assert [row[:2] for row in _rows(choice)] == [["D-117", "busy"], ["D-042", "free"]], "nothing moves under the hand"
    choice.show_for(order_id)
    assert [row[:2] for row in _rows(choice)] == [["D-042", "free"], ["D-117", "busy"]]
    assert choice.table.selected_key() == "D-042"
