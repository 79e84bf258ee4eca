"""Which idle drivers would be of more use in another zone: from where some are spare to where some will be missing.

Demand and supply half an hour ahead are those of the pressure count. Drivers and places to fill are assigned to each
other at the greatest total gain (Hungarian method; scipy's is R. Jonker and A. Volgenant, 1987). The gain is the share
of a quarter of an hour that one driver more covers there, less the time the way takes; ways are straight lines,
lengthened, for nobody is sent anywhere by a cue before a person, or the policy, agrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from core.dispatch.policy import DispatchPolicy
from core.dispatch.zone_outlook import AHEAD_S, short_ahead
from core.fleet.driver_move import DriverMove, MoveId
from core.geodesy import short_distance_m
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, Position, VehicleId, ZoneId
from core.wire import Pressure

WAY_FACTOR = 1.35
"""Streets beside the straight line between two zones of a city."""
WAY_MPS = 6.5
"""How fast a delivery vehicle gets through a city on average."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What cues are made from.

    Parameters
    ----------
    operation : Operation
    pressure : Pressure
        The last count.
    positions : mapping of VehicleId to Position
        The latest ones.
    zone_of : callable
        Returns the zone that a position lies in, or ``None``.
    now : float
        Operation time, seconds UTC.
    policy : DispatchPolicy
    """

    operation: Operation
    pressure: Pressure
    positions: Mapping[VehicleId, Position]
    zone_of: Callable[[Position], ZoneId | None]
    now: Instant
    policy: DispatchPolicy


@dataclass(frozen=True, slots=True)
class _Idle:
    driver_id: DriverId
    position: Position
    zone_id: ZoneId


@dataclass(frozen=True, slots=True)
class _Place:
    """A share of a driver, up to one, that a zone will lack."""

    zone_id: ZoneId
    target: Position
    lacking: float


def proposed_moves(scene: Scene) -> tuple[DriverMove, ...]:
    """Return the moves worth proposing now, the greatest gain first; no zone gives more drivers than it can spare."""
    short = _short_after_moves(scene)
    idle, places = _idle(scene, short), _places(scene, short)
    if not idle or not places:
        return ()
    gains = np.array([[_gain_minutes(scene, driver, place) for place in places] for driver in idle])
    from scipy.optimize import linear_sum_assignment  # half a second of a start; the match has it loaded by then

    rows, columns = linear_sum_assignment(np.maximum(gains, 0.0), maximize=True)
    pairs = sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda pair: -gains[pair])
    moves, left = [], Counter[ZoneId]()
    for row, column in pairs:
        zone_id = idle[row].zone_id
        if gains[row, column] >= scene.policy.reposition_gain_minutes and left[zone_id] < floor(-short[zone_id]):
            left[zone_id] += 1
            moves.append(_move(scene, idle[row], places[column], short))
    return tuple(moves)


def _short_after_moves(scene: Scene) -> dict[ZoneId, float]:
    """Return the drivers short by zone, as if every driver who was proposed or told to move were there already."""
    short, moves = short_ahead(scene.pressure), scene.operation.moves
    for move in (*moves.standing.values(), *moves.under_way.values()):
        if move.from_zone_id in short and move.to_zone_id in short:
            short[move.from_zone_id] += 1.0
            short[move.to_zone_id] -= 1.0
    return short


def _idle(scene: Scene, short: Mapping[ZoneId, float]) -> list[_Idle]:
    """Return the drivers without work in zones that can spare one, and who stay on shift."""
    found, fleet, moves = [], scene.operation.fleet, scene.operation.moves
    for driver_id in sorted(fleet.drivers):
        driver = fleet.drivers[driver_id]
        is_free = driver.is_on_shift and not driver.is_paused and not driver.is_out(scene.now)
        stays = driver.shift_ends_at is None or driver.shift_ends_at > scene.now + AHEAD_S
        is_left_alone = moves.of_driver(driver_id) is not None or moves.dismissed_until.get(driver_id, 0.0) > scene.now
        if not (is_free and stays) or is_left_alone or fleet.route_of(driver_id).stops:
            continue
        position = scene.positions.get(driver.vehicle_id) if driver.vehicle_id is not None else None
        zone_id = scene.zone_of(position) if position is not None else None
        if position is not None and zone_id is not None and short.get(zone_id, 0.0) <= -1.0:
            found.append(_Idle(driver_id, position, zone_id))
    return found


def _places(scene: Scene, short: Mapping[ZoneId, float]) -> list[_Place]:
    """Return one place for each driver that will be missing in a zone, or the share of one."""
    found = []
    for zone_id in sorted(short):
        for number in range(ceil(max(0.0, short[zone_id]))):
            lacking = min(1.0, short[zone_id] - number)
            if lacking >= min(1.0, scene.policy.reposition_short):
                found.append(_Place(zone_id, _target(scene, zone_id), lacking))
    return found


def _target(scene: Scene, zone_id: ZoneId) -> Position:
    """Return where to wait: at the pickup nearest to the middle of the zone's latest orders, else in its middle."""
    orders = scene.operation.orders.orders.values()
    pickups = [order.pickup.position for order in orders if order.zone_id == zone_id][-50:]
    if not pickups:
        return _middle(scene.operation.fleet.zones[zone_id].ring[:-1])
    middle = _middle(pickups)
    return min(pickups, key=lambda place: (_apart_m(place, middle), place.lat, place.lon))


def _middle(places: Sequence[Position]) -> Position:
    return Position(
        lat=sum(place.lat for place in places) / len(places), lon=sum(place.lon for place in places) / len(places)
    )


def _apart_m(one: Position, other: Position) -> float:
    return float(short_distance_m(np.array((one.lat, one.lon)), np.array((other.lat, other.lon))))


def _way_minutes(driver: _Idle, place: _Place) -> float:
    return WAY_FACTOR * _apart_m(driver.position, place.target) / WAY_MPS / 60.0


def _gain_minutes(scene: Scene, driver: _Idle, place: _Place) -> float:
    return place.lacking * scene.pressure.bin_s / 60.0 - _way_minutes(driver, place)


def _move(scene: Scene, driver: _Idle, place: _Place, short: Mapping[ZoneId, float]) -> DriverMove:
    return DriverMove(
        # The log position makes it unique and the same in a replay.
        move_id=MoveId(f"M-{scene.operation.position + 1}-{driver.driver_id}"),
        driver_id=driver.driver_id,
        from_zone_id=driver.zone_id,
        to_zone_id=place.zone_id,
        target=place.target,
        proposed_at=scene.now,
        expires_at=scene.now + scene.policy.reposition_within_s,
        short=short[place.zone_id],
        short_at=scene.now + AHEAD_S,
        spare=-short[driver.zone_id],
        distance_m=WAY_FACTOR * _apart_m(driver.position, place.target),
        way_minutes=_way_minutes(driver, place),
        covers_minutes=place.lacking * scene.pressure.bin_s / 60.0,
    )
