"""What an address means on the ground, by the city's own streets: a house, a street, or nothing, and how surely.

A house number stands where the extract has it, or between its neighbours on the same side. Where the extract has no
numbers, the answer is the street's middle with the street's reach as its uncertainty: never a guess that looks exact.
Two streets of one name are two candidates unless the rest of the address tells which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from backend_service.places.place_search import House, PlaceSearch
from core.addresses import AddressWords, bare_name, readings, spellings
from core.geodesy import distance_m
from core.places import FoundPlace, LocatedAddress, PlaceKind, Precision, folded
from core.refusals import Refusal
from core.vocabulary import Position

LONGEST_ADDRESS = 300
_KNOWN_HOUSE_M = 25.0
"""How far a door may be from where the extract has its number."""
_WIDEST_GAP_M = 400.0
"""House numbers farther apart than this say too little of those between them."""
_HOUSE_ASIDE_DEG = 0.002
_MOST_CANDIDATES = 5


class Geocoder(Protocol):
    """Tells what an address means; may raise a `Fault` when it cannot be asked."""

    async def locate(self, address: str) -> LocatedAddress:
        """Return where an address is, with precision ``none`` if that is not known."""
        ...


class StreetGeocoder:
    """Implements `Geocoder` by the search over a city's streets."""

    def __init__(self, search: PlaceSearch) -> None:
        self._search = search

    async def locate(self, address: str) -> LocatedAddress:
        """Return where an address is.

        Raises
        ------
        Refusal
            ``address.too_long``, 400.
        Fault
            ``places.unavailable``.
        """
        if len(address) > LONGEST_ADDRESS:
            raise Refusal("address.too_long", f"{LONGEST_ADDRESS} letters are the most.", status=400)
        told = list(readings(address))
        weakest: LocatedAddress | None = None
        for reading in told:
            streets = await self._streets(reading)
            if len(streets) == 1:
                located = await self._on_street(address, streets[0], reading)
                if reading.number is None or located.precision is Precision.HOUSE:
                    return located
                weakest = weakest or located
            elif streets:
                return await self._among(address, streets, reading)
        return weakest or await self._nothing(address, told)

    async def _streets(self, reading: AddressWords) -> list[FoundPlace]:
        """Return the streets that bear exactly the name in a reading, or bear it beside their kind of way."""
        exact = await self._search.named(spellings(reading.street))
        streets = [place for place in exact if place.kind is PlaceKind.STREET]
        if not streets:
            found = await self._search.search(bare_name(reading.street), limit=50)
            bare = bare_name(reading.street)
            streets = [
                place for place in found if place.kind is PlaceKind.STREET and bare_name(folded(place.name)) == bare
            ]
        return _told_apart(streets, reading.rest)[:_MOST_CANDIDATES]

    async def _among(self, address: str, streets: Sequence[FoundPlace], reading: AddressWords) -> LocatedAddress:
        """Return the house if one alone of these streets has its number, else all of them as candidates."""
        placed = [await self._on_street(address, street, reading) for street in streets]
        houses = [located for located in placed if located.precision is Precision.HOUSE]
        if len(houses) == 1:
            return houses[0]
        return LocatedAddress(text=address, precision=Precision.NONE, candidates=tuple(streets))

    async def _on_street(self, address: str, street: FoundPlace, reading: AddressWords) -> LocatedAddress:
        if reading.number is not None:
            houses = [house for house in await self._search.houses(folded(street.name)) if _is_along(house, street)]
            if placed := _placed(houses, reading.number):
                position, uncertainty_m = placed
                return LocatedAddress(
                    text=address,
                    precision=Precision.HOUSE,
                    position=position,
                    uncertainty_m=uncertainty_m,
                    matched=f"{street.name} {reading.number}",
                )
        return LocatedAddress(
            text=address,
            precision=Precision.STREET,
            position=street.position,
            uncertainty_m=street.reach_m,
            matched=street.name,
        )

    async def _nothing(self, address: str, told: Sequence[AddressWords]) -> LocatedAddress:
        """Return no position, and what may have been meant."""
        candidates: tuple[FoundPlace, ...] = ()
        for reading in sorted(told, key=lambda words: words.number is None):
            candidates = candidates or await self._search.search(reading.street, limit=_MOST_CANDIDATES)
        return LocatedAddress(text=address, precision=Precision.NONE, candidates=candidates)


def _told_apart(streets: Sequence[FoundPlace], rest: str) -> list[FoundPlace]:
    """Return those streets whose zone the rest of the address names, or all if it names none."""
    named = [street for street in streets if street.detail and f" {folded(street.detail)} " in f" {rest} "]
    return named or list(streets)


def _is_along(house: House, street: FoundPlace) -> bool:
    west, south, east, north = street.bbox
    lat, lon = house.position.lat, house.position.lon
    aside = _HOUSE_ASIDE_DEG
    return south - aside <= lat <= north + aside and west - aside <= lon <= east + aside


def _placed(houses: Sequence[House], number: int) -> tuple[Position, float] | None:
    """Return where a house number is and how far off that may be, metres; ``None`` if its neighbours do not tell."""
    for house in houses:
        if house.number == number:
            return house.position, _KNOWN_HOUSE_M
    same_side = [house for house in houses if house.number % 2 == number % 2]
    below = max((house for house in same_side if house.number < number), key=lambda house: house.number, default=None)
    above = min((house for house in same_side if house.number > number), key=lambda house: house.number, default=None)
    if below is None or above is None:
        return None
    low = np.array([below.position.lat, below.position.lon])
    high = np.array([above.position.lat, above.position.lon])
    gap_m = float(distance_m(low, high))
    if gap_m > _WIDEST_GAP_M:
        return None
    share = (number - below.number) / (above.number - below.number)
    lat, lon = (low + share * (high - low)).tolist()
    return Position(lat, lon), max(_KNOWN_HOUSE_M, gap_m / 2)
