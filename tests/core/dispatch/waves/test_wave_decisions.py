"""A wave from its closing to its end: what is taken, given, sent back and taken back, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from msgspec.structs import replace

from core.commands import (
    BringDriverBack,
    CancelOrder,
    EndShift,
    ForbidDriver,
    HoldOrder,
    PauseDriver,
    PinOrder,
    PlaceOrder,
    PlanBreaks,
    RegisterVehicle,
    ReportArrival,
    ReportDelivery,
    ReportPickup,
    ResumeDriver,
    StartShift,
    TakeDriverOut,
)
from core.deciding import Decision
from core.dispatch.constraints import Trial, breaches, capacity_amounts, not_on_wave
from core.dispatch.improvement.improve import Effort
from core.dispatch.policy import DispatchPolicy
from core.dispatch.telling_drivers import orders_told, route_told
from core.dispatch.threats import is_left_alone
from core.dispatch.under_way import is_made_first
from core.dispatch.wave_commands import (
    CloseWave,
    EndWave,
    ProposeWave,
    RecallWave,
    ReleaseWave,
    RetireDepot,
    SendWaveBack,
    SetCapacityUnits,
    SetDepot,
    SetWaveRhythm,
    WithdrawWaveRhythm,
)
from core.dispatch.waves.need import needs_plan
from core.dispatch.waves.on_the_way import stop_under_way
from core.dispatch.waves.planning import Search, planned
from core.dispatch.waves.rhythm import BreakRule, RhythmId, WaveRhythm
from core.dispatch.waves.selection import MOST_ORDERS, joining
from core.dispatch.waves.setting import setting_of
from core.dispatch.waves.wave import Wave, WaveId, WavePlan, WaveState, WaveStopKind
from core.dispatch.world import world_of
from core.events.fleet_events import RoutePlanned
from core.events.order_events import OrderAssigned, OrderUnassigned
from core.fleet.depot import CrewMember, Depot, DepotId
from core.fleet.fleet import PlannedBreak
from core.fleet.route import StopKind
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import OrderState, Promise
from core.projections.operation import decode_operation, encode_operation
from core.refusals import NotFound, Refusal, StateChanged
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Load, OrderId, Place, Position, VehicleId

UTC = ZoneInfo("UTC")
DEPOT, RHYTHM = DepotId("DP-1"), RhythmId("R-1")


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


def rhythm(**fields: Any) -> WaveRhythm:
    return WaveRhythm(
        **{"rhythm_id": RHYTHM, "name": "Noon", "depot_ids": (DEPOT,), "closes_min": (480,), "lead_s": 600.0, **fields}
    )


def order(scene: Any, name: str, x_m: float = 1_000.0, *, in_s: float = 7_200.0, **fields: Any) -> None:
    scene.do(
        PlaceOrder(
            order_id=OrderId(name),
            pickup=Place(name="anywhere", position=at(0)),
            delivery=at(x_m),
            promise=Promise(by_at=scene.now + in_s),
            ready_at=scene.now,
            **{"depot_id": DEPOT, **fields},
        )
    )


@pytest.fixture
def depot(scene: Any) -> Any:
    """A depot with a driver of its own, and a rhythm."""
    scene.driver("1")
    scene.driver("2")
    crew = tuple(
        CrewMember(driver_id=DriverId(f"D-{n}"), vehicle_id=VehicleId(f"V-{n}"), from_min=0, until_min=1440)
        for n in (1, 2)
    )
    scene.do(SetDepot(depot=Depot(depot_id=DEPOT, name="North", position=at(0), crew=crew)))
    scene.do(SetWaveRhythm(rhythm=rhythm()))
    return scene


def closed(scene: Any) -> Any:
    scene.now += 60.0
    done = scene.do(CloseWave(rhythm_id=RHYTHM, closes_at=scene.now))
    return scene.operation.waves.waves[WaveId(done.created)]


def plan_of(scene: Any, wave: Wave, joined: tuple[OrderId, ...] = ()) -> WavePlan:
    setting = setting_of(scene.operation, wave, {}, scene.now, UTC, joined)
    places = setting.places
    x = np.array([place.lon * METRES_PER_DEGREE for place in places])
    metres = np.abs(x[:, None] - x[None, :])
    travel = TravelTable(TravelMatrix(metres / 10.0, metres.copy(), degraded=False, as_of=0.0), places, places)
    return planned(setting, travel, DispatchPolicy(), Search(1, Effort(iterations=100), lambda: 0.0))


def now_of(scene: Any, wave: Wave) -> Any:
    return scene.operation.waves.waves[wave.wave_id]


def proposed(scene: Any, *, is_released: bool = False) -> Any:
    wave = closed(scene)
    scene.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(scene, wave), is_released=is_released))
    return now_of(scene, wave)


def refusal(scene: Any, command: Any) -> str:
    with pytest.raises(Refusal) as refused:
        scene.do(command)
    return refused.value.code


def test_depots_orders_are_picked_up_there_and_left_to_the_wave(depot: Any) -> None:
    order(depot, "O-1")
    placed = depot.order("O-1")
    assert placed.pickup.name == "North"
    assert is_left_alone(depot.operation, placed, depot.now)
    depot.place("O-2")
    assert not is_left_alone(depot.operation, depot.order("O-2"), depot.now)


def test_closing_takes_what_is_promised_within_reach_and_leaves_the_rest(depot: Any) -> None:
    order(depot, "O-1", in_s=7_200)
    order(depot, "O-2", in_s=3 * 86_400)
    depot.place("O-3")
    depot.now += 60
    done = depot.do(CloseWave(rhythm_id=RHYTHM, closes_at=depot.now, next_at=depot.now + 86_400))
    assert depot.operation.waves.waves[WaveId(done.created)].order_ids == ("O-1",)
    assert refusal(depot, CloseWave(rhythm_id=RHYTHM, closes_at=depot.now)) == "state.changed"


def test_closing_without_orders_makes_no_wave_and_is_not_asked_again(depot: Any) -> None:
    depot.now += 60
    assert depot.do(CloseWave(rhythm_id=RHYTHM, closes_at=depot.now)).created is None
    assert depot.operation.waves.waves == {}
    assert depot.operation.waves.looked_at[RHYTHM] == depot.now


def test_wave_of_a_zone_takes_only_doors_in_it(depot: Any) -> None:
    depot.do(SetWaveRhythm(rhythm=rhythm()))
    order(depot, "O-1")
    assert refusal(depot, SetWaveRhythm(rhythm=rhythm(zone_ids=("Z-9",)))) == "zone.not_found"


def test_release_gives_drivers_their_routes_and_undo_takes_them_back(depot: Any) -> None:
    order(depot, "O-1")
    order(depot, "O-2", 2_000)
    wave = proposed(depot)
    assert (wave.state, wave.proposal.number, wave.proposal.served) == (WaveState.PROPOSED, 1, 2)

    depot.do(ReleaseWave(wave_id=wave.wave_id, number=1))
    wave = now_of(depot, wave)
    [route] = wave.plan.routes
    assert wave.state is WaveState.RELEASED
    assert depot.order("O-1").driver_id == depot.order("O-2").driver_id == route.driver_id
    assert [s.order_id for s in depot.operation.fleet.route_of(route.driver_id).stops] == [
        s.order_id for s in route.stops
    ]
    assert is_left_alone(depot.operation, depot.order("O-1"), depot.now)

    depot.do(RecallWave(wave_id=wave.wave_id, note="Wrong van"))
    assert depot.order("O-1").state is OrderState.WAITING
    assert depot.operation.fleet.route_of(route.driver_id).stops == ()
    assert now_of(depot, wave).state is WaveState.PROPOSED
    depot.do(ReleaseWave(wave_id=wave.wave_id, number=1))
    assert depot.order("O-2").driver_id == route.driver_id


def test_drivers_hear_of_a_release_when_the_window_is_over_and_of_one_recalled_in_time_never(depot: Any) -> None:
    order(depot, "O-1")
    wave = proposed(depot)
    [route] = wave.proposal.routes
    before = route_told(depot.operation, route.driver_id, depot.now)

    depot.do(ReleaseWave(wave_id=wave.wave_id, number=1))
    assert depot.order("O-1").driver_id == route.driver_id
    assert orders_told(depot.operation, route.driver_id, depot.now) == []
    assert depot.operation.held.is_held(OrderId("O-1"), depot.now)
    told_at = depot.now + DispatchPolicy().tell_after_s
    assert [o.order_id for o in orders_told(depot.operation, route.driver_id, told_at)] == ["O-1"]

    depot.now += 2.0
    depot.do(RecallWave(wave_id=wave.wave_id, note="Wrong van"))
    depot.now += 600.0
    after = route_told(depot.operation, route.driver_id, depot.now)
    assert (after.plan_number, after.stops) == (before.plan_number, before.stops)


def test_what_the_platform_releases_is_told_at_once(depot: Any) -> None:
    order(depot, "O-1")
    wave = proposed(depot, is_released=True)
    driver_id = wave.plan.routes[0].driver_id
    assert [o.order_id for o in orders_told(depot.operation, driver_id, depot.now)] == ["O-1"]


def test_release_is_not_taken_back_once_somebody_left_with_goods(depot: Any) -> None:
    order(depot, "O-1")
    wave = proposed(depot, is_released=True)
    driver_id = depot.order("O-1").driver_id
    depot.do(ReportPickup(order_id=OrderId("O-1"), driver_id=driver_id))
    assert refusal(depot, RecallWave(wave_id=wave.wave_id, note="Late")) == "wave.departed"


def test_only_the_plan_that_was_looked_at_is_released(depot: Any) -> None:
    order(depot, "O-1")
    wave = proposed(depot)
    assert refusal(depot, ReleaseWave(wave_id=wave.wave_id, number=2)) == "state.changed"
    assert refusal(depot, ReleaseWave(wave_id=WaveId("W-9"), number=1)) == "wave.not_found"
    driver_id = wave.proposal.routes[0].driver_id
    depot.do(TakeDriverOut(driver_id=driver_id, note="Flat tyre"))
    assert refusal(depot, ReleaseWave(wave_id=wave.wave_id, number=1)) == "state.changed"


def test_sent_back_wave_is_planned_without_what_was_taken_out(depot: Any) -> None:
    order(depot, "O-1")
    order(depot, "O-2")
    wave = proposed(depot)
    first = wave.proposal.routes[0].driver_id
    back = SendWaveBack(
        wave_id=wave.wave_id, number=1, note="O-2 later", without_orders=(OrderId("O-2"),), without_drivers=(first,)
    )
    depot.do(back)
    wave = now_of(depot, wave)
    assert (wave.state, wave.proposal, wave.order_ids) == (WaveState.CLOSED, None, ("O-1",))
    assert not is_left_alone(depot.operation, depot.order("O-2"), depot.now)

    plan = plan_of(depot, wave)
    assert (plan.number, plan.served) == (2, 1)
    assert plan.routes[0].driver_id != first
    assert refusal(depot, replace(back, note=" ")) == "wave.nothing_proposed"


def test_order_nobody_can_serve_is_left_to_dispatch_at_release(depot: Any) -> None:
    order(depot, "O-1")
    order(depot, "O-2", skills=("crane",))
    wave = proposed(depot, is_released=True)
    assert wave.order_ids == ("O-1",)
    assert not is_left_alone(depot.operation, depot.order("O-2"), depot.now)


def test_same_day_order_joins_a_running_wave_and_keeps_the_stop_under_way(depot: Any) -> None:
    order(depot, "O-1", 3_000)
    order(depot, "O-2", 4_000)
    wave = proposed(depot, is_released=True)
    driver_id = depot.order("O-1").driver_id
    for name in ("O-1", "O-2"):
        depot.do(ReportPickup(order_id=OrderId(name), driver_id=driver_id))
    under_way = depot.operation.fleet.route_of(driver_id).stops[0]
    order(depot, "O-3", 500)
    found = joining(depot.operation, wave, rhythm(), depot.now + 86_400)
    assert found == ("O-3",)

    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, wave, found), is_released=True))

    assert depot.operation.fleet.route_of(driver_id).stops[0].order_id == under_way.order_id
    assert depot.order("O-3").driver_id is not None
    assert now_of(depot, wave).order_ids == ("O-1", "O-2", "O-3")


def turned_round(scene: Any, wave: Wave, driver_id: DriverId) -> tuple[WavePlan, list[OrderId]]:
    """Return a plan with a driver's doors the other way round behind the first, and the doors as they are."""
    plan = plan_of(scene, now_of(scene, wave))
    [route] = [one for one in plan.routes if one.driver_id == driver_id]
    turned = replace(route, stops=(route.stops[0], *reversed(route.stops[1:])))
    doors = [stop.order_id for stop in scene.operation.fleet.route_of(driver_id).stops]
    return replace(plan, routes=tuple(turned if one is route else one for one in plan.routes)), doors


