"""What fuller history says otherwise: the crossings that were recorded, against those that all fixes together give.

Fixes may come hours late, or in any order. What was recorded as they came stays in the log; what history shows beyond
it is recorded afterwards, and what history does not bear out is refuted by an event of its own. So the crossings that
stand are those of the whole history, in whatever order it came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from core.events import geofence_events as happened
from core.events.envelope import Envelope
from core.geofencing.fence import CrossingKind
from core.projections.fence_picture import Stay
from core.vocabulary import FenceId, Instant

if TYPE_CHECKING:  # it loads a compiler
    from core.geofencing.crossings import FenceCrossing, Inside

SAME_S = 120.0
"""Seconds; a stay whose beginning is dated otherwise by so little is the same one to who looks at it."""

_KINDS = {
    happened.GeofenceEntered.event_type(): CrossingKind.ENTERED,
    happened.GeofenceExited.event_type(): CrossingKind.EXITED,
    happened.GeofenceDwelt.event_type(): CrossingKind.DWELT,
}
_REFUTED = happened.GeofenceCrossingRefuted.event_type()

type _Name = tuple[FenceId, CrossingKind, Instant]


class Known(NamedTuple):
    """A crossing that is recorded and stands; `entered_at` is that of a stay."""

    fence_id: FenceId
    kind: CrossingKind
    at: Instant
    entered_at: Instant | None = None


class Begun(NamedTuple):
    """A vehicle is inside a fence when a piece of history begins."""

    fence_id: FenceId
    entered_at: Instant
    has_dwelt: bool


@dataclass(slots=True)
class Recorded:
    """What the log holds of a vehicle's crossings: those that stand, and how often each was refuted before."""

    standing: dict[_Name, Known] = field(default_factory=dict)
    refuted: Counter[_Name] = field(default_factory=Counter)

    @classmethod
    def of(cls, envelopes: Iterable[Envelope]) -> Recorded:
        """Return what envelopes of one vehicle, in log order, say of its crossings."""
        found = cls()
        for envelope in envelopes:
            if envelope.type in _KINDS or envelope.type == _REFUTED:
                found._take(envelope)
        return found

    def known(self, since_at: Instant) -> list[Known]:
        """Return what stands since an instant."""
        return [one for one in self.standing.values() if one.at >= since_at]

    def times_refuted(self, fence_id: FenceId, kind: CrossingKind, at: Instant) -> int:
        """Return how often a crossing was refuted: recorded once more, it is another one."""
        return self.refuted[_name(fence_id, kind, at)]

    def _take(self, envelope: Envelope) -> None:
        event = envelope.event()
        match event:
            case happened.GeofenceCrossingRefuted():
                name = _name(event.fence_id, event.kind, event.crossed_at)
                self.refuted[name] += 1
                self.standing.pop(name, None)
            case happened.GeofenceEntered() | happened.GeofenceExited() | happened.GeofenceDwelt():
                kind, at = _KINDS[envelope.type], envelope.occurred_at
                entered_at = event.entered_at if isinstance(event, happened.GeofenceDwelt) else None
                self.standing[_name(event.fence_id, kind, at)] = Known(event.fence_id, kind, at, entered_at)


def _name(fence_id: FenceId, kind: CrossingKind, at: Instant) -> _Name:
    return fence_id, kind, round(at, 3)


def compared(found: Sequence[FenceCrossing], known: Sequence[Known]) -> tuple[list[FenceCrossing], list[Known]]:
    """Return the crossings found in history that are not known, and those known that history does not show.

    One that is dated otherwise is another one.
    """
    shown = {_name(one.fence_id, one.kind, one.occurred_at) for one in found}
    told = {_name(one.fence_id, one.kind, one.at) for one in known}
    missing = [one for one in found if _name(one.fence_id, one.kind, one.occurred_at) not in told]
    return missing, [one for one in known if _name(one.fence_id, one.kind, one.at) not in shown]


def begun(recorded: Recorded, stays: Mapping[FenceId, Stay], since_at: Instant) -> Iterator[Begun]:
    """Yield the fences that a vehicle is inside of as history begins: those of now, without what happened since.

    Parameters
    ----------
    recorded : its crossings since then, and some before
    stays : where it is now
    """
    entered_at: dict[FenceId, Instant] = {}
    first: dict[FenceId, Known] = {}
    told: dict[FenceId, Known] = {}
    for one in sorted(recorded.standing.values(), key=lambda one: one.at):
        if one.at >= since_at:
            (told if one.kind is CrossingKind.DWELT else first).setdefault(one.fence_id, one)
        elif one.kind is CrossingKind.ENTERED:
            entered_at[one.fence_id] = one.at
    for fence_id, stay in stays.items():
        if fence_id not in first:
            has_dwelt = stay.dwelt_at is not None and stay.dwelt_at < since_at
            yield Begun(fence_id, entered_at.get(fence_id, stay.entered_at), has_dwelt)
    for fence_id, one in first.items():
        if one.kind is CrossingKind.EXITED:
            stayed = told.get(fence_id)
            if stayed is not None and stayed.entered_at is not None and stayed.at <= one.at:
                yield Begun(fence_id, stayed.entered_at, has_dwelt=False)
            else:
                yield Begun(fence_id, entered_at.get(fence_id, since_at), has_dwelt=True)


def differs(stay: Stay | None, inside: Inside | None) -> bool:
    """Say whether the picture of where a vehicle is has to be corrected to what history shows."""
    if stay is None or inside is None:
        return (stay is None) != (inside is None)
    return not is_same(stay.entered_at, inside.entered_at) or (stay.dwelt_at is not None) != inside.has_dwelt


def is_same(one_at: Instant, other_at: Instant) -> bool:
    """Say whether two instants may be the beginning of one stay."""
    return abs(one_at - other_at) <= SAME_S
