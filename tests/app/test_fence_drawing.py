"""Drawing a fence without a screen: corners, holes, circles, corridors, what is refused where, what is taken back."""

import pytest

from app.fence_draft import Handle, HandleKind
from app.fence_drawing import FenceDrawing
from core.geofencing.fence import Fence, FenceKind
from core.vocabulary import FenceId, Position

LAT, LON = -29.90, -71.25


def _at(north: float, east: float) -> Position:
    """A place some hundredths of a degree off."""
    return Position(LAT + north / 100, LON + east / 100)


SQUARE = (_at(0, 0), _at(0, 1), _at(1, 1), _at(1, 0))


def _new(kind: FenceKind) -> FenceDrawing:
    return FenceDrawing(Fence(fence_id=FenceId("F-1"), name="Yard"), kind)


@pytest.fixture
def square() -> FenceDrawing:
    drawing = _new(FenceKind.POLYGON)
    for corner in SQUARE:
        drawing.add_corner(corner)
    assert drawing.finish()
    return drawing


def _handle(drawing: FenceDrawing, kind: HandleKind, index: int = 0, path: int = 0) -> Handle:
    return next(one for one in drawing.handles() if (one.kind, one.path, one.index) == (kind, path, index))


def test_a_polygon_is_closed_when_it_is_finished(square: FenceDrawing) -> None:
    assert square.fence.ring == (*SQUARE, SQUARE[0])
    assert (square.problem(), square.is_drawing) == (None, False)


def test_an_unfinished_one_cannot_be_saved() -> None:
    drawing = _new(FenceKind.POLYGON)
    for corner in SQUARE[:2]:
        drawing.add_corner(corner)
    assert not drawing.finish()
    problem = drawing.problem()
    assert problem is not None
    assert problem.code == "geofence.unfinished"


def test_a_crossing_names_its_place(square: FenceDrawing) -> None:
    held = square.take_hold(_handle(square, HandleKind.CORNER, 2))
    square.move(held, _at(-1, 0.5))  # below the lower edge: the outline crosses itself there
    square.let_go()
    problem = square.problem()

    assert problem is not None
    assert problem.code == "geofence.crosses_itself"
    assert problem.details["lat"] == pytest.approx(LAT, abs=1e-3)


def test_a_drag_is_one_step_to_undo(square: FenceDrawing) -> None:
    held = square.take_hold(_handle(square, HandleKind.CORNER, 1))
    for east in (1.1, 1.2, 1.3):
        square.move(held, _at(0, east))
    square.let_go()
    assert square.paths[0][1] == _at(0, 1.3)

    square.undo()
    assert square.paths[0] == SQUARE
    square.redo()
    assert square.paths[0][1] == _at(0, 1.3)


def test_holding_without_moving_is_no_step(square: FenceDrawing) -> None:
    before = square.can_undo
    square.take_hold(_handle(square, HandleKind.CORNER, 1))
    square.let_go()
    for _ in range(5):  # four corners and the end
        assert square.can_undo is before
        square.undo()
        before = square.can_undo
    assert not square.can_undo


def test_the_middle_of_an_edge_becomes_a_corner_in_one_step(square: FenceDrawing) -> None:
    held = square.take_hold(_handle(square, HandleKind.MIDDLE, 3))  # of the edge that closes the ring
    assert (held.kind, held.index) == (HandleKind.CORNER, 4)
    square.move(held, _at(0.5, -0.5))
    square.let_go()
    assert square.paths[0] == (*SQUARE, _at(0.5, -0.5))

    square.undo()
    assert square.paths[0] == SQUARE


def test_corners_go_down_to_three(square: FenceDrawing) -> None:
    assert square.remove_corner(0, 0)
    assert not square.remove_corner(0, 0)
    assert square.paths[0] == SQUARE[1:]


def test_a_hole_is_drawn_inside_and_goes_with_its_last_corner(square: FenceDrawing) -> None:
    assert square.start_hole()
    for corner in (_at(0.2, 0.2), _at(0.2, 0.6), _at(0.6, 0.4)):
        square.add_corner(corner)
    assert square.finish()
    assert len(square.fence.holes) == 1
    assert square.problem() is None

    assert square.remove_corner(1, 0)
    assert square.fence.holes == ()