@pytest.mark.parametrize("is_there", [False, True])
def test_plan_made_before_the_driver_set_off_to_his_next_door_is_not_released_but_made_anew(
    depot: Any, is_there: bool
) -> None:
    for k in range(4):
        order(depot, f"O-{k}", 1_000.0 * (k + 1), in_s=3 * 3_600.0)
    wave = proposed(depot, is_released=True)
    driver_id = depot.order("O-0").driver_id
    for name in wave.order_ids:
        depot.do(ReportPickup(order_id=name, driver_id=driver_id))
    plan, (first, second, *_) = turned_round(depot, wave, driver_id)
    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan))
    assert not needs_plan(depot.operation, setting_of(depot.operation, now_of(depot, wave), {}, depot.now, UTC))

    depot.do(ReportDelivery(order_id=first, driver_id=driver_id))
    if is_there:
        depot.do(ReportArrival(order_id=second, driver_id=driver_id))

    assert refusal(depot, ReleaseWave(wave_id=wave.wave_id, number=plan.number)) == "state.changed"
    wave = now_of(depot, wave)
    assert needs_plan(depot.operation, setting_of(depot.operation, wave, {}, depot.now, UTC))
    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, wave)))
    assert not needs_plan(depot.operation, setting_of(depot.operation, now_of(depot, wave), {}, depot.now, UTC))
    depot.do(ReleaseWave(wave_id=wave.wave_id, number=plan.number + 1))
    assert depot.operation.fleet.route_of(driver_id).stops[0].order_id == second


