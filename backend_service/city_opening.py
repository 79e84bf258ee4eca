"""The city of a running service: streets, zones, where addresses are looked up, and what desks are told of it."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from hashlib import file_digest

from backend_service.handlers.command_bus import CommandBus
from backend_service.places.answer_cache import AnswerCache
from backend_service.places.circuit_breaker import CircuitBreaker
from backend_service.places.geocoding import Geocoder, StreetGeocoder
from backend_service.places.layered_geocoding import LayeredGeocoder
from backend_service.places.outside_geocoder import OutsideGeocoder
from backend_service.places.place_search import PlaceSearch
from backend_service.settings import Settings
from backend_service.streets.city import City
from backend_service.streets.running_streets import running_streets
from backend_service.streets.supervised_streets import StreetsState, SupervisedStreets
from core.commands import DrawZones
from core.timekeeping import Clock
from core.vocabulary import PLATFORM
from core.wire import CityCard

logger = logging.getLogger(__name__)


async def open_streets(settings: Settings, city: City, clock: Clock, stack: AsyncExitStack) -> SupervisedStreets:
    """Start the street engine; it ends with `stack`."""

    def say(state: StreetsState) -> None:
        logger.info("streets %s %s", "degraded:" if state.degraded else "live", state.cause)

    log_file = settings.logs_dir / "street-engine.log"
    return await stack.enter_async_context(running_streets(city, clock, log_file, on_state_change=say))


async def open_geocoder(
    settings: Settings, city: City, places: PlaceSearch, wall: Clock, stack: AsyncExitStack
) -> Geocoder:
    """Return who finds addresses: the city's own streets, and behind them the geocoder that was named, if one was."""
    streets = StreetGeocoder(places)
    if settings.geocoder is None:
        return streets
    cache = AnswerCache(settings.data_dir / "geocoder.sqlite", wall)
    outside = OutsideGeocoder(settings.geocoder, city.facts.bbox, cache, CircuitBreaker(wall))
    return LayeredGeocoder(streets, await stack.enter_async_context(outside))


async def draw_zones(bus: CommandBus, city: City) -> None:
    """Give a new log the city's zones; later changes by people stand."""
    if not bus.operation.fleet.zones:
        await bus.execute(DrawZones(zones=tuple(city.zones)), PLATFORM)


def city_card(city: City) -> CityCard:
    """Return what a desk must know of the city before it fetches the streets."""
    west, south, east, north = city.facts.bbox
    with city.osm_file.open("rb") as streets:
        digest = file_digest(streets, "sha256").hexdigest()
    return CityCard(
        name=city.facts.name,
        time_zone=city.facts.time_zone,
        currency=city.facts.currency,
        south=south,
        west=west,
        north=north,
        east=east,
        streets_digest=digest,
        streets_bytes=city.osm_file.stat().st_size,
    )
