"""A demo's report: gathered from the service, the desk and the audit trail, judged, written, summarised.

What the desk saw comes from `desk.json`, as a desk writes it that works by itself: `feed`, `latency_ms` and `stalls`
are taken over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from app.demo_service import DemoOrder, DemoWave, Metrics

LEAST_PLACED, LEAST_DELIVERED = 30, 10


class OrderCounts(msgspec.Struct, kw_only=True):
    """Orders of the day; `late` were delivered after their promise, or are past it and still open."""

    placed: int = 0
    assigned: int = 0
    picked_up: int = 0
    delivered: int = 0
    failed: int = 0
    late: int = 0


class FixCounts(msgspec.Struct, kw_only=True):
    """Fixes that the service took in, and those it did not believe."""

    accepted: int = 0
    rejected: int = 0


class FenceCounts(msgspec.Struct, kw_only=True):
    """Confirmed crossings."""

    entered: int = 0
    exited: int = 0


class DecisionCounts(msgspec.Struct, kw_only=True):
    """Decisions of the platform and of people."""

    recommended: int = 0
    auto_assigned: int = 0
    escalated: int = 0
    overridden: int = 0
    undone: int = 0


class WaveCounts(msgspec.Struct, kw_only=True):
    """Waves that closed, those of them that were released, and the orders in these."""

    closed: int = 0
    released: int = 0
    orders: int = 0


class FeedFigures(msgspec.Struct, kw_only=True):
    """What the desk saw of the feed: seconds live by transport, gaps that were not filled, reconnects."""

    transport_seconds: dict[str, float] = {}
    gaps: int = 0
    reconnects: int = 0


class Percentiles(msgspec.Struct, kw_only=True):
    """Milliseconds of wall time; ``None`` without samples."""

    p50: float | None = None
    p99: float | None = None


class Latencies(msgspec.Struct, kw_only=True):
    """From a fix at the door to the desk's store; from an order placed to its recommendation at the desk."""

    fix_to_desk: Percentiles = msgspec.field(default_factory=Percentiles)
    order_to_recommendation: Percentiles = msgspec.field(default_factory=Percentiles)


class Stalls(msgspec.Struct, kw_only=True):
    """How often the desk's GUI thread stood still for more than 50 ms, and the longest."""

    count: int = 0
    longest_ms: float = 0.0


class AuditFigures(msgspec.Struct, kw_only=True):
    """Entries of the audit trail, and whether all of them were proved."""

    entries: int = 0
    verified: bool = False


class DeskFigures(msgspec.Struct, kw_only=True):
    """What `desk.json` holds; `remarks` say what the hands could not do, `errors` are bugs that the desk met."""

    feed: FeedFigures = msgspec.field(default_factory=FeedFigures)
    latency_ms: Latencies = msgspec.field(default_factory=Latencies)
    stalls: Stalls = msgspec.field(default_factory=Stalls)
    remarks: list[str] = []
    errors: list[str] = []


