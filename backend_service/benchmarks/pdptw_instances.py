"""Li & Lim's pickup-and-delivery instances as problems, and the best that anybody has found for them.

Source: H. Li, A. Lim, *A Metaheuristic for the Pickup and Delivery Problem with Time Windows*, 2001; best known results
as kept by SINTEF. Windows are hard, one depot, like vehicles, euclidean distances that are also times.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.dispatch.improvement.columns import Floats
from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work

DOZEN = tuple(f"l{kind}{length}04" for length in (1, 2) for kind in ("c", "r", "rc")) + tuple(
    f"l{kind}{length}_2_5" for length in (1, 2) for kind in ("c", "r", "rc")
)
"""One of each class and size: number 4 of those with 100 tasks and number 5 of those with 200."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem with the fewest vehicles known for it and, with those, the shortest distance."""

    name: str
    problem: Problem
    known_vehicles: int
    known_distance: float


def read_instances(folder: Path, names: tuple[str, ...] = ()) -> list[Instance]:
    """Return the instances named, or all in the folder.

    Raises
    ------
    KeyError
        If the best known result of a name is not in ``best_known.csv``.
    OSError
        If a file is missing.
    """
    with (folder / "best_known.csv").open(newline="") as lines:
        known = {row["instance"]: row for row in csv.DictReader(lines)}
    in_folder = (name for name in known if (folder / f"{name}.txt").is_file())
    return [
        Instance(
            name=name,
            problem=read_problem(folder / f"{name}.txt"),
            known_vehicles=int(known[name]["best_known_vehicles"]),
            known_distance=float(known[name]["best_known_distance"]),
        )
        for name in names or in_folder
    ]


def read_problem(path: Path) -> Problem:
    """Return the problem in a file of Li & Lim's format; a metre takes a second and costs 1."""
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    vehicles, nodes = int(rows[0][0]), np.array(rows[1:])
    offsets = nodes[:, None, 1:3] - nodes[None, :, 1:3]
    metres = np.hypot(offsets[..., 0], offsets[..., 1])
    pickups = np.flatnonzero(nodes[:, 8] > 0)
    return Problem(
        durations_s=metres,
        distances_m=metres,
        fleet=_fleet(vehicles, capacity=rows[0][1], closes_at=nodes[0, 5]),
        work=_work(nodes, pickups, nodes[pickups, 8].astype(np.int64), vehicles),
        prices=Prices(per_metre=1.0),
        frozen=((),) * vehicles,
    )


def length_of(problem: Problem, plan: Plan) -> tuple[int, float]:
    """Return how many vehicles a plan uses, and how far they drive from and back to the depot."""
    work, metres = problem.work, 0.0
    for route in plan.routes:
        places = [int(work.delivery_place[s // 2] if s % 2 else work.pickup_place[s // 2]) for s in route]
        metres += sum(float(problem.distances_m[a, b]) for a, b in zip([0, *places], [*places, 0], strict=True))
    return sum(map(bool, plan.routes)), metres


def _fleet(vehicles: int, *, capacity: float, closes_at: float) -> Fleet:
    return Fleet(
        start_place=np.zeros(vehicles, np.int64),
        end_place=np.zeros(vehicles, np.int64),
        start_at=np.zeros(vehicles),
        shift_ends_at=np.full(vehicles, closes_at),
        capacity=np.full((vehicles, 1), capacity),
        skills=np.zeros((vehicles, 0), bool),
        max_orders=np.full(vehicles, 1_000_000),
    )


def _work(nodes: Floats, pickups: np.ndarray, deliveries: np.ndarray, vehicles: int) -> Work:
    count = len(pickups)
    nobody, never = np.full(count, NOBODY), np.full(count, np.inf)
    return Work(
        pickup_place=pickups,
        delivery_place=deliveries,
        ready_at=nodes[pickups, 4],
        pickup_until_at=nodes[pickups, 5],
        deliver_from_at=nodes[deliveries, 4],
        deliver_until_at=nodes[deliveries, 5],
        due_at=never,
        waits_from_at=never,
        pickup_s=nodes[pickups, 6],
        delivery_s=nodes[deliveries, 6],
        load=nodes[pickups, 3:4],
        skills=np.zeros((count, 0), bool),
        allowed=np.ones((count, vehicles), bool),
        carrier=nobody,
        bound_to=nobody,
        home=nobody,
        move_price=np.zeros(count),
        unserved_price=np.full(count, 1e6),
    )
