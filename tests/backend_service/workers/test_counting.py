"""The desks are told what was turned away, for which reason, and when last."""

from __future__ import annotations

import asyncio

from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.workers.counting import Counting
from core.telemetry.fix_batch import FixBatch
from core.telemetry.plausibility import Reason
from core.wire import Counters

NOW_AT = 1_800_000_000.0


class Disk:
    """Keeps nothing."""

    async def append(self, batch: FixBatch) -> None:
        """Take a batch."""


class Hub:
    """Keeps the newest figures."""

    def __init__(self) -> None:
        self.counters = Counters()

    def set_counters(self, counters: Counters) -> None:
        self.counters = counters


def test_each_reason_tells_how_often_and_when_last() -> None:
    intake, hub = Intake(Disk(), LivePositions()), Hub()
    counting = Counting(intake, hub)  # type: ignore[arg-type]

    def figures_at(at: float) -> Counters:
        asyncio.run(counting.run_once(at))
        return hub.counters

    assert figures_at(NOW_AT).fixes_rejected_at == {}
    intake.count_rejected({Reason.FUTURE: 2})
    figures_at(NOW_AT + 1.0)
    intake.count_rejected({Reason.DUPLICATE: 1})
    told = figures_at(NOW_AT + 9.0)
    assert told.fixes_rejected == {"future": 2, "duplicate": 1}
    assert told.fixes_rejected_at == {"future": NOW_AT + 1.0, "duplicate": NOW_AT + 9.0}
