"""The hard limits, one function each: who cannot take an order, by which rule and by how much.

`BEFORE_ROUTING` needs no travel times and is asked first; `ALONG_ROUTE` judges a schedule with the order in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

from core.dispatch.decision import Breach, Statement
from core.dispatch.policy import DispatchPolicy
from core.dispatch.schedule import Schedule
from core.dispatch.world import DriverState
from core.fleet.route import StopKind
from core.orders.order import Order
from core.vocabulary import Instant


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
    room = trial.driver.capacity.volume_l - _peak(trial, lambda stop: stop.volume_l, trial.driver.on_board.volume_l)
    return _breach("capacity_volume", **_room(room, trial.order.load.volume_l)) if room < -1e-9 else None


def capacity_weight(trial: Trial) -> Breach | None:
    """The weight fits at every moment of the route."""
    room = trial.driver.capacity.weight_kg - _peak(trial, lambda stop: stop.weight_kg, trial.driver.on_board.weight_kg)
    return _breach("capacity_weight", **_room(room, trial.order.load.weight_kg)) if room < -1e-9 else None


def capacity_amounts(trial: Trial) -> Breach | None:
    """What is counted in further units fits beside what is on board."""
    held, holds = trial.driver.on_board.amounts, trial.driver.capacity.amounts
    for unit, needed in trial.order.load.amounts.items():
        free = holds.get(unit, 0.0) - held.get(unit, 0.0)
        if needed > free + 1e-9:
            return _breach("capacity_amounts", unit=unit, free=max(0.0, free), needed=needed)
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


BEFORE_ROUTING: tuple[Constraint, ...] = (
    *(on_shift, not_paused, not_taken_out, not_on_wave, not_forbidden),
    *(skills, refused_before, position_known, max_stops, capacity_amounts),
)
ALONG_ROUTE: tuple[Constraint, ...] = (reachable, capacity_volume, capacity_weight, shift_end)
FOR_PEOPLE: tuple[Constraint, ...] = (on_shift, not_paused, not_taken_out, not_forbidden, skills)
"""Of those before routing, what binds a person as well: who knows better may ask somebody again, or one more time."""


def breaches(trial: Trial, constraints: Iterable[Constraint]) -> tuple[Breach, ...]:
    """Return every breach, in the order of the constraints."""
    return tuple(breach for constraint in constraints if (breach := constraint(trial)) is not None)


def _peak(trial: Trial, amount: Callable[..., float], on_board: float) -> float:
    peak = carried = on_board
    for stop in trial.plan.stops if trial.plan is not None else ():
        carried += amount(stop)
        peak = max(peak, carried)
    return peak


def _room(room: float, needed: float) -> dict[str, float]:
    return {"free": max(0.0, room + needed), "needed": needed}


def _breach(constraint: str, **arguments: str | float | int) -> Breach:
    name = "position_known" if constraint == "position_never_known" else constraint
    return Breach(constraint=name, statement=Statement(code=f"breach.{constraint}", arguments=arguments))
