"""What a control room does over REST: orders in, decisions, recommendations, routes, the fleet at a glance."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from backend_service.access import require_self
from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.fleet_views import OverviewView, RouteView, drivers_in_place
from backend_service.api.identification import (
    DESK,
    DESK_AND_DRIVER,
    IdempotencyKey,
    allowed,
    command_id_of,
    fingerprint_of,
    may,
)
from backend_service.api.order_address import with_position
from backend_service.api.order_views import OrderDraft, OrderPage, OrderView, order_view
from backend_service.api.paging import Accepted, Created, Cursor, Limit, next_link, page_of
from backend_service.api.places import LocatedAddressView
from backend_service.api.places_and_times import Id, IdInPath, Moment, Name, Number, Text, moment
from backend_service.api.problems import problems
from core.commands import AcceptRecommendation, CancelOrder, OverrideAssignment, PlaceOrder
from core.dispatch.changes import Reassign
from core.dispatch.decision import OverrideMode, ReasonCode, Recommendation
from core.dispatch.telling_drivers import held_back, order_for, orders_for, route_told
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.refusals import Fault, NotFound, Refusal
from core.vocabulary import DriverId, OrderId, Role

NOTHING_RECOMMENDED = "Assigned through the API; nothing was recommended."

_ORDER = Example(
    summary="A meal, promised within 40 minutes",
    value={
        "pickup": {"name": "Cocina Elqui", "position": {"lat": -29.9027, "lon": -71.2519}},
        "delivery": {"lat": -29.9201, "lon": -71.2603},
        "promise": {"by_at": "2026-11-20T16:40:00Z"},
        "ready_at": "2026-11-20T16:12:00Z",
        "customer": {"name": "R. Araya", "phone": "+56 9 5555 0101"},
        "load": {"volume_l": 8, "weight_kg": 2.5},
        "value": 12900,
    },
)
_OVERRIDE = Example(
    summary="Decide otherwise, with a reason",
    value={"driver_id": "DR-07", "reason": "local_knowledge", "note": "Knows the gate code."},
)
_CANCELLED = Example(summary="The customer changed their mind", value={"reason": "customer_cancelled"})


class AssignmentDraft(msgspec.Struct, kw_only=True):
    """Give an order to a driver.

    Without a `reason` this accepts what is recommended, if it is this driver; otherwise it is an override and needs
    one, unless nothing is recommended. `based_on` (plan number by driver) and `order_version` say on which state it
    was decided: when that has moved, the answer is 409. Without them the present state is meant.
    """

    driver_id: Id
    reason: ReasonCode | None = None
    note: Text = ""
    mode: OverrideMode = OverrideMode.AS_IS
    based_on: dict[str, Number] | None = None
    order_version: Number | None = None


class OrderTaken(Created, kw_only=True):
    """An order was taken; `located` says how its address was understood, if it came without a position."""

    located: LocatedAddressView | None = None


class Withdrawal(msgspec.Struct, kw_only=True):
    """Why something is withdrawn."""

    reason: Name


class RecommendationView(msgspec.Struct, kw_only=True):
    """A proposal that waits for a person. `why` and `ask_reasons` are codes; arguments stay with the desk."""

    recommendation_id: str
    order_id: str
    action: str
    driver_id: str | None
    current_driver_id: str | None
    made_at: Moment
    promised_by_at: Moment
    risk: str
    confidence: str
    probability: float
    total_minutes: float
    why: list[str]
    ask_reasons: list[str]
    alternatives: list[str]
    based_on: dict[str, int]
    order_version: int
    is_degraded: bool


class RecommendationPage(msgspec.Struct, kw_only=True):
    """A page of proposals."""

    items: list[RecommendationView]
    next: str | None = None


@post("/orders", guards=[may(PlaceOrder)], responses=problems(404, 409, 422, 503), summary="Take an order")
async def place_order(
    data: Annotated[OrderDraft, Body(examples=[_ORDER])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> OrderTaken:
    """Take an order; dispatch begins at once. An address without a position is looked up in the city's streets."""
    command_id = command_id_of(identity.actor, idempotency_key, PlaceOrder.__name__)
    draft, located = await with_position(data, tower.geocoder)
    done = await tower.bus.execute(
        draft.command(tower.clock.now(), tower.bus.operation.waves.depots),
        identity.actor,
        command_id=command_id,
        fingerprint=fingerprint_of(idempotency_key),
    )
    return OrderTaken(id=done.created or str(draft.order_id), position=done.position, located=located)


