"""Who may have which order by the rules that need no route and do not hang on what is in hand; like orders at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from core.dispatch.constraints import LASTING, Trial, breaches
from core.dispatch.loads import amounts, overloaded, units_of
from core.dispatch.matching.work import Barred
from core.dispatch.world import DriverState, PlanningWorld
from core.orders.order import Order
from core.vocabulary import DriverId, Instant, OrderId

type KeptApart = Mapping[tuple[DriverId, OrderId], Instant]
"""Pairs that were tried in vain, and until when they are not tried again."""

NOT_KEPT: KeptApart = MappingProxyType({})


def takes_work(driver: DriverState) -> bool:
    """Say whether a driver is one to whom anything can be given at present, and whose position is known."""
    return driver.is_on_shift and not driver.is_paused and not driver.is_out and driver.start is not None


def barred_orders(
    world: PlanningWorld, drivers: Sequence[DriverState], orders: Sequence[Order], apart: KeptApart = NOT_KEPT
) -> Barred:
    """Return who may not have which order, empty vehicles taken for granted.

    Parameters
    ----------
    world : PlanningWorld
        Its policies say how old a position may be.
    drivers, orders : sequences
    apart : mapping
        Pairs barred beside the rules.

    Returns
    -------
    (n_drivers, n_orders) bool
    """
    barred = _too_large(drivers, orders)
    alike: dict[object, Barred] = {}
    for column, order in enumerate(orders):
        policy = world.policy_for(order)
        # All of an order that LASTING looks at: thousands of orders differ in few of these.
        kind = order.skills, order.refused_by, order.forbidden, id(policy)
        if kind not in alike:
            trials = (Trial(driver, order, world.now, policy) for driver in drivers)
            alike[kind] = np.array([bool(breaches(trial, LASTING)) for trial in trials], bool)
        barred[:, column] |= alike[kind]
    rows = {driver.driver_id: row for row, driver in enumerate(drivers)}
    columns = {order.order_id: column for column, order in enumerate(orders)}
    for (driver_id, order_id), until_at in apart.items():
        if until_at > world.now and driver_id in rows and order_id in columns:
            barred[rows[driver_id], columns[order_id]] = True
    return barred


def _too_large(drivers: Sequence[DriverState], orders: Sequence[Order]) -> Barred:
    units = units_of(orders)
    holds = np.array([amounts(driver.capacity, units) for driver in drivers], float).reshape(-1, 2 + len(units))
    loads = np.array([amounts(order.load, units) for order in orders], float).reshape(-1, 2 + len(units))
    return overloaded(holds, loads)
