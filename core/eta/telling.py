"""Whether a new forecast has moved enough, and for long enough, that the customer should hear of it."""

from __future__ import annotations

from collections.abc import Collection

from core.orders.order import ArrivalBand
from core.vocabulary import Instant, OrderId, Value


class TellingPolicy(Value, frozen=True, kw_only=True):
    """The smallest moves worth a message, seconds: usually, and when the arrival is `soon_s` away or less.

    A move has to stand for `settled_s`; one of `at_once` times the smallest is told at once. They are part of the
    dispatch policy (`DispatchPolicy.telling`): people change them there, for the city or a zone.

    Raises
    ------
    ValueError
        If every move would be worth a message.
    """

    least_move_s: float = 240.0
    least_move_soon_s: float = 120.0
    soon_s: float = 600.0
    settled_s: float = 30.0
    at_once: float = 2.0

    def __post_init__(self) -> None:
        if min(self.least_move_s, self.least_move_soon_s) <= 0.0:
            raise ValueError("the smallest move worth a message is more than none")


def move_of(told: ArrivalBand, new: ArrivalBand, policy: TellingPolicy) -> float:
    """Return how far a forecast moved from what was told, later being positive: 1 is just worth a message."""
    is_soon = new.p50_at - new.as_of <= policy.soon_s
    return (new.p50_at - told.p50_at) / (policy.least_move_soon_s if is_soon else policy.least_move_s)


def is_worth_telling(told: ArrivalBand | None, new: ArrivalBand, policy: TellingPolicy) -> bool:
    """Say whether `new` differs from what was told by enough to matter; the first forecast always does."""
    return told is None or abs(move_of(told, new, policy)) >= 1.0


class Teller:
    """Remembers since when each order's forecast lies off what was told, so that what swings back is not told."""

    def __init__(self) -> None:
        self._off_since: dict[tuple[OrderId, bool], Instant] = {}

    def is_worth_telling(
        self, order_id: OrderId, told: ArrivalBand | None, new: ArrivalBand, policy: TellingPolicy
    ) -> bool:
        """Say whether the customer should hear of `new`; the first forecast always counts."""
        if told is None:
            return True
        move = move_of(told, new, policy)
        is_later = move > 0.0
        self._off_since.pop((order_id, not is_later), None)
        if abs(move) < 1.0:
            self._off_since.pop((order_id, is_later), None)
            return False
        since = self._off_since.setdefault((order_id, is_later), new.as_of)
        is_settled = new.as_of - since >= policy.settled_s or abs(move) >= policy.at_once
        if is_settled:
            del self._off_since[order_id, is_later]
        return is_settled

    def forget_all_but(self, order_ids: Collection[OrderId]) -> None:
        """Forget the orders that have ended."""
        for key in [key for key in self._off_since if key[0] not in order_ids]:
            del self._off_since[key]
