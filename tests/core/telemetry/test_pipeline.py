"""Which fixes pass, in which order, and why the others do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.telemetry.fix_batch import FixBatch
from core.telemetry.pipeline import ACCEPTED, REASONS, RESENT_WITHIN_S, Sifted, Surroundings, sift
from core.telemetry.plausibility import Anchor, PlausibilityLimits, Reason

type Fixes = Callable[..., FixBatch]
NOW_AT = 1_800_000_000.0


def sifted(batch: FixBatch, seen: set[tuple[str, str, float]] = frozenset(), anchors: Any = None) -> Sifted:  # type: ignore[assignment]
    surroundings = Surroundings(PlausibilityLimits(), lambda *name: name in seen, anchors or {})
    return sift(batch, surroundings)


def reasons(result: Sifted) -> list[Reason | None]:
    return [None if verdict == ACCEPTED else REASONS[verdict] for verdict in result.verdicts]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"is_valid": False}, Reason.NO_POSITION),
        ({"lat": 91.0}, Reason.OUT_OF_RANGE),
        ({"lon": -180.5}, Reason.OUT_OF_RANGE),
        ({"lat": np.nan}, Reason.OUT_OF_RANGE),
        ({"fix_at": np.inf}, Reason.OUT_OF_RANGE),
        ({"lat": 0.0, "lon": 0.0}, Reason.NULL_ISLAND),
        ({"fix_at": NOW_AT - 86_401}, Reason.TOO_OLD),
        ({"fix_at": NOW_AT + 121}, Reason.FUTURE),
        ({"accuracy_m": 501.0}, Reason.INACCURATE),
        ({"accuracy_m": -1.0}, Reason.INACCURATE),
        ({"fix_at": NOW_AT + 119}, None),
        ({"fix_at": NOW_AT - 86_399}, None),
        ({"accuracy_m": np.nan}, None),
    ],
)
def test_each_doubt_has_its_own_reason(fixes: Fixes, row: dict[str, Any], reason: Reason | None) -> None:
    assert reasons(sifted(fixes(row))) == [reason]


def test_one_bad_fix_never_stops_its_neighbours(fixes: Fixes) -> None:
    result = sifted(fixes({"vehicle": "V-1"}, {"vehicle": "V-2", "lat": 95.0}, {"vehicle": "V-3"}))
    assert result.accepted.vehicle.tolist() == ["V-1", "V-3"]
    assert reasons(result) == [None, Reason.OUT_OF_RANGE, None]


def test_fixes_leave_in_order_of_vehicle_and_time(fixes: Fixes) -> None:
    batch = fixes(
        {"vehicle": "V-2", "fix_at": NOW_AT - 1},
        {"vehicle": "V-1", "fix_at": NOW_AT},
        {"vehicle": "V-2", "fix_at": NOW_AT - 9},
    )
    accepted = sifted(batch).accepted
    assert list(zip(accepted.vehicle, accepted.fix_at - NOW_AT, strict=True)) == [("V-1", 0), ("V-2", -9), ("V-2", -1)]


def test_a_doubled_fix_counts_once(fixes: Fixes) -> None:
    assert reasons(sifted(fixes({}, {}))) == [None, Reason.DUPLICATE]


def test_a_fix_that_was_seen_before_is_a_duplicate(fixes: Fixes) -> None:
    assert reasons(sifted(fixes({}), seen={("V-1", "D-1", NOW_AT)})) == [Reason.DUPLICATE]


def test_two_devices_on_a_vehicle_may_tell_the_same_instant(fixes: Fixes) -> None:
    batch = fixes({}, {"device": "D-2"}, {"device": "D-2"})
    assert reasons(sifted(batch, seen={("V-1", "D-1", NOW_AT)})) == [Reason.DUPLICATE, None, Reason.DUPLICATE]


def test_an_outlier_is_refused_and_the_fix_after_it_is_not(fixes: Fixes) -> None:
    # 0.1 degrees of latitude are 11 km: not in 5 s. The third is 100 m from the first.
    batch = fixes({"fix_at": NOW_AT - 10}, {"fix_at": NOW_AT - 5, "lat": -29.8}, {"fix_at": NOW_AT, "lat": -29.901})
    assert reasons(sifted(batch)) == [None, Reason.IMPOSSIBLE_JUMP, None]


def test_a_jump_is_measured_from_where_the_vehicle_was_last_believed_to_be(fixes: Fixes) -> None:
    anchors = {"V-1": Anchor(-29.8, -71.25, NOW_AT - 5)}
    assert reasons(sifted(fixes({}), anchors=anchors)) == [Reason.IMPOSSIBLE_JUMP]
    # Five minutes later 11 km are 37 m/s.
    assert reasons(sifted(fixes({}), anchors={"V-1": Anchor(-29.8, -71.25, NOW_AT - 300)})) == [None]


def test_an_empty_batch_passes(fixes: Fixes) -> None:
    assert len(sifted(FixBatch.empty()).accepted) == 0


_steps = st.lists(st.tuples(st.sampled_from(["V-1", "V-2"]), st.integers(0, 20), st.integers(-5, 5)), max_size=25)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(steps=_steps, dice=st.randoms(use_true_random=False))
def test_order_and_repetition_of_arrival_do_not_matter(fixes: Fixes, steps: list[Any], dice: Any) -> None:
    rows = [{"vehicle": v, "fix_at": NOW_AT - 60 + 3 * t, "lat": -29.9 + 0.01 * d} for v, t, d in steps]
    shuffled = rows + [row for row in rows if dice.random() < 0.5]
    dice.shuffle(shuffled)
    if not rows:
        return
    once, again = sifted(fixes(*rows)).accepted, sifted(fixes(*shuffled)).accepted
    assert once.vehicle.tolist() == again.vehicle.tolist()
    assert once.fix_at.tolist() == again.fix_at.tolist()
    assert once.lat.tolist() == again.lat.tolist()


# --- what some devices tell beside ---


def test_too_few_satellites_make_no_position_and_no_count_makes_no_doubt(fixes: Fixes) -> None:
    batch = replace(
        fixes({"vehicle": "V-1"}, {"vehicle": "V-2"}, {"vehicle": "V-3"}), satellites=np.array([2, np.nan, 3])
    )
    assert reasons(sifted(batch)) == [Reason.FEW_SATELLITES, None, None]


def test_a_fix_that_is_stamped_anew_is_known_by_its_number(fixes: Fixes) -> None:
    times = (0.0, 5.0, 5.0 + RESENT_WITHIN_S)
    batch = replace(fixes(*({"fix_at": NOW_AT - 2_000 + at} for at in times)), sequence=np.full(3, 7.0))
    assert reasons(sifted(batch)) == [None, Reason.DUPLICATE, None], "its numbers may have begun anew"


def test_numbers_that_begin_anew_elsewhere_are_other_fixes(fixes: Fixes) -> None:
    batch = replace(fixes({"fix_at": NOW_AT - 60}, {"lat": -29.901}), sequence=np.full(2, 1.0))
    assert reasons(sifted(batch)) == [None, None]


def test_a_number_that_was_accepted_under_another_time_is_a_duplicate(fixes: Fixes) -> None:
    seen = Surroundings(
        PlausibilityLimits(),
        lambda *_: False,
        {},
        lambda numbered, fix_at: numbered == ("V-1", "D-1", 7.0, -29.9, -71.25),
    )
    batch = replace(fixes({}, {"fix_at": NOW_AT - 1}), sequence=np.array([7.0, 8.0]))
    assert [None if verdict == ACCEPTED else REASONS[verdict] for verdict in sift(batch, seen).verdicts] == [
        Reason.DUPLICATE,
        None,
    ]
