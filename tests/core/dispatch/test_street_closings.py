"""Whom a closed street delays, under which orders it is kept, and what is planned anew round it; times by hand."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from core.deciding import Decision
from core.dispatch.changes import CloseStreet
from core.dispatch.decision import ImpactPreview
from core.dispatch.impact_preview import Question, preview_override
from core.dispatch.street_closings import (
    MOST_REPLANNED,
    StreetsWithout,
    delay_s,
    driven_round,
    most_delayed,
    replanned_round,
    ways_over,
)
from core.events.fleet_events import RoutePlanned
from core.fleet.route import PlannedStop, StopKind
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import OrderState
from core.streams import of_driver
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, OrderId, Position

D1, D2, O1, O2 = DriverId("D-1"), DriverId("D-2"), OrderId("O-1"), OrderId("O-2")
GIVEN = {"driver_id": D1, "state": OrderState.ASSIGNED}
CLOSED_M, ROUND_S = 1500.0, 120.0
"""The street is closed 1500 m east; whoever crosses that place takes two minutes longer."""


def closed_at(world: Any, at_m: float = CLOSED_M, longer_s: float = ROUND_S) -> TravelTable:
    """The world's table where everything that leads over the place takes longer, or has no way."""
    sources, goals = ([p.lon * METRES_PER_DEGREE for p in places] for places in (_places(world), _places(world)))
    crosses = (np.array(sources)[:, None] < at_m) != (np.array(goals)[None, :] < at_m)
    known = world.travel.matrix
    seconds = known.durations_s + np.where(crosses, longer_s, 0.0)
    metres = known.distances_m + np.where(crosses, 10.0 * longer_s, 0.0)
    return world.travel.retold(TravelMatrix(seconds, metres, degraded=False, as_of=world.now))


def _places(world: Any) -> Iterable[Position]:
    return tuple(world.travel._rows)


def without(world: Any, **closing: float) -> StreetsWithout:
    table = closed_at(world, **closing)
    busy = [driver for driver in world.drivers.values() if driver.stops]
    delays = {driver.driver_id: delay_s(driver, world.travel, table) for driver in busy}
    return StreetsWithout(table, {name: delay for name, delay in delays.items() if delay > 0.0})


def previewed(world: Any, *neighbours: DriverId, **closing: float) -> ImpactPreview:
    change = CloseStreet(order_id=O1, position=Position(0.0, CLOSED_M / METRES_PER_DEGREE), for_s=1800.0)
    return preview_override(world, Question(change=change, neighbours=neighbours, without=without(world, **closing)))


def across(street: Any, **more: Any) -> Any:
    """D-1 at 0 has O-1 from 1000 to 2000 m, over the street; D-2 at 3000 has O-2 from 3500 to 4000 m, beside it."""
    first = street.order("O-1", 1000, 2000, **GIVEN)
    beside = street.order("O-2", 3500, 4000, driver_id=D2, state=OrderState.ASSIGNED)
    drivers = [street.driver("D-1", 0.0, [first]), street.driver("D-2", 3000.0, [beside])]
    return street.world(drivers, [first, beside], **more)


def test_whose_way_leads_there_comes_later_and_nobody_else(street: Any) -> None:
    world = across(street)
    assert without(world).delays_s == {D1: ROUND_S}
    preview = previewed(world)
    [plan] = preview.as_is_plans
    stays = world.drivers[D1].stops
    assert (plan.driver_id, [(s.order_id, s.kind) for s in plan.stops]) == (D1, [(s.order_id, s.kind) for s in stays])
    # 100 s to the counter, 60 s there, 100 s to the door: at 260 s, and 120 s later round the street.
    assert [stop.arrives_at - street.now for stop in plan.stops] == [100.0, 380.0]
    assert preview.as_is.distance_m - preview.present.distance_m == pytest.approx(1200.0)
    assert [(one.order_id, round(one.as_is.p50_at - one.now.p50_at)) for one in preview.affected] == [(O1, 120)]
    assert (preview.as_is_hands, preview.driver_id, preview.as_is.drivers_changed) == ({}, "", 1)
    assert [statement.code for statement in preview.said][:1] == ["override.driven_round"]


def test_street_that_nobody_is_to_drive_on_touches_nobody(street: Any) -> None:
    preview = previewed(across(street), at_m=2700.0)
    assert (preview.as_is_plans, preview.replanned_plans, preview.affected) == ((), (), ())
    assert preview.as_is == preview.present
    assert [statement.code for statement in preview.said][:1] == ["override.nobody_later"]


def test_driver_who_cannot_get_there_any_more_is_named(street: Any) -> None:
    preview = previewed(across(street), D2, longer_s=inf)
    assert [(s.code, s.arguments) for s in preview.said][:2] == [
        ("override.no_way_left", {"driver_id": D1}),
        ("preview.cut_off", {"orders": "O-1"}),
    ]
    [plan] = preview.as_is_plans
    assert all(np.isfinite(stop.arrives_at) for stop in plan.stops)
    assert preview.replanned is None


