"""A geofence: its shape, what it is for, when and for whom it counts, and who is told."""

from __future__ import annotations

from enum import StrEnum

from core.geofencing.active_hours import ActiveHours
from core.vocabulary import FenceId, Position, Role, Value

LATE_S = 60.0
"""A fix received this long after it was made tells of the past; of a streak or a way it is the last one that counts."""

DESK_ROLES = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR)


class FencePurpose(StrEnum):
    """What a fence stands for."""

    DEPOT = "depot"
    PICKUP = "pickup"
    CUSTOMER = "customer"
    RESTRICTED = "restricted"
    SCHOOL = "school"
    ZONE = "zone"
    OTHER = "other"


class FenceTrigger(StrEnum):
    """Which crossing is an event."""

    ENTER = "enter"
    EXIT = "exit"
    BOTH = "both"


class FenceKind(StrEnum):
    """How a fence is drawn."""

    POLYGON = "polygon"
    CIRCLE = "circle"
    CORRIDOR = "corridor"


class CrossingKind(StrEnum):
    """What a vehicle did at a fence."""

    ENTERED = "entered"
    EXITED = "exited"
    DWELT = "dwelt"


class Fence(Value, frozen=True, kw_only=True):
    """A polygon (`ring`, closed, and `holes`), a circle (`centre`, `radius_m`) or a corridor (`line`, `width_m`).

    Exactly one of the three is drawn. What an older Tower recorded reads with the defaults.

    Parameters
    ----------
    trigger : which crossings are told of; who is inside is followed all the same
    ring, holes : closed: the first corner is the last; nothing counts as inside a hole
    radius_m, width_m : metres; the width is that of the whole corridor, half of it on each side of the line
    leave_margin_m : hysteresis, metres: an exit counts only that far outside, and beyond the doubt of an inaccurate fix
    confirm_fixes : fixes in a row that must agree
    accuracy_limit_m : fixes whose 1 sigma accuracy is worse are not judged; 0 judges them all
    dwell_s : seconds inside after which it is told that a vehicle stays; 0 never tells
    hours : when vehicles are taken in, in the site's time zone; always, if there are none. Who came in is followed
        until he leaves, whatever the hour
    groups : vehicles of which groups are taken in; those of any, if there are none
    speed_limit_mps : how fast vehicles may drive inside, instead of what the street says, m/s; 0 says nothing
    tells : the desk's roles that are told of what needs a person; empty: it is only recorded
    """

    fence_id: FenceId
    name: str
    purpose: FencePurpose = FencePurpose.OTHER
    trigger: FenceTrigger = FenceTrigger.BOTH
    associated_with: str | None = None
    ring: tuple[Position, ...] = ()
    holes: tuple[tuple[Position, ...], ...] = ()
    centre: Position | None = None
    radius_m: float = 0.0
    line: tuple[Position, ...] = ()
    width_m: float = 0.0
    leave_margin_m: float = 30.0
    confirm_fixes: int = 2
    accuracy_limit_m: float = 100.0
    dwell_s: float = 0.0
    speed_limit_mps: float = 0.0
    hours: tuple[ActiveHours, ...] = ()
    groups: tuple[str, ...] = ()
    tells: tuple[Role, ...] = DESK_ROLES

    @property
    def kind(self) -> FenceKind:
        """How it is drawn."""
        if self.centre is not None:
            return FenceKind.CIRCLE
        return FenceKind.CORRIDOR if self.line else FenceKind.POLYGON

    @property
    def corners(self) -> int:
        """How many positions draw it."""
        return len(self.ring) + len(self.line) + sum(map(len, self.holes)) + (self.centre is not None)

    def tells_of(self, kind: CrossingKind) -> bool:
        """Say whether a crossing of this kind is an event."""
        match kind:
            case CrossingKind.ENTERED:
                return self.trigger is not FenceTrigger.EXIT
            case CrossingKind.EXITED:
                return self.trigger is not FenceTrigger.ENTER
            case CrossingKind.DWELT:
                return self.dwell_s > 0.0
