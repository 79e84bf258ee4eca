"""What would let a driver who is out take an order: every change that it takes together, tried before it is said.

A limit that is lifted may bring the next one to light. So each round lifts what is found, and looks again as planner
and check do, until nothing is left; where that cannot be had, or the driver's ways are not known, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, islice
from math import ceil, inf

from msgspec.structs import replace as changed

from core.dispatch.candidates import Candidate, Pricing, bundled_where_it_may_be, candidate_of
from core.dispatch.decision import Breach, Statement
from core.dispatch.least_minutes import least_minutes
from core.dispatch.taker_check import plan_breaches, reasons_against
from core.dispatch.world import DriverState, PlanningWorld
from core.fleet.route import StopKind
from core.orders.order import Order
from core.vocabulary import Load, OrderId

_MOST_ROUNDS = 8
_MOST_CHOICES = 60
"""So many ways to take orders out of a route are looked at."""
_ROUNDING = 1e-9

type _Need = tuple[str, str]
"""What is needed, and what of: a unit, an order, skills; empty where there is but one."""

_PLACES: Mapping[str, tuple[str, str]] = {
    "room_volume": ("", "more"),
    "room_weight": ("", "more"),
    "room_amount": ("unit", "more"),
    "shift_longer": ("", "minutes"),
    "break_later": ("", "minutes"),
    "bundle_promise": ("order_id", "minutes"),
    "without_orders": ("orders", ""),
    "skills": ("missing", ""),
}
"""How a need's statement calls what it is of, and how much of it; nothing for what is either so or not."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A driver and an order as they would be with what was lifted so far, and how much that was."""

    world: PlanningWorld
    pricing: Pricing
    driver: DriverState
    needs: Mapping[_Need, int] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        return self.pricing.order

    def with_driver(self, driver: DriverState, need: str, of: str = "", more: int = 0) -> _Case:
        return replace(self._needing(need, of, more), driver=driver, world=self.world.with_driver(driver))

    def with_order(self, order: Order, need: str, of: str = "", more: int = 0) -> _Case:
        world = replace(self.world, orders={**self.world.orders, order.order_id: order})
        is_own = order.order_id == self.order.order_id
        pricing = replace(self.pricing, order=order) if is_own else self.pricing
        return replace(self._needing(need, of, more), world=world, pricing=pricing)

    def _needing(self, need: str, of: str, more: int) -> _Case:
        key = (need, of)
        return replace(self, needs={**self.needs, key: self.needs.get(key, 0) + more})

    def broken(self) -> tuple[Breach, ...]:
        """Return what still speaks against it: for the check, else for the planner, else in the planner's own plan."""
        reasons = reasons_against(self.world, self.order, self.driver)
        if reasons:
            return reasons
        planned = self._planned()
        if planned.breaches:
            return planned.breaches
        assert planned.option is not None, "who breaks nothing reaches every stop"
        return plan_breaches(self.world, self.order, self.driver, planned.option.insertion.after.stops)

    def _planned(self) -> Candidate:
        mean_orders = self.world.mean_orders()
        candidate = candidate_of(self.world, self.driver, self.order, mean_orders)
        others = [
            replace(one, option=replace(one.option, order=self.order))
            for one in self.pricing.possible
            if one.option is not None and one.driver_id != self.driver.driver_id
        ]
        return bundled_where_it_may_be(self.world, self.order, [candidate, *others], mean_orders)[0]


def lifting(world: PlanningWorld, pricing: Pricing, driver: DriverState) -> tuple[Statement, ...]:
    """Return the changes that let a driver take the priced order: all are needed, and together they are enough.

    Parameters
    ----------
    world : PlanningWorld
        The one that the order was priced on.
    pricing : Pricing
    driver : DriverState
        One of its impossible.

    Returns
    -------
    tuple of Statement
        Of the first change ``change.*``, of further ones ``also.*``; empty where no change is known to do it.
    """
    case = _Case(world, pricing, driver)
    try:
        for _ in range(_MOST_ROUNDS):
            broken = case.broken()
            if not broken:
                return tuple(_said(case))
            lifted = _lifted(case, broken)
            if lifted is None:
                return ()
            case = lifted
    except KeyError:  # the planner ruled the driver out before it asked for ways
        return ()
    return ()


def _lifted(case: _Case, broken: Iterable[Breach]) -> _Case | None:
    for breach in broken:
        lifted = _without(case, breach)
        if lifted is None:
            return None
        case = lifted
    return case