def test_door_that_a_driver_is_on_the_way_to_comes_before_work_that_he_got_since(depot: Any) -> None:
    order(depot, "O-1", 3_000)
    wave = proposed(depot, is_released=True)
    driver_id = depot.order("O-1").driver_id
    depot.do(ReportPickup(order_id=OrderId("O-1"), driver_id=driver_id))
    depot.place("O-2")
    route = depot.operation.fleet.route_of(driver_id)
    given = OrderAssigned(order_id="O-2", driver_id=driver_id, previous_driver_id=None)
    planned = RoutePlanned(
        driver_id=driver_id, plan_number=route.plan_number + 1, stops=(*route.stops, *depot.stops("O-2"))
    )
    depot.fold(Decision([("order/O-2", given), (f"driver/{driver_id}", planned)]))
    order(depot, "O-3", 500)
    wave = now_of(depot, wave)

    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, wave, (OrderId("O-3"),)), is_released=True))

    assert [stop.order_id for stop in depot.operation.fleet.route_of(driver_id).stops][:3] == ["O-1", "O-2", "O-2"]


def test_lost_drivers_orders_go_to_another_and_what_is_on_board_stays(depot: Any) -> None:
    order(depot, "O-1", 3_000)
    order(depot, "O-2", 4_000)
    wave = proposed(depot, is_released=True)
    lost = depot.order("O-1").driver_id
    depot.do(ReportPickup(order_id=OrderId("O-1"), driver_id=lost))
    depot.do(TakeDriverOut(driver_id=lost, note="Accident"))
    wave = now_of(depot, wave)
    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, wave), is_released=True))
    assert depot.order("O-1").driver_id == lost
    assert depot.order("O-2").driver_id not in (None, lost)


