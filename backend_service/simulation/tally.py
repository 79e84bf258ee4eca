"""What the simulated people did, counted; written down when the day is over."""

from __future__ import annotations

import msgspec


class Tally(msgspec.Struct, kw_only=True):
    """Counts since the day began.

    `refused` counts what the service turned away, by problem code; `unanswered` what it never answered. `fixes_late`
    were held back by a phone without a signal, `fixes_doubled` were sent twice.
    """

    orders_placed: int = 0
    orders_cancelled: int = 0
    kitchen_calls: int = 0
    offers_accepted: int = 0
    offers_refused: int = 0
    arrivals_told: int = 0
    picked_up: int = 0
    delivered: int = 0
    failed: int = 0
    pauses: int = 0
    shifts_ended: int = 0
    fixes_sent: int = 0
    fixes_late: int = 0
    fixes_doubled: int = 0
    fixes_accepted: int = 0
    fixes_rejected: dict[str, int] = msgspec.field(default_factory=dict)
    requests: int = 0
    retries: int = 0
    unanswered: int = 0
    refused: dict[str, int] = msgspec.field(default_factory=dict)

    def count_refusal(self, code: str) -> None:
        """Count an answer that was a problem."""
        self.refused[code] = self.refused.get(code, 0) + 1

    def count_rejected(self, rejected: dict[str, int]) -> None:
        """Count fixes that the service did not believe, by reason."""
        for reason, number in rejected.items():
            self.fixes_rejected[reason] = self.fixes_rejected.get(reason, 0) + number
