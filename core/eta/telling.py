"""Whether a new forecast has moved enough that the customer should hear of it."""

from __future__ import annotations

from core.orders.order import ArrivalBand
from core.vocabulary import Value


class TellingPolicy(Value, frozen=True, kw_only=True):
    """The smallest moves worth a message, seconds: usually, and when the arrival is `soon_s` away or less."""

    least_move_s: float = 240.0
    least_move_soon_s: float = 120.0
    soon_s: float = 600.0


def is_worth_telling(told: ArrivalBand | None, new: ArrivalBand, policy: TellingPolicy) -> bool:
    """Say whether `new` differs from what was told by enough to matter; the first forecast always does."""
    if told is None:
        return True
    is_soon = new.p50_at - new.as_of <= policy.soon_s
    least = policy.least_move_soon_s if is_soon else policy.least_move_s
    return abs(new.p50_at - told.p50_at) >= least
