"""Begins planned breaks when their time has come, by the command that drivers use, and ends those that it began.

Before the window of the policy's break opens it gives each driver a turn in it.

A driver who has nothing in hand need not say so himself: nothing new comes to him until the break is over. He may come
back sooner, and begin a break of his own whenever he wants.
"""

from __future__ import annotations

import logging

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.commands import Command, GiveBreakTurn, PauseDriver, ResumeDriver
from core.dispatch.break_spreading import awaiting_turn, turns, zones_of
from core.dispatch.break_turns import REASON, begins_now, ends_now
from core.fleet.planned_break import BreakRule, due_break
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Instant

logger = logging.getLogger(__name__)


class BreakWatch:
    """Implements `Worker`.

    Parameters
    ----------
    bus : Bus
    planner : Planner
        Whose world says who is under way.
    """

    name = "break watch"
    every_s = 10.0

    def __init__(self, bus: Bus, planner: Planner) -> None:
        self._bus = bus
        self._planner = planner

    def is_wanted(self, now: Instant) -> bool:
        """Breaks are planned in minutes: the beat is enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Send back who has rested, and on a break whose time has come."""
        rule = self._planner.policy.break_rule
        drivers = self._bus.operation.fleet.drivers
        for driver_id in [name for name, driver in drivers.items() if ends_now(driver, rule, now)]:
            await self._execute(ResumeDriver(driver_id=driver_id))
        if rule is not None:
            await self._give_turns(rule, now)
        dues = {name: due_break(driver, rule) for name, driver in drivers.items() if not driver.is_paused}
        coming = [name for name, due in dues.items() if due is not None and due.earliest_at <= now]
        if not coming:
            return
        world = self._planner.world(now)
        for driver_id in sorted(coming):
            if begins_now(world.drivers[driver_id], now):
                await self._execute(PauseDriver(driver_id=driver_id, reason=REASON, is_planned=True))

    async def _give_turns(self, rule: BreakRule, now: Instant) -> None:
        """Spread the breaks of the policy over its window, zone by zone."""
        fleet = self._bus.operation.fleet
        on_shift = [driver for driver in fleet.drivers.values() if driver.is_on_shift]
        awaiting = awaiting_turn(on_shift, rule, now)
        if not awaiting:
            return
        zone_of = zones_of(self._planner.world(now).drivers, fleet.zones.values())
        for driver_id, turn_s in turns(awaiting, on_shift, zone_of, rule, now).items():
            await self._execute(GiveBreakTurn(driver_id=driver_id, turn_s=turn_s))

    async def _execute(self, command: Command) -> None:
        try:
            await self._bus.execute(command, PLATFORM)
        except Refusal as refusal:
            logger.info("a planned break was left to the driver: %s", refusal.sentence)
