"""The measures of a played day, the bound below which its click-to-door cannot be, and the peers' rows."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from backend_service.benchmarks.mdrplib_days.instance import MINUTE, Day
from backend_service.benchmarks.mdrplib_days.trips import Trip

type Measures = dict[str, float]
"""Name -> minutes, percent or money, under the names of ``peer_baselines.csv``."""

COMPARED = ("undelivered_pct", "ctd_mean", "ctd_p90", "ctd_overage", "rtp_mean", "rtp_p90", "cost_per_order")


def measures_of(day: Day, trips: list[Trip]) -> Measures:
    """Return the measures; over 90 minutes is counted, and cost is per delivered order."""
    clicks, pickups, made = [], [], Counter[str]()
    for trip in trips:
        made[trip.courier] += len(trip.orders)
        for name, at in zip(trip.orders, trip.drop_offs_at, strict=True):
            clicks.append((at - day.orders[name].placed_at) / MINUTE)
            pickups.append((trip.pickup_at - day.orders[name].ready_at) / MINUTE)
    ctd, rtp = np.array(clicks), np.array(pickups)
    pay = sum(
        max(day.pay_per_order * made[c.name], day.pay_per_hour * (c.off_at - c.on_at) / (60.0 * MINUTE))
        for c in day.couriers.values()
    )
    return {
        "undelivered_pct": 100.0 * (1.0 - len(clicks) / len(day.orders)),
        "ctd_mean": float(ctd.mean()),
        "ctd_p90": float(np.percentile(ctd, 90)),
        "ctd_overage": float(np.maximum(0.0, ctd - day.target_s / MINUTE).mean()),
        "rtp_mean": float(rtp.mean()),
        "rtp_p90": float(np.percentile(rtp, 90)),
        "cost_per_order": pay / len(clicks),
        "orders_per_bundle": len(clicks) / len(trips),
        "over_90": float((ctd > day.longest_s / MINUTE).sum()),
        "ctd_bound": _bound(day),
    }


def peers_of(path: Path, days: list[str]) -> dict[str, list[Measures]]:
    """Return the rows of each peer on `days`, in their order.

    Raises
    ------
    KeyError
        If a peer has no row for a day.
    """
    with path.open() as lines:
        rows = {(row["algo"], row["instance"]): row for row in csv.DictReader(lines)}
    return {
        peer: [{name: float(rows[peer, day][name]) for name in (*COMPARED, "orders_per_bundle")} for day in days]
        for peer in ("FM", "MDRP")
    }


def _bound(day: Day) -> float:
    """Return the mean click-to-door, minutes, if a courier stood at every kitchen."""
    waits = [
        max(order.ready_at, order.placed_at)
        + day.half_pickup_s
        + float(day.travel[order.kitchen, order.door])
        + day.half_drop_off_s
        - order.placed_at
        for order in day.orders.values()
    ]
    return float(np.mean(waits)) / MINUTE
