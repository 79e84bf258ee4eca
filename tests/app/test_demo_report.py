"""A demo is judged by what really happened, and says what was missing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.demo_report import (
    AuditFigures,
    DecisionCounts,
    DemoReport,
    FeedFigures,
    FenceCounts,
    FixCounts,
    Latencies,
    OrderCounts,
    Stalls,
    WaveCounts,
    count_crossings,
    count_decisions,
    count_fixes,
    count_orders,
    count_waves,
    read_desk,
)
from app.demo_service import DemoOrder, DemoPromise, DemoWave

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(minutes=5), NOW + timedelta(minutes=5)


def order(state: str, promised: datetime = LATER, **times: datetime) -> DemoOrder:
    return DemoOrder(state=state, promise=DemoPromise(promised), **times)


def report(**parts: object) -> DemoReport:
    whole = {
        "orders": OrderCounts(placed=30, assigned=28, picked_up=20, delivered=10, failed=1, late=2),
        "fixes": FixCounts(accepted=5000, rejected=12),
        "geofences": FenceCounts(entered=1, exited=0),
        "decisions": DecisionCounts(recommended=30, auto_assigned=20, escalated=10, overridden=1, undone=1),
        "feed": FeedFigures(transport_seconds={"zmq": 60.0, "ws": 60.0}),
        "latency_ms": Latencies(),
        "audit": AuditFigures(entries=12, verified=True),
        "stalls": Stalls(),
    }
    return DemoReport(**(whole | parts))


def test_a_day_that_happened_has_no_shortcomings() -> None:
    assert report().shortcomings() == []


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"orders": OrderCounts(placed=29, delivered=10)}, "only 29 orders were placed, not 30"),
        ({"orders": OrderCounts(placed=30, delivered=9)}, "only 9 were delivered, not 10"),
        ({"geofences": FenceCounts()}, "no geofence was crossed"),
        ({"decisions": DecisionCounts(undone=1)}, "no override was made"),
        ({"decisions": DecisionCounts(overridden=1)}, "nothing was undone"),
        ({"audit": AuditFigures(entries=12)}, "the audit trail could not be verified"),
        ({"feed": FeedFigures(gaps=2)}, "the desk saw 2 gaps in the feed"),
    ],
)
def test_what_is_missing_is_said(part: dict, reason: str) -> None:
    assert report(**part).shortcomings() == [reason]


def test_the_file_has_the_keys_that_were_promised(tmp_path: Path) -> None:
    report().write(tmp_path / "report.json")
    written = msgspec.json.decode((tmp_path / "report.json").read_bytes())
    assert set(written["orders"]) == {"placed", "assigned", "picked_up", "delivered", "failed", "late"}
    assert set(written["fixes"]) == {"accepted", "rejected"}
    assert set(written["geofences"]) == {"entered", "exited"}
    assert set(written["decisions"]) == {"recommended", "auto_assigned", "escalated", "overridden", "undone"}
    assert set(written["feed"]) == {"transport_seconds", "gaps", "reconnects"}
    assert set(written["latency_ms"]) == {"fix_to_desk", "order_to_recommendation"}
    assert set(written["latency_ms"]["fix_to_desk"]) == {"p50", "p99"}
    assert set(written["audit"]) == {"entries", "verified"}


def test_orders_are_counted_by_how_far_they_got() -> None:
    orders = [
        order("waiting"),
        order("waiting", promised=EARLIER),  # late though open
        order("assigned", assigned_at=EARLIER),
        order("on_the_way", assigned_at=EARLIER, picked_up_at=EARLIER),
        order("delivered", assigned_at=EARLIER, picked_up_at=EARLIER, ended_at=EARLIER),
        order("delivered", promised=EARLIER, assigned_at=EARLIER, picked_up_at=EARLIER, ended_at=NOW),  # late
        order("failed", promised=EARLIER, assigned_at=EARLIER, picked_up_at=EARLIER, ended_at=NOW),
        order("cancelled", promised=EARLIER, ended_at=EARLIER),
    ]
    counted = count_orders(orders, NOW)
    assert counted == OrderCounts(placed=8, assigned=5, picked_up=4, delivered=2, failed=1, late=2)


def test_counts_come_from_the_metrics() -> None:
    metrics = {
        ("tower_fixes_accepted_total", ""): 400.0,
        ("tower_fixes_rejected_total", "duplicate"): 7.0,
        ("tower_fixes_rejected_total", "future"): 1.0,
        ("tower_geofence_crossings_total", "entered"): 5.0,
        ("tower_geofence_crossings_total", "exited"): 4.0,
        ("tower_decisions_total", "recommended"): 9.0,
        ("tower_decisions_total", "overridden"): 1.0,
    }
    assert count_fixes(metrics) == FixCounts(accepted=400, rejected=8)
    assert count_crossings(metrics) == FenceCounts(entered=5, exited=4)
    assert count_decisions(metrics) == DecisionCounts(recommended=9, overridden=1)


def test_waves_are_counted_with_the_orders_that_were_released() -> None:
    counted = count_waves([DemoWave(orders=14, released_at=NOW), DemoWave(orders=3)])
    assert counted == WaveCounts(closed=2, released=1, orders=14)
    assert "2 closed, 1 released with 14 orders" in report(waves=counted).summary()


def test_what_the_desk_wrote_is_taken_over_and_its_silence_noticed(tmp_path: Path) -> None:
    path = tmp_path / "desk.json"
    assert read_desk(path) is None
    path.write_text("{")
    assert read_desk(path) is None
    path.write_text('{"feed": {"transport_seconds": {"zmq": 61.5}, "gaps": 0, "reconnects": 1}, "decided": 4}')
    desk = read_desk(path)
    assert desk is not None
    assert desk.feed == FeedFigures(transport_seconds={"zmq": 61.5}, gaps=0, reconnects=1)


def test_the_summary_names_what_was_not_measured() -> None:
    summary = report(feed=FeedFigures(), audit=AuditFigures()).summary()
    assert "no desk reported" in summary
    assert "not measured" in summary
    assert "NOT verified" in summary
