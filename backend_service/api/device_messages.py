"""Where devices and their servers post what they say in a protocol of their own: OwnTracks, Traccar's forwarding.

Which protocols there are is the table `HTTP_PROTOCOLS`. A device proves itself by its key: in the path, as the password
beside its id (HTTP Basic), or as a bearer token; a gateway by its token, and then the message names the device.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.datastructures import State
from litestar.openapi.spec import Example, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from backend_service.api.certified_devices import check_own_certificate
from backend_service.api.collaborators import ApiCollaborators, Tower
from backend_service.api.identification import bearer_token
from backend_service.api.places_and_times import IdInPath
from backend_service.api.problems import problems
from backend_service.api.telemetry import REJECTED_HEADER
from backend_service.ingestion.batch import Senders
from backend_service.ingestion.device_message import DeviceMessage
from backend_service.ingestion.http_protocols import HTTP_PROTOCOLS, HttpProtocol
from backend_service.ingestion.proof import SENDERS, senders_for
from core.refusals import NotFound, Refusal
from core.telemetry.plausibility import Reason
from core.vocabulary import DeviceId

LARGEST_MESSAGE = 65_536
"""Bytes: what OwnTracks sends with a picture in it is larger, and holds nothing that is asked for."""

_EXAMPLE = {
    "_type": "location",
    "topic": "owntracks/D-07/phone",
    "tid": "07",
    "tst": 1795190651,
    "lat": -29.9027,
    "lon": -71.2519,
    "vel": 30,
    "batt": 71,
}


@dataclass
class MessageOperation(Operation):
    """Documents the body, which the protocol's decoder reads itself."""

    def __post_init__(self) -> None:
        named = Schema(type=OpenAPIType.OBJECT, description="A message of the protocol that the address names.")
        media = OpenAPIMediaType(schema=named, examples={"owntracks": Example(value=_EXAMPLE)})
        self.request_body = RequestBody(content={"application/json": media}, required=True)


@post(
    "/doors/{protocol:str}",
    status_code=200,
    media_type=MediaType.TEXT,
    opt={"roles": SENDERS},
    operation_class=MessageOperation,
    responses=problems(404, 413, 503),
    summary="Send a message in a tracker's protocol",
    tags=["Telemetry"],
)
async def take_message(request: Request[Any, Any, State], tower: Tower, protocol: IdInPath) -> Response[bytes]:
    """Take what a device or a gateway that proves itself in the header says."""
    senders = _senders(request, tower)
    return await _take(request, tower, protocol, senders)


@post(
    "/t/{device_key:str}/{protocol:str}",
    status_code=200,
    media_type=MediaType.TEXT,
    operation_class=MessageOperation,
    security=[{}],
    responses=problems(400, 404, 413, 503, needs_token=False),
    summary="Send a message in a tracker's protocol, with the key in the address",
    tags=["Telemetry"],
)
async def take_message_by_path(
    request: Request[Any, Any, State], tower: Tower, device_key: IdInPath, protocol: IdInPath
) -> Response[bytes]:
    """Take what the device says whose key is in the path."""
    own = tower.device_keys.find(device_key)
    if own is None:
        raise _unknown(tower, protocol)
    fleet = tower.bus.operation.fleet
    return await _take(request, tower, protocol, Senders(fleet.devices, fleet.vehicles, own))


async def _take(
    request: Request[Any, Any, State], tower: ApiCollaborators, name: str, senders: Senders
) -> Response[bytes]:
    protocol = HTTP_PROTOCOLS.get(name)
    if protocol is None:
        raise NotFound("protocol", name)
    if senders.own is not None:
        check_own_certificate(request, tower, name, senders.own)
    message = _decoded(tower, name, protocol, await request.body())
    if not message.is_asked_for:
        tower.reception.count(name, f"ignored.{message.kind}")
        return Response(protocol.answer, media_type=protocol.media_type)
    named = senders.devices.get(DeviceId(message.full_key)) or senders.devices.get(DeviceId(message.key))
    device = senders.own or named
    if device is None or device.retired_at is not None:
        raise _unknown(tower, name)
    report = await tower.reception.take_through(name, tower.reception.delivery_of(device, message))
    tower.reception.count(name, message.kind)
    rejected = [reason for reason in report if reason != "accepted"]
    headers = {REJECTED_HEADER: rejected[0]} if rejected else {}
    return Response(protocol.answer, media_type=protocol.media_type, headers=headers)


def _decoded(tower: ApiCollaborators, name: str, protocol: HttpProtocol, body: bytes) -> DeviceMessage:
    if len(body) > LARGEST_MESSAGE:
        tower.reception.turn_away(name, "request.too_large")
        raise Refusal(
            "request.too_large",
            f"One message has at most {LARGEST_MESSAGE} bytes.",
            status=413,
            limit_bytes=LARGEST_MESSAGE,
        )
    try:
        return protocol.decode(body)
    except Refusal as refusal:
        tower.reception.turn_away(name, refusal.code)
        raise


def _senders(request: Request[Any, Any, State], tower: ApiCollaborators) -> Senders:
    """Return for whom the sender speaks; errors as in `senders_for`."""
    fleet = tower.bus.operation.fleet
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return senders_for(bearer_token(request), tower.authority, tower.device_keys, fleet)
    user, key = _basic(told)
    own = tower.device_keys.find(key)
    if own is None or own.device_id != user:
        raise Refusal("access.token_invalid", "This is not that device's key.", status=401)
    return Senders(fleet.devices, fleet.vehicles, own)


def _basic(told: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _unknown(tower: ApiCollaborators, name: str) -> Refusal:
    door = name if name in HTTP_PROTOCOLS else "http"
    tower.reception.turn_away(door, Reason.UNKNOWN_DEVICE.value, Reason.UNKNOWN_DEVICE)
    return Refusal("telemetry.unknown_device", "This is no device in service, or not its key.", status=404)
