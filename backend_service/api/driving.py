"""How vehicles are driven: what was seen lately, how often by driver and day, and the policy that says what counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import get, put
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted, Cursor, Limit, next_link, page_of
from backend_service.api.places_and_times import IdInPath, Moment, PositionView, moment
from backend_service.api.problems import problems
from core.commands import SetDrivingPolicy
from core.driving.driving_kinds import DrivingKind
from core.driving.driving_policy import DrivingPolicy
from core.projections.driving_board import DAY_S, SeenDriving
from core.refusals import NotFound
from core.vocabulary import DriverId

_Speed = Annotated[float, msgspec.Meta(ge=0.0, le=100.0)]
_Acceleration = Annotated[float, msgspec.Meta(ge=1.0, le=11.0)]
_Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=86_400.0)]
_CALM = Example(summary="Tell the desk of speeding", value={"braking_mps2": 4.0, "raising": ["speeding"]})


class DrivingEventView(msgspec.Struct, kw_only=True):
    """One driving event: `value` and `threshold` are m/s² for harshness, m/s for speeding, s for idling.

    `is_told` says that the tracker found it, which tells no value; `is_late` that it was heard of long after;
    `fence_id` whose speed limit it was, where it was a fence's.
    """

    position: int
    vehicle_id: str
    driver_id: str | None
    kind: DrivingKind
    occurred_at: Moment
    place: PositionView | None
    value: float | None
    threshold: float | None
    is_late: bool
    is_told: bool
    fence_id: str | None

    @classmethod
    def of(cls, seen: SeenDriving) -> DrivingEventView:
        """Return an event as the API writes it."""
        return cls(
            position=seen.position_in_log,
            vehicle_id=seen.vehicle_id,
            driver_id=seen.driver_id,
            kind=seen.kind,
            occurred_at=moment(seen.occurred_at),
            place=None if seen.position is None else PositionView.of(seen.position),
            value=seen.value,
            threshold=seen.threshold,
            is_late=seen.is_late,
            is_told=seen.is_told,
            fence_id=seen.fence_id,
        )


class DrivingEventPage(msgspec.Struct, kw_only=True):
    """A page of driving events, in the order of the log."""

    items: list[DrivingEventView]
    next: str | None = None


class DrivingDay(msgspec.Struct, kw_only=True):
    """How often each kind was seen on a UTC day."""

    day: str
    counts: dict[str, int]


class DrivingDays(msgspec.Struct, kw_only=True):
    """A driver's days with driving events, newest first."""

    driver_id: str
    days: list[DrivingDay]


class DrivingPolicyDraft(msgspec.Struct, kw_only=True):
    """A policy to be set; see `DrivingPolicyView` for what its values mean. What is left out has its default."""

    braking_mps2: _Acceleration = 3.5
    acceleration_mps2: _Acceleration = 3.0
    cornering_mps2: _Acceleration = 4.0
    least_speed_mps: _Speed = 2.8
    cornering_speed_mps: _Speed = 8.3
    unknown_limit_mps: _Speed = 33.4
    excess_mps: _Speed = 2.8
    excess_share: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.1
    speeding_for_s: _Seconds = 10.0
    idling_after_s: Annotated[float, msgspec.Meta(ge=30.0, le=86_400.0)] = 300.0
    shown_s: _Seconds = 900.0
    raising: Annotated[list[DrivingKind], msgspec.Meta(max_length=5)] = []
    based_on: Annotated[int, msgspec.Meta(ge=0)] | None = None

    def policy(self) -> DrivingPolicy:
        """Return the policy that was drafted."""
        told = msgspec.structs.asdict(self)
        del told["based_on"]
        return DrivingPolicy(**(told | {"raising": tuple(dict.fromkeys(self.raising))}))


class DrivingPolicyView(msgspec.Struct, kw_only=True):
    """From when on driving counts. Mean accelerations between two fixes in m/s², speeds in m/s, times in s.

    Speeding is more than the street's limit, or `unknown_limit_mps` where none is known (0: nothing is said there), by
    `excess_mps` and by `excess_share` of it, for `speeding_for_s`. Kinds in `raising` are exceptions for `shown_s`.
    """

    braking_mps2: float
    acceleration_mps2: float
    cornering_mps2: float
    least_speed_mps: float
    cornering_speed_mps: float
    unknown_limit_mps: float
    excess_mps: float
    excess_share: float
    speeding_for_s: float
    idling_after_s: float
    shown_s: float
    raising: list[DrivingKind]
    version: int


@get("/driving/events", guards=[allowed(DESK)], responses=problems(422), summary="List driving events")
async def list_driving_events(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> DrivingEventPage:
    """Return the newest driving events, at most 500, in the order in which they were recorded."""
    recent = tower.bus.operation.driving.recent
    shown, after = page_of(recent, lambda seen: f"{seen.position_in_log:020}", limit, cursor)
    items = [DrivingEventView.of(seen) for seen in shown]
    return DrivingEventPage(items=items, next=next_link("/api/v1/driving/events", after, limit=limit))


@get(
    "/drivers/{driver_id:str}/driving",
    guards=[allowed(DESK)],
    responses=problems(404),
    summary="Count a driver's driving events",
)
async def read_driving(driver_id: IdInPath, tower: Tower) -> DrivingDays:
    """Return how often harshness, speeding and idling were seen of a driver, by UTC day, over 35 days."""
    operation = tower.bus.operation
    if DriverId(driver_id) not in operation.fleet.drivers:
        raise NotFound("driver", driver_id)
    days = operation.driving.counts.get(DriverId(driver_id), {})
    return DrivingDays(
        driver_id=driver_id,
        days=[
            DrivingDay(
                day=datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat(),
                counts={str(kind): count for kind, count in sorted(days[day].items())},
            )
            for day in sorted(days, reverse=True)
        ],
    )


@get("/driving/policy", guards=[allowed(DESK)], responses=problems(), summary="Read the driving policy")
async def read_driving_policy(tower: Tower) -> DrivingPolicyView:
    """Return from when on driving counts."""
    told = msgspec.structs.asdict(tower.bus.operation.driving.policy)
    return DrivingPolicyView(**(told | {"raising": list(told["raising"])}))


@put(
    "/driving/policy",
    guards=[may(SetDrivingPolicy)],
    responses=problems(409, 422, 503),
    summary="Set the driving policy",
)
async def set_driving_policy(
    data: Annotated[DrivingPolicyDraft, Body(examples=[_CALM])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Set from when on driving counts; each change is in the audit trail."""
    command = SetDrivingPolicy(policy=data.policy(), based_on=data.based_on)
    return await carry_out(tower, identity, command, idempotency_key)


DRIVING_HANDLERS = (list_driving_events, read_driving, read_driving_policy, set_driving_policy)
