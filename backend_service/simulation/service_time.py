"""The operation's time, learned from the service and kept in step with it."""

from __future__ import annotations

import time

from backend_service.simulation.offices import BackOffice
from core.vocabulary import Instant

_LOOKS_EVERY_SECONDS = 10.0


class ServiceTime:
    """Implements `core.timekeeping.Clock` by asking the service now and then, and running on in between.

    Parameters
    ----------
    office : BackOffice
        Asks the service for its time.
    speed : float
        Seconds of operation time in a second.
    """

    def __init__(self, office: BackOffice, speed: float) -> None:
        self._office = office
        self._speed = speed
        self._told_at = 0.0
        self._told_monotonic = 0.0
        self._latest = 0.0

    def now(self) -> Instant:
        """Return the operation's time; it never goes backwards."""
        self._latest = max(self._latest, self._told_at + (time.monotonic() - self._told_monotonic) * self._speed)
        return self._latest

    async def keep_in_step(self) -> None:
        """Ask the service again if it was last asked some while ago; errors as in `Door.ask`."""
        if self._told_at and time.monotonic() - self._told_monotonic < _LOOKS_EVERY_SECONDS:
            return
        asked = time.monotonic()
        told = await self._office.now()
        if told is not None:
            answered = time.monotonic()
            self._told_at, self._told_monotonic = told, (asked + answered) / 2
