"""Judges crossings again where history has become fuller: behind fixes that came late, and after a start.

Fixes older than their vehicle's newest change what happened, not where the vehicle is. Some beats after the last of
them the vehicle's fixes of that time are read from the archive and judged in order, beside what judges new ones. What
was crossed and is not known is recorded as history, and late if it was heard of long after; what was recorded and is
not borne out is refuted; and where the vehicle is now is corrected if it has to be. The log decides what is known, so
that doing it twice changes nothing. After a start each vehicle is judged like that from where it was judged before:
what was found but not recorded is found again, and a streak that had begun goes on; until then nothing is said of the
vehicle's new fixes, which are judged with the others. How far that is, is kept on disk
(`backend_service.workers.keeping_judged`); where nothing was kept the last minutes are judged.

It reads so many fixes a beat, and what came late waits while the intake has much to do.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from backend_service.handlers.command_bus import CommandBus
from backend_service.storage.judged_file import Judged
from backend_service.workers.crossing_log import CrossingLog, KnownCrossings, Piece, Streams
from backend_service.workers.crossing_watch import CrossingWatch
from core.geofencing.corrections import begun
from core.telemetry.fix_batch import Column, FixBatch
from core.telemetry.pipeline import run_starts
from core.telemetry.position_choice import FRESH_S, choose_in_history
from core.vocabulary import DeviceId, Instant, VehicleId

if TYPE_CHECKING:  # they load a compiler, which costs half a second of a start
    from core.geofencing.crossings import CrossingDetector, FenceCrossing
    from core.geofencing.fence_index import FenceIndex

LEADS_S = (60.0, 900.0, 26 * 3600.0)
"""History is read from so long before the first late fix on, so that it is known who is inside by then: from the
shortest in which there are enough fixes."""

RESUMED_S = 300.0
"""Where nothing was kept of how far fixes were judged, those of so long before each vehicle's newest are judged again,
if it was heard so shortly before the service ended."""

UNHEARD_S = 86_400.0
"""A vehicle that was first heard after what was kept is judged from so long before its newest fix on."""

MOST_ROWS = 30_000
"""When so many fixes were read in one beat, further vehicles wait for the next."""

LEAST_ROWS = 300
"""A vehicle of few fixes takes as much work as so many: a beat is for a hundred vehicles, and a tenth of it goes by."""

MOST_VEHICLES = 50_000
"""Vehicles that wait; the late fixes of further ones are let go unjudged, and counted."""

MOST_BEATS = 12
"""A vehicle waits for a beat without a late fix, but no longer than so many."""

PIECE_S = 3_600.0
"""So much of a history is read at once."""


class Tracks(Protocol):
    """What gives the fixes of a vehicle back."""

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first."""
        ...


@dataclass(slots=True)
class _Mark:
    """From when on a vehicle's history has changed, whether more of it came since the last beat, and beats waited.

    What a start left behind waits for nothing: services that end soon again and again would never come to it.
    """

    since_at: Instant
    has_news: bool
    is_resumed: bool = False
    beats: int = 0


