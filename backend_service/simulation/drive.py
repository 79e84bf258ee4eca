"""One drive along real streets, segment by segment, as fast as traffic and temper allow."""

from __future__ import annotations

import numpy as np

from backend_service.simulation.traffic import SegmentKey, Traffic
from backend_service.streets.street_engine import StreetRoute
from core.geodesy import bearing_deg, distance_m
from core.vocabulary import Instant, Position

_LEAST_MPS = 0.5


class Drive:
    """A vehicle on its way; it counts onto each segment that it is on.

    Parameters
    ----------
    route : StreetRoute
        With segments if the streets have them; without, its lines count as streets without traffic.
    traffic : Traffic
    haste : float
        How fast the driver goes, beside the street engine's supposition.
    top_mps : float
        What the vehicle can do.
    """

    def __init__(self, route: StreetRoute, traffic: Traffic, *, haste: float = 1.0, top_mps: float = 40.0) -> None:
        self._traffic = traffic
        self._haste = haste
        self._top_mps = top_mps
        self._geometry = route.geometry
        self._lengths_m, self._free_mps, self._keys = _pieces(route)
        self._piece = 0
        self._into_m = 0.0
        self._on: SegmentKey | None = None
        self._mps = 0.0

    @property
    def is_over(self) -> bool:
        """Say whether the end is reached."""
        return self._piece >= len(self._lengths_m)

    @property
    def speed_mps(self) -> float:
        """The present speed, 0 at the end."""
        return 0.0 if self.is_over else self._mps

    @property
    def heading_deg(self) -> float:
        """The direction of travel; at the end, that of the last segment."""
        piece = min(self._piece, len(self._lengths_m) - 1)
        if piece < 0:
            return 0.0
        return float(bearing_deg(self._geometry[piece], self._geometry[piece + 1]))

    @property
    def position(self) -> Position:
        """Where the vehicle is."""
        if self.is_over:
            return _position(self._geometry[-1])
        share = self._into_m / max(self._lengths_m[self._piece], 1e-6)
        start, end = self._geometry[self._piece], self._geometry[self._piece + 1]
        return _position(start + min(share, 1.0) * (end - start))

    def advance(self, seconds: float, now: Instant) -> None:
        """Go on for so many seconds before `now`."""
        while seconds > 0 and not self.is_over:
            if self._on is None:
                self._enter(now)
            left_m = self._lengths_m[self._piece] - self._into_m
            needed = left_m / self._mps
            if needed > seconds:
                self._into_m += seconds * self._mps
                return
            seconds -= needed
            self._leave()
            self._piece += 1
            self._into_m = 0.0

    def abandon(self) -> None:
        """Leave the street, because the vehicle goes elsewhere."""
        self._leave()

    def _enter(self, now: Instant) -> None:
        self._on = self._keys[self._piece]
        self._traffic.enter(self._on)
        length_m = self._lengths_m[self._piece]
        slowdown = self._traffic.slowdown(self._on, length_m, _position(self._geometry[self._piece]), now)
        self._mps = max(_LEAST_MPS, min(self._top_mps, self._free_mps[self._piece] * self._haste / slowdown))

    def _leave(self) -> None:
        if self._on is not None:
            self._traffic.leave(self._on)
            self._on = None


def _pieces(route: StreetRoute) -> tuple[list[float], list[float], list[SegmentKey]]:
    """Return length, free speed and key of each piece; the time lost at turns is spread over all of them."""
    if route.segments is None:
        lengths = distance_m(route.geometry[:-1], route.geometry[1:])
        speed = float(lengths.sum()) / max(route.duration_s, 1e-6)
        return lengths.tolist(), [speed or _LEAST_MPS] * len(lengths), [(-1, n) for n in range(len(lengths))]
    segments = route.segments
    on_turns = max(1.0, route.duration_s / max(float(segments.durations_s.sum()), 1e-6))
    speeds = segments.distances_m / np.maximum(segments.durations_s * on_turns, 0.1)
    keys = list(zip(segments.from_nodes.tolist(), segments.to_nodes.tolist(), strict=True))
    return segments.distances_m.tolist(), np.maximum(speeds, _LEAST_MPS).tolist(), keys


def _position(point: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Position:
    return Position(float(point[0]), float(point[1]))
