"""What an override would change is looked at on the live map, and the sheet comes back as it was left."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.dispatch.changes import CloseStreet, Reassign
from core.dispatch.decision import AffectedOrder, ImpactPreview, Outcome, OverrideMode, PlanChange
from core.events.fleet_events import RoutePlanned
from core.fleet.route import PlannedStop, StopKind
from core.operations import AskStreetWay, PreviewOverride, StreetWay
from core.vocabulary import DriverId, OrderId, Position
from ui.main_window import MainWindow
from ui.preview_shapes import preview_shapes

ORDER, RAUL = OrderId("O-48213"), DriverId("D-117")


def _preview(now: float) -> ImpactPreview:
    """O-48213 to D-117, by way of two places."""
    places = ((StopKind.PICKUP, Position(-29.9, -71.25)), (StopKind.DELIVERY, Position(-29.92, -71.25)))
    times = {"arrives_at": now, "starts_at": now, "departs_at": now}
    stops = tuple(PlannedStop(order_id=ORDER, kind=kind, position=place, **times) for kind, place in places)
    return ImpactPreview(
        order_id=ORDER,
        driver_id=RAUL,
        recommended_driver_id=None,
        computed_at=now,
        until_at=now,
        position=1,
        based_on={},
        order_version=99,
        recommendation=Outcome(),
        as_is=Outcome(),
        affected=(AffectedOrder(order_id=ORDER, promised_by_at=now),),
        as_is_plans=(PlanChange(driver_id=RAUL, plan_number=0, stops=stops),),
        change=Reassign(order_id=ORDER, driver_id=RAUL),
    )


def test_lines_and_marks_are_those_of_the_preview(desk_window: MainWindow, desk_scene: Any) -> None:
    shapes = preview_shapes(desk_scene.context, _preview(desk_scene.context.now()), OverrideMode.AS_IS)
    assert [(line.kind, line.coordinates[-1]) for line in shapes.lines] == [("to_come", (-29.92, -71.25))]
    assert [(mark.kind, mark.number) for mark in shapes.marks] == [("pickup", 0), ("drop", 1)]
    assert (shapes.drawn, shapes.closures, shapes.round_place) == ((), (), None)


def test_the_sheet_steps_aside_for_the_map_and_comes_back_with_what_was_written(
    desk_window: MainWindow, desk_scene: Any, qtbot: Any
) -> None:
    sheet, state = desk_window.override_sheet, desk_window.map.map._state
    sheet.open_for(ORDER, RAUL)
    [answer] = [reply for _, one, reply in desk_scene.service.asked if isinstance(one, PreviewOverride)]
    answer.set_result(msgspec.msgpack.encode(_preview(desk_scene.context.now())))
    qtbot.waitUntil(lambda: sheet.impact.loading.isHidden())
    sheet.impact.note.setText("Bridge closed")
    before = state.routes

    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)

    assert not sheet.isVisible()
    assert [line.kind for line in state.routes] == ["to_come"]
    assert desk_window.map.title_bar.meta.text().startswith("what an override would change")
    assert "Esc goes back" in desk_window.command_bar.said_words
    desk_window.map._leave.activated.emit()
    assert sheet.isVisible()
    assert sheet.impact.note.text() == "Bridge closed"
    assert state.routes == before
    assert "override" not in desk_window.map.title_bar.meta.text()
    assert "Esc goes back" not in desk_window.command_bar.said_words


STREET = Position(-29.91, -71.25)


def _closing(now: float) -> ImpactPreview:
    """The street between the two places of D-117's order is to be closed until 14:00."""
    change = CloseStreet(order_id=ORDER, position=STREET, for_s=3600.0, street="Avenida del Mar")
    return replace(_preview(now), change=change, driver_id=DriverId(""))


def test_a_street_to_be_closed_has_its_sign_the_ways_as_they_are_and_those_round_it(
    desk_window: MainWindow, desk_scene: Any, qtbot: Any
) -> None:
    preview = _closing(desk_scene.context.now())
    over_it = (Position(-29.90, -71.25), STREET, Position(-29.92, -71.25))
    desk_scene.happened(
        RoutePlanned(driver_id=RAUL, plan_number=1, stops=preview.as_is_plans[0].stops, geometry=over_it)
    )
    sheet, state = desk_window.override_sheet, desk_window.map.map._state
    assert isinstance(preview.change, CloseStreet)
    sheet.open_ruling(preview.change)
    [answer] = [reply for _, one, reply in desk_scene.service.asked if isinstance(one, PreviewOverride)]
    answer.set_result(msgspec.msgpack.encode(preview))
    qtbot.waitUntil(lambda: sheet.impact.loading.isHidden())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)

    [sign] = state.closures
    assert (sign.lat, sign.lon) == (STREET.lat, STREET.lon)
    assert (sign.title, sign.detail) == ("closed until 14:00", "Avenida del Mar")
    assert [line.kind for line in state.routes] == ["as_is", "to_come"]
    assert (STREET.lat, STREET.lon) in state.routes[0].coordinates
    [(asked, reply)] = [(one, r) for _, one, r in desk_scene.service.asked if isinstance(one, AskStreetWay)]
    assert asked.round_place == STREET
    detour = (*asked.stops[:1], Position(-29.91, -71.26), *asked.stops[-1:])
    reply.set_result(msgspec.msgpack.encode(StreetWay(line=detour)))
    qtbot.waitUntil(lambda: (-29.91, -71.26) in state.routes[1].coordinates)
    assert desk_window.map._lines.along(asked.stops) != state.routes[1].coordinates, "the way in force is another"

    desk_window.map.map.object_clicked.emit("closure", "")
    assert desk_window.command_bar.line.text() == "", "what is not closed yet cannot be opened"
    desk_window.map._leave.activated.emit()
    assert sheet.isVisible()
    assert state.closures == ()


def test_keys_of_the_sheet_reach_it_though_the_desk_has_commands_on_them(
    desk_window: MainWindow, desk_scene: Any, qtbot: Any
) -> None:
    sheet = desk_window.override_sheet
    sheet.open_for(ORDER, RAUL)
    [answer] = [reply for _, one, reply in desk_scene.service.asked if isinstance(one, PreviewOverride)]
    both = replace(_preview(desk_scene.context.now()), replanned=Outcome())
    answer.set_result(msgspec.msgpack.encode(both))
    qtbot.waitUntil(lambda: sheet.impact.loading.isHidden())

    for key, mode in ((Qt.Key.Key_1, OverrideMode.AS_IS), (Qt.Key.Key_2, OverrideMode.REPLANNED)):
        QTest.keyClick(QApplication.focusWidget(), key)
        assert sheet.impact.mode is mode
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_M)
    assert sheet.impact.sketch.isVisible()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_M)
    assert sheet.impact.customers.isVisible()
    sheet.cancel.setFocus()
    QTest.keyClick(sheet.cancel, Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert desk_scene.service.commands == []