def change_vehicle(scene: Any, driver_id: DriverId, litres: float) -> None:
    """Let a driver with nothing in hand drive another vehicle."""
    if scene.operation.fleet.drivers[driver_id].is_on_shift:
        scene.do(EndShift(driver_id=driver_id))
    capacity = Load(volume_l=litres, weight_kg=50.0)
    scene.do(RegisterVehicle(vehicle_id=VehicleId("V-9"), plate="XY-9", capacity=capacity))
    scene.do(StartShift(driver_id=driver_id, vehicle_id=VehicleId("V-9"), ends_at=scene.now + 6 * 3_600.0))


def needs_another(scene: Any, wave: Wave) -> bool:
    return needs_plan(scene.operation, setting_of(scene.operation, now_of(scene, wave), {}, scene.now, UTC))


@pytest.mark.parametrize(("litres", "is_too_small"), [(19.0, True), (20.0, False)])
def test_plan_is_not_released_into_a_vehicle_that_does_not_hold_it(
    depot: Any, litres: float, is_too_small: bool
) -> None:
    order(depot, "O-1", load=Load(volume_l=20.0, weight_kg=2.0))
    wave = proposed(depot)
    driver_id = wave.proposal.routes[0].driver_id
    change_vehicle(depot, driver_id, litres)

    assert needs_another(depot, wave) is is_too_small
    if is_too_small:
        assert refusal(depot, ReleaseWave(wave_id=wave.wave_id, number=1)) == "state.changed"
        depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, now_of(depot, wave)), is_released=True))
    else:
        depot.do(ReleaseWave(wave_id=wave.wave_id, number=1))
    assert (depot.order("O-1").driver_id != driver_id) is is_too_small


