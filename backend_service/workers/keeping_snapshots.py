"""Keeps the folded state on disk now and then, so that a restart folds only what came since."""

from __future__ import annotations

from backend_service.handlers.command_bus import CommandBus
from backend_service.storage.snapshots import Snapshots
from core.vocabulary import Instant


class KeepingSnapshots:
    """A worker that saves a snapshot when enough has happened since the last one."""

    name = "snapshots"
    every_s = 30.0

    def __init__(self, bus: CommandBus, snapshots: Snapshots) -> None:
        self._bus = bus
        self._snapshots = snapshots

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Save the state as it is on disk, if it is due."""
        if self._snapshots.is_due(self._bus.operation.position):
            position, state = await self._bus.snapshot()
            await self._snapshots.save(position, state)
