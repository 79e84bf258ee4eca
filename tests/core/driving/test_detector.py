"""Harshness, speeding and idling are told once each, from fixes that bear it out; a receiver's noise tells nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.driving.detector import Driven, DrivingDetector, no_limits
from core.driving.driving_policy import DrivingPolicy
from core.telemetry.fix_batch import Column, FixBatch
from core.vocabulary import FenceId

START_AT = 1_795_190_400.0
POLICY = DrivingPolicy()
NAN = float("nan")


def limit_of(mps: float) -> Any:
    return lambda lat, lon, heading_deg, speed_mps: np.full(len(lat), mps)


def found(*batches: FixBatch, limits: Any = no_limits, engine_on: bool = False) -> list[Driven]:
    detector = DrivingDetector(limits, lambda vehicle: engine_on)
    return [one for batch in batches for one in detector.advance(batch, POLICY)]


def told(*batches: FixBatch, **rest: Any) -> list[tuple[str, float, float]]:
    return [(one.kind, one.occurred_at - START_AT, round(one.value, 2)) for one in found(*batches, **rest)]


def test_braking_is_told_once_with_its_hardest_moment(drive: Any) -> None:
    # 15 m/s for three seconds, then 4, 5 and 4 m/s² to 2 m/s: one event, from the first second on.
    batch = drive([15, 15, 15, 11, 6, 2, 2, 2])
    assert told(batch) == [("harsh_braking", 3.0, 5.0)]
    [event] = found(batch)
    assert (event.threshold, event.is_late, event.vehicle_id) == (3.5, False, "V-1")


def test_it_is_the_same_fix_by_fix(drive: Any) -> None:
    batch = drive([15, 15, 15, 11, 6, 2, 2, 2])
    single = [batch.select(np.array([row])) for row in range(len(batch))]
    assert [one[:2] for one in told(*single)] == [("harsh_braking", 3.0)]


def test_acceleration_and_two_brakings_apart_are_three_events(drive: Any) -> None:
    calm = [8.0] * 15
    speeds = [2, 2, 6, 10, 10, *calm, 8, 4, 0, 0, *[0] * 12, 1, 3, 5, 7, 8, 8, *calm, 8, 4, 0, 0]
    kinds = [kind for kind, _, _ in told(drive(speeds))]
    assert kinds == ["harsh_acceleration", "harsh_braking", "harsh_braking"]


def test_what_is_ordinary_is_not_told(drive: Any) -> None:
    assert told(drive([0, 2, 4, 6, 8, 10, 12, 14, 12, 9, 6, 3, 0, 0])) == []


def test_a_sharp_corner_is_told_and_a_wide_one_is_not(drive: Any) -> None:
    # 12 m/s and 25 degrees a second: 12 * 0.436 = 5.24 m/s²; 10 degrees a second: 2.1 m/s²
    sharp = [0, 0, 0, 25, 50, 75, 90, 90, 90]
    wide = [0, 0, 0, 10, 20, 30, 40, 40, 40]
    assert told(drive([12.0] * 9, headings_deg=sharp)) == [("harsh_cornering", 3.0, 5.24)]
    assert told(drive([12.0] * 9, headings_deg=wide)) == []
    assert told(drive([4.0] * 9, headings_deg=sharp)) == [], "too slow for a heading to be sure"


def test_a_single_wrong_speed_or_heading_says_nothing(drive: Any) -> None:
    right = drive([10.0] * 9)
    for column, wrong in (("speed_mps", 2.0), ("speed_mps", 16.0), ("heading_deg", 40.0)):
        batch = drive([10.0] * 9)
        getattr(batch, column)[4] = wrong
        assert told(batch) == []
    assert told(right) == []


def test_speeds_that_the_way_denies_say_nothing(drive: Any) -> None:
    assert told(drive([0, 0, 7, 7, 7, 0, 0, 0, 9, 9, 9, 4, 0, 0], parked=True)) == []


def test_no_speed_and_fixes_far_apart_say_nothing(drive: Any) -> None:
    assert told(drive([15, 15, NAN, NAN, 2, 2, 2])) == []
    assert told(drive([20, 20, 1, 1, 1], step_s=6.0)) == []


def test_speeding_is_told_once_when_it_lasts(drive: Any) -> None:
    limit = limit_of(13.9)  # 50 km/h: too fast from 16.7 m/s on
    assert told(drive([18.0] * 60), limits=limit) == [("speeding", 10.0, 18.0)]
    assert told(drive([16.0] * 60), limits=limit) == []
    assert told(drive([18.0] * 9 + [15.0, 12.0] + [10.0] * 20), limits=limit) == [], "an overtaking of nine seconds"
    twice = [18.0] * 20 + [15.0] + [12.0] * 17 + [14.0, 16.0] + [18.0] * 20
    assert [at for _, at, _ in told(drive(twice), limits=limit)] == [10.0, 50.0]


def test_where_no_limit_is_known_that_of_the_policy_counts(drive: Any) -> None:
    assert told(drive([36.0] * 20)) == []
    assert told(drive([38.0] * 20)) == [("speeding", 10.0, 38.0)]
    silent = DrivingPolicy(unknown_limit_mps=0.0)
    assert DrivingDetector(no_limits, lambda vehicle: False).advance(drive([60.0] * 20), silent) == []


def test_too_few_fixes_and_a_gap_are_no_speeding(drive: Any) -> None:
    limit = limit_of(13.9)
    assert told(drive([20.0, 20.0], step_s=30.0), limits=limit) == []
    assert told(drive([20.0] * 4, step_s=70.0), limits=limit) == []


def test_idling_needs_an_engine_that_is_known_to_run(drive: Any) -> None:
    standing = drive([5.0, 0.0] + [0.0] * 80, step_s=10.0)
    assert told(standing) == []
    assert told(standing, engine_on=True) == [("idling", 310.0, 300.0)]
    moving = drive([0.0] * 20 + [6.0] + [0.0] * 20, step_s=10.0)
    assert told(moving, engine_on=True) == []


def test_what_comes_late_is_told_as_late_and_never_mixed_with_the_present(drive: Any) -> None:
    detector = DrivingDetector(no_limits, lambda vehicle: False)
    assert detector.advance(drive([8.0] * 5, start_at=START_AT + 7200), POLICY) == []
    buffered = drive([15, 15, 15, 11, 6, 2, 2, 2], received_late_s=7000.0)
    [late] = detector.advance(buffered.select(np.arange(4)), POLICY) + detector.advance(
        buffered.select(np.arange(4, 8)), POLICY
    )
    assert (late.kind, late.occurred_at, late.is_late) == ("harsh_braking", START_AT + 3, True)
    assert detector.advance(drive([8.0] * 5, start_at=START_AT + 7205), POLICY) == []


def test_doubled_fixes_tell_nothing_twice(drive: Any) -> None:
    batch = drive([15, 15, 15, 11, 6, 2, 2, 2])
    doubled = batch.select(np.repeat(np.arange(8), 2))
    assert [kind for kind, _, _ in told(batch, batch)] == ["harsh_braking", "harsh_braking"], "the intake drops repeats"
    assert len(told(doubled)) <= 1


def test_vehicles_do_not_mix(drive: Any) -> None:
    fast, slow = drive([15.0] * 6, vehicle="V-1"), drive([2.0] * 6, vehicle="V-2")
    assert told(FixBatch.concatenate([fast, slow])) == []


@pytest.mark.parametrize("step_s", [1.0, 2.0, 5.0, 15.0])
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    noise_m=st.floats(0.0, 15.0),
    drift_mps=st.floats(0.0, 0.8),
    glitches=st.lists(st.tuples(st.integers(0, 118), st.floats(0.0, 40.0)), max_size=12),
    split=st.integers(1, 119),
)
def test_a_parked_vehicle_with_a_noisy_receiver_does_nothing(
    step_s: float, seed: int, noise_m: float, drift_mps: float, glitches: list[tuple[int, float]], split: int
) -> None:
    batch = _parked(step_s, seed, noise_m, drift_mps)
    for row, speed in glitches:
        if all(abs(row - other) > 1 or other == row for other, _ in glitches):
            batch.speed_mps[row] = speed
    parts = [batch.select(np.arange(split)), batch.select(np.arange(split, len(batch)))]
    assert found(*parts, limits=limit_of(8.3)) == []


def _parked(step_s: float, seed: int, noise_m: float, drift_mps: float) -> FixBatch:
    dice = np.random.default_rng(seed)
    count = 120
    metres = dice.normal(0.0, noise_m, (count, 2)) / 111_195.0
    at = START_AT + step_s * np.arange(count)
    names = np.full(count, "V-1", dtype=object)
    speeds: Column = np.abs(dice.normal(0.0, drift_mps, count))
    return FixBatch(
        device=names,
        vehicle=names,
        fix_at=at,
        received_at=at,
        arrived_wall_at=at,
        lat=-29.9 + metres[:, 0],
        lon=-71.25 + metres[:, 1],
        speed_mps=speeds,
        heading_deg=dice.uniform(0.0, 360.0, count),
        accuracy_m=np.full(count, noise_m),
        is_valid=np.ones(count, dtype=np.bool_),
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), noise_m=st.floats(0.0, 6.0))
def test_calm_driving_with_a_noisy_receiver_is_calm(seed: int, noise_m: float) -> None:
    dice = np.random.default_rng(seed)
    speeds = np.clip(10.0 + np.cumsum(dice.uniform(-1.5, 1.5, 120)), 3.0, 15.0)
    north = np.cumsum(speeds) + dice.normal(0.0, noise_m, 120)
    batch = _parked(1.0, seed, noise_m, 0.0)
    batch.speed_mps[:] = np.abs(speeds + dice.normal(0.0, 0.2, 120))
    batch.heading_deg[:] = np.mod(dice.normal(0.0, 2.0, 120), 360.0)
    batch.lat[:] = -29.9 + north / 111_195.0
    assert [one.kind for one in found(batch)] == []


def within(south_m: float, north_m: float, mps: float) -> Any:
    """A fence across the street, from `south_m` to `north_m` up it, with a limit."""
    metre = 1.0 / 111_195.0

    def limits(vehicles: list[str], at: Column, lat: Column, lon: Column) -> tuple[Column, list[FenceId | None]]:
        driven_m = (lat + 29.9) / metre
        is_in = (driven_m >= south_m) & (driven_m <= north_m)
        return np.where(is_in, mps, np.inf), [FenceId("school") if one else None for one in is_in]

    return limits


def seen_with_fence(batch: FixBatch, limits: Any, fence_limits: Any) -> list[tuple[float, float, str | None]]:
    detector = DrivingDetector(limits, lambda vehicle: False, fence_limits)
    found = detector.advance(batch, POLICY)
    return [(one.occurred_at - START_AT, round(one.threshold, 2), one.fence_id) for one in found]


def test_a_fence_s_limit_counts_instead_of_the_street_s(drive: Any) -> None:
    # 12 m/s where the street allows 14: from 120 m on, at 10 s, the fence allows 8; told 10 s later, at 240 m.
    street, school = limit_of(14.0), within(119.0, 400.0, 8.0)
    assert seen_with_fence(drive([12.0] * 40), street, school) == [(20.0, 8.0, "school")]
    assert seen_with_fence(drive([8.9] * 40), street, within(80.0, 400.0, 8.0)) == [], "1 m/s more is let pass"
    assert seen_with_fence(drive([3.9] * 80), street, within(0.0, 400.0, 2.5)) == [(10.0, 2.5, "school")]


def test_who_is_too_fast_for_street_and_fence_is_told_of_both(drive: Any) -> None:
    found = seen_with_fence(drive([20.0] * 40), limit_of(14.0), within(300.0, 600.0, 8.0))
    assert found == [(10.0, 14.0, None), (25.0, 8.0, "school")]
