"""What the workers ask of the rest of the service, as protocols: the bus, the latest positions, a listener."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from core.commands import Command
from core.events.envelope import Envelope
from core.operations import Done
from core.projections.operation import Change, Operation
from core.vocabulary import Actor, Instant, Position, VehicleId

type Listener = Callable[[Sequence[Envelope], frozenset[Change]], None]


class Bus(Protocol):
    """Reads the operation, and asks for changes."""

    @property
    def operation(self) -> Operation:
        """Return the state as it stands."""
        ...

    async def execute(self, command: Command, actor: Actor) -> Done:
        """Carry a command out, or raise a `Refusal` or a `Fault`."""
        ...


class SeenVehicle(Protocol):
    """Where a vehicle was at its newest fix."""

    @property
    def position(self) -> Position:
        """Return where it was."""
        ...

    @property
    def fix_at(self) -> Instant:
        """Return when it was there."""
        ...


class SeenVehicles(Protocol):
    """Knows the newest fix of every vehicle."""

    def latest(self, vehicle_id: VehicleId) -> SeenVehicle | None:
        """Return a vehicle's newest fix; ``None`` if it was never heard."""
        ...
