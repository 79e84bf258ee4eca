"""Finds what a person means by `48213`, `O-48213`, `d-42`, `castillo` or `this`.

Only open orders and drivers on shift are found by a part of their name; anything is found by its whole id.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from core.projections.operation import Operation
from core.vocabulary import DriverId, OrderId, VehicleId

_NUMBER = re.compile(r"^(?:[a-z]+-)?0*(\d+)$")
_MOST_CHOICES = 6


@dataclass(frozen=True, slots=True)
class Meant:
    """One thing that a word may mean; `kind` is one of those that can be selected."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What words like `this` and `2` refer to.

    Parameters
    ----------
    this : the selected order
    listed : the orders of the exceptions list, from the top
    """

    this: OrderId | None = None
    listed: Sequence[OrderId] = ()


class SpokenNames:
    """Looks words up in the operation as it stands."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation

    def orders(self, word: str, around: Surroundings) -> list[Meant]:
        """Return the orders that a word may mean, an exact match alone."""
        if word.casefold() == "this":
            return [Meant("order", around.this)] if around.this else []
        found = _matching(word, self._operation.orders.orders, self._operation.orders.open_ids)
        if not found and word.isdigit() and 1 <= int(word) <= len(around.listed):
            found = [around.listed[int(word) - 1]]
        return [Meant("order", order_id) for order_id in found]

    def drivers(self, word: str) -> list[Meant]:
        """Return the drivers that an id, a number or a part of a name may mean."""
        drivers = self._operation.fleet.drivers
        on_shift = [driver_id for driver_id, driver in drivers.items() if driver.is_on_shift]
        found = _matching(word, drivers, on_shift)
        if not found:
            wanted = word.casefold()
            found = [driver_id for driver_id in on_shift if wanted in self._name(driver_id).casefold()]
        return [Meant("driver", driver_id) for driver_id in sorted(found)[:_MOST_CHOICES]]

    def anything(self, word: str, around: Surroundings) -> list[Meant]:
        """Return the orders, drivers, vehicles and zones that a word may mean, in this order of preference."""
        fleet = self._operation.fleet
        if orders := self.orders(word, around):
            return orders
        if drivers := self.drivers(word):
            return drivers
        wanted = word.casefold()
        vehicles = [v for v in fleet.vehicles.values() if wanted in (v.vehicle_id.casefold(), v.plate.casefold())]
        return [*(Meant("vehicle", vehicle.vehicle_id) for vehicle in vehicles), *self.zones(word)]

    def zones(self, word: str) -> list[Meant]:
        """Return the zones that an id or a part of a name may mean, an exact match alone."""
        wanted, zones = word.casefold(), self._operation.fleet.zones.values()
        exact = [zone for zone in zones if wanted in (zone.zone_id.casefold(), zone.name.casefold())]
        found = exact or [zone for zone in zones if wanted in zone.name.casefold()]
        return [Meant("zone", zone.zone_id) for zone in found]

    def driver_of(self, kind: str, object_id: str) -> DriverId | None:
        """Return the driver that an order or a vehicle belongs to."""
        if kind == "order":
            order = self._operation.orders.orders.get(OrderId(object_id))
            return order.driver_id if order else None
        if kind == "vehicle":
            vehicle = self._operation.fleet.vehicles.get(VehicleId(object_id))
            return vehicle.driver_id if vehicle else None
        return DriverId(object_id) if kind == "driver" else None

    def _name(self, driver_id: DriverId) -> str:
        person = self._operation.fleet.drivers[driver_id].person
        return person.name if person else ""


def _matching[Id: str](word: str, known: Collection[Id], few: Iterable[Id]) -> list[Id]:
    """Return the one id equal to the word, else those of `few` that have its number (and its letter)."""
    wanted = word.casefold()
    exact = next((name for name in few if name.casefold() == wanted), None)
    if exact is None and word.upper() in known:
        exact = next(name for name in known if name == word.upper())
    if exact is not None:
        return [exact]
    number = _NUMBER.match(wanted)
    if number is None:
        return []
    return sorted(name for name in few if _is_numbered(name, number[1], "" if wanted[0].isdigit() else wanted[0]))


def _is_numbered(name: str, digits: str, letter: str) -> bool:
    found = _NUMBER.match(name.casefold())
    return found is not None and found[1] == digits and name.casefold().startswith(letter)
