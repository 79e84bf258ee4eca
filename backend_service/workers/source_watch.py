"""Tells the log when a source that decisions rest on is lost for more than a moment, and when it is back."""

from __future__ import annotations

from collections.abc import Callable

from backend_service.handlers.command_bus import CommandBus
from backend_service.streets.supervised_streets import StreetsState
from core.commands import RecordSource
from core.vocabulary import PLATFORM, Instant

STREETS = "streets"
STREETS_EFFECT = "Travel times are estimated from straight lines; arrivals are less sure."
SETTLED_S = 2.0
"""A loss shorter than this is no news: the engine takes a moment to start."""


class SourceWatch:
    """A worker that compares the streets' state with what the log says."""

    name = "source watch"
    every_s = 1.0

    def __init__(self, bus: CommandBus, streets_state: Callable[[], StreetsState]) -> None:
        self._bus = bus
        self._streets_state = streets_state

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Record a loss that lasts, and a return at once."""
        state = self._streets_state()
        if state.degraded and now - state.since_at < SETTLED_S:
            return
        known = self._bus.operation.sources.sources.get(STREETS)
        if state.degraded == (known is not None and known.is_degraded):
            return
        effect = STREETS_EFFECT if state.degraded else ""
        command = RecordSource(source=STREETS, is_degraded=state.degraded, effect=effect)
        await self._bus.execute(command, PLATFORM)
