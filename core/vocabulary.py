"""The words every part of Tower shares: identifiers, positions, loads and roles.

SI inside: metres, seconds, m/s, kilograms, litres for volume; degrees (WGS 84) only in positions; money is an
``int`` in minor units of the city's currency. An instant is a ``float`` of seconds since 1970-01-01 UTC and its
name ends in ``_at``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

import msgspec

OrderId = NewType("OrderId", str)
DriverId = NewType("DriverId", str)
VehicleId = NewType("VehicleId", str)
DeviceId = NewType("DeviceId", str)
ZoneId = NewType("ZoneId", str)
FenceId = NewType("FenceId", str)
RecommendationId = NewType("RecommendationId", str)
OverrideId = NewType("OverrideId", str)
UserId = NewType("UserId", str)
CommandId = NewType("CommandId", str)

type Instant = float
"""Seconds since 1970-01-01 UTC."""


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A frozen value with keyword-only fields; the base of everything that is stored or sent."""


class Position(msgspec.Struct, frozen=True, array_like=True):
    """A point on the ground: latitude and longitude in degrees, WGS 84."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90.0 <= self.lat <= 90.0 and -180.0 <= self.lon <= 180.0):
            raise ValueError(f"not a position: latitude {self.lat}, longitude {self.lon}")


class Load(Value, frozen=True, kw_only=True):
    """What an order takes up, or what a vehicle can carry; `amounts` are in further units, by name.

    A vehicle that does not state a unit carries nothing that is counted in it.
    """

    volume_l: float = 0.0
    weight_kg: float = 0.0
    amounts: dict[str, float] = {}

    def __post_init__(self) -> None:
        if not (0.0 <= self.volume_l < 1e6 and 0.0 <= self.weight_kg < 1e6):
            raise ValueError("a load is between 0 and 1,000,000 litres and kilograms")
        if not all(0.0 <= amount < 1e6 for amount in self.amounts.values()):
            raise ValueError("an amount is between 0 and 1,000,000")

    def __add__(self, other: Load) -> Load:
        units = {**self.amounts, **other.amounts}
        return Load(
            volume_l=self.volume_l + other.volume_l,
            weight_kg=self.weight_kg + other.weight_kg,
            amounts={unit: self.amounts.get(unit, 0.0) + other.amounts.get(unit, 0.0) for unit in units},
        )

    def fits_into(self, capacity: Load) -> bool:
        """Say whether this load is within `capacity` in every unit."""
        is_within = self.volume_l <= capacity.volume_l and self.weight_kg <= capacity.weight_kg
        return is_within and all(amount <= capacity.amounts.get(unit, 0.0) for unit, amount in self.amounts.items())


class Place(Value, frozen=True, kw_only=True):
    """Somewhere an order is picked up: a name for people and a position for streets."""

    name: str
    position: Position
    address: str = ""


class Role(StrEnum):
    """Who may do what; each token carries exactly one."""

    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    DRIVER = "driver"
    DEVICE = "device"
    PLATFORM = "platform"


class Actor(Value, frozen=True, kw_only=True):
    """Who caused a command: a person, a driver, a device, or the platform itself.

    `subject` is the user, driver or device id; `name` is what people read.
    """

    role: Role
    subject: str
    name: str = ""


PLATFORM = Actor(role=Role.PLATFORM, subject="platform", name="Tower")
