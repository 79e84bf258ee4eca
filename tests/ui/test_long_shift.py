"""The invented shift is one that the projections take whole; what a desk weighs is compared after its first hour."""

import pytest

from core.events.envelope import Envelope, Event
from core.projections.operation import Operation
from core.vocabulary import PLATFORM
from ui.invented_shift import InventedShift
from ui.long_shift import growth

NOON_AT = 1_795_190_400.0


def envelope(position: int, event: Event, at: float) -> Envelope:
    return Envelope(
        position=position,
        stream="shift",
        version=position,
        type=event.event_type(),
        schema=1,
        occurred_at=at,
        recorded_at=at,
        stored_at=at,
        actor=PLATFORM,
    )


def test_orders_come_and_are_delivered_at_a_steady_rate() -> None:
    shift, operation, position = InventedShift(drivers=5, orders_per_hour=60), Operation(), 0
    open_orders = []
    for minute in range(120):
        now = NOON_AT + 60.0 * minute
        events = [*(shift.opening(now) if minute == 0 else ()), *shift.events_until(now)]
        for event in events:
            position += 1
            operation.apply(envelope(position, event, now), event)
        open_orders.append(len(operation.orders.open_ids))
    assert len(operation.orders.orders) == 120
    assert open_orders[60] == open_orders[-1] == 28  # four stages of 7 min at one order a minute


def test_the_same_seed_gives_the_same_shift() -> None:
    first, second = InventedShift(seed=3), InventedShift(seed=3)
    assert list(first.events_until(NOON_AT)) == list(second.events_until(NOON_AT))
    assert first.pressure(NOON_AT) == second.pressure(NOON_AT)


def test_growth_is_the_trend_after_two_hours_whatever_goes_up_and_down() -> None:
    warming_up, sawtooth = [100.0, 150.0, 180.0, 190.0], [200.0, 220.0, 200.0, 220.0] * 4
    assert growth(warming_up + [200.0] * 8, per_hour=2) == 0.0
    assert growth(warming_up + sawtooth, per_hour=2) == 0.0
    steady = [200.0 + number for number in range(11)]
    assert growth(warming_up + steady, per_hour=2) == pytest.approx(10.0 / 200.5)


def test_shift_that_is_all_warm_up_says_nothing() -> None:
    assert growth([100.0]) == 0.0
