"""A driver has left a stop when three fixes in a row are farther than 120 m from it, after having been there."""

from __future__ import annotations

from typing import Any

from backend_service.workers.departure_watch import DepartureWatch
from core.commands import ReportArrival
from core.vocabulary import PLATFORM, DriverId, OrderId

NOW_AT = 1_800_000_000.0
DOOR_M = -2223.9  # 0.02 degrees of latitude south of the kitchen


def order(shift: Any, order_id: str = "O-1") -> Any:
    return shift.bus.operation.orders.orders[OrderId(order_id)]


async def arrived(shift: Any, *order_ids: str) -> DepartureWatch:
    """Return a watch over a driver who arrived at the kitchen at `NOW_AT`."""
    watch = DepartureWatch(shift.bus)
    shift.bus.subscribe(watch.follow)
    shift.give(*order_ids)
    await shift.settle()
    for name in order_ids:
        await shift.bus.execute(ReportArrival(order_id=OrderId(name), driver_id=DriverId("DR-1")), PLATFORM)
    shift.clock.step_to(NOW_AT + 500)
    return watch


async def seen(shift: Any, watch: DepartureWatch, *batches: Any) -> list[str]:
    head = shift.bus.operation.position
    for batch in batches:
        watch.observe(batch)
    await watch.run_once(shift.clock.now())
    assert not watch.is_wanted(shift.clock.now())
    return await shift.types(head)


def test_three_fixes_beyond_the_radius_are_a_departure_at_the_first_of_them(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = await arrived(shift, "O-1")
        # at +10, +15, +20, +25, +30 s: there, there, 130 m, 200 m, 300 m
        assert await seen(shift, watch, shift.fixes(20, 100, 130, 200, 300)) == ["PickupLeft"]
        assert order(shift).left_pickup_at == NOW_AT + 20
        assert await seen(shift, watch, shift.fixes(20, 200, 200, 200, start_at=NOW_AT + 60)) == []

    on_shift(scenario)


def test_a_fix_within_the_radius_begins_the_count_anew(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = await arrived(shift, "O-1")
        assert await seen(shift, watch, shift.fixes(20, 130, 130, 110, 130, 130)) == []
        assert await seen(shift, watch, shift.fixes(130, start_at=NOW_AT + 40)) == ["PickupLeft"]
        assert order(shift).left_pickup_at == NOW_AT + 30

    on_shift(scenario)


def test_who_told_the_arrival_from_afar_has_not_left(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = await arrived(shift, "O-1")
        assert await seen(shift, watch, shift.fixes(400, 300, 200, 150)) == []

    on_shift(scenario)


def test_late_and_repeated_fixes_count_once_and_in_order(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = await arrived(shift, "O-1")
        away = shift.fixes(200, start_at=NOW_AT + 40)
        assert await seen(shift, watch, shift.fixes(20), away, away, away, shift.fixes(200, 200)) == []

    on_shift(scenario)


def test_orders_of_one_kitchen_are_left_together(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = await arrived(shift, "O-1", "O-2")
        assert await seen(shift, watch, shift.fixes(20, 130, 130, 130)) == ["PickupLeft", "PickupLeft"]
        assert order(shift, "O-2").left_pickup_at == NOW_AT + 15

    on_shift(scenario)


def test_the_door_is_left_after_the_order_has_ended_and_a_new_watch_knows_it(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1")
        shift.pick_up("O-1")
        shift.deliver("O-1")
        await shift.settle()
        watch = DepartureWatch(shift.bus)
        shift.bus.subscribe(watch.follow)
        shift.clock.step_to(NOW_AT + 500)
        # The kitchen is 2.2 km behind: its departure was never seen, and is found by the same fixes.
        told = await seen(shift, watch, shift.fixes(*(DOOR_M - metres for metres in (10, 150, 150, 150))))
        assert sorted(told) == ["DeliveryLeft", "PickupLeft"]
        assert order(shift).left_delivery_at == NOW_AT + 15

    on_shift(scenario)


def test_long_after_the_end_nothing_is_looked_for(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1")
        shift.pick_up("O-1")
        shift.deliver("O-1")
        await shift.settle()
        watch = DepartureWatch(shift.bus)
        shift.clock.step_to(NOW_AT + 4000)
        assert await seen(shift, watch, shift.fixes(500, 500, 500, start_at=NOW_AT + 1800)) == []

    on_shift(scenario)


def test_who_drove_off_and_came_back_for_the_goods_leaves_once_more(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = await arrived(shift, "O-1")
        await seen(shift, watch, shift.fixes(20, 200, 200, 200))
        assert order(shift).left_pickup_at == NOW_AT + 15
        shift.pick_up("O-1")
        await shift.settle()
        assert order(shift).left_pickup_at is None

    on_shift(scenario)
