"""Files of fences for desks: taken out as they are in force, looked at, and brought in all or nothing."""

from __future__ import annotations

import asyncio
import hashlib

from backend_service.exchange.fence_features import ReadFences
from backend_service.exchange.fence_geojson import read_geojson, write_geojson
from backend_service.exchange.fence_kml import read_kml, write_kml
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.joint_execution import Together
from core.commands import DrawGeofence, RecordExport
from core.operations import BadFeature, BringFencesIn, FenceFileFormat, FencesBroughtIn, TakeFencesOut
from core.vocabulary import PLATFORM, Actor, CommandId

MOST_PROBLEMS = 20
"""Told to a desk; all are counted."""

_READ = {FenceFileFormat.GEOJSON: read_geojson, FenceFileFormat.KML: read_kml}
_WRITE = {FenceFileFormat.GEOJSON: write_geojson, FenceFileFormat.KML: write_kml}


class FenceFiles:
    """Reads and writes by the bus, as any other door does.

    Parameters
    ----------
    bus : CommandBus
    """

    def __init__(self, bus: CommandBus) -> None:
        self._bus = bus

    async def out(self, asked: TakeFencesOut, actor: Actor) -> bytes:
        """Return the fences in force as a file, and record that it was taken."""
        fences = sorted(self._bus.operation.fences.fences.values(), key=lambda fence: fence.fence_id)
        record = RecordExport(kind="geofences", rows=len(fences), is_personal=False, by=actor.subject)
        await self._bus.execute(record, PLATFORM)
        return await asyncio.to_thread(_WRITE[asked.file_format], fences)

    async def bring_in(self, asked: BringFencesIn, actor: Actor, request_id: str) -> FencesBroughtIn:
        """Say what a file would draw, or draw all of it; one bad feature and nothing is drawn.

        Raises
        ------
        Refusal
            If the file as a whole cannot be read; ``access.role``.
        """
        read = await asyncio.to_thread(_READ[asked.file_format], asked.content)
        commands = [DrawGeofence(fence=fence) for fence in read.fences]
        if not asked.draws or read.problems:
            return _told(read, await self._bus.rehearse(commands, actor), drawn=0)
        together = await self._bus.execute_together(
            commands,
            actor,
            is_partial=False,
            command_id=CommandId(f"{actor.subject}:{request_id}"),
            fingerprint=hashlib.sha256(asked.content).hexdigest(),
        )
        return _told(read, together, drawn=together.kept)


def _told(read: ReadFences, together: Together, *, drawn: int) -> FencesBroughtIn:
    found = [BadFeature(feature=one.feature, name=one.name, why=one.why) for one in read.problems]
    found += [
        BadFeature(feature=read.numbers[one.index], name=read.fences[one.index].name, why=one.sentence)
        for one in together.refused
    ]
    found.sort(key=lambda problem: problem.feature)
    return FencesBroughtIn(
        features=read.features,
        bad=len(found),
        drawn=drawn,
        problems=tuple(found[:MOST_PROBLEMS]),
        position=together.position if drawn else 0,
    )
