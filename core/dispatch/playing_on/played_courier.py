"""A driver while a state is played on: under way to a stop, at rest, or free; with a break of his own on each side.

Shifts and pauses that a driver decided himself come as they really came. A planned break that the platform began is not
one of these: it began when he happened to be free. Here he takes it when he is free on this side, by the rule by which
plans count it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf

from msgspec.structs import replace as changed

from core.dispatch.break_turns import begins_now, ends_now
from core.dispatch.world import DriverState, Stop
from core.fleet.fleet import Driver, PlannedBreak
from core.fleet.planned_break import BreakRule, due_break, due_breaks
from core.vocabulary import Instant


@dataclass(slots=True)
class PlayedCourier:
    """A driver at `state.start` since `state.start_at`; `leaves_at` is set while under way to the first stop.

    Parameters
    ----------
    state : DriverState
    driver : Driver or None
        The shift as it stands; ``None`` where nothing more is known than `state` says.
    rule : BreakRule or None
        The break that is due to everybody.
    forked_at : float
    """

    state: DriverState
    driver: Driver | None
    rule: BreakRule | None
    forked_at: Instant
    arrives_at: Instant = inf
    leaves_at: Instant = inf
    back_at: Instant = -inf
    _rests: tuple[Instant, ...] = ()
    _dropped: set[Instant] = field(default_factory=set)

    @property
    def is_under_way(self) -> bool:
        """Say whether he is on the way to his first stop, or stands there."""
        return self.leaves_at < inf

    def stays(self, at: Instant) -> None:
        """Be under way to nothing any more."""
        self.state = replace(self.state, start_at=max(at, self.state.start_at))
        self.arrives_at = self.leaves_at = inf

    def hears(self, driver: Driver) -> None:
        """Take in what came of the shift: its begin and end, a pause, other breaks, a ruling."""
        began_at = driver.pauses[-1] if driver.pauses else -inf
        if driver.is_paused and began_at > self.forked_at and (driver.is_paused_by_plan or self._has_had(driver)):
            self._dropped.add(began_at)
        self.driver = driver

    def rests(self, now: Instant) -> bool:
        """Begin the break that is due, if its time has come; say whether he rests."""
        due = self._due()
        if due is not None and not self.is_under_way and begins_now(self.seen(now, self.state.stops), now):
            self._rests, self.back_at = (*self._rests, now), now + due.length_s
            self.state = replace(self.state, start_at=self.back_at)
        return now < self.back_at

    def turns_at(self, now: Instant) -> Instant:
        """Return when something happens to him next by itself: he leaves, is back, or may begin a break."""
        if self.is_under_way:
            return self.leaves_at
        if now < self.back_at:
            return self.back_at
        due = self._due()
        return due.earliest_at if due is not None and due.earliest_at > now else inf

    def seen(self, now: Instant, stops: tuple[Stop, ...]) -> DriverState:
        """Return him as dispatch sees him now, with these stops."""
        state, driver = self.state, self.driver
        if driver is not None:
            state = replace(
                state,
                is_on_shift=driver.is_on_shift,
                is_paused=self._is_paused(driver, now),
                is_out=driver.is_out(now),
                shift_ends_at=inf if driver.shift_ends_at is None else driver.shift_ends_at,
            )
        return replace(
            state,
            start_at=state.start_at if self.is_under_way else max(now, self.back_at),
            as_of=now,
            position_age_s=0.0,
            is_paused=state.is_paused or now < self.back_at,
            is_silent=False,
            stops=stops,
            frozen=int(self.is_under_way),
            due_break=self._due(),
        )

    def _is_paused(self, driver: Driver, now: Instant) -> bool:
        is_dropped = bool(driver.pauses) and driver.pauses[-1] in self._dropped
        return driver.is_paused and not is_dropped and not ends_now(driver, self.rule, now)

    def _due(self) -> PlannedBreak | None:
        if self.driver is None or self.state.is_on_wave:
            return None if self._rests else self.state.due_break
        return due_break(self._as_rested(self.driver), self.rule)

    def _as_rested(self, driver: Driver) -> Driver:
        """Return the driver with the pauses of this side in place of those that the platform really began."""
        kept = (at for at in driver.pauses if at not in self._dropped)
        return changed(driver, pauses=tuple(sorted((*kept, *self._rests))))

    def _has_had(self, driver: Driver) -> bool:
        """Say whether the break that a pause of his own took has been taken on this side before."""
        before = changed(driver, pauses=driver.pauses[:-1])
        left = len(due_breaks(driver, self.rule))
        return left < len(due_breaks(before, self.rule)) and len(due_breaks(self._as_rested(before), self.rule)) <= left
