"""Each rule sees what it is for, with the exact measure, and nothing else."""

from typing import Any

import pytest

from core.dispatch.rationale import say
from core.disruption.detection_policy import DetectionPolicy
from core.disruption.disruption import DisruptionKind
from core.disruption.signs import Leg, Sign, Watched
from core.disruption.tracks import PlannedWay, SeenFix, Track
from core.disruption.watching import signs_of
from core.fleet.fleet import SignalState
from core.fleet.route import StopKind
from core.geodesy import METRES_PER_DEGREE, as_points
from core.orders.order import ArrivalBand, OrderState
from core.vocabulary import DriverId, OrderId, Position, VehicleId, ZoneId

NOW = 1_000_000.0
ON_BOARD = {"state": OrderState.ON_THE_WAY, "driver_id": "D-1", "picked_up_at": NOW - 900.0}
GIVEN = {"state": OrderState.ASSIGNED, "driver_id": "D-1", "assigned_at": NOW - 900.0}


def scene(street: Any, **fields: Any) -> Watched:
    return Watched(street.operation, street.now, DetectionPolicy(), **fields)


def over_limit(watched: Watched) -> dict[DisruptionKind, Sign]:
    return {sign.kind: sign for sign in signs_of(watched) if sign.level >= sign.raise_at}


def band(p50_s: float, p90_s: float) -> ArrivalBand:
    return ArrivalBand(p10_at=NOW, p50_at=NOW + p50_s, p90_at=NOW + p90_s, as_of=NOW - 300.0)


def tracked(street: Any, x_m: float, stands_for_s: float, north_m: float = 0.0) -> dict[VehicleId, Track]:
    """Return the track of V-D-1 that has been at one place, with a fix each 10 s, until now."""
    track = Track(DetectionPolicy())
    route = street.operation.fleet.routes[DriverId("D-1")]
    stops = as_points([(stop.position.lat, stop.position.lon) for stop in route.stops])
    way = PlannedWay(route.plan_number, as_points([(p.lat, p.lon) for p in route.geometry]), stops)
    here = Position(north_m / METRES_PER_DEGREE, x_m / METRES_PER_DEGREE)
    for n in range(int(stands_for_s // 10), -1, -1):
        track.take(SeenFix(NOW - 10.0 * n, here), way)
    return {VehicleId("V-D-1"): track}


@pytest.mark.parametrize(("silent_s", "is_one"), [(179.0, False), (180.0, True)])
def test_silent(street: Any, silent_s: float, is_one: bool) -> None:
    street.driver(
        "D-1", 0.0, [street.order("O-1", **ON_BOARD)], signal=SignalState.SILENT, last_heard_at=NOW - silent_s
    )
    assert (DisruptionKind.SILENT in over_limit(scene(street))) is is_one


def test_silent_without_work_is_nobody_s_trouble(street: Any) -> None:
    street.driver("D-1", 0.0, signal=SignalState.SILENT, last_heard_at=NOW - 900.0)
    assert signs_of(scene(street)) == []


@pytest.mark.parametrize(("stands_s", "is_one"), [(230.0, False), (240.0, True)])
def test_stopped_under_way(street: Any, stands_s: float, is_one: bool) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 2000.0, **ON_BOARD)])
    found = over_limit(scene(street, tracks=tracked(street, 500.0, stands_s)))
    assert (DisruptionKind.STOPPED in found) is is_one
    if is_one:
        stopped = found[DisruptionKind.STOPPED]
        assert (stopped.level, say(stopped.finding)) == (240.0, "stands still for 4 min, no stop there")
        assert stopped.order_ids == ("O-1",)


def test_standing_at_a_stop_is_work(street: Any) -> None:
    street.driver("D-1", 1900.0, [street.order("O-1", 0.0, 2000.0, **ON_BOARD)])
    assert DisruptionKind.STOPPED not in over_limit(scene(street, tracks=tracked(street, 1900.0, 600.0)))


def test_who_has_not_said_yes_need_not_drive(street: Any) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 2000.0, **GIVEN, is_accepted=False)])
    assert DisruptionKind.STOPPED not in over_limit(scene(street, tracks=tracked(street, 500.0, 600.0)))


