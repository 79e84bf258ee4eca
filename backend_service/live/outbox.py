"""Decides what one session is sent next, within the credit its desk has granted.

In order: a heartbeat that is due, answers, the state (snapshot or missing events) until the desk has it, live
channels at their pace, events. Heartbeats and live channels are paced, so they cannot starve events, nor the other
way round. What waits is never queued here: it is the difference between this session's marks and the hub.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from backend_service.live.feed_hub import FeedHub, LiveChannel
from core import wire
from core.vocabulary import Instant, Role


@dataclass(slots=True)
class _Mark:
    """How far this session has seen one live channel, and from when on it may be sent again."""

    channel: LiveChannel
    seen: int = 0
    due_at: float = 0.0

    @property
    def is_behind(self) -> bool:
        return self.seen != self.channel.changes


class Outbox:
    """What one session has been sent, and what it may still be sent.

    Parameters
    ----------
    resume_after : the last position the desk has, ``None`` if it has nothing that can be resumed
    credit : messages granted by the desk; bounded by the hub's limits
    """

    def __init__(self, hub: FeedHub, role: Role, resume_after: int | None, credit: int) -> None:
        self.position = resume_after
        self.echo_wall_at: Instant | None = None
        self.snapshots_sent = 0
        self._hub = hub
        self._role = role
        self._credit = 0
        self._answers: deque[bytes] = deque()
        self._marks = tuple(_Mark(channel) for channel in (hub.positions, hub.forecasts, hub.pressure))
        self._beat_due_at = 0.0
        self.grant(credit)

    @property
    def waiting(self) -> int:
        """Return how many messages are held for this session alone: only answers are."""
        return len(self._answers)

    def grant(self, more: int) -> None:
        """Allow `more` further messages; never more outstanding than the hub's limit."""
        self._credit = min(self._credit + max(more, 0), self._hub.limits.most_credit)

    def add_answer(self, answer: wire.Answer) -> None:
        """Hold an answer until there is credit for it."""
        self._answers.append(wire.encode(answer))

    async def next_frame(self, now: float) -> bytes | None:
        """Return the next message, ``None`` if nothing can be sent at `now` (monotonic seconds)."""
        if self._credit <= 0:
            return None
        frame = self._heartbeat(now) or self._answer() or await self._state() or self._live(now)
        frame = frame or await self._events()
        if frame is not None:
            self._credit -= 1
        return frame

    def wait_s(self, now: float) -> float:
        """Return after how long something falls due by time alone, if nothing is published before."""
        if self._credit <= 0:
            return self._hub.limits.heartbeat_s
        due_at = min([self._beat_due_at, *(mark.due_at for mark in self._marks if mark.is_behind)])
        return max(due_at - now, 0.0)

    def _heartbeat(self, now: float) -> bytes | None:
        if now < self._beat_due_at:
            return None
        self._beat_due_at = now + self._hub.limits.heartbeat_s
        frame, self.echo_wall_at = self._hub.heartbeat(self.echo_wall_at), None
        return frame

    def _answer(self) -> bytes | None:
        return self._answers.popleft() if self._answers else None

    async def _state(self) -> bytes | None:
        if self.position is not None and self._hub.can_follow(self.position):
            return None
        snapshot = await self._hub.snapshots.current(self._role)
        self.position = snapshot.position
        self.snapshots_sent += 1
        return snapshot.frame

    def _live(self, now: float) -> bytes | None:
        for mark in self._marks:
            if mark.is_behind and now >= mark.due_at:
                frame = mark.channel.encoded_since(mark.seen)
                mark.seen = mark.channel.changes
                mark.due_at = now + self._hub.limits.live_interval_s
                return frame
        return None

    async def _events(self) -> bytes | None:
        assert self.position is not None, "the state goes out first"
        following = await self._hub.events_after(self.position, self._role)
        if following is None:
            return None
        self.position, frame = following
        return frame
