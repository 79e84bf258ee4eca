"""Fixes behind a newer one, and what was found but not recorded before a start, are crossings all the same."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from backend_service.storage.judged_file import Judged
from backend_service.workers import crossing_history, crossing_watch
from backend_service.workers.arrival_watch import ArrivalWatch
from backend_service.workers.crossing_history import CrossingHistory, begun_anew
from backend_service.workers.crossing_watch import CrossingWatch
from backend_service.workers.last_fixes import tell_last_fixes
from core.commands import DrawGeofence
from core.geofencing.fence import FenceTrigger
from core.orders.order import OrderState
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.telemetry.position_choice import FRESH_S
from core.vocabulary import Actor, DeviceId, FenceId, OrderId, Role, VehicleId

NOW_AT = 1_800_000_000.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root")
F, V = FenceId("F-1"), VehicleId("V-1")


class Kept:
    """An archive in memory."""

    def __init__(self) -> None:
        self.fixes = FixBatch.empty()
        self.reads: list[tuple[float, float]] = []
        self.meanwhile: Callable[[], None] | None = None

    def keep(self, batch: FixBatch) -> None:
        self.fixes = FixBatch.concatenate([self.fixes, batch])

    async def read(self, vehicle_id: VehicleId, since_at: float, until_at: float) -> FixBatch:
        self.reads.append((since_at, until_at))
        await asyncio.sleep(0)
        own = self.fixes.select(self.fixes.vehicle == vehicle_id)
        own = own.select((own.fix_at >= since_at) & (own.fix_at < until_at))
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return own.select(np.argsort(own.fix_at, kind="stable"))


class Tracked:
    """The two workers as the service has them, on an archive that has what they are told."""

    def __init__(self, shift: Any, kept: Kept | None = None, left: Judged | None = None, **options: Any) -> None:
        self.shift = shift
        self.kept = Kept() if kept is None else kept
        self.watch = CrossingWatch(shift.bus, shift.live)
        left = begun_anew(shift.live.snapshot(), 0) if left is None else left
        self.history = CrossingHistory(shift.bus, self.watch, shift.log, self.kept, left, **options)

    def hear(self, *north_m: float, start_at: float, every_s: float = 5.0) -> None:
        batch = self.shift.fixes(*north_m, start_at=start_at)
        batch.fix_at[:] = start_at + every_s * np.arange(len(batch))
        batch.received_at[:] = np.maximum(batch.fix_at, self.shift.clock.now())
        self.kept.keep(batch)
        self.shift.live.update(batch)
        self.watch.observe(batch)

    async def settle(self, beats: int = 3) -> None:
        for _ in range(beats):
            await self.watch.run_once(self.shift.clock.now())
            await self.history.run_once(self.shift.clock.now())

    async def told(self, after: int = 0) -> list[tuple[str, float]]:
        """Return what the log says of the fence, in its order: what, and when in seconds."""
        envelopes = await self.shift.log.read(after)
        crossings = [one for one in envelopes if one.type.startswith("Geofence") and one.type != "GeofenceDrawn"]
        return [
            (one.type.removeprefix("Geofence"), round(getattr(one.event(), "crossed_at", one.occurred_at) - NOW_AT, 3))
            for one in crossings
        ]

    def inside(self) -> dict[VehicleId, float]:
        stays = self.shift.bus.operation.fences.inside.get(F, {})
        return {vehicle: stay.entered_at - NOW_AT for vehicle, stay in stays.items()}


async def killed_after(shift: Any, *north_m: float, judged: int) -> tuple[Tracked, Judged]:
    """Return what a service leaves that is killed at 10,000 s, and how far it had kept that it judged: some fixes.

    What it judged after that it found, and did not record.
    """
    tracked = Tracked(shift)
    await tracked.settle()
    tracked.hear(*north_m[:judged], start_at=NOW_AT + 10)
    await tracked.settle()
    kept = tracked.history.judged()
    tracked.hear(*north_m[judged:], start_at=NOW_AT + 10 + 5.0 * judged)
    shift.clock.step_to(NOW_AT + 10_000)
    tracked.hear(*[300.0] * 80, start_at=NOW_AT + 9_600)
    return tracked, kept


async def started_after_a_kill(shift: Any, *north_m: float) -> Tracked:
    """Return the workers of a service that starts at 70 s, on fixes from 10 s on that the one before only found."""
    shift.clock.step_to(NOW_AT + 60)
    killed = Tracked(shift)
    await killed.settle()
    killed.hear(*north_m, start_at=NOW_AT + 10)
    shift.clock.step_to(NOW_AT + 70)
    return Tracked(shift, killed.kept)


def test_a_buffer_of_hours_behind_the_newest_fix_is_told_as_history(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 7_200)
        tracked = Tracked(shift)
        tracked.hear(300, start_at=NOW_AT + 7_195)
        await tracked.settle()
        tracked.hear(300, 300, 300, 50, 20, 300, 400, 400, start_at=NOW_AT + 10)
        await tracked.watch.run_once(shift.clock.now())
        assert await tracked.told() == [], "live, nothing happened"
        await tracked.settle()
        assert await tracked.told() == [("Entered", 25.0), ("Exited", 35.0)]
        assert [one.is_late for one in shift.bus.operation.fences.crossings] == [True, True]
        assert tracked.inside() == {}
        await tracked.settle()
        assert len(await tracked.told()) == 2, "once"

    on_shift(scenario)


def test_who_is_inside_now_stays_inside_whatever_he_did_before(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 1_000)
        tracked = Tracked(shift)
        tracked.hear(300, 50, 50, start_at=NOW_AT + 990)
        await tracked.settle()
        tracked.hear(300, 300, 300, 50, 20, 300, 400, 400, start_at=NOW_AT + 10)
        await tracked.settle()
        assert await tracked.told() == [("Entered", 995.0), ("Entered", 25.0), ("Exited", 35.0)]
        assert tracked.inside() == {V: 995.0}
        assert not shift.bus.operation.fences.inside[F][V].is_late
        shift.clock.step_to(NOW_AT + 1_020)
        tracked.hear(300, 300, start_at=NOW_AT + 1_005)
        await tracked.settle()
        assert (await tracked.told())[-1] == ("Exited", 1_005.0)

    on_shift(scenario)


def test_a_packet_that_was_overtaken_is_seen_as_if_it_had_not_been(on_shift: Any) -> None:
    """The second fix inside came behind those outside again: he was in for ten seconds, and it is not late."""

    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 45)
        tracked = Tracked(shift)
        tracked.hear(300, 300, 300, 50, start_at=NOW_AT + 10)
        tracked.hear(300, 300, start_at=NOW_AT + 35)
        tracked.hear(50, start_at=NOW_AT + 30)
        await tracked.settle()
        assert await tracked.told() == [("Entered", 25.0), ("Exited", 35.0)]
        assert [one.is_late for one in shift.bus.operation.fences.crossings] == [False, False]

    on_shift(scenario)


def test_an_entry_that_only_history_shows_puts_him_inside_and_his_exit_is_told(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 300)
        tracked = Tracked(shift)
        tracked.hear(300, 300, 300, start_at=NOW_AT + 10)
        tracked.hear(50, start_at=NOW_AT + 120)
        await tracked.settle()
        tracked.hear(50, 50, start_at=NOW_AT + 60)
        await tracked.settle()
        assert await tracked.told() == [("Entered", 60.0), ("PresenceCorrected", 300.0)]
        assert tracked.inside() == {V: 60.0}
        assert shift.bus.operation.fences.inside[F][V].is_late
        shift.clock.step_to(NOW_AT + 400)
        tracked.hear(300, 300, start_at=NOW_AT + 130)
        await tracked.settle()
        assert (await tracked.told())[-1] == ("Exited", 130.0)
        assert tracked.inside() == {}

    on_shift(scenario)


def test_what_history_does_not_bear_out_is_refuted_and_may_come_back(on_shift: Any) -> None:
    """Two fixes inside were an entry; between them he was out; and between that and the first he was in once more."""

    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 100)
        tracked = Tracked(shift)
        tracked.hear(300, 300, 300, 300, 50, start_at=NOW_AT + 10)
        tracked.hear(50, start_at=NOW_AT + 60)
        await tracked.settle()
        assert tracked.inside() == {V: 30.0}
        tracked.hear(300, start_at=NOW_AT + 50)
        await tracked.settle()
        told = [("Entered", 30.0), ("CrossingRefuted", 30.0), ("PresenceCorrected", 100.0)]
        assert await tracked.told() == told
        assert tracked.inside() == {}
        assert shift.bus.operation.fences.crossings == []
        tracked.hear(50, start_at=NOW_AT + 35)
        await tracked.settle()
        assert (await tracked.told())[3:] == [("Entered", 30.0), ("PresenceCorrected", 100.0)]
        assert tracked.inside() == {V: 30.0}

    on_shift(scenario)


def test_history_before_a_fence_was_drawn_is_no_history_of_that_fence(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 500)
        tracked = Tracked(shift)
        fence = replace(shift.bus.operation.fences.fences[F], radius_m=90.0)
        await shift.bus.execute(DrawGeofence(fence=fence), ADMIN)
        tracked.hear(300, start_at=NOW_AT + 495)
        await tracked.settle()
        tracked.hear(300, 300, 300, 50, 20, 300, 400, start_at=NOW_AT + 10)
        await tracked.settle()
        assert await tracked.told() == []

    on_shift(scenario)


def test_a_fence_that_tells_one_side_is_told_it_of_the_past_and_nothing_is_refuted(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        fence = replace(shift.bus.operation.fences.fences[F], trigger=FenceTrigger.EXIT)
        await shift.bus.execute(DrawGeofence(fence=fence), ADMIN)
        shift.clock.step_to(NOW_AT + 500)
        tracked = Tracked(shift)
        tracked.hear(300, start_at=NOW_AT + 495)
        await tracked.settle()
        tracked.hear(300, 300, 300, 50, 20, 300, 400, start_at=NOW_AT + 10)
        await tracked.settle()
        assert await tracked.told() == [("Exited", 35.0)]

    on_shift(scenario)


def test_what_was_found_and_not_recorded_before_a_start_is_recorded_after_it(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        again = await started_after_a_kill(shift, 300, 300, 300, 300, 300, 50, 20, 300, 400, 50)
        await again.watch.run_once(shift.clock.now())
        assert again.history.is_wanted(shift.clock.now())
        await again.settle(2)
        assert await again.told() == [("Entered", 35.0), ("Exited", 45.0)]
        assert [one.is_late for one in shift.bus.operation.fences.crossings] == [False, False]
        again.hear(50, start_at=NOW_AT + 65)
        await again.settle()
        assert (await again.told())[2:] == [("Entered", 55.0)], "the streak that had begun goes on"

    on_shift(scenario)


def test_what_a_start_left_behind_does_not_wait_for_the_last_of_a_buffer(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        again = await started_after_a_kill(shift, 300, 300, 300, 300, 300, 50, 20, 300, 400, 300)
        await again.watch.run_once(shift.clock.now())
        again.hear(300, start_at=NOW_AT + 12)
        await again.history.run_once(shift.clock.now())
        await again.watch.run_once(shift.clock.now())
        assert await again.told() == [("Entered", 35.0), ("Exited", 45.0)]

    on_shift(scenario)


def test_what_was_judged_long_before_a_kill_is_where_a_start_goes_on(on_shift: Any) -> None:
    """Lives that were too short to judge: the entry lies further back than the minutes that are judged in any case."""

    async def scenario(shift: Any) -> None:
        killed, kept = await killed_after(shift, 300, 300, 300, 300, 300, 50, 20, 300, 400, judged=6)
        assert kept.until_at == {V: NOW_AT + 35}
        again = Tracked(shift, killed.kept, left=kept)
        await again.watch.run_once(shift.clock.now())
        short = again.history.judged()
        assert short.again_since_at == {V: NOW_AT + 35}, "this life ended before it judged"
        last = Tracked(shift, killed.kept, left=short)
        await last.settle(2)
        assert await last.told() == [("Entered", 35.0), ("Exited", 45.0)]
        done = last.history.judged()
        assert done.again_since_at == {} and done.until_at == {V: NOW_AT + 9_995}

    on_shift(scenario)


def test_new_fixes_after_a_start_are_judged_with_what_it_left_behind(on_shift: Any) -> None:
    """He was inside when the service was killed, which nobody had recorded: his next fixes are no entry."""

    async def scenario(shift: Any) -> None:
        again = await started_after_a_kill(shift, 300, 300, 300, 300, 300, 50, 20)
        await again.watch.run_once(shift.clock.now())
        again.hear(20, 20, start_at=NOW_AT + 55)
        await again.settle()
        again.hear(300, 300, start_at=NOW_AT + 65)
        await again.settle()
        assert await again.told() == [("Entered", 35.0), ("PresenceCorrected", 70.0), ("Exited", 65.0)]

    on_shift(scenario)


def test_a_history_that_cannot_be_read_stops_neither_the_others_nor_what_is_new(on_shift: Any) -> None:
    class Torn(Kept):
        is_torn = True

        async def read(self, vehicle_id: VehicleId, since_at: float, until_at: float) -> FixBatch:
            if self.is_torn:
                raise Fault("fixes.corrupt", "A day cannot be read.")
            return await super().read(vehicle_id, since_at, until_at)

    async def scenario(shift: Any) -> None:
        killed = await started_after_a_kill(shift, 300, 300, 300, 300, 300)
        torn = Torn()
        torn.keep(killed.kept.fixes)
        again = Tracked(shift, torn)
        await again.watch.run_once(shift.clock.now())
        with pytest.raises(Fault):
            await again.history.run_once(shift.clock.now())
        assert not again.history.is_wanted(shift.clock.now()), "at its next beat"
        again.hear(50, 20, start_at=NOW_AT + 55)
        await again.watch.run_once(shift.clock.now())
        assert await again.told() == [("Entered", 55.0)]
        torn.is_torn = False
        await again.settle()
        assert again.history.waiting == 0

    on_shift(scenario)


def test_late_fixes_that_were_not_judged_before_a_kill_are_judged_after_it(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 7_200)
        killed = Tracked(shift)
        killed.hear(300, start_at=NOW_AT + 7_195)
        await killed.settle()
        killed.hear(300, 300, 300, 50, 20, 300, 400, 400, start_at=NOW_AT + 10)
        again = Tracked(shift, killed.kept, left=killed.history.judged())
        await again.settle()
        assert await again.told() == [("Entered", 25.0), ("Exited", 35.0)]

    on_shift(scenario)


def test_whose_crossing_is_not_recorded_yet_is_not_judged_so_far(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 60)
        tracked = Tracked(shift)
        tracked.hear(300, 300, start_at=NOW_AT)
        await tracked.settle()
        before = tracked.history.judged()
        tracked.hear(50, 20, start_at=NOW_AT + 10)
        found = tracked.history.judged()
        assert before.until_at == {V: NOW_AT + 5}
        assert found.until_at == before.until_at
        await tracked.settle()
        recorded = tracked.history.judged()
        assert recorded.until_at == {V: NOW_AT + 15}

    on_shift(scenario)


def test_a_vehicle_of_which_nothing_was_kept_is_judged_from_its_first_fix_on(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 10_000)
        killed = Tracked(shift)
        await killed.settle()
        none = killed.history.judged()
        killed.hear(300, 300, 300, 300, 50, 20, 300, 400, *[400.0] * 80, start_at=NOW_AT + 10)
        again = Tracked(shift, killed.kept, left=none)
        await again.settle()
        assert await again.told() == [("Entered", 30.0), ("Exited", 40.0)]

    on_shift(scenario)


def test_who_is_inside_after_a_start_is_no_late_news_if_he_was_seen_just_now(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        again = await started_after_a_kill(shift, 300, 300, 300, 300, 300, 300, 50, 20, 20)
        await again.settle()
        assert again.inside() == {V: 40.0}
        assert not shift.bus.operation.fences.inside[F][V].is_late

    on_shift(scenario)


def test_a_start_records_nothing_twice(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 100)
        first = Tracked(shift)
        first.hear(300, 300, 300, 300, 50, 20, 300, 400, 50, 50, start_at=NOW_AT + 10)
        await first.settle()
        told = await first.told()
        assert len(told) == 3
        again = Tracked(shift, first.kept)
        await again.settle()
        assert await again.told() == told
        assert again.history.waiting == 0

    on_shift(scenario)


def test_only_fixes_of_the_device_that_makes_the_position_are_history(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 500)
        tracked = Tracked(shift, primary_of=lambda _: DeviceId("V-1"))
        tracked.hear(300, start_at=NOW_AT + 495)
        await tracked.settle()
        stand_in = shift.fixes(50, 50, 50, start_at=NOW_AT + 22)
        stand_in.device[:] = "other"
        tracked.kept.keep(stand_in)
        tracked.hear(300, 300, 300, 300, 300, 300, start_at=NOW_AT + 10)
        await tracked.settle()
        assert await tracked.told() == []

    on_shift(scenario)


def test_history_waits_while_new_fixes_do_and_for_the_last_of_a_buffer(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 500)
        busy = [True]
        tracked = Tracked(shift, is_busy=lambda: busy[0])
        tracked.hear(300, start_at=NOW_AT + 495)
        await tracked.settle()
        tracked.hear(300, start_at=NOW_AT + 10)
        await tracked.settle()
        assert tracked.kept.reads == []
        busy[0] = False
        tracked.hear(300, start_at=NOW_AT + 20)
        await tracked.settle(1)
        assert tracked.kept.reads == []
        await tracked.settle(1)
        first_at = NOW_AT + 10 - crossing_history.LEADS_S[0] - FRESH_S
        assert tracked.kept.reads[0] == (first_at, math.nextafter(NOW_AT + 495, math.inf))
        assert tracked.history.waiting == 0

    on_shift(scenario)


def test_fixes_that_come_while_history_is_read_are_not_forgotten(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 300)
        tracked = Tracked(shift)
        tracked.hear(300, 300, 300, start_at=NOW_AT + 10)
        tracked.hear(50, start_at=NOW_AT + 120)
        await tracked.settle()
        tracked.kept.meanwhile = lambda: tracked.hear(50, 20, start_at=NOW_AT + 125)
        tracked.hear(50, start_at=NOW_AT + 60)
        await tracked.settle(5)
        told = [("Entered", 120.0), ("Entered", 60.0), ("CrossingRefuted", 120.0)]
        assert await tracked.told() == told, "the stay goes on, and keeps the beginning that was shown"
        assert tracked.inside() == {V: 120.0}
        tracked.kept.meanwhile = lambda: tracked.hear(300, start_at=NOW_AT + 145)
        tracked.hear(300, start_at=NOW_AT + 140)
        tracked.hear(20, start_at=NOW_AT + 61)
        await tracked.settle(5)
        assert (await tracked.told())[3:] == [("Exited", 140.0)]

    on_shift(scenario)


def test_what_is_too_much_is_let_go_and_counted(on_shift: Any, monkeypatch: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.clock.step_to(NOW_AT + 500)
        monkeypatch.setattr(crossing_watch, "MOST_WAITING", 3)
        monkeypatch.setattr(crossing_watch, "MOST_FOUND", 1)
        monkeypatch.setattr(crossing_history, "MOST_VEHICLES", 0)
        tracked = Tracked(shift)
        tracked.hear(300, 300, start_at=NOW_AT + 10)
        tracked.hear(300, 300, start_at=NOW_AT + 20)
        assert tracked.watch.unjudged == 2
        await tracked.settle()
        tracked.hear(50, 50, 300, 300, start_at=NOW_AT + 30)
        assert tracked.watch.unrecorded == 1
        tracked.hear(300, 300, start_at=NOW_AT + 15)
        assert tracked.history.unjudged == 2

    on_shift(scenario)


def test_an_arrival_that_was_not_recorded_before_a_start_is_found_again(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        shift.give("O-1")
        await shift.settle()
        shift.clock.step_to(NOW_AT + 60)
        kept = Kept()
        kept.keep(shift.fixes(500, 40, 30, 20))
        kept.keep(shift.fixes(20, 20, 20, vehicle="V-2"))
        shift.live.update(kept.fixes)
        arrivals = ArrivalWatch(shift.bus)
        vehicles = shift.bus.operation.fleet.vehicles
        observers: Sequence[Any] = (arrivals.observe,)
        told = await tell_last_fixes(kept, shift.live.snapshot(), vehicles, lambda _: None, observers)
        assert told == 4, "nobody drives the other vehicle"
        await arrivals.run_once(shift.clock.now())
        assert shift.bus.operation.orders.orders[OrderId("O-1")].state is OrderState.AT_PICKUP
        head = shift.bus.operation.position
        again = ArrivalWatch(shift.bus)
        await tell_last_fixes(kept, shift.live.snapshot(), vehicles, lambda _: None, (again.observe,))
        await again.run_once(shift.clock.now())
        assert await shift.types(head) == []

    on_shift(scenario)
