"""What a planned wave is: counted by hand on a straight street, and whatever is drawn keeps every hard limit."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pytest import approx

from core.dispatch.improvement.improve import Effort
from core.dispatch.improvement.kept_problem import KeptProblem, decoded, digest_of, encoded
from core.dispatch.policy import DispatchPolicy
from core.dispatch.waves.planning import Search, planned
from core.dispatch.waves.replaying import replayed_wave
from core.dispatch.waves.wave import UnitLoad, Unserved, WaveStopKind
from core.dispatch.waves.wave_check import wave_breaches
from core.fleet.route import StopKind
from core.orders.order import OrderState
from core.vocabulary import DriverId, Load, OrderId

NOW = 1_000_000.0


def test_one_route_has_the_times_that_one_counts(yard: Any) -> None:
    yard.driver("D-1")
    yard.order("O-1", 1_000, window_s=(0, 300))
    yard.order("O-2", 2_000)

    [route] = yard.plan().routes

    # 2 x 60 s loading, 100 s to the first door, 120 s there, 100 s on, 120 s there, 200 s back.
    assert [stop.starts_at - NOW for stop in route.stops] == [0, 60, 220, 440]
    assert route.returns_at - NOW == 760
    assert (route.distance_m, route.driving_s, route.trips) == (approx(4_000.0), approx(400.0), 1)
    assert route.loads[0] == UnitLoad(unit="volume_l", peak=20.0, capacity=100.0)


def test_driver_waits_at_the_depot_rather_than_at_the_door(yard: Any) -> None:
    yard.driver("D-1")
    yard.order("O-1", 1_000, window_s=(3_600, 7_200))

    [route] = yard.plan().routes

    assert route.leaves_at - NOW == 3_600 - 100 - 60
    assert route.stops[1].arrives_at == route.stops[1].starts_at == NOW + 3_600


def test_vehicle_comes_back_to_load_again_when_not_everything_fits(yard: Any) -> None:
    yard.driver("D-1", capacity=Load(volume_l=100.0, weight_kg=100.0, amounts={"pallets": 2.0}))
    for name, x_m in (("O-1", 1_000), ("O-2", -1_000), ("O-3", 1_200), ("O-4", -1_200)):
        yard.order(name, x_m, load=Load(amounts={"pallets": 1.0}))

    plan = yard.plan()

    [route] = plan.routes
    assert plan.unserved == ()
    assert route.trips == 2
    assert UnitLoad(unit="pallets", peak=2.0, capacity=2.0) in route.loads
    assert route.distance_m == approx(4_800.0)


def test_orders_of_two_depots_start_at_their_own_and_drivers_end_at_theirs(yard: Any) -> None:
    yard.depot("DP-2", x_m=10_000)
    yard.driver("D-1")
    yard.driver("D-2", depot_id="DP-2", start=yard.depots["DP-2"].position)
    yard.order("O-1", 1_000)
    yard.order("O-2", 9_000, depot="DP-2")

    plan = yard.plan()

    assert {route.driver_id: route.order_ids for route in plan.routes} == {"D-1": ("O-1",), "D-2": ("O-2",)}
    assert all(route.distance_m == approx(2_000.0) for route in plan.routes)


def test_plan_with_a_break_is_found_again_and_another_recorded_one_is_not(yard: Any) -> None:
    yard.driver("D-1", breaks=yard.breaks(600, 1_200, 900))
    yard.driver("D-2", breaks=yard.breaks(20_000, 20_600, 900))
    for k in range(6):
        yard.order(f"O-{k}", 900.0 * (k + 1), load=Load(volume_l=30.0))
    held: list[KeptProblem] = []

    def hold(kept: KeptProblem) -> str:
        held.append(kept)
        return digest_of(kept)

    plan = yard.plan(hold=hold)
    [kept] = held

    assert plan.problem_digest == digest_of(kept)
    assert WaveStopKind.BREAK in {stop.kind for route in plan.routes for stop in route.stops}
    assert replayed_wave(decoded(encoded(kept)), plan).is_equal
    first, *others = plan.routes
    shorter = replace(plan, routes=(replace(first, stops=first.stops[:-1]), *others))
    assert [one.driver_id for one in replayed_wave(kept, shorter).differences] == [first.driver_id]


def test_break_lies_in_its_window_between_the_stops(yard: Any) -> None:
    yard.driver("D-1", breaks=yard.breaks(600, 1_200, 900))
    yard.order("O-1", 4_000, window_s=(0, 1_000))
    yard.order("O-2", 5_000, window_s=(2_000, 6_000))

    [route] = yard.plan().routes

    [pause] = [stop for stop in route.stops if stop.kind is WaveStopKind.BREAK]
    assert 600 <= pause.starts_at - NOW <= 1_200
    assert pause.departs_at - pause.starts_at == 900
    assert route.stops[-1].order_id == "O-2"


def test_orders_without_a_place_are_named_with_the_first_limit(yard: Any) -> None:
    yard.driver("D-1", capacity=Load(volume_l=100.0, weight_kg=100.0, amounts={"pallets": 2.0}))
    yard.order("O-1", 1_000, load=Load(amounts={"pallets": 3.0}))
    yard.order("O-2", 1_000, skills=("lift",))
    yard.order("O-3", 1_000, window_s=(0, 100))
    yard.order("O-4", 1_000, refused_by=(DriverId("D-1"),))
    yard.order("O-5", 1_000, load=Load(volume_l=400.0))

    assert yard.plan().unserved == (
        Unserved(order_id=OrderId("O-1"), why="capacity", unit="pallets"),
        Unserved(order_id=OrderId("O-2"), why="skills"),
        Unserved(order_id=OrderId("O-3"), why="window"),
        Unserved(order_id=OrderId("O-4"), why="allowed"),
        Unserved(order_id=OrderId("O-5"), why="capacity", unit="volume_l"),
    )


def test_unit_that_is_short_is_that_of_the_vehicles_with_the_skills(yard: Any) -> None:
    yard.driver("D-1", capacity=Load(volume_l=100.0, weight_kg=100.0, amounts={"pallets": 9.0}))
    yard.driver("D-2", capacity=Load(volume_l=100.0, weight_kg=100.0), skills=frozenset({"lift"}))
    yard.order("O-1", 1_000, load=Load(amounts={"pallets": 1.0}), skills=("lift",))

    assert yard.plan().unserved == (Unserved(order_id=OrderId("O-1"), why="capacity", unit="pallets"),)


def test_nobody_to_drive_leaves_every_order_named(yard: Any) -> None:
    yard.order("O-1", 1_000)
    plan = yard.plan()
    assert (plan.routes, plan.unserved[0].why) == ((), "no_vehicle")


def test_stop_under_way_and_goods_on_board_stay_when_a_new_order_comes(yard: Any) -> None:
    for name, x_m, state in (
        ("O-1", 3_000, OrderState.ON_THE_WAY),
        ("O-2", 4_000, OrderState.ON_THE_WAY),
    ):
        yard.order(name, x_m, state=state, driver_id=DriverId("D-1"))
    stops = tuple(yard.stop(name, StopKind.DELIVERY) for name in ("O-2", "O-1"))
    yard.driver("D-1", stops=stops, frozen=1)
    yard.driver("D-2")
    yard.order("O-3", 500)

    plan = yard.plan()

    routes = {route.driver_id: route for route in plan.routes}
    assert routes[DriverId("D-1")].order_ids[0] == "O-2"
    assert set(routes[DriverId("D-1")].order_ids) >= {"O-1", "O-2"}
    assert plan.unserved == ()


def test_order_that_is_late_already_keeps_its_place_in_a_running_route(yard: Any) -> None:
    yard.order("O-1", 9_000, window_s=(0, 100), state=OrderState.ASSIGNED, driver_id=DriverId("D-1"))
    yard.driver("D-1", stops=(yard.stop("O-1", StopKind.PICKUP), yard.stop("O-1", StopKind.DELIVERY)))
    plan = yard.plan()
    assert (plan.served, plan.unserved) == (1, ())


def test_order_that_is_late_by_a_break_keeps_its_place_in_a_running_route(yard: Any) -> None:
    # 60 s of loading, 400 s to O-1 and 120 s there; the break of 900 s begins by 600 s; 100 s on to O-2: at 1580 s.
    running: dict[str, Any] = {"state": OrderState.ASSIGNED, "driver_id": DriverId("D-1")}
    yard.order("O-1", 4_000, window_s=(0, 1_000), **running)
    yard.order("O-2", 5_000, window_s=(0, 900), **running)
    stops = [yard.stop(name, kind) for kind in (StopKind.PICKUP, StopKind.DELIVERY) for name in ("O-1", "O-2")]
    yard.driver("D-1", stops=tuple(stops), breaks=yard.breaks(300, 600, 900))

    plan = yard.plan()

    assert (plan.served, plan.unserved) == (2, ())
    assert wave_breaches(yard.setting(), plan, yard.travel()) == ()


def test_what_is_on_board_or_under_way_stays_with_who_has_lost_the_skill_for_it(yard: Any) -> None:
    mine: dict[str, Any] = {"driver_id": DriverId("D-1"), "skills": ("lift",)}
    yard.order("O-1", 1_000, state=OrderState.ASSIGNED, **mine)
    yard.order("O-2", 2_000, state=OrderState.ON_THE_WAY, **mine)
    yard.order("O-3", 3_000, state=OrderState.ASSIGNED, **mine)
    stops = [("O-1", StopKind.PICKUP), ("O-3", StopKind.PICKUP)]
    stops += [(name, StopKind.DELIVERY) for name in ("O-1", "O-2", "O-3")]
    yard.driver("D-1", stops=tuple(yard.stop(name, kind) for name, kind in stops), frozen=1)
    yard.driver("D-2", skills=frozenset({"lift"}))

    plan = yard.plan()

    served = {route.driver_id: set(route.order_ids) for route in plan.routes}
    assert served == {"D-1": {"O-1", "O-2"}, "D-2": {"O-3"}}


def test_order_at_whose_counter_the_driver_stands_stays_also_where_another_is_loaded_first(yard: Any) -> None:
    mine: dict[str, Any] = {"driver_id": DriverId("D-1")}
    yard.order("O-1", 1_000, state=OrderState.AT_PICKUP, **mine)
    yard.order("O-2", 2_000, state=OrderState.ASSIGNED, **mine)
    yard.order("O-3", 3_000, state=OrderState.ASSIGNED, **mine)
    stops = [("O-2", StopKind.PICKUP), ("O-1", StopKind.PICKUP), ("O-3", StopKind.PICKUP)]
    stops += [(name, StopKind.DELIVERY) for name in ("O-1", "O-2", "O-3")]
    route = tuple(yard.stop(name, kind) for name, kind in stops)
    yard.driver("D-1", stops=route, frozen=1, takes_new=False, keeps_own=False)
    yard.driver("D-2")

    plan = yard.plan()

    served = {route.driver_id: set(route.order_ids) for route in plan.routes}
    assert served == {"D-1": {"O-1", "O-2"}, "D-2": {"O-3"}}
    lost = replace(yard.orders[OrderId("O-1")], driver_id=DriverId("D-2"))
    yard.orders[OrderId("O-1")] = lost
    assert [one.limit for one in wave_breaches(yard.setting(), plan, yard.travel())] == ["kept_from"]


def test_same_setting_seed_and_budget_give_the_same_plan_and_its_marks_repeat_it(yard: Any) -> None:
    yard.driver("D-1")
    yard.driver("D-2")
    for k in range(12):
        yard.order(f"O-{k}", 700.0 * (k - 6), window_s=(0, 4_000 + 300 * k))
    plan = yard.plan(seed=7)
    again = Search(7, Effort(iterations=300, seconds=1.0, marks=plan.marks), _broken_clock)

    assert yard.plan(seed=7) == plan
    assert planned(yard.setting(), yard.travel(), DispatchPolicy(), again) == plan


def _broken_clock() -> float:
    raise AssertionError("a repeated run asks no clock")


_ORDERS = st.lists(
    st.tuples(
        st.integers(-8_000, 8_000),
        st.integers(0, 9_000),
        st.integers(200, 9_000),
        st.integers(0, 3),
        st.booleans(),
        st.sampled_from(["DP-1", "DP-2"]),
    ),
    min_size=1,
    max_size=14,
)
_DRIVERS = st.lists(
    st.tuples(st.integers(0, 4_000), st.integers(1_000, 20_000), st.integers(1, 5), st.booleans(), st.booleans()),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=_ORDERS, drivers=_DRIVERS, seed=st.integers(1, 99))
def test_no_plan_breaks_a_limit_or_loses_or_doubles_an_order(
    yard: Any, orders: list[Any], drivers: list[Any], seed: int
) -> None:
    yard.orders.clear()
    yard.drivers.clear()
    yard.depot("DP-2", x_m=3_000, opens_s=600, closes_s=12_000)
    for k, (x_m, from_s, long_s, pallets, is_heavy, depot) in enumerate(orders):
        load = Load(volume_l=5.0, amounts={"pallets": float(pallets)})
        skills = ("lift",) if is_heavy else ()
        yard.order(f"O-{k}", x_m, (from_s, from_s + long_s), load=load, skills=skills, depot=depot)
    for k, (begins_s, works_s, pallets, can_lift, has_break) in enumerate(drivers):
        begins_at = NOW + begins_s
        pause = yard.breaks(begins_s + 600, begins_s + 1_500, 600) if has_break and works_s > 2_400 else ()
        yard.driver(
            f"D-{k}",
            start_at=begins_at,
            ends_at=begins_at + works_s,
            capacity=Load(volume_l=30.0, weight_kg=99.0, amounts={"pallets": float(pallets)}),
            skills=frozenset({"lift"} if can_lift else ()),
            breaks=pause,
        )

    plan = yard.plan(seed=seed, iterations=60)

    assert wave_breaches(yard.setting(), plan, yard.travel()) == ()
    served = [name for route in plan.routes for name in route.order_ids]
    assert sorted([*served, *(one.order_id for one in plan.unserved)]) == sorted(yard.orders)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    running=st.lists(st.tuples(st.integers(-6_000, 6_000), st.booleans(), st.integers(0, 1)), min_size=1, max_size=8),
    fresh=st.lists(st.tuples(st.integers(-6_000, 6_000), st.integers(600, 9_000)), max_size=6),
    seed=st.integers(1, 99),
)
def test_running_wave_keeps_what_is_under_way_whatever_comes(
    yard: Any, running: list[Any], fresh: list[Any], seed: int
) -> None:
    yard.orders.clear()
    yard.drivers.clear()
    stops: dict[str, list[Any]] = {"D-0": [], "D-1": []}
    for k, (x_m, is_on_board, number) in enumerate(running):
        name, driver = f"O-{k}", f"D-{number}"
        state = OrderState.ON_THE_WAY if is_on_board else OrderState.ASSIGNED
        yard.order(name, x_m, state=state, driver_id=DriverId(driver))
        kinds = [StopKind.DELIVERY] if is_on_board else [StopKind.PICKUP, StopKind.DELIVERY]
        stops[driver] += [yard.stop(name, kind) for kind in kinds]
    for k, (x_m, by_s) in enumerate(fresh):
        yard.order(f"N-{k}", x_m, (0, by_s))
    for name, own in stops.items():
        yard.driver(name, stops=tuple(own), frozen=min(1, len(own)))

    plan = yard.plan(seed=seed, iterations=60)

    assert wave_breaches(yard.setting(), plan, yard.travel()) == ()
    routes = {route.driver_id: route for route in plan.routes}
    for name, own in stops.items():
        if own:
            assert routes[DriverId(name)].stops[0].order_id == own[0].order_id
    placed = {name for route in plan.routes for name in route.order_ids}
    assert {name for name in yard.orders if name.startswith("O-")} <= placed
