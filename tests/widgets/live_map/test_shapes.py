"""Rows of vehicles and shapes as the page gets them."""

import numpy as np
import pytest

from widgets.live_map.page_shapes import plain_callout, plain_fence, plain_zone
from widgets.live_map.shapes import Callout, Circle, FenceShape, VehicleRows, ZoneShape, area_around, look_of
from widgets.live_map.sprites import CELL_PIXELS, sprite_sheet
from widgets.live_map.vehicle_slots import EMPTY_LOOK, NO_HEADING_STEP, ROW, VehicleSlots
from widgets.marks.vehicle_kite import VehicleState
from widgets.theme.tokens import DARK


def rows_of(*ids: str, heading: float = 90.0) -> VehicleRows:
    count = len(ids)
    return VehicleRows(
        ids,
        np.zeros(count),
        np.zeros(count),
        np.full(count, heading),
        np.full(count, look_of(VehicleState.FREE), dtype=np.int8),
    )


def test_row_is_twelve_bytes_with_position_heading_and_look() -> None:
    """Latitude and longitude 0 are the middle of 2^31; 90 degrees is step 8 of 32; free is state 2."""
    packed = VehicleSlots().pack(rows_of("A"))
    (row,) = np.frombuffer(packed, dtype=ROW)
    assert len(packed) == 12
    assert (row["x"], row["y"]) == (2**30 - 1, 2**30 - 1)
    assert (row["heading"], row["look"], row["generation"]) == (8, 2, 0)


def test_unknown_heading_has_a_step_of_its_own() -> None:
    for heading in (-1.0, float("nan")):
        (row,) = np.frombuffer(VehicleSlots().pack(rows_of("A", heading=heading)), dtype=ROW)
        assert row["heading"] == NO_HEADING_STEP


def test_vehicle_keeps_its_row_when_others_come_and_go() -> None:
    slots = VehicleSlots()
    slots.pack(rows_of("A", "B"))
    table = np.frombuffer(slots.pack(rows_of("C", "B")), dtype=ROW)
    assert (slots.slot("A"), slots.slot("B"), slots.slot("C")) == (-1, 1, 0)
    assert table["generation"].tolist() == [1, 0]


def test_row_of_a_gone_vehicle_is_empty_and_answers_no_click() -> None:
    slots = VehicleSlots()
    slots.pack(rows_of("A"))
    (row,) = np.frombuffer(slots.pack(rows_of()), dtype=ROW)
    assert row["look"] == EMPTY_LOOK
    slots.pack(rows_of("B"))
    assert (slots.vehicle_at(0, 0), slots.vehicle_at(0, 1), slots.vehicle_at(5, 0)) == (None, "B", None)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        VehicleRows(["A"], np.zeros(2), np.zeros(1), np.zeros(1), np.zeros(1, dtype=np.int8))


def test_area_leaves_out_the_few_far_away() -> None:
    """Of 101 positions 0.00 to 1.00 the middle 90 % are 0.05 to 0.95; 1113.2 m are 0.01 degrees at the equator."""
    line = np.linspace(0.0, 1.0, 101)
    area = area_around(line, line, share=0.9, margin_metres=1113.2)
    assert area == pytest.approx((0.04, 0.04, 0.96, 0.96), abs=1e-4)
    with pytest.raises(ValueError, match="at least one position"):
        area_around(np.empty(0), np.empty(0))


def test_look_carries_state_level_and_selection() -> None:
    assert look_of(VehicleState.STALE, level=1, selected=True) == 4 + 8 + 64
    with pytest.raises(ValueError, match=r"0\.\.4"):
        look_of(VehicleState.FREE, level=5)


def test_sheet_has_a_sprite_for_each_look_and_heading(qapp: object) -> None:
    pixels, width, height = sprite_sheet(DARK, 1.0)
    sheet = np.frombuffer(pixels, dtype=np.uint8).reshape(height, width, 4)
    cells = sheet[:, :, 3].reshape(36, CELL_PIXELS, 32, CELL_PIXELS)
    drawn = cells.max(axis=(1, 3)) > 0
    paused = np.arange(36) % 6 == 3
    assert drawn[~paused].all()
    assert drawn[paused, 0].all() and not drawn[paused, 1:].any()
    assert cells[:6].max() == 168  # grey vehicles at 66 %
    assert cells[:, [0, -1]].max() == 0  # nothing is cut off


def test_zone_name_stands_inside_a_hollow_zone() -> None:
    """A U-shaped zone has its centroid outside."""
    corners = [(0, 0), (0, 9), (-9, 9), (-9, 6), (-2, 6), (-2, 3), (-9, 3), (-9, 0)]
    zone = plain_zone(ZoneShape("Z", "U", "", corners))
    import shapely

    assert shapely.Polygon(zone["ring"]).contains(shapely.Point(zone["label"]))


def test_circle_on_the_ground_is_round_on_the_map() -> None:
    """1000 m at the equator are 1000 / 40,075,016.7 of the unit square."""
    fence = plain_fence(FenceShape("F", "Depot", Circle(0.0, 0.0, 1000.0)))
    ring = np.array(fence["ring"])
    radii = np.hypot(*(ring - 0.5).T)
    assert radii == pytest.approx(1000 / 40_075_016.7, rel=1e-6)


def test_callout_of_a_vehicle_knows_its_row() -> None:
    slots = VehicleSlots()
    slots.pack(rows_of("A", "B"))
    on_vehicle = plain_callout(Callout("B", 0, 0, 1, "", "", kind="vehicle"), slots.slot)
    on_order = plain_callout(Callout("B", 0, 0, 1, "", ""), slots.slot)
    assert (on_vehicle["slot"], on_order["slot"]) == (1, -1)
