"""An improved plan judged before it is put in force: no limit broken, nobody left out, and worth the change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msgspec.structs import replace as msgspec_replace

from core.dispatch.decision import MovedOrder, Outcome, PlanChange, PlanImprovement
from core.dispatch.impact_preview import outcomes, plan_changes
from core.dispatch.improvement.from_world import WorldProblem, problem_of, proposed_moves
from core.dispatch.improvement.kept_problem import KeptProblem
from core.dispatch.improvement.parts import worthwhile
from core.dispatch.improvement.problem import Plan
from core.dispatch.plan_check import Broken, broken_limits
from core.dispatch.plan_price import plan_price
from core.dispatch.shared_risk import put_at_risk
from core.dispatch.world import PlanningWorld

if TYPE_CHECKING:
    from core.dispatch.improvement.improve import Improved  # brings a compiler with it: a second of a start


LEAST_PART_MINUTES = 1.0
"""Minutes of a driver that each part of a change must save: less is not worth telling anybody."""

MOST_DRIVERS = 40
"""So many drivers get another plan at once, those whose change saves most; the others' turn comes with the next."""


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
        If the plan breaks a limit that the plan in force keeps, of a driver of whom no limit was eased.
    """
    over = _over_eased(given, improved)
    risky = put_at_risk(world, proposed_moves(given, improved.plan).routes)
    left = over | {vehicle for vehicle, name in enumerate(given.drivers) if name in risky}
    kept = worthwhile(given.problem, given.plan, improved.plan, _least_part(world), most=MOST_DRIVERS, without=left)
    change = _change(world, given, kept)
    if change is None:
        return None
    return PlanImprovement(
        made_at=world.now,
        plans=change.plans,
        moved=change.moved,
        saves_money=change.saves_money,
        before=change.before,
        after=change.after,
        position=position,
        seed=seed,
        iterations=improved.iterations,
        marks=improved.marks,
        left=tuple(given.drivers[vehicle] for vehicle in sorted(left)),
    )


def _over_eased(given: WorldProblem, improved: Improved) -> set[int]:
    """Return the vehicles that break a limit anew which was eased for them: they keep their stops.

    Where what is on board breaks a limit already, the search may go as far as that with something else.

    Raises
    ------
    PlanRefused
        If a limit is broken that was not eased.
    """
    eased = {vehicle for vehicle, _ in improved.eased}
    found = _breaches(given, improved.plan)
    unasked = [broken for broken in found if broken.vehicle not in eased]
    if unasked:
        raise PlanRefused(f"{len(unasked)} limits broken, the first: {unasked[0]}")
    return {broken.vehicle for broken in found}


def to_keep(world: PlanningWorld, given: WorldProblem) -> KeptProblem:
    """Return what a search on this problem, and `judged` on what it found, can be done again with."""
    return KeptProblem(
        problem=given.problem,
        plan=given.plan,
        drivers=given.drivers,
        orders=given.orders,
        iterations=world.policy.improve_iterations,
        least=_least_part(world),
        most=MOST_DRIVERS,
    )


def judged_again(world: PlanningWorld, found: PlanImprovement) -> PlanImprovement | None:
    """Return the same change with its times, gain and outcome by other travel times.

    ``None`` if it is not worth it by these, would break a limit, or put a promise at risk for a shared trip.

    Parameters
    ----------
    world : PlanningWorld
        The one it was found on, with a travel table that holds the points of the drivers it touches.
    found : PlanImprovement
    """
    touched = replace(world, drivers={plan.driver_id: world.drivers[plan.driver_id] for plan in found.plans})
    given = problem_of(touched, (), may_move=world.policy.improve_may_move > 0)
    numbers = {(stop.order_id, stop.kind): number for number, stop in given.stops.items()}
    planned = {plan.driver_id: plan.stops for plan in found.plans}
    plan = Plan(tuple(tuple(numbers[s.order_id, s.kind] for s in planned[driver_id]) for driver_id in given.drivers))
    if _breaches(given, plan) or put_at_risk(touched, proposed_moves(given, plan).routes):
        return None
    change = _change(touched, given, plan)
    if change is None:
        return None
    return msgspec_replace(
        found,
        plans=change.plans,
        moved=change.moved,
        saves_money=change.saves_money,
        before=change.before,
        after=change.after,
    )


def _least_part(world: PlanningWorld) -> float:
    return LEAST_PART_MINUTES * world.policy.driver_minute


@dataclass(frozen=True, slots=True)
class _Change:
    """What putting a plan in force changes."""

    plans: tuple[PlanChange, ...]
    moved: tuple[MovedOrder, ...]
    saves_money: int
    before: Outcome
    after: Outcome


def _breaches(given: WorldProblem, plan: Plan) -> list[Broken]:
    """Return the limits that `plan` breaks and the plan in force keeps."""
    kept = {(broken.limit, broken.vehicle, broken.number) for broken in broken_limits(given.problem, given.plan)}
    return [b for b in broken_limits(given.problem, plan) if (b.limit, b.vehicle, b.number) not in kept]


def _change(world: PlanningWorld, given: WorldProblem, plan: Plan) -> _Change | None:
    """Return what changes; ``None`` if it is not worth it, or somebody would be left out."""
    saves = plan_price(given.problem, given.plan) - plan_price(given.problem, plan)
    moves = proposed_moves(given, plan)
    is_left_out = any(moved.to_driver is None for moved in moves.moved)
    if not moves.routes or is_left_out or saves < world.policy.improve_gain_minutes * world.policy.driver_minute:
        return None
    changed = {name: world.drivers[name].with_stops(stops) for name, stops in moves.routes.items()}
    after = replace(world, drivers={**world.drivers, **changed})
    now, then = outcomes(world, after)
    return _Change(
        plans=plan_changes(world, after),
        moved=tuple(
            MovedOrder(order_id=moved.order_id, from_driver=moved.from_driver, to_driver=moved.to_driver)
            for moved in moves.moved
            if moved.from_driver is not None and moved.to_driver is not None
        ),
        saves_money=round(saves),
        before=now,
        after=then,
    )
