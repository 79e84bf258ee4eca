"""The town as the simulated people know it: kitchens and homes on real streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend_service.simulation.dice import dice
from backend_service.simulation.names import kitchen_names, street_address
from backend_service.streets.street_engine import StreetEngine
from core.fleet.zone import Zone, is_inside
from core.geodesy import Points, distance_m
from core.vocabulary import Position, ZoneId

_FARTHEST_FROM_STREET_M = 120.0
_KITCHENS_PER_QUARTER = 6
_HOME_NEAR_M, _HOME_FAR_M, _HOME_USUAL_M = 250.0, 4_500.0, 900.0
_QUARTER_SPREAD_M = 450.0


@dataclass(frozen=True, slots=True)
class Kitchen:
    """A restaurant and how it keeps time.

    Parameters
    ----------
    delay_s : float
        Mean of what its dishes take beyond the time it tells, seconds.
    calls : bool
        Whether it says so when it will be late.
    fame : float
        Its share of the zone's orders, in proportion.
    """

    kitchen_id: str
    name: str
    address: str
    position: Position
    zone_id: ZoneId
    usual_s: float
    delay_s: float
    calls: bool
    fame: float


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody may order to."""

    address: str
    position: Position


@dataclass(frozen=True, slots=True)
class Town:
    """Kitchens, homes, and for each kitchen how readily each home orders there (rows sum to 1)."""

    kitchens: tuple[Kitchen, ...]
    homes: tuple[Home, ...]
    attraction: Points

    def kitchens_of(self, zone_id: ZoneId) -> list[int]:
        """Return the numbers of the kitchens in a zone."""
        return [number for number, kitchen in enumerate(self.kitchens) if kitchen.zone_id == zone_id]

    @property
    def zone_ids(self) -> list[ZoneId]:
        """Return the zones that have kitchens, in a stable order."""
        return sorted({kitchen.zone_id for kitchen in self.kitchens})


async def settle(streets: StreetEngine, zones: tuple[Zone, ...], seed: int, *, kitchens: int, homes: int) -> Town:
    """Return a town: kitchens gather in quarters of a few blocks, homes are spread over all zones.

    Parameters
    ----------
    streets : StreetEngine
        Puts every place onto a street.
    zones : tuple of Zone
    seed : int
    kitchens, homes : int
        How many of each.
    """
    quarters = await _on_streets(streets, zones, seed, "quarter", -(-kitchens // _KITCHENS_PER_QUARTER))
    around = np.repeat(quarters, _KITCHENS_PER_QUARTER, axis=0)[:kitchens]
    spread = dice(seed, "kitchen places").normal(0.0, _QUARTER_SPREAD_M / 111_000.0, around.shape)
    kitchen_places = (await streets.nearest(around + spread)).points
    home_places = await _on_streets(streets, zones, seed, "home", homes)
    names = kitchen_names(dice(seed, "kitchen names"), kitchens)
    return Town(
        kitchens=tuple(
            _kitchen(number, name, place, zones, seed)
            for number, (name, place) in enumerate(zip(names, kitchen_places, strict=True))
        ),
        homes=tuple(
            Home(street_address(dice(seed, "home address", number)), _position(place))
            for number, place in enumerate(home_places)
        ),
        attraction=_attraction(kitchen_places, home_places),
    )


def _kitchen(number: int, name: str, place: Points, zones: tuple[Zone, ...], seed: int) -> Kitchen:
    throw = dice(seed, "kitchen", number)
    position = _position(place)
    return Kitchen(
        kitchen_id=f"K-{number + 1:02d}",
        name=name,
        address=street_address(throw),
        position=position,
        zone_id=_zone_around(zones, position),
        usual_s=float(throw.uniform(6, 14)) * 60,
        delay_s=float(throw.exponential(6.0) * 60) if throw.random() < 0.3 else 30.0,
        calls=bool(throw.random() < 0.6),
        fame=float(throw.lognormal(0.0, 0.6)),
    )


def _zone_around(zones: tuple[Zone, ...], position: Position) -> ZoneId:
    """Return the zone a place lies in; one just outside all counts with the zone whose corner is nearest."""
    here = np.array([position.lat, position.lon])
    inside = next((zone for zone in zones if is_inside(zone.ring, position)), None)
    nearest = inside or min(zones, key=lambda zone: float(distance_m(_ring(zone), here).min()))
    return nearest.zone_id


async def _on_streets(streets: StreetEngine, zones: tuple[Zone, ...], seed: int, kind: str, count: int) -> Points:
    """Return (count, 2) places on streets, shared out over the zones in turn."""
    found: list[Points] = []
    attempt = 0
    while len(found) < count:
        wanted = [zones[number % len(zones)] for number in range(len(found), count)]
        throw = dice(seed, "places", kind, attempt)
        tried = np.array([_inside(zone, throw) for zone in wanted])
        snapped = await streets.nearest(tried)
        found.extend(snapped.points[snapped.distances_m <= _FARTHEST_FROM_STREET_M])
        attempt += 1
    return np.array(found[:count])


def _inside(zone: Zone, throw: np.random.Generator) -> Points:
    """Return a place inside the zone, thrown at its bounding box until it hits."""
    ring = _ring(zone)
    low, high = ring.min(axis=0), ring.max(axis=0)
    while True:
        place = low + throw.random(2) * (high - low)
        if is_inside(zone.ring, _position(place)):
            return place


def _attraction(kitchens: Points, homes: Points) -> Points:
    metres = distance_m(kitchens[:, None, :], homes[None, :, :])
    weights = np.where((metres >= _HOME_NEAR_M) & (metres <= _HOME_FAR_M), np.exp(-metres / _HOME_USUAL_M), 1e-9)
    shares: Points = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _ring(zone: Zone) -> Points:
    return np.array([(corner.lat, corner.lon) for corner in zone.ring])


def _position(place: Points) -> Position:
    return Position(round(float(place[0]), 6), round(float(place[1]), 6))