class CrossingHistory:
    """A worker beside a `CrossingWatch`, whose `older` and `resumed` it listens to.

    Parameters
    ----------
    bus : CommandBus
    watch : CrossingWatch
    log : what was recorded of a vehicle
    archive : every fix that was accepted
    left : how far the service before had judged
    primary_of : the device that a vehicle's position is taken from, ``None`` for one without devices
    is_busy : whether fixes wait that are new

    Attributes
    ----------
    unjudged : late fixes that were let go since the start
    """

    name = "crossing history"
    every_s = 5.0

    def __init__(
        self,
        bus: CommandBus,
        watch: CrossingWatch,
        log: Streams,
        archive: Tracks,
        left: Judged,
        *,
        primary_of: Callable[[VehicleId], DeviceId | None] = lambda _: None,
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self.unjudged = 0
        self._bus = bus
        self._watch = watch
        self._log = CrossingLog(bus, log)
        self._archive = archive
        self._primary_of = primary_of
        self._is_busy = is_busy
        self._left = left
        self._until_at = dict(left.until_at)
        self._in_hand: dict[VehicleId, _Mark] = {}
        self._marks: dict[VehicleId, _Mark] = {}
        self._resumed: set[VehicleId] = set()
        self._has_failed = False
        watch.older, watch.resumed, watch.is_history = self.note_older, self.note_resumed, self._resumed.__contains__

    @property
    def waiting(self) -> int:
        """How many vehicles' histories are to be judged again."""
        return len(self._marks)

    def note_older(self, batch: FixBatch) -> None:
        """Take note of fixes older than their vehicle's newest, ordered by vehicle, then by time."""
        firsts = np.flatnonzero(run_starts(batch))
        counts = np.diff(np.append(firsts, len(batch))).tolist()
        since_at, names = batch.fix_at[firsts].tolist(), batch.vehicle[firsts].tolist()
        for name, at, count in zip(names, since_at, counts, strict=True):
            if name in self._marks or len(self._marks) < MOST_VEHICLES:
                self._mark(VehicleId(name), at, has_news=True)
            else:
                self.unjudged += count

    def note_resumed(self, latest: FixBatch) -> None:
        """Take note of each vehicle's newest fix at a start: what the last ones meant may not be recorded."""
        newest = _times(latest)
        fences = self._bus.operation.fences
        drawn_at = min((fences.drawn_at.get(fence_id, -math.inf) for fence_id in fences.fences), default=-math.inf)
        for vehicle_id, since_at in _unjudged(newest, self._left).items():
            if newest.get(vehicle_id, math.inf) > drawn_at:
                self._mark(vehicle_id, max(since_at, drawn_at), has_news=False, is_resumed=True)
                self._resumed.add(vehicle_id)
        self._until_at |= newest

    def judged(self) -> Judged:
        """Return how far each vehicle's fixes have been judged, and what was found recorded."""
        detector = self._watch.detector
        if detector is None:
            return self._left
        unrecorded = self._watch.unrecorded_vehicles()
        newest = {vehicle_id: at for vehicle_id, at in detector.newest() if vehicle_id not in unrecorded}
        self._until_at |= newest
        again = {vehicle_id: mark.since_at for vehicle_id, mark in self._marks.items()}
        for vehicle_id, mark in self._in_hand.items():
            again[vehicle_id] = min(mark.since_at, again.get(vehicle_id, math.inf))
        return Judged(position=self._bus.operation.position, until_at=dict(self._until_at), again_since_at=again)

    def is_wanted(self, now: Instant) -> bool:
        """Say whether vehicles wait that a start left behind: nothing is said of them until then."""
        return bool(self._resumed) and not self._has_failed

    async def run_once(self, now: Instant) -> None:
        """Judge the history of vehicles whose late fixes are all here, as much as may be read in one beat.

        What a start left behind goes first, however much else there is to do.
        """
        left_behind = [] if self._has_failed else [name for name in self._marks if name in self._resumed]
        self._has_failed = False
        rows = 0
        for vehicle_id in left_behind or list(self._due()):
            if rows >= MOST_ROWS or (self._is_busy() and vehicle_id not in self._resumed):
                break
            mark = self._in_hand[vehicle_id] = self._marks.pop(vehicle_id)
            try:
                rows += max(LEAST_ROWS, await self._settle(vehicle_id, mark, now))
            except BaseException:
                self._has_failed = True
                self._mark(vehicle_id, mark.since_at, has_news=False, is_resumed=mark.is_resumed)
                self._resumed.discard(vehicle_id)  # until it is tried again its new fixes count as they come
                raise
            finally:
                del self._in_hand[vehicle_id]
            if vehicle_id not in self._marks or not self._marks[vehicle_id].is_resumed:
                self._resumed.discard(vehicle_id)

    def _due(self) -> Iterator[VehicleId]:
        for vehicle_id, mark in self._marks.items():
            if mark.is_resumed or not mark.has_news or mark.beats >= MOST_BEATS:
                yield vehicle_id
            mark.has_news = False
            mark.beats += 1

    def _mark(self, vehicle_id: VehicleId, since_at: Instant, *, has_news: bool, is_resumed: bool = False) -> None:
        mark = self._marks.setdefault(vehicle_id, _Mark(since_at, has_news))
        mark.since_at = min(mark.since_at, since_at)
        mark.has_news = mark.has_news or has_news
        mark.is_resumed = mark.is_resumed or is_resumed

    async def _settle(self, vehicle_id: VehicleId, mark: _Mark, now: Instant) -> int:
        """Judge one vehicle's history, and record what is other than known; return how many fixes were read."""
        detector = self._watch.detector
        if detector is None:
            return 0
        index, until_at = detector.index, detector.newest_at(vehicle_id)
        with self._watch.noting(vehicle_id) as newer:
            track = await self._beginning(vehicle_id, mark.since_at, until_at, index)
            if not len(track):
                return 0
            piece = _piece(vehicle_id, track, mark.since_at, index)
            past = self._past(detector, piece, await self._log.known(piece))
            found, rows = await self._crossed(past, piece, track, until_at)
            async with self._watch.recording:
                known = await self._log.known(piece)
                if detector.index is not index or self._watch.has_found(vehicle_id):
                    # Not on this ground: at the next beat.
                    self._mark(vehicle_id, mark.since_at, has_news=False, is_resumed=mark.is_resumed)
                    return rows
                for batch in newer:
                    found.extend(past.advance(batch))
                detector.take_over(vehicle_id, past, lambda fence_id: self._log.is_settled(fence_id, piece))
                await self._log.correct(piece, known, found, past.inside(vehicle_id), now)
        return rows

    async def _beginning(
        self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant, index: FenceIndex
    ) -> FixBatch:
        """Return the fixes from some before an instant up to and including another, or the first hour of them."""
        needed, read_at = 2 * _streak(index) + 2, min(until_at, since_at + PIECE_S)
        for lead_s in LEADS_S:
            track = await self._positions(vehicle_id, since_at - lead_s, read_at)
            before = _good_before(track, since_at, index)
            if len(before) >= needed:
                return track.select(track.fix_at >= before[-needed])
        while not len(track) and read_at < until_at:
            begins_at, read_at = read_at, min(until_at, read_at + PIECE_S)
            track = await self._positions(vehicle_id, begins_at, read_at)
        return track

    async def _positions(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the fixes that make a vehicle's positions, up to and including an instant."""
        kept = await self._archive.read(vehicle_id, since_at - FRESH_S, math.nextafter(until_at, math.inf))
        return kept.select(choose_in_history(kept, self._primary_of(vehicle_id)) & (kept.fix_at >= since_at))

    async def _crossed(
        self, past: CrossingDetector, piece: Piece, track: FixBatch, until_at: Instant
    ) -> tuple[list[FenceCrossing], int]:
        """Return what a track crosses, and what follows it in the archive up to an instant; and how many fixes."""
        found, rows = list(await asyncio.to_thread(past.advance, track)), len(track)
        read_at = max(piece.first_at, float(track.fix_at[-1]))
        while read_at < until_at:
            since_at, read_at = read_at, min(until_at, read_at + PIECE_S)
            track = await self._positions(piece.vehicle_id, since_at, read_at)
            found.extend(await asyncio.to_thread(past.advance, track))
            rows += len(track)
        return found, rows

    def _past(self, detector: CrossingDetector, piece: Piece, known: KnownCrossings) -> CrossingDetector:
        """Return a detector beside the one of now, which knows who was inside when a piece of history begins."""
        from core.geofencing.crossings import CrossingDetector, Inside

        past = CrossingDetector(detector.index, zone=detector.zone)
        vehicle = self._bus.operation.fleet.vehicles.get(piece.vehicle_id)
        past.set_groups({piece.vehicle_id: vehicle.groups if vehicle is not None else ()})
        inside = {
            fence_id: [Inside(piece.vehicle_id, entered_at, has_dwelt)]
            for fence_id, entered_at, has_dwelt in begun(known.recorded, known.stays, piece.first_at)
        }
        past.resume(inside, FixBatch.empty())
        return past


def begun_anew(latest: FixBatch, position: int) -> Judged:
    """Return what counts as judged where nothing was kept: all but the last minutes.

    Parameters
    ----------
    latest : each vehicle's newest fix
    position : the log's head
    """
    newest = _times(latest)
    since_at = max(newest.values(), default=-math.inf) - RESUMED_S
    again = {vehicle_id: at - RESUMED_S for vehicle_id, at in newest.items() if at >= since_at}
    return Judged(position=position, until_at=newest, again_since_at=again)


def _unjudged(newest: Mapping[VehicleId, Instant], left: Judged) -> dict[VehicleId, Instant]:
    """Return from when on vehicles are to be judged, of whom more is known than had been judged."""
    since_at = dict(left.again_since_at)
    for vehicle_id, at in newest.items():
        until_at = left.until_at.get(vehicle_id, at - UNHEARD_S)
        if at > until_at:
            since_at[vehicle_id] = min(until_at, since_at.get(vehicle_id, math.inf))
    return since_at


def _times(latest: FixBatch) -> dict[VehicleId, Instant]:
    return dict(zip(map(VehicleId, latest.vehicle.tolist()), latest.fix_at.tolist(), strict=True))


def _piece(vehicle_id: VehicleId, track: FixBatch, since_at: Instant, index: FenceIndex) -> Piece:
    """Return from when on a track says what was crossed, if it has changed since an instant."""
    before, streak = _good_before(track, since_at, index), _streak(index)
    first_at = float(track.fix_at[0])
    return Piece(vehicle_id, first_at, float(before[-streak]) if len(before) > streak else first_at)


def _streak(index: FenceIndex) -> int:
    """Return how many fixes a crossing may begin before the one that confirms it, at any fence."""
    confirm = index.columns.rules.confirm_fixes
    return int(confirm.max()) + 1 if len(confirm) else 1


def _good_before(track: FixBatch, instant: Instant, index: FenceIndex) -> Column:
    """Return when the fixes before an instant were made that are accurate enough for every fence, and to end a way."""
    from core.geofencing.judging import WAY_ACCURACY_M

    limits = index.columns.rules.accuracy_m
    is_poor = track.accuracy_m > min(WAY_ACCURACY_M, float(limits.min()) if len(limits) else math.inf)
    before: Column = track.fix_at[~is_poor & (track.fix_at < instant)]
    return before
