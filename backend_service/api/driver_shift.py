"""What a driver's app does about the shift, and what it asks: the schedule and the work in hand.

A driver speaks only for themselves; the desk may start, end and pause shifts for them.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.access import Identity, require_self
from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.fleet_views import (
    PlannedBreakView,
    ScheduleView,
    StopView,
    TasksView,
    TaskView,
    WaitElsewhereView,
)
from backend_service.api.identification import DESK_AND_DRIVER, IdempotencyKey, allowed, may
from backend_service.api.order_views import order_view
from backend_service.api.paging import Accepted
from backend_service.api.places_and_times import Id, IdInPath, Moment, PositionView, Text, moment, moment_or_none
from backend_service.api.problems import problems
from core.commands import EndShift, PauseDriver, PlanBreaks, ResumeDriver, StartShift
from core.dispatch.break_turns import rule_in_force
from core.dispatch.telling_drivers import move_told, orders_told, route_told, status_told
from core.fleet.driver_move import DriverMove
from core.fleet.fleet import Driver, DriverStatus, PlannedBreak
from core.fleet.planned_break import MOST_BREAKS, back_at, due_breaks
from core.fleet.route import Route
from core.refusals import NotFound
from core.vocabulary import DriverId, Role, VehicleId

_BREAK = Example(summary="Lunch", value={"reason": "lunch"})
_SHIFT = Example(summary="Until six", value={"vehicle_id": "V-07", "ends_at": "2026-11-20T21:00:00Z"})
_NOON = {"earliest_at": "2026-11-20T15:30:00Z", "latest_at": "2026-11-20T17:00:00Z", "length_s": 1800}
_BREAKS = Example(summary="Half an hour between half past twelve and two", value={"breaks": [_NOON]})


class BreakDraft(msgspec.Struct, kw_only=True):
    """A break of so many seconds that begins within two instants."""

    earliest_at: Moment
    latest_at: Moment
    length_s: float


_Breaks = Annotated[list[BreakDraft], msgspec.Meta(max_length=MOST_BREAKS)]


class ShiftDraft(msgspec.Struct, kw_only=True):
    """A shift to start: the vehicle, about when it ends, and the breaks that are planned."""

    vehicle_id: Id
    ends_at: Moment
    breaks: _Breaks = []


class BreaksDraft(msgspec.Struct, kw_only=True):
    """The planned breaks of a shift; with none, the one holds that the policy makes."""

    breaks: _Breaks


class PauseDraft(msgspec.Struct, kw_only=True):
    """A break."""

    reason: Text = ""


def _driver(tower: ApiCollaborators, identity: Identity, driver_id: str) -> Driver:
    require_self(identity.actor, driver_id)
    driver = tower.bus.operation.fleet.drivers.get(DriverId(driver_id))
    if driver is None:
        raise NotFound("driver", driver_id)
    return driver


def _route(tower: ApiCollaborators, identity: Identity, driver_id: DriverId) -> Route:
    """Return the route as the asker may know it: a driver hears of an override when its hold window is over."""
    operation = tower.bus.operation
    if identity.actor.role is Role.DRIVER:
        return route_told(operation, driver_id, tower.clock.now())
    return operation.fleet.route_of(driver_id)


def _status(tower: ApiCollaborators, identity: Identity, driver_id: DriverId) -> DriverStatus:
    """Return the status as the asker may know it, like the route."""
    operation = tower.bus.operation
    if identity.actor.role is Role.DRIVER:
        return status_told(operation, driver_id, tower.clock.now())
    return operation.fleet.status_of(driver_id)


@get(
    "/drivers/{driver_id:str}/schedule",
    guards=[allowed(DESK_AND_DRIVER)],
    responses=problems(404),
    summary="Read a driver's schedule",
)
async def read_schedule(driver_id: IdInPath, tower: Tower, identity: Caller) -> ScheduleView:
    """Return the shift and the planned stops."""
    driver = _driver(tower, identity, driver_id)
    rule = rule_in_force(tower.bus.operation)
    route = _route(tower, identity, driver.driver_id)
    return ScheduleView(
        driver_id=driver.driver_id,
        status=_status(tower, identity, driver.driver_id),
        vehicle_id=driver.vehicle_id,
        shift_started_at=moment_or_none(driver.shift_started_at),
        shift_ends_at=moment_or_none(driver.shift_ends_at),
        plan_number=route.plan_number,
        stops=[StopView.of(stop) for stop in route.stops],
        breaks=[PlannedBreakView.of(one) for one in due_breaks(driver, rule)],
        break_ends_at=moment_or_none(back_at(driver, rule)),
    )


@get(
    "/drivers/{driver_id:str}/tasks",
    guards=[allowed(DESK_AND_DRIVER)],
    responses=problems(404),
    summary="Read a driver's open work",
)
async def read_tasks(driver_id: IdInPath, tower: Tower, identity: Caller) -> TasksView:
    """Return the orders a driver has and the stops in the order in which to make them."""
    driver = _driver(tower, identity, driver_id)
    operation = tower.bus.operation
    route = _route(tower, identity, driver.driver_id)
    is_driver = identity.actor.role is Role.DRIVER
    orders = (
        orders_told(operation, driver.driver_id, tower.clock.now())
        if is_driver
        else operation.orders.of_driver(driver.driver_id)
    )
    stops = [StopView.of(stop) for stop in route.stops]
    tasks = [
        TaskView(
            order=order_view(order, identity.actor), stops=[stop for stop in stops if stop.order_id == order.order_id]
        )
        for order in orders
    ]
    return TasksView(
        driver_id=driver.driver_id,
        status=_status(tower, identity, driver.driver_id),
        vehicle_id=driver.vehicle_id,
        plan_number=route.plan_number,
        stops=stops,
        tasks=tasks,
        geometry=[PositionView.of(point) for point in route.geometry],
        wait_at=_wait_at(
            move_told(operation, driver.driver_id, tower.clock.now())
            if is_driver
            else operation.moves.under_way.get(driver.driver_id)
        ),
    )


def _wait_at(move: DriverMove | None) -> WaitElsewhereView | None:
    if move is None:
        return None
    return WaitElsewhereView(
        zone_id=move.to_zone_id, position=PositionView.of(move.target), until_at=moment(move.short_at)
    )


@post(
    "/drivers/{driver_id:str}/shift",
    status_code=200,
    guards=[may(StartShift)],
    responses=problems(404, 409, 422, 503),
    summary="Start a shift",
)
async def start_shift(
    driver_id: IdInPath,
    data: Annotated[ShiftDraft, Body(examples=[_SHIFT])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Become available for work in a vehicle."""
    require_self(identity.actor, driver_id)
    command = StartShift(
        driver_id=DriverId(driver_id),
        vehicle_id=VehicleId(data.vehicle_id),
        ends_at=data.ends_at.timestamp(),
        breaks=_planned(data.breaks),
    )
    return await carry_out(tower, identity, command, idempotency_key)


