"""Shifts, breaks and rulings while a state is played on: as they really came, and planned breaks as each side has them.

60 s at the counter, 120 s at the door, 10 m/s.
"""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.changes import TakeOut
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.dispatch.playing_on.demand import Demand, Happening
from core.dispatch.playing_on.played_side import PlayedSide
from core.dispatch.playing_on.shared_dice import CommonDice
from core.dispatch.playing_on.without_ruling import without_ruling
from core.dispatch.regret import PlayedOutcome
from core.fleet.fleet import Driver, PlannedBreak
from core.vocabulary import DriverId, OrderId, OverrideId
from tests.core.dispatch.playing_on.forks import fork_of


def _break(street: Any, from_s: float, until_s: float, length_s: float) -> PlannedBreak:
    return PlannedBreak(earliest_at=street.now + from_s, latest_at=street.now + until_s, length_s=length_s)


def _shift(street: Any, *breaks: PlannedBreak, name: str = "D-1", **fields: Any) -> Driver:
    settings = {"is_on_shift": True, "shift_started_at": street.now - 3600.0, "breaks": breaks, **fields}
    return Driver(driver_id=DriverId(name), person=None, **settings)


def _played(street: Any, drivers: list[Any], orders: list[Any], came: list[Happening], *staff: Driver) -> PlayedOutcome:
    world = street.world(drivers, orders)
    fork = fork_of(street, world, demand=Demand(came), staff={driver.driver_id: driver for driver in staff})
    return PlayedSide(fork, fork.world, CommonDice(1, 0)).played()


def test_planned_break_lies_where_the_plan_has_it(certain: Any) -> None:
    """A is done at 380, B at 860 without a break; ten minutes in between, once nothing is on board."""
    orders = [certain.order("A", 1000, 2000), certain.order("B", 3000, 4000)]
    drivers = [certain.driver("D-1", 0, orders)]
    due = _break(certain, 200.0, 900.0, 600.0)

    plain = _played(certain, drivers, orders, [], _shift(certain))
    resting = _played(certain, drivers, orders, [], _shift(certain, due))

    assert resting.waited_minutes - plain.waited_minutes == pytest.approx(10.0)
    assert resting.driving_s == plain.driving_s


def test_who_is_free_rests_at_the_earliest_instant_and_gets_nothing_until_he_is_back(certain: Any) -> None:
    """The order comes at 400 s, in the break from 300 to 900; then 100 s of way, 60 s, 200 s."""
    order = certain.order("A", 1000, 3000, placed_at=certain.now + 400.0)
    came = [Happening(certain.now + 400.0, placed=order)]

    outcome = _played(certain, [certain.driver("D-1", 0)], [], came, _shift(certain, _break(certain, 300, 600, 600.0)))

    assert 500.0 + 360.0 <= 60.0 * outcome.waited_minutes <= 500.0 + 360.0 + 60.0


def test_break_that_the_platform_began_in_truth_is_not_taken_twice(certain: Any) -> None:
    """In truth it began at 700 s; here the driver is free at 380 and back at 980, with B in hand since."""
    orders = [certain.order("A", 1000, 2000), certain.order("B", 3000, 4000)]
    drivers, due = [certain.driver("D-1", 0, orders)], _break(certain, 200.0, 900.0, 600.0)
    paused = _shift(certain, due, is_paused=True, is_paused_by_plan=True, pauses=(certain.now + 700.0,))
    back = _shift(certain, due, pauses=paused.pauses)
    came = [Happening(certain.now + 700.0, driver=paused), Happening(certain.now + 1300.0, driver=back)]

    assert _played(certain, drivers, orders, came, _shift(certain, due)) == _played(
        certain, drivers, orders, [], _shift(certain, due)
    )


def test_pause_of_the_drivers_own_takes_the_break_unless_it_was_taken_before(certain: Any) -> None:
    """He paused from 350 to 1,200 s in truth. A break that may begin at 100 or 300 s was that pause, and is over here.

    One that may begin at 400 s was not: he pauses as he did, rests from 1,200 to 1,440 s, and then sets out.
    """
    order = certain.order("A", 1000, 3000, placed_at=certain.now + 1000.0)
    waits = []
    for from_s in (100.0, 300.0, 400.0):
        due = _break(certain, from_s, 900.0, 240.0)
        own = _shift(certain, due, is_paused=True, pauses=(certain.now + 350.0,))
        came = [
            Happening(certain.now + 350.0, driver=own),
            Happening(certain.now + 1000.0, placed=order),
            Happening(certain.now + 1200.0, driver=_shift(certain, due, pauses=own.pauses)),
        ]
        waits.append(60.0 * _played(certain, [certain.driver("D-1", 0)], [], came, _shift(certain, due)).waited_minutes)
    assert waits[:2] == pytest.approx([360.0, 360.0])
    assert 440.0 + 360.0 <= waits[2] <= 440.0 + 360.0 + 60.0


def test_who_was_taken_out_for_a_time_is_planned_with_again_when_it_is_over(certain: Any) -> None:
    order = certain.order("A", 1000, 3000, placed_at=certain.now + 60.0)
    out = _shift(certain, is_taken_out=True, out_until_at=certain.now + 600.0)
    came = [Happening(certain.now, driver=out), Happening(certain.now + 60.0, placed=order)]

    outcome = _played(certain, [certain.driver("D-1", 0)], [], came, _shift(certain))

    assert 540.0 + 360.0 <= 60.0 * outcome.waited_minutes <= 540.0 + 360.0 + 60.0


def test_without_the_ruling_a_driver_is_out_as_he_was_before_it(certain: Any) -> None:
    change = TakeOut(order_id=OrderId("A"), driver_id=DriverId("D-1"), for_s=600.0)
    override = Override(
        override_id=OverrideId("V-1"),
        order_id=OrderId("A"),
        driver_id=DriverId("D-1"),
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.SAFETY,
        decided_at=certain.now,
        decided_by="rojas",
        change=change,
    )
    out = _shift(certain, is_taken_out=True, out_until_at=certain.now + 600.0)
    anew = _shift(certain, is_taken_out=True, out_until_at=certain.now + 5000.0)
    demand = Demand([Happening(certain.now, driver=out), Happening(certain.now + 300.0, driver=anew)])

    for before, until_at in ((_shift(certain), None), (anew, certain.now + 5000.0)):
        found = without_ruling(demand, override, {DriverId("D-1"): before})
        first, second = (happening.driver for happening in found.happenings)
        assert first is not None
        assert (first.is_taken_out, first.out_until_at) == (until_at is not None, until_at)
        assert second == anew, "that was another ruling"


def test_driver_under_way_at_the_fork_is_not_given_anything_before_that_stop(certain: Any) -> None:
    """B waits beside him, A's kitchen is 2 km on: he drives there first, as he was on the way."""
    held, near = certain.order("A", 2000, 2100), certain.order("B", 10, 20)
    driver = certain.driver("D-1", 0, [held], frozen=1)
    world = certain.world([driver], [held, near])
    side = PlayedSide(fork_of(certain, world), world, CommonDice(1, 0))

    side.played()

    assert side._doors[OrderId("A")] < side._doors[OrderId("B")]
