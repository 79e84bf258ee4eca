"""Plays a day: shows the match what is known at each look, carries out what it settles, and keeps every time.

A courier is never diverted: what it is given comes after what it has. Nothing is shown of an order before it is placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from backend_service.benchmarks.mdrplib_days.instance import MINUTE, Day, DayOrder
from core.dispatch.matching.match import match
from core.dispatch.matching.work import Commitment, Courier, MatchPolicy, Meal
from core.vocabulary import DriverId, OrderId


@dataclass(frozen=True, slots=True)
class Trip:
    """A bundle with its times, seconds; `legs` are (departure, origin place, destination place)."""

    courier: str
    assigned_at: float
    pickup_at: float
    orders: tuple[str, ...]
    drop_offs_at: tuple[float, ...]
    legs: tuple[tuple[float, int, int], ...]
    free_at: float


@dataclass(slots=True)
class _Standing:
    place: int
    free_at: float
    orders: int = 0


@dataclass(slots=True)
class PlayedDay:
    """What became of a day; `looks` is how often the match was asked."""

    day: Day
    trips: list[Trip] = field(default_factory=list)
    looks: int = 0


def play(day: Day, policy: MatchPolicy, *, cadence_s: float | None, grace_s: float) -> PlayedDay:
    """Play a day to its end.

    Parameters
    ----------
    day : Day
    policy : MatchPolicy
    cadence_s : float or None
        Seconds between two looks; ``None`` to look whenever something happens.
    grace_s : float
        How long after its shift's end a courier may still pick up.
    """
    played = PlayedDay(day)
    standing = {c.name: _Standing(c.place, c.on_at) for c in day.couriers.values()}
    waiting: dict[str, DayOrder] = {}
    to_come = sorted(day.orders.values(), key=lambda order: (order.placed_at, order.name))
    ends_at = max(courier.off_at for courier in day.couriers.values()) + grace_s
    leaves_at: float | None = None
    now = 0.0
    while now <= ends_at and (to_come or waiting):
        while to_come and to_come[0].placed_at <= now:
            order = to_come.pop(0)
            waiting[order.name] = order
        next_at = now + cadence_s if cadence_s is not None else now
        if waiting:
            played.looks += 1
            settled, leaves_at = match(
                list(_couriers(day, standing, now, grace_s)),
                [_meal(order, day) for order in waiting.values()],
                day.travel,
                policy,
                now=now,
                next_at=next_at,
            )
            for commitment in settled:
                trip = _carried_out(day, commitment, standing[commitment.driver_id], now)
                played.trips.append(trip)
                for name in trip.orders:
                    del waiting[name]
        now = next_at if cadence_s is not None else _next_happening(day, standing, to_come, leaves_at, now)
    return played


def _next_happening(
    day: Day, standing: dict[str, _Standing], to_come: list[DayOrder], leaves_at: float | None, now: float
) -> float:
    happenings = [state.free_at for state in standing.values()]
    happenings.extend(order.placed_at for order in to_come[:1])
    happenings.append(inf if leaves_at is None else leaves_at)
    return min((at for at in happenings if at > now), default=inf)


def _couriers(day: Day, standing: dict[str, _Standing], now: float, grace_s: float) -> Iterator[Courier]:
    for courier in day.couriers.values():
        state = standing[courier.name]
        if max(now, state.free_at) <= courier.off_at + grace_s:
            guaranteed = day.pay_per_hour * (courier.off_at - courier.on_at) / (60.0 * MINUTE)
            yield Courier(
                driver_id=DriverId(courier.name),
                place=state.place,
                free_at=state.free_at,
                last_pickup_at=courier.off_at + grace_s,
                is_below_guarantee=day.pay_per_order * (state.orders + 1) <= guaranteed,
            )


def _meal(order: DayOrder, day: Day) -> Meal:
    return Meal(OrderId(order.name), order.kitchen, order.door, order.ready_at, order.placed_at + day.target_s)


def _carried_out(day: Day, commitment: Commitment, state: _Standing, now: float) -> Trip:
    orders = [day.orders[meal.order_id] for meal in commitment.meals]
    kitchen = orders[0].kitchen
    at = max(now, state.free_at)
    legs = [(at, state.place, kitchen)]
    pickup_at = max(
        at + float(day.travel[state.place, kitchen]) + day.half_pickup_s, max(order.ready_at for order in orders)
    )
    at, place, drop_offs = pickup_at + day.half_pickup_s, kitchen, []
    for order in orders:
        legs.append((at, place, order.door))
        drop_offs.append(at + float(day.travel[place, order.door]) + day.half_drop_off_s)
        at, place = drop_offs[-1] + day.half_drop_off_s, order.door
    state.place, state.free_at, state.orders = place, at, state.orders + len(orders)
    return Trip(
        courier=commitment.driver_id,
        assigned_at=now,
        pickup_at=pickup_at,
        orders=tuple(order.name for order in orders),
        drop_offs_at=tuple(drop_offs),
        legs=tuple(legs),
        free_at=at,
    )
