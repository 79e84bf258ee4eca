"""Tells the log when a source that decisions rest on is lost for more than a moment, and when it is back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from backend_service.handlers.command_bus import CommandBus
from core.commands import RecordSource
from core.vocabulary import PLATFORM, Instant

STREETS = "streets"
STREETS_EFFECT = "Travel times are estimated from straight lines; arrivals are less sure."
SETTLED_S = 2.0
"""A loss shorter than this is no news: the engine takes a moment to start."""


class SourceState(Protocol):
    """Whether a source is lost, and since which instant of the operation."""

    @property
    def degraded(self) -> bool:
        """Say whether it is lost."""
        ...

    @property
    def since_at(self) -> Instant:
        """Return since when it is as it is."""
        ...


class SourceWatch:
    """A worker that compares a source's state with what the log says.

    Parameters
    ----------
    state : callable() -> how the source stands
    source, effect : its name in the log, and what its loss means to people, or what says so; new words are told anew
    """

    every_s = 1.0

    def __init__(
        self,
        bus: CommandBus,
        state: Callable[[], SourceState],
        *,
        source: str = STREETS,
        effect: str | Callable[[], str] = STREETS_EFFECT,
    ) -> None:
        self.name = f"source watch of {source}"
        self._bus = bus
        self._state = state
        self._source = source
        self._effect = effect

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Record a loss that lasts, and a return at once."""
        state = self._state()
        if state.degraded and 0.0 <= now - state.since_at < SETTLED_S:  # ahead of now: the clock was put back since
            return
        known = self._bus.operation.sources.sources.get(self._source)
        effect = self._told_effect() if state.degraded else ""
        if (state.degraded, effect) == ((known.is_degraded, known.effect) if known is not None else (False, "")):
            return
        command = RecordSource(source=self._source, is_degraded=state.degraded, effect=effect)
        await self._bus.execute(command, PLATFORM)

    def _told_effect(self) -> str:
        return self._effect if isinstance(self._effect, str) else self._effect()
