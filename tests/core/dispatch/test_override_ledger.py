"""How overrides turned out: realised beside expected, over every order touched, and only when all have ended."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.dispatch.decision import Outcome, Override, OverrideMode, PlanChange, ReasonCode
from core.dispatch.override_ledger import ledger, summarised
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, OrderId, OverrideId, Position

AT = 1_800_000_000.0


def _stop(name: str) -> PlannedStop:
    return PlannedStop(
        order_id=OrderId(name),
        kind=StopKind.DELIVERY,
        position=Position(0.0, 0.0),
        arrives_at=AT,
        starts_at=AT,
        departs_at=AT,
    )


def _override(number: int = 1, reason: ReasonCode = ReasonCode.SAFETY, **fields: Any) -> Override:
    driver = DriverId("D-1")
    settings: dict[str, Any] = {
        "expected": Outcome(late_minutes=4.0),
        "expected_recommended": Outcome(late_minutes=1.5),
        "plans": (PlanChange(driver_id=driver, plan_number=1, stops=(_stop("O-1"), _stop("O-2"))),),
    }
    return Override(
        override_id=OverrideId(f"V-{number}"),
        order_id=OrderId("O-1"),
        driver_id=driver,
        mode=OverrideMode.AS_IS,
        reason=reason,
        decided_at=AT + number,
        decided_by="rojas",
        **{**settings, **fields},
    )


@pytest.fixture
def orders(scene: Any) -> dict[OrderId, Order]:
    """O-1 delivered ten minutes late, O-2 in time."""
    one, two = scene.place("O-1"), scene.place("O-2")
    done = {"state": OrderState.DELIVERED}
    return {
        one.order_id: replace(one, **done, ended_at=one.promise.by_at + 600.0),
        two.order_id: replace(two, **done, ended_at=two.promise.by_at - 60.0),
    }


def test_what_came_of_every_touched_order_stands_beside_what_was_expected(orders: Any) -> None:
    (entry,) = ledger([_override()], orders)

    assert (entry.realised.touched, entry.realised.is_final, entry.realised.broken) == (2, True, 1)
    assert entry.realised.late_minutes == pytest.approx(10.0)
    assert (entry.expected_late, entry.recommended_late, entry.surprise) == (4.0, 1.5, pytest.approx(6.0))


def test_nothing_is_said_of_the_surprise_before_the_last_order_has_ended(orders: Any) -> None:
    orders[OrderId("O-2")] = replace(orders[OrderId("O-2")], state=OrderState.ON_THE_WAY, ended_at=None)

    (entry,) = ledger([_override()], orders)

    assert (entry.realised.ended, entry.realised.is_final, entry.surprise) == (1, False, None)


def test_a_failed_delivery_breaks_its_promise_and_a_cancelled_order_does_not(orders: Any) -> None:
    for state, broken in ((OrderState.FAILED, 1), (OrderState.CANCELLED, 0)):
        orders[OrderId("O-1")] = replace(orders[OrderId("O-1")], state=state)
        assert ledger([_override()], orders)[0].realised.broken == broken


def test_the_newest_stands_first_and_one_taken_back_has_no_surprise(orders: Any) -> None:
    entries = ledger([_override(1), _override(2, undone_at=AT + 9.0, undone_by="rojas")], orders)

    assert [entry.override.override_id for entry in entries] == ["V-2", "V-1"]
    assert entries[0].surprise is None


def test_they_are_counted_by_reason_with_means_over_what_is_final(orders: Any) -> None:
    overrides = [
        _override(1),
        _override(2, expected=Outcome(late_minutes=8.0)),
        _override(3, undone_at=AT + 9.0),
        _override(4, ReasonCode.DRIVER_ASKED),
    ]

    safety, asked = summarised(ledger(overrides, orders), lambda entry: entry.override.reason.value)

    assert (safety.name, safety.overrides, safety.undone, safety.final, safety.broken) == ("safety", 3, 1, 2, 2)
    assert (safety.expected_late, safety.realised_late) == (pytest.approx(6.0), pytest.approx(10.0))
    assert (asked.name, asked.overrides) == ("driver_asked", 1)
