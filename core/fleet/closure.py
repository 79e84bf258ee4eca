"""A street or a zone that a person closed for a while."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NewType

from core.vocabulary import Instant, Position, Value, ZoneId

ClosureId = NewType("ClosureId", str)

type Segment = tuple[int, int]
"""The OpenStreetMap ids of two neighbouring nodes; both directions between them are meant."""


class Closure(Value, frozen=True, kw_only=True):
    """A closed zone (`zone_id`), or a street closed at `position` between the nodes of `segments`.

    `street` is what people call it, empty where nobody said so.

    Nothing new is planned with a pickup or a door in a closed zone; nobody is led over a closed street.
    """

    closure_id: ClosureId
    zone_id: ZoneId | None = None
    position: Position | None = None
    segments: tuple[Segment, ...] = ()
    note: str
    closed_by: str
    closed_at: Instant
    until_at: Instant
    street: str = ""


def closed_zones(closures: Iterable[Closure], now: Instant) -> frozenset[ZoneId]:
    """Return the zones that these closures close now; what is over closes nothing."""
    return frozenset(one.zone_id for one in closures if one.zone_id is not None and now < one.until_at)
