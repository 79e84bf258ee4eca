"""The live world as a problem and back: nothing under way is touched, prices are the policy's, moves are named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch.improvement.from_world import Moved, ProposedMoves, prices_of, problem_of, proposed_moves
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.plan_check import broken_limits
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import FIELDS, OF_CITY_IN_PLANS
from core.dispatch.schedule import schedule
from core.dispatch.world import PlanningWorld, Stop
from core.fleet.route import StopKind
from core.orders.order import OrderState, Promise
from core.vocabulary import DriverId, Load, OrderId, ZoneId


def improved(world: PlanningWorld, *names: str) -> ProposedMoves:
    given = problem_of(world, [OrderId(name) for name in names])
    made = improve(given.problem, given.plan, seed=1, effort=Effort(200), clock=lambda: 0.0)
    assert broken_limits(given.problem, made.plan) == ()
    return proposed_moves(given, made.plan)


def told(stops: tuple[Stop, ...]) -> list[str]:
    return [f"{stop.kind.value} {stop.order_id}" for stop in stops]


def test_an_order_without_a_driver_goes_to_the_one_beside_it(street: Any) -> None:
    order = street.order("O-1", 1000.0, 2000.0)
    drivers = [street.driver("D-far", 5000.0), street.driver("D-near", 900.0)]
    moves = improved(street.world(drivers, [order]), "O-1")
    assert moves.moved == (Moved(OrderId("O-1"), None, DriverId("D-near")),)
    assert told(moves.routes[DriverId("D-near")]) == ["pickup O-1", "delivery O-1"]
    assert moves.unserved == ()


def test_a_planned_order_moves_only_for_more_than_the_hand_over_and_the_gain_asked_for(street: Any) -> None:
    # 10 m/s: 2.9 km nearer save 290 s of driver, goods and customer, and the way; the price is 5.6 minutes of driver.
    street = replace(street, policy=changed(street.policy, improve_move_minutes=4.0))
    order = street.order("O-1", 4000.0, 5000.0, state=OrderState.ASSIGNED, driver_id=DriverId("D-1"))
    for x_m, moves_away in ((3900.0, True), (1500.0, False)):
        drivers = [street.driver("D-1", 1000.0, [order]), street.driver("D-2", x_m)]
        moves = improved(street.world(drivers, [order]), "O-1")
        assert bool(moves.moved) is moves_away


@pytest.mark.parametrize("fields", [{"is_pinned": True}, {"state": OrderState.AT_PICKUP}])
def test_what_is_pinned_or_under_way_stays(street: Any, fields: dict[str, Any]) -> None:
    order = street.order(
        "O-1", 4000.0, 5000.0, **{"state": OrderState.ASSIGNED, "driver_id": DriverId("D-1"), **fields}
    )
    drivers = [street.driver("D-1", 0.0, [order]), street.driver("D-2", 4000.0)]
    assert improved(street.world(drivers, [order]), "O-1") == ProposedMoves({}, (), ())


@pytest.mark.parametrize(("shift_s", "last_s"), [(560.0, 560.0), (100.0, 480.0)])
def test_a_search_picks_up_no_later_than_the_shift_or_the_plan_in_force_goes(
    street: Any, shift_s: float, last_s: float
) -> None:
    # The promise of B is broken already and A has hours: without the end of the shift B would come first.
    patient = replace(street, policy=changed(street.policy, overtime_s=1800.0, lateness_per_minute=3000))
    held: dict[str, Any] = {"state": OrderState.ASSIGNED, "driver_id": "D-1"}
    orders = [patient.order("A", 0, 100, due_s=9000.0, **held), patient.order("B", 3000, 3500, due_s=400.0, **held)]
    driver = patient.driver("D-1", 0, orders, shift_ends_at=street.now + shift_s)
    world = patient.world([driver], orders)

    assert problem_of(world, ()).problem.fleet.last_pickup_at == pytest.approx([street.now + last_s], abs=0.01)
    routes = improved(world).routes
    plan = schedule(driver, world.travel, routes.get(DriverId("D-1"), driver.stops))
    begins = [at for stop, at in zip(plan.stops, plan.starts, strict=True) if stop.kind is StopKind.PICKUP]
    assert max(begins) <= street.now + last_s + 0.01


def test_goods_on_board_are_delivered_by_who_has_them(street: Any) -> None:
    carried = street.order("O-1", 0.0, 5000.0, state=OrderState.ON_THE_WAY, driver_id=DriverId("D-1"))
    drivers = [street.driver("D-1", 0.0, [carried]), street.driver("D-2", 5000.0)]
    given = problem_of(street.world(drivers, [carried]), [])
    assert given.plan.routes == ((1,), ())
    assert given.problem.work.carrier.tolist() == [0]
    assert improved(street.world(drivers, [carried])) == ProposedMoves({}, (), ())


@pytest.mark.parametrize(
    "fields",
    [
        {"is_on_shift": False},
        {"is_paused": True},
        {"is_out": True},
        {"position_age_s": 301.0},
        {"capacity": Load(volume_l=9.0, weight_kg=20.0)},
        {"capacity": Load(volume_l=40.0, weight_kg=3.0)},
    ],
)
def test_who_may_not_get_an_order_does_not(street: Any, fields: dict[str, Any]) -> None:
    order = street.order("O-1", 1000.0, 2000.0)
    drivers = [street.driver("D-1", 1000.0, **fields), street.driver("D-2", 9000.0)]
    assert improved(street.world(drivers, [order]), "O-1").moved[0].to_driver == "D-2"


@pytest.mark.parametrize(
    "fields", [{"skills": ("cold",)}, {"refused_by": (DriverId("D-1"),)}, {"forbidden": (DriverId("D-1"),)}]
)
def test_an_order_may_keep_a_driver_away(street: Any, fields: dict[str, Any]) -> None:
    order = street.order("O-1", 1000.0, 2000.0, **fields)
    drivers = [street.driver("D-1", 1000.0), street.driver("D-2", 9000.0, skills=frozenset({"cold"}))]
    assert improved(street.world(drivers, [order]), "O-1").moved[0].to_driver == "D-2"


def test_no_more_orders_travel_together_than_the_policy_allows(street: Any) -> None:
    orders = [street.order(f"O-{n}", 1000.0, 2000.0 + n) for n in range(4)]
    world = street.world([street.driver("D-1", 1000.0)], orders)
    world = replace(world, policy=DispatchPolicy(max_bundle=2))
    moves = improved(world, *(order.order_id for order in orders))
    on_board = peak = 0
    for stop in moves.routes[DriverId("D-1")]:
        on_board += 1 if stop.volume_l > 0 else -1
        peak = max(peak, on_board)
    assert peak == 2


def test_a_driver_without_a_position_is_left_alone(street: Any) -> None:
    order = street.order("O-1", 1000.0, 2000.0, state=OrderState.ASSIGNED, driver_id=DriverId("D-1"))
    world = street.world([street.driver("D-1", None, [order]), street.driver("D-2", 0.0)], [order])
    given = problem_of(world, [OrderId("O-1")])
    assert (given.drivers, given.orders) == ((DriverId("D-2"),), ())


def test_the_earlier_promise_is_kept_first(street: Any) -> None:
    # From 0 m either customer first costs the same way back and forth; only the promises tell them apart.
    late, soon = (
        street.order(name, 0.0, x_m, promise=Promise(by_at=street.now + due_s))
        for name, x_m, due_s in (("O-late", 2000.0, 3600.0), ("O-soon", -2000.0, 400.0))
    )
    moves = improved(street.world([street.driver("D-1", 0.0)], [late, soon]), "O-late", "O-soon")
    deliveries = [stop.order_id for stop in moves.routes[DriverId("D-1")] if stop.volume_l < 0]
    assert deliveries == ["O-soon", "O-late"]


def test_a_stop_already_reached_is_left_when_the_schedule_says(street: Any) -> None:
    # Reached 20 s ago, 60 s of service: 40 s are left, and the delivery 1000 m on is 100 s later.
    order = street.order("O-1", 0.0, 1000.0, state=OrderState.AT_PICKUP, driver_id=DriverId("D-1"))
    driver = street.driver("D-1", 0.0, [order], frozen=1)
    first = replace(driver.stops[0], arrived_at=street.now - 20.0)
    driver = driver.with_stops((first, *driver.stops[1:]))
    world = street.world([driver], [order])
    given = problem_of(world, [])
    assert given.problem.work.pickup_s.tolist() == [schedule(driver, world.travel).departs[0] - street.now]
    assert given.problem.frozen == ((0,),)


def test_further_units_are_held_at_every_stop(street: Any) -> None:
    crates = Load(volume_l=1.0, weight_kg=1.0, amounts={"crates": 2.0})
    orders = [street.order(f"O-{n}", 1000.0, 2000.0 + n, load=crates) for n in range(3)]
    holds = Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 4.0})
    moves = improved(
        street.world([street.driver("D-1", 1000.0, capacity=holds)], orders), *(o.order_id for o in orders)
    )
    on_board = peak = 0
    for stop in moves.routes[DriverId("D-1")]:
        on_board += 1 if stop.volume_l > 0 else -1
        peak = max(peak, on_board)
    assert (peak, moves.unserved) == (2, ())


def test_vehicle_without_the_unit_gets_nothing_that_is_counted_in_it(street: Any) -> None:
    order = street.order("O-1", 1000.0, 2000.0, load=Load(volume_l=1.0, weight_kg=1.0, amounts={"crates": 1.0}))
    holds = Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 4.0})
    drivers = [street.driver("D-1", 1000.0), street.driver("D-2", 9000.0, capacity=holds)]
    assert improved(street.world(drivers, [order]), "O-1").moved[0].to_driver == "D-2"


def test_limits_are_those_of_the_orders_zones_and_what_is_planned_stays(street: Any) -> None:
    zone = ZoneId("Z-1")
    strict = DispatchPolicy(max_bundle=1, max_orders=2, max_position_age_s=60.0, improve_move_minutes=9.0)
    fields = {"state": OrderState.ASSIGNED, "driver_id": DriverId("D-1")}
    zoned = street.order("O-1", 0.0, 1000.0, zone_id=zone, **fields)
    free = street.order("O-2", 0.0, 1000.0, **fields)
    drivers = [street.driver("D-1", 0.0, [zoned, free]), street.driver("D-2", 0.0, position_age_s=90.0)]
    given = problem_of(street.world(drivers, [zoned, free], policies={zone: strict}), [])
    assert given.problem.fleet.capacity[:, -1].tolist() == [1.0, 1.0]
    assert given.problem.fleet.max_orders.tolist() == [2, 2]
    assert given.problem.work.allowed.tolist() == [[True, False], [True, True]]
    # 1.6 minutes to hand over and 9, or the city's 12, to gain, at 110.
    assert given.problem.work.move_price.tolist() == pytest.approx([1166.0, 1496.0])
    first, second = drivers[0].stops[:2], drivers[0].stops[2:]
    together = replace(drivers[0], stops=(first[0], second[0], first[1], second[1]))
    kept = problem_of(street.world([together], [zoned, free], policies={zone: strict}), [], may_move=False)
    assert kept.problem.fleet.capacity[:, -1].tolist() == [2.0]


def test_prices_hang_on_what_the_policy_page_calls_the_whole_citys(street: Any) -> None:
    own, moved = prices_of(street.policy), set()
    for name, field in FIELDS.items():
        if field.of_zone and not field.part and hasattr(street.policy, name):
            value = 0.9 * field.value_in(street.policy)
            other = changed(street.policy, **{name: round(value) if field.is_whole else value})
            if prices_of(other) != own:
                moved.add(name)
    assert moved == OF_CITY_IN_PLANS & {name for name in FIELDS if FIELDS[name].of_zone}
