"""Places fitted into the room there is, and told when clicked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from widgets.parts.place_sketch import PlaceSketch, Spot, Way

SPOTS = [Spot("a", -29.90, -71.25, "A"), Spot("b", -29.95, -71.20, "B", "p2"), Spot("c", -29.92, -71.30, "C")]


@pytest.fixture
def sketch(qtbot):
    made = PlaceSketch("Customers")
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.show_places(SPOTS, [Way(((-29.90, -71.25), (-29.95, -71.20)))])
    made.show()
    return made


def test_every_place_lies_inside_with_north_up_and_east_right(sketch):
    points = {spot.key: sketch.point_of(spot.lat, spot.lon) for spot in SPOTS}
    assert all(sketch.rect().contains(point.toPoint()) for point in points.values())
    assert points["a"].y() < points["b"].y()
    assert points["c"].x() < points["a"].x() < points["b"].x()


def test_one_place_lies_in_the_middle(sketch):
    sketch.show_places(SPOTS[:1])
    point = sketch.point_of(-29.90, -71.25)
    assert (point.x(), point.y()) == (400.0, 150.0)


def test_spot_under_the_click_is_told(sketch):
    spy = QSignalSpy(sketch.chosen)
    QTest.mouseClick(sketch, Qt.MouseButton.LeftButton, pos=sketch.point_of(-29.95, -71.20).toPoint())
    QTest.mouseClick(sketch, Qt.MouseButton.LeftButton, pos=sketch.rect().topLeft())
    assert [spy.at(i)[0] for i in range(spy.count())] == ["b"]


def test_marked_spot_looks_otherwise(sketch):
    before = sketch.grab().toImage()
    sketch.mark("b")
    assert sketch.grab().toImage() != before
