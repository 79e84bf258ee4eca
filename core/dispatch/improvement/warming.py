"""Everything compiled once, before the first plan is wanted: some seconds on a machine's first run, little later."""

from __future__ import annotations

import numpy as np

from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work


def warm_up() -> None:
    """Compile the search, or load what was compiled before, by improving a plan of four orders."""
    effort = Effort(iterations=40)
    improve(_small(), Plan(((), ())), seed=1, effort=effort, clock=_no_clock, fewest_vehicles=True)
    # More than can be weighed against each other at once go another way.
    improve(_small(), Plan(((), ())), seed=1, effort=effort, clock=_no_clock, largest_regret=0)


def _no_clock() -> float:
    return 0.0


def _small() -> Problem:
    count, vehicles = 4, 2
    x = np.array([0.0, 100.0, 200.0, 300.0, 400.0])
    metres = np.abs(x[:, None] - x[None, :])
    nobody, endless = np.full(count, NOBODY), np.full(count, np.inf)
    fleet = Fleet(
        start_place=np.zeros(vehicles, np.int64),
        end_place=np.array([NOBODY, 0]),
        start_at=np.zeros(vehicles),
        shift_ends_at=np.full(vehicles, 1e4),
        capacity=np.full((vehicles, 1), 2.0),
        skills=np.zeros((vehicles, 0), bool),
        max_orders=np.full(vehicles, 4),
        break_vehicle=np.array([1]),
        break_from_at=np.array([10.0]),
        break_until_at=np.array([1e3]),
        break_s=np.array([60.0]),
    )
    work = Work(
        pickup_place=np.array([1, 2, 3, 4]),
        delivery_place=np.array([2, 3, 4, 1]),
        ready_at=np.zeros(count),
        pickup_until_at=endless,
        deliver_from_at=np.zeros(count),
        deliver_until_at=endless,
        due_at=np.full(count, 100.0),
        waits_from_at=np.zeros(count),
        pickup_s=np.full(count, 10.0),
        delivery_s=np.full(count, 10.0),
        load=np.ones((count, 1)),
        skills=np.zeros((count, 0), bool),
        allowed=np.ones((count, vehicles), bool),
        carrier=nobody,
        bound_to=nobody,
        home=nobody,
        move_price=np.zeros(count),
        unserved_price=np.full(count, 1e9),
    )
    prices = Prices(per_metre=1.0, duty_per_s=0.1, late_per_s=1.0, customer_wait_per_s=0.1)
    return Problem(metres / 10.0, metres, fleet, work, prices, ((),) * vehicles)
