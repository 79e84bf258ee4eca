"""What is asked about a geofence before it is drawn: its crossings in the days past, and the way of a corridor."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.collaborators import ApiCollaborators, Tower
from backend_service.api.fence_views import FenceShapeDraft
from backend_service.api.identification import may
from backend_service.api.places_and_times import Id, Moment, PositionView, moment
from backend_service.api.problems import problems
from backend_service.handlers.fence_questions import MOST_DAYS, MOST_WAY_CORNERS, FenceQuestions
from core.commands import DrawGeofence
from core.operations import AskCorridorWay, FenceTrialled, TryGeofence
from core.refusals import Fault
from core.vocabulary import FenceId, VehicleId


class TrialDraft(FenceShapeDraft, kw_only=True):
    """A fence to be tried on the last `days`; with `after`, only on the vehicles that come after that one."""

    days: Annotated[float, msgspec.Meta(gt=0.0, le=MOST_DAYS)] = 7.0
    after: Id | None = None


class TrialView(msgspec.Struct, kw_only=True):
    """The crossings that a fence would have had, of `vehicles` of `vehicles_in_all`, by so many fixes.

    Without `is_complete` the time was short; asked again `after` the vehicle `next`, it goes on and the counts add up.
    """

    entered: int
    exited: int
    dwelt: int
    vehicles: int
    vehicles_in_all: int
    fixes: int
    since_at: Moment
    until_at: Moment
    is_complete: bool
    next: str | None

    @classmethod
    def of(cls, seen: FenceTrialled) -> TrialView:
        """Return a trial as the API writes it."""
        return cls(
            entered=seen.entered,
            exited=seen.exited,
            dwelt=seen.dwelt,
            vehicles=seen.vehicles,
            vehicles_in_all=seen.vehicles_in_all,
            fixes=seen.fixes,
            since_at=moment(seen.since_at),
            until_at=moment(seen.until_at),
            is_complete=seen.is_complete,
            next=seen.next,
        )


class WayDraft(msgspec.Struct, kw_only=True):
    """The corners that a corridor is to lead through, in order."""

    corners: Annotated[list[PositionView], msgspec.Meta(min_length=2, max_length=MOST_WAY_CORNERS)]


class WayView(msgspec.Struct, kw_only=True):
    """The way along streets: a corridor's `line`; straight from corner to corner where `is_degraded`."""

    line: list[PositionView]
    is_degraded: bool


_YARD = Example(
    summary="A circle, on the last week",
    value={"centre": {"lat": -29.9027, "lon": -71.2519}, "radius_m": 120, "dwell_s": 600, "days": 7},
)
_STREETS = Example(
    summary="Along two streets",
    value={"corners": [{"lat": -29.9027, "lon": -71.2519}, {"lat": -29.9052, "lon": -71.2482}]},
)


@post(
    "/geofences/trial",
    status_code=200,
    guards=[may(DrawGeofence)],
    responses=problems(422, 503),
    summary="Try a geofence on days past",
)
async def try_geofence(data: Annotated[TrialDraft, Body(examples=[_YARD])], tower: Tower) -> TrialView:
    """Count the crossings that a fence would have had; nothing is drawn."""
    fence = data.fence_named(FenceId("trial"), "trial")
    after = None if data.after is None else VehicleId(data.after)
    return TrialView.of(await _questions(tower).trial(TryGeofence(fence=fence, days=data.days, after=after)))


@post(
    "/geofences/corridor-way",
    status_code=200,
    guards=[may(DrawGeofence)],
    responses=problems(422, 503),
    summary="Lead a corridor along streets",
)
async def corridor_way(data: Annotated[WayDraft, Body(examples=[_STREETS])], tower: Tower) -> WayView:
    """Return the quickest way along streets through corners."""
    corners = tuple(corner.position() for corner in data.corners)
    way = await _questions(tower).way(AskCorridorWay(corners=corners))
    return WayView(line=[PositionView.of(corner) for corner in way.line], is_degraded=way.is_degraded)


def _questions(tower: ApiCollaborators) -> FenceQuestions:
    if tower.fence_questions is None:
        raise Fault("geofence.trial_unavailable", "This service tries no fences.")
    return tower.fence_questions


TRIAL_HANDLERS = (try_geofence, corridor_way)
