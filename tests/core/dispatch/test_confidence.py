"""Stages change at their limits, and the weakest input is the widest one."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.dispatch.candidates import candidate_of
from core.dispatch.confidence import confidence_in, confidence_stage, lead_minutes, risk_stage, weakest_input
from core.dispatch.policy import DispatchPolicy
from core.eta.learned_times import LearnedTimes, TimeKind, name_of
from core.projections.promise_record import LikeCases, PromiseRecord


@pytest.mark.parametrize(
    ("late", "stage"),
    [(0.099, "on_track"), (0.10, "watch"), (0.299, "watch"), (0.30, "at_risk"), (0.699, "at_risk"), (0.70, "late")],
)
def test_risk_stages(late: float, stage: str) -> None:
    assert risk_stage(late) == stage


@pytest.mark.parametrize(
    ("probability", "stage"),
    [(0.599, "low"), (0.60, "fair"), (0.799, "fair"), (0.80, "good"), (0.919, "good"), (0.92, "high")],
)
def test_confidence_stages(probability: float, stage: str) -> None:
    assert confidence_stage(probability) == stage


def test_confidence_is_called_measured_from_200_cases_on(street: Any) -> None:
    order, driver = street.order("A", 1000, 2000), street.driver("D-1", 0)
    option = candidate_of(street.world([driver], [order]), driver, order, 0.0).option
    assert option is not None

    few, enough = PromiseRecord(), PromiseRecord()
    few.buckets[9] = LikeCases(ended=199, kept=150)
    enough.buckets[9] = LikeCases(ended=200, kept=150)
    estimated, measured = confidence_in(option, 1.0, few), confidence_in(option, 1.0, enough)

    # The forecast says 1.0, of which 0.97 is held at first; 150 of 200 alike kept their promise, 0.75: fair only.
    assert (estimated.is_measured, estimated.like_cases, estimated.stage) == (False, 199, "high")
    assert (measured.is_measured, measured.like_cases, measured.stage) == (True, 200, "fair")
    assert (estimated.rate, measured.rate) == (pytest.approx(0.97), 0.75)
    assert estimated.forecast_probability == pytest.approx(1.0)
    assert confidence_in(option, 1.0).probability == pytest.approx(1.0)


def test_lead_is_told_in_driver_minutes(street: Any) -> None:
    # D-2 is 3000 m further: 5 min of driving (550), 3 km (330), and 5 min that the goods wait (300): 1180 / 110.
    order = street.order("A", 0, 1000)
    drivers = [street.driver("D-1", 0), street.driver("D-2", 3000)]
    world = street.world(drivers, [order])
    near, far = (candidate_of(world, driver, order, 0.0) for driver in drivers)

    assert lead_minutes(near, far, street.policy) == pytest.approx(1180 / 110)
    assert lead_minutes(near, None, street.policy) == 60.0


@pytest.mark.parametrize(
    ("age_s", "order_fields", "code"),
    [
        (250.0, {}, "weakest.position"),
        (0.0, {"is_ready": False, "ready_s": 500.0}, "weakest.kitchen"),
        (0.0, {}, "weakest.way"),
    ],
)
def test_weakest_input_is_the_widest(street: Any, age_s: float, order_fields: Any, code: str) -> None:
    order, driver = street.order("A", 1000, 2000, **order_fields), street.driver("D-1", 0, position_age_s=age_s)
    option = candidate_of(street.world([driver], [order]), driver, order, 0.0).option
    assert option is not None

    assert weakest_input(option).code == code


def test_kitchen_that_was_learned_says_from_how_many_orders(street: Any) -> None:
    order, driver = street.order("A", 1000, 2000, is_ready=False, ready_s=500.0), street.driver("D-1", 0)
    cases = [(name_of(TimeKind.READINESS, order.pickup), street.now, late_s) for late_s in (0.0, 960.0) * 20]
    times = LearnedTimes(ZoneInfo("UTC"), lambda _: "Norte").after(cases)
    option = candidate_of(street.world([driver], [order], times=times), driver, order, 0.0).option
    assert option is not None

    weakest = weakest_input(option)

    assert weakest.code == "weakest.kitchen_learned"
    assert weakest.arguments["late_min"] == pytest.approx(8.0, abs=1.5)
    assert weakest.arguments["orders"] == pytest.approx(40, abs=5)


@pytest.mark.parametrize(
    "wrong", [{"cost_per_km": -1}, {"freeze_s": float("nan")}, {"auto_probability": 1.5}, {"candidates": 0}]
)
def test_policy_refuses_nonsense(wrong: Any) -> None:
    with pytest.raises(ValueError):
        DispatchPolicy(**wrong)