@pytest.mark.parametrize(("litres", "is_too_small"), [(19.0, True), (20.0, False)])
def test_running_wave_is_planned_anew_for_who_came_with_a_smaller_vehicle(
    depot: Any, litres: float, is_too_small: bool
) -> None:
    order(depot, "O-1", load=Load(volume_l=20.0, weight_kg=2.0))
    for number in (1, 2):
        depot.do(EndShift(driver_id=DriverId(f"D-{number}")))
    wave = proposed(depot, is_released=True)
    driver_id = depot.order("O-1").driver_id
    assert not needs_another(depot, wave)
    change_vehicle(depot, driver_id, litres)

    assert needs_another(depot, wave) is is_too_small
    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, now_of(depot, wave)), is_released=True))
    assert not needs_another(depot, wave)
    assert (depot.order("O-1").driver_id != driver_id) is is_too_small


@pytest.mark.parametrize("is_there", [False, True])
def test_what_a_driver_keeps_who_is_taken_out_stays_in_the_route(depot: Any, is_there: bool) -> None:
    order(depot, "O-1")
    wave = proposed(depot, is_released=True)
    driver_id = depot.order("O-1").driver_id
    if is_there:
        depot.do(ReportArrival(order_id=OrderId("O-1"), driver_id=driver_id))
    depot.do(TakeDriverOut(driver_id=driver_id, note="Home after this", keeps_orders=True))
    assert not needs_another(depot, wave)

    order(depot, "O-2")
    plan = plan_of(depot, now_of(depot, wave), (OrderId("O-2"),))
    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan, is_released=True))

    assert depot.order("O-1").driver_id == driver_id
    assert depot.order("O-2").driver_id not in (None, driver_id)
    assert not needs_another(depot, wave)


def test_who_is_sent_back_keeps_the_stop_under_way_and_nothing_else(depot: Any) -> None:
    order(depot, "O-1", load=Load(volume_l=80.0))
    order(depot, "O-2", load=Load(volume_l=80.0))
    depot.do(TakeDriverOut(driver_id=DriverId("D-2"), note="Late"))
    for name in ("V-1", "V-2"):
        depot.do(
            RegisterVehicle(vehicle_id=VehicleId(name), plate=name, capacity=Load(volume_l=100.0, weight_kg=100.0))
        )
    wave = proposed(depot, is_released=True)
    there, later = (stop.order_id for stop in depot.operation.fleet.route_of(DriverId("D-1")).stops[::2])
    depot.do(ReportArrival(order_id=there, driver_id=DriverId("D-1")))
    depot.do(BringDriverBack(driver_id=DriverId("D-2")))
    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, now_of(depot, wave))))
    number = now_of(depot, wave).proposal.number
    back = SendWaveBack(wave_id=wave.wave_id, number=number, note="No", without_drivers=(DriverId("D-1"),))
    depot.do(back)
    assert needs_another(depot, wave)

    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, now_of(depot, wave)), is_released=True))

    assert (depot.order(there).driver_id, depot.order(later).driver_id) == ("D-1", "D-2")
    assert not needs_another(depot, wave)


def test_nobody_is_planned_before_the_end_of_a_break(depot: Any) -> None:
    span = PlannedBreak(earliest_at=depot.now + 30.0, latest_at=depot.now + 3_600.0, length_s=1_800.0)
    depot.do(PlanBreaks(driver_id=DriverId("D-1"), breaks=(span,)))
    depot.do(TakeDriverOut(driver_id=DriverId("D-2"), note="Late"))
    order(depot, "O-1")
    depot.now += 60.0
    depot.do(PauseDriver(driver_id=DriverId("D-1")))
    began_at = depot.now

    [route] = proposed(depot).proposal.routes

    assert route.leaves_at >= began_at + 1_800.0


