"""Geofences as files in and out: GeoJSON and KML, with a dry run before anything is drawn."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.params import QueryParameter

from backend_service.api.collaborators import Caller, Tower
from backend_service.api.file_answers import MOST_PROBLEMS, attachment, bad_file, tell_forms
from backend_service.api.identification import DESK, IdempotencyKey, allowed, command_id_of, may
from backend_service.api.negotiation import media_type_of
from backend_service.api.problems import problems
from backend_service.exchange.fence_features import FeatureProblem, ReadFences
from backend_service.exchange.fence_geojson import read_geojson, write_geojson
from backend_service.exchange.fence_kml import read_kml, write_kml
from backend_service.exchange.reading import LARGEST_FILE
from backend_service.handlers.joint_execution import Together
from core.commands import DrawGeofence, RecordExport
from core.refusals import Refusal
from core.vocabulary import PLATFORM

_GEOJSON, _JSON, _KML = "application/geo+json", "application/json", "application/vnd.google-earth.kml+xml"


class FenceFormat(StrEnum):
    """How a file of fences is written."""

    GEOJSON = "geojson"
    KML = "kml"


class FenceImportMode(StrEnum):
    """Only look, or draw all or nothing."""

    DRY_RUN = "dry_run"
    ALL_OR_NOTHING = "all_or_nothing"


class FenceImportView(msgspec.Struct, kw_only=True):
    """What became of a file: of its `features`, `good` could be drawn and `drawn` were; `problems` are of the others.

    At most 1,000 problems are listed; `problem_count` counts all. `position` is where the log holds the last event.
    """

    mode: FenceImportMode
    features: int
    good: int
    drawn: int
    problem_count: int
    problems: list[FeatureProblem]
    position: int | None = None


_EXAMPLE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "F-depot",
            "properties": {"name": "Depot", "purpose": "depot", "radius_m": 120, "hours": ["monday 06:00-22:00"]},
            "geometry": {"type": "Point", "coordinates": [-71.2519, -29.9027]},
        }
    ],
}


@dataclass
class FenceFileOperation(Operation):
    """Documents the body, which is read by its own media type."""

    def __post_init__(self) -> None:
        collection = OpenAPIMediaType(
            schema=Schema(type=OpenAPIType.OBJECT), examples={"fences": Example(value=_EXAMPLE)}
        )
        self.request_body = RequestBody(
            required=True,
            content={
                _GEOJSON: collection,
                _JSON: collection,
                _KML: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING)),
            },
        )


@dataclass
class FencesTakenOut(Operation):
    """Documents that the fences come as GeoJSON or KML."""

    def __post_init__(self) -> None:
        tell_forms(self, {_GEOJSON: Schema(type=OpenAPIType.OBJECT), _KML: Schema(type=OpenAPIType.STRING)})


ChosenMode = Annotated[
    FenceImportMode, QueryParameter(description="Without it nothing is drawn: it is only looked at.")
]
ChosenFormat = Annotated[FenceFormat, QueryParameter(name="format", description="How the file is written.")]


@post(
    "/geofences/import",
    status_code=200,
    guards=[may(DrawGeofence)],
    operation_class=FenceFileOperation,
    request_max_body_size=LARGEST_FILE,
    responses=problems(409, 413, 415, 422, 503),
    summary="Bring geofences in",
)
async def import_geofences(
    request: Request[Any, Any, State],
    tower: Tower,
    identity: Caller,
    mode: ChosenMode = FenceImportMode.DRY_RUN,
    idempotency_key: IdempotencyKey = None,
) -> FenceImportView:
    """Look at a file of fences, or draw all of them in one step; the id of a fence in force redraws that one."""
    reader, body = _reader(request), await request.body()
    read = await asyncio.to_thread(reader, body)
    commands = [DrawGeofence(fence=fence) for fence in read.fences]
    if mode is FenceImportMode.DRY_RUN:
        rehearsed = await tower.bus.rehearse(commands, identity.actor)
        return _view(mode, read, rehearsed, drawn=0)
    if read.problems:
        raise _nothing_drawn(read, _problems(read, None))
    together = await tower.bus.execute_together(
        commands,
        identity.actor,
        is_partial=False,
        command_id=command_id_of(identity.actor, idempotency_key, "import-geofences"),
        fingerprint=hashlib.sha256(b"geofences/" + body).hexdigest(),
    )
    if together.refused:
        raise _nothing_drawn(read, _problems(read, together))
    return _view(mode, read, together, drawn=together.kept)


@get(
    "/geofences/export",
    guards=[allowed(DESK)],
    media_type=_GEOJSON,
    operation_class=FencesTakenOut,
    responses=problems(503),
    summary="Take geofences out",
)
async def export_geofences(
    tower: Tower, identity: Caller, file_format: ChosenFormat = FenceFormat.GEOJSON
) -> Response[bytes]:
    """Return the fences in force as GeoJSON or KML, as they can be brought in again. Each file is recorded."""
    fences = sorted(tower.bus.operation.fences.fences.values(), key=lambda fence: fence.fence_id)
    record_of_it = RecordExport(kind="geofences", rows=len(fences), is_personal=False, by=identity.actor.subject)
    await tower.bus.execute(record_of_it, PLATFORM)
    is_kml = file_format is FenceFormat.KML
    content = await asyncio.to_thread(write_kml if is_kml else write_geojson, fences)
    return attachment(content, f"geofences.{file_format}", _KML if is_kml else _GEOJSON)


def _reader(request: Request[Any, Any, State]) -> Callable[[bytes], ReadFences]:
    media_type = media_type_of(request)
    if media_type in (_GEOJSON, _JSON):
        return read_geojson
    if media_type == _KML:
        return read_kml
    raise Refusal("request.media_type", f"A file of fences comes as {_GEOJSON} or {_KML}.", status=415)


def _problems(read: ReadFences, together: Together | None) -> list[FeatureProblem]:
    refused = [
        FeatureProblem(
            feature=read.numbers[one.index], name=read.fences[one.index].name, code=one.code, why=one.sentence
        )
        for one in (together.refused if together is not None else ())
    ]
    return sorted([*read.problems, *refused], key=lambda problem: problem.feature)


def _view(mode: FenceImportMode, read: ReadFences, together: Together, *, drawn: int) -> FenceImportView:
    found = _problems(read, together)
    return FenceImportView(
        mode=mode,
        features=read.features,
        good=read.features - len(found),
        drawn=drawn,
        problem_count=len(found),
        problems=found[:MOST_PROBLEMS],
        position=together.position if drawn else None,
    )


def _nothing_drawn(read: ReadFences, found: list[FeatureProblem]) -> Refusal:
    sentence = f"{len(found)} of {read.features} features are bad: nothing was drawn."
    return bad_file("import.bad_features", sentence, found, features=read.features)


FENCE_FILE_HANDLERS = (import_geofences, export_geofences)
"""Take GeoJSON and KML."""