def test_standing_counts_from_setting_out(street: Any) -> None:
    order = street.order("O-1", 5000.0, 6000.0, **{**GIVEN, "assigned_at": NOW - 60.0})
    street.driver("D-1", 500.0, [order])
    assert DisruptionKind.STOPPED not in over_limit(scene(street, tracks=tracked(street, 500.0, 600.0)))


def test_time_at_a_door_that_is_done_is_no_standing(street: Any) -> None:
    # Ten minutes at the door of O-1, which is handed over then; O-2 is on board since before.
    orders = [street.order("O-1", 0.0, 500.0, **ON_BOARD), street.order("O-2", 0.0, 9000.0, **ON_BOARD)]
    street.driver("D-1", 500.0, orders)
    tracks = tracked(street, 500.0, 600.0)
    route = street.operation.fleet.routes[DriverId("D-1")].without(OrderId("O-1"))
    street.operation.fleet.routes[DriverId("D-1")] = route
    assert DisruptionKind.STOPPED not in over_limit(scene(street, tracks=tracks))
    left = PlannedWay(1, as_points([]), as_points([(stop.position.lat, stop.position.lon) for stop in route.stops]))
    for n in range(1, 25):
        tracks[VehicleId("V-D-1")].take(SeenFix(NOW + 10.0 * n, Position(0.0, 500.0 / METRES_PER_DEGREE)), left)
    assert over_limit(scene(street, tracks=tracks))[DisruptionKind.STOPPED].level == 240.0


def test_nobody_stands_before_he_is_told_that_he_should_drive(street: Any) -> None:
    order = street.order("O-1", 5000.0, 6000.0, **GIVEN, told_at=NOW - 60.0)
    street.driver("D-1", 500.0, [order])
    assert DisruptionKind.STOPPED not in over_limit(scene(street, tracks=tracked(street, 500.0, 600.0)))


def test_standing_goes_on_while_nothing_is_heard_and_grows_no_more(street: Any) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 2000.0, **ON_BOARD)], signal=SignalState.SILENT)
    tracks = tracked(street, 500.0, 250.0)
    street.now += 120.0
    assert over_limit(scene(street, tracks=tracks))[DisruptionKind.STOPPED].level == 250.0


def test_off_route_and_only_while_driving(street: Any) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 2000.0, **ON_BOARD)])
    found = over_limit(scene(street, tracks=tracked(street, 1000.0, 40.0, north_m=200.0)))
    assert say(found[DisruptionKind.OFF_ROUTE].finding) == "200 m beside the planned way"
    assert DisruptionKind.STOPPED in over_limit(scene(street, tracks=tracked(street, 1000.0, 300.0, north_m=200.0)))
    both = over_limit(scene(street, tracks=tracked(street, 1000.0, 300.0, north_m=200.0)))
    assert DisruptionKind.OFF_ROUTE not in both


@pytest.mark.parametrize(("late_s", "is_one"), [(179.0, False), (180.0, True)])
def test_slower_than_the_first_forecast_of_the_leg(street: Any, late_s: float, is_one: bool) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 2000.0, **ON_BOARD)])
    watched = scene(
        street,
        tracks=tracked(street, 500.0, 0.0),
        forecasts={OrderId("O-1"): (band(500.0 + late_s, 900.0), 0.2)},
        bands={DriverId("D-1"): (Leg(OrderId("O-1"), StopKind.DELIVERY), band(300.0, 500.0))},
    )
    assert (DisruptionKind.SLOW_TRAFFIC in over_limit(watched)) is is_one


@pytest.mark.parametrize(
    ("goods", "is_one"),
    [
        ({"is_ready": True, "ready_at": NOW - 600.0}, True),
        ({"is_ready": False, "ready_at": NOW + 60.0}, True),
        ({"is_ready": False, "ready_at": NOW - 1.0}, False),
    ],
)
def test_slower_on_the_way_to_a_counter_unless_the_goods_are_overdue(
    street: Any, goods: dict[str, Any], is_one: bool
) -> None:
    order = street.order("O-1", 5000.0, 6000.0, **{**GIVEN, **goods})
    street.driver("D-1", 500.0, [order])
    leg = Leg(OrderId("O-1"), StopKind.PICKUP, plan_number=1, ready_at=(order.ready_at,))
    watched = scene(
        street,
        tracks=tracked(street, 500.0, 0.0),
        forecasts={OrderId("O-1"): (band(700.0, 900.0), 0.2)},
        bands={DriverId("D-1"): (leg, band(300.0, 500.0))},
    )
    assert (DisruptionKind.SLOW_TRAFFIC in over_limit(watched)) is is_one


