"""OR-Tools' routing solver on a wave: several depots, units, skills and windows, orders that it may leave out.

It reckons in whole seconds and metres, cut in its favour, and is spared the drivers' breaks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.dispatch.improvement.columns import Whole
from core.dispatch.improvement.problem import NOBODY, Plan, Problem

_MONEY = 10
"""Prices are counted in tenths of minor units."""
_LOAD = 100


def ortools_wave(problem: Problem, seconds: float) -> Plan:
    """Return what guided local search finds in `seconds` of wall time; one that leaves all orders out if nothing is.

    Parameters
    ----------
    problem : Problem
        Nothing of it frozen, carried or pinned.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    stops, fleet = 2 * problem.work.count, problem.fleet
    places = _places(problem)
    starts = [stops + v for v in range(fleet.count)]
    ends = [stops + fleet.count + v for v in range(fleet.count)]
    nodes = pywrapcp.RoutingIndexManager(len(places), fleet.count, starts, ends)
    routing = pywrapcp.RoutingModel(nodes)
    _price_and_time(problem, routing, nodes, places)
    _loads(problem, routing)
    _pairs(problem, routing, nodes)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(1000 * seconds))
    found = routing.SolveWithParameters(search)
    if found is None:
        return Plan(((),) * fleet.count, tuple(range(problem.work.count)))
    routes = tuple(_route(routing, nodes, found, v) for v in range(fleet.count))
    served = {stop // 2 for route in routes for stop in route}
    return Plan(routes, tuple(r for r in range(problem.work.count) if r not in served))


def _places(problem: Problem) -> Whole:
    """Return the place of each node: stops in their numbers, then each vehicle's start, then each one's end."""
    work, fleet = problem.work, problem.fleet
    stops = np.column_stack([work.pickup_place, work.delivery_place]).reshape(-1)
    ends = np.where(fleet.end_place == NOBODY, fleet.start_place, fleet.end_place)
    return np.concatenate([stops, fleet.start_place, ends])


def _price_and_time(problem: Problem, routing: Any, nodes: Any, places: Whole) -> None:
    work, fleet, prices = problem.work, problem.fleet, problem.prices
    origin = float(fleet.start_at.min())
    between = np.ix_(places, places)
    price = prices.per_metre * problem.distances_m[between] + prices.per_driving_s * problem.durations_s[between]
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix((_MONEY * price).astype(int).tolist()))
    routing.SetFixedCostOfAllVehicles(int(_MONEY * prices.per_vehicle))
    service = np.zeros(len(places))
    service[: 2 * work.count] = np.column_stack([work.pickup_s, work.delivery_s]).reshape(-1)
    seconds = problem.durations_s[between] + service[:, None]
    horizon = int(fleet.shift_ends_at.max() - origin)
    timed = routing.RegisterTransitMatrix(seconds.astype(int).tolist())
    routing.AddDimension(timed, horizon, horizon, False, "time")
    clock = routing.GetDimensionOrDie("time")
    begins = np.column_stack([work.ready_at, work.deliver_from_at]).reshape(-1) - origin
    latest = np.column_stack([work.pickup_until_at, work.deliver_until_at]).reshape(-1) - origin
    for node in range(2 * work.count):
        clock.CumulVar(nodes.NodeToIndex(node)).SetRange(max(0, int(begins[node])), min(horizon, int(latest[node])))
    for v in range(fleet.count):
        clock.CumulVar(routing.Start(v)).SetMin(int(fleet.start_at[v] - origin))
        clock.CumulVar(routing.End(v)).SetMax(int(fleet.shift_ends_at[v] - origin))


def _loads(problem: Problem, routing: Any) -> None:
    work, fleet = problem.work, problem.fleet
    for unit in range(work.load.shape[1]):
        amounts = (_LOAD * work.load[:, unit]).astype(int)
        demand = np.column_stack([amounts, -amounts]).reshape(-1).tolist() + [0] * (2 * fleet.count)
        rooms = (_LOAD * fleet.capacity[:, unit]).astype(int).tolist()
        routing.AddDimensionWithVehicleCapacity(
            routing.RegisterUnaryTransitVector(demand), 0, rooms, True, f"load {unit}"
        )


def _pairs(problem: Problem, routing: Any, nodes: Any) -> None:
    work, fleet, solver = problem.work, problem.fleet, routing.solver()
    clock = routing.GetDimensionOrDie("time")
    lacks = (work.skills[:, None, :] & ~fleet.skills[None, :, :]).any(axis=2)
    for r in range(work.count):
        first, last = nodes.NodeToIndex(2 * r), nodes.NodeToIndex(2 * r + 1)
        routing.AddPickupAndDelivery(first, last)
        solver.Add(routing.VehicleVar(first) == routing.VehicleVar(last))
        solver.Add(clock.CumulVar(first) <= clock.CumulVar(last))
        able = [v for v in range(fleet.count) if work.allowed[r, v] and not lacks[r, v]]
        for index in (first, last):
            routing.VehicleVar(index).SetValues([-1, *able])
        routing.AddDisjunction([first, last], int(_MONEY * work.unserved_price[r]), 2)


def _route(routing: Any, nodes: Any, found: Any, vehicle: int) -> tuple[int, ...]:
    index, route = routing.Start(vehicle), []
    while not routing.IsEnd(index := found.Value(routing.NextVar(index))):
        route.append(nodes.IndexToNode(index))
    return tuple(route)
