"""Streets and zones that people close for a while."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out, create
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted, Created
from backend_service.api.places_and_times import NO_NUL, Id, IdInPath, Moment, PositionView, StreetName, moment
from backend_service.api.problems import problems
from core.commands import ClosePlace, ReopenPlace
from core.dispatch.interventions import LONGEST_NOTE
from core.fleet.closing import LONGEST_CLOSURE_S
from core.fleet.closure import Closure, ClosureId
from core.vocabulary import ZoneId


class ClosureDraft(msgspec.Struct, kw_only=True):
    """Why, and for how long, a zone is closed, or the street nearest to a position; exactly one of the two is given."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NOTE, pattern=NO_NUL)]
    for_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_CLOSURE_S)] = 3600.0
    zone_id: Id | None = None
    position: PositionView | None = None
    street: StreetName = ""


class ClosureView(msgspec.Struct, kw_only=True):
    """A closed zone, or a street that is closed at a position."""

    closure_id: str
    zone_id: str | None
    position: PositionView | None
    street: str
    note: str
    closed_by: str
    closed_at: Moment
    until_at: Moment

    @classmethod
    def of(cls, closure: Closure) -> ClosureView:
        """Return a closure as the API writes it."""
        return cls(
            closure_id=closure.closure_id,
            zone_id=closure.zone_id,
            position=None if closure.position is None else PositionView.of(closure.position),
            street=closure.street,
            note=closure.note,
            closed_by=closure.closed_by,
            closed_at=moment(closure.closed_at),
            until_at=moment(closure.until_at),
        )


class ClosureList(msgspec.Struct, kw_only=True):
    """What is closed now, the first to open first."""

    items: list[ClosureView]


_MARKET = Example(
    summary="A street market, four hours",
    value={"position": {"lat": -29.9045, "lon": -71.2489}, "note": "Street market", "for_s": 14400},
)
_FLOOD = Example(summary="A flooded zone", value={"zone_id": "Z-1", "note": "Flooded", "for_s": 7200})


@get("/closures", guards=[allowed(DESK)], responses=problems(), summary="List closures")
async def list_closures(tower: Tower) -> ClosureList:
    """Return the streets and zones that are closed now."""
    closures = tower.bus.operation.closures.in_force(tower.clock.now())
    return ClosureList(items=[ClosureView.of(closure) for closure in closures])


@post(
    "/closures",
    guards=[may(ClosePlace)],
    responses=problems(404, 409, 422, 503),
    summary="Close a street or a zone",
)
async def close_place(
    data: Annotated[ClosureDraft, Body(examples=[_MARKET, _FLOOD])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Lead nobody over a street, or plan nothing new in a zone, until its time is over."""
    command = ClosePlace(
        note=data.note,
        for_s=data.for_s,
        zone_id=None if data.zone_id is None else ZoneId(data.zone_id),
        position=None if data.position is None else data.position.position(),
        street=data.street,
    )
    return await create(tower, identity, command, idempotency_key)


@delete(
    "/closures/{closure_id:str}",
    status_code=200,
    guards=[may(ReopenPlace)],
    responses=problems(404, 503),
    summary="Open a closed place",
)
async def reopen_place(
    closure_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Open a place before its time."""
    return await carry_out(tower, identity, ReopenPlace(closure_id=ClosureId(closure_id)), idempotency_key)


CLOSURE_HANDLERS = (list_closures, close_place, reopen_place)
