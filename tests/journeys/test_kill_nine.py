"""The service is killed twenty times in the middle of a running day; nothing acknowledged is missing or doubled.

Nor is what it meant: the vehicles cross a fence all day.
"""

from __future__ import annotations

from backend_service.chaos.kill import killed

KILLS = 20


def test_killed_twenty_times_nothing_acknowledged_is_missing_or_doubled(tmp_path):
    verdict = killed(tmp_path / "data", times=KILLS, seed=7, say=print)
    assert verdict.broken == ()
    assert verdict.counts["orders acknowledged"] > KILLS
    assert verdict.counts["fixes acknowledged"] > KILLS
    assert verdict.counts["crossings recorded"] > 0
