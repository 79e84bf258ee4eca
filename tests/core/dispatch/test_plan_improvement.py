"""An improved plan is adopted whole when it is worth it, breaks nothing and rests on what still holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.commands import AcceptAssignment, AdoptPlan, ReportArrival, ReportPickup
from core.deciding import Decision
from core.dispatch.decision import MovedOrder, Outcome, PlanChange, PlanImprovement
from core.dispatch.improvement.from_world import problem_of
from core.dispatch.improvement.improve import Effort, Improved, improve
from core.dispatch.improvement.problem import Plan
from core.dispatch.improvement.replaying import replayed
from core.dispatch.plan_improvement import PlanRefused, judged, to_keep
from core.events.dispatch_events import PlanImproved
from core.events.fleet_events import RoutePlanned
from core.events.order_events import OrderAssigned
from core.orders.order import OrderState
from core.refusals import Refusal, StateChanged
from core.vocabulary import Actor, DriverId, Load, OrderId, Role


def crossed(street: Any, *, may_move: bool = True, **policy: Any) -> Any:
    """Two drivers who each pass the other's kitchen: swapping their orders saves 8 km each."""
    street = replace(street, policy=changed(street.policy, **policy))
    orders = [
        street.order("O-1", 9_000, 9_500, state=OrderState.ASSIGNED, driver_id=DriverId("D-1")),
        street.order("O-2", 1_000, 500, state=OrderState.ASSIGNED, driver_id=DriverId("D-2")),
    ]
    drivers = [street.driver("D-1", 0, orders[:1]), street.driver("D-2", 10_000, orders[1:])]
    world = street.world(drivers, orders)
    return world, problem_of(world, (), may_move=may_move)


def found(world: Any, given: Any) -> PlanImprovement | None:
    made = improve(given.problem, given.plan, seed=7, effort=Effort(400), clock=lambda: 0.0)
    return judged(world, given, made, seed=7, position=12)


def test_orders_are_swapped_where_that_saves_more_than_telling_everybody(street: Any) -> None:
    made = found(*crossed(street))

    assert made is not None
    assert {(m.order_id, m.from_driver, m.to_driver) for m in made.moved} == {
        ("O-1", "D-1", "D-2"),
        ("O-2", "D-2", "D-1"),
    }
    assert made.before.distance_m - made.after.distance_m == pytest.approx(16_000.0)
    assert made.saves_money > 0
    assert (made.seed, made.position) == (7, 12)


def test_orders_stay_where_the_policy_lets_none_change_hands(street: Any) -> None:
    assert found(*crossed(street, may_move=False)) is None


def test_plan_that_saves_too_little_changes_nothing(street: Any) -> None:
    assert found(*crossed(street, improve_gain_minutes=200.0)) is None


def on_the_way_to_a_door(street: Any, due_s: float) -> Any:
    """A driver who would pass the counter of O-2, and its door, on the way to the door of O-1, for 180 s at both.

    O-1 is picked up within 60 s and reached after 400 s more; lateness costs nothing.
    """
    policy = changed(street.policy, lateness_per_minute=0, improve_gain_minutes=0.5)
    street = replace(street, policy=policy)
    orders = [
        street.order("O-1", 0, 4_000, due_s=due_s, state=OrderState.ASSIGNED, driver_id=DriverId("D-1")),
        street.order("O-2", 3_000, 3_100, state=OrderState.ASSIGNED, driver_id=DriverId("D-1")),
    ]
    world = street.world([street.driver("D-1", 0, orders)], orders)
    return world, problem_of(world, (), may_move=False)


def test_shared_trip_is_found_where_no_promise_suffers(street: Any) -> None:
    made = found(*on_the_way_to_a_door(street, due_s=1_500.0))

    assert made is not None and made.left == ()
    assert [stop.order_id for stop in made.plans[0].stops] == ["O-1", "O-2", "O-2", "O-1"]


def test_shared_trip_that_puts_a_promise_at_risk_is_left(street: Any) -> None:
    # Alone at its door after 460 s of 600, with O-2 after 640.
    assert found(*on_the_way_to_a_door(street, due_s=600.0)) is None


