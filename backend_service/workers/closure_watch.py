"""Has the streets driven round what people closed, and opens them when the time is over."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from backend_service.streets.segment_speeds import SegmentSpeed, speeds_closing
from backend_service.workers.collaborators import Bus
from core.events.envelope import Envelope
from core.fleet.closure import Segment
from core.projections.operation import Change, Part
from core.refusals import Fault
from core.vocabulary import Instant

logger = logging.getLogger(__name__)

type ChangeSpeeds = Callable[[Sequence[SegmentSpeed]], Awaitable[None]]


class ClosureWatch:
    """Implements `Worker`; subscribe `note` to the bus.

    Parameters
    ----------
    bus : Bus
    change_speeds : callable
        Has segments driven at other speeds; raises a `Fault` when it cannot, and is asked again at the next beat.
    changed : callable
        Called after the streets changed: ways that were drawn are to be drawn anew.
    """

    name = "closures"
    every_s = 5.0

    def __init__(self, bus: Bus, change_speeds: ChangeSpeeds, changed: Callable[[], None]) -> None:
        self._bus = bus
        self._change_speeds = change_speeds
        self._changed = changed
        self._closed: frozenset[Segment] = frozenset()
        self._is_wanted = False

    def note(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Hear what changed; a closure is carried out at once."""
        self._is_wanted = self._is_wanted or any(part is Part.CLOSURE for part, _ in changes)

    def is_wanted(self, now: Instant) -> bool:
        """Say whether something was closed or opened since the last run."""
        return self._is_wanted

    async def run_once(self, now: Instant) -> None:
        """Bring the streets in line with what is closed now."""
        self._is_wanted = False
        closed = self._bus.operation.closures.segments(now)
        if closed == self._closed:
            return
        try:
            await self._change_speeds(speeds_closing(closed))
        except Fault as fault:
            logger.warning("closures are not carried out yet: %s", fault.sentence)
            return
        self._closed = closed
        self._changed()