@put(
    "/drivers/{driver_id:str}/breaks",
    guards=[may(PlanBreaks)],
    responses=problems(404, 409, 422, 503),
    summary="Plan the breaks of a shift",
)
async def plan_breaks(
    driver_id: IdInPath,
    data: Annotated[BreaksDraft, Body(examples=[_BREAKS])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Set the planned breaks of a driver who is on shift, in place of those there are."""
    command = PlanBreaks(driver_id=DriverId(driver_id), breaks=_planned(data.breaks))
    return await carry_out(tower, identity, command, idempotency_key)


def _planned(drafts: list[BreakDraft]) -> tuple[PlannedBreak, ...]:
    return tuple(
        PlannedBreak(
            earliest_at=one.earliest_at.timestamp(), latest_at=one.latest_at.timestamp(), length_s=one.length_s
        )
        for one in drafts
    )


@post(
    "/drivers/{driver_id:str}/shift/end",
    status_code=200,
    guards=[may(EndShift)],
    responses=problems(404, 409, 503),
    summary="End a shift",
)
async def end_shift(
    driver_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Go home; refused while orders are left."""
    require_self(identity.actor, driver_id)
    return await carry_out(tower, identity, EndShift(driver_id=DriverId(driver_id)), idempotency_key)


@post(
    "/drivers/{driver_id:str}/pause",
    status_code=200,
    guards=[may(PauseDriver)],
    responses=problems(404, 409, 503),
    summary="Take a break",
)
async def pause_driver(
    driver_id: IdInPath,
    tower: Tower,
    identity: Caller,
    data: Annotated[PauseDraft | None, Body(examples=[_BREAK])] = None,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Take no new work for a while; work in hand goes on."""
    require_self(identity.actor, driver_id)
    command = PauseDriver(driver_id=DriverId(driver_id), reason=data.reason if data else "")
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/drivers/{driver_id:str}/resume",
    status_code=200,
    guards=[may(ResumeDriver)],
    responses=problems(404, 409, 503),
    summary="Come back from a break",
)
async def resume_driver(
    driver_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Take new work again."""
    require_self(identity.actor, driver_id)
    return await carry_out(tower, identity, ResumeDriver(driver_id=DriverId(driver_id)), idempotency_key)


SHIFT_HANDLERS = (read_schedule, read_tasks, start_shift, plan_breaks, end_shift, pause_driver, resume_driver)
