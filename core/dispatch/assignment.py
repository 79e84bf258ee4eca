"""Who gets which order, when several orders want the same drivers: a minimum-cost flow with the option to wait.

Each driver gets at most one new order a cycle, so that every insertion was priced on the route it goes into. Solved
by OR-Tools' cost-scaling push-relabel (A. V. Goldberg, 1997), which is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from ortools.graph.python import min_cost_flow

from core.dispatch.candidates import Pricing
from core.vocabulary import DriverId, OrderId


class MatchingFailed(Exception):
    """The solver found no optimum of a problem that always has one: a bug, never to be papered over."""


def match(pricings: Sequence[Pricing], wait_money: int) -> Mapping[OrderId, DriverId | None]:
    """Return the driver of each order, or ``None`` to wait, at the least total cost.

    Parameters
    ----------
    pricings : sequence of Pricing
    wait_money : int
        What waiting costs more than the order's own cheapest candidate, minor units. So nobody waits merely because
        an order is dear; only because two want the same driver.
    """
    if not pricings:
        return {}
    drivers = sorted({candidate.driver_id for pricing in pricings for candidate in pricing.possible})
    column = {driver_id: len(pricings) + i for i, driver_id in enumerate(drivers)}
    wait, sink = len(pricings) + len(drivers), len(pricings) + len(drivers) + 1
    arcs: list[tuple[int, int, int, int]] = []
    for row, pricing in enumerate(pricings):
        arcs.extend((row, column[option.driver_id], 1, option.total_money) for option in pricing.possible)
        cheapest = pricing.possible[0].total_money if pricing.possible else 0
        arcs.append((row, wait, 1, cheapest + wait_money))
    arcs.extend((column[driver_id], sink, 1, 0) for driver_id in drivers)
    arcs.append((wait, sink, len(pricings), 0))
    chosen = _solve(np.array(arcs, dtype=np.int64), len(pricings), sink)
    by_column = {number: driver_id for driver_id, number in column.items()}
    return {pricing.order.order_id: by_column.get(chosen[row]) for row, pricing in enumerate(pricings)}


def greedy(pricings: Sequence[Pricing], wait_money: int) -> Mapping[OrderId, DriverId | None]:
    """Return a driver for each order without a solver: one by one, in the given order, the cheapest who is left.

    Parameters are those of `match`, and so is the meaning of waiting.
    """
    taken: set[DriverId] = set()
    chosen: dict[OrderId, DriverId | None] = {}
    for pricing in pricings:
        left = (candidate for candidate in pricing.possible if candidate.driver_id not in taken)
        best = min(left, key=lambda candidate: (candidate.total_money, candidate.driver_id), default=None)
        is_dear = best is not None and best.total_money > pricing.possible[0].total_money + wait_money
        chosen[pricing.order.order_id] = None if best is None or is_dear else best.driver_id
        if best is not None and not is_dear:
            taken.add(best.driver_id)
    return chosen


def _solve(arcs: np.ndarray[tuple[int, int], np.dtype[np.int64]], orders: int, sink: int) -> dict[int, int]:
    flow = min_cost_flow.SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(arcs[:, 0], arcs[:, 1], arcs[:, 2], arcs[:, 3])
    flow.set_nodes_supplies(np.arange(orders), np.ones(orders, dtype=np.int64))
    flow.set_node_supply(sink, -orders)
    if flow.solve() != flow.OPTIMAL:
        raise MatchingFailed(f"no assignment of {orders} orders over {len(arcs)} arcs")
    used = flow.flows(numbers) > 0
    return {int(tail): int(head) for tail, head, _, _ in arcs[used] if tail < orders}
