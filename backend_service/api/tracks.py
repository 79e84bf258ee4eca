"""Where vehicles were: one's track as a file, on streets if asked, and all of them made coarse for analytics."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from litestar import get
from litestar.openapi.spec import OpenAPIType, Operation, Schema
from litestar.params import QueryParameter
from litestar.response import Stream

from backend_service.api.channels import DAY_S, Since, Until, instant_told
from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.file_answers import tell_forms
from backend_service.api.identification import SUPERVISION, allowed
from backend_service.api.places_and_times import IdInPath
from backend_service.api.problems import problems
from backend_service.exchange.track_files import MEDIA_TYPES, TrackFormat, write_density, write_track
from backend_service.storage.fix_archive import FixStore
from backend_service.streets.snapping import snap
from core.commands import RecordExport
from core.refusals import Fault, NotFound, Refusal
from core.telemetry.density import LEAST_VEHICLES, SLOT_S, SQUARE_DEG, Density
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import PLATFORM, Instant, VehicleId

LONGEST_S = 31.0 * DAY_S
LONGEST_DENSITY_S = 7.0 * DAY_S
MOST_FIXES = 200_000
MOST_SNAPPED = 20_000
_STEP_S = DAY_S / 4.0

_GEOJSON = MEDIA_TYPES[TrackFormat.GEOJSON]


@dataclass
class TrackOperation(Operation):
    """Documents that the track comes as GeoJSON, GPX or CSV."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        texts = (MEDIA_TYPES[form].partition(";")[0] for form in (TrackFormat.GPX, TrackFormat.CSV))
        tell_forms(self, {_GEOJSON: Schema(type=OpenAPIType.OBJECT), **dict.fromkeys(texts, text)})


ChosenFormat = Annotated[TrackFormat, QueryParameter(name="format", description="How the file is written.")]
OnStreets = Annotated[
    bool,
    QueryParameter(
        name="snapped",
        description=f"Lay the fixes onto streets, at most {MOST_SNAPPED}; each says whether it lies there.",
    ),
]
Square = Annotated[float, QueryParameter(ge=0.001, le=1.0, description="How wide a square is, degrees.")]
Slot = Annotated[float, QueryParameter(ge=300.0, le=DAY_S, description="How long a time is, seconds.")]
Least = Annotated[int, QueryParameter(ge=2, le=100, description="Squares that fewer vehicles were in are left out.")]


@get(
    "/vehicles/{vehicle_id:str}/track",
    guards=[allowed(SUPERVISION)],
    media_type=_GEOJSON,
    operation_class=TrackOperation,
    responses=problems(404, 422, 503),
    summary="Read where a vehicle was",
)
async def read_track(
    vehicle_id: IdInPath,
    tower: Tower,
    identity: Caller,
    since: Since = None,
    until: Until = None,
    file_format: ChosenFormat = TrackFormat.GEOJSON,
    snapped: OnStreets = False,
) -> Stream:
    """Return a vehicle's fixes in a range of time, oldest first, whether they are still in the archive or on the shelf.

    At most 200,000 fixes of 31 days. Every track that is taken out is recorded.
    """
    if VehicleId(vehicle_id) not in tower.bus.operation.fleet.vehicles:
        raise NotFound("vehicle", vehicle_id)
    since_at, until_at = _span(tower, since, until, LONGEST_S)
    track = await _track(_archive(tower), VehicleId(vehicle_id), since_at, until_at)
    on_streets = None
    if snapped:
        if tower.streets is None:
            raise Fault("streets.unavailable", "This service has no streets.")
        if len(track) > MOST_SNAPPED:
            raise _too_long(f"At most {MOST_SNAPPED:,} fixes are laid onto streets at once.", MOST_SNAPPED)
        on_streets = await snap(track, tower.streets)
    await _note(tower, identity.actor.subject, "track", len(track))
    name = f"{vehicle_id}.{file_format}"
    return _file(write_track(vehicle_id, track, on_streets, file_format), MEDIA_TYPES[file_format], name)


@get(
    "/density",
    guards=[allowed(SUPERVISION)],
    media_type="text/csv",
    responses=problems(422, 503),
    summary="Read how many vehicles were where",
)
async def read_density(
    tower: Tower,
    identity: Caller,
    since: Since = None,
    until: Until = None,
    square_deg: Square = SQUARE_DEG,
    slot_s: Slot = SLOT_S,
    least_vehicles: Least = LEAST_VEHICLES,
) -> Stream:
    """Return how many fixes and vehicles were in which square and when: of no vehicle and no device, as CSV.

    At most 7 days. Every file that is taken out is recorded.
    """
    since_at, until_at = _span(tower, since, until, LONGEST_DENSITY_S)
    archive = _archive(tower)
    density = Density(square_deg=square_deg, slot_s=slot_s, least_vehicles=least_vehicles)
    for vehicle_id in sorted(tower.bus.operation.fleet.vehicles):
        density.add(await archive.read(vehicle_id, since_at, until_at))
    rows = await asyncio.to_thread(lambda: list(density.rows()))
    await _note(tower, identity.actor.subject, "density", len(rows), is_personal=False)
    return _file(write_density(iter(rows)), MEDIA_TYPES[TrackFormat.CSV], "density.csv")


async def _track(archive: FixStore, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
    """Return a vehicle's fixes, read in steps so that too many are refused before all were read."""
    parts, fixes = [FixBatch.empty()], 0
    for start_at in np.arange(since_at, until_at, _STEP_S).tolist():
        part = await archive.read(vehicle_id, start_at, min(start_at + _STEP_S, until_at))
        fixes += len(part)
        if fixes > MOST_FIXES:
            raise _too_long(f"There are more than {MOST_FIXES:,} fixes. Ask for a shorter time.", MOST_FIXES)
        parts.append(part)
    return FixBatch.concatenate(parts)


def _archive(tower: ApiCollaborators) -> FixStore:
    if tower.archive is None:
        raise Fault("fixes.unavailable", "This service keeps no positions.")
    return tower.archive


def _span(tower: ApiCollaborators, since: str | None, until: str | None, longest_s: float) -> tuple[Instant, Instant]:
    until_at = instant_told("until", until, tower.clock.now())
    since_at = instant_told("since", since, until_at - DAY_S)
    if since_at >= until_at:
        raise Refusal("request.span_empty", "`since` lies before `until`.")
    if until_at - since_at > longest_s:
        raise Refusal(
            "track.too_long", f"At most {longest_s / DAY_S:.0f} days are told at once.", limit_seconds=longest_s
        )
    return since_at, until_at


def _too_long(sentence: str, limit_rows: int) -> Refusal:
    return Refusal("track.too_long", sentence, limit_rows=limit_rows)


async def _note(tower: ApiCollaborators, by: str, kind: str, rows: int, *, is_personal: bool = True) -> None:
    await tower.bus.execute(RecordExport(kind=kind, rows=rows, is_personal=is_personal, by=by), PLATFORM)


def _file(parts: Iterator[bytes], media_type: str, name: str) -> Stream:
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    # The framework prefers the handler's one media type to a stream's own, but not to a header.
    headers = {"content-type": media_type, "content-disposition": f'attachment; filename="{safe}"'}
    return Stream(parts, media_type=media_type, headers=headers)


TRACK_HANDLERS = (read_track, read_density)
