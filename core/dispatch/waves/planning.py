"""A wave planned: the engine's search on its problem, and both checkers' word on what was found.

The same setting, driving times, seed and budget give the same plan; `marks` repeat a run that the clock cut short.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from core.dispatch.improvement.improve import IN_TURN, Effort, Improved, improve, never_asked
from core.dispatch.improvement.kept_problem import Hold, KeptProblem
from core.dispatch.plan_check import broken_limits
from core.dispatch.policy import DispatchPolicy
from core.dispatch.waves.setting import WaveSetting
from core.dispatch.waves.wave import Unserved, WavePlan, WavePlanRefused
from core.dispatch.waves.wave_check import wave_breaches
from core.dispatch.waves.wave_problem import WaveProblem, wave_problem
from core.dispatch.waves.wave_timing import left_out, wave_routes
from core.travel import TravelTable


@dataclass(frozen=True, slots=True)
class Search:
    """How a wave is searched: the dice's seed, the effort, and a clock of monotonic seconds.

    `hold` is given the problem behind what it finds.
    """

    seed: int
    effort: Effort
    clock: Callable[[], float]
    hold: Hold | None = None


def planned(setting: WaveSetting, travel: TravelTable, policy: DispatchPolicy, search: Search) -> WavePlan:
    """Return the best plan found for a setting.

    Parameters
    ----------
    setting : WaveSetting
    travel : TravelTable
        Knows driving between all of the setting's places.
    policy : DispatchPolicy
        Whose prices count.
    search : Search

    Raises
    ------
    WavePlanRefused
        If the plan breaks a limit that could be kept.
    """
    given = wave_problem(setting, travel, policy)
    improved = improve(given.problem, given.plan, seed=search.seed, effort=search.effort, clock=search.clock)
    plan = WavePlan(
        number=setting.wave.plans_made + 1,
        made_at=setting.now,
        routes=wave_routes(given, improved.plan),
        unserved=(*left_out(given, improved.plan), *_aside(setting)),
        joined=setting.joined,
        price=round(improved.price),
        seed=search.seed,
        iterations=improved.iterations,
        marks=improved.marks,
        is_degraded=travel.degraded,
    )
    _check(given, improved, plan, travel)
    return plan if search.hold is None else replace(plan, problem_digest=search.hold(_to_keep(given, search.effort)))


def inserted(
    setting: WaveSetting, travel: TravelTable, policy: DispatchPolicy, seed: int, hold: Hold | None = None
) -> WavePlan:
    """Return the plan in which every order that fits was inserted where it costs least, and nothing was searched.

    It looks at no clock: what to fall back on when the search cannot be relied on. Parameters and refusal as of
    `planned`.
    """
    marks = (0.0,) * (2 + len(setting.orders) // IN_TURN)
    return planned(setting, travel, policy, Search(seed, Effort(iterations=0, marks=marks), never_asked, hold))


def _to_keep(given: WaveProblem, effort: Effort) -> KeptProblem:
    """Return what the same search can be done again with; of a wave's plan every part counts."""
    names = tuple(driver.driver_id for driver in given.setting.drivers)
    return KeptProblem(
        problem=given.problem,
        plan=given.plan,
        drivers=names,
        orders=given.orders,
        iterations=effort.iterations,
        least=0.0,
        most=len(names),
    )


def _aside(setting: WaveSetting) -> tuple[Unserved, ...]:
    return tuple(Unserved(order_id=name, why=why.value) for name, why in sorted(setting.aside.items()))


def _check(given: WaveProblem, improved: Improved, plan: WavePlan, travel: TravelTable) -> None:
    """Refuse what breaks a limit, other than of vehicles that could not keep theirs whatever was planned."""
    eased = {vehicle for vehicle, _ in improved.eased}
    names = {given.setting.drivers[vehicle].driver_id for vehicle in eased}
    found = [repr(b) for b in broken_limits(given.problem, improved.plan) if b.vehicle not in eased]
    found += [repr(b) for b in wave_breaches(given.setting, plan, travel) if b.driver_id not in names]
    if found:
        raise WavePlanRefused(f"{len(found)} limits broken, the first: {found[0]}")
