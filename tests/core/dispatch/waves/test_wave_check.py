"""A planted breach of each limit of a published wave plan is found and named, and a sound plan has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from core.dispatch.waves.wave import Unserved, WavePlan, WaveRoute, WaveStop, WaveStopKind
from core.dispatch.waves.wave_check import WaveLimit, wave_breaches
from core.fleet.route import StopKind
from core.orders.order import OrderState
from core.vocabulary import DriverId, Load, OrderId, Position


@pytest.fixture
def sound(yard: Any) -> Any:
    """Two orders with one driver who breaks between them; a third has no place."""
    full = {"pallets": 2.0}
    capacity = Load(volume_l=100.0, weight_kg=50.0, amounts=full)
    yard.driver("D-1", breaks=yard.breaks(600, 1_200, 900), capacity=capacity, skills=frozenset({"lift"}))
    yard.driver("D-2", takes_new=False)
    yard.order("O-1", 4_000, window_s=(0, 1_000), skills=("lift",), load=Load(amounts={"pallets": 1.0}))
    yard.order("O-2", 5_000, window_s=(2_000, 6_000), load=Load(amounts={"pallets": 1.0}))
    yard.order("O-3", 5_000, skills=("crane",))
    return yard


def found(yard: Any, plan: WavePlan) -> set[WaveLimit]:
    return {breach.limit for breach in wave_breaches(yard.setting(), plan, yard.travel())}


def test_a_sound_plan_breaks_nothing(sound: Any) -> None:
    plan = sound.plan()
    assert (found(sound, plan), plan.served) == (set(), 2)


def only(plan: WavePlan) -> WaveRoute:
    [route] = plan.routes
    return route


def with_stops(plan: WavePlan, change: Callable[[list[WaveStop]], list[WaveStop]]) -> WavePlan:
    route = only(plan)
    return replace(plan, routes=(replace(route, stops=tuple(change(list(route.stops)))),))


def moved(kind: WaveStopKind, **fields: Any) -> Callable[[list[WaveStop]], list[WaveStop]]:
    """Change the first stop of a kind."""

    def change(stops: list[WaveStop]) -> list[WaveStop]:
        k = next(k for k, stop in enumerate(stops) if stop.kind is kind)
        return [*stops[:k], replace(stops[k], **fields), *stops[k + 1 :]]

    return change


def without(kind: WaveStopKind) -> Callable[[list[WaveStop]], list[WaveStop]]:
    def change(stops: list[WaveStop]) -> list[WaveStop]:
        k = next(k for k, stop in enumerate(stops) if stop.kind is kind)
        return [*stops[:k], *stops[k + 1 :]]

    return change


def at_the_last_door(stops: list[WaveStop]) -> list[WaveStop]:
    """Load where the last order is delivered."""
    return moved(WaveStopKind.LOAD, position=stops[-1].position)(stops)


@pytest.mark.parametrize(
    ("limit", "plant"),
    [
        (WaveLimit.KNOWN, lambda plan: replace(plan, routes=(replace(only(plan), driver_id=DriverId("D-9")),))),
        (WaveLimit.ONCE, lambda plan: replace(plan, routes=(only(plan), only(plan)))),
        (WaveLimit.ONCE, lambda plan: replace(plan, unserved=(Unserved(order_id=OrderId("O-1"), why="x"),) * 2)),
        (WaveLimit.LOST, lambda plan: replace(plan, unserved=())),
        (WaveLimit.LOST, lambda plan: with_stops(plan, without(WaveStopKind.DELIVERY))),
        (WaveLimit.LOADED, lambda plan: with_stops(plan, without(WaveStopKind.LOAD))),
        (WaveLimit.LOADED, lambda plan: with_stops(plan, lambda stops: [stops[0], *stops])),
        (WaveLimit.DEPOT, lambda plan: with_stops(plan, at_the_last_door)),
        (WaveLimit.DRIVING, lambda plan: with_stops(plan, moved(WaveStopKind.DELIVERY, arrives_at=1_000_000.0))),
        (WaveLimit.DRIVING, lambda plan: replace(plan, routes=(replace(only(plan), returns_at=1_000_500.0),))),
        (WaveLimit.WINDOW, lambda plan: with_stops(plan, moved(WaveStopKind.DELIVERY, arrives_at=1_001_100.0))),
        (WaveLimit.WINDOW, lambda plan: with_stops(plan, moved(WaveStopKind.DELIVERY, position=Position(0.0, 0.0)))),
        (WaveLimit.BREAK, lambda plan: with_stops(plan, without(WaveStopKind.BREAK))),
        (WaveLimit.BREAK, lambda plan: with_stops(plan, moved(WaveStopKind.BREAK, starts_at=1_001_500.0))),
        (WaveLimit.SHIFT, lambda plan: replace(plan, routes=(replace(only(plan), returns_at=1_029_000.0),))),
        (WaveLimit.SHIFT, lambda plan: replace(plan, routes=(replace(only(plan), leaves_at=999_000.0),))),
        (WaveLimit.SKILLS, lambda plan: replace(plan, routes=(replace(only(plan), driver_id=DriverId("D-2")),))),
        (WaveLimit.KEPT_FROM, lambda plan: replace(plan, routes=(replace(only(plan), driver_id=DriverId("D-2")),))),
        (WaveLimit.CAPACITY, lambda plan: replace(plan, routes=(replace(only(plan), driver_id=DriverId("D-2")),))),
    ],
)  # fmt: skip
def test_a_planted_breach_is_named(sound: Any, limit: WaveLimit, plant: Callable[[WavePlan], WavePlan]) -> None:
    assert limit in found(sound, plant(sound.plan()))


@pytest.mark.parametrize(
    ("limit", "fields"),
    [
        (WaveLimit.READY, {"ready_at": 1_000_900.0}),
        (WaveLimit.KEPT_FROM, {"refused_by": (DriverId("D-1"),)}),
        (WaveLimit.KEPT_FROM, {"driver_id": DriverId("D-2"), "is_pinned": True, "state": OrderState.ASSIGNED}),
        (WaveLimit.WINDOW, {"delivery": Position(0.0, 0.01)}),
        (WaveLimit.CAPACITY, {"load": Load(amounts={"pallets": 2.0})}),
        (WaveLimit.CAPACITY, {"load": Load(volume_l=101.0)}),
        (WaveLimit.CAPACITY, {"load": Load(weight_kg=51.0)}),
    ],
)
def test_a_plan_made_on_other_facts_is_caught(sound: Any, limit: WaveLimit, fields: dict[str, Any]) -> None:
    plan, travel = sound.plan(), sound.travel()
    sound.orders[OrderId("O-1")] = replace(sound.orders[OrderId("O-1")], **fields)
    assert limit in {breach.limit for breach in wave_breaches(sound.setting(), plan, travel)}


def test_loading_outside_the_depots_hours_is_named(sound: Any) -> None:
    plan = sound.plan()
    sound.hours["DP-1"] = (1_002_000.0, 1_030_000.0)
    assert WaveLimit.DEPOT_HOURS in found(sound, plan)


def test_moving_the_stop_under_way_is_named(yard: Any) -> None:
    for name in ("O-1", "O-2"):
        yard.order(name, 1_000, state=OrderState.ON_THE_WAY, driver_id=DriverId("D-1"))
    stops = tuple(yard.stop(name, StopKind.DELIVERY) for name in ("O-1", "O-2"))
    yard.driver("D-1", stops=stops, frozen=1)
    plan = yard.plan()

    assert found(yard, plan) == set()
    assert WaveLimit.FROZEN in found(yard, with_stops(plan, lambda stops: stops[::-1]))
    assert WaveLimit.FROZEN in found(yard, replace(plan, routes=()))
