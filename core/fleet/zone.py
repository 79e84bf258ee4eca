"""An operating region: a named polygon."""

from __future__ import annotations

from core.vocabulary import Position, Value, ZoneId


class Zone(Value, frozen=True, kw_only=True):
    """A region that demand and supply are counted in; `ring` is closed, counter-clockwise."""

    zone_id: ZoneId
    name: str
    ring: tuple[Position, ...]
