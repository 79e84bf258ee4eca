"""One start of what keeps, in a process of its own: ``python -m backend_service.benchmarks.restart_probe DIR``.

It goes through the same calls as the service's composition, and prints how long each took (seconds) and the greatest
resident memory (MB) as JSON.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from pathlib import Path

import msgspec

from backend_service.audit.audit_trail import AuditTrail
from backend_service.clocks import WallClock
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.handlers.command_bus import fold
from backend_service.storage.snapshots import Snapshots
from core.projections.operation import Operation, encode_operation

_KB_PER_MB = 1024.0 if sys.platform != "darwin" else 1024.0**2


async def probe(data_dir: Path, *, with_snapshots: bool, keep: bool = False) -> dict[str, float]:
    """Return how a start on `data_dir` went; `keep` leaves a snapshot of the whole state behind."""
    began = time.perf_counter()
    keys = SubjectKeys.open(data_dir / "keys.sqlite", data_dir / "secrets" / "subjects.key")
    log = await EmbeddedEventLog.open(data_dir / "tower.sqlite", WallClock(), keys)
    opened = time.perf_counter()
    trail = await AuditTrail.open(data_dir, log, WallClock())
    signed = time.perf_counter()
    snapshots = Snapshots(data_dir / "snapshots", log.log_id, keys)
    newest: Operation | None = None
    if with_snapshots:
        newest = await snapshots.newest(await log.head())
    loaded = time.perf_counter()
    start = newest.position if newest is not None else 0
    operation = await fold(log, newest)
    folded = time.perf_counter()
    if keep:
        await snapshots.save(operation.position, encode_operation(operation))
    await trail.close()
    await log.close()
    keys.close()
    return {
        "events": float(operation.position),
        "folded events": float(operation.position - start),
        "log opened": opened - began,
        "audit tree checked": signed - opened,
        "snapshot read": loaded - signed,
        "folded": folded - loaded,
        "total": folded - began,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB_PER_MB,
    }


if __name__ == "__main__":
    found = asyncio.run(probe(Path(sys.argv[1]), with_snapshots="--no-snapshots" not in sys.argv))
    sys.stdout.write(msgspec.json.encode(found).decode())