def test_wave_planned_anew_leaves_its_own_break_to_who_is_on_it(depot: Any) -> None:
    now_min = int(depot.now % 86_400.0 // 60.0)
    rule = BreakRule(from_min=now_min + 15, until_min=now_min + 60, length_s=1_800.0)
    depot.do(SetWaveRhythm(rhythm=rhythm(breaks=(rule,))))
    depot.do(TakeDriverOut(driver_id=DriverId("D-2"), note="Late"))
    order(depot, "O-1", 3_000.0)
    order(depot, "O-2", 40_000.0, in_s=5 * 3_600.0)
    wave = proposed(depot, is_released=True)
    [route] = wave.plan.routes
    [pause] = [stop for stop in route.stops if stop.kind is WaveStopKind.BREAK]
    depot.now = pause.starts_at + 600.0

    [driver] = setting_of(depot.operation, now_of(depot, wave), {}, depot.now, UTC).drivers

    assert (driver.start_at, driver.breaks) == (pause.departs_at, ())


def test_who_stands_at_the_depot_before_the_shift_is_left_there(depot: Any) -> None:
    for number in (1, 2):
        depot.do(EndShift(driver_id=DriverId(f"D-{number}")))
    order(depot, "O-1", 1_000.0)
    order(depot, "O-2", 2_000.0)
    wave = proposed(depot, is_released=True)
    driver_id = depot.order("O-1").driver_id
    first = depot.operation.fleet.route_of(driver_id).stops[0]
    depot.do(ReportArrival(order_id=first.order_id, driver_id=driver_id))

    [driver] = [
        one
        for one in setting_of(depot.operation, now_of(depot, wave), {}, depot.now, UTC).drivers
        if one.driver_id == driver_id
    ]

    assert (driver.frozen, driver.stops[0]) == (1, first)


def test_wave_ends_when_no_work_remains(depot: Any) -> None:
    order(depot, "O-1")
    wave = proposed(depot, is_released=True)
    assert refusal(depot, EndWave(wave_id=wave.wave_id)) == "state.changed"
    driver_id = depot.order("O-1").driver_id
    depot.do(ReportPickup(order_id=OrderId("O-1"), driver_id=driver_id))
    depot.do(ReportDelivery(order_id=OrderId("O-1"), driver_id=driver_id))
    depot.do(EndWave(wave_id=wave.wave_id))
    assert now_of(depot, wave).state is WaveState.ENDED
    assert depot.operation.waves.of_orders == {}


def test_every_order_of_a_release_is_told_once(depot: Any) -> None:
    for k in range(4):
        order(depot, f"O-{k}", 500.0 * k)
    proposed(depot, is_released=True)
    given = [event.order_id for event in depot.happened if isinstance(event, OrderAssigned)]
    assert sorted(given) == ["O-0", "O-1", "O-2", "O-3"]
    assert not any(isinstance(event, OrderUnassigned) for event in depot.happened)


def test_breaks_are_due_to_who_works_through_the_window(depot: Any) -> None:
    [hour] = {int(depot.now // 3600) % 24}
    from_min = (hour * 60 + 90) % 1440
    depot.do(
        SetWaveRhythm(rhythm=rhythm(breaks=(BreakRule(from_min=from_min, until_min=from_min + 30, length_s=900.0),)))
    )
    order(depot, "O-1")
    order(depot, "O-2", 2_000, in_s=10_800.0)
    wave = closed(depot)
    setting = setting_of(depot.operation, wave, {}, depot.now, UTC)
    assert [len(driver.breaks) for driver in setting.drivers] == [1, 1]
    stops = [stop.kind for route in plan_of(depot, wave).routes for stop in route.stops]
    assert stops.count(WaveStopKind.BREAK) <= 1


def test_break_that_there_is_time_for_behind_the_work_keeps_nobody_from_it(depot: Any) -> None:
    order(depot, "O-1")
    now_min = int(depot.now % 86_400.0 // 60.0)
    north = depot.operation.waves.depots[DEPOT]
    depot.do(SetDepot(depot=replace(north, opens_min=now_min, closes_min=now_min + 120)))
    rule = BreakRule(from_min=now_min + 110, until_min=now_min + 180, length_s=1_800.0)
    depot.do(SetWaveRhythm(rhythm=rhythm(breaks=(rule,))))

    assert plan_of(depot, closed(depot)).served == 1


def test_break_that_was_planned_for_a_driver_holds_in_place_of_the_rhythms(depot: Any) -> None:
    from_min = int(depot.now // 60 + 90) % 1440
    every_break = BreakRule(from_min=from_min, until_min=(from_min + 30) % 1440, length_s=900.0)
    depot.do(SetWaveRhythm(rhythm=rhythm(breaks=(every_break,))))
    own = PlannedBreak(earliest_at=depot.now + 3600.0, latest_at=depot.now + 4500.0, length_s=600.0)
    depot.do(PlanBreaks(driver_id=DriverId("D-1"), breaks=(own,)))
    order(depot, "O-1")
    drivers = setting_of(depot.operation, closed(depot), {}, depot.now, UTC).drivers
    assert [[span.length_s for span in driver.breaks] for driver in drivers] == [[600.0], [900.0]]
    assert (drivers[0].breaks[0].from_at, drivers[0].breaks[0].until_at) == (own.earliest_at, own.latest_at)


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("depot.name_required", SetDepot(depot=Depot(depot_id=DEPOT, name=" ", position=at(0)))),
        ("depot.hours_out_of_range", SetDepot(depot=Depot(depot_id=DEPOT, name="N", position=at(0), opens_min=-1))),
        ("depot.loading_out_of_range", SetDepot(depot=Depot(depot_id=DEPOT, name="N", position=at(0), loading_s=9e9))),
        ("depot.in_use", RetireDepot(depot_id=DEPOT)),
        ("depot.not_found", RetireDepot(depot_id=DepotId("DP-9"))),
        ("units.name_invalid", SetCapacityUnits(units={"Pallets!": "Pallets"})),
        ("units.name_invalid", SetCapacityUnits(units={"volume_l": "Litres"})),
        ("units.unknown", RegisterVehicle(vehicle_id=VehicleId("V-9"), plate="X", capacity=Load(amounts={"x": 1.0}))),
        ("rhythm.out_of_range", SetWaveRhythm(rhythm=rhythm(closes_min=()))),
        ("rhythm.out_of_range", SetWaveRhythm(rhythm=rhythm(closes_min=(1440,)))),
        ("rhythm.out_of_range", SetWaveRhythm(rhythm=rhythm(reach_s=float("nan")))),
        ("rhythm.name_required", SetWaveRhythm(rhythm=rhythm(name=""))),
        ("depot.not_found", SetWaveRhythm(rhythm=rhythm(depot_ids=(DepotId("DP-9"),)))),
        ("rhythm.not_found", WithdrawWaveRhythm(rhythm_id=RhythmId("R-9"))),
        ("wave.not_found", RecallWave(wave_id=WaveId("W-9"), note="x")),
    ],
)
def test_nonsense_is_refused_with_its_code(depot: Any, code: str, command: Any) -> None:
    assert refusal(depot, command) == code


def test_units_are_defined_used_and_kept_while_used(depot: Any) -> None:
    depot.do(SetCapacityUnits(units={"pallets": "Pallets"}))
    order(depot, "O-1", load=Load(amounts={"pallets": 2.0}))
    assert refusal(depot, SetCapacityUnits(units={})) == "units.in_use"


def test_a_driver_is_in_one_crew(depot: Any) -> None:
    crew = depot.operation.waves.depots[DEPOT].crew
    other = Depot(depot_id=DepotId("DP-2"), name="South", position=at(5_000), crew=crew)
    assert refusal(depot, SetDepot(depot=other)) == "depot.crew_elsewhere"
    with pytest.raises(NotFound):
        stranger = CrewMember(driver_id=DriverId("D-9"), vehicle_id=VehicleId("V-1"), from_min=0, until_min=60)
        depot.do(SetDepot(depot=replace(other, crew=(stranger,))))


def test_joining_order_of_another_wave_is_not_taken_twice(depot: Any) -> None:
    order(depot, "O-1")
    wave = proposed(depot)
    plan = replace(wave.proposal, number=2, joined=(OrderId("O-1"),))
    depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan))
    with pytest.raises(StateChanged):
        depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan))


