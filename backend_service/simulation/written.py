"""The service's answers and our requests as they stand in its public API; nothing of its own code is used."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from core.vocabulary import Instant, Position


class Spot(msgspec.Struct, frozen=True):
    """A point on the ground, degrees."""

    lat: float
    lon: float

    @classmethod
    def of(cls, position: Position) -> Spot:
        """Return a position as the API writes it."""
        return cls(position.lat, position.lon)

    def position(self) -> Position:
        """Return the position that was written."""
        return Position(self.lat, self.lon)


class Taken(msgspec.Struct):
    """The answer to a write."""

    position: int
    id: str = ""


class DeviceKey(msgspec.Struct):
    """The answer to the registration of a device."""

    key: str


class Token(msgspec.Struct):
    """The answer to the wish for a token."""

    token: str


class FixReport(msgspec.Struct):
    """The answer to a batch of fixes."""

    accepted: int
    rejected: dict[str, int]


class Stop(msgspec.Struct, frozen=True):
    """A visit that a driver is to make."""

    order_id: str
    kind: str
    position: Spot


class OrderInHand(msgspec.Struct):
    """An order that a driver has."""

    order_id: str
    state: str
    is_accepted: bool


class Task(msgspec.Struct):
    """One entry of a driver's open work."""

    order: OrderInHand


class Tasks(msgspec.Struct):
    """A driver's open work: the stops in the order in which to make them."""

    stops: tuple[Stop, ...] = ()
    tasks: tuple[Task, ...] = ()

    def order(self, order_id: str) -> OrderInHand | None:
        """Return an order in hand, ``None`` if the driver has it not."""
        return next((task.order for task in self.tasks if task.order.order_id == order_id), None)


class WaveNote(msgspec.Struct):
    """How a wave stands; the number is that of the plan that waits for release."""

    wave_id: str
    state: str
    proposed_number: int | None = None


class Waves(msgspec.Struct):
    """The waves, the newest first."""

    items: tuple[WaveNote, ...] = ()


class HealthDetail(msgspec.Struct):
    """What the service says of itself to its administrator."""

    now: datetime


class Health(msgspec.Struct):
    """The answer to the question whether the service lives."""

    detail: HealthDetail | None = None


def moment(instant: Instant) -> str:
    """Return an instant as the API reads it."""
    return datetime.fromtimestamp(round(instant, 3), UTC).isoformat()
