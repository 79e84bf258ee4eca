"""An adopted plan found again: the same problem, seed and effort, without a clock, and where it comes out otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.dispatch.decision import PlanImprovement
from core.dispatch.improvement.improve import Effort, Improved, improve, never_asked
from core.dispatch.improvement.kept_problem import KeptProblem
from core.dispatch.improvement.parts import worthwhile
from core.dispatch.improvement.problem import Plan
from core.fleet.route import StopKind
from core.vocabulary import DriverId

type Stops = tuple[tuple[str, str], ...]
"""Order and kind of each stop; a break has no order."""


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
    improved = searched_again(kept, made.seed, made.marks)
    left = [number for number, name in enumerate(kept.drivers) if name in made.left]
    plan = worthwhile(kept.problem, kept.plan, improved.plan, kept.least, most=kept.most, without=left)
    recorded = {one.driver_id: tuple((stop.order_id, stop.kind.value) for stop in one.stops) for one in made.plans}
    return compared(recorded, _changed_routes(kept, plan), made.iterations, improved.iterations)


def searched_again(kept: KeptProblem, seed: int, marks: tuple[float, ...]) -> Improved:
    """Return what the search finds on a kept problem with the seed and the marks of then, without a clock."""
    effort = Effort(kept.iterations, marks=marks)
    return improve(kept.problem, kept.plan, seed=seed, effort=effort, clock=never_asked)


def compared(
    recorded: Mapping[DriverId, Stops], found: Mapping[DriverId, Stops], recorded_iterations: int, iterations: int
) -> Replay:
    """Return how the stops that are on record differ from those found again."""
    return Replay(
        recorded_iterations=recorded_iterations,
        iterations=iterations,
        differences=tuple(
            Difference(name, recorded.get(name), found.get(name))
            for name in sorted({*recorded, *found})
            if recorded.get(name) != found.get(name)
        ),
    )


def _changed_routes(kept: KeptProblem, plan: Plan) -> dict[DriverId, Stops]:
    return {
        name: tuple(named(kept, stop) for stop in route)
        for name, before, route in zip(kept.drivers, kept.plan.routes, plan.routes, strict=True)
        if route != before
    }


def named(kept: KeptProblem, stop: int) -> tuple[str, str]:
    """Return the order and the kind of a stop number."""
    return kept.orders[stop // 2], (StopKind.DELIVERY if stop % 2 else StopKind.PICKUP).value
