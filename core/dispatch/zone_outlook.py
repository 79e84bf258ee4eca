"""Where drivers will be short in half an hour, as decisions look at it: a share from 0 to 1 for any position."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.vocabulary import Position, ZoneId
from core.wire import Pressure

AHEAD_S = 1_800.0
"""How far ahead decisions look, seconds: about the time until a driver who takes an order now is free again."""


@dataclass(frozen=True, slots=True)
class ZoneOutlook:
    """Drivers short by zone.

    Parameters
    ----------
    short : mapping of ZoneId to float
        Drivers short `AHEAD_S` from now; below 0 spare.
    zone_of : callable
        Returns the zone that a position lies in, or ``None``.
    """

    short: Mapping[ZoneId, float]
    zone_of: Callable[[Position], ZoneId | None]
    _known: dict[Position, float] = field(default_factory=dict, compare=False, repr=False)

    def short_at(self, position: Position) -> float:
        """Return how much of one driver is missing where `position` lies: 0 where none is, at most 1."""
        found = self._known.get(position)
        if found is None:
            zone = self.zone_of(position)
            lacking = 0.0 if zone is None else self.short.get(zone, 0.0)
            found = self._known[position] = min(1.0, max(0.0, lacking))
        return found


def short_ahead(pressure: Pressure, ahead_s: float = AHEAD_S) -> dict[ZoneId, float]:
    """Return the drivers short of each zone `ahead_s` after the count, as forecast; below 0 spare."""
    column = int((pressure.as_of + ahead_s - pressure.first_bin_at) // pressure.bin_s)
    return {
        zone: row[min(column, len(row) - 1)].drivers_short
        for zone, row in zip(pressure.zones, pressure.cells, strict=True)
        if row
    }
