"""The hard limits, one function each: who cannot take an order, by which rule and by how much.

`BEFORE_ROUTING` needs no travel times and is asked first; `ALONG_ROUTE` judges a schedule with the order in it.
Without one, what an order takes up is held against the empty vehicle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import inf

from core.dispatch.decision import Breach, Statement
from core.dispatch.policy import DispatchPolicy
from core.dispatch.schedule import BREAK_GRACE_S, Schedule
from core.dispatch.world import DriverState, Stop
from core.fleet.route import StopKind
from core.orders.order import Order
from core.vocabulary import Instant, Load


@dataclass(frozen=True, slots=True)
class Trial:
    """One order tried on one driver, without the order if that driver has it; `plan` holds it once it is routed."""

    driver: DriverState
    order: Order
    now: Instant
    policy: DispatchPolicy
    plan: Schedule | None = None


type Constraint = Callable[[Trial], Breach | None]


def on_shift(trial: Trial) -> Breach | None:
    """Only drivers on shift get orders."""
    return None if trial.driver.is_on_shift else _breach("on_shift")


def not_paused(trial: Trial) -> Breach | None:
    """A driver on a break gets nothing new."""
    return _breach("not_paused") if trial.driver.is_paused else None


def not_taken_out(trial: Trial) -> Breach | None:
    """Nobody plans with a driver whom a person took out."""
    return _breach("not_taken_out") if trial.driver.is_out else None


def not_on_wave(trial: Trial) -> Breach | None:
    """Who drives a wave's route is left to the wave until it is done."""
    return _breach("not_on_wave") if trial.driver.is_on_wave else None


def not_forbidden(trial: Trial) -> Breach | None:
    """Whom a person keeps from this order does not get it."""
    return _breach("not_forbidden") if trial.driver.driver_id in trial.order.forbidden else None


def skills(trial: Trial) -> Breach | None:
    """The driver has every skill that the order asks for."""
    missing = [skill for skill in trial.order.skills if skill not in trial.driver.skills]
    return _breach("skills", missing=", ".join(missing)) if missing else None


def refused_before(trial: Trial) -> Breach | None:
    """Who refused this order is not asked again."""
    return _breach("refused_before") if trial.driver.driver_id in trial.order.refused_by else None


def position_known(trial: Trial) -> Breach | None:
    """The driver's position is known, and not older than the limit."""
    age, limit = trial.driver.position_age_s, trial.policy.max_position_age_s
    if trial.driver.start is None or age == inf:
        return _breach("position_never_known")
    return _breach("position_known", age_s=age, limit_s=limit) if age > limit else None


def max_stops(trial: Trial) -> Breach | None:
    """A driver has at most so many orders in hand."""
    in_hand = len(trial.driver.order_ids - {trial.order.order_id})
    limit = trial.policy.max_orders
    return _breach("max_stops", orders=in_hand, limit=limit) if in_hand >= limit else None


def reachable(trial: Trial) -> Breach | None:
    """A way leads to every stop."""
    return _breach("reachable") if trial.plan is not None and not trial.plan.is_reachable else None


def capacity_volume(trial: Trial) -> Breach | None:
    """The volume fits at every moment of the route."""
    room = _room(trial, lambda load: load.volume_l, lambda stop: stop.volume_l)
    return _breach("capacity_volume", **_short(room, trial.order.load.volume_l)) if room < -1e-9 else None


def capacity_weight(trial: Trial) -> Breach | None:
    """The weight fits at every moment of the route."""
    room = _room(trial, lambda load: load.weight_kg, lambda stop: stop.weight_kg)
    return _breach("capacity_weight", **_short(room, trial.order.load.weight_kg)) if room < -1e-9 else None


def capacity_amounts(trial: Trial) -> Breach | None:
    """What is counted in further units fits at every moment of the route."""
    for unit, needed in trial.order.load.amounts.items():
        room = _room(trial, partial(_held, unit), partial(_moved, unit))
        if room < -1e-9:
            return _breach("capacity_amounts", unit=unit, **_short(room, needed))
    return None


def shift_end(trial: Trial) -> Breach | None:
    """Nothing is picked up after the shift ends, and the last stop is done in time."""
    if trial.plan is None or not trial.plan.is_reachable:
        return None
    ends_at, plan = trial.driver.shift_ends_at, trial.plan
    over_s = plan.ends_at - ends_at - trial.policy.overtime_s
    for stop, starts_at in zip(plan.stops, plan.starts, strict=True):
        if stop.kind is StopKind.PICKUP:
            over_s = max(over_s, starts_at - ends_at)
    return _breach("shift_end", over_min=over_s / 60.0) if over_s > 0.0 else None


def planned_break(trial: Trial) -> Breach | None:
    """The planned break that is due begins by its latest instant."""
    due, plan = trial.driver.due_break, trial.plan
    if due is None or plan is None or plan.taken is None or not plan.is_reachable:
        return None
    over_s = plan.taken.begins_at - due.latest_at
    if over_s <= BREAK_GRACE_S:
        return None
    return _breach("planned_break", from_at=due.earliest_at, until_at=due.latest_at, over_min=over_s / 60.0)


LASTING: tuple[Constraint, ...] = (
    *(on_shift, not_paused, not_taken_out, not_on_wave, not_forbidden),
    *(skills, refused_before, position_known),
)
"""Of those before routing, what does not hang on the orders in hand, nor on what an order takes up."""
CAPACITY: tuple[Constraint, ...] = (capacity_volume, capacity_weight, capacity_amounts)
BEFORE_ROUTING: tuple[Constraint, ...] = (*LASTING, max_stops, *CAPACITY)
ALONG_ROUTE: tuple[Constraint, ...] = (reachable, *CAPACITY, shift_end, planned_break)
FOR_PEOPLE: tuple[Constraint, ...] = (on_shift, not_paused, not_taken_out, not_forbidden, skills)
"""Of those before routing, what binds a person as well: who knows better may ask somebody again, or one more time."""


def breaches(trial: Trial, constraints: Iterable[Constraint]) -> tuple[Breach, ...]:
    """Return every breach, in the order of the constraints."""
    return tuple(breach for constraint in constraints if (breach := constraint(trial)) is not None)


def both(first: Iterable[Breach], then: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return the breaches found before routing and along the route, each constraint named once."""
    found = tuple(first)
    named = {breach.constraint for breach in found}
    return (*found, *(breach for breach in then if breach.constraint not in named))


def _room(trial: Trial, held: Callable[[Load], float], moved: Callable[[Stop], float]) -> float:
    """Return what is left of the capacity where the route is fullest; without a route, in the empty vehicle."""
    holds = held(trial.driver.capacity)
    if trial.plan is None:
        return holds - held(trial.order.load)
    peak = carried = held(trial.driver.on_board)
    for stop in trial.plan.stops:
        carried += moved(stop)
        peak = max(peak, carried)
    return holds - peak


def _held(unit: str, load: Load) -> float:
    return load.amounts.get(unit, 0.0)


def _moved(unit: str, stop: Stop) -> float:
    return next((amount for name, amount in stop.amounts if name == unit), 0.0)


def _short(room: float, needed: float) -> dict[str, float]:
    return {"free": max(0.0, room + needed), "needed": needed}


def _breach(constraint: str, **arguments: str | float | int) -> Breach:
    name = "position_known" if constraint == "position_never_known" else constraint
    return Breach(constraint=name, statement=Statement(code=f"breach.{constraint}", arguments=arguments))
