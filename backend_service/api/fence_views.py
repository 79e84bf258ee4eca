"""Geofences as the API reads and writes them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from backend_service.api.places_and_times import Id, Name, PositionView
from core.geofencing.fence import Fence, FencePurpose, FenceTrigger
from core.vocabulary import FenceId

Metres = Annotated[float, msgspec.Meta(ge=0.0, le=100_000.0)]


class FenceDraft(msgspec.Struct, kw_only=True):
    """A fence to be drawn: a polygon by its `ring`, closed, or a circle by `centre` and `radius_m`.

    An exit counts `leave_margin_m` outside; `confirm_fixes` fixes in a row have to agree. With the id of a fence in
    force, that one is redrawn.
    """

    name: Name
    fence_id: Id | None = None
    purpose: FencePurpose = FencePurpose.OTHER
    trigger: FenceTrigger = FenceTrigger.BOTH
    associated_with: Name | None = None
    ring: Annotated[list[PositionView], msgspec.Meta(max_length=2000)] = []
    centre: PositionView | None = None
    radius_m: Metres = 0.0
    leave_margin_m: Annotated[float, msgspec.Meta(ge=0.0, le=5000.0)] = 30.0
    confirm_fixes: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2

    def fence(self, fence_id: FenceId) -> Fence:
        """Return the fence that was drafted."""
        return Fence(
            fence_id=fence_id,
            name=self.name,
            purpose=self.purpose,
            trigger=self.trigger,
            associated_with=self.associated_with,
            ring=tuple(corner.position() for corner in self.ring),
            centre=None if self.centre is None else self.centre.position(),
            radius_m=self.radius_m,
            leave_margin_m=self.leave_margin_m,
            confirm_fixes=self.confirm_fixes,
        )


class FenceView(msgspec.Struct, kw_only=True):
    """A fence in force, and the vehicles inside."""

    fence_id: str
    name: str
    purpose: FencePurpose
    trigger: FenceTrigger
    associated_with: str | None
    ring: list[PositionView]
    centre: PositionView | None
    radius_m: float
    leave_margin_m: float
    confirm_fixes: int
    inside: list[str]

    @classmethod
    def of(cls, fence: Fence, inside: set[str]) -> FenceView:
        """Return a fence as the API writes it."""
        return cls(
            fence_id=fence.fence_id,
            name=fence.name,
            purpose=fence.purpose,
            trigger=fence.trigger,
            associated_with=fence.associated_with,
            ring=[PositionView.of(corner) for corner in fence.ring],
            centre=None if fence.centre is None else PositionView.of(fence.centre),
            radius_m=fence.radius_m,
            leave_margin_m=fence.leave_margin_m,
            confirm_fixes=fence.confirm_fixes,
            inside=sorted(inside),
        )


class FencePage(msgspec.Struct, kw_only=True):
    """A page of fences."""

    items: list[FenceView]
    next: str | None = None