def _without(case: _Case, breach: Breach) -> _Case | None:
    """Return the case with the least change that lifts a breach; ``None`` where nothing would."""
    numbers, driver, order = breach.statement.arguments, case.driver, case.order
    match breach.constraint:
        case "capacity_volume" | "capacity_weight" | "capacity_amounts":
            return _with_room(case, breach.constraint, numbers)
        case "shift_end":
            minutes = _whole(numbers["over_min"])
            longer = replace(driver, shift_ends_at=driver.shift_ends_at + 60.0 * minutes)
            return case.with_driver(longer, "shift_longer", more=minutes)
        case "planned_break":
            return _with_later_break(case, _whole(numbers["over_min"]))
        case "max_stops":
            return _with_fewer(case, int(numbers["orders"]) - int(numbers["limit"]) + 1)
        case "max_bundle":
            return _with_fewer(case, int(numbers["orders"]) - int(numbers["limit"]))
        case "bundle_promise":
            return _promised_later(case, OrderId(str(numbers["order_id"])))
        case "skills":
            missing = [skill for skill in order.skills if skill not in driver.skills]
            return case.with_driver(replace(driver, skills=driver.skills.union(missing)), "skills", ", ".join(missing))
        case "position_known":
            is_known = driver.start is not None and driver.position_age_s < inf
            return case.with_driver(replace(driver, position_age_s=0.0), "heard") if is_known else None
        case "not_taken_out":
            return case.with_driver(replace(driver, is_out=False), "brought_back")
        case "not_paused":
            return case.with_driver(replace(driver, is_paused=False), "break_over")
        case "not_on_wave":
            return case.with_driver(replace(driver, is_on_wave=False), "beside_wave")
        case "not_forbidden":
            others = tuple(name for name in order.forbidden if name != driver.driver_id)
            return case.with_order(changed(order, forbidden=others), "allowed")
        case "refused_before":
            others = tuple(name for name in order.refused_by if name != driver.driver_id)
            return case.with_order(changed(order, refused_by=others), "asked_again")
        case _:
            return None


def _whole(amount: str | float) -> int:
    """Return an amount in whole units that are enough, at least one."""
    return max(1, ceil(float(amount) - _ROUNDING))


def _with_room(case: _Case, constraint: str, numbers: Mapping[str, str | float | int]) -> _Case:
    more = _whole(float(numbers["needed"]) - float(numbers["free"]))
    unit = str(numbers.get("unit", ""))
    need, room = {
        "capacity_volume": ("room_volume", Load(volume_l=more)),
        "capacity_weight": ("room_weight", Load(weight_kg=more)),
        "capacity_amounts": ("room_amount", Load(amounts={unit: more})),
    }[constraint]
    return case.with_driver(replace(case.driver, capacity=case.driver.capacity + room), need, unit, more)


def _with_later_break(case: _Case, minutes: int) -> _Case | None:
    due = case.driver.due_break
    if due is None:
        return None
    later = changed(due, latest_at=due.latest_at + 60.0 * minutes)
    return case.with_driver(replace(case.driver, due_break=later), "break_later", more=minutes)


def _with_fewer(case: _Case, count: int) -> _Case | None:
    """Return the case without so many of the orders that can still be taken away: those that leave least to lift."""
    tried: list[tuple[int, int, _Case]] = []
    for names in islice(combinations(_to_spare(case.driver), count), _MOST_CHOICES):
        driver = case.driver
        for name in names:
            driver = driver.without(name)
        fewer = case.with_driver(driver, "without_orders", ", ".join(names))
        left = len(fewer.broken())
        if left == 0:
            return fewer
        tried.append((left, len(tried), fewer))
    return min(tried)[2] if tried else None


def _to_spare(driver: DriverState) -> list[OrderId]:
    """Return the orders that are neither on board nor under way, those last in the route first."""
    later = [stop.order_id for stop in driver.stops[driver.frozen :] if stop.kind is StopKind.PICKUP]
    return later[::-1]


def _promised_later(case: _Case, order_id: OrderId) -> _Case | None:
    """Return the case with the promise later that a bundle puts at risk; ``None`` where an hour is not enough."""

    def moved(minutes: int) -> _Case:
        order, later_s = case.world.orders[order_id], 60.0 * minutes
        stops = tuple(
            replace(stop, due_at=stop.due_at + later_s) if stop.order_id == order_id else stop
            for stop in case.driver.stops
        )
        later = changed(order, promise=changed(order.promise, by_at=order.promise.by_at + later_s))
        with_stops = replace(case, driver=case.driver.with_stops(stops))
        return with_stops.with_order(later, "bundle_promise", order_id, minutes)

    def is_kept(minutes: int) -> bool:
        return all(_promise_named(breach) != order_id for breach in moved(minutes).broken())

    minutes = least_minutes(is_kept)
    return None if minutes is None else moved(minutes)


def _promise_named(breach: Breach) -> str:
    return str(breach.statement.arguments["order_id"]) if breach.constraint == "bundle_promise" else ""


def _said(case: _Case) -> Iterator[Statement]:
    opening = "change"
    for (need, of), more in case.needs.items():
        of_what, how_much = _PLACES.get(need, ("", ""))
        arguments: dict[str, str | float | int] = {"driver_id": case.driver.driver_id}
        if of_what:
            arguments[of_what] = of
        if how_much:
            arguments[how_much] = more
        yield Statement(code=f"{opening}.{need}", arguments=arguments)
        opening = "also"
