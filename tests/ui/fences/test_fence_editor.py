"""The geofence editor through its widgets: drawing by mouse and keys, figures, saving, retiring, leaving, counting."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core import operations as asked
from core.commands import DrawGeofence, RetireGeofence
from core.events.geofence_events import GeofenceDrawn, GeofenceRetired
from core.geofencing.active_hours import ActiveHours
from core.geofencing.fence import Fence, FenceKind, FencePurpose
from core.refusals import Refusal
from core.vocabulary import FenceId, Position, Role, VehicleId
from ui.fences.fence_editor import FenceEditor
from ui.main_window import MainWindow

LAT, LON = -29.90, -71.25
ID = FenceId("F-new")
DEPOT = Fence(fence_id=FenceId("F-1"), name="Depot", purpose=FencePurpose.DEPOT, centre=Position(LAT, LON), radius_m=80)
YARD = Fence(
    fence_id=FenceId("F-2"),
    name="Yard",
    ring=tuple(Position(LAT + y / 100, LON + x / 100) for y, x in ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))),
)


@pytest.fixture
def editor(desk_window: MainWindow, desk_scene: Any) -> Iterator[FenceEditor]:
    """Opened by the supervisor's hand over a desk with two fences; new ones are F-new."""
    desk_scene.happened(GeofenceDrawn(fence=DEPOT), GeofenceDrawn(fence=YARD))
    desk_window.fences._new_id = lambda: ID
    desk_window.fences.open()
    made = desk_window.fences.editor
    assert made is not None
    yield made
    desk_window.fences.close()


def _corner(editor: FenceEditor, north: float, east: float, deed: str = "place", handle: str = "") -> None:
    """What the page tells when the hand does something there."""
    editor.map.map.edited.emit(deed, handle, LAT + north / 100, LON + east / 100)


def _draw_triangle(editor: FenceEditor) -> None:
    QTest.mouseClick(editor.list.new[FenceKind.POLYGON], Qt.MouseButton.LeftButton)
    for north, east in ((0, 0), (0, 1), (1, 1)):
        _corner(editor, north, east)
    _corner(editor, 0, 0, "grab", "corner:0:0")
    _corner(editor, 0, 0, "drop", "corner:0:0")


def _shown(editor: FenceEditor) -> Any:
    return editor.map.map._state.edited


def _commands(desk_scene: Any, kind: type) -> list[Any]:
    return [command for command in desk_scene.service.commands if isinstance(command, kind)]


def _names(editor: FenceEditor) -> list[str]:
    model = editor.list.table.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


# --- the list --------------------------------------------------------------------------------------------------------


def test_fences_are_listed_by_name_and_narrowed_by_words(editor: FenceEditor) -> None:
    assert _names(editor) == ["Depot", "Yard"]
    QTest.keyClicks(editor.list.filter, "yar")
    assert _names(editor) == ["Yard"]
    QTest.keyClicks(editor.list.filter, "x")
    assert editor.list.empty.isVisible()


def test_a_chosen_fence_is_taken_in_hand(editor: FenceEditor) -> None:
    editor.list.chosen.emit(DEPOT.fence_id)

    assert editor.figures.form.name.text() == "Depot"
    assert editor.figures.title_bar.meta.text() == "Circle · as saved"
    assert _shown(editor).circle.radius_metres == 80
    assert not editor.figures.save.isEnabled()
    assert DEPOT.fence_id not in [shape.id for shape in editor.map.map._state.fences]


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_a_polygon_is_drawn_corner_by_corner_and_ended_at_the_first(editor: FenceEditor) -> None:
    _draw_triangle(editor)

    assert editor.drawing is not None
    assert not editor.drawing.is_drawing
    assert [len(ring) for ring in _shown(editor).rings] == [3]
    assert len(_shown(editor).handles) == 6  # three corners, three middles


