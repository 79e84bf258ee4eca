"""The live world becomes a match: who is free where and when, what waits, and who may not have what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from core.dispatch.acceptance import Acceptance
from core.dispatch.constraints import CAPACITY, LASTING, Trial, breaches
from core.dispatch.matching.from_world import WorldMatch, match_of
from core.dispatch.matching.who_may import barred_orders
from core.dispatch.matching.work import Seconds
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import FIELDS, OF_CITY_IN_ROUNDS
from core.geodesy import METRES_PER_DEGREE
from core.vocabulary import DriverId, Load, ZoneId

METRES_A_SECOND = 10.0


@pytest.fixture
def street(street: Any) -> Any:
    return replace(street, policy=changed(street.policy, match_horizon_s=3_600.0))


def test_round_weighs_for_the_whole_city_what_the_policy_page_says(street: Any) -> None:
    order, moved = street.order("O-1", 0, 1_000, zone_id=ZoneId("Z-1")), set()
    drivers = [street.driver("D-1", 0, position_age_s=200.0, acceptance=Acceptance(0.5, 10, 60.0))]

    def weighed(city: DispatchPolicy) -> object:
        # The zone has values of its own for everything: what moves with the city's is not the zone's.
        made = match_of(
            replace(street.world(drivers, [order]), policy=city, policies={ZoneId("Z-1"): street.policy}), [order], {}
        )
        return made.couriers, made.meals, made.policy

    own = weighed(street.policy)
    for name, field in FIELDS.items():
        if field.of_zone and not field.part:
            value = 0.9 * field.value_in(street.policy)
            other = changed(street.policy, **{name: round(value) if field.is_whole else value})
            if weighed(other) != own:
                moved.add(name)
    assert moved == OF_CITY_IN_ROUNDS


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
    settled = made.solved(travel(made), next_at=street.now + 5.0).commitments

    assert [commitment.driver_id for commitment in settled] == ["D-far"]


def test_driver_is_not_settled_before_having_to_leave(street: Any) -> None:
    order = street.order("O-1", 1_000, 2_000, ready_s=1_200.0)
    world = street.world([street.driver("D-1", 0)], [order])

    made = match_of(world, [order], {})
    settled = made.solved(travel(made), next_at=street.now + 5.0)

    # 100 s to drive; at the counter when the goods are ready in 1,200 s.
    assert settled.commitments == ()
    assert settled.leaves_at == pytest.approx(street.now + 1_100.0)


def test_half_of_each_stop_lies_before_the_goods_change_hands(street: Any) -> None:
    street = replace(street, policy=changed(street.policy, pickup_service_s=80.0))
    order = street.order("O-1", 0, 1_000, ready_s=300.0, service_s=90.0)
    made = match_of(street.world([street.driver("D-1", 0)], [order]), [order], {})
    assert (made.policy.pickup_s, made.policy.drop_off_s) == (40.0, 45.0)
    assert made.meals[0].ready_at == street.now + 340.0


def solved(made: WorldMatch, street: Any) -> list[tuple[str, list[str]]]:
    found = made.solved(travel(made), next_at=street.now + 5.0).commitments
    return [(each.driver_id, [meal.order_id for meal in each.meals]) for each in found]


def test_order_goes_to_the_vehicle_that_holds_it_in_every_unit(street: Any) -> None:
    cold = Load(volume_l=10.0, weight_kg=4.0, amounts={"crates": 3.0})
    order = street.order("O-1", 0, 1_000, load=cold)
    drivers = [
        street.driver("D-none", 0),
        street.driver("D-few", 10, capacity=Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 2.0})),
        street.driver("D-van", 5_000, capacity=Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 8.0})),
    ]
    assert solved(match_of(street.world(drivers, [order]), [order], {}), street) == [("D-van", ["O-1"])]


def test_bundle_is_no_larger_than_what_the_driver_may_still_have_in_hand(street: Any) -> None:
    in_hand = [street.order(f"O-{i}", 0, 100.0) for i in range(3)]
    waiting = [street.order(f"O-{i}", 0, 100.0 + i) for i in range(5, 8)]
    world = street.world([street.driver("D-1", 0, in_hand)], [*in_hand, *waiting])
    made = match_of(world, waiting, {DriverId("D-1"): street.now})
    assert [len(names) for _, names in solved(made, street)] == [1]


def test_limits_are_those_of_the_zone_the_order_is_picked_up_in(street: Any) -> None:
    strict = changed(
        street.policy, max_orders=1, max_bundle=1, max_position_age_s=60.0, early_s=33.0, commit_lead_s=50.0
    )
    zoned = street.order("O-1", 0, 1_000, zone_id=ZoneId("Z-1"))
    free = street.order("O-2", 0, 1_000)
    in_hand = street.order("O-3", 0, 100)
    drivers = [street.driver("D-1", 0, [in_hand]), street.driver("D-2", 0, position_age_s=90.0)]
    world = street.world(drivers, [zoned, free, in_hand], policies={ZoneId("Z-1"): strict})

    made = match_of(world, [zoned, free], {})

    assert made.barred.tolist() == [[False, False], [True, False]]
    assert [(m.most_in_hand, m.most_together, m.early_s) for m in made.meals] == [(1, 1, 33.0), (4, 3, 150.0)]
    assert [m.given_from_at - street.now for m in made.meals] == [-50.0, -900.0]
    assert "O-1" not in [name for _, names in solved(made, street) for name in names]


def test_pair_that_was_tried_in_vain_is_barred_until_its_time(street: Any) -> None:
    order = street.order("O-1", 0, 1_000)
    world = street.world([street.driver("D-1", 0), street.driver("D-2", 5_000)], [order])
    apart = {(DriverId("D-1"), order.order_id): street.now + 1.0, (DriverId("D-2"), order.order_id): street.now}
    assert solved(match_of(world, [order], {}, apart=apart), street) == [("D-2", ["O-1"])]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    orders=st.lists(
        st.tuples(st.sampled_from([(), ("cold",)]), st.sampled_from(["", "D-0"]), st.integers(0, 60)), max_size=6
    ),
    drivers=st.lists(st.tuples(st.booleans(), st.integers(0, 60), st.booleans()), max_size=4),
)
def test_who_may_have_what_is_what_the_limits_say_of_each_pair(
    street: Any, orders: list[Any], drivers: list[Any]
) -> None:
    wanted = [
        street.order(f"O-{i}", 0, 100, skills=skills, forbidden=(kept,) if kept else (), load=Load(volume_l=litres))
        for i, (skills, kept, litres) in enumerate(orders)
    ]
    able = [
        street.driver(
            f"D-{i}", 0, skills=frozenset({"cold"} if is_cold else ()), capacity=Load(volume_l=holds), is_on_wave=wave
        )
        for i, (is_cold, holds, wave) in enumerate(drivers)
    ]
    world = street.world(able, wanted)
    limits = (*LASTING, *CAPACITY)
    plain = [[bool(breaches(Trial(d, o, world.now, world.policy), limits)) for o in wanted] for d in able]
    assert barred_orders(world, able, wanted).tolist() == plain
