"""Holds what is planned against the independent check; where the two disagree it counts, logs, and says so.

An order on whose driver they disagree is left to a person. The source stays degraded until they have agreed for a
while, so that somebody sees it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.dispatch.candidates import Pricing
from core.dispatch.checked_options import Checked, Disagreement, checked, checked_insertion, checked_preview
from core.dispatch.decision import ImpactPreview
from core.dispatch.route_insertion import Insertion
from core.dispatch.world import PlanningWorld
from core.orders.order import Order
from core.vocabulary import DriverId, Instant

logger = logging.getLogger(__name__)

DISPATCH_CHECK = "dispatch check"
DISPATCH_CHECK_EFFECT = "The planner and its independent check disagreed; such orders wait for a person."
CALM_S = 600.0
"""Operation seconds of agreement after which the source is well again."""

type Check = Callable[[PlanningWorld, Pricing, DriverId | None], Checked]


@dataclass(frozen=True, slots=True)
class CheckState:
    """Whether the two disagreed of late, and since when it is so; implements `SourceState`."""

    degraded: bool
    since_at: Instant


class Checking:
    """Stands between what plans and what publishes.

    Attributes
    ----------
    disagreements : how often the planner and the check said otherwise

    Parameters
    ----------
    check : callable, optional
    """

    def __init__(self, *, check: Check = checked) -> None:
        self.disagreements = 0
        self._check = check
        self._first_at = self._last_at = -float("inf")

    def pricing(self, world: PlanningWorld, pricing: Pricing, about: DriverId | None = None) -> Pricing:
        """Return the candidates as the check lets them stand; `about` is somebody whose reasons are wanted."""
        found = self._check(world, pricing, about)
        self.note(found.disagreements, world.now)
        return found.pricing

    def preview(self, world: PlanningWorld, preview: ImpactPreview) -> ImpactPreview:
        """Return the preview of a change as the check lets it stand."""
        held, disagreements = checked_preview(world, preview)
        self.note(disagreements, world.now)
        return held

    def holds(self, world: PlanningWorld, order: Order, insertion: Insertion) -> bool:
        """Say whether the check lets an order be put into a driver's route like this."""
        found = checked_insertion(world, order, insertion)
        self.note(found, world.now)
        return not found

    def note(self, disagreements: Sequence[Disagreement], now: Instant) -> None:
        """Count and log disagreements."""
        for one in disagreements:
            self.disagreements += 1
            if not self.state(now).degraded:
                self._first_at = now
            self._last_at = now
            planner, check = (", ".join(names) or "nothing" for names in (one.planner, one.check))
            logger.error("%s for %s: the planner finds %s, the check %s", one.driver_id, one.order_id, planner, check)

    def state(self, now: Instant) -> CheckState:
        """Return whether the two disagreed within the last ten minutes."""
        is_degraded = now - self._last_at < CALM_S
        return CheckState(is_degraded, self._first_at if is_degraded else self._last_at + CALM_S)
