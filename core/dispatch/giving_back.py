"""What an undo gives back: every order that a decision moved and that can still go, and why the others stay.

Only the operation's state is looked at. Whether an order still fits, where it goes back to, takes ways: that is
found out in `putting_back`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from core.dispatch.changes import Forbid, Resequence, RulingChange, Split, StopName, TakeOut
from core.dispatch.decision import Override, OverrideMode, PlanChange, Recommendation, Statement, Stays
from core.dispatch.planning_events import is_reassignable, still_to_do, turns_away
from core.dispatch.rulings import RulingKind
from core.dispatch.under_way import stands_at
from core.fleet.route import PlannedStop
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, OrderId, Value

type Moves = dict[OrderId, tuple[DriverId | None, DriverId | None]]
"""Who had each order that a decision moved, and whom it gave it to; nobody where it waited, or was to wait."""

_LIFTED: Mapping[type, tuple[str, ...]] = {
    TakeOut: ("not_taken_out",),
    Forbid: ("not_forbidden",),
    Split: ("not_forbidden",),
}
"""The limits that a change set up, which its undo lifts."""


class GivenBack(Value, frozen=True, kw_only=True):
    """An order that goes back to `driver_id`, or waits again where nobody had it.

    `lifted` are limits that the undo itself lifts. An order that no longer fits `waits`, or else stays where it is.
    """

    order_id: OrderId
    driver_id: DriverId | None
    waits: bool = True
    lifted: tuple[str, ...] = ()


class GivingBack(Value, frozen=True, kw_only=True):
    """What an undo is to give back.

    `as_before` are the stops of all drivers as they were, where nothing has touched their plans since: that is tried
    first. `sequence` is what the undo of a changed sequence is about: without it there is none. `stays` says which
    orders remain where they are.
    """

    orders: tuple[GivenBack, ...] = ()
    stays: tuple[Stays, ...] = ()
    as_before: dict[DriverId, tuple[StopName, ...]] = {}
    sequence: tuple[StopName, ...] = ()
    driver_id: DriverId | None = None

    @property
    def needs_plans(self) -> bool:
        """Say whether ways have to be looked at: somebody gets an order, or other stops."""
        return self.driver_id is not None or any(one.driver_id is not None for one in self.orders)


def giving_back(operation: Operation, override: Override) -> GivingBack:
    """Return what the undo of an override gives back as things stand."""
    own = own_orders(override)
    orders, stays = [], []
    for order_id, (former, given) in sorted(moved_by(override).items(), key=lambda move: (move[0] not in own, move[0])):
        order = operation.orders.orders[order_id]
        if order.driver_id == former and (order.state.is_open or former is None):
            continue
        why = _why_it_stays(operation, override, order, given)
        if why is not None:
            stays.append(Stays(order_id=order_id, why=why))
            continue
        is_own = order_id in own and not isinstance(override.change, RulingChange)
        lifted = _LIFTED.get(type(override.change), ()) if former == override.previous_driver_id else ()
        orders.append(GivenBack(order_id=order_id, driver_id=former, waits=is_own, lifted=lifted))
    back = GivingBack(orders=tuple(orders), stays=tuple(stays), as_before=_as_before(operation, override))
    if not isinstance(override.change, Resequence):
        return back
    former_plan = next(plan for plan in override.replaced if plan.driver_id == override.change.driver_id)
    return replace(back, sequence=_former_sequence(operation, former_plan), driver_id=former_plan.driver_id)


def giving_back_accepted(operation: Operation, proposal: Recommendation) -> GivingBack:
    """Return what the undo of an accepted proposal gives back; nothing where the order can no longer change hands."""
    if not is_reassignable(operation.orders.orders[proposal.order_id]):
        return GivingBack()
    return GivingBack(orders=(GivenBack(order_id=proposal.order_id, driver_id=proposal.current_driver_id),))


def giving_back_sequence(operation: Operation, former: PlanChange) -> GivingBack:
    """Return a driver's former sequence of stops, to be made again."""
    sequence = _former_sequence(operation, former)
    return GivingBack(sequence=sequence, driver_id=former.driver_id)


def own_orders(override: Override) -> Collection[OrderId]:
    """Return the orders that an override is about; others moved to make room for them."""
    return override.order_ids or (override.order_id,)


