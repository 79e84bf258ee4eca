"""Whose clocks are wrong: the devices whose fixes are refused for their time, and by how much they are off.

A device is named while it goes on so. One that works off what it kept for days is not wrong: it comes to what can be
taken, and is forgotten then. What is ahead cannot have been kept and is named at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend_service.ingestion.clock_watch import ClockState, made_at_of, senders_of, spoken
from core.telemetry.fix_batch import FixBatch
from core.telemetry.plausibility import PlausibilityLimits
from core.telemetry.reading_batch import ReadingBatch
from core.timekeeping import Clock
from core.vocabulary import Instant

DEVICE_CLOCKS = "device clocks"
MOST_DEVICES = 1_000
"""So many are counted at once; further ones are counted by reason only."""

ENOUGH_ROWS = 3
BEHIND_FOR_S = 60.0
"""So long nothing but what is too old has to come before a clock is taken to be behind."""

FORGOTTEN_S = 3_600.0
_MOST_NAMED = 5


@dataclass(slots=True)
class WrongClock:
    """A device's clock: seconds ahead (behind is negative), rows refused for it, and the instants of first and last."""

    ahead_s: float
    rows: int
    first_at: Instant
    last_at: Instant


class DeviceClocks:
    """Counts, by device, the rows that are refused for their time.

    Parameters
    ----------
    clock : the operation's
    limits : from when on a fix is of the future, or too old
    """

    def __init__(self, clock: Clock, limits: PlausibilityLimits | None = None) -> None:
        self.wrong: dict[str, WrongClock] = {}
        self._clock = clock
        self._limits = limits or PlausibilityLimits()
        self._turned: tuple[bool, Instant] = (False, clock.now())

    @property
    def state(self) -> ClockState:
        """Return whether any device's clock is wrong."""
        is_wrong = bool(self._named())
        if is_wrong != self._turned[0]:
            self._turned = (is_wrong, self._clock.now())
        return ClockState(*self._turned)

    def effect(self) -> str:
        """Return which devices' clocks are wrong, and by how much."""
        named = self._named()
        told = ", ".join(f"{sender} {_off(wrong.ahead_s)}" for sender, wrong in named[:_MOST_NAMED])
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        return f"{told}{more}. Their positions are not taken. Set these clocks."

    def hear(self, batch: FixBatch | ReadingBatch) -> None:
        """Take note of when rows were made and received."""
        off_s = made_at_of(batch) - batch.received_at
        is_wrong = (off_s > self._limits.future_s) | (off_s < -self._limits.oldest_s)
        if not is_wrong.any() and not self.wrong:
            return
        now = self._clock.now()
        for sender, ahead_s, is_off in zip(senders_of(batch), off_s.tolist(), is_wrong.tolist(), strict=True):
            if is_off:
                self._count(sender, ahead_s, now)
            else:
                self.wrong.pop(sender, None)

    def _count(self, sender: str, ahead_s: float, now: Instant) -> None:
        known = self.wrong.get(sender)
        if known is not None:
            known.ahead_s, known.rows, known.last_at = ahead_s, known.rows + 1, now
        elif len(self.wrong) < MOST_DEVICES and np.isfinite(ahead_s):
            self.wrong[sender] = WrongClock(ahead_s, 1, now, now)

    def _named(self) -> list[tuple[str, WrongClock]]:
        """Return the devices to name, by name; those that fell silent are forgotten."""
        now = self._clock.now()
        for sender in [name for name, wrong in self.wrong.items() if now - wrong.last_at > FORGOTTEN_S]:
            del self.wrong[sender]
        sure = [(sender, wrong) for sender, wrong in self.wrong.items() if _is_sure(wrong)]
        return sorted(sure, key=lambda named: named[0])


def _is_sure(wrong: WrongClock) -> bool:
    is_kept_long = wrong.ahead_s > 0.0 or wrong.last_at - wrong.first_at >= BEHIND_FOR_S
    return wrong.rows >= ENOUGH_ROWS and is_kept_long


def _off(ahead_s: float) -> str:
    return f"by {spoken(abs(ahead_s))} {'ahead' if ahead_s > 0.0 else 'behind'}"