def test_a_hole_outside_is_refused_where_it_is(square: FenceDrawing) -> None:
    square.start_hole()
    for corner in (_at(0.2, 0.2), _at(0.2, 3), _at(0.6, 0.4)):
        square.add_corner(corner)
    square.finish()
    problem = square.problem()

    assert problem is not None
    assert problem.code == "geofence.hole_outside"
    assert problem.details["ring"] == 1


def test_a_circle_has_a_middle_and_a_radius_to_drag() -> None:
    drawing = _new(FenceKind.CIRCLE)
    drawing.add_corner(_at(0, 0))
    held = drawing.take_hold(_handle(drawing, HandleKind.RADIUS))
    drawing.move(held, Position(LAT + 300 / 111_195, LON))
    drawing.let_go()

    assert drawing.fence.radius_m == 300
    assert drawing.fence.centre == _at(0, 0)
    assert drawing.problem() is None


def test_a_circle_never_shrinks_to_nothing() -> None:
    drawing = _new(FenceKind.CIRCLE)
    drawing.add_corner(_at(0, 0))
    drawing.move(drawing.take_hold(_handle(drawing, HandleKind.RADIUS)), _at(0, 0))
    assert drawing.fence.radius_m == 5.0


def test_a_corridor_is_straight_until_the_way_along_streets_is_known() -> None:
    drawing = _new(FenceKind.CORRIDOR)
    for corner in SQUARE[:3]:
        drawing.add_corner(corner)
    drawing.finish()
    drawing.follow_streets(True)
    assert drawing.awaits_way
    assert drawing.fence.line == SQUARE[:3]

    way = (SQUARE[0], _at(0.1, 0.5), *SQUARE[1:3])
    assert drawing.take_way(drawing.paths[0], way)
    assert drawing.fence.line == way
    assert not drawing.awaits_way


def test_a_way_for_other_corners_is_not_taken() -> None:
    drawing = _new(FenceKind.CORRIDOR)
    for corner in SQUARE[:2]:
        drawing.add_corner(corner)
    drawing.finish()
    drawing.follow_streets(True)
    asked_for = drawing.paths[0]
    drawing.move(drawing.take_hold(_handle(drawing, HandleKind.CORNER, 1)), _at(2, 2))

    assert not drawing.take_way(asked_for, (SQUARE[0], SQUARE[1]))
    assert drawing.awaits_way


def test_letters_of_one_field_are_one_step(square: FenceDrawing) -> None:
    for name in ("Y", "Ya", "Yar"):
        square.set_figures("name", name=name)
    square.set_figures("margin", leave_margin_m=50.0)

    square.undo()
    assert (square.fence.name, square.fence.leave_margin_m) == ("Yar", 30.0)
    square.undo()
    assert square.fence.name == "Yard"


def test_what_is_as_it_was_saved_is_not_unsaved() -> None:
    saved = Fence(fence_id=FenceId("F-1"), name="Yard", ring=(*SQUARE, SQUARE[0]))
    drawing = FenceDrawing(saved)
    assert drawing.fence == saved
    assert not drawing.is_unsaved

    drawing.remove_corner(0, 0)
    assert drawing.is_unsaved
    drawing.undo()
    assert not drawing.is_unsaved
    drawing.set_figures("name", name="Depot")
    drawing.keep_saved()
    assert not drawing.is_unsaved


@pytest.mark.parametrize(
    "saved",
    [
        Fence(fence_id=FenceId("F-1"), name="Depot", centre=_at(0, 0), radius_m=80.0),
        Fence(fence_id=FenceId("F-1"), name="Road", line=SQUARE[:3], width_m=25.0),
        Fence(
            fence_id=FenceId("F-1"),
            name="Yard",
            ring=(*SQUARE, SQUARE[0]),
            holes=((_at(0.2, 0.2), _at(0.2, 0.6), _at(0.6, 0.4), _at(0.2, 0.2)),),
        ),
    ],
    ids=["circle", "corridor", "holes"],
)
def test_a_fence_that_is_opened_is_saved_as_it_was(saved: Fence) -> None:
    drawing = FenceDrawing(saved)
    assert drawing.fence == saved
    assert drawing.problem() is None
