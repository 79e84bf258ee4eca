"""Chooses bundles and who takes each, at the least price: every order in one bundle at most, every driver once.

After its bundle a driver may go on with another, so that meals which can well be fetched later do not keep others from
a driver now. Without bundles to choose between, this is an assignment problem; with them a set partitioning problem,
solved by HiGHS (Q. Huangfu, J. Hall, 2018). The solver is loaded when it is first wanted: it would cost every start
half a second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.pricing import NEVER
from core.dispatch.matching.work import MatchPolicy, Seconds

_NEAREST = 12
"""Of each bundle's predecessors, so many of the cheapest are looked at."""

LONGEST_S = 10.0
"""Wall seconds after which the solver lets go of its processor; the worker waits for one."""


def load_solver() -> None:
    """Load what `assigned` and `partitioned` need: half a second, once."""
    import scipy.optimize
    import scipy.sparse  # noqa: F401


def assigned(prices: Seconds, unserved: float) -> dict[int, int]:
    """Return the predecessor of each bundle that is served, all bundles being disjoint.

    Parameters
    ----------
    prices : (n_predecessors, n_bundles)
    unserved : float
        What leaving a bundle costs, in the unit of `prices`.
    """
    from scipy.optimize import linear_sum_assignment

    count = prices.shape[1]
    leaving = np.full((count, count), NEVER)
    np.fill_diagonal(leaving, unserved)
    rows, columns = linear_sum_assignment(np.vstack([prices, leaving]))
    served = rows < prices.shape[0]
    return {
        int(column): int(row)
        for row, column in zip(rows[served], columns[served], strict=True)
        if prices[row, column] < NEVER
    }


def partitioned(
    prices: Seconds, bundles: Sequence[Bundle], couriers: int, policy: MatchPolicy
) -> dict[int, int] | None:
    """Return the predecessor of each chosen bundle; ``None`` when the solver's effort did not suffice.

    Parameters
    ----------
    prices : (couriers + n_bundles, n_bundles)
    couriers : int
        How many of the leading rows are drivers; the others are bundles, which must be chosen to be followed.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_matrix

    arcs = _arcs(prices)
    names = sorted({meal.order_id for bundle in bundles for meal in bundle.meals})
    number = {name: row for row, name in enumerate(names)}
    cost = np.array([*(prices[row, column] for row, column in arcs), *np.full(len(names), policy.unserved)])
    cells: list[tuple[int, int, float]] = []
    for index, (row, column) in enumerate(arcs):
        cells.extend((number[meal.order_id], index, 1.0) for meal in bundles[column].meals)
        cells.append((len(names) + row, index, 1.0))
        # What follows a bundle needs it chosen: its row holds (followers - chosen) <= 0.
        cells.append((len(names) + couriers + column, index, -1.0))
    cells.extend((number[name], len(arcs) + number[name], 1.0) for name in names)
    rows, columns, values = zip(*cells, strict=True)
    height = len(names) + couriers + len(bundles)
    matrix = coo_matrix((values, (rows, columns)), shape=(height, len(cost))).tocsr()
    upper = np.concatenate([np.ones(len(names) + couriers), np.zeros(len(bundles))])
    lower = np.concatenate([np.ones(len(names)), np.full(couriers + len(bundles), -np.inf)])
    solved = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(matrix, lower, upper),
        options={"node_limit": policy.node_limit, "mip_rel_gap": 1e-6, "time_limit": LONGEST_S},
    )
    if solved.x is None:
        return None
    return {column: row for used, (row, column) in zip(solved.x, arcs, strict=False) if used > 0.5}


def _arcs(prices: Seconds) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for column in range(prices.shape[1]):
        cheapest = np.argsort(prices[:, column], kind="stable")[:_NEAREST]
        kept.extend((int(row), column) for row in cheapest if prices[row, column] < NEVER)
    return kept
