"""Proposes idle drivers another zone to wait in, and ends the cues that have come to something or to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from backend_service.workers.pressure_cycle import PressureCycle
from core.commands import Command
from core.deciding import Context
from core.dispatch.move_commands import EndDriverMove, ProposeDriverMove
from core.dispatch.move_decisions import is_idle
from core.dispatch.policy import DispatchPolicy
from core.dispatch.repositioning import Scene, proposed_moves
from core.dispatch.zone_outlook import AHEAD_S, short_ahead
from core.events.move_events import MoveEnd
from core.fleet.driver_move import DriverMove
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Instant


class Repositioning:
    """Implements `Worker`.

    Parameters
    ----------
    bus : Bus
    pressure : PressureCycle
        Whose last count and known positions are used.
    policy : callable
        Returns what holds in the whole city now.
    """

    name = "repositioning"
    every_s = 30.0

    def __init__(self, bus: Bus, pressure: PressureCycle, policy: Callable[[], DispatchPolicy]) -> None:
        self.refused = 0
        self._bus = bus
        self._pressure = pressure
        self._policy = policy

    @classmethod
    def of(cls, bus: Bus, pressure: PressureCycle, planner: Planner) -> Repositioning:
        """Return the worker that follows the policy in force."""
        return cls(bus, pressure, lambda: planner.policy)

    def is_wanted(self, now: Instant) -> bool:
        """Zones change slowly: the beat is enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """End what is over, then propose what is worth it."""
        for move, reason in list(self._over(now)):
            await self._execute(EndDriverMove(driver_id=move.driver_id, move_id=move.move_id, reason=reason))
        if self._pressure.latest is None:
            return
        policy = self._policy()
        scene = Scene(
            operation=self._bus.operation,
            pressure=self._pressure.latest,
            positions=self._pressure.known_positions(),
            zone_of=self._pressure.zone_of,
            now=now,
            policy=policy,
        )
        for move in proposed_moves(scene):
            await self._execute(ProposeDriverMove(move=move, is_automatic=bool(policy.reposition_by_itself)))

    def _over(self, now: Instant) -> Iterator[tuple[DriverMove, MoveEnd]]:
        moves, context = self._bus.operation.moves, Context(self._bus.operation, PLATFORM, now)
        for move in moves.standing.values():
            if now >= move.expires_at:
                yield move, MoveEnd.EXPIRED
            elif not is_idle(context, move.driver_id):
                yield move, MoveEnd.BUSY
            elif self._is_spare_now(move):
                yield move, MoveEnd.NOT_NEEDED
        for move in moves.under_way.values():
            if not is_idle(context, move.driver_id):
                yield move, MoveEnd.BUSY
            elif self._is_there(move):
                yield move, MoveEnd.ARRIVED
            elif now >= move.proposed_at + AHEAD_S:
                yield move, MoveEnd.EXPIRED

    def _is_spare_now(self, move: DriverMove) -> bool:
        """Say whether the zone will have drivers to spare by now; one that barely lacks nobody may lack one again."""
        latest = self._pressure.latest
        return latest is not None and short_ahead(latest).get(move.to_zone_id, 0.0) < 0.0

    def _is_there(self, move: DriverMove) -> bool:
        driver = self._bus.operation.fleet.drivers.get(move.driver_id)
        vehicle_id = None if driver is None else driver.vehicle_id
        position = None if vehicle_id is None else self._pressure.known_positions().get(vehicle_id)
        return position is not None and self._pressure.zone_of(position) == move.to_zone_id

    async def _execute(self, command: Command) -> None:
        try:
            await self._bus.execute(command, PLATFORM)
        except Refusal:
            # The driver got work in the meantime: the next beat looks anew.
            self.refused += 1