def test_plan_of_others_is_adopted_without_who_would_put_a_promise_at_risk(street: Any) -> None:
    world, _ = on_the_way_to_a_door(street, due_s=600.0)
    apart, _ = on_the_way_to_a_door(street, due_s=1_500.0)
    street = replace(street, policy=world.policy)
    again = {OrderId(f"{name}b"): changed(order, order_id=OrderId(f"{name}b")) for name, order in apart.orders.items()}
    other = street.driver("D-2", 0, list(again.values()))
    world = street.world([world.drivers[DriverId("D-1")], other], [*world.orders.values(), *again.values()])
    given = problem_of(world, (), may_move=False)

    made = found(world, given)

    assert made is not None
    assert ([plan.driver_id for plan in made.plans], made.left) == (["D-2"], ("D-1",))
    assert replayed(to_keep(replace(world, policy=changed(world.policy, improve_iterations=400)), given), made).is_equal


def test_driver_who_carries_too_much_gets_no_more_than_his_vehicle_holds(street: Any) -> None:
    # 50 l of 40 are on board. O-2 and O-3 fit one after the other, and would share the 50 l that cannot be avoided.
    street = replace(street, policy=changed(street.policy, lateness_per_minute=0, improve_gain_minutes=0.5))
    his: dict[str, Any] = {"driver_id": DriverId("D-0"), "due_s": 9_000.0}
    orders = [
        street.order("O-1", 0, 100, state=OrderState.ON_THE_WAY, load=Load(volume_l=50.0), **his),
        street.order("O-2", 200, 4_000, state=OrderState.ASSIGNED, load=Load(volume_l=25.0), **his),
        street.order("O-3", 200, 4_000, state=OrderState.ASSIGNED, load=Load(volume_l=25.0), **his),
    ]
    swapped, _ = crossed(street)
    others = [changed(order, order_id=OrderId(f"{order.order_id}b")) for order in swapped.orders.values()]
    drivers = [
        street.driver("D-0", 0, orders, capacity=Load(volume_l=40.0, weight_kg=20.0)),
        *(street.driver(f"D-{i}", x, [other]) for i, x, other in zip((1, 2), (0, 10_000), others, strict=True)),
    ]
    world = street.world(drivers, [*orders, *others])

    made = found(world, problem_of(world, ()))

    assert made is not None and made.left == ("D-0",)
    assert {plan.driver_id for plan in made.plans} == {"D-1", "D-2"}


def test_plan_that_breaks_a_limit_is_refused_by_the_checker(street: Any) -> None:
    world, given = crossed(street)
    lost = Improved(Plan(((), ())), price=0.0, first_price=0.0, iterations=1, marks=(), eased=())
    with pytest.raises(PlanRefused, match="lost"):
        judged(world, given, lost, seed=1, position=1)


def test_same_seed_and_budget_find_the_same_plan(street: Any) -> None:
    assert found(*crossed(street)) == found(*crossed(street))


def in_force(scene: Any) -> None:
    """D-1 has O-1 and D-2 has O-2, by recommendations carried out."""
    for number in ("1", "2"):
        scene.driver(number)
        scene.place(f"O-{number}")
        fixed = {"driver_id": f"D-{number}", "previous_driver_id": None, "is_automatic": True}
        assigned = OrderAssigned(order_id=f"O-{number}", recommendation_id=None, **fixed)
        route = RoutePlanned(driver_id=f"D-{number}", plan_number=1, stops=scene.stops(f"O-{number}"))
        scene.fold(Decision([(f"order/O-{number}", assigned), (f"driver/D-{number}", route)]))


def improvement(scene: Any, plan_number: int = 1) -> PlanImprovement:
    plans = tuple(
        PlanChange(driver_id=DriverId(driver), plan_number=plan_number, stops=scene.stops(order))
        for driver, order in (("D-1", "O-2"), ("D-2", "O-1"))
    )
    moved = (
        MovedOrder(order_id=OrderId("O-1"), from_driver=DriverId("D-1"), to_driver=DriverId("D-2")),
        MovedOrder(order_id=OrderId("O-2"), from_driver=DriverId("D-2"), to_driver=DriverId("D-1")),
    )
    nothing = Outcome()
    return PlanImprovement(
        made_at=scene.now,
        plans=plans,
        moved=moved,
        saves_money=900,
        before=nothing,
        after=nothing,
        position=scene.operation.position,
        seed=1,
        iterations=100,
    )


