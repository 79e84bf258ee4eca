"""How overrides turned out: realised beside expected, over every order touched, and only when all have ended."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.dispatch.decision import Outcome, Override, OverrideMode, PlanChange, ReasonCode
from core.dispatch.override_ledger import ledger, summarised
from core.dispatch.regret import Interval, PlayedOutcome, RegretEstimate
from core.eta.change_errors import Foretold
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order, OrderState
from core.projections.regret_book import RegretBook
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


def _foretold(order: Order, p90_s: float) -> Foretold:
    by_at = order.promise.by_at
    return Foretold(at=by_at, sooner_s=60.0, later_s=60.0, by_at=by_at, p10_at=by_at - 100.0, p90_at=by_at + p90_s)


def test_both_sides_count_the_customers_whom_the_preview_counted(orders: Any, scene: Any) -> None:
    """O-3 is no order of a plan that was put in force, but of one that the preview compared with."""
    three = scene.place("O-3")
    orders[three.order_id] = replace(three, state=OrderState.DELIVERED, ended_at=three.promise.by_at + 120.0)
    told = {order.order_id: _foretold(order, 300.0) for name, order in orders.items() if name != "O-2"}

    (entry,) = ledger([_override(foretold=told)], orders)

    assert entry.realised.touched == 2
    assert entry.realised.late_minutes == pytest.approx(10.0 + 2.0)
    # O-1 came ten minutes after, the band ended at five.
    assert (entry.realised.reached, entry.realised.within) == (2, 1)
    (summary,) = summarised([entry], lambda _: "all")
    assert (summary.reached, summary.within) == (2, 1)


def test_customers_of_earlier_overrides_have_no_times_to_come_within(orders: Any) -> None:
    (entry,) = ledger([_override()], orders)

    assert (entry.realised.reached, entry.realised.within) == (0, 0)


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


def _regret(number: int, money: float, sd: float = 0.0) -> RegretEstimate:
    nothing = PlayedOutcome(late_minutes=0.0, waited_minutes=0.0, broken=0.0, distance_m=0.0, driving_s=0.0, cost=0.0)
    interval = Interval(mean=money, sd=sd, low=money, high=money)
    return RegretEstimate(
        override_id=OverrideId(f"V-{number}"),
        position=1,
        forked_at=AT,
        until_at=AT,
        policy_number=0,
        seed=1,
        draws=8,
        drivers=2,
        orders=1,
        chosen=nothing,
        recommended=nothing,
        late=interval,
        waited=interval,
        money=interval,
        overriding=0.0,
        following=0.0,
        better_share=0.0,
    )


def test_regret_is_told_by_reason_with_its_spread_and_how_often_overriding_did_better(orders: Any) -> None:
    """-200, 100 and -50: mean -50, standard deviation 150 over three cases, standard error 86.6."""
    book = RegretBook({OverrideId(f"V-{n}"): _regret(n, money) for n, money in ((1, -200.0), (2, 100.0), (3, -50.0))})
    entries = ledger([_override(number) for number in range(1, 5)], orders, book)

    (safety,) = summarised(entries, lambda entry: entry.override.reason.value)

    assert safety.regret_money is not None
    assert (safety.estimated, safety.better) == (3, 2)
    assert (safety.regret_money.mean, safety.regret_money.sd) == (pytest.approx(-50.0), pytest.approx(86.6, abs=0.1))
    assert safety.regret_money.low < -50.0 < safety.regret_money.high


def test_without_an_estimate_it_is_said_why_and_one_taken_back_has_none(orders: Any) -> None:
    book = RegretBook({OverrideId("V-2"): _regret(2, 10.0)}, {OverrideId("V-1"): "position_unknown"})

    back, open_one = ledger([_override(1), _override(2, undone_at=AT + 9.0)], orders, book)

    assert (open_one.regret, open_one.regret_open) == (None, "position_unknown")
    assert back.regret is None
    assert summarised([open_one, back], lambda entry: "all")[0].regret_money is None
