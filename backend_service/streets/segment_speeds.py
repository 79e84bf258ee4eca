"""How fast pieces of street are driven, and that of closed ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.fleet.closure import Segment


@dataclass(frozen=True, slots=True)
class SegmentSpeed:
    """How fast the piece between two neighbouring map nodes is driven in that direction; 0 closes it.

    Parameters
    ----------
    from_node, to_node : int
        OpenStreetMap node ids, as in `StreetSegments`.
    kmh : float
        Kilometres per hour.
    """

    from_node: int
    to_node: int
    kmh: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.kmh <= 300.0:
            raise ValueError(f"a speed is from 0 to 300 km/h, not {self.kmh}")


def speeds_closing(segments: Iterable[Segment]) -> list[SegmentSpeed]:
    """Return the speeds at which these pieces of street are closed, both ways, always in the same order."""
    both_ways = sorted({pair for a, b in segments for pair in ((a, b), (b, a))})
    return [SegmentSpeed(a, b, 0.0) for a, b in both_ways]