def test_adopted_plan_moves_the_orders_and_is_audited(scene: Any) -> None:
    in_force(scene)
    scene.do(AdoptPlan(improvement=improvement(scene)))

    assert {scene.order(name).driver_id for name in ("O-1",)} == {"D-2"}
    assert scene.order("O-2").driver_id == "D-1"
    assert [stop.order_id for stop in scene.operation.fleet.route_of(DriverId("D-1")).stops] == ["O-2", "O-2"]
    assert PlanImproved in map(type, scene.happened)
    assert PlanImproved.is_audited
    assert scene.operation.decisions.counts.improved == 1


def test_plan_made_from_older_plans_is_refused(scene: Any) -> None:
    in_force(scene)
    with pytest.raises(StateChanged, match="D-1"):
        scene.do(AdoptPlan(improvement=improvement(scene, plan_number=0)))
    assert scene.order("O-1").driver_id == "D-1"


def test_order_that_was_picked_up_meanwhile_stays_where_it_is(scene: Any) -> None:
    in_force(scene)
    made = improvement(scene)
    driver = Actor(role=Role.DRIVER, subject="D-1")
    scene.do(ReportArrival(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), driver)
    scene.do(ReportPickup(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), driver)
    with pytest.raises(StateChanged):
        scene.do(AdoptPlan(improvement=made))


def test_empty_plan_is_refused(scene: Any) -> None:
    in_force(scene)
    with pytest.raises(Refusal, match="changes nothing"):
        scene.do(AdoptPlan(improvement=changed(improvement(scene), plans=())))


def both_in_hand(scene: Any, *, is_moved: bool = False) -> PlanImprovement:
    """D-1 has O-1 and then O-2; return the plan in which O-2 comes first, or in which O-1 is D-2's."""
    in_force(scene)
    given = OrderAssigned(
        order_id="O-2", driver_id="D-1", previous_driver_id="D-2", recommendation_id=None, is_automatic=True
    )
    stops = (*scene.stops("O-1"), *scene.stops("O-2"))
    routes = (
        RoutePlanned(driver_id="D-1", plan_number=2, stops=stops),
        RoutePlanned(driver_id="D-2", plan_number=2, stops=()),
    )
    scene.fold(Decision([("order/O-2", given), *((f"driver/{route.driver_id}", route) for route in routes)]))
    first = PlanChange(driver_id=DriverId("D-1"), plan_number=2, stops=(*stops[2:], *(() if is_moved else stops[:2])))
    second = PlanChange(driver_id=DriverId("D-2"), plan_number=2, stops=stops[:2])
    moved = (MovedOrder(order_id=OrderId("O-1"), from_driver=DriverId("D-1"), to_driver=DriverId("D-2")),)
    made = improvement(scene)
    return changed(made, plans=(first, second) if is_moved else (first,), moved=moved if is_moved else ())


@pytest.mark.parametrize("is_moved", [False, True])
@pytest.mark.parametrize("begun", [AcceptAssignment, ReportArrival])
def test_nobody_is_turned_from_the_stop_that_he_set_off_to_since(scene: Any, begun: Any, is_moved: bool) -> None:
    made = both_in_hand(scene, is_moved=is_moved)
    number = scene.operation.fleet.route_of(DriverId("D-1")).plan_number
    scene.do(begun(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), Actor(role=Role.DRIVER, subject="D-1"))
    assert scene.operation.fleet.route_of(DriverId("D-1")).plan_number == number
    with pytest.raises(StateChanged, match="D-1"):
        scene.do(AdoptPlan(improvement=made))


def test_stops_are_put_in_another_order_before_he_sets_off(scene: Any) -> None:
    scene.do(AdoptPlan(improvement=both_in_hand(scene)))
    names = [stop.order_id for stop in scene.operation.fleet.route_of(DriverId("D-1")).stops]
    assert names == ["O-2", "O-2", "O-1", "O-1"]
