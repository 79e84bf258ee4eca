"""What fixes mean: crossings, arrivals, silence."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec.structs import replace

from backend_service.workers import crossing_watch
from backend_service.workers.arrival_watch import ArrivalWatch
from backend_service.workers.crossing_watch import CrossingWatch
from backend_service.workers.signal_watch import SignalWatch
from core.commands import DrawGeofence, RegisterVehicle, RetireGeofence
from core.fleet.fleet import SignalState
from core.geofencing.fence import Fence, FenceTrigger
from core.orders.order import OrderState
from core.vocabulary import Actor, FenceId, OrderId, Position, Role, VehicleId

NOW_AT = 1_800_000_000.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root")


def test_a_confirmed_entry_and_exit_are_recorded_when_they_happened(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = CrossingWatch(shift.bus, shift.live)
        shift.clock.step_to(NOW_AT + 100)
        watch.observe(shift.fixes(300, 50, 20, 300, 400))
        assert watch.is_wanted(shift.clock.now())
        head = shift.bus.operation.position
        await watch.run_once(shift.clock.now())
        assert await shift.types(head) == ["GeofenceEntered", "GeofenceExited"]
        [entered, left] = shift.bus.operation.fences.crossings
        assert (entered.occurred_at, left.occurred_at) == (NOW_AT + 15, NOW_AT + 25)
        assert not watch.is_wanted(shift.clock.now())

    on_shift(scenario)


def test_a_new_watch_knows_who_is_inside(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 100)
        first = CrossingWatch(shift.bus, shift.live)
        inside = shift.fixes(50, 20)
        first.observe(inside)
        await first.run_once(shift.clock.now())
        shift.live.update(inside)
        second = CrossingWatch(shift.bus, shift.live)
        second.observe(shift.fixes(10, 10, 300, 300, start_at=NOW_AT + 30))
        await second.run_once(shift.clock.now())
        assert [crossing.is_entry for crossing in shift.bus.operation.fences.crossings] == [True, False]

    on_shift(scenario)


def test_a_drawn_and_a_retired_fence_count_from_the_next_beat(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = CrossingWatch(shift.bus, shift.live)
        shift.bus.subscribe(watch.follow)
        await watch.run_once(NOW_AT)
        await shift.bus.execute(RetireGeofence(fence_id=FenceId("F-1")), ADMIN)
        assert watch.is_wanted(NOW_AT)
        await watch.run_once(NOW_AT)
        watch.observe(shift.fixes(50, 20))
        assert not watch.is_wanted(NOW_AT)
        fence = Fence(fence_id=FenceId("F-2"), name="Yard", centre=Position(-29.9, -71.25), radius_m=200.0)
        await shift.bus.execute(DrawGeofence(fence=fence), ADMIN)
        await watch.run_once(NOW_AT)
        watch.observe(shift.fixes(50, 20, start_at=NOW_AT + 30))
        assert watch.is_wanted(NOW_AT)

    on_shift(scenario)


def test_many_changes_are_indexed_anew_while_the_fences_go_on_to_count(on_shift: Any, monkeypatch: Any) -> None:
    async def scenario(shift: Any) -> None:
        monkeypatch.setattr(crossing_watch, "MOST_BESIDE", 2)
        watch = CrossingWatch(shift.bus, shift.live)
        shift.bus.subscribe(watch.follow)
        shift.clock.step_to(NOW_AT + 100)
        await watch.run_once(NOW_AT)
        fence = Fence(fence_id=FenceId("F-2"), name="Yard", centre=Position(-29.9, -71.25), radius_m=200.0)
        for metres in range(5):
            await shift.bus.execute(DrawGeofence(fence=replace(fence, leave_margin_m=30.0 + metres)), ADMIN)
            await watch.run_once(NOW_AT)
        watch.observe(shift.fixes(50, 20))
        while not watch.is_wanted(NOW_AT):
            await asyncio.sleep(0)
        await watch.run_once(NOW_AT)
        watch.observe(shift.fixes(300, 400, start_at=NOW_AT + 30))
        await watch.run_once(NOW_AT)
        crossings = [(one.fence_id, one.is_entry) for one in shift.bus.operation.fences.crossings]
        assert crossings == [("F-1", True), ("F-2", True), ("F-1", False), ("F-2", False)]

    on_shift(scenario)


def test_without_a_fence_nothing_waits_and_nothing_is_loaded(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        await shift.bus.execute(RetireGeofence(fence_id=FenceId("F-1")), ADMIN)
        watch = CrossingWatch(shift.bus, shift.live)
        watch.observe(shift.fixes(50, 20))
        assert not watch.is_wanted(NOW_AT)

    on_shift(scenario)


def test_a_stay_is_recorded_once_also_over_a_restart(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        fence = shift.bus.operation.fences.fences[FenceId("F-1")]
        await shift.bus.execute(DrawGeofence(fence=replace(fence, dwell_s=12.0)), ADMIN)
        shift.clock.step_to(NOW_AT + 100)
        head = shift.bus.operation.position
        for start_at in (NOW_AT + 10, NOW_AT + 30):
            watch = CrossingWatch(shift.bus, shift.live)
            batch = shift.fixes(50, 50, 50, 50, start_at=start_at)
            watch.observe(batch)
            await watch.run_once(shift.clock.now())
            shift.live.update(batch)
        assert await shift.types(head) == ["GeofenceEntered", "GeofenceDwelt"]
        [stay] = shift.bus.operation.fences.inside[FenceId("F-1")].values()
        assert (stay.entered_at, stay.dwelt_at) == (NOW_AT + 10, NOW_AT + 25)

    on_shift(scenario)


def test_a_vehicle_that_changes_groups_is_taken_in_then(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        fence = shift.bus.operation.fences.fences[FenceId("F-1")]
        await shift.bus.execute(DrawGeofence(fence=replace(fence, groups=("vans",))), ADMIN)
        watch = CrossingWatch(shift.bus, shift.live)
        shift.bus.subscribe(watch.follow)
        watch.observe(shift.fixes(50, 50))
        await watch.run_once(shift.clock.now())
        assert shift.bus.operation.fences.entered == 0
        van = RegisterVehicle(vehicle_id=VehicleId("V-1"), plate="A", groups=("vans",))
        await shift.bus.execute(van, ADMIN)
        watch.observe(shift.fixes(50, 50, start_at=NOW_AT + 30))
        await watch.run_once(shift.clock.now())
        assert shift.bus.operation.fences.entered == 1

    on_shift(scenario)


def test_a_crossing_of_a_fence_that_is_gone_is_let_go(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = CrossingWatch(shift.bus, shift.live)
        watch.observe(shift.fixes(50, 20))
        await shift.bus.execute(RetireGeofence(fence_id=FenceId("F-1")), ADMIN)
        await watch.run_once(shift.clock.now())
        assert not watch.is_wanted(shift.clock.now())
        assert shift.bus.operation.fences.crossings == []

    on_shift(scenario)


def test_a_fence_that_tells_only_exits_tells_each_of_them(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        fence = shift.bus.operation.fences.fences[FenceId("F-1")]
        await shift.bus.execute(DrawGeofence(fence=replace(fence, trigger=FenceTrigger.EXIT)), ADMIN)
        watch = CrossingWatch(shift.bus, shift.live)
        shift.clock.step_to(NOW_AT + 100)
        watch.observe(shift.fixes(50, 20, 300, 400, 50, 20, 300, 400))
        await watch.run_once(shift.clock.now())
        assert [crossing.is_entry for crossing in shift.bus.operation.fences.crossings] == [False, False]

    on_shift(scenario)


async def state_after(shift: Any, *batches: Any, order_id: str = "O-1") -> OrderState:
    watch = ArrivalWatch(shift.bus)
    shift.clock.step_to(NOW_AT + 500)
    for batch in batches:
        watch.observe(batch)
    await watch.run_once(shift.clock.now())
    state: OrderState = shift.bus.operation.orders.orders[OrderId(order_id)].state
    return state


def test_three_standing_fixes_at_the_kitchen_are_an_arrival(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1")
        await shift.settle()
        assert await state_after(shift, shift.fixes(500, 40, 30, 20)) is OrderState.AT_PICKUP
        order = shift.bus.operation.orders.orders[OrderId("O-1")]
        assert order.arrived_at_pickup_at == NOW_AT + 15

    on_shift(scenario)


def test_driving_past_is_no_arrival(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1")
        await shift.settle()
        assert await state_after(shift, shift.fixes(40, 20, 0, speed_mps=9.0)) is OrderState.ASSIGNED

    on_shift(scenario)


def test_two_fixes_or_a_row_that_breaks_are_no_arrival(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1")
        await shift.settle()
        assert await state_after(shift, shift.fixes(20, 20, 90, 20, 20)) is OrderState.ASSIGNED

    on_shift(scenario)


def test_what_was_seen_before_the_assignment_does_not_count(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 60)
        shift.give("O-1")
        await shift.settle()
        assert await state_after(shift, shift.fixes(20, 20, 20)) is OrderState.ASSIGNED

    on_shift(scenario)


def test_two_orders_of_one_kitchen_are_reached_together(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1", "O-2")
        await shift.settle()
        assert await state_after(shift, shift.fixes(20, 20, 20)) is OrderState.AT_PICKUP
        assert shift.bus.operation.orders.orders[OrderId("O-2")].state is OrderState.AT_PICKUP

    on_shift(scenario)


def test_the_door_is_reached_after_the_pickup(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1")
        shift.pick_up("O-1")
        await shift.settle()
        south = -2223.9  # 0.02 degrees of latitude
        assert await state_after(shift, shift.fixes(south, south, south)) is OrderState.AT_DELIVERY

    on_shift(scenario)


async def signal(shift: Any, watch: SignalWatch, seconds: float) -> SignalState:
    while shift.clock.now() < NOW_AT + seconds:
        shift.clock.step_to(min(shift.clock.now() + 5.0, NOW_AT + seconds))
        await watch.run_once(shift.clock.now())
    state: SignalState = shift.bus.operation.fleet.vehicles[VehicleId("V-1")].signal
    return state


def test_a_vehicle_is_heard_falls_silent_and_is_heard_again(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = SignalWatch(shift.bus, shift.live, silent_after_s=60.0)
        assert await signal(shift, watch, 5) is SignalState.NEVER_HEARD
        shift.live.update(shift.fixes(0, start_at=NOW_AT + 10))
        assert await signal(shift, watch, 11) is SignalState.LIVE
        assert await signal(shift, watch, 69) is SignalState.LIVE
        assert await signal(shift, watch, 71) is SignalState.SILENT
        assert shift.bus.operation.fleet.vehicles[VehicleId("V-1")].last_heard_at == NOW_AT + 10
        shift.live.update(shift.fixes(0, start_at=NOW_AT + 80))
        assert await signal(shift, watch, 81) is SignalState.LIVE

    on_shift(scenario)


def test_old_fixes_that_come_late_do_not_make_a_vehicle_live(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = SignalWatch(shift.bus, shift.live)
        shift.clock.step_to(NOW_AT + 290)
        shift.live.update(shift.fixes(0, start_at=NOW_AT + 10))
        assert await signal(shift, watch, 300) is SignalState.NEVER_HEARD

    on_shift(scenario)


def test_a_service_that_stood_still_gives_everybody_the_whole_time_anew(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = SignalWatch(shift.bus, shift.live, silent_after_s=60.0)
        shift.live.update(shift.fixes(0, start_at=NOW_AT + 10))
        assert await signal(shift, watch, 50) is SignalState.LIVE
        shift.clock.step_to(NOW_AT + 300)
        assert await signal(shift, watch, 355) is SignalState.LIVE, "the service heard nobody while it stood still"
        assert await signal(shift, watch, 365) is SignalState.SILENT
        shift.live.update(shift.fixes(0, start_at=NOW_AT + 370))
        assert await signal(shift, watch, 375) is SignalState.LIVE
        again = SignalWatch(shift.bus, shift.live, silent_after_s=60.0)
        shift.clock.step_to(NOW_AT + 900)
        assert await signal(shift, again, 955) is SignalState.LIVE, "after a start as well"
        assert await signal(shift, again, 970) is SignalState.SILENT

    on_shift(scenario)


def test_a_parked_vehicle_may_be_silent(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = SignalWatch(shift.bus, shift.live)
        shift.live.update(shift.fixes(0, vehicle="V-2"))
        await signal(shift, watch, 11)
        head = shift.bus.operation.position
        await signal(shift, watch, 3000)
        assert await shift.types(head) == []

    on_shift(scenario)
