"""A depot: where scheduled orders start, when it is open, and who drives from it."""

from __future__ import annotations

from typing import NewType

from core.vocabulary import DriverId, Place, Position, Value, VehicleId

DepotId = NewType("DepotId", str)

DAY_MIN = 1440
"""Minutes of a day."""
LONGEST_LOADING_S = 3600.0


class CrewMember(Value, frozen=True, kw_only=True):
    """A driver of a depot with the usual vehicle and hours, minutes after midnight by the site's clock.

    An end that is not later than the beginning lies on the next day. Once the driver is on shift, the shift holds.
    """

    driver_id: DriverId
    vehicle_id: VehicleId
    from_min: int
    until_min: int


class Depot(Value, frozen=True, kw_only=True):
    """A place with goods. Drivers of its crew start and end there, and come back to load again.

    `opens_min` and `closes_min` are minutes after midnight by the site's clock; loading begins, and vehicles are back,
    between them. `loading_s` is the time that each order takes to load, seconds. Without a crew, whoever is on shift
    with nothing in hand drives for it.
    """

    depot_id: DepotId
    name: str
    position: Position
    address: str = ""
    opens_min: int = 0
    closes_min: int = DAY_MIN
    loading_s: float = 60.0
    crew: tuple[CrewMember, ...] = ()

    @property
    def place(self) -> Place:
        """Return where its orders are picked up."""
        return Place(name=self.name, position=self.position, address=self.address)
