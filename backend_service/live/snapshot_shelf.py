"""The whole state, encoded and compressed once and shared by every session that needs it.

The command bus folds ahead of the disk, so the state is shown only at a moment when it stands at the position that
was published last: right away, or inside the next publication. Encoding holds the loop, compression does not. A
snapshot is reused while it is at most `reused_for` events old: the events since are cheaper than a new one.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from backend_service.live.visibility import operation_visible_to
from core import wire
from core.projections.operation import Operation, encode_operation
from core.vocabulary import Role

_FASTEST = 1
_LOOK_AGAIN_S = 0.05  # a commit that failed is taken back without a publication


@dataclass(frozen=True, slots=True)
class Shelved:
    """A snapshot message as it goes out, and the log position it stands for."""

    position: int
    frame: bytes


class SnapshotShelf:
    """Snapshots by role; `made` counts how many were encoded.

    Parameters
    ----------
    published : returns the position published last
    reused_for : events that a snapshot may be old
    """

    def __init__(self, operation: Operation, published: Callable[[], int], reused_for: int) -> None:
        self.made = 0
        self._operation = operation
        self._published = published
        self._reused_for = reused_for
        self._shelved: dict[Role, Shelved] = {}
        self._locks: dict[Role, asyncio.Lock] = {}
        self._wanted: dict[Role, asyncio.Future[tuple[int, bytes]]] = {}

    async def current(self, role: Role) -> Shelved:
        """Return a snapshot for `role`, at most `reused_for` events old when this was called."""
        async with self._locks.setdefault(role, asyncio.Lock()):
            shelved = self._shelved.get(role)
            if shelved is None or self._published() - shelved.position > self._reused_for:
                shelved = self._shelved[role] = await self._make(role)
            return shelved

    def settle(self) -> None:
        """Encode what is wanted; called within a publication, when the state is what was published."""
        wanted, self._wanted = self._wanted, {}
        for role, state in wanted.items():
            if not state.done():
                state.set_result(self._encode(role))

    async def _make(self, role: Role) -> Shelved:
        self.made += 1
        position, state = await self._settled_state(role)
        packed = await asyncio.to_thread(zlib.compress, state, _FASTEST)
        return Shelved(position, wire.encode(wire.Snapshot(position=position, state=packed)))

    async def _settled_state(self, role: Role) -> tuple[int, bytes]:
        while self._operation.position != self._published():
            state: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
            self._wanted[role] = state
            done, _ = await asyncio.wait({state}, timeout=_LOOK_AGAIN_S)
            if done:
                return state.result()
        return self._encode(role)

    def _encode(self, role: Role) -> tuple[int, bytes]:
        return self._operation.position, encode_operation(operation_visible_to(role, self._operation))