def test_driver_of_a_wave_is_left_to_it_and_leaves_at_its_time(depot: Any) -> None:
    order(depot, "O-1")
    wave = proposed(depot, is_released=True)
    [route] = wave.plan.routes
    board = depot.operation.orders.orders
    board[OrderId("O-1")] = replace(board[OrderId("O-1")], is_accepted=True)
    world = world_of(depot.operation, {}, depot.now, DispatchPolicy())
    driver = world.drivers[route.driver_id]
    assert (driver.is_on_wave, driver.start_at) == (True, route.leaves_at)
    assert driver.frozen == 0  # he has said yes, and waits for the time to leave
    other = next(state for name, state in world.drivers.items() if name != route.driver_id)
    assert (other.is_on_wave, other.start_at) == (False, depot.now)

    depot.place("O-9")
    trial = Trial(driver, depot.order("O-9"), depot.now, DispatchPolicy())
    assert [breach.constraint for breach in breaches(trial, (not_on_wave,))] == ["not_on_wave"]


def test_amounts_in_further_units_bind_dispatch_as_well(depot: Any) -> None:
    depot.do(SetCapacityUnits(units={"pallets": "Pallets"}))
    order(depot, "O-1", load=Load(amounts={"pallets": 2.0}))
    driver = world_of(depot.operation, {}, depot.now, DispatchPolicy()).drivers[DriverId("D-1")]
    [breach] = breaches(Trial(driver, depot.order("O-1"), depot.now, DispatchPolicy()), (capacity_amounts,))
    assert breach.statement.arguments == {"unit": "pallets", "free": 0.0, "needed": 2.0}


