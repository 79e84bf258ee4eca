"""An adopted plan found again: the same problem, seed and effort, without a clock, and where it comes out otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from core.dispatch.decision import PlanImprovement
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.kept_problem import KeptProblem
from core.dispatch.improvement.parts import worthwhile
from core.dispatch.improvement.problem import Plan
from core.fleet.route import StopKind
from core.vocabulary import DriverId, OrderId

type Stops = tuple[tuple[OrderId, StopKind], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A driver whose stops were recorded otherwise than they are found again; ``None`` where nothing was changed."""

    driver_id: DriverId
    recorded: Stops | None
    found: Stops | None


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of searching again: iterations reached then and now, and the drivers for whom it differs."""

    recorded_iterations: int
    iterations: int
    differences: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        """Say whether exactly the recorded plan was found."""
        return not self.differences and self.iterations == self.recorded_iterations


def replayed(kept: KeptProblem, made: PlanImprovement) -> Replay:
    """Return what the search finds on the problem that it was given then.

    Parameters
    ----------
    kept : KeptProblem
    made : PlanImprovement
        As it is recorded, with seed and marks.
    """
    effort = Effort(kept.iterations, marks=made.marks)
    improved = improve(kept.problem, kept.plan, seed=made.seed, effort=effort, clock=_no_clock)
    plan = worthwhile(kept.problem, kept.plan, improved.plan, kept.least, most=kept.most)
    recorded = {one.driver_id: tuple((stop.order_id, stop.kind) for stop in one.stops) for one in made.plans}
    found = _changed_routes(kept, plan)
    return Replay(
        recorded_iterations=made.iterations,
        iterations=improved.iterations,
        differences=tuple(
            Difference(name, recorded.get(name), found.get(name))
            for name in sorted({*recorded, *found})
            if recorded.get(name) != found.get(name)
        ),
    )


def _changed_routes(kept: KeptProblem, plan: Plan) -> dict[DriverId, Stops]:
    return {
        name: tuple(_named(kept, stop) for stop in route)
        for name, before, route in zip(kept.drivers, kept.plan.routes, plan.routes, strict=True)
        if route != before
    }


def _named(kept: KeptProblem, stop: int) -> tuple[OrderId, StopKind]:
    return kept.orders[stop // 2], StopKind.DELIVERY if stop % 2 else StopKind.PICKUP


def _no_clock() -> float:
    raise AssertionError("who repeats a search asks no clock")
