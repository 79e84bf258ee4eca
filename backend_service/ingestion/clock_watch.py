"""Whether the service's own clock can be believed: held against a steady one and, after a jump, against the fleet's.

If the machine's clock alone is put an hour back, every live fix is one from the future. Refused and acknowledged, it
would be gone: trackers delete what was acknowledged. While a jump is in doubt, what is refused only because of it is
therefore not acknowledged. The doubt ends when the clock is back where the steady one says it belongs, or when the
fleet's own clocks, which satellites set, agree with it. It does not end by time alone: over a night without a word
from anybody a wrong clock becomes no better, and nothing is lost by doubting it until the first trackers are heard.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from core.telemetry.fix_batch import Column, FixBatch, Mask
from core.telemetry.plausibility import PlausibilityLimits
from core.telemetry.reading_batch import ReadingBatch
from core.timekeeping import Clock
from core.vocabulary import Instant

logger = logging.getLogger(__name__)

CLOCK = "clock"
IN_DOUBT = "clock.in_doubt"
"""The code with which senders are told to keep what they have."""

JUMP_S = 60.0
"""A clock that is kept by the network is slewed, or steps by less; more is somebody's hand, or a wrong clock's end."""

LIVE_S = 300.0
"""A sender's newest fix may be so old and still say what the time is."""

ENOUGH_SENDERS = 3
ALONE_FOR_S = 60.0
"""So long fewer senders than enough have to agree: one that works off what it kept is at its end by then."""

MOST_SENDERS = 5_000


@dataclass(frozen=True, slots=True)
class ClockState:
    """Whether the clock is in doubt, and since which instant of the operation."""

    degraded: bool
    since_at: Instant


@dataclass(slots=True)
class _Doubt:
    """A jump: by how much the clock is ahead of where the steady one says it belongs, and when it was noticed."""

    ahead_s: float
    since_at: Instant
    began_s: float


@dataclass(frozen=True, slots=True)
class _Vote:
    """What a sender's newest fix says: whether it is live by the clock as it is, and as it was."""

    made_at: Instant
    for_now: bool
    for_before: bool


class ClockWatch:
    """Compares clocks whenever it is asked.

    Parameters
    ----------
    clock : the operation's, which is the machine's own in a live service
    steady : counts seconds from anywhere and is never set
    limits : from when on a fix is of the future, or too old
    """

    def __init__(self, clock: Clock, steady: Clock, limits: PlausibilityLimits | None = None) -> None:
        self._clock = clock
        self._steady = steady
        self._limits = limits or PlausibilityLimits()
        self._offset_s = clock.now() - steady.now()
        self._doubt: _Doubt | None = None
        self._believed_at = clock.now()
        self._votes: dict[str, _Vote] = {}

    @property
    def state(self) -> ClockState:
        """Return how the clock stands now."""
        self.look()
        if self._doubt is None:
            return ClockState(False, self._believed_at)
        return ClockState(True, self._doubt.since_at)

    @property
    def is_in_doubt(self) -> bool:
        """Say whether the clock jumped and nothing has confirmed it yet."""
        return self._doubt is not None

    def effect(self) -> str:
        """Return what the doubt means to people."""
        if self._doubt is None:
            return ""
        way = "ahead" if self._doubt.ahead_s > 0.0 else "back"
        size = spoken(abs(self._doubt.ahead_s))
        return f"It went {size} {way}. Positions refused only for that stay with the trackers. Set the clock right."

    def look(self) -> None:
        """Compare the clock with the steady one."""
        now, steady_s = self._clock.now(), self._steady.now()
        step_s = now - steady_s - self._offset_s
        self._offset_s += step_s
        doubt = self._doubt
        ahead_s = step_s if doubt is None else doubt.ahead_s + step_s
        if abs(ahead_s) <= JUMP_S:
            if doubt is not None:
                self._believe("it is where it was")
        elif doubt is None or abs(step_s) > JUMP_S:
            logger.warning("the clock went by %+.0f s; it is in doubt", step_s)
            self._votes.clear()
            self._doubt = _Doubt(ahead_s, now, steady_s)
        else:
            doubt.ahead_s = ahead_s

    def hear(self, batch: FixBatch | ReadingBatch) -> None:
        """Let the fleet's clocks speak, while this one is in doubt."""
        if self._doubt is None:
            return
        times = zip(senders_of(batch), made_at_of(batch).tolist(), batch.received_at.tolist(), strict=True)
        for sender, made, received in times:
            known = self._votes.get(sender)
            if (known is None and len(self._votes) < MOST_SENDERS) or (known is not None and made >= known.made_at):
                off_s = made - received
                self._votes[sender] = _Vote(made, self._is_live(off_s), self._is_live(off_s + self._doubt.ahead_s))
        self._count_votes()

    def holds_back(self, batch: FixBatch | ReadingBatch) -> bool:
        """Say whether any row is refused for its time and would not be but for the jump."""
        if self._doubt is None:
            return False
        off_s = made_at_of(batch) - batch.received_at
        return bool((self._is_refused(off_s) & ~self._is_refused(off_s + self._doubt.ahead_s)).any())

    def _is_refused(self, off_s: Column) -> Mask:
        mask: Mask = (off_s > self._limits.future_s) | (off_s < -self._limits.oldest_s)
        return mask

    def _is_live(self, off_s: float) -> bool:
        return -LIVE_S <= off_s <= self._limits.future_s

    def _count_votes(self) -> None:
        if self._doubt is None:
            return
        agree = sum(vote.for_now for vote in self._votes.values())
        disagree = sum(vote.for_before and not vote.for_now for vote in self._votes.values())
        waited_s = self._steady.now() - self._doubt.began_s
        if agree > 2 * disagree and (agree >= ENOUGH_SENDERS or waited_s >= ALONE_FOR_S):
            self._believe(f"{agree} of the fleet's clocks agree")

    def _believe(self, why: str) -> None:
        logger.warning("the clock is believed again: %s", why)
        self._doubt = None
        self._votes.clear()
        self._believed_at = self._clock.now()


def made_at_of(batch: FixBatch | ReadingBatch) -> Column:
    """Return when rows were made, by the clocks of those who made them: (n,) epoch seconds."""
    return batch.fix_at if isinstance(batch, FixBatch) else batch.read_at


def senders_of(batch: FixBatch | ReadingBatch) -> list[str]:
    """Return whose clock each row was made by: the device, or the vehicle where none is named."""
    return [device or vehicle for device, vehicle in zip(batch.device.tolist(), batch.vehicle.tolist(), strict=True)]


def spoken(seconds: float) -> str:
    """Return a length of time in words, whole hours from two on."""
    minutes = round(seconds / 60.0)
    if minutes >= 120:
        return f"{round(seconds / 3600.0)} h"
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h {rest} min" if rest else f"{hours} h"
