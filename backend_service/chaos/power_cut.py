"""`tower chaos power-cut`: a service at work, and what every power cut would have left of it on a disk that lies.

One service works through a recording VFS below its own connections. Of its record, moments are chosen; for each the
files are made as a power cut then leaves them, the log is opened and folded by the product's own code, and whatever had
been acknowledged by then must be there once. Keys and signed heads are plain files: they are taken as of that moment.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from backend_service.audit.audit_trail import AuditTrail
from backend_service.audit.checkpoint import Verifier
from backend_service.audit.heads_file import read_notes
from backend_service.audit.signing_key import HEADS_FILE, LEAVES_NAME, PUBLIC_KEY_NAME
from backend_service.audit.verification import LOG_FILE
from backend_service.benchmarks.report import Machine
from backend_service.benchmarks.service_process import ServiceProcess
from backend_service.chaos.busy_senders import Acknowledged, BusySenders
from backend_service.chaos.kept_day import broken_promises, kept_day
from backend_service.chaos.kill import SENDERS, TOKEN, client_of, count, register
from backend_service.chaos.lying_disk import LyingDisk
from backend_service.chaos.recorded_writes import Deed, Recorded, read_record
from backend_service.chaos.verdict import Verdict
from backend_service.clocks import WallClock
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.handlers.command_bus import fold
from core.refusals import Fault
from core.vocabulary import Instant

PROMISE = "after a power cut whatever was acknowledged is there once, and the service starts"
STARTS_WITHIN_S = 300.0
MOST_TOLD = 5
_LEAF_BYTES = 32


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options of this way."""
    parser.add_argument("--times", type=count, default=200, help="moments of a power cut (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the service works (default: %(default)g)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same choices (default: %(default)s)")


def run(options: argparse.Namespace) -> Verdict:
    """Record a service of its own and say what power cuts would have taken."""
    with tempfile.TemporaryDirectory(prefix="tower-chaos-") as folder:
        return cut(Path(folder), times=options.times, seconds=options.seconds, seed=options.seed)


def cut(folder: Path, *, times: int, seconds: float, seed: int) -> Verdict:
    """Let a service work for `seconds` below `folder`, and judge `times` power cuts.

    Raises
    ------
    Fault
        ``bench.no_service`` if it does not start.
    """
    machine, dice, data_dir = Machine.here(), random.Random(seed), folder / "data"
    acknowledged = recorded_day(data_dir, folder / "record", seconds)
    record = list(read_record(folder / "record"))
    first_at = acknowledged.first_at()
    moments = sorted(dice.sample([n for n, one in enumerate(record) if one.at >= first_at], times))
    broken: list[str] = []
    losable = 0
    disk, done = LyingDisk(), 0
    for number, moment in enumerate(moments, start=1):
        for recorded in record[done : moment + 1]:
            disk.carry_out(recorded)
        done, at = moment + 1, record[moment].at
        losable += disk.unsynced > 0
        found = judged(data_dir, folder / f"cut-{number}", disk, acknowledged.until(at), at, dice)
        broken += [f"power cut {number}, after deed {moment}: {sentence}" for sentence in found]
        if number % 50 == 0:
            print(f"tower: {number} power cuts judged, {len(broken)} broken promises", file=sys.stderr, flush=True)
    return Verdict(
        chaos="power-cut",
        promise=PROMISE,
        machine=machine,
        counts={
            "power cuts": times,
            "of them with something to lose": losable,
            "orders acknowledged": len(acknowledged.orders),
            "fixes acknowledged": len(acknowledged.fixes),
            **_deeds(record),
        },
        broken=tuple(broken[:MOST_TOLD]),
    )


def recorded_day(data_dir: Path, record: Path, seconds: float) -> Acknowledged:
    """Let a service work on `data_dir` through the recording VFS; return what it acknowledged."""
    program = ("-m", "backend_service.chaos.recorded_service", str(record), str(data_dir))
    data_dir.mkdir(parents=True, mode=0o700)
    service = ServiceProcess(data_dir, program=program)
    service.start()
    service.until_ready(STARTS_WITHIN_S)
    try:
        vehicles = [f"V-{number}" for number in range(SENDERS)]
        with client_of(service) as http:
            register(http, vehicles)
        with BusySenders(vehicles, lambda: service.http, lambda: service.secret(TOKEN)) as senders:
            time.sleep(seconds)
        return senders.acknowledged()
    finally:
        service.stop()


def judged(
    data_dir: Path, folder: Path, disk: LyingDisk, promised: Acknowledged, at: Instant, dice: random.Random
) -> Sequence[str]:
    """Return which promises the files that `disk` leaves at an instant break; `folder` is gone afterwards."""
    disk.write_after_power_cut(folder, dice)
    shutil.copytree(data_dir / "secrets", folder / "secrets", dirs_exist_ok=True)
    _copy_heads(data_dir, folder, at)
    try:
        orders = asyncio.run(_recovered(folder))
        broken = list(broken_promises(promised, kept_day(folder, orders), under_way=SENDERS))
        return broken + [f"{file.name} is damaged" for file in sorted(folder.rglob("*.sqlite")) if not _is_sound(file)]
    except (Fault, sqlite3.Error) as error:
        return [f"the service would not start: {error}"]
    finally:
        shutil.rmtree(folder)


async def _recovered(folder: Path) -> Counter[str]:
    """Open what a service opens at its start, and return the orders of the state it would have."""
    keys = SubjectKeys.open(folder / "keys.sqlite", folder / "secrets" / "subjects.key")
    log = await EmbeddedEventLog.open(folder / LOG_FILE, WallClock(), keys)
    try:
        trail = await AuditTrail.open(folder, log, WallClock())
        await trail.close()
        return Counter(map(str, (await fold(log)).orders.orders))
    finally:
        await log.close()
        keys.close()


def _copy_heads(data_dir: Path, folder: Path, at: Instant) -> None:
    """Copy the heads that were signed by an instant: each was signed over what was synced before."""
    target = folder / HEADS_FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    verifier = Verifier.parse((data_dir / HEADS_FILE).with_name(PUBLIC_KEY_NAME).read_text("utf-8"))
    heads = [(note, verifier.read(note)) for note in read_notes(data_dir / HEADS_FILE)[0]]
    signed = [(note, head) for note, head in heads if head.signed_at <= at]
    target.write_text("".join(f"{note}\n" for note, _ in signed), "utf-8")
    covered = signed[-1][1].size if signed else 0
    leaves = (data_dir / HEADS_FILE).with_name(LEAVES_NAME)
    if leaves.exists():
        target.with_name(LEAVES_NAME).write_bytes(leaves.read_bytes()[: covered * _LEAF_BYTES])
    shutil.copy(data_dir / HEADS_FILE.with_name(PUBLIC_KEY_NAME), target.with_name(PUBLIC_KEY_NAME))


def _is_sound(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as database:
        return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))


def _deeds(record: Sequence[Recorded]) -> dict[str, float]:
    counted = Counter(one.deed for one in record)
    log = sum(one.deed is Deed.SYNC and one.path.startswith(LOG_FILE) for one in record)
    return {"writes": counted[Deed.WRITE], "syncs": counted[Deed.SYNC], "of them of the log": log}
