"""Where fixes come in: batches of gateways and devices, and single fixes of trackers and phones.

A device proves itself by its own key: as a bearer token, in the path ``/t/{key}``, or as its id. A signed token of the
role device that names no device is a gateway's, which speaks for every device; only the service itself issues one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import HttpMethod, MediaType, Request, Response, post, route
from litestar.datastructures import State
from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)

from backend_service.api.certified_devices import check_own_certificate
from backend_service.api.collaborators import ApiCollaborators, Tower
from backend_service.api.identification import bearer_token
from backend_service.api.negotiation import answered, encoding_of, wanted_encoding
from backend_service.api.places_and_times import IdInPath
from backend_service.api.problems import problems
from backend_service.ingestion.batch import LARGEST_BATCH, Senders, decode_batch
from backend_service.ingestion.device_message import DeviceMessage, is_urgent
from backend_service.ingestion.osmand import PARAMETERS, decode_osmand
from backend_service.ingestion.proof import SENDERS, senders_for
from backend_service.ingestion.reception import Delivery
from backend_service.ingestion.row_codec import Encoding
from backend_service.ingestion.single_fix import SingleFix
from backend_service.ingestion.traccar_client import decode_traccar_client
from core.fleet.fleet import Device
from core.refusals import Refusal
from core.telemetry.plausibility import Reason

BATCH = "batch"
"""The door of batches, of fixes and of readings, as it is counted."""

LARGEST_SINGLE_BODY = 16_384
REJECTED_HEADER = "X-Tower-Rejected"
"""A phone asks only for 200 or not: what was wrong with a fix that sending again would not mend is said here."""

_NUMBER = Schema(type=OpenAPIType.NUMBER)
_TEXT = Schema(type=OpenAPIType.STRING)
_ROW = Schema(
    type=OpenAPIType.OBJECT,
    required=["fix_at", "lat", "lon"],
    properties={
        "device": _TEXT,
        "vehicle": _TEXT,
        "fix_at": Schema(any_of=[_NUMBER, _TEXT], description="RFC 3339, epoch seconds, or epoch milliseconds."),
        "lat": _NUMBER,
        "lon": _NUMBER,
        "speed_mps": _NUMBER,
        "heading_deg": _NUMBER,
        "accuracy_m": _NUMBER,
        "is_valid": Schema(type=OpenAPIType.BOOLEAN),
        "hdop": Schema(type=OpenAPIType.NUMBER, description="Stands in for accuracy_m where that is not told."),
        "satellites": Schema(type=OpenAPIType.NUMBER, description="How many it saw; below 3 it is no position."),
        "sequence": Schema(type=OpenAPIType.NUMBER, description="The device's own number of the fix."),
        "alarm": Schema(
            type=OpenAPIType.STRING, description="What the device raises, such as sos, in Traccar's words."
        ),
    },
)
_ONE_FIX: dict[str, object] = {
    "vehicle": "V-07",
    "fix_at": "2026-11-20T16:04:11Z",
    "lat": -29.9027,
    "lon": -71.2519,
    "speed_mps": 8.2,
}


@dataclass
class BatchOperation(Operation):
    """Documents the body, which the handler decodes itself: one bad row must not refuse its neighbours."""

    def __post_init__(self) -> None:
        self.request_body = batch_body("fixes", _ROW, _ONE_FIX, LARGEST_BATCH)


def batch_body(field: str, row: Schema, example: dict[str, object], most_rows: int) -> RequestBody:
    """Return the documentation of a body ``{field: [row, ...]}``, in both encodings."""
    rows = Schema(type=OpenAPIType.ARRAY, items=row, max_items=most_rows)
    whole = Schema(type=OpenAPIType.OBJECT, required=[field], properties={field: rows})
    media = OpenAPIMediaType(schema=whole, examples={"one": Example(value={field: [example]})})
    return RequestBody(content={encoding.value: media for encoding in Encoding}, required=True)


@dataclass
class TrackerOperation(Operation):
    """Documents the parameters of the OsmAnd protocol, which come as query or form."""

    def __post_init__(self) -> None:
        named = [Parameter(name=name, param_in="query", schema=_TEXT) for name in PARAMETERS]
        self.parameters = [*(self.parameters or ()), *named]


class TelemetryReport(msgspec.Struct, kw_only=True):
    """How many fixes are on disk, and how many were rejected for which reason. Duplicates need not be sent again."""

    accepted: int
    rejected: dict[str, int]


@post(
    "/telemetry",
    status_code=200,
    opt={"roles": SENDERS},
    operation_class=BatchOperation,
    responses=problems(406, 413, 415, 503),
    summary="Send a batch of fixes",
)
async def take_batch(request: Request[Any, Any, State], tower: Tower) -> Response[TelemetryReport]:
    """Take fixes in; the answer comes when the accepted ones are on disk."""
    wanted = wanted_encoding(request)
    with counting_turned_away(tower):
        senders = senders_of(request, tower)
        body = await request.body()
        decoded = decode_batch(body, senders, tower.clock.now(), tower.wall.now(), encoding_of(request))
    tower.intake.count_rejected(decoded.rejected)
    report = await tower.reception.take_through(BATCH, Delivery(fixes=decoded.batch, raised=decoded.raised))
    tower.reception.count(BATCH, "fixes")
    accepted = report.pop("accepted", 0)
    report.update({str(reason): count for reason, count in decoded.rejected.items()})
    return answered(wanted, TelemetryReport(accepted=accepted, rejected=dict(report)))


@contextmanager
def counting_turned_away(tower: ApiCollaborators) -> Iterator[None]:
    """Count a body of the batch doors that is refused as a whole."""
    try:
        yield
    except Refusal as refusal:
        is_stranger = refusal.code.startswith("access.")
        tower.reception.turn_away(BATCH, refusal.code, Reason.UNKNOWN_DEVICE if is_stranger else Reason.MALFORMED)
        raise


def senders_of(request: Request[Any, Any, State], tower: ApiCollaborators) -> Senders:
    """Return for whom the sender of a batch may speak; errors as in `senders_for`."""
    return senders_for(bearer_token(request), tower.authority, tower.device_keys, tower.bus.operation.fleet)


@route(
    "/t/{device_key:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    status_code=200,
    media_type=MediaType.TEXT,
    operation_class=TrackerOperation,
    security=[{}],
    responses=problems(400, 404, 413, 503, needs_token=False),
    summary="Send one fix (OsmAnd, Traccar Client)",
)
async def take_fix_by_path(request: Request[Any, Any, State], tower: Tower, device_key: IdInPath) -> Response[bytes]:
    """Take one fix of the device whose key is in the path, whatever id its app sends."""
    return await _take_single(request, tower, device_key)


@route(
    "/",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    status_code=200,
    media_type=MediaType.TEXT,
    include_in_schema=False,
)
async def take_fix_by_id(request: Request[Any, Any, State], tower: Tower) -> Response[bytes]:
    """Take one fix of the device whose key is its id, as phone apps send it to port 5055."""
    return await _take_single(request, tower, None)


async def _take_single(
    request: Request[Any, Any, State], tower: ApiCollaborators, path_key: str | None
) -> Response[bytes]:
    body = await request.body()
    if len(body) > LARGEST_SINGLE_BODY:
        raise Refusal(
            "request.too_large",
            f"One fix has at most {LARGEST_SINGLE_BODY} bytes.",
            status=413,
            limit_bytes=LARGEST_SINGLE_BODY,
        )
    is_json = "json" in request.headers.get("content-type", "")
    kind = "traccar_client" if is_json else "osmand"
    try:
        fix = decode_traccar_client(body) if is_json else _decode_parameters(request, body, tower)
    except Refusal as refusal:
        tower.reception.turn_away(kind, refusal.code)
        raise
    # Traccar's own answers: 404 to the JSON client, 400 to the older ones.
    device = _device(tower, path_key or fix.key, kind, unknown_status=404 if is_json else 400)
    check_own_certificate(request, tower, kind, device)
    urgent = replace(fix, is_urgent=is_urgent(fix.attributes))
    delivery = tower.reception.delivery_of(device, DeviceMessage(kind, fixes=(urgent,)))
    report = await tower.reception.take_through(kind, delivery)
    tower.reception.count(kind, "fixes")
    reason = next((reason for reason in report if reason != "accepted"), None)
    if reason == Reason.OUT_OF_RANGE:
        raise Refusal("telemetry.out_of_range", "That is no place on earth.", status=400)
    return Response(b"", headers={REJECTED_HEADER: reason} if reason else {})


def _decode_parameters(request: Request[Any, Any, State], body: bytes, tower: ApiCollaborators) -> SingleFix:
    try:
        form = parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise Refusal("telemetry.malformed", "The form is not text.", status=400) from None
    parameters = dict(request.query_params.items()) | dict(form)
    return decode_osmand(parameters, text_zone=tower.text_zone)


def _device(tower: ApiCollaborators, key: str, kind: str, *, unknown_status: int) -> Device:
    device = tower.device_keys.find(key) if key else None
    if device is None:
        tower.reception.turn_away(kind, Reason.UNKNOWN_DEVICE.value, Reason.UNKNOWN_DEVICE)
        raise Refusal("telemetry.unknown_device", "This is no device's key.", status=unknown_status)
    return device
