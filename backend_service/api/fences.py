"""Geofences: drawn, listed, looked at, retired."""

from __future__ import annotations

import uuid
from typing import Annotated

from litestar import delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.fence_views import FenceDraft, FencePage, FenceView
from backend_service.api.identification import DESK, IdempotencyKey, allowed, command_id_of, fingerprint_of, may
from backend_service.api.paging import Accepted, Created, Cursor, Limit, next_link, page_of
from backend_service.api.places_and_times import IdInPath
from backend_service.api.problems import problems
from core.commands import DrawGeofence, RetireGeofence
from core.geofencing.fence import FenceTrigger
from core.projections.fence_picture import FencePicture
from core.refusals import NotFound
from core.vocabulary import FenceId

_DEPOT = Example(
    summary="A circle around a depot",
    value={"name": "Depot", "purpose": "depot", "centre": {"lat": -29.9027, "lon": -71.2519}, "radius_m": 120},
)

_CORRIDOR = Example(
    summary="A corridor of 40 m for vans at night; who stays for ten minutes is told of",
    value={
        "name": "Avenida",
        "purpose": "restricted",
        "line": [{"lat": -29.9027, "lon": -71.2519}, {"lat": -29.9052, "lon": -71.2482}],
        "width_m": 40,
        "dwell_s": 600,
        "hours": [{"weekdays": ["friday", "saturday"], "from_time": "22:00", "until_time": "06:00"}],
        "groups": ["vans"],
    },
)

_ID_SPACE = uuid.UUID("7a0f7e0e-5d2b-4e0b-9a35-6e0c4dbb0f10")


@post("/geofences", guards=[may(DrawGeofence)], responses=problems(422, 503), summary="Draw a geofence")
async def draw_geofence(
    data: Annotated[FenceDraft, Body(examples=[_DEPOT, _CORRIDOR])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Draw a geofence, or redraw the one whose id is given."""
    command_id = command_id_of(identity.actor, idempotency_key, DrawGeofence.__name__)
    # A retried request has to make the same fence, also if the first answer was lost.
    made = uuid.uuid4() if command_id is None else uuid.uuid5(_ID_SPACE, command_id)
    fence = data.fence(FenceId(data.fence_id or f"F-{made.hex[:12]}"))
    done = await tower.bus.execute(
        DrawGeofence(fence=fence), identity.actor, command_id=command_id, fingerprint=fingerprint_of(idempotency_key)
    )
    return Created(id=done.created or fence.fence_id, position=done.position)


@get("/geofences", guards=[allowed(DESK)], responses=problems(422), summary="List geofences")
async def list_geofences(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> FencePage:
    """Return the fences in force, by id, and who is inside each."""
    picture = tower.bus.operation.fences
    shown, after = page_of(picture.fences.values(), lambda fence: fence.fence_id, limit, cursor)
    items = [_view(picture, fence.fence_id) for fence in shown]
    return FencePage(items=items, next=next_link("/api/v1/geofences", after, limit=limit))


@get("/geofences/{fence_id:str}", guards=[allowed(DESK)], responses=problems(404), summary="Look at a geofence")
async def get_geofence(fence_id: IdInPath, tower: Tower) -> FenceView:
    """Return a fence in force, and who is inside."""
    return _view(tower.bus.operation.fences, FenceId(fence_id))


def _view(picture: FencePicture, fence_id: FenceId) -> FenceView:
    fence = picture.fences.get(fence_id)
    if fence is None:
        raise NotFound("geofence", fence_id)
    # A fence that tells only one side never says who is inside.
    inside: set[str] = set(picture.inside.get(fence_id, ())) if fence.trigger is FenceTrigger.BOTH else set()
    return FenceView.of(fence, inside)


@delete(
    "/geofences/{fence_id:str}",
    status_code=200,
    guards=[may(RetireGeofence)],
    responses=problems(404, 503),
    summary="Retire a geofence",
)
async def retire_geofence(
    fence_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Stop a fence from counting; what it recorded stays."""
    return await carry_out(tower, identity, RetireGeofence(fence_id=FenceId(fence_id)), idempotency_key)


FENCE_HANDLERS = (draw_geofence, list_geofences, get_geofence, retire_geofence)
