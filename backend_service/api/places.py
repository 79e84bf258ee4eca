"""Places over REST: streets and names by their beginnings, and what an address means on the ground."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter

from backend_service.api.collaborators import Tower
from backend_service.api.identification import DESK, allowed
from backend_service.api.places_and_times import PositionView
from backend_service.api.problems import problems
from backend_service.places.geocoding import LONGEST_ADDRESS, Geocoder
from backend_service.places.place_search import LONGEST_QUERY, MOST_RESULTS, PlaceSearch
from core.places import Bbox, FoundPlace, LocatedAddress, PlaceKind, Precision
from core.refusals import Fault, Refusal
from core.vocabulary import Position

_NEAR = re.compile(r"(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)")


class FoundPlaceView(msgspec.Struct, kw_only=True):
    """A place that was found. `bbox` is west, south, east, north; `detail` tells it from others of its name."""

    kind: PlaceKind
    name: str
    detail: str
    position: PositionView
    bbox: Bbox
    reach_m: float

    @classmethod
    def of(cls, place: FoundPlace) -> FoundPlaceView:
        """Return a place as the API writes it."""
        return cls(
            kind=place.kind,
            name=place.name,
            detail=place.detail,
            position=PositionView.of(place.position),
            bbox=place.bbox,
            reach_m=round(place.reach_m, 1),
        )


class PlaceList(msgspec.Struct, kw_only=True):
    """Places, best first."""

    items: list[FoundPlaceView]


class LocatedAddressView(msgspec.Struct, kw_only=True):
    """What an address means. The address lies within `uncertainty_m` of `position`, as far as is known."""

    precision: Precision
    position: PositionView | None
    uncertainty_m: float
    matched: str
    source: str
    candidates: list[FoundPlaceView]

    @classmethod
    def of(cls, located: LocatedAddress) -> LocatedAddressView:
        """Return a located address as the API writes it."""
        return cls(
            precision=located.precision,
            position=None if located.position is None else PositionView.of(located.position),
            uncertainty_m=round(located.uncertainty_m, 1),
            matched=located.matched,
            source=located.source,
            candidates=[FoundPlaceView.of(place) for place in located.candidates],
        )


@get("/places", guards=[allowed(DESK)], responses=problems(422, 503), summary="Search streets and places")
async def search_places(
    tower: Tower,
    text: Annotated[str, QueryParameter(name="query", min_length=1, max_length=LONGEST_QUERY)],
    near: Annotated[
        str | None,
        QueryParameter(required=False, max_length=60, description="`lat,lon` in degrees: what lies near ranks higher."),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_RESULTS)] = 10,
) -> PlaceList:
    """Return places whose words begin as those of the query do, without regard to accents, best first."""
    found = await _search(tower.places).search(text, near=near_position(near), limit=limit)
    return PlaceList(items=[FoundPlaceView.of(place) for place in found])


@get("/addresses", guards=[allowed(DESK)], responses=problems(503), summary="Check an address")
async def check_address(
    tower: Tower, address: Annotated[str, QueryParameter(min_length=1, max_length=LONGEST_ADDRESS)]
) -> LocatedAddressView:
    """Return where an address is and how surely; with precision `none`, what may have been meant."""
    return LocatedAddressView.of(await geocoder_of(tower.geocoder).locate(address))


def near_position(text: str | None) -> Position | None:
    """Return the position written as ``lat,lon``.

    Raises
    ------
    Refusal
        ``places.near_invalid``, 422.
    """
    if text is None:
        return None
    written = _NEAR.fullmatch(text.strip())
    try:
        return Position(float(written[1]), float(written[2])) if written else _not_a_position()
    except ValueError as error:
        raise Refusal("places.near_invalid", "near is written as lat,lon in degrees.") from error


def geocoder_of(geocoder: Geocoder | None) -> Geocoder:
    """Return the geocoder; raises a `Fault` where this service has none."""
    if geocoder is None:
        raise Fault("places.unavailable", "Addresses are not looked up here.")
    return geocoder


def _search(search: PlaceSearch | None) -> PlaceSearch:
    if search is None:
        raise Fault("places.unavailable", "Places are not searched here.")
    return search


def _not_a_position() -> Position:
    raise ValueError("not a position")


PLACE_HANDLERS = (search_places, check_address)
