"""An index that fences were changed in judges as one that is made of them anew, and knows who was inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.geofencing.crossings import CrossingDetector
from core.geofencing.fence import Fence, FenceTrigger
from core.geofencing.fence_index import FenceIndex
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import FenceId, Position

type Fixes = Callable[..., FixBatch]
NOW_AT = 1_800_000_000.0
O = Position(-29.9, -71.25)
METRE = 1.0 / 111_195.0
GROUPS = {"V-1": ("vans",), "V-2": ("bikes",)}


def fence(number: int, north_m: float, radius_m: float, **rest: Any) -> Fence:
    """Circles for even numbers, squares for odd ones."""
    name, middle = f"F-{number}", O.lat + north_m * METRE
    if number % 2 == 0:
        return Fence(fence_id=FenceId(name), name=name, centre=Position(middle, O.lon), radius_m=radius_m, **rest)
    half = radius_m * METRE
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ring = tuple(Position(middle + north * half, O.lon + east * half) for north, east in signs)
    return Fence(fence_id=FenceId(name), name=name, ring=ring, **rest)


def drive(start_at: float = NOW_AT) -> FixBatch:
    """Two vehicles that drive 3 km north at 20 m/s, a fix each 5 s."""
    parts, at = [], start_at + 5.0 * np.arange(31)
    for name in GROUPS:
        names, metres = np.full(31, name, dtype=object), 100.0 * np.arange(31)
        lat, lon, figure = O.lat + metres * METRE, np.full(31, O.lon), np.full(31, 5.0)
        parts.append(FixBatch(names, names, at, at, at, lat, lon, figure, figure, figure, figure > 0.0))
    return FixBatch.concatenate(parts)


def told(index: FenceIndex) -> list[tuple[str, str, str, float]]:
    detector = CrossingDetector(index)
    detector.set_groups(GROUPS)
    found = detector.advance(drive())
    return sorted((one.fence_id, one.vehicle_id, one.kind.value, one.occurred_at) for one in found)


drawn = st.builds(
    fence,
    st.integers(0, 7),
    st.floats(0.0, 3_000.0),
    st.sampled_from([30.0, 200.0, 900.0]),
    trigger=st.sampled_from(FenceTrigger),
    groups=st.sampled_from([(), ("vans",), ("bikes", "night")]),
    dwell_s=st.sampled_from([0.0, 20.0]),
)
changes = st.lists(st.tuples(st.lists(drawn, max_size=3), st.lists(st.integers(0, 7), max_size=2)), max_size=4)


def by_id(fences: Sequence[Fence]) -> list[Fence]:
    return list({one.fence_id: one for one in fences}.values())


@settings(max_examples=60, deadline=None)
@given(first=st.lists(drawn, max_size=4), steps=changes)
def test_changes_make_the_same_as_all_anew(first: list[Fence], steps: list[tuple[list[Fence], list[int]]]) -> None:
    in_force = {one.fence_id: one for one in first}
    index = FenceIndex(by_id(first))
    for fences, numbers in steps:
        gone = {FenceId(f"F-{number}") for number in numbers} - {one.fence_id for one in fences}
        index = index.changed(by_id(fences), gone)
        in_force = {name: one for name, one in in_force.items() if name not in gone}
        in_force |= {one.fence_id: one for one in fences}
    assert index.numbers.keys() == in_force.keys()
    assert told(index) == told(FenceIndex(in_force.values()))


def test_many_groups_take_another_word() -> None:
    index = FenceIndex([fence(0, 500.0, 200.0, groups=("vans",))])
    others = [fence(2 * number, 9_000.0, 50.0, groups=(f"G-{number}",)) for number in range(1, 70)]
    later = index.changed([*others, fence(1, 1_500.0, 200.0, groups=("bikes",))])
    assert (index.words, later.words) == (1, 2)
    assert {(name, vehicle) for name, vehicle, _, _ in told(later)} == {("F-0", "V-1"), ("F-1", "V-2")}


def test_who_is_inside_a_redrawn_fence_is_known_and_leaves_it() -> None:
    detector = CrossingDetector([fence(0, 1_500.0, 400.0), fence(2, 500.0, 100.0)])
    batch = drive()
    half = batch.select(batch.fix_at <= NOW_AT + 75.0)  # 1,500 m
    assert [one.kind.value for one in detector.advance(half) if one.fence_id == "F-0"] == ["entered"] * 2
    detector.set_fences(detector.index.changed([fence(0, 1_500.0, 700.0)], [FenceId("F-2")]))
    found = detector.advance(batch.select(batch.fix_at > NOW_AT + 75.0))
    assert [(one.fence_id, one.kind.value) for one in found] == [("F-0", "exited")] * 2
    assert all(one.position.lat > O.lat + 2_200.0 * METRE for one in found)


def test_what_was_drawn_since_is_counted() -> None:
    index = FenceIndex([fence(0, 500.0, 200.0)])
    assert (index.changes, index.changed([fence(0, 600.0, 200.0)]).changes) == (0, 1)
