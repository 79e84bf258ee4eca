"""Which vehicles are nearest to a point, by their newest fixes."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter

from backend_service.api.collaborators import Tower
from backend_service.api.identification import DESK, allowed
from backend_service.api.places_and_times import Moment, PositionView, moment
from backend_service.api.problems import problems
from core.fleet.fleet import SignalState
from core.vocabulary import Position

MOST_VEHICLES = 200

_Latitude = Annotated[float, QueryParameter(ge=-90.0, le=90.0, description="Degrees, WGS 84.")]
_Longitude = Annotated[float, QueryParameter(ge=-180.0, le=180.0, description="Degrees, WGS 84.")]


class NearVehicle(msgspec.Struct, kw_only=True):
    """Where a vehicle was at its newest fix, `age_s` ago, and how far from the point, metres in a straight line."""

    vehicle_id: str
    distance_m: float
    position: PositionView
    fix_at: Moment
    age_s: float
    signal: SignalState


class NearVehicles(msgspec.Struct, kw_only=True):
    """Vehicles, the nearest first; one that was never heard is nowhere."""

    items: list[NearVehicle]


@get("/vehicles/nearest", guards=[allowed(DESK)], responses=problems(), summary="Find the vehicles near a point")
async def nearest_vehicles(
    tower: Tower,
    lat: _Latitude,
    lon: _Longitude,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_VEHICLES)] = 20,
) -> NearVehicles:
    """Return the vehicles whose newest fixes are nearest to a point; how old each fix is stands beside it."""
    now, vehicles = tower.clock.now(), tower.bus.operation.fleet.vehicles
    found = [
        NearVehicle(
            vehicle_id=live.vehicle_id,
            distance_m=round(metres, 1),
            position=PositionView.of(live.position),
            fix_at=moment(live.fix_at),
            age_s=round(max(0.0, now - live.fix_at), 3),
            signal=vehicles[live.vehicle_id].signal,
        )
        for live, metres in tower.live.nearest(Position(lat=lat, lon=lon), limit)
        if live.vehicle_id in vehicles
    ]
    return NearVehicles(items=found)
