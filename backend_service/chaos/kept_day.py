"""What a service has kept of a day that was disturbed, and whether that is what it acknowledged."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from backend_service.audit.verification import LOG_FILE, verify
from backend_service.chaos.busy_senders import Acknowledged, Fix
from backend_service.chaos.verdict import broken_sentences
from backend_service.storage.landing import FOLDER, files_of, landed_in
from core.telemetry.fix_batch import FixBatch

_PAGE = 500


@dataclass(frozen=True, slots=True)
class KeptDay:
    """What is there: the orders that the service tells, and the rows and positions on disk."""

    orders: Counter[str]
    fixes: Counter[Fix]
    positions: list[int]
    audit_findings: list[str]


def told_orders(http: httpx.Client) -> Counter[str]:
    """Return how often a running service lists each order id; `http` bears its address and a token."""
    found: Counter[str] = Counter()
    link = f"/api/v1/orders?limit={_PAGE}"
    while link:
        answer = http.get(link)
        answer.raise_for_status()
        page = answer.json()
        found.update(order["order_id"] for order in page["items"])
        link = page["next"]
    return found


def kept_day(data_dir: Path, orders: Counter[str]) -> KeptDay:
    """Return what a stopped service left in `data_dir`; `orders` as `told_orders` counted them before."""
    with closing(sqlite3.connect(data_dir / LOG_FILE)) as log:
        positions = [row[0] for row in log.execute("SELECT position FROM events ORDER BY position")]
    findings = [finding.sentence for finding in verify(data_dir).findings]
    return KeptDay(orders, Counter(_fixes(data_dir)), positions, findings)


def _fixes(data_dir: Path) -> Iterator[Fix]:
    """Yield the fixes in their days' tables, and once each those that have only landed."""
    in_order = set()
    for fix in _in_order(data_dir):
        in_order.add(fix)
        yield fix
    for file in files_of(data_dir / "fixes" / FOLDER):
        landed = FixBatch.concatenate(landed_in(file))
        fixes = set(zip(landed.vehicle.tolist(), landed.fix_at.tolist(), strict=True))
        yield from fixes - in_order
        in_order |= fixes


def _in_order(data_dir: Path) -> Iterator[Fix]:
    for file in sorted((data_dir / "fixes").glob("fixes-*.sqlite")):
        with closing(sqlite3.connect(file)) as day:
            if not day.execute("SELECT 1 FROM sqlite_schema WHERE name = 'fixes'").fetchone():
                continue  # a power cut came between the file and its table
            yield from day.execute("SELECT vehicle, fix_at FROM fixes")


def broken_promises(acknowledged: Acknowledged, kept: KeptDay, *, under_way: int) -> tuple[str, ...]:
    """Return a sentence for everything that is missing, doubled or in excess; none if all was kept.

    Parameters
    ----------
    under_way : requests that may have been carried out without an answer when sending ended
    """
    ids = list(acknowledged.orders.values())
    excess = len(kept.orders) - len(ids)
    checks = (
        ("acknowledged orders are missing", sorted(set(ids) - kept.orders.keys())),
        ("orders were given to two requests", _twice(Counter(ids))),
        ("orders are listed twice", _twice(kept.orders)),
        ("acknowledged fixes are missing", sorted(acknowledged.fixes - kept.fixes.keys())),
        ("fixes are kept twice", _twice(kept.fixes)),
        ("positions of the log are out of order", _gaps(kept.positions)),
        ("findings of the audit", kept.audit_findings),
        ("orders are there that nobody asked for", [f"{excess} more than acknowledged"] if excess > under_way else []),
    )
    return broken_sentences(checks)


def _twice[Key: (str, Fix)](counted: Counter[Key]) -> list[Key]:
    return sorted(key for key, count in counted.items() if count > 1)


def _gaps(positions: list[int]) -> list[int]:
    return [found for expected, found in enumerate(positions, start=1) if found != expected]
