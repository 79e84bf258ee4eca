"""Recovers by itself where policy lets it and the impact is small; everything else waits for a person."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Protocol

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.dispatch.kept_sequences import sequenced_by_people
from core.dispatch.policy import DispatchPolicy
from core.disruption.disruption import Disruption, DisruptionId, RecoveryAction, RecoveryOption, RecoveryOptions
from core.disruption.options import APPLICABLE
from core.disruption.ranking import allowed_by, may_run_by_itself
from core.disruption.recovery_commands import ChooseRecovery
from core.fleet.route import PlannedStop, StopKind
from core.refusals import Fault, Refusal
from core.vocabulary import PLATFORM, Instant, OrderId

logger = logging.getLogger(__name__)

AGAIN_S = 60.0
"""After so long a disruption that was left to people is looked at again: drivers and kitchens move."""


class OptionsSource(Protocol):
    """Whoever says what may be done."""

    async def options(self, disruption_id: DisruptionId, now: Instant) -> RecoveryOptions:
        """Return the options that apply now, the recommended one first."""
        ...


class RecoveryCycle:
    """Implements `Worker`.

    Parameters
    ----------
    bus : Bus
    planner : Planner
        Says which policy holds.
    source : OptionsSource
    """

    name = "recovery"
    every_s = 5.0

    def __init__(self, bus: Bus, planner: Planner, source: OptionsSource) -> None:
        self._bus = bus
        self._planner = planner
        self._source = source
        self._looked_at: dict[DisruptionId, Instant] = {}

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Look at every disruption that nobody has done anything about."""
        standing = self._bus.operation.disruptions.standing
        self._looked_at = {name: at for name, at in self._looked_at.items() if name in standing}
        for disruption in list(standing.values()):
            if self._is_due(disruption, now):
                self._looked_at[disruption.disruption_id] = now
                await self._recover(disruption, now)

    def _is_due(self, disruption: Disruption, now: Instant) -> bool:
        name = disruption.disruption_id
        if now - self._looked_at.get(name, -AGAIN_S) < AGAIN_S:
            return False
        # What a person has dealt with, or has taken back, stays theirs.
        touched = any(r.disruption_id == name for r in self._bus.operation.disruptions.recoveries.values())
        return not touched and bool(self._allowed(disruption))

    def _allowed(self, disruption: Disruption) -> list[RecoveryAction]:
        policy = self._policy_of(disruption)
        return [action for action in APPLICABLE[disruption.kind] if allowed_by(action, policy)]

    def _policy_of(self, disruption: Disruption) -> DispatchPolicy:
        order = self._bus.operation.orders.orders.get(disruption.order_id) if disruption.order_id is not None else None
        return self._planner.policy if order is None else self._planner.policy_for(order)

    async def _recover(self, disruption: Disruption, now: Instant) -> None:
        try:
            best = (await self._source.options(disruption.disruption_id, now)).recommended
            if best is not None and may_run_by_itself(best, self._policy_of(disruption)) and not self._is_ruled(best):
                command = ChooseRecovery(disruption_id=disruption.disruption_id, option_id=best.option_id)
                await self._bus.execute(command, PLATFORM)
        except (Refusal, Fault) as problem:
            # The state moved meanwhile, or the streets are down: a person sees the disruption all the same.
            logger.info("no recovery from %s: %s", disruption.disruption_id, problem)

    def _is_ruled(self, option: RecoveryOption) -> bool:
        """Say whether it would change an order of stops that a person put them in: then a person decides."""
        operation = self._bus.operation
        kept = [plan for plan in option.plans if plan.driver_id in sequenced_by_people(operation)]
        return any(_names(plan.stops) != _names(operation.fleet.route_of(plan.driver_id).stops) for plan in kept)


def _names(stops: Iterable[PlannedStop]) -> list[tuple[OrderId, StopKind]]:
    return [(stop.order_id, stop.kind) for stop in stops]
