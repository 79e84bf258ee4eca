"""What the map is given."""

from typing import Any

import pytest

from core.events.fleet_events import DriverPaused, RoutePlanned, VehicleWentSilent, ZonesDrawn
from core.events.geofence_events import GeofenceDrawn, GeofenceEntered
from core.events.order_events import OrderPickedUp, PickupReached
from core.events.tracker_events import VehicleSwitchedOff
from core.fleet.route import PlannedStop, StopKind
from core.fleet.zone import Zone
from core.geofencing.active_hours import ActiveHours, Weekday
from core.geofencing.fence import Fence, FencePurpose
from core.operations import STREET_WAY
from core.vocabulary import DriverId, FenceId, OrderId, Position, VehicleId, ZoneId
from ui.exception_watch import ExceptionWatch
from ui.main_window import MainWindow
from ui.map_shapes import MapShapes
from ui.selection import Kind, Selected
from ui.street_lines import StreetLines
from widgets.live_map.shapes import look_of
from widgets.marks.vehicle_kite import VehicleState

D042 = DriverId("D-042")


def _stops(order_id: OrderId, now: float) -> tuple[PlannedStop, ...]:
    places = ((StopKind.PICKUP, Position(-29.90, -71.25)), (StopKind.DELIVERY, Position(-29.92, -71.25)))
    return tuple(
        PlannedStop(order_id=order_id, kind=kind, position=at, arrives_at=now, starts_at=now, departs_at=now)
        for kind, at in places
    )


