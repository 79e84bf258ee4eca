"""Leaves a failing neighbour in peace: after some failures in a row it is not asked for a while, then once to see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.refusals import Fault
from core.timekeeping import Clock


class CircuitBreaker:
    """Counts failures in a row of one neighbour.

    Parameters
    ----------
    wall : Clock
    most_failures : int
        After so many in a row it is left in peace.
    rest_seconds : float
        For so long; then one question is let through, and its answer decides.
    """

    def __init__(self, wall: Clock, *, most_failures: int = 3, rest_seconds: float = 60.0) -> None:
        self._wall = wall
        self._most_failures = most_failures
        self._rest_seconds = rest_seconds
        self._failures = 0
        self._rests_until_at = 0.0
        self._is_on_trial = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Ask the neighbour inside; a `Fault` raised there is a failure, a normal end an answer.

        Raises
        ------
        Fault
            ``neighbour.resting``, without asking.
        """
        has_failed = self._failures >= self._most_failures
        if has_failed and (self._is_on_trial or self._wall.now() < self._rests_until_at):
            raise Fault("neighbour.resting", "It has failed too often and is not asked for a while.")
        self._is_on_trial = has_failed
        try:
            yield
        except Fault:
            self._failures += 1
            self._rests_until_at = self._wall.now() + self._rest_seconds
            raise
        else:
            self._failures = 0
        finally:
            self._is_on_trial = False
