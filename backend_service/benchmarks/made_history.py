"""A log as months of work leave it, written without a service: fifteen events for each order, in the order of a day.

The events are those of a live day, with personal data under a key per customer, plans of eight stops with geometry and
recommendations with alternatives; their mix decides what reading and folding cost.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

from backend_service.event_log.log import Append, AuditedLog, NewEvent
from core.dispatch.decision import (
    Alternative,
    Confidence,
    ConfidenceStage,
    Fallback,
    Recommendation,
    RecommendedAction,
    RiskStage,
    ScoreTerm,
    Statement,
    TermShare,
)
from core.events import dispatch_events, fleet_events, order_events
from core.events.envelope import Event
from core.fleet.fleet import DriverPerson
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import ArrivalBand, Customer, Promise
from core.streams import of_order
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId, Place, Position, RecommendationId, VehicleId

DRIVERS = 200
CUSTOMERS = 5_000
FLEET_EVENTS = 3 * DRIVERS
ORDER_EVENTS = 15
STOPS = 8
POINTS = 40
ALTERNATIVES = 6
TOGETHER = 40
"""Orders whose events are written in one transaction."""
BETWEEN_ORDERS_S = 20.0


async def write_history(log: AuditedLog, events: int, began_at: Instant, say: Callable[[int], None]) -> None:
    """Append to `log` until it holds `events` or a few more; `say` is told how many there are.

    A log that was begun by this is carried on.
    """
    dice = random.Random(await log.head())
    if not await log.head():
        await log.append([_append(list(_fleet()), began_at)])
    begun = (await log.head() - FLEET_EVENTS) // ORDER_EVENTS
    for first in itertools.count(begun, TOGETHER):
        at = began_at + first * BETWEEN_ORDERS_S
        await log.append([_append(list(_order(number, at, dice)), at) for number in range(first, first + TOGETHER)])
        head = await log.head()
        say(head)
        if head >= events:
            return


def _append(happened: list[tuple[str, Event]], at: Instant) -> Append:
    return Append(tuple(NewEvent(stream, event, at) for stream, event in happened), PLATFORM, at, {})


def _fleet() -> Iterator[tuple[str, Event]]:
    for n in range(DRIVERS):
        driver, vehicle = DriverId(f"D-{n}"), VehicleId(f"V-{n}")
        yield f"vehicle/{vehicle}", fleet_events.VehicleRegistered(vehicle_id=vehicle, plate=f"AB-{n}")
        person = DriverPerson(name=f"Driver {n}", phone="+56 9 1")
        yield f"driver/{driver}", fleet_events.DriverRegistered(driver_id=driver, person=person)
        yield f"driver/{driver}", fleet_events.ShiftStarted(driver_id=driver, vehicle_id=vehicle, ends_at=4e9)


def _order(number: int, at: Instant, dice: random.Random) -> Iterator[tuple[str, Event]]:
    order, driver = OrderId(f"O-{number}"), DriverId(f"D-{number % DRIVERS}")
    stream, fleet = of_order(order), f"driver/{driver}"
    delivery = _somewhere(dice)
    yield (
        stream,
        order_events.OrderPlaced(
            order_id=order,
            customer_id=f"C-{dice.randrange(CUSTOMERS)}",
            customer=Customer(name="R. Araya", phone="+56 9 2", address="Calle 1"),
            pickup=Place(name="Kitchen", position=_somewhere(dice)),
            delivery=delivery,
            promise=Promise(by_at=at + 2400.0),
            ready_at=at + 600.0,
        ),
    )
    yield (
        f"decision/{order}",
        dispatch_events.AssignmentRecommended(recommendation=_recommendation(order, driver, at)),
    )
    yield stream, order_events.OrderAssigned(order_id=order, driver_id=driver, is_automatic=True)
    plan = 3 * (number // DRIVERS)
    yield fleet, _planned(order, driver, plan + 1, at, dice)
    yield stream, order_events.AssignmentAccepted(order_id=order, driver_id=driver)
    yield stream, order_events.OrderBecameReady(order_id=order)
    yield stream, _forecast(order, at)
    yield fleet, _planned(order, driver, plan + 2, at, dice)
    yield stream, order_events.PickupReached(order_id=order, driver_id=driver, is_detected=True)
    yield stream, order_events.OrderPickedUp(order_id=order, driver_id=driver)
    yield stream, _forecast(order, at + 60.0)
    yield fleet, _planned(order, driver, plan + 3, at, dice)
    yield stream, _forecast(order, at + 120.0)
    yield stream, order_events.DeliveryReached(order_id=order, driver_id=driver, is_detected=True)
    yield stream, order_events.OrderDelivered(order_id=order, driver_id=driver)


def _somewhere(dice: random.Random) -> Position:
    return Position(round(dice.uniform(-29.95, -29.85), 5), round(dice.uniform(-71.3, -71.2), 5))


def _forecast(order: OrderId, at: Instant) -> order_events.ArrivalForecastRevised:
    return order_events.ArrivalForecastRevised(order_id=order, arrival=_band(at))


def _band(at: Instant) -> ArrivalBand:
    return ArrivalBand(p10_at=at + 1000.0, p50_at=at + 1200.0, p90_at=at + 1500.0, as_of=at)


def _planned(
    order: OrderId, driver: DriverId, number: int, at: Instant, dice: random.Random
) -> fleet_events.RoutePlanned:
    stops = tuple(
        PlannedStop(
            order_id=order if n < 2 else OrderId(f"{order}-{n}"),
            kind=StopKind.PICKUP if n % 2 == 0 else StopKind.DELIVERY,
            position=_somewhere(dice),
            arrives_at=at + 300.0 * n,
            starts_at=at + 300.0 * n,
            departs_at=at + 300.0 * n + 60.0,
        )
        for n in range(STOPS)
    )
    geometry = tuple(_somewhere(dice) for _ in range(POINTS))
    return fleet_events.RoutePlanned(
        driver_id=driver, plan_number=number, stops=stops, distance_m=4_000.0, geometry=geometry
    )


def _recommendation(order: OrderId, driver: DriverId, at: Instant) -> Recommendation:
    terms = tuple(TermShare(term=term, minutes=1.5, money=120) for term in ScoreTerm)
    alternatives = tuple(
        Alternative(driver_id=DriverId(f"D-{n}"), rank=n + 1, arrival=_band(at), pickup_at=at, terms=terms)
        for n in range(ALTERNATIVES)
    )
    return Recommendation(
        recommendation_id=RecommendationId(f"R-{order}"),
        order_id=order,
        made_at=at,
        action=RecommendedAction.ASSIGN,
        driver_id=driver,
        promised_by_at=at + 2400.0,
        risk=RiskStage.ON_TRACK,
        terms=terms,
        confidence=Confidence(probability=0.95, stage=ConfidenceStage.HIGH),
        alternatives=alternatives,
        is_automatic=True,
        fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.next")),
    )