class Given:
    """Shapes over a scene with one driver."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.watch = ExceptionWatch(scene.context)
        self.shapes = MapShapes(scene.context, self.watch, StreetLines(scene.context))

    def plan(self, order_id: OrderId, geometry: tuple[Position, ...] = ()) -> None:
        stops = _stops(order_id, self.scene.context.now())
        self.scene.happened(RoutePlanned(driver_id=D042, plan_number=1, stops=stops, geometry=geometry))

    def looks(self) -> list[int]:
        self.watch.look()
        self.shapes.refresh()
        return self.shapes.vehicle_rows().look.tolist()


@pytest.fixture
def given(desk_scene: Any) -> Given:
    desk_scene.driver("042")
    return Given(desk_scene)


def test_vehicle_is_called_by_its_driver_and_free(given: Given) -> None:
    assert given.looks() == [look_of(VehicleState.FREE)]
    assert list(given.shapes.vehicle_rows().ids) == ["D-042"]


def test_look_follows_the_work(given: Given, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213, driver="D-042")
    given.plan(order_id)
    assert given.looks() == [look_of(VehicleState.TO_PICKUP)]
    desk_scene.happened(
        PickupReached(order_id=order_id, driver_id=D042), OrderPickedUp(order_id=order_id, driver_id=D042)
    )
    assert given.looks() == [look_of(VehicleState.CARRYING)]
    desk_scene.happened(DriverPaused(driver_id=D042))
    assert given.looks() == [look_of(VehicleState.PAUSED)]


def test_silent_vehicle_with_goods_is_stale_and_alarmed(given: Given, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213, driver="D-042")
    given.plan(order_id)
    desk_scene.happened(
        PickupReached(order_id=order_id, driver_id=D042),
        OrderPickedUp(order_id=order_id, driver_id=D042),
        VehicleWentSilent(vehicle_id=VehicleId("V-042"), last_heard_at=desk_scene.context.now() - 2000.0),
    )
    desk_scene.forecast(order_id, arrives_in_s=5000.0, late_probability=0.9)
    assert given.looks() == [look_of(VehicleState.STALE, level=1)]
    assert given.shapes.counts() == (1, 1, 0)

    (callout,) = given.shapes.callouts()
    assert (callout.subject_id, callout.kind, callout.level) == ("D-042", "vehicle", 1)


def test_selected_order_shows_its_drivers_plan(given: Given, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213, driver="D-042")
    way = (Position(-29.90, -71.26), Position(-29.90, -71.25), Position(-29.92, -71.25))
    given.plan(order_id, way)
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    given.shapes.refresh()
    lines, stops = given.shapes.plan()
    # the vehicle stands at the second corner: the first leg is driven, the second to come
    assert [(line.kind, len(line.coordinates)) for line in lines] == [("to_come", 2), ("driven", 2)]
    assert [(stop.kind, stop.number) for stop in stops] == [("pickup", 1), ("drop", 2)]
    assert given.shapes.on_map(Selected(Kind.ORDER, order_id)) == ("vehicle", "D-042")


def test_a_plan_without_a_way_yet_is_laid_on_the_streets(given: Given, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213, driver="D-042")
    given.plan(order_id)
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    given.shapes.refresh()
    # the vehicle stands at the pickup
    assert [line.coordinates for line in given.shapes.plan()[0]] == [
        [(-29.90, -71.25), (-29.90, -71.25), (-29.92, -71.25)]
    ]
    [asked] = [one for name, one, _ in desk_scene.service.asked if name == STREET_WAY]
    assert asked.stops == (Position(-29.90, -71.25), Position(-29.92, -71.25))


def test_waiting_order_is_a_point_at_its_pickup(given: Given, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213)
    (point,) = given.shapes.order_points()
    assert (point.id, point.lat, point.level) == (order_id, -29.90, 0)


def test_area_is_round_the_middles_of_the_zones(given: Given, desk_scene: Any) -> None:
    assert given.shapes.area() == (-30.05, -71.40, -29.80, -71.15)  # no zones: the city
    zones = tuple(
        Zone(zone_id=ZoneId(f"Z{lat}"), name="Z", ring=(Position(lat, -71.2), Position(lat, -71.3)))
        for lat in (-29.90, -29.95, -30.00)
    )
    desk_scene.happened(ZonesDrawn(zones=zones))
    # middles from -30.00 to -29.90, a fifth of that around
    assert given.shapes.area() == pytest.approx((-30.02, -71.25, -29.88, -71.25))


def test_callouts_of_one_pickup_become_one(given: Given, desk_scene: Any) -> None:
    asked = [desk_scene.order(number) for number in (48213, 48214, 48215)]
    for order_id in asked:
        desk_scene.propose(order_id, D042)
    given.watch.look()
    (callout,) = given.shapes.callouts()
    assert callout.title == "3 at Pollo Dorado"
    assert callout.detail.startswith("O-482")
    desk_scene.context.selection.select(Kind.ORDER, asked[1])
    (callout,) = given.shapes.callouts()
    assert callout.title.startswith("O-48214 ")
    assert callout.detail.endswith(" · 2 more here")


def test_a_vehicle_that_says_off_is_not_shown_as_silent(given: Given, desk_scene: Any) -> None:
    now = desk_scene.context.now()
    desk_scene.happened(VehicleSwitchedOff(vehicle_id=VehicleId("V-042"), last_heard_at=now))
    assert given.looks() == [look_of(VehicleState.OFF)]
    assert given.shapes.counts() == (1, 0, 1)


def test_a_corridor_is_drawn_as_wide_as_it_is(given: Given, desk_scene: Any) -> None:
    """Along a parallel, 200 m wide: its edge lies 100 m, 0.0009 degrees, north and south of the line."""
    line = (Position(-29.9, -71.26), Position(-29.9, -71.24))
    desk_scene.happened(GeofenceDrawn(fence=Fence(fence_id=FenceId("F-1"), name="Road", line=line, width_m=200.0)))
    (shape,) = given.shapes.fences()
    lats = [lat for lat, _ in shape.shape]
    assert (min(lats), max(lats)) == pytest.approx((-29.9009, -29.8991), abs=1e-5)


def test_a_fence_somebody_draws_anew_is_left_to_him(given: Given, desk_scene: Any) -> None:
    for name in ("F-1", "F-2"):
        fence = Fence(fence_id=FenceId(name), name=name, centre=Position(-29.9, -71.25), radius_m=50.0)
        desk_scene.happened(GeofenceDrawn(fence=fence))
    given.shapes.hidden_fence = FenceId("F-1")
    assert [shape.id for shape in given.shapes.fences()] == ["F-2"]


def test_holes_are_drawn_with_their_fence(given: Given, desk_scene: Any) -> None:
    ring, hole = (
        tuple(Position(-29.9 + y * size, -71.25 + x * size) for y, x in ((0, 0), (0, 1), (1, 1), (0, 0)))
        for size in (0.02, 0.002)
    )
    fence = Fence(fence_id=FenceId("F-1"), name="Yard", ring=ring, holes=(hole,))
    desk_scene.happened(GeofenceDrawn(fence=fence))
    (shape,) = given.shapes.fences()
    assert [len(one) for one in shape.holes] == [4]


def _fence_on(scene: Any, hours: tuple[ActiveHours, ...], **more: Any) -> None:
    fence = Fence(
        fence_id=FenceId("F-1"), name="School", centre=Position(-29.9, -71.25), radius_m=50.0, hours=hours, **more
    )
    scene.happened(GeofenceDrawn(fence=fence))


AFTERNOON = ActiveHours(from_min=14 * 60, until_min=16 * 60)
MONDAYS = ActiveHours(weekdays=(Weekday.MONDAY,), from_min=8 * 60, until_min=9 * 60)


@pytest.mark.parametrize(
    ("hours", "state", "note"),
    [
        ((), "open", ""),
        ((ActiveHours(from_min=12 * 60, until_min=16 * 60),), "open", ""),
        ((AFTERNOON,), "dormant", "counts from 14:00"),
        ((MONDAYS,), "dormant", "counts from Mon 23 Nov 08:00"),
        ((MONDAYS, AFTERNOON), "dormant", "counts from 14:00"),
        ((ActiveHours(weekdays=()),), "dormant", "never counts"),
    ],
)
def test_a_fence_outside_its_hours_is_dormant_and_says_when_it_counts(
    given: Given, desk_scene: Any, hours: tuple[ActiveHours, ...], state: str, note: str
) -> None:
    _fence_on(desk_scene, hours)  # it is Friday, 13:00 in Chile
    (shape,) = given.shapes.fences()
    assert (shape.state, shape.note) == (state, note)


def test_a_fence_wakes_and_sleeps_by_the_clock_alone(desk_window: MainWindow, desk_scene: Any) -> None:
    _fence_on(desk_scene, (AFTERNOON,))
    states = []
    for wait_s in (0.0, 3599.0, 1.0, 7199.0, 1.0):
        desk_scene.wait(wait_s)
        desk_window.map._tick.timeout.emit()
        (shape,) = desk_window.map.map._state.fences
        states.append(shape.state)

    assert states == ["dormant", "dormant", "open", "open", "dormant"]


def test_who_stays_in_a_restricted_fence_beyond_its_hours_breaches_it(given: Given, desk_scene: Any) -> None:
    _fence_on(desk_scene, (AFTERNOON,), purpose=FencePurpose.RESTRICTED)
    desk_scene.happened(
        GeofenceEntered(
            fence_id=FenceId("F-1"), vehicle_id=VehicleId("V-042"), driver_id=D042, position=Position(-29.9, -71.25)
        )
    )
    (shape,) = given.shapes.fences()
    assert shape.state == "breached"
