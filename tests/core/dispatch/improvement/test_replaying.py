"""An adopted plan is found again from what is kept of it, and what was changed since is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.dispatch.improvement.from_world import problem_of
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.kept_problem import KeptProblem, NotAProblem, decoded, digest_of, encoded
from core.dispatch.improvement.replaying import replayed
from core.dispatch.plan_improvement import judged, to_keep
from core.dispatch.world import PlanningWorld
from core.orders.order import OrderState
from core.vocabulary import DriverId


@pytest.fixture
def adopted(street: Any) -> tuple[KeptProblem, Any]:
    """Two drivers who each pass the other's kitchen, improved against a clock that cuts the search short."""
    street = replace(street, policy=changed(street.policy, improve_iterations=2_000))
    orders = [
        street.order("O-1", 9_000, 9_500, state=OrderState.ASSIGNED, driver_id=DriverId("D-1")),
        street.order("O-2", 1_000, 500, state=OrderState.ASSIGNED, driver_id=DriverId("D-2")),
    ]
    drivers = [street.driver("D-1", 0, orders[:1]), street.driver("D-2", 10_000, orders[1:])]
    world: PlanningWorld = street.world(drivers, orders)
    given = problem_of(world, ())
    ticks = iter(np.arange(0.0, 1e6, 0.02))
    improved = improve(given.problem, given.plan, seed=7, effort=Effort(2_000, 1.0), clock=lambda: float(next(ticks)))
    made = judged(world, given, improved, seed=7, position=12)
    assert made is not None
    return to_keep(world, given), made


def test_plan_that_a_clock_cut_short_is_found_again_without_one(adopted: Any) -> None:
    kept, made = adopted

    again = replayed(decoded(encoded(kept)), made)

    assert again.is_equal
    assert again.iterations == made.iterations < 2_000


def test_recorded_plan_that_was_changed_differs_by_driver_and_stops(adopted: Any) -> None:
    kept, made = adopted
    first = made.plans[0]
    forged = changed(made, plans=(changed(first, stops=first.stops[::-1]), *made.plans[1:]))

    again = replayed(kept, forged)

    assert not again.is_equal
    assert [one.driver_id for one in again.differences] == [first.driver_id]
    assert again.differences[0].recorded == tuple((stop.order_id, stop.kind) for stop in first.stops[::-1])


def test_other_times_or_another_effort_lead_elsewhere(adopted: Any) -> None:
    kept, made = adopted
    far = replace(kept.problem, durations_s=np.where(kept.problem.durations_s > 0.0, 1e5, 0.0))

    assert not replayed(replace(kept, problem=far), made).is_equal
    assert not replayed(kept, changed(made, iterations=made.iterations + 1)).is_equal


def test_problem_keeps_its_digest_and_loses_no_digit(adopted: Any) -> None:
    kept, _ = adopted
    odd = replace(kept, problem=replace(kept.problem, durations_s=kept.problem.durations_s + 1.0 / 3.0))

    assert digest_of(kept) == digest_of(decoded(encoded(kept))) != digest_of(odd)
    assert digest_of(replace(kept, iterations=1)) != digest_of(kept)
    assert np.array_equal(decoded(encoded(odd)).problem.durations_s, odd.problem.durations_s)
    whole = replace(kept, problem=replace(kept.problem, durations_s=np.round(kept.problem.durations_s, 1)))
    assert len(encoded(whole)) < len(encoded(odd))
    assert np.array_equal(decoded(encoded(whole)).problem.durations_s, whole.problem.durations_s)


@pytest.mark.parametrize("raw", [b"", b"\x80", b"\x81\xa7version\x02", b"no problem"])
def test_what_is_no_kept_problem_is_said(raw: bytes) -> None:
    with pytest.raises(NotAProblem):
        decoded(raw)
