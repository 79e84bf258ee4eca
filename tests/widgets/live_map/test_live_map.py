"""The live map in a real web view, offscreen: pixels, clicks, keys, and that no request leaves the desk."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from widgets.live_map.live_map import LiveMap
from widgets.live_map.page_bridge import PageBridge
from widgets.live_map.shapes import (
    Callout,
    ClosureMark,
    FenceShape,
    FenceState,
    OrderPoint,
    RouteLine,
    StopMark,
    VehicleRows,
    ZoneShape,
    look_of,
)
from widgets.marks.vehicle_kite import VehicleState
from widgets.theme.tokens import DARK

Pixels = NDArray[np.int64]
Grab = Callable[[LiveMap], Pixels]
InPage = Callable[[LiveMap, str], object]

MIDDLE = (-29.94, -71.25)
WEST = (-29.94, -71.29)


def one_vehicle(lat: float, lon: float, look: int, heading: float = 90.0) -> VehicleRows:
    return VehicleRows(
        ["V-1"],
        np.array([lat]),
        np.array([lon]),
        np.array([heading]),
        np.array([look], dtype=np.int8),
    )


def place_of(pixels: Pixels, colour: str, tolerance: int = 40) -> tuple[float, float] | None:
    """Return the middle x, y of all pixels near a colour."""
    wanted = QColor(colour)
    distance = np.abs(pixels - np.array([wanted.red(), wanted.green(), wanted.blue()])).max(axis=2)
    rows, columns = np.nonzero(distance < tolerance)
    return (float(columns.mean()), float(rows.mean())) if len(rows) else None


def screen_of(in_page: InPage, live_map: LiveMap, lat: float, lon: float) -> tuple[float, float]:
    """Return where Leaflet itself has a position on the screen."""
    script = f"(p => [p.x, p.y])(liveMap.page.map.latLngToContainerPoint([{lat}, {lon}]))"
    x, y = in_page(live_map, script)  # type: ignore[misc]
    return x, y


def click_at(qtbot: QtBot, live_map: LiveMap, x: float, y: float) -> None:
    target = live_map.focusProxy().focusProxy()
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))


def test_vehicle_is_found_before_and_after_it_moved(
    shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot
) -> None:
    red = DARK.priority(1).ink
    assert place_of(grab(shown_map), red) is None
    look = look_of(VehicleState.CARRYING, level=1)

    shown_map.set_vehicles(one_vehicle(*MIDDLE, look))
    before = place_of(grab(shown_map), red)
    assert before == pytest.approx(screen_of(in_page, shown_map, *MIDDLE), abs=4)

    shown_map.set_vehicles(one_vehicle(*WEST, look))
    after = place_of(grab(shown_map), red)
    assert after == pytest.approx(screen_of(in_page, shown_map, *WEST), abs=4)
    assert before is not None and after is not None and after[0] < before[0] - 40


def test_normal_vehicle_is_painted_and_gone_when_removed(shown_map: LiveMap, grab: Grab, in_page: InPage) -> None:
    empty = grab(shown_map)
    shown_map.set_vehicles(one_vehicle(*MIDDLE, look_of(VehicleState.CARRYING)))
    changed = np.abs(grab(shown_map) - empty).max(axis=2) > 20
    rows, columns = np.nonzero(changed)
    x, y = screen_of(in_page, shown_map, *MIDDLE)
    assert 20 < changed.sum() < 400
    assert abs(columns.mean() - x) < 4 and abs(rows.mean() - y) < 4
    no_one = VehicleRows([], np.empty(0), np.empty(0), np.empty(0), np.empty(0, dtype=np.int8))
    shown_map.set_vehicles(no_one)
    assert np.array_equal(grab(shown_map), empty)


def test_gliding_vehicle_never_passes_its_last_fix(shown_map: LiveMap, in_page: InPage, qtbot: QtBot) -> None:
    """Half way of a glide of 1000 ms at 500 ms; at its end at 1000 ms and ever after."""
    script = """(() => {
        const rows = (x) => {
            const row = new DataView(new ArrayBuffer(12));
            row.setInt32(0, x, true);
            return row.buffer;
        };
        const vehicles = new liveMap.Vehicles(liveMap.page.map);
        vehicles.setRows(rows(0), 0);
        vehicles.setRows(rows(20000), 1000);
        const at = [1000, 1500, 2000, 9000].map((now) => { vehicles.glide(now); return vehicles.x[0]; });
        vehicles.canvas.element.remove();
        return at.map((x) => Math.round(x * (Math.pow(2, 31) - 1)));
    })()"""
    assert in_page(shown_map, script) == [0, 10_000, 20_000, 20_000]


def test_no_request_leaves_and_a_try_is_blocked_and_counted(shown_map: LiveMap, in_page: InPage, qtbot: QtBot) -> None:
    assert shown_map.blocked_requests == 0
    shown_map.run_script("fetch('https://tiles.example.org/1/1/1.png').catch(() => {})")
    qtbot.waitUntil(lambda: shown_map.blocked_requests == 1, timeout=10_000)
    shown_map.run_script("document.body.appendChild(new Image()).src = 'http://example.org/a.png'")
    qtbot.waitUntil(lambda: shown_map.blocked_requests == 2, timeout=10_000)


def test_clicked_vehicle_is_told_within_twelve_pixels(
    shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot
) -> None:
    shown_map.set_vehicles(one_vehicle(*MIDDLE, look_of(VehicleState.FREE)))
    grab(shown_map)
    x, y = screen_of(in_page, shown_map, *MIDDLE)
    with qtbot.waitSignal(shown_map.object_clicked, timeout=10_000) as clicked:
        click_at(qtbot, shown_map, x + 9, y)
    assert clicked.args == ["vehicle", "V-1"]
    with qtbot.assertNotEmitted(shown_map.object_clicked, wait=300):
        click_at(qtbot, shown_map, x + 20, y)


@pytest.mark.parametrize("kind", ["order", "stop", "callout", "fence", "closure"])
def test_click_tells_kind_and_id(shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot, kind: str) -> None:
    lat, lon = MIDDLE
    square = [(lat, lon), (lat, lon + 0.02), (lat - 0.02, lon + 0.02), (lat - 0.02, lon)]
    if kind == "order":
        shown_map.set_orders([OrderPoint("O-1", lat, lon)])
    elif kind == "stop":
        shown_map.set_stops([StopMark("S-1", "pickup", 1, lat, lon)])
    elif kind == "fence":
        shown_map.set_fences([FenceShape("F-1", "Depot", square)])
    elif kind == "closure":
        shown_map.set_closures([ClosureMark("X-1", lat, lon, "closed until 14:00", "Burst pipe")])
    else:
        shown_map.set_callouts([Callout("O-7", lat, lon, 2, "O-7 late", "kitchen not ready")])
    grab(shown_map)
    x, y = screen_of(in_page, shown_map, lat, lon)
    if kind == "callout":
        seat = in_page(shown_map, "liveMap.page.callouts.drawn[0].seat")
        assert isinstance(seat, dict)
        x, y = seat["left"] + 20, seat["top"] + 10
    with qtbot.waitSignal(shown_map.object_clicked, timeout=10_000) as clicked:
        click_at(qtbot, shown_map, x, y)
    expected = {"order": "O-1", "stop": "S-1", "callout": "O-7", "fence": "F-1", "closure": "X-1"}[kind]
    assert clicked.args == ["order" if kind == "callout" else kind, expected]


def test_the_right_button_chooses_what_lies_under_it_and_asks_for_the_menu_there(
    shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot
) -> None:
    shown_map.set_orders([OrderPoint("O-1", *MIDDLE)])
    grab(shown_map)
    x, y = screen_of(in_page, shown_map, *MIDDLE)
    told: list[object] = []
    shown_map.object_clicked.connect(lambda kind, name: told.append((kind, name)))
    shown_map.menu_asked.connect(lambda at, place: told.append((at, place)))
    target = shown_map.focusProxy().focusProxy()
    qtbot.mouseClick(target, Qt.MouseButton.RightButton, pos=QPoint(round(x), round(y)))
    qtbot.waitUntil(lambda: len(told) == 2, timeout=10_000)
    assert told[0] == ("order", "O-1")
    at, place = told[1]  # type: ignore[misc]
    assert (at.x(), at.y()) == pytest.approx((x, y), abs=1)
    assert place == pytest.approx(MIDDLE, abs=1e-3)


def test_double_click_tells_the_zone_under_it(shown_map: LiveMap, grab: Grab, qtbot: QtBot) -> None:
    corners = [(-29.9, -71.3), (-29.9, -71.2), (-29.98, -71.2), (-29.98, -71.3)]
    shown_map.set_zones([ZoneShape("Z-1", "Centro", "3 short", corners, emphasised=True)])
    grab(shown_map)
    with qtbot.waitSignal(shown_map.zone_double_clicked, timeout=10_000) as clicked:
        target = shown_map.focusProxy().focusProxy()
        for _ in range(2):
            qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(310, 160))
    assert clicked.args == ["Z-1"]


def test_keys_zoom_and_show_the_whole_area(shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot) -> None:
    zooms = []
    for key in (None, Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0):
        if key is not None:
            qtbot.keyClick(shown_map.focusProxy().focusProxy(), key)
            grab(shown_map)
        zooms.append(in_page(shown_map, "liveMap.page.map.getZoom()"))
    start = zooms[0]
    assert isinstance(start, int | float)
    assert zooms == [start, start + 1, start + 2, start + 1, start]


def test_selection_outside_the_view_is_brought_in(shown_map: LiveMap, grab: Grab, in_page: InPage) -> None:
    outside = (-29.94, -71.05)
    shown_map.set_vehicles(one_vehicle(*outside, look_of(VehicleState.FREE)))
    grab(shown_map)
    shown_map.select("vehicle", "V-1")
    found = place_of(grab(shown_map), DARK.acc)
    assert found is not None
    assert found == pytest.approx(screen_of(in_page, shown_map, *outside), abs=5)


def test_circle_of_a_poor_fix_has_its_size_on_the_ground(shown_map: LiveMap, grab: Grab, in_page: InPage) -> None:
    """At 29.94° S a pixel of zoom 12 is 156,543 x cos(29.94°) / 2^12 = 33.1 m: 2000 m are 60 pixels."""
    shown_map.set_vehicles(one_vehicle(*MIDDLE, look_of(VehicleState.FREE)))
    shown_map.select("vehicle", "V-1")
    without = grab(shown_map)
    shown_map.set_accuracy(25.0)
    assert np.array_equal(grab(shown_map), without)
    shown_map.set_accuracy(2000.0)
    rows, columns = np.nonzero(np.abs(grab(shown_map) - without).max(axis=2) > 5)
    zoom = in_page(shown_map, "liveMap.page.map.getZoom()")
    assert zoom == 12
    assert np.ptp(columns) == pytest.approx(120, abs=3) and np.ptp(rows) == pytest.approx(120, abs=3)


def test_selected_order_is_marked_in_the_accent(shown_map: LiveMap, grab: Grab, in_page: InPage) -> None:
    shown_map.set_orders([OrderPoint("O-1", *MIDDLE), OrderPoint("O-2", *WEST)])
    assert place_of(grab(shown_map), DARK.acc) is None
    shown_map.select("order", "O-2")
    assert place_of(grab(shown_map), DARK.acc) == pytest.approx(screen_of(in_page, shown_map, *WEST), abs=3)
    shown_map.select("order", "")
    assert place_of(grab(shown_map), DARK.acc) is None


def test_selection_inside_the_view_does_not_move_it(shown_map: LiveMap, grab: Grab, in_page: InPage) -> None:
    shown_map.set_vehicles(one_vehicle(*MIDDLE, look_of(VehicleState.FREE)))
    before = screen_of(in_page, shown_map, *MIDDLE)
    shown_map.select("vehicle", "V-1")
    grab(shown_map)
    assert screen_of(in_page, shown_map, *MIDDLE) == before


def test_followed_vehicle_stays_in_the_middle(shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot) -> None:
    shown_map.set_vehicles(one_vehicle(*WEST, look_of(VehicleState.FREE)))
    shown_map.select("vehicle", "V-1")
    with qtbot.waitSignal(shown_map.following_changed):
        qtbot.keyClick(shown_map.focusProxy().focusProxy(), Qt.Key.Key_F)
    grab(shown_map)
    assert screen_of(in_page, shown_map, *WEST) == pytest.approx((300, 200), abs=5)


def test_dragging_pans_the_map_and_ends_following(
    shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot
) -> None:
    shown_map.set_vehicles(one_vehicle(*MIDDLE, look_of(VehicleState.FREE)))
    shown_map.select("vehicle", "V-1")
    shown_map.set_following(True)
    grab(shown_map)
    target = shown_map.focusProxy().focusProxy()
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(target, left, pos=QPoint(300, 120))
    for x in (290, 270, 240):
        qtbot.mouseMove(target, QPoint(x, 120))
    with qtbot.waitSignal(shown_map.following_changed, timeout=10_000) as changed:
        qtbot.mouseMove(target, QPoint(230, 120))
    qtbot.mouseRelease(target, left, pos=QPoint(230, 120))
    grab(shown_map)
    assert changed.args == [False]
    x, _ = screen_of(in_page, shown_map, *MIDDLE)
    assert 200 < x < 290


def test_route_and_layers_are_painted_and_hidden(shown_map: LiveMap, grab: Grab) -> None:
    shown_map.set_routes([RouteLine("to_come", [WEST, MIDDLE])])
    assert place_of(grab(shown_map), DARK.acc) is not None
    shown_map.set_routes([])
    empty = grab(shown_map)
    corners = [(-29.9, -71.3), (-29.9, -71.2), (-29.98, -71.2)]
    shown_map.set_zones([ZoneShape("Z-1", "Centro", "balanced", corners)])
    assert not np.array_equal(grab(shown_map), empty)
    shown_map.set_layers(zones=False)
    assert np.array_equal(grab(shown_map), empty)


def test_a_closed_zone_is_hatched_also_where_zones_are_not_shown(shown_map: LiveMap, grab: Grab) -> None:
    corners = [(-29.9, -71.3), (-29.9, -71.2), (-29.98, -71.2)]
    shown_map.set_layers(zones=False)
    empty = grab(shown_map)
    shown_map.set_zones([ZoneShape("Z-1", "Centro", "closed until 14:00", corners, closed=True)])
    hatched = np.any(grab(shown_map) != empty, axis=2)
    assert hatched.mean() > 0.02  # lines all over it, not its edge and name alone
    shown_map.set_zones([])
    assert np.array_equal(grab(shown_map), empty)


def test_a_dormant_fence_is_faint_and_dashed_and_says_when_it_counts(
    shown_map: LiveMap, grab: Grab, in_page: InPage
) -> None:
    empty = grab(shown_map)
    north, south, west, east = -29.92, -29.95, -71.27, -71.21
    square = [(south, west), (south, east), (north, east), (north, west)]
    left, top = map(round, screen_of(in_page, shown_map, north, west))
    right, bottom = map(round, screen_of(in_page, shown_map, south, east))

    def ink(state: FenceState) -> tuple[int, int]:
        """Return how much the lower edge and what stands above the fence differ from the empty map."""
        shown_map.set_fences([FenceShape("F-1", "School", square, state, note="counts from 14:00")])
        painted = np.abs(grab(shown_map) - empty).max(axis=2)
        edge, words = painted[bottom - 3 : bottom + 4, left + 6 : right - 6], painted[top - 18 : top - 4, left:right]
        return int(edge.sum()), int(words.sum())

    (open_edge, open_words), (edge, words) = ink("open"), ink("dormant")
    assert 0 < edge < open_edge / 2
    assert (open_words, words > 0) == (0, True)


def test_callouts_keep_clear_of_each_other_and_of_the_legend(shown_map: LiveMap, grab: Grab, in_page: InPage) -> None:
    lat, lon = MIDDLE
    shown_map.set_callouts(
        [Callout(f"O-{n}", lat - 0.001 * n, lon, 1 + n % 3, f"O-{n} late by 4 min", "kitchen") for n in range(10)]
    )
    grab(shown_map)
    seats = in_page(
        shown_map,
        "liveMap.page.callouts.drawn.filter(d => d.seat).map(d => d.seat)"
        ".concat(liveMap.page.furniture.boxes(liveMap.viewOf(liveMap.page.map)))"
        ".map(b => [b.left, b.top, b.right, b.bottom])",
    )
    assert isinstance(seats, list) and len(seats) > 5
    callouts = seats[:-3]
    for number, (left, top, right, bottom) in enumerate(callouts):
        for other in seats[number + 1 :]:
            apart = other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top
            assert apart
    assert len(callouts) <= 8


def test_callout_follows_a_vehicle_that_came_after_it(shown_map: LiveMap, grab: Grab, in_page: InPage) -> None:
    shown_map.set_callouts([Callout("V-1", *MIDDLE, 2, "V-1 late", "kitchen", kind="vehicle")])
    grab(shown_map)
    shown_map.set_vehicles(one_vehicle(*WEST, look_of(VehicleState.CARRYING, level=2)))
    grab(shown_map)
    tip = in_page(shown_map, "(d => [d.x, d.y])(liveMap.page.callouts.drawn[0])")
    assert tip == pytest.approx(screen_of(in_page, shown_map, *WEST), abs=1)


def test_page_is_told_only_of_what_has_changed(shown_map: LiveMap, qtbot: QtBot) -> None:
    told: list[str] = []
    bridge = shown_map.findChild(PageBridge)
    assert bridge is not None
    bridge.changed.connect(told.append)
    for _ in range(3):
        shown_map.set_stops([StopMark("S-1", "drop", 1, *MIDDLE)])
        shown_map.set_layers(zones=True)
        shown_map.set_hatched(False)
    assert told == ["stops"]


def test_hatched_map_says_how_old_it_is(shown_map: LiveMap, grab: Grab) -> None:
    live = grab(shown_map)
    shown_map.set_hatched(True, "Positions are 47 s old. Not moved by guess.")
    hatched = np.abs(grab(shown_map) - live).max(axis=2) > 8
    assert hatched.mean() > 0.05
    shown_map.set_hatched(False)
    assert np.array_equal(grab(shown_map), live)


def test_vehicles_on_each_other_become_one_with_a_number_and_a_click_spreads_them(
    shown_map: LiveMap, grab: Grab, in_page: InPage, qtbot: QtBot
) -> None:
    lat, lon = MIDDLE
    count = 3
    shown_map.set_vehicles(
        VehicleRows(
            [f"V-{n}" for n in range(count)],
            np.full(count, lat),
            np.full(count, lon),
            np.full(count, 90.0),
            np.full(count, look_of(VehicleState.FREE), dtype=np.int8),
        )
    )
    grab(shown_map)
    groups = "liveMap.page.vehicles.clusters.groups.map(g => g.slots.length)"
    assert in_page(shown_map, groups) == [3]
    x, y = screen_of(in_page, shown_map, lat, lon)
    with qtbot.assertNotEmitted(shown_map.object_clicked, wait=300):
        click_at(qtbot, shown_map, x, y)
    grab(shown_map)
    assert in_page(shown_map, groups) == [1, 1, 1]
    x, y = in_page(shown_map, "liveMap.page.vehicles.place(1, liveMap.viewOf(liveMap.page.map))")  # type: ignore[misc]
    with qtbot.waitSignal(shown_map.object_clicked, timeout=10_000) as clicked:
        click_at(qtbot, shown_map, x, y)
    assert clicked.args == ["vehicle", "V-1"]


def test_frames_are_counted_while_vehicles_glide(shown_map: LiveMap, qtbot: QtBot) -> None:
    assert shown_map.frames_per_second() == 0.0
    lon = [MIDDLE[1]]

    def drive() -> bool:
        lon[0] += 0.0001
        shown_map.set_vehicles(one_vehicle(MIDDLE[0], lon[0], look_of(VehicleState.FREE)))
        return shown_map.frames_per_second() > 0

    qtbot.waitUntil(drive, timeout=30_000)


def test_fault_in_the_page_is_logged(shown_map: LiveMap, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    shown_map.run_script("setTimeout(() => { throw new Error('broken on purpose'); })")
    qtbot.waitUntil(lambda: "broken on purpose" in caplog.text, timeout=10_000)
    assert caplog.records[-1].levelname == "ERROR"
