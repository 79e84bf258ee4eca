"""The second best is prepared with the choice: who, how it would go, and from when on being late makes it come."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch.candidates import price, shortlist
from core.dispatch.decision import Prepared
from core.dispatch.preparing import declined, is_late_at_pickup, next_driver, prepared
from core.eta.arrival import Z90
from core.orders.order import OrderState
from core.projections.prepared_fallbacks import PreparedFallbacks


def made(street: Any, world: Any, order: Any) -> Prepared:
    pricing = price(world, order, shortlist(world, order))
    return prepared(world, pricing.possible[0], pricing.possible[1] if len(pricing.possible) > 1 else None)


def test_runner_up_is_prepared_with_the_time_it_would_take(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)

    found = made(street, street.world([street.driver("D-1", 500), street.driver("D-2", 4000)], [order]), order)

    assert (found.for_driver_id, found.driver_id) == ("D-1", "D-2")
    assert found.pickup_at == pytest.approx(street.now + 300.0)
    assert found.arrival is not None and found.arrival.p50_at == pytest.approx(street.now + 300.0 + 60.0 + 200.0)


def test_late_is_beyond_nine_of_ten_forecasts(street: Any) -> None:
    # 50 s of way, give or take a fifth; the promise leaves an hour.
    order = street.order("O-1", 1000, 3000)

    found = made(street, street.world([street.driver("D-1", 500), street.driver("D-2", 4000)], [order]), order)

    assert found.late_from_at == pytest.approx(street.now + 50.0 + Z90 * 10.0)


def test_late_is_earlier_where_the_next_one_has_to_set_out(street: Any) -> None:
    # D-1 needs 1000 s to the pickup, give or take 200: late at 1256. D-2 would be at the door after about 1460 s;
    # promised after 2000 s, the next one has to leave by about 400 s, but D-1 is not expected before 1000 s.
    order = street.order("O-1", 10_000, 12_000, due_s=2_000.0)
    world = street.world([street.driver("D-1", 0), street.driver("D-2", -2_000)], [order])

    assert made(street, world, order).late_from_at == pytest.approx(street.now + 1_000.0)


def test_nobody_else_leaves_the_question_open(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)

    found = made(street, street.world([street.driver("D-1", 500)], [order]), order)

    assert found.driver_id is None and found.pickup_at is None


def held(**fields: Any) -> Prepared:
    return Prepared(**{"for_driver_id": "D-1", "driver_id": "D-2", "late_from_at": 1_000_100.0} | fields)


def test_driver_is_late_who_should_have_been_at_the_pickup(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)

    assert not is_late_at_pickup(held(), order, 1_000_099.0)
    assert is_late_at_pickup(held(), order, 1_000_100.0)
    assert not is_late_at_pickup(held(), changed(order, state=OrderState.AT_PICKUP), 1_000_100.0)
    assert not is_late_at_pickup(held(for_driver_id="D-9"), order, 1_000_100.0)


def test_no_brings_what_was_prepared_for_it(street: Any) -> None:
    refused = street.order("O-1", 1000, 3000, refused_by=("D-1",))
    other = street.order("O-2", 1000, 3000)
    fallbacks = PreparedFallbacks(held={"O-1": held(), "O-2": held(), "O-3": held()})

    assert list(declined(fallbacks, street.world([], [refused, other]))) == [(refused, held())]


def test_prepared_driver_is_asked_unless_too_dear_or_impossible(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, refused_by=("D-1",))

    def asked(x_m: float, **fields: Any) -> Any:
        world = street.world([street.driver("D-3", 900), street.driver("D-2", x_m, **fields)], [order])
        return next_driver(price(world, order, shortlist(world, order)), held())

    assert asked(800) == "D-2"
    assert asked(9_000) == "D-3"
    assert asked(800, is_paused=True) == "D-3"
