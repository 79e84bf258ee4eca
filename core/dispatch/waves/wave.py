"""A wave: the orders that closed together, the plan that is proposed for them, and where it stands."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from core.dispatch.waves.rhythm import RhythmId
from core.fleet.depot import DepotId
from core.vocabulary import DriverId, Instant, OrderId, Position, Value, VehicleId

WaveId = NewType("WaveId", str)


class WavePlanRefused(Exception):
    """The search returned a plan that an independent checker does not let pass."""


class WaveState(StrEnum):
    """Where a wave stands; the last one is final."""

    CLOSED = "closed"
    """Its orders are fixed and being planned."""
    PROPOSED = "proposed"
    """A plan waits for a person, or for the policy."""
    RELEASED = "released"
    """Its drivers have their routes."""
    ENDED = "ended"
    """No work remains on it."""


class WaveStopKind(StrEnum):
    """What happens at a stop of a wave."""

    LOAD = "load"
    DELIVERY = "delivery"
    BREAK = "break"


class WaveStop(Value, frozen=True, kw_only=True):
    """One stop as planned; a break has neither order nor position of its own."""

    kind: WaveStopKind
    order_id: OrderId | None = None
    position: Position | None = None
    arrives_at: Instant
    starts_at: Instant
    departs_at: Instant


class UnitLoad(Value, frozen=True, kw_only=True):
    """The most that a route carries at once of a unit, and what the vehicle holds of it."""

    unit: str
    peak: float
    capacity: float


class WaveRoute(Value, frozen=True, kw_only=True):
    """A driver's part of the plan: from leaving for the first stop to being back at the depot.

    `in_hand` are the orders of other work that come first; `frozen` of the leading stops are under way. `trips` counts
    how often the vehicle leaves a depot loaded. Metres and seconds are of driving, the way back included.
    """

    driver_id: DriverId
    vehicle_id: VehicleId | None
    depot_id: DepotId
    stops: tuple[WaveStop, ...]
    leaves_at: Instant
    returns_at: Instant
    distance_m: float
    driving_s: float
    trips: int
    loads: tuple[UnitLoad, ...] = ()
    in_hand: tuple[OrderId, ...] = ()
    frozen: int = 0

    @property
    def order_ids(self) -> tuple[OrderId, ...]:
        """Return the orders delivered, in sequence."""
        return tuple(s.order_id for s in self.stops if s.kind is WaveStopKind.DELIVERY and s.order_id is not None)


class Aside(StrEnum):
    """Why an order that nobody has is not planned for now."""

    HELD = "held"
    CLOSED_OFF = "closed_off"


class Unserved(Value, frozen=True, kw_only=True):
    """An order without a place, with the first limit that nobody keeps; `unit` where that limit is a capacity.

    One that a person holds, or whose door or depot lies in a closed zone, is named as that and stays in its wave.
    """

    order_id: OrderId
    why: str
    unit: str = ""

    @property
    def is_aside(self) -> bool:
        """Say whether it was not to be planned for now."""
        return self.why in tuple(Aside)


class WavePlan(Value, frozen=True, kw_only=True):
    """Routes for a wave, and what it takes to find exactly them again.

    `number` counts a wave's plans from 1. `position` is the log position it was planned on; `seed`, `iterations` and
    `marks` are the search's (see `core.dispatch.improvement.improve`), and `problem_digest` is what its problem is kept
    by, if it is. `joined` are same-day orders that came to a wave after it closed. `is_degraded` says that driving was
    estimated without streets.
    """

    number: int
    made_at: Instant
    routes: tuple[WaveRoute, ...]
    unserved: tuple[Unserved, ...] = ()
    joined: tuple[OrderId, ...] = ()
    price: int = 0
    position: int = 0
    policy_number: int = 0
    seed: int = 0
    iterations: int = 0
    marks: tuple[float, ...] = ()
    took_ms: float = 0.0
    is_degraded: bool = False
    problem_digest: str = ""

    @property
    def served(self) -> int:
        """Return how many orders have a place."""
        return sum(len(route.order_ids) for route in self.routes)

    @property
    def distance_m(self) -> float:
        """Return the driving of all routes, metres."""
        return sum(route.distance_m for route in self.routes)


class Wave(Value, frozen=True, kw_only=True):
    """A wave as it stands.

    `order_ids` are those that it planned or plans. `proposal` waits for a decision; `plan` is in force. Orders and
    drivers that a person sent back are `without_orders` and `without_drivers`.
    """

    wave_id: WaveId
    rhythm_id: RhythmId
    name: str
    depot_ids: tuple[DepotId, ...]
    closed_at: Instant
    starts_at: Instant
    state: WaveState
    order_ids: tuple[OrderId, ...]
    proposal: WavePlan | None = None
    plan: WavePlan | None = None
    without_drivers: tuple[DriverId, ...] = ()
    plans_made: int = 0
    note: str = ""
    released_at: Instant | None = None
    released_by: str = ""
    ended_at: Instant | None = None

    @property
    def shown_plan(self) -> WavePlan | None:
        """Return what is to be looked at: the proposal, or what is in force."""
        return self.proposal or self.plan
