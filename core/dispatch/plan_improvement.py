"""An improved plan judged before it is put in force: no limit broken, nobody left out, and worth the change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.dispatch.decision import MovedOrder, PlanImprovement
from core.dispatch.impact_preview import outcomes, plan_changes
from core.dispatch.improvement.from_world import WorldProblem, proposed_moves
from core.dispatch.plan_check import broken_limits
from core.dispatch.plan_price import plan_price
from core.dispatch.world import PlanningWorld

if TYPE_CHECKING:
    from core.dispatch.improvement.improve import Improved  # brings a compiler with it: a second of a start


class PlanRefused(Exception):
    """The search returned a plan that the independent checker does not let pass."""


def judged(
    world: PlanningWorld, given: WorldProblem, improved: Improved, *, seed: int, position: int
) -> PlanImprovement | None:
    """Return the change that `improved` would make, ``None`` if it is not worth it.

    Parameters
    ----------
    world : PlanningWorld
        The one that `given` was made of, with its travel times.
    given : WorldProblem
    improved : Improved
    seed, position : int
        Of the search, and of the log when the world was looked at.

    Raises
    ------
    PlanRefused
        If the plan breaks a limit that the plan in force keeps.
    """
    kept = {(broken.limit, broken.vehicle, broken.number) for broken in broken_limits(given.problem, given.plan)}
    found = [b for b in broken_limits(given.problem, improved.plan) if (b.limit, b.vehicle, b.number) not in kept]
    if found:
        raise PlanRefused(f"{len(found)} limits broken, the first: {found[0]}")
    saves = plan_price(given.problem, given.plan) - plan_price(given.problem, improved.plan)
    moves = proposed_moves(given, improved.plan)
    is_left_out = any(moved.to_driver is None for moved in moves.moved)
    if not moves.routes or is_left_out or saves < world.policy.improve_gain_minutes * world.policy.driver_minute:
        return None
    changed = {name: world.drivers[name].with_stops(stops) for name, stops in moves.routes.items()}
    after = replace(world, drivers={**world.drivers, **changed})
    now, then = outcomes(world, after)
    return PlanImprovement(
        made_at=world.now,
        plans=plan_changes(world, after),
        moved=tuple(
            MovedOrder(order_id=moved.order_id, from_driver=moved.from_driver, to_driver=moved.to_driver)
            for moved in moves.moved
            if moved.from_driver is not None and moved.to_driver is not None
        ),
        saves_money=round(saves),
        before=now,
        after=then,
        position=position,
        seed=seed,
        iterations=improved.iterations,
        marks=improved.marks,
    )
