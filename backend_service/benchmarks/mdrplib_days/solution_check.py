"""Checks written solution files against the rules of the problem; shares no code with the player and the match.

Also checks what the official evaluator leaves out: one restaurant a bundle, at most three orders in it, and that
nothing is assigned before it was placed.
"""

from __future__ import annotations

from collections import Counter
from math import ceil, hypot, isnan
from pathlib import Path

from backend_service.benchmarks.mdrplib_days.instance import Day
from backend_service.benchmarks.mdrplib_days.solution_files import (
    WrittenTrip,
    read_drop_offs,
    read_legs,
    read_trips,
)

_SLACK = 2e-4
"""Minutes by which a time may be off: what is lost in the files' decimals."""
_LARGEST_BUNDLE = 3


def breaches_of(folder: Path, day: Day, *, metres_per_minute: float, rounding_s: float, grace_s: float) -> list[str]:
    """Return a sentence for each rule that the solution in `folder` breaks; none when it is right."""
    trips, drop_offs, legs = read_trips(folder), read_drop_offs(folder), read_legs(folder)
    position = {name: (x, y) for name, x, y in day.places}
    found = _bundles(trips, day) + _coverage(trips, drop_offs, day)

    def minutes(origin: str, destination: str) -> float:
        (x, y), (to_x, to_y) = position[origin], position[destination]
        steps = ceil(hypot(x - to_x, y - to_y) / metres_per_minute * 60.0 / rounding_s - 1e-9)
        return steps * rounding_s / 60.0

    for courier in day.couriers.values():
        mine = sorted((trip for trip in trips if trip.courier == courier.name), key=lambda trip: trip.pickup)
        place, free = courier.name, courier.on_at / 60.0
        driven: list[tuple[float, str, str]] = []
        for trip in mine:
            kitchen = day.orders[trip.orders[0]].restaurant
            leave = max(free, trip.assigned)
            driven.append((leave, place, kitchen))
            ready = max(day.orders[name].ready_at / 60.0 for name in trip.orders)
            pickup = max(ready, leave + minutes(place, kitchen) + day.half_pickup_s / 60.0)
            found += _off(f"{courier.name} pickup of {trip.orders[0]}", trip.pickup, pickup)
            if trip.pickup > (courier.off_at + grace_s) / 60.0 + _SLACK:
                found.append(f"{courier.name} picks up {trip.orders[0]} after the shift")
            free, place = pickup + day.half_pickup_s / 60.0, kitchen
            for name in trip.orders:
                driven.append((free, place, name))
                at = free + minutes(place, name) + day.half_drop_off_s / 60.0
                found += _off(f"pickup of {name}", drop_offs[name][0], pickup)
                found += _off(f"drop-off of {name}", drop_offs[name][1], at)
                if drop_offs[name][2] != courier.name:
                    found.append(f"{name} is told to be with {drop_offs[name][2]}, not {courier.name}")
                free, place = at + day.half_drop_off_s / 60.0, name
        found += _driven(courier.name, driven, legs.get(courier.name, []))
    return found


def _off(what: str, told: float, right: float) -> list[str]:
    return [] if abs(told - right) <= _SLACK else [f"{what} is told at {told:g}, by the rules at {right:g}"]


def _bundles(trips: list[WrittenTrip], day: Day) -> list[str]:
    found = []
    for trip in trips:
        if len({day.orders[name].restaurant for name in trip.orders}) > 1:
            found.append(f"{trip.orders} are of several restaurants")
        if not 1 <= len(trip.orders) <= _LARGEST_BUNDLE:
            found.append(f"{trip.orders} are {len(trip.orders)} in a bundle")
        if trip.courier not in day.couriers:
            found.append(f"nobody knows {trip.courier}")
        found += [
            f"{name} is assigned before it was placed"
            for name in trip.orders
            if trip.assigned < day.orders[name].placed_at / 60.0 - _SLACK
        ]
    return found


def _coverage(trips: list[WrittenTrip], drop_offs: dict[str, tuple[float, float, str]], day: Day) -> list[str]:
    times = Counter(name for trip in trips for name in trip.orders)
    found = [f"{name} is assigned {count} times" for name, count in times.items() if count > 1]
    found += [f"{name} has no line" for name in day.orders if name not in drop_offs]
    for name, (_, at, _) in drop_offs.items():
        if isnan(at) == (name in times):
            found.append(f"{name} is delivered and not assigned, or the reverse")
    return found


def _driven(courier: str, right: list[tuple[float, str, str]], told: list[tuple[float, str, str]]) -> list[str]:
    if len(right) != len(told):
        return [f"{courier} has {len(told)} legs, by its bundles {len(right)}"]
    found = []
    for (at, origin, destination), (told_at, told_origin, told_destination) in zip(right, told, strict=True):
        found += _off(f"{courier} leaving for {destination}", told_at, at)
        if (origin if origin != courier else "0", destination) != (told_origin, told_destination):
            found.append(f"{courier} drives {told_origin} to {told_destination}, not {origin} to {destination}")
    return found
