"""Channels of vehicles: the catalogue, what each vehicle tells now and told before, and the limits."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from backend_service.api.carrying_out import carry_out, create
from backend_service.api.channel_doors import channel_doors
from backend_service.api.channel_views import (
    ChannelList,
    ChannelNowView,
    ChannelsNow,
    ChannelView,
    LimitDraft,
    LimitPage,
    LimitView,
    ReadingPage,
    ReadingView,
)
from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted, Created, Cursor, Limit, next_link, page_of, read_cursor, write_cursor
from backend_service.api.places_and_times import IdInPath, Moment, NewIdInPath
from backend_service.api.problems import problems
from backend_service.ingestion.latest_readings import reading_of
from core.commands import SetChannelLimit, WithdrawChannelLimit
from core.refusals import NotFound, Refusal
from core.telemetry.channel_limits import LimitId
from core.telemetry.channels import CATALOGUE, channel_named
from core.vocabulary import Instant, VehicleId

DAY_S = 86_400.0

_COLD = Example(
    summary="Cold goods, at most 5 °C",
    value={
        "channel": "temperature.cargo",
        "name": "Cold goods",
        "vehicles": ["V-07"],
        "most": 5.0,
        "hysteresis": 1.0,
        "for_s": 180,
    },
)

# Texts to the framework, which would take any number for an instant.
_INSTANT = {"format": "date-time"}
Since = Annotated[
    str | None,
    QueryParameter(
        required=False,
        max_length=40,
        schema_extra=_INSTANT,
        description="From this instant on; a day before `until` if it is left out.",
    ),
]
Until = Annotated[
    str | None,
    QueryParameter(
        required=False,
        max_length=40,
        schema_extra=_INSTANT,
        description="Before this instant; now if it is left out.",
    ),
]


@get("/channels", guards=[allowed(DESK)], responses=problems(), summary="List the channels there are")
async def list_channels() -> ChannelList:
    """Return the catalogue: each channel with its unit, its range or states, and when a reading of it is stale."""
    return ChannelList(items=[ChannelView.of(channel) for channel in CATALOGUE.values()])


@get(
    "/vehicles/{vehicle_id:str}/channels",
    guards=[allowed(DESK)],
    responses=problems(404, 503),
    summary="Read a vehicle's channels",
)
async def read_channels(vehicle_id: IdInPath, tower: Tower) -> ChannelsNow:
    """Return the newest reading of every channel that the vehicle told."""
    _known_vehicle(tower, vehicle_id)
    readings = channel_doors(tower).intake.latest.of_vehicle(vehicle_id)
    board, now = tower.bus.operation.channels, tower.clock.now()
    items = [ChannelNowView.of(readings[name], board, now) for name in sorted(readings)]
    return ChannelsNow(vehicle_id=vehicle_id, items=items)


@get(
    "/vehicles/{vehicle_id:str}/channels/{channel:str}/readings",
    guards=[allowed(DESK)],
    responses=problems(404, 422, 503),
    summary="Read the history of a channel",
)
async def read_history(
    vehicle_id: IdInPath,
    channel: IdInPath,
    tower: Tower,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ReadingPage:
    """Return the readings of one channel in a range of time, oldest first."""
    vehicle = _known_vehicle(tower, vehicle_id)
    if channel_named(channel) is None:
        raise NotFound("channel", channel)
    until_at = instant_told("until", until, tower.clock.now())
    since_at = instant_told("since", since, until_at - DAY_S)
    batch = await channel_doors(tower).history.read(
        vehicle, channel, since_at, until_at, limit=limit + 1, after=_mark(cursor)
    )
    rows = batch.rows()
    shown = [reading_of(row) for row in rows[:limit]]
    after = write_cursor(f"{shown[-1].read_at!r} {shown[-1].device_id}") if len(rows) > limit else None
    path = f"/api/v1/vehicles/{vehicle_id}/channels/{channel}/readings"
    link = next_link(path, after, limit=limit, since=since, until=until)
    return ReadingPage(items=[ReadingView.of(reading) for reading in shown], next=link)


@get("/channel-limits", guards=[allowed(DESK)], responses=problems(422), summary="List channel limits")
async def list_limits(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> LimitPage:
    """Return the limits in force, by id, and which vehicles are beyond each."""
    board = tower.bus.operation.channels
    shown, after = page_of(board.limits.values(), lambda one: one.limit_id, limit, cursor)
    items = [LimitView.of(one, board) for one in shown]
    return LimitPage(items=items, next=next_link("/api/v1/channel-limits", after, limit=limit))


@put(
    "/channel-limits/{limit_id:str}",
    guards=[may(SetChannelLimit)],
    responses=problems(404, 409, 422, 503),
    summary="Set a channel limit",
)
async def set_limit(
    limit_id: NewIdInPath,
    data: Annotated[LimitDraft, Body(examples=[_COLD])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Make a limit, or change the one of this id; each change is a version in the audit trail."""
    command = SetChannelLimit(limit=data.limit(limit_id), based_on=data.based_on)
    return await create(tower, identity, command, idempotency_key)


@delete(
    "/channel-limits/{limit_id:str}",
    status_code=200,
    guards=[may(WithdrawChannelLimit)],
    responses=problems(404, 503),
    summary="Withdraw a channel limit",
)
async def withdraw_limit(
    limit_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Stop a limit from counting; vehicles beyond it are so no more."""
    return await carry_out(tower, identity, WithdrawChannelLimit(limit_id=LimitId(limit_id)), idempotency_key)


def _known_vehicle(tower: ApiCollaborators, vehicle_id: str) -> VehicleId:
    if VehicleId(vehicle_id) not in tower.bus.operation.fleet.vehicles:
        raise NotFound("vehicle", vehicle_id)
    return VehicleId(vehicle_id)


def instant_told(field: str, told: str | None, otherwise: Instant) -> Instant:
    """Return the instant that a query parameter tells, `otherwise` if it was left out.

    Raises
    ------
    Refusal
        ``request.invalid``, 400.
    """
    if told is None:
        return otherwise
    try:
        return msgspec.convert(told, Moment).timestamp()
    except msgspec.ValidationError as error:
        errors = [{"field": field, "why": str(error)}]
        raise Refusal("request.invalid", f"{field}: {error}.", status=400, errors=errors) from None


def _mark(cursor: str | None) -> tuple[Instant, str] | None:
    if cursor is None:
        return None
    at, _, device = read_cursor(cursor).partition(" ")
    try:
        return float(at), device
    except ValueError:
        raise Refusal("request.cursor_invalid", "The cursor is not one that was given out.") from None


CHANNEL_HANDLERS = (list_channels, read_channels, read_history, list_limits, set_limit, withdraw_limit)
