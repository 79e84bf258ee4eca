"""What would have come without a ruling: the demand less what the override itself closed, or whom it took out.

A ruling stands in the log like anything else that came after the fork. The side on which nobody ruled does without it,
for as long as it holds alone: another closure of the same place counts on both sides, and so does whoever took the
driver out anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from msgspec.structs import replace as changed

from core.dispatch.changes import CloseStreet, CloseZone, TakeOut
from core.dispatch.decision import Override
from core.dispatch.playing_on.demand import Demand, Happening
from core.dispatch.threats import is_closed_off
from core.dispatch.world import PlanningWorld
from core.fleet.closure import Closure
from core.fleet.fleet import Driver
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import DriverId, OrderId, Position, ZoneId


def own_closure(demand: Demand, override: Override) -> Closure | None:
    """Return the closure that an override made; ``None`` if it closed nothing."""
    match override.change:
        case CloseZone(zone_id=zone_id):
            place: tuple[ZoneId | None, Position | None] = zone_id, None
        case CloseStreet(position=position):
            place = None, position
        case _:
            return None
    made = (one for happening in demand.happenings for one in happening.closed or ())
    own = (one for one in made if (one.zone_id, one.position) == place and one.closed_at == override.decided_at)
    return next(own, None)


def closed_off_by(
    override: Override, world: PlanningWorld, demand: Demand, operation: Operation
) -> dict[OrderId, Order]:
    """Return the orders that waited in the zone that an override closed, and those that came there until it opened."""
    change = override.change
    if not isinstance(change, CloseZone):
        return {}
    waiting = [order for order in world.orders.values() if order.driver_id is None]
    until_at, zone = override.decided_at + change.for_s, frozenset({change.zone_id})
    came = [h.placed for h in demand.happenings if h.placed is not None and h.at < until_at]
    return {order.order_id: order for order in (*waiting, *came) if is_closed_off(operation, order, zone)}


def without_ruling(demand: Demand, override: Override, staff: Mapping[DriverId, Driver]) -> Demand:
    """Return the demand as it would have come had nobody ruled; `staff` are the drivers as they were before."""
    match override.change:
        case CloseZone() | CloseStreet():
            closure = own_closure(demand, override)
            return demand if closure is None else _happening(demand, [_opened(h, closure) for h in demand.happenings])
        case TakeOut() as change:
            return _happening(demand, [_kept_in(h, change, override, staff) for h in demand.happenings])
    return demand


def _happening(demand: Demand, happenings: list[Happening]) -> Demand:
    return replace(demand, happenings=happenings)


def _opened(happening: Happening, closure: Closure) -> Happening:
    if happening.closed is None:
        return happening
    others = tuple(one for one in happening.closed if one.closure_id != closure.closure_id)
    return replace(happening, closed=others)


def _kept_in(happening: Happening, change: TakeOut, override: Override, staff: Mapping[DriverId, Driver]) -> Happening:
    """Return a driver's shift or break as if he had been left as he was: in, or out by an earlier ruling."""
    driver, before = happening.driver, staff.get(change.driver_id)
    until_at = None if change.for_s is None else override.decided_at + change.for_s
    if driver is None or driver.driver_id != change.driver_id or not driver.is_taken_out:
        return happening
    if driver.out_until_at != until_at:
        return happening
    was_out, former_at = (before.is_taken_out, before.out_until_at) if before is not None else (False, None)
    return replace(happening, driver=changed(driver, is_taken_out=was_out, out_until_at=former_at))
