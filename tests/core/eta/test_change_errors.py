"""What came after earlier changes widens what the next preview tells, and takes off the lateness that did not come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.eta.arrival import Z90, Arrival
from core.eta.change_errors import (
    LEAST_OWN,
    ON_BOARD,
    SUPPOSED,
    SUPPOSED_SHARE,
    Case,
    ChangeErrors,
    Foretold,
    Learned,
    Waiting,
    learned_from,
)
from core.eta.route_errors import Sides

NOW = 1_795_176_000.0
PLAIN = Sides(middle=0.0, sooner=1.0, later=1.0)


def case(off_s: float, *, by_s: float = 3_600.0, late_s: float = 0.0) -> Case:
    """Foretold in ten minutes, give or take 100 s to either side; came so much later."""
    return Case(
        shown_s=600.0,
        sooner_s=100.0,
        later_s=100.0,
        by_s=by_s,
        late_s=late_s,
        came_s=600.0 + off_s,
        is_inside=abs(off_s) <= Z90 * 100.0,
    )


def cases(sd_s: float, count: int = 600) -> list[Case]:
    return [case(float(off_s)) for off_s in np.random.default_rng(3).normal(0.0, sd_s, count)]


def test_bands_become_as_wide_as_it_takes_for_eight_of_ten() -> None:
    found = learned_from({"reassign": cases(200.0)})

    told = found.told("reassign", Arrival(NOW + 600.0, 100.0), NOW + 3_600.0, NOW, is_on_board=False).band(NOW)

    came = NOW + 600.0 + np.random.default_rng(4).normal(0.0, 200.0, 4_000)
    assert 0.77 <= float(np.mean((told.p10_at <= came) & (came <= told.p90_at))) <= 0.83
    assert found.of("reassign").customers == 600
    assert found.of("reassign").inside == pytest.approx(0.48, abs=0.03)


def test_before_anything_came_bands_are_wide_by_assumption() -> None:
    sides = learned_from({}).of("reassign").sides

    assert sides.sooner == pytest.approx(SUPPOSED.sooner, rel=0.05)
    assert sides.later == pytest.approx(SUPPOSED.later, rel=0.05)
    assert learned_from({}).share == SUPPOSED_SHARE


def test_kind_speaks_for_itself_once_enough_of_its_customers_came() -> None:
    few = learned_from({"reassign": cases(300.0), "split": cases(20.0, LEAST_OWN - 1)})
    enough = learned_from({"reassign": cases(300.0), "split": cases(20.0, LEAST_OWN)})

    assert few.of("split") == few.everybody
    assert enough.of("split").sides.later < enough.of("reassign").sides.later / 2.0
    assert enough.of("resequence") == enough.everybody


def test_customers_whose_goods_are_on_board_are_told_by_their_own() -> None:
    found = learned_from({"reassign": cases(400.0), ON_BOARD: cases(50.0)})
    arrival = Arrival(NOW + 600.0, 100.0)

    on_board, other = (found.told("reassign", arrival, NOW + 3_600.0, NOW, is_on_board=one) for one in (True, False))

    assert on_board.later_s < other.later_s / 3.0


def test_only_the_share_of_lateness_that_came_is_foretold() -> None:
    # 30 customers were foretold 10 minutes late each, 5 hours in all, and came 5 late; besides the hour assumed.
    late = [case(-300.0, by_s=0.0, late_s=600.0)] * 30

    found = learned_from({"reassign": late})

    assert found.share == pytest.approx((SUPPOSED_SHARE * 3_600.0 + 30 * 300.0) / (3_600.0 + 30 * 600.0))


def test_expected_lateness_is_what_is_past_and_a_share_of_what_can_still_be_helped() -> None:
    half = ChangeErrors(share=0.5, everybody=Learned(PLAIN))
    sure = Arrival(NOW + 600.0, 1.0)

    assert half.late_s(sure, NOW, NOW, is_on_board=False) == pytest.approx(300.0)
    # Five minutes after the promise already, ten more to come.
    assert half.late_s(sure, NOW - 300.0, NOW, is_on_board=False) == pytest.approx(600.0)
    assert half.late_s(sure, NOW - 300.0, NOW, is_on_board=True) == pytest.approx(900.0)
    assert half.late_s(sure, NOW + 900.0, NOW, is_on_board=False) == pytest.approx(0.0)


def test_expected_arrival_is_nearer_only_where_it_lies_after_the_promise() -> None:
    half = ChangeErrors(share=0.5, everybody=Learned(PLAIN), on_board=Learned(PLAIN))
    arrival = Arrival(NOW + 600.0, 100.0)

    def told_at(by_s: float, *, is_on_board: bool = False) -> float:
        return half.told("reassign", arrival, NOW + by_s, NOW, is_on_board=is_on_board).mean_at - NOW

    assert [told_at(by_s) for by_s in (900.0, 600.0, 400.0, 0.0, -900.0)] == [600.0, 600.0, 500.0, 300.0, 300.0]
    assert told_at(0.0, is_on_board=True) == 600.0


def test_customers_who_still_wait_count_as_later_than_so_far() -> None:
    foretold = Foretold(at=NOW + 100.0, sooner_s=100.0, later_s=100.0, by_at=NOW + 9e3, p10_at=NOW, p90_at=NOW + 300.0)
    waiting = [Waiting("reassign", NOW, foretold)] * 200

    found = learned_from({"reassign": [case(0.0)] * 200}, waiting, NOW + 400.0)

    assert found.everybody.sides.later > learned_from({"reassign": [case(0.0)] * 200}).everybody.sides.later
    assert found.everybody.customers == 200


def test_middle_stays_and_each_side_reaches_as_far_as_its_own_customers() -> None:
    # All came 200 s after what was told: the band reaches there, and as wide as it is at least beyond.
    found = learned_from({"reassign": [case(200.0)] * 600})

    told = found.told("reassign", Arrival(NOW + 600.0, 100.0), NOW + 9e3, NOW, is_on_board=False).band(NOW)

    assert told.p50_at == NOW + 600.0
    assert told.p90_at - told.p50_at == pytest.approx(200.0 + 100.0 * Z90 * 0.3, rel=0.05)
    assert told.p50_at - told.p10_at == pytest.approx(100.0 * Z90 * 0.3)


def test_a_band_is_widened_on_each_of_its_two_sides() -> None:
    wide = ChangeErrors(everybody=Learned(Sides(middle=0.0, sooner=0.5, later=2.0)))

    told = wide.told("reassign", Arrival(NOW + 600.0, 50.0, 100.0), NOW + 9e3, NOW, is_on_board=False).band(NOW)

    assert told.p50_at - told.p10_at == pytest.approx(50.0 * Z90 * 0.5)
    assert told.p90_at - told.p50_at == pytest.approx(100.0 * Z90 * 2.0)


@given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e4, 1e4)), max_size=60))
def test_whatever_came_what_is_told_is_of_use(came: list[tuple[float, float]]) -> None:
    found = learned_from({"reassign": [case(off_s, by_s=by_s, late_s=max(0.0, 600.0 - by_s)) for off_s, by_s in came]})

    told = found.told("reassign", Arrival(NOW + 600.0, 100.0), NOW, NOW, is_on_board=False)

    assert told.sd_s > 0.0 and told.later_s > 0.0 and told.mean_at >= NOW
    assert 0.1 <= found.share <= 1.5