def test_a_new_fence_is_saved_once_it_has_a_name(editor: FenceEditor, desk_scene: Any, qtbot: QtBot) -> None:
    _draw_triangle(editor)
    assert not editor.figures.save.isEnabled()
    assert "needs a name" in editor.figures.finding.text()
    QTest.keyClicks(editor.figures.form.name, "Plaza")
    assert editor.figures.save.isEnabled()

    QTest.mouseClick(editor.figures.save, Qt.MouseButton.LeftButton)

    (command,) = _commands(desk_scene, DrawGeofence)
    assert (command.fence.fence_id, command.fence.name, len(command.fence.ring)) == (ID, "Plaza", 4)
    assert editor.figures.finding.text() == "Waiting for the service …"
    position = desk_scene.store.operation.position + 1
    at = next(at for at, one in enumerate(desk_scene.service.asked) if one[1] is command)
    desk_scene.service.answer(position, at)
    desk_scene.happened(GeofenceDrawn(fence=command.fence))
    qtbot.waitUntil(lambda: editor.figures.finding.text() == "Saved: Plaza")
    assert editor.figures.title_bar.meta.text() == "Polygon · as saved"
    assert "Plaza" in _names(editor)


def test_a_shape_that_crosses_itself_is_marked_where_and_not_saved(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    _corner(editor, 1, 1, "grab", "corner:0:2")
    _corner(editor, -1, 0.5, "drag", "corner:0:2")
    _corner(editor, -1, 0.5, "drop", "corner:0:2")

    lat, _ = _shown(editor).fault
    assert lat == pytest.approx(LAT, abs=1e-3)
    assert not editor.figures.save.isEnabled()
    assert editor.figures.finding.text().startswith("Cannot be saved: The fence crosses itself")


def test_a_drag_is_taken_back_by_the_desk_s_own_key(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    _corner(editor, 1, 1, "grab", "corner:0:2")
    for east in (1.2, 1.4):
        _corner(editor, 1, east, "drag", "corner:0:2")
    _corner(editor, 1, 1.4, "drop", "corner:0:2")
    assert editor.drawing is not None
    assert editor.drawing.is_unsaved

    QTest.keyClick(editor.window(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not editor.drawing.is_unsaved
    QTest.keyClick(editor.list.table, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert editor.drawing.is_unsaved


def test_the_right_button_takes_a_corner_away(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    _corner(editor, 0, 1, "remove", "corner:0:1")
    assert [len(ring) for ring in _shown(editor).rings] == [3]


def test_a_hole_is_drawn_after_the_button(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    QTest.mouseClick(editor.figures.hole, Qt.MouseButton.LeftButton)
    for north, east in ((0.2, 0.2), (0.2, 0.6), (0.6, 0.4)):
        _corner(editor, north, east)
    _corner(editor, 0.6, 0.4, "finish")

    assert [len(ring) for ring in _shown(editor).rings] == [4, 3]
    assert editor.figures.save.isEnabled()


def test_handles_are_moved_without_a_mouse(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    keys = editor.hand.keys()
    keys["]"]()
    keys["]"]()
    assert [one.id for one in _shown(editor).handles if one.selected] == ["corner:0:1"]
    keys["Alt+Up"]()
    assert editor.drawing is not None
    assert editor.drawing.paths[0][1] == Position(LAT + 0.00005, LON + 0.01)
    keys["Insert"]()
    assert len(editor.drawing.paths[0]) == 5
    keys["Delete"]()
    assert len(editor.drawing.paths[0]) == 4


def test_the_radius_is_dragged_or_typed(editor: FenceEditor) -> None:
    editor.list.chosen.emit(DEPOT.fence_id)
    _corner(editor, 0, 0, "grab", "radius:0:0")
    _corner(editor, 0.3, 0, "drag", "radius:0:0")
    _corner(editor, 0.3, 0, "drop", "radius:0:0")
    field = editor.figures.form.numbers["radius"]
    assert field.text() == "334"

    field.clear()
    assert not editor.figures.save.isEnabled()
    assert editor.figures.finding.text() == "Radius: a number is wanted, in m."
    QTest.keyClicks(field, "120")
    assert _shown(editor).circle.radius_metres == 120


# --- figures ---------------------------------------------------------------------------------------------------------


def test_figures_are_read_in_their_units(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    form = editor.figures.form
    form.numbers["dwell_s"].setText("10")
    form.numbers["speed_limit_mps"].setText("36")
    form.numbers["confirm_fixes"].setText("3")
    form.hours.setText("mon 08:00-18:00")
    form.groups.setText("vans, night, vans")
    QTest.mouseClick(form.tells.chip("dispatcher"), Qt.MouseButton.LeftButton)

    assert editor.drawing is not None
    fence = editor.drawing.fence
    assert fence.speed_limit_mps == pytest.approx(10.0)
    assert (fence.dwell_s, fence.confirm_fixes, fence.groups) == (600.0, 3, ("vans", "night"))
    assert [isinstance(one, ActiveHours) for one in fence.hours] == [True]
    assert fence.tells == (Role.SUPERVISOR, Role.ADMINISTRATOR)


def test_hours_that_are_not_understood_are_said_and_not_saved(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    editor.figures.form.hours.setText("mondays")
    assert "mondays" in editor.figures.finding.text()
    assert not editor.figures.save.isEnabled()


def test_only_figures_of_its_kind_are_shown(editor: FenceEditor) -> None:
    form = editor.figures.form
    editor.list.chosen.emit(DEPOT.fence_id)
    assert (form.numbers["radius"].isVisible(), form.numbers["width"].isVisible()) == (True, False)
    editor.list.wanted.emit(FenceKind.CORRIDOR.value)
    assert (form.numbers["radius"].isVisible(), form.along_streets.isVisible()) == (False, True)


# --- counting on the past --------------------------------------------------------------------------------------------


def _trials(desk_scene: Any) -> list[Any]:
    return [one for one in desk_scene.service.asked if one[0] == asked.GEOFENCE_TRIAL]


def test_a_shape_is_counted_a_moment_after_it_rests(editor: FenceEditor, desk_scene: Any, qtbot: QtBot) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    assert _trials(desk_scene) == []
    qtbot.waitUntil(lambda: len(_trials(desk_scene)) == 1)
    trial = editor.figures.trial
    assert trial.is_busy
    assert trial.detail.text() == "Counting …"
    now = desk_scene.context.now()
    result = asked.FenceTrialled(
        entered=42, exited=41, dwelt=3, vehicles=12, fixes=180_000, since_at=now - 604_800, until_at=now
    )
    _trials(desk_scene)[0][2].set_result(msgspec.msgpack.encode(result))

    qtbot.waitUntil(lambda: not trial.is_busy)
    assert trial.figure.text() == "42 in, 41 out, 3 stays"
    assert trial.detail.text() == "12 vehicles, 180,000 fixes; counted 13:00:00"

    _corner(editor, 0, 1, "remove", "corner:0:1")
    assert trial.detail.text() == "Changed since; counted again in a moment."
    qtbot.waitUntil(lambda: len(_trials(desk_scene)) == 2)


def test_parts_of_a_count_add_up_while_one_looks(editor: FenceEditor, desk_scene: Any, qtbot: QtBot) -> None:
    editor.list.chosen.emit(DEPOT.fence_id)
    qtbot.waitUntil(lambda: len(_trials(desk_scene)) == 1)
    now = desk_scene.context.now()
    of_all = {"since_at": now - 604_800, "until_at": now, "vehicles_in_all": 5}
    first = asked.FenceTrialled(
        entered=3, exited=2, vehicles=2, fixes=700, is_complete=False, next=VehicleId("V-2"), **of_all
    )
    _trials(desk_scene)[0][2].set_result(msgspec.msgpack.encode(first))
    qtbot.waitUntil(lambda: len(_trials(desk_scene)) == 2)
    trial = editor.figures.trial
    assert trial.figure.text() == "3 in, 2 out"
    assert trial.detail.text() == "at least; 2 of 5 vehicles, 700 fixes. Counting on …"
    assert _trials(desk_scene)[1][1].after == "V-2"

    last = asked.FenceTrialled(entered=4, exited=5, vehicles=3, fixes=300, **of_all)
    _trials(desk_scene)[1][2].set_result(msgspec.msgpack.encode(last))
    qtbot.waitUntil(lambda: not trial.is_busy)
    assert trial.figure.text() == "7 in, 7 out"
    assert trial.detail.text() == "5 vehicles, 1,000 fixes; counted 13:00:00"


def test_a_shape_that_is_not_whole_is_not_counted(editor: FenceEditor, desk_scene: Any) -> None:
    editor.list.wanted.emit(FenceKind.POLYGON.value)
    _corner(editor, 0, 0)
    assert editor.figures.trial.detail.text() == "Counted once the shape is whole."
    assert _trials(desk_scene) == []


def test_a_corridor_asks_for_the_way_along_streets_first(editor: FenceEditor, desk_scene: Any, qtbot: QtBot) -> None:
    editor.list.wanted.emit(FenceKind.CORRIDOR.value)
    for east in (0, 1):
        _corner(editor, 0, east)
    _corner(editor, 0, 1, "finish")
    editor.figures.form.along_streets.click()
    qtbot.waitUntil(lambda: asked.CORRIDOR_WAY in [one[0] for one in desk_scene.service.asked])
    way = (Position(LAT, LON), Position(LAT + 0.001, LON + 0.005), Position(LAT, LON + 0.01))
    desk_scene.service.asked[-1][2].set_result(msgspec.msgpack.encode(asked.CorridorWay(line=way)))

    qtbot.waitUntil(lambda: len(_shown(editor).line) == 3)
    qtbot.waitUntil(lambda: len(_trials(desk_scene)) == 1)
    assert _trials(desk_scene)[0][1].fence.line == way


# --- retiring and leaving --------------------------------------------------------------------------------------------


def test_retiring_asks_and_keeps_by_default(editor: FenceEditor, desk_scene: Any, qtbot: QtBot) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    QTest.mouseClick(editor.figures.retire, Qt.MouseButton.LeftButton)
    question = editor.figures.question
    assert question.accessibleName() == "Retire Yard? It stops counting at once; 0 vehicles are inside."
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert _commands(desk_scene, RetireGeofence) == []

    QTest.mouseClick(editor.figures.retire, Qt.MouseButton.LeftButton)
    QTest.mouseClick(question.buttons[0], Qt.MouseButton.LeftButton)
    (command,) = _commands(desk_scene, RetireGeofence)
    at = next(at for at, one in enumerate(desk_scene.service.asked) if one[1] is command)
    desk_scene.service.answer(desk_scene.store.operation.position + 1, at)
    desk_scene.happened(GeofenceRetired(fence_id=YARD.fence_id))
    qtbot.waitUntil(lambda: editor.drawing is None)
    assert _names(editor) == ["Depot"]


def test_a_refusal_stands_beside_the_button_and_nothing_is_lost(
    editor: FenceEditor, desk_scene: Any, qtbot: QtBot
) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    editor.figures.form.name.setText("Yard 2")
    QTest.mouseClick(editor.figures.save, Qt.MouseButton.LeftButton)
    (command,) = _commands(desk_scene, DrawGeofence)
    asking = next(one for one in desk_scene.service.asked if one[1] is command)
    asking[2].set_exception(Refusal("access.role", "This is not for your role."))

    qtbot.waitUntil(lambda: editor.figures.finding.text() == "This is not for your role.")
    assert editor.drawing is not None
    assert editor.drawing.is_unsaved
    assert editor.figures.save.isEnabled()


def test_esc_leaves_at_once_where_nothing_is_unsaved(editor: FenceEditor, desk_window: MainWindow) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not desk_window.fences.is_open


def test_esc_asks_where_something_is_unsaved(editor: FenceEditor, desk_window: MainWindow) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    editor.figures.form.name.setText("Yard 2")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert desk_window.fences.is_open
    question = editor.figures.question
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert desk_window.fences.is_open
    assert not question.isVisible()

    QTest.keyClick(editor, Qt.Key.Key_Escape)
    QTest.mouseClick(question.buttons[0], Qt.MouseButton.LeftButton)
    assert not desk_window.fences.is_open


def test_answers_that_come_after_it_was_left_disturb_nobody(
    editor: FenceEditor, desk_window: MainWindow, desk_scene: Any, qtbot: QtBot
) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    editor.figures.form.name.setText("Yard 2")
    QTest.mouseClick(editor.figures.save, Qt.MouseButton.LeftButton)
    at = next(at for at, one in enumerate(desk_scene.service.asked) if isinstance(one[1], DrawGeofence))
    with qtbot.waitSignal(editor.destroyed):
        desk_window.fences.close()
    desk_scene.service.answer(desk_scene.store.operation.position + 1, at)
    desk_scene.happened(GeofenceDrawn(fence=YARD), GeofenceDrawn(fence=DEPOT))

    qtbot.waitUntil(lambda: desk_scene.context.operations.pending == len(_open_questions(desk_scene)))
    assert not desk_window.fences.is_open


def _open_questions(desk_scene: Any) -> list[Any]:
    return [one for one in desk_scene.service.asked if not one[2].done()]


def test_another_fence_is_not_opened_over_what_is_unsaved(editor: FenceEditor) -> None:
    editor.list.chosen.emit(YARD.fence_id)
    editor.figures.form.name.setText("Yard 2")
    editor.list.chosen.emit(DEPOT.fence_id)
    assert editor.figures.question.isVisible()
    assert editor.drawing is not None
    assert editor.drawing.fence.fence_id == YARD.fence_id
