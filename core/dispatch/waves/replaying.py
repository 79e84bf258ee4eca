"""A wave's plan found again from its kept problem with its seed and marks, and where it comes out otherwise."""

from __future__ import annotations

from core.dispatch.improvement.kept_problem import KeptProblem
from core.dispatch.improvement.problem import Plan
from core.dispatch.improvement.replaying import Replay, Stops, compared, named, searched_again
from core.dispatch.waves.wave import WavePlan, WaveRoute, WaveStopKind
from core.fleet.route import StopKind
from core.vocabulary import DriverId

_BREAK = ("", WaveStopKind.BREAK.value)
_KINDS = {WaveStopKind.LOAD: StopKind.PICKUP, WaveStopKind.DELIVERY: StopKind.DELIVERY}


def replayed_wave(kept: KeptProblem, made: WavePlan) -> Replay:
    """Return what the search finds on the problem that it was given then.

    Parameters
    ----------
    kept : KeptProblem
    made : WavePlan
        As it is recorded, with seed and marks.
    """
    improved = searched_again(kept, made.seed, made.marks)
    recorded = {route.driver_id: _stops(route) for route in made.routes}
    return compared(recorded, _found(kept, improved.plan), made.iterations, improved.iterations)


def _stops(route: WaveRoute) -> Stops:
    return tuple(_BREAK if stop.order_id is None else (stop.order_id, _KINDS[stop.kind].value) for stop in route.stops)


def _found(kept: KeptProblem, plan: Plan) -> dict[DriverId, Stops]:
    """Return the routes as a wave has them: of who delivers something, without a break behind the last door."""
    found: dict[DriverId, Stops] = {}
    for name, route in zip(kept.drivers, plan.routes, strict=True):
        stops = [_BREAK if stop // 2 >= len(kept.orders) else named(kept, stop) for stop in route]
        while stops and stops[-1] == _BREAK:
            stops.pop()
        if stops:
            found[name] = tuple(stops)
    return found