def test_order_behind_the_street_goes_to_whoever_is_there_already(street: Any) -> None:
    orders = [street.order("O-1", 500, 1000, **GIVEN), street.order("O-2", 2500, 3000, **GIVEN)]
    world = street.world([street.driver("D-1", 0.0, orders), street.driver("D-2", 2400.0)], orders)
    preview = previewed(world, D2, longer_s=1200.0)
    assert preview.as_is_hands == {}
    assert preview.replanned_hands == {O2: D2}
    assert preview.replanned is not None and preview.replanned.late_minutes <= preview.as_is.late_minutes
    assert {plan.driver_id for plan in preview.replanned_plans} == {D1, D2}


def test_stops_come_in_a_better_order_where_the_street_makes_one(street: Any) -> None:
    """From 1400 m: over the street to O-1 and back to O-2 is quick while it is open, and twice ten minutes after."""
    due = {"O-1": 900.0, "O-2": 7200.0}
    orders = [
        street.order("O-2", 1600, 1700, **GIVEN, due_s=due["O-2"]),
        street.order("O-1", 1300, 1200, **GIVEN, due_s=due["O-1"]),
    ]
    world = street.world([street.driver("D-1", 1400.0, orders)], orders)
    preview = previewed(world, longer_s=600.0)
    assert preview.replanned is not None
    [plan] = preview.replanned_plans
    assert [stop.order_id for stop in plan.stops] == ["O-1", "O-1", "O-2", "O-2"]
    assert preview.replanned.driving_s < preview.as_is.driving_s


def test_pinned_orders_stay_and_a_wave_keeps_its_stops(street: Any) -> None:
    orders = [street.order("O-1", 500, 1000, **GIVEN), street.order("O-2", 2500, 3000, **GIVEN)]
    pinned = [orders[0], replace(orders[1], is_pinned=True)]
    world = street.world([street.driver("D-1", 0.0, pinned), street.driver("D-2", 2400.0)], pinned)
    assert previewed(world, D2, longer_s=1200.0).replanned_hands == {}

    on_wave = street.driver("D-1", 0.0, orders, is_on_wave=True)
    world = street.world([on_wave, street.driver("D-2", 2400.0)], orders)
    after = driven_round(world, without(world, longer_s=1200.0)).world
    assert replanned_round(after, [D2]) is after


def test_of_many_those_delayed_most_are_planned_anew(street: Any) -> None:
    names = [f"D-{number:02d}" for number in range(MOST_REPLANNED + 2)]
    world = street.world([street.driver(name, 0.0) for name in names], [])
    delays = {DriverId(name): 60.0 + number for number, name in enumerate(names)} | {DriverId(names[0]): inf}
    assert most_delayed(world, delays) == tuple(sorted(names[2:], reverse=True))


def test_street_is_closed_on_times_without_it(street: Any) -> None:
    change = CloseStreet(order_id=O1, position=Position(0.0, 0.0), for_s=1800.0)
    with pytest.raises(ValueError, match="without it"):
        preview_override(across(street), Question(change=change))


def _led(scene: Any, order_id: str, driver: str, line: list[tuple[float, float]], arrives_s: float) -> None:
    """Have D-`driver` drive along `line` from a counter at its second corner to the door at its end."""
    scene.place(order_id)
    places = {StopKind.PICKUP: line[1], StopKind.DELIVERY: line[-1]}
    stops = tuple(
        PlannedStop(
            order_id=OrderId(order_id),
            kind=kind,
            position=Position(*place),
            arrives_at=scene.now + arrives_s,
            starts_at=scene.now + arrives_s,
            departs_at=scene.now + arrives_s,
        )
        for kind, place in places.items()
    )
    way = tuple(Position(*place) for place in line)
    planned = RoutePlanned(driver_id=DriverId(driver), plan_number=1, stops=stops, geometry=way)
    scene.fold(Decision([(of_driver(planned.driver_id), planned)]))


NORTH = [(-29.92, -71.25), (-29.91, -71.25), (-29.90, -71.25)]


def test_orders_behind_the_place_are_named_the_soonest_first(scene: Any) -> None:
    _led(scene, "O-1", "D-1", NORTH, 900.0)
    _led(scene, "O-2", "D-2", NORTH, 600.0)
    _led(scene, "O-3", "D-3", [(lat, lon + 0.01) for lat, lon in NORTH], 300.0)
    assert ways_over(scene.operation, Position(-29.905, -71.25)) == ("O-2", "O-1")
    # Some 15 m beside the way is on it, 50 m beside it is another street.
    assert ways_over(scene.operation, Position(-29.905, -71.24984)) == ("O-2", "O-1")
    assert ways_over(scene.operation, Position(-29.905, -71.2495)) == ()


def test_order_whose_stops_lie_before_the_place_is_not_named(scene: Any) -> None:
    _led(scene, "O-1", "D-1", NORTH, 900.0)
    assert ways_over(scene.operation, Position(-29.915, -71.25)) == ("O-1",)
    beyond = [*NORTH, (-29.89, -71.25)]
    _led(scene, "O-2", "D-2", [*beyond[:3], beyond[2]], 900.0)
    assert ways_over(scene.operation, Position(-29.895, -71.25)) == ()


def test_way_that_was_not_drawn_yet_names_nobody(scene: Any) -> None:
    _led(scene, "O-1", "D-1", NORTH, 900.0)
    bare = RoutePlanned(driver_id=D1, plan_number=2, stops=scene.operation.fleet.route_of(D1).stops)
    scene.fold(Decision([(of_driver(D1), bare)]))
    assert ways_over(scene.operation, Position(-29.905, -71.25)) == ()