def moved_by(override: Override) -> Moves:
    """Return the orders that an override moved."""
    had, given = _holders(override.replaced), _holders(override.plans)
    planned = {plan.driver_id for plan in override.plans}
    moves: Moves = {
        name: (had.get(name), given.get(name))
        for name in had.keys() | given.keys()
        if had.get(name) != given.get(name) and (name in given or had[name] in planned)
    }
    if not isinstance(override.change, Resequence | RulingChange):
        waits = isinstance(override.change, Split) and override.change.driver_id is None
        moves.setdefault(override.order_id, (override.previous_driver_id, None if waits else override.driver_id))
    return moves


def is_untouched_since(operation: Operation, override: Override) -> bool:
    """Say whether every plan still visits what the override had it visit, and may be as it was before.

    What changed hands must be free to go back, nobody may have ruled otherwise since, and nobody is turned away from
    where he stands.
    """
    ours = {plan.driver_id: plan for plan in (*override.replaced, *override.plans)}
    orders = operation.orders.orders
    moved = [
        (orders[stop.order_id], plan.driver_id)
        for plan in override.replaced
        for stop in plan.stops
        if orders[stop.order_id].driver_id != plan.driver_id and orders[stop.order_id].state.is_open
    ]
    return (
        all(is_reassignable(order) and _may_go_to(operation, override, order, name) for order, name in moved)
        and not any(turns_away(operation, plan) for plan in override.replaced)
        and all(
            [*_names(operation.fleet.route_of(driver_id).stops)] == [*_names(still_to_do(operation, plan.stops))]
            for driver_id, plan in ours.items()
        )
    )


def is_as_known(operation: Operation, override: Override, now: Instant) -> bool:
    """Say whether no driver was told of an override yet, and all may be as they know it."""
    is_in_time = override.tell_at is not None and now < override.tell_at
    return is_in_time and is_untouched_since(operation, override)


def is_pinned_since(operation: Operation, override: Override, order: Order) -> bool:
    """Say whether somebody pinned an order after the override had moved it."""
    rulings = (one.ruling for one in operation.decisions.undoable if one.ruling is not None)
    return order.is_pinned and any(
        one.kind is RulingKind.PINNED and one.order_id == order.order_id and one.ruled_at > override.decided_at
        for one in rulings
    )


def _holders(plans: tuple[PlanChange, ...]) -> dict[OrderId, DriverId]:
    return {stop.order_id: plan.driver_id for plan in plans for stop in plan.stops}


def _why_it_stays(operation: Operation, override: Override, order: Order, given: DriverId | None) -> Statement | None:
    """Return why an order does not go back, ``None`` where it may."""
    if not order.state.is_open:
        return Statement(code="stays.ended")
    if not is_reassignable(order):
        return Statement(code="stays.on_board", arguments={"driver_id": order.driver_id or ""})
    if order.driver_id is not None and order.driver_id != given:
        return Statement(code="stays.given_since", arguments={"driver_id": order.driver_id})
    if is_pinned_since(operation, override, order):
        return Statement(code="stays.pinned", arguments={"driver_id": order.driver_id or ""})
    return None


def _may_go_to(operation: Operation, override: Override, order: Order, driver_id: DriverId) -> bool:
    """Say whether nobody ruled since that a driver does not get an order, nor anything; the override itself aside."""
    driver, book = operation.fleet.drivers[driver_id], operation.decisions
    rulings = [book.ruled(driver_id, order.order_id) if driver_id in order.forbidden else None]
    rulings.append(book.ruled(driver_id))
    is_ruled_out = any(one is not None and one.ruled_at > override.decided_at for one in rulings)
    return driver.is_on_shift and not is_ruled_out and not is_pinned_since(operation, override, order)


def _as_before(operation: Operation, override: Override) -> dict[DriverId, tuple[StopName, ...]]:
    """Return the former stops of every driver of a plan that was made around a change, if no plan was touched since."""
    if override.mode is not OverrideMode.REPLANNED or not is_untouched_since(operation, override):
        return {}
    return {plan.driver_id: tuple(_names(still_to_do(operation, plan.stops))) for plan in override.replaced}


def _former_sequence(operation: Operation, plan: PlanChange) -> tuple[StopName, ...]:
    """Return a driver's present stops as they came before; what came in since goes last, where he stands first."""
    present = list(_names(operation.fleet.route_of(plan.driver_id).stops))
    former = {name: place for place, name in enumerate(_names(plan.stops))}
    present.sort(key=lambda name: former.get(name, len(former)))
    here = stands_at(operation, plan.driver_id)
    if here is not None:
        present.sort(key=lambda name: (name.order_id, name.kind) != (here.order_id, here.kind))
    return tuple(present)


def _names(stops: tuple[PlannedStop, ...]) -> Iterator[StopName]:
    return (StopName(order_id=stop.order_id, kind=stop.kind) for stop in stops)
