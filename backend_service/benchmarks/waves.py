"""Bench of a wave: hundreds of scheduled orders of two depots of the demo city, beside OR-Tools on the same problem.

Doors and depots are places of the simulated day; windows of two hours, loads in litres, kilograms and pieces, some
orders that ask for a skill, and drivers with a break. Both plans are walked by the checker of the engine's problem.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.benchmarks.waves_peer import ortools_wave
from backend_service.simulation.dice import dice
from backend_service.simulation.town import Town, settle
from backend_service.streets.city import City, tower_home
from backend_service.streets.running_streets import running_streets
from core.dispatch.improvement.improve import Effort
from core.dispatch.improvement.problem import Plan, Problem
from core.dispatch.improvement.warming import warm_up
from core.dispatch.plan_check import broken_limits
from core.dispatch.plan_price import plan_price
from core.dispatch.policy import DispatchPolicy
from core.dispatch.waves.planning import Search, planned
from core.dispatch.waves.rhythm import RhythmId
from core.dispatch.waves.setting import BreakSpan, WaveDriver, WaveSetting
from core.dispatch.waves.wave import Wave, WaveId, WavePlan, WaveState, WaveStopKind
from core.dispatch.waves.wave_problem import WaveProblem, wave_problem
from core.fleet.depot import Depot, DepotId
from core.geodesy import as_points
from core.orders.order import Order, Promise, PromiseKind
from core.timekeeping import SteppedClock
from core.travel import TravelTable
from core.vocabulary import DriverId, Instant, Load, OrderId, Position, VehicleId

STARTS_AT = 1_795_168_800.0
"""2026-11-20 10:00 UTC, seven in the morning on the demo city's clocks."""
_DAY_S = 8 * 3600.0
_VAN = Load(volume_l=600.0, weight_kg=400.0, amounts={"pieces": 45.0})
_PIECE = 14.0


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--orders", type=int, default=300, help="scheduled orders (300)")
    parser.add_argument("--depots", type=int, default=2, help="depots (2)")
    parser.add_argument("--vehicles", type=int, default=20, help="vehicles (20)")
    parser.add_argument("--seconds", type=float, nargs="+", default=[3.0, 10.0], help="planned for (3 10)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="towns and dice (1 2 3)")
    parser.add_argument("--no-peer", action="store_true", help="leave OR-Tools out")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    warm_up()
    rows = asyncio.run(_rows(options))
    return Report(
        bench="waves",
        what=f"{options.orders} scheduled orders of {options.depots} depots planned for {options.vehicles} vehicles",
        goal="no limit broken, and no more orders without a place than OR-Tools leaves in the same time",
        baseline="OR-Tools routing, guided local search, without the drivers' breaks",
        method=f"seeds {', '.join(map(str, options.seeds))}; wall seconds of one thread, driving times known before",
        machine=machine,
        rows=tuple(rows),
    )


async def _rows(options: argparse.Namespace) -> list[Row]:
    settings = [await _setting(options, seed) for seed in options.seeds]
    rows = []
    for seconds in options.seconds:
        effort = Effort(iterations=10**9, seconds=seconds)
        ours = [ours_told(*settings[k], effort, seed) for k, seed in enumerate(options.seeds)]
        rows.append(Row(case=f"Tower, {seconds:g} s", figures=_figures(ours)))
        if not options.no_peer:
            theirs = [theirs_told(setting, travel, seconds) for setting, travel in settings]
            rows.append(Row(case=f"OR-Tools, {seconds:g} s (baseline)", figures=_figures(theirs)))
    return rows


type _Told = dict[str, tuple[str, float]]


def ours_told(setting: WaveSetting, travel: TravelTable, effort: Effort, seed: int) -> _Told:
    """Return what Tower's plan of a setting comes to."""
    began = time.perf_counter()
    search = Search(seed, effort, time.monotonic)
    plan = planned(setting, travel, DispatchPolicy(), search)
    took_s = time.perf_counter() - began
    given = wave_problem(setting, travel, DispatchPolicy())
    told = _told(given.problem, _numbers(given, plan), took_s)
    return told | {"trips": ("", float(sum(route.trips for route in plan.routes)))}


def _numbers(given: WaveProblem, plan: WavePlan) -> Plan:
    """Return a published plan by stop numbers, without breaks."""
    numbers = {name: r for r, name in enumerate(given.orders)}
    routes: dict[DriverId, tuple[int, ...]] = {
        route.driver_id: tuple(
            2 * numbers[stop.order_id] + (stop.kind is WaveStopKind.DELIVERY)
            for stop in route.stops
            if stop.order_id is not None
        )
        for route in plan.routes
    }
    left = tuple(numbers[one.order_id] for one in plan.unserved)
    return Plan(tuple(routes.get(driver.driver_id, ()) for driver in given.setting.drivers), left)


def theirs_told(setting: WaveSetting, travel: TravelTable, seconds: float) -> _Told:
    """Return what OR-Tools' plan of the same setting comes to."""
    problem = wave_problem(setting, travel, DispatchPolicy()).problem
    began = time.perf_counter()
    plan = ortools_wave(problem, seconds)
    return _told(problem, plan, time.perf_counter() - began)


def _told(problem: Problem, plan: Plan, took_s: float) -> _Told:
    broken = [one for one in broken_limits(problem, plan) if one.limit != "break"]
    return {
        "orders without a place": ("", float(len(plan.unserved))),
        "vehicles": ("", float(sum(bool(route) for route in plan.routes))),
        "way": ("km", sum(_metres(problem, v, route) for v, route in enumerate(plan.routes)) / 1000.0),
        "price": ("", plan_price(problem, plan)),
        "limits broken": ("", float(len(broken))),
        "took": ("s", took_s),
    }


def _metres(problem: Problem, vehicle: int, route: tuple[int, ...]) -> float:
    if not route:
        return 0.0
    work, fleet = problem.work, problem.fleet
    stops = [int(work.delivery_place[stop // 2] if stop % 2 else work.pickup_place[stop // 2]) for stop in route]
    places = [int(fleet.start_place[vehicle]), *stops, int(fleet.end_place[vehicle])]
    return float(sum(problem.distances_m[a, b] for a, b in pairwise(places)))


def _figures(runs: list[_Told]) -> tuple[Figure, ...]:
    return tuple(Figure.of(name, unit, [run[name][1] for run in runs]) for name, (unit, _) in runs[0].items())


async def _setting(options: argparse.Namespace, seed: int) -> tuple[WaveSetting, TravelTable]:
    """Return a wave of the demo city and the driving times of its places.

    Raises
    ------
    Refusal
        If the demo city is not prepared.
    """
    city, clock = City.load(tower_home()), SteppedClock(STARTS_AT)
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        log_file = Path(folder) / "streets.log"
        async with running_streets(city, clock, log_file, on_state_change=_unheard) as streets:
            await streets.until_live()
            town = await settle(streets, tuple(city.zones), seed, kitchens=options.depots, homes=options.orders)
            setting = wave_of(town, options.vehicles, seed)
            places = setting.places
            points = as_points([(place.lat, place.lon) for place in places])
            return setting, TravelTable(await streets.matrix(points, points), places, places)


def _unheard(_: object) -> None:
    """Hear nothing of losses: a degraded table is told by the plan."""


def wave_of(town: Town, vehicles: int, seed: int) -> WaveSetting:
    """Return a wave of one order for each of a town's homes, each of the depot that lies nearest or any other."""
    depots = {
        DepotId(f"DP-{k}"): Depot(
            depot_id=DepotId(f"DP-{k}"), name=f"Depot {k}", position=kitchen.position, loading_s=30.0
        )
        for k, kitchen in enumerate(town.kitchens, start=1)
    }
    drawn, names = dice(seed, "wave"), list(depots)
    doors = [home.position for home in town.homes]
    orders = {}
    for k, door in enumerate(doors):
        depot = depots[names[int(drawn.integers(len(names)))]]
        orders[OrderId(f"O-{k:04}")] = _order(OrderId(f"O-{k:04}"), depot, door, drawn)
    drivers = tuple(_driver(k, depots[names[k % len(names)]]) for k in range(vehicles))
    wave = Wave(
        wave_id=WaveId("W-1"),
        rhythm_id=RhythmId("R-1"),
        name="Morning",
        depot_ids=tuple(depots),
        closed_at=STARTS_AT,
        starts_at=STARTS_AT,
        state=WaveState.CLOSED,
        order_ids=tuple(orders),
    )
    hours = dict.fromkeys(depots, (STARTS_AT, STARTS_AT + _DAY_S + 3600.0))
    return WaveSetting(wave, STARTS_AT, orders, drivers, depots, hours)


def _order(order_id: OrderId, depot: Depot, door: Position, drawn: np.random.Generator) -> Order:
    opens_at: Instant = STARTS_AT + 1_800.0 + 3_600.0 * int(drawn.integers(6))
    pieces = float(drawn.integers(1, 6))
    return Order(
        order_id=order_id,
        customer_id=f"C-{order_id}",
        customer=None,
        pickup=depot.place,
        delivery=door,
        promise=Promise(kind=PromiseKind.WINDOW, from_at=opens_at, by_at=opens_at + 7_200.0),
        placed_at=STARTS_AT - 3600.0,
        ready_at=STARTS_AT,
        load=Load(volume_l=pieces * _PIECE, weight_kg=pieces * 6.0, amounts={"pieces": pieces}),
        skills=("lift",) if drawn.random() < 0.1 else (),
        service_s=180.0,
        depot_id=depot.depot_id,
    )


def _driver(number: int, depot: Depot) -> WaveDriver:
    return WaveDriver(
        driver_id=DriverId(f"D-{number:02}"),
        vehicle_id=VehicleId(f"V-{number:02}"),
        depot_id=depot.depot_id,
        start=depot.position,
        start_at=STARTS_AT,
        ends_at=STARTS_AT + _DAY_S + 1_800.0,
        capacity=_VAN,
        skills=frozenset({"lift"} if number % 3 == 0 else ()),
        breaks=(BreakSpan(STARTS_AT + 3.5 * 3600.0, STARTS_AT + 5.5 * 3600.0, 1_800.0),),
    )
