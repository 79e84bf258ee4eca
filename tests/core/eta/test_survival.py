"""Quantiles that do not believe the quick ones."""

from __future__ import annotations

import numpy as np
import pytest

from core.eta.survival import quantiles

KNOWN = np.ones(4, dtype=np.bool_)


def test_where_all_came_out_it_is_the_weighted_quantile() -> None:
    values = np.array([3.0, 1.0, 2.0, 4.0])
    assert quantiles(values, np.ones(4), KNOWN, [0.125, 0.5, 0.875]) == pytest.approx([1.0, 2.5, 4.0])
    heavy = np.array([1.0, 1.0, 1.0, 5.0])
    assert quantiles(values, heavy, KNOWN, [0.6875])[0] == pytest.approx(4.0)


def test_what_still_waits_passes_its_weight_on_to_what_took_longer() -> None:
    # At 2 one of three waits: the two beyond have half of what is left each, 3/8: 1 at 1/8, 3 at 7/16, 4 at 13/16.
    known = np.array([True, False, True, True])
    found = quantiles(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), known, [0.125, 0.4375, 0.8125])
    assert found == pytest.approx([1.0, 3.0, 4.0])


def test_where_the_longest_still_waits_a_level_that_nobody_reached_is_the_longest() -> None:
    known = np.array([True, True, True, False])
    assert quantiles(np.array([1.0, 2.0, 3.0, 9.0]), np.ones(4), known, [0.5, 0.9]) == pytest.approx([2.5, 9.0])


def test_quick_arrivals_of_a_slow_day_do_not_make_it_quick() -> None:
    dice = np.random.default_rng(3)
    took, asked_after = dice.exponential(10.0, 4000), dice.uniform(0.0, 15.0, 4000)
    known = took <= asked_after
    seen = np.minimum(took, asked_after)
    assert np.median(took[known]) < 5.0
    assert quantiles(seen, np.ones(4000), known, [0.5])[0] == pytest.approx(10.0 * np.log(2.0), abs=0.4)
