"""What was driven in the last minutes."""

from __future__ import annotations

import numpy as np

from core.eta.recent_flow import RecentFlow

HERE, THERE = np.array([7], dtype=np.int64), np.array([8], dtype=np.int64)
MINUTE = 60.0


def added(flow: RecentFlow, at: float, metres: float, seconds: float) -> None:
    flow.add(HERE, np.array([at]), np.array([metres]), np.array([seconds]))


def test_totals_are_of_the_square_and_the_minutes_asked_for() -> None:
    flow = RecentFlow()
    added(flow, 0.0, 100.0, 10.0)
    added(flow, 5 * MINUTE, 30.0, 20.0)
    wide, narrow = flow.totals(HERE, 5 * MINUTE + 1, 6, 5)
    assert (wide[0][0], wide[1][0]) == (130.0, 30.0)
    assert (narrow[0][0], narrow[1][0]) == (30.0, 20.0)
    assert flow.totals(THERE, 0.0, 6)[0][1][0] == 0.0


def test_what_is_older_than_the_ring_is_forgotten() -> None:
    flow = RecentFlow(minutes=4)
    added(flow, 0.0, 100.0, 10.0)
    added(flow, 4 * MINUTE, 1.0, 1.0)
    assert flow.totals(HERE, 4 * MINUTE, 100)[0][0][0] == 1.0


def test_a_fix_that_comes_late_counts_in_its_own_minute_or_not_at_all() -> None:
    flow = RecentFlow(minutes=4)
    added(flow, 4 * MINUTE, 1.0, 1.0)
    added(flow, 2 * MINUTE, 10.0, 1.0)
    added(flow, 0.0, 100.0, 1.0)
    assert flow.totals(HERE, 4 * MINUTE, 4)[0][0][0] == 11.0
    assert flow.totals(HERE, 4 * MINUTE, 2)[0][0][0] == 1.0


def test_minutes_after_now_are_not_looked_at() -> None:
    flow = RecentFlow()
    added(flow, 3 * MINUTE, 10.0, 1.0)
    assert flow.totals(HERE, 2 * MINUTE, 10)[0][0][0] == 0.0


def test_more_squares_than_it_began_with_are_kept_apart() -> None:
    flow = RecentFlow()
    keys = np.arange(5000, dtype=np.int64)
    flow.add(keys, np.zeros(5000), keys.astype(np.float64), np.ones(5000))
    ((metres, _),) = flow.totals(keys[::-1], 0.0, 1)
    assert metres.tolist() == keys[::-1].tolist()


def test_several_pieces_in_one_square_are_summed() -> None:
    flow = RecentFlow()
    flow.add(np.array([7, 7, 8]), np.zeros(3), np.array([1.0, 2.0, 4.0]), np.ones(3))
    assert flow.totals(np.array([8, 7, 7]), 0.0, 1)[0][0].tolist() == [4.0, 3.0, 3.0]
