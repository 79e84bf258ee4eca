"""Stops that are kept from one look to the next are those that would be made anew, whatever happens in between."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.dispatch.known_stops import KnownStops
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import made_stop
from core.eta.learned_times import LearnedTimes, Sums
from core.fleet.route import StopKind
from core.orders.order import Order, Promise
from core.vocabulary import Instant, OrderId, Place, Position

NOW = 1_795_190_400.0
HERE = Position(lat=41.15, lon=-8.61)
POLICIES = (DispatchPolicy(), DispatchPolicy(pickup_service_s=90.0, unready_margin_s=300.0))


def learned(late_s: float) -> LearnedTimes:
    """Kitchens that are late, counters whose time hangs on the hour, doors that take long."""
    book = {"readiness": Sums(50.0, 50.0 * late_s, 50.0 * late_s**2), "door": Sums(50.0, 75.0, 120.0)}
    name = f"counter/Casa@{HERE.lat:.3f},{HERE.lon:.3f}"
    book |= {f"{name}/{hour:02d}": Sums(50.0, 50.0 * 30 * hour, 50.0 * (30 * hour) ** 2) for hour in range(24)}
    return LearnedTimes(UTC, lambda _: "A1", book)


TIMES = (None, learned(240.0), learned(-90.0))


def order(ready_at: Instant, *, is_ready: bool) -> Order:
    return Order(
        order_id=OrderId("O-1"),
        customer_id="C-1",
        customer=None,
        pickup=Place(name="Casa", position=HERE),
        delivery=HERE,
        promise=Promise(by_at=NOW + 3_600.0),
        placed_at=NOW - 600.0,
        ready_at=ready_at,
        is_ready=is_ready,
        version=1,
    )


looks = st.lists(
    st.tuples(
        st.integers(-4_000, 8_000),
        st.sampled_from(POLICIES),
        st.sampled_from(TIMES),
        st.sampled_from(("as it was", "ready", "not ready", "later")),
    ),
    min_size=1,
    max_size=8,
)


@given(looks, st.integers(-2_000, 6_000), st.booleans())
def test_known_stop_is_the_one_that_would_be_made(
    looks: list[tuple[int, DispatchPolicy, LearnedTimes | None, str]], ready_s: int, is_ready: bool
) -> None:
    known, held = KnownStops(), order(NOW + ready_s, is_ready=is_ready)
    for after_s, policy, times, happened in looks:
        if happened == "later":
            held = replace(held, ready_at=held.ready_at + 120.0)
        elif happened != "as it was":
            held = replace(held, is_ready=happened == "ready")
        now = NOW + after_s
        stop_of = known.at(now, policy, times, 1)
        for kind in StopKind:
            assert stop_of(held, kind) == made_stop(held, kind, now, policy, times)


def test_stop_is_made_once_while_nothing_changes_and_those_of_ended_orders_are_forgotten() -> None:
    known, policy = KnownStops(), POLICIES[0]
    held = order(NOW + 900.0, is_ready=False)
    first = known.at(NOW, policy, None, 1)(held, StopKind.PICKUP)
    assert known.at(NOW + 60.0, policy, None, 1)(held, StopKind.PICKUP) is first
    for number in range(1_100):
        known.at(NOW, policy, None, 1)(replace(held, order_id=OrderId(f"O-{number}")), StopKind.DELIVERY)
    assert known.at(NOW + 60.0, policy, None, 1)(held, StopKind.PICKUP) is not first