def test_a_wave_takes_so_many_and_no_more(depot: Any) -> None:
    for k in range(MOST_ORDERS + 2):
        order(depot, f"O-{k:04}", in_s=7_200.0 + k)
    wave = closed(depot)
    assert (len(wave.order_ids), wave.order_ids[0]) == (MOST_ORDERS, "O-0000")
    assert joining(depot.operation, wave, rhythm(), None) == ()


def test_snapshot_holds_depots_rhythms_and_waves(depot: Any) -> None:
    order(depot, "O-1")
    order(depot, "O-2", skills=("crane",))
    proposed(depot, is_released=True)
    assert decode_operation(encode_operation(depot.operation)).waves == depot.operation.waves


def something_happens(scene: Any, dice: Random) -> None:
    """Let a driver go on, or a person rule something; what is refused by then did not happen."""
    driver_id, name = DriverId(dice.choice(["D-1", "D-2"])), OrderId(f"O-{dice.randrange(6)}")
    rulings: list[Any] = [
        TakeDriverOut(driver_id=driver_id, note="Tyre", keeps_orders=dice.random() < 0.5),
        BringDriverBack(driver_id=driver_id),
        PauseDriver(driver_id=driver_id),
        ResumeDriver(driver_id=driver_id),
        PinOrder(order_id=name),
        ForbidDriver(order_id=name, driver_id=driver_id, note="Dog"),
        HoldOrder(order_id=name, for_s=600.0),
        CancelOrder(order_id=name, reason="Away"),
    ]
    goes_on: list[Any] = []
    for stop in scene.operation.fleet.route_of(driver_id).stops[:1]:
        report = ReportPickup if stop.kind is StopKind.PICKUP else ReportDelivery
        goes_on = [made(order_id=stop.order_id, driver_id=driver_id) for made in (ReportArrival, report)]
    with suppress(Refusal):
        scene.do(dice.choice(goes_on if goes_on and dice.random() < 0.5 else rulings))


@pytest.mark.parametrize("seed", range(16))
def test_running_wave_settles_with_each_plan_and_leaves_what_is_begun_whatever_happens(depot: Any, seed: int) -> None:
    dice = Random(seed)
    for number in range(6):
        load = Load(volume_l=dice.uniform(1.0, 60.0))
        order(depot, f"O-{number}", dice.uniform(-5e3, 5e3), in_s=dice.uniform(3e3, 15e3), load=load)
    wave = proposed(depot, is_released=True)
    for _ in range(40):
        depot.now += dice.choice([5.0, 30.0, 120.0, 300.0])
        something_happens(depot, dice)
        wave = now_of(depot, wave)
        if not needs_another(depot, wave):
            continue
        begun = {name: stop_under_way(depot.operation, wave, name, depot.now) for name in map(DriverId, ("D-1", "D-2"))}
        kept = {o.order_id: o.driver_id for o in depot.operation.orders.open_orders() if o.stays_with_driver}

        depot.do(ProposeWave(wave_id=wave.wave_id, plan=plan_of(depot, wave), is_released=True))

        assert not needs_another(depot, wave)
        assert {name: depot.order(name).driver_id for name in kept} == kept
        for driver_id, stop in begun.items():
            assert stop is None or is_made_first(stop, depot.operation.fleet.route_of(driver_id).stops)
