"""The lowest limit of the fences that a fix lies in, at their hours, for the vehicles of their groups."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.geofencing.active_hours import ActiveHours, Weekday
from core.geofencing.fence import Fence
from core.geofencing.fence_check import check_fence
from core.geofencing.fence_speeds import NO_FENCE, FenceSpeeds
from core.geofencing.warming import warm_up
from core.refusals import Refusal
from core.vocabulary import FenceId, Position

O = Position(-29.9, -71.25)
METRE = 1.0 / 111_195.0
MONDAY_NOON_AT = 1_800_000_000.0 + 3 * 86_400.0 - 1_800_000_000.0 % 86_400.0 + 43_200.0
"""2027-01-18 12:00 UTC."""


def yard(name: str, radius_m: float, limit_mps: float, **rest: Any) -> Fence:
    return Fence(fence_id=FenceId(name), name=name, centre=O, radius_m=radius_m, speed_limit_mps=limit_mps, **rest)


def limits(
    *fences: Fence, north_m: tuple[float, ...] = (0.0,), at: float = MONDAY_NOON_AT, group: str = ""
) -> list[tuple[float, str]]:
    speeds, count = FenceSpeeds(fences, ZoneInfo("UTC")), len(north_m)
    lat, lon = O.lat + np.array(north_m) * METRE, np.full(count, O.lon)
    found, numbers = speeds.at(["V-1"] * count, np.full(count, at), lat, lon, {"V-1": (group,)})
    names = ["" if number == NO_FENCE else speeds.ids[number] for number in numbers.tolist()]
    return list(zip(found.tolist(), names, strict=True))


def test_the_lowest_limit_counts_and_outside_there_is_none() -> None:
    town, school = yard("town", 500.0, 13.9), yard("school", 100.0, 8.3)
    inf = float("inf")
    assert limits(school, town, north_m=(0.0, 150.0, 600.0)) == [(8.3, "school"), (13.9, "town"), (inf, "")]


def test_a_fence_without_a_limit_sets_none() -> None:
    assert limits(yard("yard", 100.0, 0.0)) == [(float("inf"), "")]
    assert limits() == [(float("inf"), "")]


def test_many_fences_over_one_place_are_all_looked_at() -> None:
    fences = [yard(f"F-{number}", 100.0, 20.0 - 0.1 * number) for number in range(100)]
    assert limits(*fences, north_m=(0.0, 10.0)) == [(pytest.approx(10.1), "F-99")] * 2


def test_a_limit_counts_at_its_hours_and_for_its_groups() -> None:
    school = yard("school", 100.0, 8.3, hours=(ActiveHours(weekdays=(Weekday.MONDAY,), from_min=480, until_min=960),))
    assert limits(school)[0][1] == "school"
    assert limits(school, at=MONDAY_NOON_AT + 6 * 3_600.0)[0][1] == ""
    vans = yard("vans", 100.0, 8.3, groups=("vans",))
    assert limits(vans, group="vans")[0][1] == "vans"
    assert limits(vans, group="bikes")[0][1] == ""


def test_a_limit_is_a_speed_of_vehicles() -> None:
    check_fence(yard("yard", 100.0, 2.8))
    with pytest.raises(Refusal):
        check_fence(yard("yard", 100.0, 71.0))


def test_warming_up_judges_a_drive_and_its_speeds() -> None:
    warm_up()
    assert limits(yard("yard", 100.0, 2.0)) == [(2.0, "yard")]
