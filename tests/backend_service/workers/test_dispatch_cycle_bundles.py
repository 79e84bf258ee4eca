"""With a match horizon the cycle gives away whole bundles, just in time, and falls back to insertion visibly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.planning import Planner
from core.commands import RecommendAssignment, RecordSource
from core.dispatch.decision import RecommendedAction
from core.dispatch.matching.from_world import WorldMatch
from core.dispatch.policy import DispatchPolicy
from core.orders.order import OrderState
from core.vocabulary import Load, ZoneId


def cycle_with(town: Any, **values: Any) -> DispatchCycle:
    policy = DispatchPolicy(match_horizon_s=3_600.0, **values)
    planner = Planner(town.bus, town.planner._streets, town.positions, policy, town.clock)
    return DispatchCycle(town.bus, planner, dict)


def made(town: Any) -> list[Any]:
    return [c.recommendation for c in town.bus.commands if isinstance(c, RecommendAssignment)]


def given(town: Any) -> dict[str, str]:
    return {r.order_id: r.driver_id for r in made(town) if r.is_automatic}


def test_order_waits_until_its_driver_would_have_to_leave(town: Any) -> None:
    cycle = cycle_with(town, early_s=0.0)
    town.driver("D-1", 0)
    town.order("O-1", 1_000, 2_000, ready_s=350.0, is_ready=False)

    asyncio.run(cycle.run_once(town.now))
    assert made(town) == []

    # 100 s of driving: the driver leaves 250 s from now, and is told in the round before.
    asyncio.run(cycle.run_once(town.now + 200.0))
    asyncio.run(cycle.run_once(town.now + 246.0))
    assert given(town) == {"O-1": "D-1"}
    assert made(town)[0].put_off_until_at == town.now + 200.0


def test_meals_of_one_kitchen_go_as_a_bundle_where_drivers_are_short(town: Any) -> None:
    cycle = cycle_with(town)
    town.driver("D-1", 0)
    town.order("O-1", 1_000, 4_000)
    town.order("O-2", 1_000, 4_100)

    asyncio.run(cycle.run_once(town.now))

    assert given(town) == {"O-1": "D-1", "O-2": "D-1"}
    kinds = [stop.kind.value for stop in town.bus.operation.fleet.routes["D-1"].stops]
    assert kinds == ["pickup", "pickup", "delivery", "delivery"]


@pytest.mark.parametrize(("join_gain_minutes", "driver"), [(0.0, "D-passing"), (240.0, "D-idle")])
def test_lone_order_joins_a_driver_who_passes_by_only_if_the_policy_lets_it(
    town: Any, join_gain_minutes: float, driver: str
) -> None:
    cycle = cycle_with(town, join_gain_minutes=join_gain_minutes)
    town.driver("D-passing", 0)
    town.driver("D-idle", 9_000)
    town.order("O-1", 3_000, 9_500, driver_id="D-passing", state=OrderState.ASSIGNED, is_accepted=True)
    town.order("O-2", 3_000, 9_400)

    asyncio.run(cycle.run_once(town.now))

    assert [r.driver_id for r in made(town) if r.order_id == "O-2"] == [driver]
    codes = {statement.code for statement in made(town)[0].why}
    assert ("why.not_joined" in codes) == (driver == "D-idle")
    assert "why.with_others" not in codes


@pytest.mark.parametrize(("of_city", "of_zone", "driver"), [(0.0, 240.0, "D-idle"), (240.0, 0.0, "D-passing")])
def test_order_joins_a_driver_under_way_by_the_policy_of_its_zone(
    town: Any, of_city: float, of_zone: float, driver: str
) -> None:
    cycle = cycle_with(town, join_gain_minutes=of_city)
    town.bus.operation.policy.zones[ZoneId("Z-1")] = {"join_gain_minutes": of_zone}
    town.driver("D-passing", 0)
    town.driver("D-idle", 9_000)
    town.order("O-1", 3_000, 9_500, driver_id="D-passing", state=OrderState.ASSIGNED, is_accepted=True)
    town.order("O-2", 3_000, 9_400, zone_id=ZoneId("Z-1"))

    asyncio.run(cycle.run_once(town.now))

    assert [r.driver_id for r in made(town) if r.order_id == "O-2"] == [driver]
    said = {statement.code: statement.arguments for statement in made(town)[0].why}
    assert said.get("why.not_joined", {}).get("limit") == (of_zone if driver == "D-idle" else None)


@pytest.mark.parametrize(("of_city", "of_zone", "is_taken"), [(3.0, 240.0, False), (240.0, 3.0, True)])
def test_order_without_a_trip_is_taken_along_by_the_policy_of_its_zone(
    town: Any, of_city: float, of_zone: float, is_taken: bool
) -> None:
    cycle = cycle_with(town, join_gain_minutes=of_city)
    town.bus.operation.policy.zones[ZoneId("Z-1")] = {"join_gain_minutes": of_zone}
    town.driver("D-1", 0, shift_ends_at=town.now + 1_500.0)
    town.order("O-1", 0, 9_000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)
    town.order("O-2", 100, 8_900, zone_id=ZoneId("Z-1"))

    asyncio.run(cycle.run_once(town.now))

    assert [r.driver_id for r in made(town) if r.driver_id] == (["D-1"] if is_taken else [])


def test_order_that_nobody_may_have_is_asked_about_after_a_while_and_given_as_soon_as_somebody_can(town: Any) -> None:
    cycle = cycle_with(town)
    town.driver("D-1", 0)
    town.order("O-1", 0, 1_000, forbidden=("D-1",))

    asyncio.run(cycle.run_once(town.now + 130.0))
    assert [(r.action, r.driver_id) for r in made(town)] == [(RecommendedAction.WAIT, None)]

    town.driver("D-2", 500)
    asyncio.run(cycle.run_once(town.now + 140.0))
    assert given(town) == {"O-1": "D-2"}


def test_match_that_fails_is_said_and_orders_are_inserted_one_by_one(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("no solution")

    monkeypatch.setattr(WorldMatch, "solved", fail)
    cycle = cycle_with(town)
    town.driver("D-1", 0)
    town.order("O-1", 1_000, 2_000)

    asyncio.run(cycle.run_once(town.now))

    assert given(town) == {"O-1": "D-1"}
    assert [c.is_degraded for c in town.bus.commands if isinstance(c, RecordSource)] == [True]


def test_bundle_never_brings_a_driver_above_the_orders_in_hand(town: Any) -> None:
    cycle = cycle_with(town, ask_from_orders=50, early_s=3_000.0)
    town.driver("D-1", 0)
    for number in range(3):  # at their doors within seconds: then three meals of a kitchen would go as a bundle
        town.order(f"O-{number}", 0, 0, driver_id="D-1", state=OrderState.ON_THE_WAY, service_s=1.0)
    for number in range(5, 8):
        town.order(f"O-{number}", 0, 1_000 + number)

    for seconds in (0.0, 5.0, 10.0):
        asyncio.run(cycle.run_once(town.now + seconds))

    in_hand = [order for order in town.bus.operation.orders.orders.values() if order.driver_id == "D-1"]
    assert len(in_hand) == 4


def test_order_of_a_trip_that_cannot_be_goes_to_another_driver_in_the_same_round(town: Any) -> None:
    # The match counts the mean time at a door, (3,000 + 0) / 2; D-1 would be done with O-1 at 3,160, and goes at 2,000.
    cycle = cycle_with(town)
    town.driver("D-1", 0, shift_ends_at=town.now + 2_000.0)
    town.driver("D-2", 9_000)
    town.order("O-1", 0, 1_000, service_s=3_000.0, due_s=2_400.0)
    town.order("O-2", 0, 1_000, service_s=0.0, ready_s=3_500.0, is_ready=False)

    asyncio.run(cycle.run_once(town.now))

    assert [(r.order_id, r.driver_id) for r in made(town)] == [("O-1", "D-2")]


def test_driver_whose_trip_with_one_order_cannot_be_gets_another_in_the_next_round(town: Any) -> None:
    cycle = cycle_with(town, max_bundle=1)
    town.driver("D-1", 0, shift_ends_at=town.now + 2_000.0)
    town.order("O-1", 0, 1_000, service_s=3_000.0, due_s=1_000.0)
    town.order("O-2", 0, 1_000, service_s=0.0, due_s=1_500.0)
    town.order("O-3", 0, 1_000, service_s=0.0, due_s=1_600.0)

    asyncio.run(cycle.run_once(town.now))
    asyncio.run(cycle.run_once(town.now + 5.0))
    asyncio.run(cycle.run_once(town.now + 10.0))

    assert {r.order_id for r in made(town)} == {"O-2", "O-3"}


def test_load_goes_to_the_van_far_away_and_keeps_no_bicycle(town: Any) -> None:
    cycle = cycle_with(town)
    town.driver("D-bicycle", 0)
    town.driver("D-van", 8_000)
    vehicles = town.bus.operation.fleet.vehicles
    vehicles["V-D-van"] = replace(vehicles["V-D-van"], capacity=Load(volume_l=900.0, weight_kg=500.0))
    town.order("O-large", 0, 1_000, load=Load(volume_l=300.0, weight_kg=40.0), due_s=1_800.0)
    town.order("O-small", 0, 1_000)

    asyncio.run(cycle.run_once(town.now))

    assert given(town) == {"O-large": "D-van", "O-small": "D-bicycle"}


def test_order_that_has_no_trip_of_its_own_is_taken_along_under_way_if_joins_are_wanted(town: Any) -> None:
    # D-1 is done at 9,000 m after some 1,100 s; back to 100 m and out again would be far beyond the shift.
    for join_gain_minutes, is_taken in ((3.0, True), (240.0, False)):
        town.bus.commands.clear()
        town.bus.operation.orders.orders.clear()
        town.bus.operation.fleet.routes.clear()
        cycle = cycle_with(town, join_gain_minutes=join_gain_minutes)
        town.driver("D-1", 0, shift_ends_at=town.now + 1_500.0)
        town.order("O-1", 0, 9_000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)
        town.order("O-2", 100, 8_900)

        asyncio.run(cycle.run_once(town.now))

        assert ("O-2" in {r.order_id for r in made(town) if r.driver_id == "D-1"}) is is_taken


def test_second_bundle_is_decided_on_the_plans_that_the_first_one_made(town: Any) -> None:
    # Both lone orders would rather join D-passing: each is priced with what the other made of its route.
    cycle = cycle_with(town, join_gain_minutes=0.0)
    town.driver("D-passing", 0)
    town.driver("D-a", 9_000)
    town.driver("D-b", 9_500)
    town.order("O-1", 3_000, 9_500, driver_id="D-passing", state=OrderState.ASSIGNED, is_accepted=True)
    town.order("O-2", 3_000, 9_400)
    town.order("O-3", 3_100, 9_300)

    asyncio.run(cycle.run_once(town.now))

    numbers = [r.based_on["D-passing"] for r in made(town) if r.driver_id == "D-passing"]
    assert numbers == sorted(set(numbers)) and len(numbers) > 0
    assert cycle.refused == 0


def test_earliest_promise_keeps_its_turn_while_drivers_are_merely_full(town: Any) -> None:
    cycle = cycle_with(town, max_bundle=1)
    town.driver("D-1", 0)
    for number in range(4):
        town.order(f"O-{number}", 0, 100, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)
    for number in range(10, 60):  # twelve are matched for one driver
        town.order(f"O-{number}", 200.0 * (number % 2), 1_000, due_s=1_800.0 + number)

    asyncio.run(cycle.run_once(town.now))
    operation = town.bus.operation
    operation.fleet.routes.clear()
    for number in range(4):
        operation.orders.open_ids.discard(f"O-{number}")
        operation.orders.orders[f"O-{number}"] = replace(
            operation.orders.orders[f"O-{number}"], state=OrderState.DELIVERED, driver_id=None
        )
    asyncio.run(cycle.run_once(town.now + 5.0))

    assert [r.order_id for r in made(town)] == ["O-10"]
