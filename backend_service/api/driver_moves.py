"""Cues to idle drivers over REST: which are proposed and under way, accepted or dismissed by the desk."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from litestar import get, post

from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted
from backend_service.api.places_and_times import IdInPath, Moment, PositionView, moment
from backend_service.api.problems import problems
from core.dispatch.move_commands import AcceptDriverMove, DismissDriverMove
from core.fleet.driver_move import DriverMove, MoveId


class MoveState(StrEnum):
    """Whether a person is still asked, or the driver was told."""

    PROPOSED = "proposed"
    UNDER_WAY = "under_way"


class DriverMoveView(msgspec.Struct, kw_only=True):
    """A cue, with its reason in numbers.

    `short` drivers will be missing in `to_zone_id` at `short_at`, and `spare` are too many in `from_zone_id`.
    `gain_minutes` is what one driver covers of that shortage less the time the way takes.
    """

    move_id: str
    state: MoveState
    driver_id: str
    from_zone_id: str
    to_zone_id: str
    target: PositionView
    proposed_at: Moment
    expires_at: Moment
    short: float
    short_at: Moment
    spare: float
    distance_m: float
    way_minutes: float
    gain_minutes: float

    @classmethod
    def of(cls, move: DriverMove, state: MoveState) -> DriverMoveView:
        """Return a cue as the API writes it."""
        return cls(
            move_id=move.move_id,
            state=state,
            driver_id=move.driver_id,
            from_zone_id=move.from_zone_id,
            to_zone_id=move.to_zone_id,
            target=PositionView.of(move.target),
            proposed_at=moment(move.proposed_at),
            expires_at=moment(move.expires_at),
            short=move.short,
            short_at=moment(move.short_at),
            spare=move.spare,
            distance_m=round(move.distance_m, 1),
            way_minutes=round(move.way_minutes, 2),
            gain_minutes=round(move.gain_minutes, 2),
        )


class DriverMoveList(msgspec.Struct, kw_only=True):
    """Cues, the proposed ones first, the greatest gain first."""

    items: list[DriverMoveView]


@get("/driver-moves", guards=[allowed(DESK)], responses=problems(), summary="List moves of idle drivers")
async def list_driver_moves(tower: Tower) -> DriverMoveList:
    """Return the idle drivers who are proposed another zone to wait in, and those on their way there."""
    moves = tower.bus.operation.moves
    proposed = sorted(moves.standing.values(), key=lambda move: (-move.gain_minutes, move.driver_id))
    under_way = sorted(moves.under_way.values(), key=lambda move: move.driver_id)
    return DriverMoveList(
        items=[
            *(DriverMoveView.of(move, MoveState.PROPOSED) for move in proposed),
            *(DriverMoveView.of(move, MoveState.UNDER_WAY) for move in under_way),
        ]
    )


@post(
    "/driver-moves/{move_id:str}/accept",
    status_code=200,
    guards=[may(AcceptDriverMove)],
    responses=problems(404, 409, 503),
    summary="Accept the move of an idle driver",
)
async def accept_driver_move(
    move_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Tell the driver to go; the driver's open work names the place until the driver is there or gets an order."""
    return await carry_out(tower, identity, AcceptDriverMove(move_id=MoveId(move_id)), idempotency_key)


@post(
    "/driver-moves/{move_id:str}/dismiss",
    status_code=200,
    guards=[may(DismissDriverMove)],
    responses=problems(404, 409, 503),
    summary="Dismiss the move of an idle driver",
)
async def dismiss_driver_move(
    move_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Let the driver wait where they are; the same driver is not proposed again for a quarter of an hour."""
    return await carry_out(tower, identity, DismissDriverMove(move_id=MoveId(move_id)), idempotency_key)


MOVE_HANDLERS = (list_driver_moves, accept_driver_move, dismiss_driver_move)