@pytest.mark.parametrize("other", [{"plan_number": 2}, {"ready_at": (NOW - 500.0,)}])
def test_another_plan_or_ready_time_is_another_leg(street: Any, other: dict[str, Any]) -> None:
    order = street.order("O-1", 5000.0, 6000.0, **GIVEN)
    street.driver("D-1", 500.0, [order])
    named = {"plan_number": 1, "ready_at": (order.ready_at,), **other}
    watched = scene(
        street,
        tracks=tracked(street, 500.0, 0.0),
        forecasts={OrderId("O-1"): (band(700.0, 900.0), 0.2)},
        bands={DriverId("D-1"): (Leg(OrderId("O-1"), StopKind.PICKUP, **named), band(300.0, 500.0))},
    )
    assert DisruptionKind.SLOW_TRAFFIC not in over_limit(watched)


def test_goods_that_a_driver_was_given_and_that_are_late(street: Any) -> None:
    street.order("O-1", **GIVEN, is_ready=False, ready_at=NOW - 240.0)
    street.order("O-2", is_ready=False, ready_at=NOW - 240.0)
    found = [sign for sign in signs_of(scene(street)) if sign.kind is DisruptionKind.NOT_READY]
    assert [(sign.subject_id, sign.level) for sign in found] == [("O-1", 240.0)]
    assert (say(found[0].finding), say(found[0].cause)) == ("pickup not ready, +4 min", "Kitchen")


def test_cancelled_while_a_driver_is_on_the_way(street: Any) -> None:
    ended = {"state": OrderState.CANCELLED, "ended_at": NOW - 10.0}
    street.order("O-1", **{**GIVEN, **ended})
    street.order("O-2", **{**GIVEN, **ended, "is_accepted": False, "driver_id": "D-2"})
    street.order("O-3", **{**ended, "driver_id": None})
    assert [s.subject_id for s in signs_of(scene(street)) if s.kind is DisruptionKind.CANCELLED] == ["O-1"]


def test_an_offer_withdrawn_is_no_trouble_of_what_the_driver_got_later(street: Any) -> None:
    ended = {"state": OrderState.CANCELLED, "ended_at": NOW - 300.0}
    street.order("O-1", **{**GIVEN, **ended, "is_accepted": False})
    street.order("O-2", **{**GIVEN, "assigned_at": NOW - 200.0})
    assert DisruptionKind.CANCELLED not in over_limit(scene(street))
    street.order("O-3", **{**GIVEN, "assigned_at": NOW - 400.0})
    assert DisruptionKind.CANCELLED in over_limit(scene(street))


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.FAILED])
def test_what_was_ordered_the_day_before_may_fail_as_well(street: Any, state: OrderState) -> None:
    ended = {"state": state, "ended_at": NOW - 10.0, "failure_reason": "customer_absent"}
    street.order("O-1", **{**GIVEN, **ended, "placed_at": NOW - 86_400.0})
    assert len(over_limit(scene(street))) == 1


def test_declined_until_somebody_has_it(street: Any) -> None:
    street.order("O-1", refused_by=("D-1",))
    street.order("O-2", refused_by=("D-1",), **{**GIVEN, "driver_id": "D-2"})
    assert [s.subject_id for s in signs_of(scene(street)) if s.kind is DisruptionKind.DECLINED] == ["O-1"]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("customer_absent", DisruptionKind.NOBODY_HOME),
        ("customer_refused", DisruptionKind.REFUSED_AT_DOOR),
        ("address_unreachable", DisruptionKind.ADDRESS),
    ],
)
def test_what_a_driver_said_at_the_door(street: Any, reason: str, kind: DisruptionKind) -> None:
    ended = {"state": OrderState.FAILED, "ended_at": NOW - 10.0, "failure_reason": reason}
    street.order("O-1", **{**ON_BOARD, **ended})
    assert set(over_limit(scene(street))) == {kind}


