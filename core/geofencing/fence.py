"""A geofence: its shape, what it is for and which crossing matters."""

from __future__ import annotations

from enum import StrEnum

from core.vocabulary import FenceId, Position, Value


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


class Fence(Value, frozen=True, kw_only=True):
    """A polygon (`ring`, closed) or a circle (`centre` and `radius_m`); exactly one of the two.

    `leave_margin_m` is the hysteresis: an exit counts only that far outside. `confirm_fixes` is the number of fixes
    in a row that must agree.
    """

    fence_id: FenceId
    name: str
    purpose: FencePurpose = FencePurpose.OTHER
    trigger: FenceTrigger = FenceTrigger.BOTH
    associated_with: str | None = None
    ring: tuple[Position, ...] = ()
    centre: Position | None = None
    radius_m: float = 0.0
    leave_margin_m: float = 30.0
    confirm_fixes: int = 2
