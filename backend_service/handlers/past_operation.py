"""The operation as it was at a moment that is past: folded from the log, beside the state that lives.

From the nearest snapshot before it, in a thread, page by page, one moment at a time: the service goes on meanwhile.
What counts is when a thing was *recorded*, for that is when a desk could know of it. Nothing is kept from one question
to the next, so that nobody's erased data outlives the erasure here.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import Protocol

import numpy as np
from msgspec.structs import replace

from backend_service.event_log.log import EventLog
from backend_service.live.visibility import operation_visible_to, visible_to
from backend_service.storage.fix_archive import FixStore
from core import operations, wire
from core.events.envelope import Envelope
from core.projections.operation import Operation, encode_operation
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.telemetry.live_rows import wire_columns
from core.vocabulary import Instant, Role, VehicleId

FARTHEST_EVENTS = 200_000
"""How many events are folded for one moment; about 10 s of one core."""
MOST_EVENTS_AHEAD = 2_000
MOST_VEHICLES = 500
_PAGE = 2_000
_SEEN_WITHIN_S = 600.0
_FASTEST = 1


class PastSnapshots(Protocol):
    """Whoever keeps states of the past; `backend_service.storage.snapshots.Snapshots` does."""

    async def before(self, position: int) -> Operation | None:
        """Return the newest usable state at a position or before it."""
        ...


class PastOperation:
    """Answers what the operation was at a moment.

    Parameters
    ----------
    log : what happened
    snapshots : where a fold may start
    archive : where the vehicles were
    """

    def __init__(self, log: EventLog, snapshots: PastSnapshots, archive: FixStore) -> None:
        self._log, self._snapshots, self._archive = log, snapshots, archive
        self._one_at_a_time = asyncio.Lock()

    async def at(self, asked: operations.OperationAt, role: Role) -> operations.OperationThen:
        """Return the state at an instant, or only the events that lead to it from a position the asker knows.

        Before the first event it is that of the first event, for there is nothing else to be shown.

        Raises
        ------
        Refusal
            ``replay.nothing_recorded``, 404, on an empty log, and ``replay.too_far``, 422.
        """
        first = await self._log.read(0, 1)
        if not first:
            raise Refusal("replay.nothing_recorded", "Nothing has been recorded yet.", status=404)
        asked = replace(asked, at=max(asked.at, first[0].recorded_at))
        position = await self.position_at(asked.at)
        events: tuple[Envelope, ...] = ()
        state = None
        if asked.after is not None and 0 <= position - asked.after <= MOST_EVENTS_AHEAD:
            found = await self._log.read(asked.after, position - asked.after) if position > asked.after else []
            events = tuple(visible_to(role, envelope) for envelope in found)
        else:
            async with self._one_at_a_time:
                operation = await self.folded_to(position)
                state = await asyncio.to_thread(_packed, operation, role)
        return operations.OperationThen(
            at=asked.at,
            position=position,
            begins_at=first[0].recorded_at,
            state=state,
            events=events,
            positions=await self._positions(asked),
        )

    async def position_at(self, at: Instant) -> int:
        """Return the position of the last event that had been recorded at an instant, 0 if there was none."""
        low, high = 0, await self._log.head()
        while low < high:
            middle = (low + high + 1) // 2
            (envelope,) = await self._log.read(middle - 1, 1)
            if envelope.recorded_at <= at:
                low = middle
            else:
                high = middle - 1
        return low

    async def folded_to(self, position: int) -> Operation:
        """Return the state after the event at `position`: the caller's own, to be folded on at will.

        Raises
        ------
        Refusal
            ``replay.too_far``, 422.
        """
        operation = await self._snapshots.before(position) or Operation()
        if position - operation.position > FARTHEST_EVENTS:
            raise Refusal("replay.too_far", "That moment lies too far back to be shown. Choose a later one.")
        while operation.position < position:
            page = await self._log.read(operation.position, min(_PAGE, position - operation.position))
            await asyncio.to_thread(_fold, operation, page)
        return operation

    async def _positions(self, asked: operations.OperationAt) -> bytes:
        """Return where the vehicles asked for were last seen, at most ten minutes before."""
        fixes = [await self._last_fix(VehicleId(name), asked.at) for name in asked.vehicles[:MOST_VEHICLES]]
        batch = FixBatch.concatenate([fix for fix in fixes if len(fix)])
        columns = {name: column.tobytes() for name, column in wire_columns(batch).items()}
        return wire.encode(wire.Positions(vehicles=tuple(str(name) for name in batch.vehicle), **columns))

    async def _last_fix(self, vehicle_id: VehicleId, at: Instant) -> FixBatch:
        track = await self._archive.read(vehicle_id, at - _SEEN_WITHIN_S, at)
        return track.select(np.flatnonzero(track.is_valid)[-1:])


def _fold(operation: Operation, page: list[Envelope]) -> None:
    for envelope in page:
        operation.apply(envelope)


def _packed(operation: Operation, role: Role) -> bytes:
    return zlib.compress(encode_operation(operation_visible_to(role, operation)), _FASTEST)
