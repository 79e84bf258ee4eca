"""What was proposed to idle drivers about where to wait, and what became of it."""

from __future__ import annotations

from enum import StrEnum

from core.events.envelope import Event
from core.fleet.driver_move import DriverMove, MoveId
from core.vocabulary import DriverId, Instant


class MoveEnd(StrEnum):
    """Why a move is over: nobody decided in time, the driver got work or went, is there, or is needed no more."""

    EXPIRED = "expired"
    BUSY = "busy"
    ARRIVED = "arrived"
    NOT_NEEDED = "not_needed"


class DriverMoveProposed(Event, frozen=True, kw_only=True):
    """An idle driver was seen who would be of more use in another zone."""

    is_audited = True

    move: DriverMove


class DriverMoveAccepted(Event, frozen=True, kw_only=True):
    """The driver is told to go; `is_automatic` where the policy needs nobody's yes."""

    is_audited = True

    move_id: MoveId
    driver_id: DriverId
    is_automatic: bool = False


class DriverMoveDismissed(Event, frozen=True, kw_only=True):
    """A person said no; the driver is not proposed again before `until_at`."""

    is_audited = True

    move_id: MoveId
    driver_id: DriverId
    until_at: Instant


class DriverMoveEnded(Event, frozen=True, kw_only=True):
    """A move is over, carried out or not."""

    move_id: MoveId
    driver_id: DriverId
    reason: MoveEnd
