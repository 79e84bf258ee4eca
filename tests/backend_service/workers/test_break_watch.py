"""Planned breaks begin and end by the commands that drivers use, as plans have counted them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from backend_service.workers.break_watch import BreakWatch
from core.commands import PauseDriver, ResumeDriver
from core.dispatch.matching.from_world import match_of
from core.fleet.fleet import PlannedBreak
from core.orders.order import OrderState
from core.vocabulary import DriverId


def due(town: Any, from_s: float, until_s: float = 3600.0) -> PlannedBreak:
    return PlannedBreak(earliest_at=town.now + from_s, latest_at=town.now + until_s, length_s=1800.0)


def run(town: Any, later_s: float = 0.0) -> list[Any]:
    before = len(town.bus.commands)
    asyncio.run(BreakWatch(town.bus, town.planner).run_once(town.now + later_s))
    return town.bus.commands[before:]


@pytest.mark.parametrize(("from_s", "is_sent"), [(1.0, False), (0.0, True), (-600.0, True)])
def test_who_has_nothing_in_hand_is_sent_on_a_break_whose_time_has_come(
    town: Any, from_s: float, is_sent: bool
) -> None:
    town.driver("D-1", 0, breaks=(due(town, from_s),))
    sent = PauseDriver(driver_id=DriverId("D-1"), reason="planned break", is_planned=True)
    assert run(town) == ([sent] if is_sent else [])


def test_who_is_under_way_drives_on(town: Any) -> None:
    town.driver("D-1", 0, breaks=(due(town, -60.0),))
    town.order("O-1", 100, 2000, driver_id="D-1", state=OrderState.ON_THE_WAY, picked_up_at=town.now - 60.0)
    assert run(town) == []


def test_a_break_that_was_begun_for_somebody_ends_for_him(town: Any) -> None:
    paused = {"is_paused": True, "pauses": (town.now - 600.0,), "breaks": (due(town, -700.0),)}
    town.driver("D-1", 0, is_paused_by_plan=True, **paused)
    town.driver("D-2", 0, **paused)
    assert run(town, 1199.0) == []
    assert run(town, 1200.0) == [ResumeDriver(driver_id=DriverId("D-1"))], "who began it himself says when he is back"


def test_a_break_after_what_is_in_hand_is_in_the_match_and_one_within_it_is_not(town: Any) -> None:
    town.driver("D-1", 0, breaks=(due(town, 120.0),))
    town.driver("D-2", 0, breaks=(due(town, 1200.0),))
    for name in ("O-1", "O-3"):
        town.order(name, 100, 1000, driver_id="D-1", state=OrderState.ASSIGNED)
    town.order("O-2", 100, 1000, driver_id="D-2", state=OrderState.ASSIGNED)
    waiting = town.order("O-9", 1000, 2000)

    made, _ = asyncio.run(town.planner.match_of(town.planner.world(town.now), [waiting]))

    within, behind = made.couriers
    assert within.rest_s == 0.0
    assert within.free_at > town.now + 1800.0, "it is in the time when he becomes free"
    assert (behind.rest_s, behind.rests_from_at) == (1800.0, town.now + 1200.0)
    assert match_of(town.planner.world(town.now), [waiting], {}).couriers[0].rest_s == 1800.0


@pytest.fixture
def by_rule(town: Any) -> Any:
    """Four drivers whose breaks of the policy open in ten minutes: 20 min, begun within an hour."""
    town.planner._base = replace(town.planner.policy, break_s=1200.0, break_by_s=7200.0, break_window_s=3600.0)
    town.planner._policies.clear()
    for number in range(4):
        town.driver(f"D-{number}", 100.0 * number, shift_started_at=town.now - 3000.0)
    return town


def test_turns_are_given_before_the_window_opens(by_rule: Any) -> None:
    assert run(by_rule, -1201.0) == []
    given = [(command.driver_id, command.turn_s) for command in run(by_rule, -1200.0)]
    assert given == [("D-0", 0.0), ("D-1", 1200.0), ("D-2", 2400.0), ("D-3", 0.0)]


def test_who_has_a_turn_gets_no_other_one(by_rule: Any) -> None:
    drivers = by_rule.bus.operation.fleet.drivers
    for name in ("D-0", "D-1"):
        drivers[name] = replace(drivers[name], break_turn_s=0.0)
    assert [(c.driver_id, c.turn_s) for c in run(by_rule)] == [("D-2", 1200.0), ("D-3", 2400.0)]
