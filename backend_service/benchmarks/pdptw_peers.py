"""Published solvers on the same instances: OR-Tools routing, PyVRP and VROOM, one thread each, fewest vehicles first.

All three reckon in whole numbers. Times and distances are cut to thousandths, in their favour: the plans are judged
with the exact ones and a grace. None of them takes "vehicles first" as such, so a vehicle costs as much as 10,000 units
of distance, which is more than any detour saves. PyVRP is tried in that way and once more with its own `minimise_fleet`
for half of the time; the better of the two counts. Models are built before the time starts where the solver allows it.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np

from backend_service.benchmarks.pdptw_instances import length_of
from core.dispatch.improvement.columns import Whole
from core.dispatch.improvement.problem import Plan, Problem
from core.dispatch.plan_check import Limit, broken_limits

SCALE = 1000
VEHICLE_COST = 10_000 * SCALE
GRACE_S = 0.2
"""What cutting to thousandths can add up to on a route of 200 stops."""

type Peer = Callable[[Problem, float, int], Plan]
"""Problem, CPU seconds and seed -> a plan; one that leaves orders out if none was found."""


def ortools_routing(problem: Problem, seconds: float, seed: int) -> Plan:
    """Return what OR-Tools' routing solver finds by guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    metres, work, fleet = _whole_metres(problem), problem.work, problem.fleet
    service, window, demand = _node_columns(problem)
    nodes = pywrapcp.RoutingIndexManager(len(metres), fleet.count, 0)
    routing = pywrapcp.RoutingModel(nodes)
    solver = routing.solver()
    leg = routing.RegisterTransitMatrix(metres.tolist())
    timed = routing.RegisterTransitMatrix((metres + service[:, None]).tolist())
    routing.SetArcCostEvaluatorOfAllVehicles(leg)
    routing.SetFixedCostOfAllVehicles(VEHICLE_COST)
    horizon = int(fleet.shift_ends_at[0] * SCALE)
    routing.AddDimension(timed, horizon, horizon, False, "time")
    loads = routing.RegisterUnaryTransitVector(demand.tolist())
    routing.AddDimension(loads, 0, int(fleet.capacity[0, 0]), True, "load")
    clock = routing.GetDimensionOrDie("time")
    for node in range(1, len(metres)):
        clock.CumulVar(nodes.NodeToIndex(node)).SetRange(int(window[node, 0]), int(window[node, 1]))
    for pickup, delivery in zip(work.pickup_place.tolist(), work.delivery_place.tolist(), strict=True):
        first, last = nodes.NodeToIndex(pickup), nodes.NodeToIndex(delivery)
        routing.AddPickupAndDelivery(first, last)
        solver.Add(routing.VehicleVar(first) == routing.VehicleVar(last))
        solver.Add(clock.CumulVar(first) <= clock.CumulVar(last))
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(1000 * seconds))
    routing.CloseModelWithParameters(search)

    def solve(wall_s: float) -> Any:
        search.time_limit.FromMilliseconds(int(1000 * wall_s))
        return routing.SolveWithParameters(search)

    found = _within_cpu(solve, seconds)
    if found is None:
        return _nothing(problem)
    routes = []
    for vehicle in range(fleet.count):
        index, route = routing.Start(vehicle), []
        while not routing.IsEnd(index := found.Value(routing.NextVar(index))):
            route.append(nodes.IndexToNode(index))
        routes.append(route)
    return _plan(problem, routes)


def pyvrp(problem: Problem, seconds: float, seed: int) -> Plan:
    """Return the better of what PyVRP finds with a cost per vehicle, and with its fleet minimised first."""
    plans = [_pyvrp_priced(problem, seconds, seed), _pyvrp_minimised(problem, seconds, seed)]
    return min(plans, key=lambda plan: (len(plan.unserved), *length_of(problem, plan)))


