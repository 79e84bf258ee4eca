"""Why an order does not go to a certain driver: the limits that bind or what it costs more, and what would help.

Any driver may be asked about, not only those that a recommendation lists.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from core.dispatch.alternatives import alternatives_of
from core.dispatch.candidates import Candidate, Pricing
from core.dispatch.decision import Alternative, Statement
from core.dispatch.lifting import lifting
from core.dispatch.turning_points import to_be_first
from core.dispatch.world import PlanningWorld
from core.vocabulary import DriverId, Instant, OrderId, Value


class WhyNot(Value, frozen=True, kw_only=True):
    """An answer, as of `made_at`.

    Parameters
    ----------
    why : the limits that keep the driver from it, the first binding one first; else what speaks against the driver
    change : the smallest change that would make the driver possible, or the best; ``None`` where none is known
    also : what it takes besides, all of it together with `change`
    best_driver_id : who would be best, ``None`` where nobody can take the order
    alternative : the driver's candidacy with its terms; ``None`` for one who has the order or is not on shift
    """

    order_id: OrderId
    driver_id: DriverId
    made_at: Instant
    why: tuple[Statement, ...]
    change: Statement | None = None
    also: tuple[Statement, ...] = ()
    best_driver_id: DriverId | None = None
    alternative: Alternative | None = None

    @property
    def is_possible(self) -> bool:
        """Say whether the driver could take the order."""
        return self.alternative is not None and not self.alternative.breaches


def why_not(world: PlanningWorld, pricing: Pricing, driver_id: DriverId) -> WhyNot:
    """Return why an order does not go to a driver, who is among those that were priced, has it, or is not on shift."""
    best = pricing.possible[0] if pricing.possible else None
    answer = WhyNot(
        order_id=pricing.order.order_id,
        driver_id=driver_id,
        made_at=world.now,
        why=(),
        best_driver_id=None if best is None else best.driver_id,
    )
    found = next((one for one in (*pricing.possible, *pricing.impossible) if one.driver_id == driver_id), None)
    if pricing.order.driver_id == driver_id:
        return structs.replace(answer, why=(Statement(code="why_not.has_it"),))
    if found is None:
        return structs.replace(answer, why=(Statement(code="breach.on_shift"),))
    alternative = _alternative(world, pricing, best, found)
    answer = structs.replace(answer, alternative=alternative)
    if found.breaches:
        why = tuple(breach.statement for breach in found.breaches)
        change, *also = lifting(world, pricing, found.driver) or (None,)
        return structs.replace(answer, why=why, change=change, also=tuple(also))
    if best is None or found is best:
        return structs.replace(answer, why=(Statement(code="why_not.is_best"),))
    return structs.replace(answer, why=alternative.against, change=to_be_first(world, pricing, found))


def _alternative(world: PlanningWorld, pricing: Pricing, best: Candidate | None, found: Candidate) -> Alternative:
    """Return the driver's alternative, compared with the best."""
    possible = tuple(one for one in (best, found) if one is not None and not one.breaches)
    narrowed = replace(
        pricing,
        possible=tuple(dict.fromkeys(possible)),
        impossible=(found,) if found.breaches else (),
        keep=None,
    )
    listed = alternatives_of(world, narrowed, best, {})
    return next(one for one in listed if one.driver_id == found.driver_id)
