"""A shape drawn by hand on the page: painted, taken hold of, dragged, and clicks that are its own."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from widgets.live_map.live_map import LiveMap
from widgets.live_map.shapes import Circle, EditedShape, EditHandle, FenceShape
from widgets.theme.tokens import DARK

MIDDLE = (-29.94, -71.25)
RING = ((-29.95, -71.27), (-29.95, -71.23), (-29.93, -71.23), (-29.93, -71.27))
Grab = Callable[[LiveMap], NDArray[np.int64]]
InPage = Callable[[LiveMap, str], object]
Place = Callable[[LiveMap, tuple[float, float]], QPoint]


def _handles() -> tuple[EditHandle, ...]:
    return tuple(EditHandle(f"corner:0:{at}", "corner", *corner) for at, corner in enumerate(RING))


@pytest.fixture
def place(in_page: InPage) -> Place:
    """Return a function that tells where a position is in pixels of the map."""

    def pixel(live_map: LiveMap, at: tuple[float, float]) -> QPoint:
        script = f"liveMap.page.map.latLngToContainerPoint([{at[0]}, {at[1]}])"
        point = in_page(live_map, script)
        assert isinstance(point, dict)
        return QPoint(round(point["x"]), round(point["y"]))

    return pixel


def _has(pixels: NDArray[np.int64], colour: str, at: QPoint, reach: int = 5) -> bool:
    wanted = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    box = pixels[at.y() - reach : at.y() + reach, at.x() - reach : at.x() + reach]
    return bool((np.abs(box - wanted).max(axis=2) <= 2).any())


def test_edge_handles_and_fault_are_painted(shown_map: LiveMap, grab: Grab, place: Place) -> None:
    shown_map.set_edited(EditedShape(rings=(RING,), handles=_handles(), fault=MIDDLE))
    pixels = grab(shown_map)

    assert _has(pixels, DARK.acc, place(shown_map, RING[0]))
    assert _has(pixels, DARK.acc, place(shown_map, (-29.95, -71.25)))  # the edge
    assert _has(pixels, DARK.priority(2).fill, place(shown_map, MIDDLE), reach=9)
    shown_map.set_edited(None)
    assert not _has(grab(shown_map), DARK.acc, place(shown_map, RING[0]))


def test_a_handle_is_dragged_and_the_map_stays(
    shown_map: LiveMap,
    grab: Grab,
    place: Place,
    qtbot: QtBot,
) -> None:
    shown_map.set_edited(EditedShape(rings=(RING,), handles=_handles()))
    grab(shown_map)
    start, target = place(shown_map, RING[2]), place(shown_map, MIDDLE)
    told = QSignalSpy(shown_map.edited)
    web = shown_map.focusProxy().focusProxy()

    QTest.mousePress(web, Qt.MouseButton.LeftButton, pos=start)
    qtbot.waitUntil(lambda: told.count() == 1)
    QTest.mouseMove(web, target)
    qtbot.waitUntil(lambda: told.count() >= 2)
    QTest.mouseRelease(web, Qt.MouseButton.LeftButton, pos=target)
    qtbot.waitUntil(lambda: told.at(told.count() - 1)[0] == "drop")

    deeds = [told.at(at) for at in range(told.count())]
    assert deeds[0][:2] == ["grab", "corner:0:2"]
    assert "drag" in {deed[0] for deed in deeds}
    assert deeds[-1][2:] == pytest.approx(MIDDLE, abs=5e-4)
    assert place(shown_map, MIDDLE) == target


def test_a_click_beside_handles_is_a_place_and_no_object(
    shown_map: LiveMap,
    grab: Grab,
    place: Place,
    qtbot: QtBot,
) -> None:
    shown_map.set_fences([FenceShape("F-1", "Depot", Circle(*MIDDLE, 900.0))])
    shown_map.set_edited(EditedShape(adds_corners=True))
    grab(shown_map)
    objects = QSignalSpy(shown_map.object_clicked)
    with qtbot.waitSignal(shown_map.edited, timeout=10_000) as told:
        QTest.mouseClick(
            shown_map.focusProxy().focusProxy(), Qt.MouseButton.LeftButton, pos=place(shown_map, (-29.92, -71.28))
        )

    assert told.args[:2] == ["place", ""]
    assert told.args[2:] == pytest.approx((-29.92, -71.28), abs=5e-4)
    assert objects.count() == 0


def test_a_corridor_is_as_wide_as_on_the_ground(shown_map: LiveMap, grab: Grab, place: Place) -> None:
    line = ((-29.94, -71.28), (-29.94, -71.22))
    shown_map.set_edited(EditedShape(line=line, width_metres=2000.0))
    pixels = grab(shown_map)
    inside, outside = place(shown_map, (-29.948, -71.25)), place(shown_map, (-29.96, -71.25))

    assert (pixels[inside.y(), inside.x()] != pixels[outside.y(), outside.x()]).any()