def vroom(problem: Problem, seconds: float, seed: int) -> Plan:
    """Return what VROOM finds at its highest exploration level; it takes no seed and may end early."""
    import vroom as engine  # type: ignore[import-untyped]

    metres, work, fleet = _whole_metres(problem), problem.work, problem.fleet
    service, window, demand = _node_columns(problem)

    def step(number: int, node: int) -> Any:
        spans = [engine.TimeWindow(int(window[node, 0]), int(window[node, 1]))]
        return engine.ShipmentStep(number, location=node, default_service=int(service[node]), time_windows=spans)

    def solve(wall_s: float) -> Any:
        asked = engine.Input()
        asked.set_durations_matrix("car", metres.astype(np.uint32))
        asked.set_costs_matrix("car", metres.astype(np.uint32))
        for number in range(fleet.count):
            asked.add_vehicle(
                engine.Vehicle(
                    number,
                    start=0,
                    end=0,
                    capacity=[int(fleet.capacity[0, 0])],
                    time_window=engine.TimeWindow(0, int(fleet.shift_ends_at[0] * SCALE)),
                    costs=engine.VehicleCosts(fixed=VEHICLE_COST),
                )
            )
        for order in range(work.count):
            pickup, delivery = int(work.pickup_place[order]), int(work.delivery_place[order])
            amount = engine.Amount([int(demand[pickup])])
            asked.add_shipment(step(order, pickup), step(order, delivery), amount=amount)
        return asked.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=wall_s))

    table = _within_cpu(solve, seconds).routes
    routes = [
        group.loc[group["type"].isin(["pickup", "delivery"]), "location_index"].astype(int).tolist()
        for _, group in table.groupby("vehicle_id")
    ]
    return _plan(problem, routes)


PEERS: dict[str, Peer] = {"OR-Tools": ortools_routing, "PyVRP": pyvrp, "VROOM": vroom}


def _pyvrp_priced(problem: Problem, seconds: float, seed: int) -> Plan:
    import pyvrp as engine

    data = _pyvrp_data(problem, VEHICLE_COST)
    found = engine.solve(data, _CpuRuntime(seconds), seed=seed, collect_stats=False, display=False)
    return _pyvrp_plan(problem, found)


def _pyvrp_minimised(problem: Problem, seconds: float, seed: int) -> Plan:
    import pyvrp as engine
    from pyvrp.minimise_fleet import minimise_fleet

    data = _pyvrp_data(problem, 0)
    stop = _CpuRuntime(seconds)
    with warnings.catch_warnings():
        # It says so when it finds nothing with too few vehicles, which is how it finds out that they are.
        warnings.simplefilter("ignore", engine.exceptions.PenaltyBoundWarning)
        fleet = minimise_fleet(data, stop.until(0.5), seed=seed)
    found = engine.solve(data.replace(vehicle_types=[fleet]), stop, seed=seed, collect_stats=False, display=False)
    return _pyvrp_plan(problem, found)


def _pyvrp_data(problem: Problem, vehicle_cost: int) -> Any:
    import pyvrp as engine

    metres, work, fleet = _whole_metres(problem), problem.work, problem.fleet
    service, window, demand = _node_columns(problem)
    model = engine.Model()
    places = [model.add_location(node, 0) for node in range(len(metres))]
    depot = model.add_depot(places[0])
    model.add_vehicle_type(
        fleet.count,
        capacity=int(fleet.capacity[0, 0]),
        start_depot=depot,
        end_depot=depot,
        fixed_cost=vehicle_cost,
        tw_late=int(fleet.shift_ends_at[0] * SCALE),
    )
    for pickup, delivery in zip(work.pickup_place.tolist(), work.delivery_place.tolist(), strict=True):
        model.add_shipment(
            places[pickup],
            places[delivery],
            pickup_tw_early=int(window[pickup, 0]),
            pickup_tw_late=int(window[pickup, 1]),
            pickup_service_duration=int(service[pickup]),
            delivery_tw_early=int(window[delivery, 0]),
            delivery_tw_late=int(window[delivery, 1]),
            delivery_service_duration=int(service[delivery]),
            amount=int(demand[pickup]),
        )
    for start, row in enumerate(metres.tolist()):
        for end, length in enumerate(row):
            if start != end:
                model.add_edge(places[start], places[end], length, length)
    return model.data()


