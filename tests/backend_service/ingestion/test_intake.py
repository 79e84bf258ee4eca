"""What doors may rely on: an answer means on disk, a group shares a write, a failure loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from backend_service.ingestion.intake import MOST_ROWS_AT_ONCE, Intake, IntakeReport
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.recent_fixes import RecentFixes
from core.refusals import Fault, Refusal
from core.telemetry.fix_batch import FixBatch
from core.telemetry.pipeline import Meaning

NOW_AT = 1_800_000_000.0
type Fixes = Callable[..., FixBatch]


class SlowDisk:
    """Keeps batches once its gate is open; fails while it has a fault."""

    def __init__(self) -> None:
        self.batches: list[FixBatch] = []
        self.error: Exception | None = None
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def append(self, batch: FixBatch) -> None:
        self.asked += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.batches.append(batch)


def run(scenario: Callable[[Intake, SlowDisk], Awaitable[None]], **options: Any) -> None:
    async def play() -> None:
        disk = SlowDisk()
        intake = Intake(disk, LivePositions(), **options)
        intake.start()
        try:
            await scenario(intake, disk)
        finally:
            disk.gate.set()
            await intake.close()

    asyncio.run(play())


def test_batches_that_gather_during_a_write_share_the_next_one(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        disk.gate.clear()
        takes = [asyncio.create_task(intake.take(fixes({"vehicle": "V-0"})))]
        while not disk.asked:
            await asyncio.sleep(0)
        takes += [asyncio.create_task(intake.take(fixes({"vehicle": f"V-{n}"}, {"lat": 99.0}))) for n in range(1, 6)]
        await asyncio.sleep(0)
        assert not any(take.done() for take in takes)
        disk.gate.set()
        reports = await asyncio.gather(*takes)
        assert reports == [IntakeReport(1, {})] + [IntakeReport(1, {"out_of_range": 1})] * 5
        assert [len(batch) for batch in disk.batches] == [1, 5]

    run(scenario)


def test_more_rows_than_go_in_one_go_are_written_one_after_the_other(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        disk.gate.clear()
        batches = [fixes(*({"vehicle": f"V-{at}-{n}"} for n in range(200))) for at in range(5)]
        takes = [asyncio.create_task(intake.take(batch)) for batch in batches]
        while not disk.asked:
            await asyncio.sleep(0)
        assert intake.waiting_rows == 600
        disk.gate.set()
        reports = await asyncio.gather(*takes)
        assert reports == [IntakeReport(200, {})] * 5
        assert [len(batch) for batch in disk.batches] == [400, 400, 200]
        assert intake.waiting_rows == 0

    run(scenario)


def test_a_batch_above_what_goes_in_one_go_is_taken_whole(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        whole = fixes(*({"vehicle": f"V-{n}"} for n in range(MOST_ROWS_AT_ONCE + 1)))
        assert (await intake.take(whole)).accepted == MOST_ROWS_AT_ONCE + 1
        assert [len(batch) for batch in disk.batches] == [MOST_ROWS_AT_ONCE + 1]

    run(scenario)


def test_a_fix_doubled_across_two_waiting_batches_counts_once(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        reports = await asyncio.gather(intake.take(fixes({})), intake.take(fixes({})))
        assert sorted(report.accepted for report in reports) == [0, 1]
        assert intake.counts.accepted == 1

    run(scenario)


def test_what_fixes_mean_is_found_out_in_one_order_whoever_listened_first(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        told: list[Meaning] = []

        def noting(meaning: Meaning) -> Callable[[FixBatch], None]:
            return lambda batch: told.append(meaning)

        for meaning in reversed(Meaning):
            intake.subscribe(meaning, noting(meaning))
        await intake.take(fixes({}))
        assert told == list(Meaning)

    run(scenario)


def test_nothing_is_live_before_it_is_on_disk(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        seen: list[int] = []
        intake.subscribe(Meaning.CROSSINGS, lambda batch: seen.append(len(disk.batches)))
        disk.gate.clear()
        take = asyncio.create_task(intake.take(fixes({})))
        while not disk.asked:
            await asyncio.sleep(0)
        assert intake.live.latest("V-1") is None
        disk.gate.set()
        await take
        assert seen == [1]
        assert intake.live.latest("V-1") is not None

    run(scenario)


@pytest.mark.parametrize("error", [Fault("fixes.disk_full", "The disk is full."), RuntimeError("a bug")])
def test_a_failed_write_fails_its_senders_and_is_taken_when_sent_again(fixes: Fixes, error: Exception) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        disk.error = error
        with pytest.raises(type(error)):
            await intake.take(fixes({}))
        assert intake.counts.failed == 1
        disk.error = None
        assert await intake.take(fixes({})) == IntakeReport(1, {})

    run(scenario)


def test_a_batch_that_meets_a_bug_does_not_fail_those_it_waited_with(fixes: Fixes) -> None:
    class Choosy(SlowDisk):
        async def append(self, batch: FixBatch) -> None:
            if "V-cursed" in batch.vehicle:
                raise RuntimeError("a bug")
            await super().append(batch)

    async def play() -> None:
        disk = Choosy()
        intake = Intake(disk, LivePositions())
        intake.start()
        takes = (intake.take(fixes({"vehicle": name})) for name in ("V-1", "V-cursed", "V-2"))
        good, cursed, other = await asyncio.gather(*takes, return_exceptions=True)
        assert good == other == IntakeReport(1, {})
        assert isinstance(cursed, RuntimeError)
        assert intake.counts.failed == 1
        await intake.close()

    asyncio.run(play())


def test_a_listeners_bug_costs_the_others_nothing(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        heard: list[FixBatch] = []

        def broken(batch: FixBatch) -> None:
            raise RuntimeError("a bug")

        intake.subscribe(Meaning.CROSSINGS, broken)
        intake.subscribe(Meaning.ARRIVALS, heard.append)
        assert (await intake.take(fixes({}))).accepted == 1
        assert len(heard) == 1

    run(scenario)


def test_too_many_waiting_rows_are_refused_and_a_closed_intake_takes_nothing(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        with pytest.raises(Refusal, match="Too many fixes wait") as caught:
            await intake.take(fixes({}, {}, {}))
        assert caught.value.status == 503
        assert (await intake.take(fixes({}, {}))).accepted == 1
        await intake.close()
        with pytest.raises(Refusal):
            await intake.take(fixes({}))

    run(scenario, most_waiting_rows=2)


def test_closing_finishes_what_waits(fixes: Fixes) -> None:
    async def scenario(intake: Intake, disk: SlowDisk) -> None:
        take = asyncio.create_task(intake.take(fixes({})))
        await asyncio.sleep(0)
        await intake.close()
        assert (await take).accepted == 1

    run(scenario)


def test_a_restart_remembers_the_newest_fix_of_each_vehicle(fixes: Fixes) -> None:
    async def play() -> None:
        live, disk = LivePositions(), SlowDisk()
        live.update(fixes({}))
        intake = Intake(disk, live)
        intake.start()
        assert await intake.take(fixes({}, {"fix_at": NOW_AT + 1})) == IntakeReport(1, {"duplicate": 1})
        await intake.close()

    asyncio.run(play())


def test_only_so_many_fixes_are_remembered(fixes: Fixes) -> None:
    recent = RecentFixes(kept=2)
    recent.remember(fixes({"fix_at": 1.0}, {"fix_at": 2.0}, {"fix_at": 3.0}))
    assert [recent.was_seen("V-1", "D-1", at) for at in (1.0, 2.0, 3.0)] == [False, True, True]


def test_a_live_position_never_goes_backwards(fixes: Fixes) -> None:
    live = LivePositions()
    assert len(live.update(fixes({"fix_at": NOW_AT}))) == 1
    assert len(live.update(fixes({"fix_at": NOW_AT - 5, "lat": -30.0}))) == 0
    assert len(live.update(fixes({"fix_at": NOW_AT, "lat": -30.0}))) == 0
    assert live["V-1"].lat == -29.9
    newest = live.update(fixes({"fix_at": NOW_AT + 1}, {"fix_at": NOW_AT + 2, "lat": -29.8}, {"vehicle": "V-2"}))
    assert list(zip(newest.vehicle, newest.lat, strict=True)) == [("V-1", -29.8), ("V-2", -29.9)]
    assert live.heard_at("V-1") == NOW_AT + 2
    assert live.heard_at("V-9") is None


def test_a_snapshot_is_the_callers_own(fixes: Fixes) -> None:
    live = LivePositions()
    live.update(fixes({"vehicle": "V-1"}, {"vehicle": "V-2"}))
    snapshot = live.snapshot()
    live.update(fixes({"fix_at": NOW_AT + 1, "lat": -29.0}))
    assert snapshot.lat.tolist() == [-29.9, -29.9]
    assert sorted(live) == ["V-1", "V-2"]
    assert len(live) == 2


def test_listeners_hear_only_what_became_the_newest(fixes: Fixes) -> None:
    live = LivePositions()
    heard: list[int] = []
    live.subscribe(lambda batch: heard.append(len(batch)))
    live.update(fixes({"vehicle": "V-1"}, {"vehicle": "V-2"}))
    live.update(fixes({"fix_at": NOW_AT - 1}))
    assert heard == [2]
    latest = live.latest("V-1")
    assert latest is not None
    assert (latest.speed_mps, latest.accuracy_m) == (None, 5.0)
    assert np.isnan(live.snapshot().speed_mps).all()
