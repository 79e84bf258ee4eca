"""An order from being placed to its end, and every way it may not go."""

from __future__ import annotations

from math import inf, nan

import pytest
from msgspec.structs import replace

from core.commands import (
    AcceptAssignment,
    CancelOrder,
    PlaceOrder,
    RefuseAssignment,
    ReportArrival,
    ReportDelivery,
    ReportDeparture,
    ReportFailure,
    ReportPickup,
    ReportReady,
    ReviseForecast,
    ReviseReadiness,
)
from core.deciding import Context, Decision
from core.dispatch.decision import PlanChange
from core.dispatch.planning_events import carry_out
from core.fleet.route import StopKind
from core.orders.order import ArrivalBand, OrderState, Promise, PromiseKind
from core.refusals import NotFound, Refusal, StateChanged
from core.vocabulary import PLATFORM, Actor, DriverId, OrderId, Place, Position, Role

DESK = Actor(role=Role.DISPATCHER, subject="rojas")


def assign(scene, order_id: str, driver: Actor) -> None:
    """Give an order to a driver as an accepted plan would."""
    decision = Decision()
    plan = PlanChange(driver_id=DriverId(driver.subject), plan_number=0, stops=scene.stops(order_id))
    carry_out(Context(scene.operation, PLATFORM, scene.now), [plan], decision)
    scene.fold(decision, PLATFORM)


def test_an_order_goes_through_all_its_states(scene):
    driver = scene.driver("1")
    scene.place("O-1")
    states = [scene.order("O-1").state]
    assign(scene, "O-1", driver)
    order_id, driver_id = OrderId("O-1"), DriverId("D-1")
    for command in (
        AcceptAssignment(order_id=order_id, driver_id=driver_id),
        ReportArrival(order_id=order_id, driver_id=driver_id),
        ReportPickup(order_id=order_id, driver_id=driver_id),
        ReportArrival(order_id=order_id, driver_id=driver_id),
        ReportDelivery(order_id=order_id, driver_id=driver_id),
    ):
        scene.do(command, driver)
        states.append(scene.order("O-1").state)
    assert states == ["waiting", "assigned", "at_pickup", "on_the_way", "at_delivery", "delivered"]
    assert scene.operation.fleet.route_of(driver_id).stops == ()


def test_a_number_is_made_for_an_order_without_one(scene):
    decision = scene.do(
        PlaceOrder(
            pickup=Place(name="k", position=Position(0, 0)),
            delivery=Position(0, 0),
            promise=Promise(by_at=scene.now + 60),
            ready_at=scene.now,
        )
    )
    assert decision.created == "O-10001"


@pytest.mark.parametrize("kind", PromiseKind)
@pytest.mark.parametrize("from_s", [61.0, nan, -inf, -15 * 86_400.0])
def test_a_promise_that_starts_after_it_ends_or_never_is_refused(scene, kind, from_s):
    with pytest.raises((Refusal, ValueError), match="starts before it ends"):
        place_with(scene, promise=Promise(kind=kind, from_at=scene.now + from_s, by_at=scene.now + 60.0))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"service_s": nan}, "order.service_out_of_range"),
        ({"service_s": -1e6}, "order.service_out_of_range"),
        ({"service_s": 7_201.0}, "order.service_out_of_range"),
        ({"ready_at": nan}, "order.ready_out_of_range"),
        ({"ready_at": 1e18}, "order.ready_out_of_range"),
        ({"ready_at": -inf}, "order.ready_out_of_range"),
        ({"value": -5}, "order.value_out_of_range"),
    ],
)
def test_figures_that_no_order_has_are_refused(scene, fields, code):
    with pytest.raises(Refusal) as refused:
        place_with(scene, **fields)
    assert refused.value.code == code


@pytest.mark.parametrize("ready_at", [nan, 1e18])
def test_a_kitchen_says_a_time_that_there_is(scene, ready_at):
    scene.place("O-1")
    with pytest.raises(Refusal, match="ready within two weeks"):
        scene.do(ReviseReadiness(order_id=OrderId("O-1"), ready_at=ready_at), DESK)


def place_with(scene, **fields) -> None:
    """Place an order with other values than a sound one has."""
    sound = {"promise": Promise(by_at=scene.now + 60.0), "ready_at": scene.now}
    place = Place(name="k", position=Position(0, 0))
    scene.do(PlaceOrder(pickup=place, delivery=Position(0, 0), **sound | fields))