def _pyvrp_plan(problem: Problem, found: Any) -> Plan:
    if not found.is_feasible():
        return _nothing(problem)
    work = problem.work
    routes = [
        [int((work.pickup_place if a.is_pickup() else work.delivery_place)[a.idx]) for a in route if a.is_shipment()]
        for route in found.best.routes()
    ]
    return _plan(problem, routes)


class _CpuRuntime:
    """PyVRP's stopping criterion by processor time, from its making on."""

    def __init__(self, seconds: float, began: float | None = None) -> None:
        self._seconds = seconds
        self._began = time.process_time() if began is None else began

    def __call__(self, best_cost: int) -> bool:
        return time.process_time() - self._began >= self._seconds

    def until(self, share: float) -> _CpuRuntime:
        """Return the criterion of a first part of the same time."""
        return _CpuRuntime(share * self._seconds, self._began)


def _within_cpu(solve: Callable[[float], Any], seconds: float) -> Any:
    """Return what a solver with a limit of wall time finds in about `seconds` of processor time.

    On a busy machine the limit is widened and the solver run anew, so that it gets what it is due.
    """
    wall_s = seconds
    for _ in range(3):
        began, began_cpu = time.perf_counter(), time.process_time()
        found = solve(wall_s)
        took, took_cpu = time.perf_counter() - began, time.process_time() - began_cpu
        if took_cpu >= 0.95 * seconds or took < 0.95 * wall_s:
            break
        wall_s *= seconds / took_cpu
    return found


def _whole_metres(problem: Problem) -> Whole:
    return np.floor(problem.distances_m * SCALE).astype(np.int64)


def _node_columns(problem: Problem) -> tuple[Whole, Whole, Whole]:
    """Return service, window and demand of each node, in whole numbers; the depot has none."""
    work, nodes = problem.work, len(problem.durations_s)
    service, window, demand = np.zeros(nodes), np.zeros((nodes, 2)), np.zeros(nodes)
    for place, service_s, from_at, until_at, sign in (
        (work.pickup_place, work.pickup_s, work.ready_at, work.pickup_until_at, 1.0),
        (work.delivery_place, work.delivery_s, work.deliver_from_at, work.deliver_until_at, -1.0),
    ):
        service[place], demand[place] = service_s * SCALE, sign * work.load[:, 0]
        window[place, 0], window[place, 1] = from_at * SCALE, until_at * SCALE
    return service.astype(np.int64), window.astype(np.int64), demand.astype(np.int64)


def _nothing(problem: Problem) -> Plan:
    return Plan(((),) * problem.fleet.count, tuple(range(problem.work.count)))


def _plan(problem: Problem, routes: list[list[int]]) -> Plan:
    """Return routes of nodes as a plan, or the plan of nothing if it breaks a limit by more than the grace."""
    work = problem.work
    stops = {int(node): 2 * order for order, node in enumerate(work.pickup_place)}
    stops |= {int(node): 2 * order + 1 for order, node in enumerate(work.delivery_place)}
    filled = [tuple(stops[node] for node in route) for route in routes]
    padded = tuple(filled) + ((),) * (problem.fleet.count - len(filled))
    served = {stop // 2 for route in padded for stop in route}
    plan = Plan(padded, tuple(order for order in range(work.count) if order not in served))
    grave = [b for b in broken_limits(problem, plan) if b.limit not in (Limit.WINDOW, Limit.SHIFT) or b.by > GRACE_S]
    return _nothing(problem) if grave else plan
