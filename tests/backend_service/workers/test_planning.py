"""The planner previews, inserts and optimises on street times, and refuses what does not exist."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.dispatch.changes import Reassign
from core.fleet.route import StopKind
from core.orders.order import OrderState
from core.refusals import Refusal


def test_preview_compares_with_the_best_driver(town: Any) -> None:
    town.driver("D-1", 500)
    town.driver("D-2", 5000)
    town.order("O-1", 1000, 3000)

    found = asyncio.run(town.planner.preview(Reassign(order_id="O-1", driver_id="D-2"), town.now))

    assert found.recommended_driver_id == "D-1"
    assert found.as_is.distance_m == pytest.approx(6000.0, rel=1e-3)
    assert found.recommendation.distance_m == pytest.approx(2500.0, rel=1e-3)
    assert found.replanned is not None and found.based_on == {"D-2": 0}


def test_preview_can_leave_the_replanning_out(town: Any) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000)

    found = asyncio.run(town.planner.preview(Reassign(order_id="O-1", driver_id="D-1"), town.now, with_replanned=False))

    assert found.replanned is None and len(found.as_is_plans) == 1


def test_preview_of_a_driver_off_shift_names_the_limit(town: Any) -> None:
    town.driver("D-1", 500)
    town.driver("D-2", None, is_on_shift=False, vehicle_id=None)
    town.order("O-1", 1000, 3000)

    found = asyncio.run(town.planner.preview(Reassign(order_id="O-1", driver_id="D-2"), town.now))

    assert [breach.constraint for breach in found.breaches] == ["on_shift", "position_known"]


@pytest.mark.parametrize(
    ("order_id", "driver_id", "code"),
    [("O-9", "D-1", "order.not_found"), ("O-1", "D-9", "driver.not_found"), ("O-2", "D-1", "order.ended")],
)
def test_unknown_things_are_refused(town: Any, order_id: str, driver_id: str, code: str) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000)
    town.order("O-2", 1000, 3000, state=OrderState.DELIVERED)

    with pytest.raises(Refusal) as refused:
        asyncio.run(town.planner.preview(Reassign(order_id=order_id, driver_id=driver_id), town.now))

    assert refused.value.code == code


def test_optimized_route_visits_what_lies_on_the_way_first(town: Any) -> None:
    town.driver("D-1", 0)
    town.order("O-1", 4000, 6000, driver_id="D-1", state=OrderState.ASSIGNED)
    town.order("O-2", 1000, 2000, driver_id="D-1", state=OrderState.ASSIGNED)

    route = asyncio.run(town.planner.optimized("D-1", town.now))

    assert [(stop.order_id, stop.kind) for stop in route.stops] == [
        ("O-2", StopKind.PICKUP),
        ("O-2", StopKind.DELIVERY),
        ("O-1", StopKind.PICKUP),
        ("O-1", StopKind.DELIVERY),
    ]
    assert route.distance_m == pytest.approx(6000.0, rel=1e-3)
    assert len(route.geometry) == 5 and route.plan_number == 2


def test_route_without_a_position_is_refused(town: Any) -> None:
    town.driver("D-1", None)
    town.order("O-1", 1000, 2000, driver_id="D-1", state=OrderState.ASSIGNED)

    with pytest.raises(Refusal, match="not known"):
        asyncio.run(town.planner.optimized("D-1", town.now))


def test_times_along_a_route_are_known_and_beside_it_are_not(town: Any) -> None:
    town.driver("D-1", 0)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)
    town.driver("D-2", 5000)

    [(world, driver)] = asyncio.run(town.planner.with_routes(town.planner.world(town.now)))

    travel = world.travel
    start, pickup, door = town.at(0), town.at(1000), town.at(3000)
    assert driver.driver_id == "D-1"
    assert travel.duration_s(travel.row(start), travel.column(pickup)) == pytest.approx(100.0, rel=1e-3)
    assert travel.duration_s(travel.row(pickup), travel.column(door)) == pytest.approx(200.0, rel=1e-3)
    assert travel.duration_s(travel.row(start), travel.column(door)) == float("inf")
