"""Geofences as the API reads and writes them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from backend_service.api.places_and_times import Id, Name, PositionView
from core.geofencing import fence_check as limits
from core.geofencing.active_hours import ActiveHours, Weekday
from core.geofencing.fence import DESK_ROLES, Fence, FenceKind, FencePurpose, FenceTrigger
from core.vocabulary import FenceId, Position, Role

Metres = Annotated[float, msgspec.Meta(ge=0.0, le=limits.LARGEST_RADIUS_M)]
Corners = Annotated[list[PositionView], msgspec.Meta(max_length=limits.MOST_CORNERS)]
WallTime = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$(?!\n)",
        description="By the clock on the wall, in the site's time zone.",
        examples=["22:00"],
    ),
]


class HoursView(msgspec.Struct, kw_only=True):
    """Hours of weekdays; an end that is not later than the beginning lies on the next day."""

    weekdays: Annotated[list[Weekday], msgspec.Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: list(Weekday)
    )
    from_time: WallTime = "00:00"
    until_time: WallTime = "24:00"

    def hours(self) -> ActiveHours:
        """Return the hours that were written."""
        return ActiveHours(
            weekdays=tuple(self.weekdays),
            from_min=minutes_of(self.from_time) % (24 * 60),
            until_min=minutes_of(self.until_time),
        )

    @classmethod
    def of(cls, hours: ActiveHours) -> HoursView:
        """Return hours as the API writes them."""
        return cls(
            weekdays=list(hours.weekdays),
            from_time=wall_time(hours.from_min),
            until_time=wall_time(hours.until_min),
        )


class FenceShapeDraft(msgspec.Struct, kw_only=True):
    """How a fence is drawn, and when a crossing counts.

    A polygon by its `ring`, closed, with `holes`; a circle by `centre` and `radius_m`; a corridor by its `line` and
    `width_m`. An exit counts `leave_margin_m` outside; `confirm_fixes` fixes in a row have to agree; fixes less
    accurate than `accuracy_limit_m` are not judged (0: all are). After `dwell_s` inside it is told that a vehicle
    stays (0: never). Inside nobody may be faster than `speed_limit_mps` (0: than the street allows). Without `hours` it
    counts always, without `groups` for every vehicle.
    """

    purpose: FencePurpose = FencePurpose.OTHER
    trigger: FenceTrigger = FenceTrigger.BOTH
    associated_with: Name | None = None
    ring: Corners = []
    holes: Annotated[list[Corners], msgspec.Meta(max_length=100)] = []
    centre: PositionView | None = None
    radius_m: Metres = 0.0
    line: Corners = []
    width_m: Annotated[float, msgspec.Meta(ge=0.0, le=limits.WIDEST_CORRIDOR_M)] = 0.0
    leave_margin_m: Annotated[float, msgspec.Meta(ge=0.0, le=limits.LARGEST_MARGIN_M)] = 30.0
    confirm_fixes: Annotated[int, msgspec.Meta(ge=1, le=limits.MOST_CONFIRM_FIXES)] = 2
    accuracy_limit_m: Annotated[float, msgspec.Meta(ge=0.0, le=limits.LARGEST_MARGIN_M)] = 100.0
    dwell_s: Annotated[float, msgspec.Meta(ge=0.0, le=limits.LONGEST_DWELL_S)] = 0.0
    speed_limit_mps: Annotated[float, msgspec.Meta(ge=0.0, le=limits.HIGHEST_LIMIT_MPS)] = 0.0
    hours: Annotated[list[HoursView], msgspec.Meta(max_length=limits.MOST_NAMES)] = []
    groups: Annotated[list[Name], msgspec.Meta(max_length=limits.MOST_NAMES)] = []
    tells: Annotated[list[Role], msgspec.Meta(max_length=len(DESK_ROLES))] = msgspec.field(
        default_factory=lambda: list(DESK_ROLES)
    )

    def fence_named(self, fence_id: FenceId, name: str) -> Fence:
        """Return the fence that was drafted, under an id and a name."""
        return Fence(
            fence_id=fence_id,
            name=name,
            purpose=self.purpose,
            trigger=self.trigger,
            associated_with=self.associated_with,
            ring=_positions(self.ring),
            holes=tuple(_positions(hole) for hole in self.holes),
            centre=None if self.centre is None else self.centre.position(),
            radius_m=self.radius_m,
            line=_positions(self.line),
            width_m=self.width_m,
            leave_margin_m=self.leave_margin_m,
            confirm_fixes=self.confirm_fixes,
            accuracy_limit_m=self.accuracy_limit_m,
            dwell_s=self.dwell_s,
            speed_limit_mps=self.speed_limit_mps,
            hours=tuple(one.hours() for one in self.hours),
            groups=tuple(self.groups),
            tells=tuple(self.tells),
        )


class FenceDraft(FenceShapeDraft, kw_only=True):
    """A fence to be drawn. With the id of a fence in force, that one is redrawn."""

    name: Name
    fence_id: Id | None = None

    def fence(self, fence_id: FenceId) -> Fence:
        """Return the fence that was drafted."""
        return self.fence_named(fence_id, self.name)


class FenceView(msgspec.Struct, kw_only=True):
    """A fence in force, and the vehicles inside."""

    fence_id: str
    name: str
    kind: FenceKind
    purpose: FencePurpose
    trigger: FenceTrigger
    associated_with: str | None
    ring: list[PositionView]
    holes: list[list[PositionView]]
    centre: PositionView | None
    radius_m: float
    line: list[PositionView]
    width_m: float
    leave_margin_m: float
    confirm_fixes: int
    accuracy_limit_m: float
    dwell_s: float
    speed_limit_mps: float
    hours: list[HoursView]
    groups: list[str]
    tells: list[Role]
    inside: list[str]

    @classmethod
    def of(cls, fence: Fence, inside: set[str]) -> FenceView:
        """Return a fence as the API writes it."""
        return cls(
            fence_id=fence.fence_id,
            name=fence.name,
            kind=fence.kind,
            purpose=fence.purpose,
            trigger=fence.trigger,
            associated_with=fence.associated_with,
            ring=_views(fence.ring),
            holes=[_views(hole) for hole in fence.holes],
            centre=None if fence.centre is None else PositionView.of(fence.centre),
            radius_m=fence.radius_m,
            line=_views(fence.line),
            width_m=fence.width_m,
            leave_margin_m=fence.leave_margin_m,
            confirm_fixes=fence.confirm_fixes,
            accuracy_limit_m=fence.accuracy_limit_m,
            dwell_s=fence.dwell_s,
            speed_limit_mps=fence.speed_limit_mps,
            hours=[HoursView.of(one) for one in fence.hours],
            groups=list(fence.groups),
            tells=list(fence.tells),
            inside=sorted(inside),
        )


class FencePage(msgspec.Struct, kw_only=True):
    """A page of fences."""

    items: list[FenceView]
    next: str | None = None


def minutes_of(text: str) -> int:
    """Return the minutes after midnight of a text like ``22:30``."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def wall_time(minutes: int) -> str:
    """Return minutes after midnight as a text like ``22:30``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _positions(views: list[PositionView]) -> tuple[Position, ...]:
    return tuple(view.position() for view in views)


def _views(positions: tuple[Position, ...]) -> list[PositionView]:
    return [PositionView.of(position) for position in positions]
