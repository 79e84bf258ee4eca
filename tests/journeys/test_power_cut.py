"""Whatever a power cut leaves of a running day on a disk that loses what it may, nothing acknowledged is missing."""

from __future__ import annotations

from backend_service.chaos.power_cut import cut

POWER_CUTS = 40


def test_forty_power_cuts_take_nothing_that_was_acknowledged(tmp_path):
    verdict = cut(tmp_path, times=POWER_CUTS, seconds=3.0, seed=7)
    assert verdict.broken == ()
    assert verdict.counts["of them with something to lose"] > POWER_CUTS / 2
    assert verdict.counts["orders acknowledged"] > 10
    assert verdict.counts["of them of the log"] > 10, "the product's own connection was recorded"