@pytest.mark.parametrize("in_s", [-1.0, 0.0, 15 * 86_400.0])
def test_a_promise_in_the_past_or_far_ahead_is_refused(scene, in_s):
    order = scene.place("O-1")
    command = PlaceOrder(
        pickup=order.pickup, delivery=order.delivery, promise=Promise(by_at=scene.now + in_s), ready_at=scene.now
    )
    with pytest.raises(Refusal, match="ahead"):
        scene.do(command)


def test_the_same_number_twice_is_refused(scene):
    scene.place("O-1")
    with pytest.raises(Refusal) as refused:
        scene.place("O-1")
    assert refused.value.code == "order.exists"


def test_a_refused_order_waits_again_and_leaves_the_route_under_a_new_plan_number(scene):
    driver = scene.driver("1")
    scene.place("O-1")
    assign(scene, "O-1", driver)
    before = scene.operation.fleet.route_of(DriverId("D-1")).plan_number
    scene.do(RefuseAssignment(order_id=OrderId("O-1"), driver_id=DriverId("D-1"), reason="too far"), driver)
    order = scene.order("O-1")
    assert (order.state, order.driver_id, order.refused_by) == (OrderState.WAITING, None, ("D-1",))
    route = scene.operation.fleet.route_of(DriverId("D-1"))
    assert (route.stops, route.plan_number) == ((), before + 1)


def test_a_driver_cannot_speak_for_another(scene):
    owner, other = scene.driver("1"), scene.driver("2")
    scene.place("O-1")
    assign(scene, "O-1", owner)
    with pytest.raises(Refusal) as refused:
        scene.do(ReportPickup(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), other)
    assert refused.value.code == "access.not_yours"
    with pytest.raises(NotFound):
        scene.do(ReportPickup(order_id=OrderId("O-1"), driver_id=DriverId("D-2")), other)


@pytest.mark.parametrize("is_ended", [False, True])
@pytest.mark.parametrize("report", [ReportPickup, ReportDelivery, AcceptAssignment, ReportReady])
def test_another_driver_s_order_is_to_a_driver_as_if_it_did_not_exist(scene, report, is_ended):
    owner, other = scene.driver("1"), scene.driver("2")
    scene.place("O-1")
    assign(scene, "O-1", owner)
    if is_ended:
        scene.do(CancelOrder(order_id=OrderId("O-1"), reason="changed my mind"), DESK)
    who = {} if report is ReportReady else {"driver_id": DriverId("D-2")}
    said = []
    for name in ("O-1", "O-404"):
        with pytest.raises(Refusal) as refused:
            scene.do(report(order_id=OrderId(name), **who), other)
        said.append((refused.value.code, refused.value.status, refused.value.sentence.replace(name, "")))
    assert said[0] == said[1] == ("order.not_found", 404, "There is no order .")


def test_goods_on_board_can_be_neither_cancelled_nor_refused(scene):
    driver = scene.driver("1")
    scene.place("O-1")
    assign(scene, "O-1", driver)
    scene.do(ReportPickup(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), driver)
    for command in (
        CancelOrder(order_id=OrderId("O-1"), reason="changed my mind"),
        RefuseAssignment(order_id=OrderId("O-1"), driver_id=DriverId("D-1"), reason="no"),
    ):
        with pytest.raises(Refusal) as refused:
            scene.do(command, driver if isinstance(command, RefuseAssignment) else DESK)
        assert refused.value.code == "order.on_board"


def test_nothing_is_delivered_before_it_was_picked_up(scene):
    driver = scene.driver("1")
    scene.place("O-1")
    assign(scene, "O-1", driver)
    with pytest.raises(Refusal) as refused:
        scene.do(ReportDelivery(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), driver)
    assert refused.value.code == "order.not_on_board"


def test_a_failed_delivery_needs_a_reason_and_ends_the_order(scene):
    driver = scene.driver("1")
    scene.place("O-1")
    assign(scene, "O-1", driver)
    scene.do(ReportPickup(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), driver)
    failure = ReportFailure(order_id=OrderId("O-1"), driver_id=DriverId("D-1"), reason="")
    with pytest.raises(Refusal):
        scene.do(failure, driver)
    scene.do(ReportFailure(order_id=OrderId("O-1"), driver_id=DriverId("D-1"), reason="nobody home"), driver)
    assert scene.order("O-1").state is OrderState.FAILED
    assert scene.order("O-1").failure_reason == "nobody home"


