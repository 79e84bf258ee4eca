"""The whole state, encoded and compressed once and shared by every session that needs it.

A snapshot is reused while it is at most `reused_for` events old: the events since are cheaper than a new one.
Encoding holds the loop (the state must not move meanwhile), compression does not.
"""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass

from backend_service.live.visibility import operation_visible_to
from core import wire
from core.projections.operation import Operation, encode_operation
from core.vocabulary import Role

_FASTEST = 1


@dataclass(frozen=True, slots=True)
class Shelved:
    """A snapshot message as it goes out, and the log position it stands for."""

    position: int
    frame: bytes


class SnapshotShelf:
    """Snapshots by role; `made` counts how many were encoded."""

    def __init__(self, operation: Operation, reused_for: int) -> None:
        self.made = 0
        self._operation = operation
        self._reused_for = reused_for
        self._shelved: dict[Role, Shelved] = {}
        self._locks: dict[Role, asyncio.Lock] = {}

    async def current(self, role: Role) -> Shelved:
        """Return a snapshot for `role`, at most `reused_for` events old when this was called."""
        async with self._locks.setdefault(role, asyncio.Lock()):
            shelved = self._shelved.get(role)
            if shelved is None or self._operation.position - shelved.position > self._reused_for:
                shelved = self._shelved[role] = await self._make(role)
            return shelved

    async def _make(self, role: Role) -> Shelved:
        self.made += 1
        position = self._operation.position
        state = encode_operation(operation_visible_to(role, self._operation))
        packed = await asyncio.to_thread(zlib.compress, state, _FASTEST)
        return Shelved(position, wire.encode(wire.Snapshot(position=position, state=packed)))
