"""An operating region: a named polygon, and which one a position lies in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from core.vocabulary import Position, Value, ZoneId


class Zone(Value, frozen=True, kw_only=True):
    """A region that demand and supply are counted in; `ring` is closed, counter-clockwise."""

    zone_id: ZoneId
    name: str
    ring: tuple[Position, ...]


def zone_at(zones: Iterable[Zone], position: Position) -> ZoneId | None:
    """Return the first zone that holds `position`, ``None`` if none does."""
    return next((zone.zone_id for zone in zones if is_inside(zone.ring, position)), None)


def is_inside(ring: tuple[Position, ...], position: Position) -> bool:
    """Say whether `position` lies inside a closed ring, by counting crossed edges (even-odd rule)."""
    inside = False
    for a, b in pairwise(ring):
        if (a.lat > position.lat) != (b.lat > position.lat):
            crossing = a.lon + (position.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)
            inside ^= position.lon < crossing
    return inside