def test_reports_that_are_repeated_change_nothing(scene):
    driver = scene.driver("1")
    scene.place("O-1")
    assign(scene, "O-1", driver)
    accept = AcceptAssignment(order_id=OrderId("O-1"), driver_id=DriverId("D-1"))
    assert scene.do(accept, driver).events
    assert not scene.do(accept, driver).events
    arrival = ReportArrival(order_id=OrderId("O-1"), driver_id=DriverId("D-1"))
    assert scene.do(arrival, driver).events
    assert not scene.do(arrival, driver).events


def test_a_departure_is_recorded_once_after_the_driver_was_there(scene):
    driver = scene.driver("1")
    scene.place("O-1")
    assign(scene, "O-1", driver)
    order_id, driver_id = OrderId("O-1"), DriverId("D-1")
    leave_pickup = ReportDeparture(order_id=order_id, driver_id=driver_id, kind=StopKind.PICKUP)
    leave_door = ReportDeparture(order_id=order_id, driver_id=driver_id, kind=StopKind.DELIVERY)
    assert not scene.do(leave_pickup).events
    scene.do(ReportPickup(order_id=order_id, driver_id=driver_id), driver)
    scene.now += 30
    assert scene.do(leave_pickup).events
    assert not scene.do(leave_pickup).events
    assert not scene.do(leave_door).events
    scene.do(ReportDelivery(order_id=order_id, driver_id=driver_id), driver)
    scene.now += 45
    assert scene.do(leave_door).events
    order = scene.order("O-1")
    assert (order.left_pickup_at, order.left_delivery_at) == (order.picked_up_at + 30, order.ended_at + 45)


def test_only_the_driver_who_has_the_order_leaves_its_stops(scene):
    scene.place("O-1")
    assign(scene, "O-1", scene.driver("1"))
    with pytest.raises(StateChanged):
        scene.do(ReportDeparture(order_id=OrderId("O-1"), driver_id=DriverId("D-2"), kind=StopKind.PICKUP))


def test_a_late_kitchen_moves_the_ready_time_and_ready_ends_the_waiting(scene):
    scene.place("O-1")
    scene.do(ReviseReadiness(order_id=OrderId("O-1"), ready_at=scene.now + 600), DESK)
    assert scene.order("O-1").ready_at == scene.now + 600
    scene.now += 300
    scene.do(ReportReady(order_id=OrderId("O-1")), DESK)
    assert (scene.order("O-1").ready_at, scene.order("O-1").is_ready) == (scene.now, True)


def test_a_forecast_never_makes_a_decision_stale(scene):
    scene.place("O-1")
    version = scene.order("O-1").version
    at = scene.now + 1200
    band = ArrivalBand(p10_at=at - 60, p50_at=at, p90_at=at + 120, as_of=scene.now)
    scene.do(ReviseForecast(order_id=OrderId("O-1"), arrival=band))
    assert scene.order("O-1").told_arrival == band
    assert scene.order("O-1").version == version


def test_an_unknown_order_is_named(scene):
    with pytest.raises(NotFound) as refused:
        scene.do(CancelOrder(order_id=OrderId("O-9"), reason="?"), DESK)
    assert refused.value.details == {"id": "O-9"}


def test_an_ended_order_takes_no_more_reports(scene):
    scene.place("O-1")
    scene.do(CancelOrder(order_id=OrderId("O-1"), reason="changed my mind"), DESK)
    with pytest.raises(Refusal) as refused:
        scene.do(CancelOrder(order_id=OrderId("O-1"), reason="again"), DESK)
    assert refused.value.code == "order.ended"
    assert replace(scene.order("O-1")).state is OrderState.CANCELLED


def test_an_erased_customer_is_forgotten_and_the_order_stays(scene):
    from core.commands import EraseCustomer

    order = scene.place("O-1")
    admin = Actor(role=Role.ADMINISTRATOR, subject="admin")
    scene.do(EraseCustomer(customer_id=order.customer_id), admin)
    assert scene.order("O-1").customer is None
    assert not scene.do(EraseCustomer(customer_id=order.customer_id), admin).events