class DemoReport(msgspec.Struct, kw_only=True):
    """What `report.json` holds."""

    orders: OrderCounts
    fixes: FixCounts
    geofences: FenceCounts
    decisions: DecisionCounts
    feed: FeedFigures
    latency_ms: Latencies
    audit: AuditFigures
    stalls: Stalls
    waves: WaveCounts = msgspec.field(default_factory=WaveCounts)

    def shortcomings(self) -> list[str]:
        """Return why the day does not count as having happened; empty if it did."""
        orders, crossings, decisions = self.orders, self.geofences, self.decisions
        demands = [
            (orders.placed >= LEAST_PLACED, f"only {orders.placed} orders were placed, not {LEAST_PLACED}"),
            (orders.delivered >= LEAST_DELIVERED, f"only {orders.delivered} were delivered, not {LEAST_DELIVERED}"),
            (crossings.entered + crossings.exited >= 1, "no geofence was crossed"),
            (decisions.overridden >= 1, "no override was made"),
            (decisions.undone >= 1, "nothing was undone"),
            (self.audit.verified, "the audit trail could not be verified"),
            (self.feed.gaps == 0, f"the desk saw {self.feed.gaps} gaps in the feed"),
        ]
        return [reason for is_met, reason in demands if not is_met]

    def summary(self) -> str:
        """Return the report in a few lines for people."""
        orders, decisions, feed, waves = self.orders, self.decisions, self.feed, self.waves
        transports = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in sorted(feed.transport_seconds.items()))
        fix, proposal = self.latency_ms.fix_to_desk, self.latency_ms.order_to_recommendation
        return "\n".join(
            (
                f"orders     {orders.placed} placed, {orders.assigned} assigned, {orders.picked_up} picked up, "
                f"{orders.delivered} delivered, {orders.failed} failed, {orders.late} late",
                f"fixes      {self.fixes.accepted} accepted, {self.fixes.rejected} rejected",
                f"geofences  {self.geofences.entered} entered, {self.geofences.exited} left",
                f"decisions  {decisions.recommended} recommended, {decisions.auto_assigned} by themselves, "
                f"{decisions.escalated} by a person; {decisions.overridden} overridden, {decisions.undone} undone",
                f"waves      {waves.closed} closed, {waves.released} released with {waves.orders} orders",
                f"feed       {transports or 'no desk reported'}; {feed.gaps} gaps, {feed.reconnects} reconnects",
                f"latency    fix to desk {_ms(fix)}; order to recommendation {_ms(proposal)}",
                f"audit      {self.audit.entries} entries, {'verified' if self.audit.verified else 'NOT verified'}",
                f"desk       {self.stalls.count} stalls over 50 ms, the longest {self.stalls.longest_ms:.0f} ms",
            )
        )

    def write(self, path: Path) -> None:
        """Write the report as JSON, complete or not at all."""
        fresh = path.with_suffix(".fresh")
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")
        fresh.replace(path)


def count_orders(orders: Iterable[DemoOrder], now: datetime) -> OrderCounts:
    """Return how many orders got how far by `now`."""
    counts = OrderCounts()
    for order in orders:
        counts.placed += 1
        counts.assigned += order.assigned_at is not None
        counts.picked_up += order.picked_up_at is not None
        counts.delivered += order.state == "delivered"
        counts.failed += order.state == "failed"
        counts.late += _is_late(order, now)
    return counts


def count_fixes(metrics: Metrics) -> FixCounts:
    """Return the intake's counts from the service's metrics."""
    return FixCounts(
        accepted=int(metrics.get(("tower_fixes_accepted_total", ""), 0)),
        rejected=int(sum(value for (name, _), value in metrics.items() if name == "tower_fixes_rejected_total")),
    )


def count_crossings(metrics: Metrics) -> FenceCounts:
    """Return the fences' counts from the service's metrics."""
    name = "tower_geofence_crossings_total"
    return FenceCounts(entered=int(metrics.get((name, "entered"), 0)), exited=int(metrics.get((name, "exited"), 0)))


def count_decisions(metrics: Metrics) -> DecisionCounts:
    """Return the decisions' counts from the service's metrics."""
    kinds = DecisionCounts.__struct_fields__
    return DecisionCounts(**{kind: int(metrics.get(("tower_decisions_total", kind), 0)) for kind in kinds})


def count_waves(waves: Iterable[DemoWave]) -> WaveCounts:
    """Return how many waves closed, and what was released of them."""
    counts = WaveCounts()
    for wave in waves:
        counts.closed += 1
        if wave.released_at is not None:
            counts.released += 1
            counts.orders += wave.orders
    return counts


def read_desk(path: Path) -> DeskFigures | None:
    """Return what the desk wrote, ``None`` if it wrote nothing that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=DeskFigures)
    except (OSError, msgspec.DecodeError):
        return None


def _is_late(order: DemoOrder, now: datetime) -> bool:
    if order.state == "delivered" and order.ended_at is not None:
        return order.ended_at > order.promise.by_at
    return order.ended_at is None and now > order.promise.by_at


def _ms(figures: Percentiles) -> str:
    if figures.p50 is None or figures.p99 is None:
        return "not measured"
    return f"{figures.p50:.0f} ms (p99 {figures.p99:.0f} ms)"
