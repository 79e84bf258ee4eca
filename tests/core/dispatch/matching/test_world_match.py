"""The live world becomes a match: who is free where and when, what waits, and who may not have what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.dispatch.matching.from_world import WorldMatch, match_of
from core.dispatch.matching.work import Seconds
from core.geodesy import METRES_PER_DEGREE
from core.vocabulary import DriverId

METRES_A_SECOND = 10.0


@pytest.fixture
def street(street: Any) -> Any:
    return replace(street, policy=changed(street.policy, match_horizon_s=3_600.0))


def travel(made: WorldMatch) -> Seconds:
    x = np.array([place.lon * METRES_PER_DEGREE for place in made.places])
    return np.asarray(np.abs(x[:, None] - x[None, :]) / METRES_A_SECOND)


def test_busy_driver_is_a_courier_where_and_when_the_last_stop_is_done(street: Any) -> None:
    in_hand = street.order("O-1", 0, 3_000)
    world = street.world([street.driver("D-1", 0, [in_hand])], [in_hand, waiting := street.order("O-2", 3_000, 4_000)])

    made = match_of(world, [waiting], {DriverId("D-1"): street.now + 700.0})

    [courier] = made.couriers
    assert made.places[courier.place] == street.at(3_000)
    assert courier.free_at == street.now + 700.0


@pytest.mark.parametrize("field", ["is_paused", "is_out"])
def test_who_takes_no_work_is_no_courier(street: Any, field: str) -> None:
    order = street.order("O-1", 0, 1_000)
    driver = replace(street.driver("D-1", 0), **{field: True})
    assert match_of(street.world([driver], [order]), [order], {}).couriers == ()


def test_forbidden_driver_is_barred_and_the_other_gets_the_order(street: Any) -> None:
    order = street.order("O-1", 0, 1_000, forbidden=("D-near",))
    world = street.world([street.driver("D-near", 0), street.driver("D-far", 5_000)], [order])

    made = match_of(world, [order], {})
    settled, _ = made.solved(travel(made), next_at=street.now + 5.0)

    assert [commitment.driver_id for commitment in settled] == ["D-far"]


def test_driver_is_not_settled_before_having_to_leave(street: Any) -> None:
    order = street.order("O-1", 1_000, 2_000, ready_s=1_200.0)
    world = street.world([street.driver("D-1", 0)], [order])

    made = match_of(world, [order], {})
    settled, leaves_at = made.solved(travel(made), next_at=street.now + 5.0)

    # 100 s to drive; at the counter when the goods are ready in 1,200 s.
    assert settled == ()
    assert leaves_at == pytest.approx(street.now + 1_100.0)


def test_half_of_each_stop_lies_before_the_goods_change_hands(street: Any) -> None:
    street = replace(street, policy=changed(street.policy, pickup_service_s=80.0))
    order = street.order("O-1", 0, 1_000, ready_s=300.0, service_s=90.0)
    made = match_of(street.world([street.driver("D-1", 0)], [order]), [order], {})
    assert (made.policy.pickup_s, made.policy.drop_off_s) == (40.0, 45.0)
    assert made.meals[0].ready_at == street.now + 340.0