@get("/orders", guards=[allowed(DESK_AND_DRIVER)], responses=problems(422), summary="List orders")
async def list_orders(
    tower: Tower,
    identity: Caller,
    order_state: Annotated[OrderState | None, QueryParameter(name="state", required=False)] = None,
    is_open: Annotated[bool | None, QueryParameter(name="open", required=False)] = None,
    driver_id: Annotated[str | None, QueryParameter(required=False)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> OrderPage:
    """Return orders by id; a driver sees only their own."""

    def fits(order: Order) -> bool:
        return (
            (order_state is None or order.state is order_state)
            and (is_open is not False or not order.state.is_open)
            and (driver_id is None or order.driver_id == driver_id)
        )

    found = filter(fits, orders_for(tower.bus.operation, identity.actor, tower.clock.now(), is_open=bool(is_open)))
    shown, after = page_of(found, lambda order: order.order_id, limit, cursor)
    asked_open = None if is_open is None else str(is_open).lower()
    link = next_link("/api/v1/orders", after, limit=limit, state=order_state, open=asked_open, driver_id=driver_id)
    return OrderPage(items=[order_view(order, identity.actor) for order in shown], next=link)


@get("/orders/{order_id:str}", guards=[allowed(DESK_AND_DRIVER)], responses=problems(404), summary="Read an order")
async def read_order(order_id: IdInPath, tower: Tower, identity: Caller) -> OrderView:
    """Return an order; one that is not for the asker does not exist for them."""
    order = order_for(tower.bus.operation, OrderId(order_id), identity.actor, tower.clock.now())
    if order is None:
        raise NotFound("order", order_id)
    return order_view(order, identity.actor)


@put(
    "/orders/{order_id:str}/assign",
    guards=[may(OverrideAssignment)],
    responses=problems(404, 409, 422, 503),
    summary="Assign an order",
)
async def assign_order(
    order_id: IdInPath,
    data: Annotated[AssignmentDraft, Body(examples=[_OVERRIDE])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Accept what is recommended, or decide otherwise with a reason."""
    command_id = command_id_of(identity.actor, idempotency_key, "assign", order_id)
    command = assignment_command(tower.bus.operation, OrderId(order_id), data)
    done = await tower.bus.execute(
        command, identity.actor, command_id=command_id, fingerprint=fingerprint_of(idempotency_key)
    )
    return Accepted(position=done.position)


def assignment_command(
    operation: Operation, order_id: OrderId, draft: AssignmentDraft
) -> AcceptRecommendation | OverrideAssignment:
    """Return what giving the order to this driver amounts to.

    Raises
    ------
    Refusal
        ``order.not_found``, ``driver.not_found``; ``override.reason_required`` against a recommendation.
    """
    order = operation.orders.orders.get(order_id)
    if order is None:
        raise NotFound("order", order_id)
    standing = operation.decisions.standing.get(order_id)
    driver_id = DriverId(draft.driver_id)
    if driver_id not in operation.fleet.drivers:
        raise NotFound("driver", driver_id)
    if draft.reason is None and standing is not None:
        if standing.driver_id == driver_id:
            return AcceptRecommendation(recommendation_id=standing.recommendation_id)
        raise Refusal("override.reason_required", "Another driver is recommended: say why not.", field="reason")
    touched = {driver_id} | ({order.driver_id} if order.driver_id else set())
    present = {name: operation.fleet.route_of(name).plan_number for name in touched}
    told = {DriverId(name): number for name, number in (draft.based_on or {}).items()}
    return OverrideAssignment(
        change=Reassign(order_id=order_id, driver_id=driver_id),
        reason=draft.reason or ReasonCode.OTHER,
        note=draft.note if draft.reason else draft.note or NOTHING_RECOMMENDED,
        mode=draft.mode,
        based_on=present if draft.based_on is None else told,
        order_version=order.version if draft.order_version is None else draft.order_version,
    )


@post(
    "/orders/{order_id:str}/cancel",
    status_code=200,
    guards=[may(CancelOrder)],
    responses=problems(404, 409, 503),
    summary="Cancel an order",
)
async def cancel_order(
    order_id: IdInPath,
    data: Annotated[Withdrawal, Body(examples=[_CANCELLED])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Withdraw an order for the customer, before it is picked up."""
    command = CancelOrder(order_id=OrderId(order_id), reason=data.reason)
    return await carry_out(tower, identity, command, idempotency_key)


@get("/recommendations", guards=[allowed(DESK)], responses=problems(422), summary="List recommendations")
async def list_recommendations(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> RecommendationPage:
    """Return the proposals that wait for a person, by order."""
    standing = tower.bus.operation.decisions.standing.values()
    shown, after = page_of(standing, lambda proposal: proposal.order_id, limit, cursor)
    link = next_link("/api/v1/recommendations", after, limit=limit)
    return RecommendationPage(items=[_recommendation_view(proposal) for proposal in shown], next=link)


def _recommendation_view(proposal: Recommendation) -> RecommendationView:
    return RecommendationView(
        recommendation_id=proposal.recommendation_id,
        order_id=proposal.order_id,
        action=proposal.action.value,
        driver_id=proposal.driver_id,
        current_driver_id=proposal.current_driver_id,
        made_at=moment(proposal.made_at),
        promised_by_at=moment(proposal.promised_by_at),
        risk=proposal.risk.value,
        confidence=proposal.confidence.stage.value,
        probability=proposal.confidence.probability,
        total_minutes=proposal.total_minutes,
        why=[statement.code for statement in proposal.why],
        ask_reasons=[statement.code for statement in proposal.ask_reasons],
        alternatives=[str(other.driver_id) for other in proposal.alternatives if other.is_possible and other.driver_id],
        based_on={str(name): number for name, number in proposal.based_on.items()},
        order_version=proposal.order_version,
        is_degraded=proposal.is_degraded,
    )


@get(
    "/routes/{driver_id:str}/optimized",
    guards=[allowed(DESK_AND_DRIVER)],
    responses=problems(404, 503),
    summary="Optimise a route",
)
async def optimized_route(driver_id: IdInPath, tower: Tower, identity: Caller) -> RouteView:
    """Return the best order of a driver's remaining stops; nothing is changed by asking."""
    require_self(identity.actor, driver_id)
    if DriverId(driver_id) not in tower.bus.operation.fleet.drivers:
        raise NotFound("driver", driver_id)
    if tower.planner is None:
        raise Fault("planning.unavailable", "Routes are not planned here.")
    operation, now = tower.bus.operation, tower.clock.now()
    if identity.actor.role is Role.DRIVER and held_back(operation, DriverId(driver_id), now) is not None:
        return RouteView.of(route_told(operation, DriverId(driver_id), now))
    return RouteView.of(await tower.planner.optimized(DriverId(driver_id), tower.clock.now()))


@get("/fleet/overview", guards=[allowed(DESK)], responses=problems(), summary="See the fleet at a glance")
async def fleet_overview(tower: Tower) -> OverviewView:
    """Return how many orders, drivers and vehicles are in which state, and everyone on shift."""
    operation = tower.bus.operation
    drivers = Counter(operation.fleet.status_of(driver_id).value for driver_id in operation.fleet.drivers)
    return OverviewView(
        as_of=moment(tower.clock.now()),
        position=operation.position,
        orders=dict(Counter(order.state.value for order in operation.orders.open_orders())),
        drivers=dict(drivers),
        vehicles=dict(Counter(vehicle.signal.value for vehicle in operation.fleet.vehicles.values())),
        recommendations_standing=len(operation.decisions.standing),
        degraded_sources={source.source: source.effect for source in operation.sources.degraded()},
        on_shift=drivers_in_place(operation, tower.live),
    )


CONTROL_ROOM_HANDLERS = (
    place_order,
    list_orders,
    read_order,
    assign_order,
    cancel_order,
    list_recommendations,
    optimized_route,
    fleet_overview,
)