def test_failed_for_another_reason_or_long_ago_is_none(street: Any) -> None:
    street.order("O-1", **{**ON_BOARD, "state": OrderState.FAILED, "ended_at": NOW, "failure_reason": "spilled"})
    old = {"state": OrderState.FAILED, "ended_at": NOW - 601.0, "failure_reason": "customer_absent"}
    street.order("O-2", **{**ON_BOARD, **old})
    assert over_limit(scene(street)) == {}


@pytest.mark.parametrize(("stood_s", "is_one"), [(269.0, False), (270.0, True)])
def test_standing_at_the_door_for_long(street: Any, stood_s: float, is_one: bool) -> None:
    # Handing over takes 120 s; 150 s more are too many.
    at_door = {"state": OrderState.AT_DELIVERY, "arrived_at_delivery_at": NOW - stood_s}
    street.order("O-1", **{**ON_BOARD, **at_door})
    assert (DisruptionKind.NOBODY_HOME in over_limit(scene(street))) is is_one


def test_overload(street: Any) -> None:
    street.order("O-1", zone_id=ZoneId("centro"))
    found = over_limit(scene(street, short={ZoneId("centro"): 4.0, ZoneId("pampa"): 3.9}))
    overload = found[DisruptionKind.OVERLOAD]
    assert (overload.subject_id, overload.order_ids, overload.level) == ("centro", ("O-1",), 4.0)


def test_what_waits_for_a_wave_is_nothing_to_hand_out(street: Any) -> None:
    street.order("O-1", zone_id=ZoneId("centro"))
    street.order("O-2", zone_id=ZoneId("centro"), depot_id="DP-1")
    found = over_limit(scene(street, short={ZoneId("centro"): 4.0}))
    assert found[DisruptionKind.OVERLOAD].order_ids == ("O-1",)


def test_a_zone_has_limits_of_its_own(street: Any) -> None:
    # The port takes 60 s for silence and lacks drivers from one on; elsewhere 180 s and four hold.
    port = DetectionPolicy(silent_s=60.0, unready_s=30.0, short_drivers=1.0, short_until=0.5)
    late = {"is_ready": False, "ready_at": NOW - 60.0}
    seen_at = {"signal": SignalState.SILENT, "last_heard_at": NOW - 90.0}
    street.driver("D-1", 0.0, [street.order("O-1", zone_id=ZoneId("port"), **GIVEN, **late)], **seen_at)
    street.driver("D-2", 0.0, [street.order("O-2", zone_id=ZoneId("pampa"), **{**GIVEN, **late})], **seen_at)
    short = {ZoneId("port"): 1.5, ZoneId("pampa"): 1.5}
    signs = signs_of(scene(street, zones={ZoneId("port"): port}, short=short))
    found = {(sign.kind, sign.subject_id) for sign in signs if sign.level >= sign.raise_at}
    assert found == {
        (DisruptionKind.SILENT, "D-1"),
        (DisruptionKind.NOT_READY, "O-1"),
        (DisruptionKind.OVERLOAD, "port"),
    }


@pytest.mark.parametrize(
    "limits",
    [{"on_route_m": 150.0}, {"slow_until_s": 200.0}, {"short_until": 4.0}, {"moved_m": 60.0}, {"off_route_fixes": 0}],
)
def test_limits_without_a_margin_are_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"lies below|at least"):
        DetectionPolicy(**limits)


def test_probably_lost_promise_makes_it_more_pressing(street: Any) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 2000.0, **ON_BOARD)])
    calm = over_limit(scene(street, tracks=tracked(street, 500.0, 300.0)))
    pressing = over_limit(
        scene(street, tracks=tracked(street, 500.0, 300.0), forecasts={OrderId("O-1"): (band(9000, 9900), 0.9)})
    )
    assert (calm[DisruptionKind.STOPPED].priority, pressing[DisruptionKind.STOPPED].priority) == (3, 2)
