"""The state at an override, cut down to the drivers and orders that matter for it, and what came after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.dispatch.candidates import Points
from core.dispatch.playing_on.demand import Demand
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import PlanningWorld
from core.fleet.closure import Closure, ClosureId
from core.fleet.fleet import Driver
from core.fleet.zone import Zone, zone_at
from core.geodesy import short_distance_m
from core.orders.order import Order
from core.travel import TravelTable
from core.vocabulary import DriverId, Instant, OrderId, Position, Value, ZoneId


class PlayingPolicy(Value, frozen=True, kw_only=True):
    """How far and how finely a state is played on.

    `drivers` nearest to the pickup take part, and those whom a side touches. Demand comes for at most `longest_s`
    after the override, and what is then in hand has `grace_s` more. Orders are given away every `beat_s`. Each side is
    played `draws` times. Each order is priced for `candidates` drivers at most; with more than `most_orders` nothing is
    estimated.

    Raises
    ------
    ValueError
        If a number is not above 0.
    """

    drivers: int = 12
    longest_s: float = 5_400.0
    grace_s: float = 3_600.0
    beat_s: float = 60.0
    draws: int = 8
    candidates: int = 6
    most_orders: int = 150

    def __post_init__(self) -> None:
        counts = (self.drivers, self.longest_s, self.grace_s, self.beat_s, self.draws, self.candidates)
        if min(*counts, self.most_orders) <= 0:
            raise ValueError("playing on needs drivers, orders, time and draws")


@dataclass(frozen=True, slots=True)
class Detour:
    """The driving times between all `points_in_play` while a closure is in force; without it those of the world."""

    closure_id: ClosureId
    travel: TravelTable


@dataclass(frozen=True, slots=True)
class Fork:
    """What both sides are played on.

    Parameters
    ----------
    world : PlanningWorld
        The drivers and orders in play as they stood, with the driving times between all `points_in_play`.
    demand : Demand
        What came, up to `until_at`.
    policies : mapping of ZoneId or None to DispatchPolicy
        As in force at the fork; ``None`` is the whole city's.
    closed : tuple of Closure
        What was closed at the fork.
    door_zones : mapping of OrderId to ZoneId or None
        Where the doors lie.
    until_at : float
    playing : PlayingPolicy
    position, policy_number : int
        Of the log and of the policy's last change at the fork.
    staff : mapping of DriverId to Driver
        The shifts of the drivers in play as they were at the fork, with their breaks.
    detour : Detour or None
        Of the street that the override closed.
    """

    world: PlanningWorld
    demand: Demand
    policies: Mapping[ZoneId | None, DispatchPolicy]
    closed: tuple[Closure, ...]
    door_zones: Mapping[OrderId, ZoneId | None]
    until_at: Instant
    playing: PlayingPolicy
    position: int = 0
    policy_number: int = 0
    staff: Mapping[DriverId, Driver] = field(default_factory=dict)
    detour: Detour | None = None

    def policy_for(self, order: Order) -> DispatchPolicy:
        """Return what holds for an order: its zone's policy, or the whole city's."""
        return self.policies.get(order.zone_id, self.policies[None])

    def travel_under(self, closures: Iterable[Closure], now: Instant) -> TravelTable:
        """Return the driving times under these closures."""
        detour = self.detour
        closed = (one.closure_id for one in closures if now < one.until_at)
        return self.world.travel if detour is None or detour.closure_id not in closed else detour.travel

    def is_closed_off(self, order: Order, closed: Collection[ZoneId]) -> bool:
        """Say whether the pickup or the door of an order in play lies in one of these zones."""
        return order.zone_id in closed or self.door_zones.get(order.order_id) in closed


def neighbours(
    world: PlanningWorld, places: Collection[Position], touched: Iterable[DriverId], count: int
) -> tuple[DriverId, ...]:
    """Return the touched drivers and the `count` nearest to any of `places`, whose positions are known; nearest first.

    There is at least one place.
    """
    known = [driver for _, driver in sorted(world.drivers.items()) if driver.start is not None]
    if not known:
        return ()
    starts = np.array([[driver.start.lat, driver.start.lon] for driver in known if driver.start is not None])
    metres = np.min([short_distance_m(starts, np.array([place.lat, place.lon])) for place in places], axis=0)
    ranked = [known[row].driver_id for row in np.argsort(metres, kind="stable")]
    wanted = set(touched)
    near = [name for name in ranked if world.drivers[name].is_on_shift][:count]
    return tuple(name for name in ranked if name in wanted or name in near)


def in_play(world: PlanningWorld, drivers: Collection[DriverId], orders: Collection[OrderId]) -> PlanningWorld:
    """Return the world with these drivers and orders only; nobody keeps a stop of another order."""
    kept = {
        name: replace(driver, stops=tuple(stop for stop in driver.stops if stop.order_id in orders))
        for name, driver in world.drivers.items()
        if name in drivers
    }
    return replace(world, drivers=kept, orders={name: order for name, order in world.orders.items() if name in orders})


def orders_in_play(
    world: PlanningWorld, demand: Demand, drivers: Collection[DriverId], served_by: Mapping[OrderId, DriverId | None]
) -> frozenset[OrderId]:
    """Return the orders that these drivers had in hand, and those waiting or still to come that they got in truth.

    `served_by` says who had each order when the demand ended.
    """
    held = {name for driver in drivers for name in world.drivers[driver].order_ids}
    waiting = {name for name, order in world.orders.items() if order.driver_id is None}
    coming = {happening.placed.order_id for happening in demand.happenings if happening.placed is not None}
    return frozenset(held | {name for name in waiting | coming if served_by.get(name) in drivers})


def points_in_play(world: PlanningWorld, demand: Demand) -> Points:
    """Return the places between which driving must be known to play on, without repetition."""
    placed = [happening.placed for happening in demand.happenings if happening.placed is not None]
    orders = [*world.orders.values(), *placed]
    stops = dict.fromkeys(place for order in orders for place in (order.pickup.position, order.delivery))
    starts = dict.fromkeys(driver.start for driver in world.drivers.values() if driver.start is not None)
    return Points(tuple({**starts, **stops}), tuple(stops))


def door_zones(world: PlanningWorld, demand: Demand, zones: Collection[Zone]) -> dict[OrderId, ZoneId | None]:
    """Return the zone of every door in play."""
    placed = [happening.placed for happening in demand.happenings if happening.placed is not None]
    return {order.order_id: zone_at(zones, order.delivery) for order in (*world.orders.values(), *placed)}
