"""Every decoder, of the doors and of files of fences, as bytes -> rows, with samples of what is really sent: one table.

A decoder answers with something, or refuses with a reason that is counted. Anything else is a bug. A new door has its
line here; `tests/backend_service/ingestion` and ``tower chaos fuzz`` take it from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import msgspec

from backend_service.chaos.fuzzed_streams import BETWEEN_FRAMES, TENANT, FuzzedDoors, SmallFleet
from backend_service.exchange.fence_geojson import read_geojson, write_geojson
from backend_service.exchange.fence_kml import read_kml, write_kml
from backend_service.ingestion.attributes import readings_of
from backend_service.ingestion.batch import Senders, decode_batch
from backend_service.ingestion.device_message import DeviceMessage
from backend_service.ingestion.osmand import decode_osmand
from backend_service.ingestion.own_topics import Publisher, decode_own
from backend_service.ingestion.owntracks import decode_owntracks
from backend_service.ingestion.reading_rows import decode_readings
from backend_service.ingestion.row_codec import Encoding
from backend_service.ingestion.single_fix import SingleFix, batch_of
from backend_service.ingestion.teltonika import crc16, decode_teltonika
from backend_service.ingestion.traccar_client import decode_traccar_client
from backend_service.ingestion.traccar_forward import decode_forwarded
from core.fleet.fleet import Device, Vehicle
from core.geofencing.fence import Fence
from core.refusals import Refusal
from core.telemetry.pipeline import Surroundings, sift
from core.telemetry.plausibility import PlausibilityLimits
from core.telemetry.reading_batch import ReadingBatch
from core.telemetry.reading_plausibility import sift_readings
from core.vocabulary import DeviceId, FenceId, Position, VehicleId

NOW_AT = 1_800_000_000.0
DEVICE = Device(device_id=DeviceId("D-1"), vehicle_id=VehicleId("V-1"), key_digest="")
_VEHICLES = {DEVICE.vehicle_id: Vehicle(vehicle_id=DEVICE.vehicle_id, plate="")}
SENDERS = Senders({DEVICE.device_id: DEVICE}, _VEHICLES)
_PUBLISHER = Publisher(DEVICE.vehicle_id, DEVICE.device_id, SENDERS)
_SURROUNDINGS = Surroundings(PlausibilityLimits(), lambda vehicle, device, fix_at: False, {})
IMEI = "356307042441013"
_TRACKER = Device(device_id=DeviceId(IMEI), vehicle_id=VehicleId("V-1"), key_digest="")
_DOORS = FuzzedDoors(SmallFleet(SENDERS.devices, _VEHICLES), _TRACKER, NOW_AT)
_CORNER = Position(-29.90, -71.25)
_FENCE = Fence(
    fence_id=FenceId("F-1"),
    name="Depot",
    ring=(_CORNER, Position(-29.90, -71.24), Position(-29.91, -71.24), _CORNER),
)


@dataclass(frozen=True, slots=True)
class FuzzedDecoder:
    """One decoder.

    Parameters
    ----------
    decode : bytes -> how many rows were judged; raises a `Refusal`, and nothing else, for what it cannot read
    samples : messages that it can read
    mend : bytes -> the same with its checksum put right, so that more than the check of the checksum is tried
    """

    decode: Callable[[bytes], int]
    samples: tuple[bytes, ...]
    mend: Callable[[bytes], bytes] | None = None


def _judged(message: DeviceMessage) -> int:
    """Make columns of a message and judge them, as the intakes do."""
    batch = batch_of(message.fixes, DEVICE, NOW_AT, NOW_AT)
    sift(batch, _SURROUNDINGS)
    for fix in message.fixes:
        _judged_readings(readings_of(fix.attributes, "D-1", "V-1", fix.made_at or fix.fix_at or NOW_AT, NOW_AT))
    return len(batch)


def _judged_readings(batch: ReadingBatch) -> int:
    sift_readings(batch, PlausibilityLimits())
    return len(batch)


def _single(fix: SingleFix) -> int:
    return _judged(DeviceMessage("fix", fixes=(fix,)))


def _osmand(body: bytes) -> int:
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    except (UnicodeDecodeError, ValueError):
        raise Refusal("telemetry.malformed", "The form is not text.", status=400) from None
    return _single(decode_osmand(form))


def _fixes(body: bytes, encoding: Encoding) -> int:
    decoded = decode_batch(body, SENDERS, NOW_AT, NOW_AT, encoding)
    sift(decoded.batch, _SURROUNDINGS)
    return len(decoded.batch) + decoded.rejected.total()


def _readings(body: bytes, encoding: Encoding) -> int:
    decoded = decode_readings(body, encoding, SENDERS, NOW_AT)
    return _judged_readings(decoded.batch) + decoded.rejected.total()


def _own(kind: str) -> Callable[[bytes], int]:
    def decode(body: bytes) -> int:
        told = decode_own(kind, body, _PUBLISHER, NOW_AT, NOW_AT)
        for batch in (told.delivery.fixes, told.delivery.urgent):
            sift(batch, _SURROUNDINGS)
        return _judged_readings(told.delivery.readings) + told.rejected.total()

    return decode


def with_crc(packet: bytes) -> bytes:
    """Return a Teltonika packet with length and CRC put right."""
    data = packet[8:-4]
    return b"\0\0\0\0" + len(data).to_bytes(4) + data + crc16(data).to_bytes(4)


_FIX_ROWS = {
    "fixes": [{"device": "D-1", "fix_at": NOW_AT, "lat": -29.9, "lon": -71.25, "speed_mps": 8.2, "heading_deg": 1.5}]
}
_READING_ROWS = {"readings": [{"vehicle": "V-1", "read_at": NOW_AT, "channel": "temperature.cargo", "value": 4.5}]}
_FORWARDED = {
    "position": {
        "fixTime": "2027-01-15T08:00:00.000+00:00",
        "deviceTime": "2027-01-15T08:00:00.000+00:00",
        "valid": True,
        "latitude": -29.9,
        "longitude": -71.25,
        "speed": 10.0,
        "course": 90.0,
        "accuracy": 0.0,
        "attributes": {"ignition": True, "batteryLevel": 64, "odometer": 125_000.0, "alarm": "sos"},
    },
    "device": {"id": 3, "uniqueId": "D-1"},
    "event": {"type": "alarm", "attributes": {"alarm": "sos"}},
}
_CLIENT = {
    "device_id": "D-1",
    "location": {
        "timestamp": "2027-01-15T08:00:00Z",
        "odometer": 1.5,
        "battery": {"level": 0.5},
        "extras": {"rpm": 900},
        "coords": {"latitude": -29.9, "longitude": -71.25, "accuracy": 5, "speed": 1.5, "heading": 90},
    },
}
_OWNTRACKS = (
    {"_type": "location", "tst": int(NOW_AT), "created_at": int(NOW_AT), "lat": -29.9, "lon": -71.25, "vel": 36}
    | {"cog": 90, "acc": 5, "batt": 50, "topic": "owntracks/D-1/phone", "ign": 1, "odometer": 12.5, "rpm": 900},
    {"_type": "lwt", "tst": 1},
    {"_type": "waypoints", "waypoints": []},
)
_CODEC_8 = (
    "000000000000003608010000016B40D8EA30010000000000000000000000000000000105021503010101425E0F01F10000601A014E00000000"
    "00000000010000C7CF"
)
_CODEC_8_EXTENDED = (
    "000000000000004A8E010000016B412CEE000100000000000000000000000000000000010005000100010100010011001D00010010015E2C88"
    "0002000B000000003544C87A000E000000001DD7E06A00000100002994"
)


_LOGIN = len(IMEI).to_bytes(2) + IMEI.encode()
_CONNECTIONS = (
    _LOGIN + bytes.fromhex(_CODEC_8),
    _LOGIN + b"\xff" + bytes.fromhex(_CODEC_8_EXTENDED) + bytes.fromhex(_CODEC_8),
    (15).to_bytes(2) + b"000000000000000" + bytes.fromhex(_CODEC_8),
)


def _json(*bodies: object) -> tuple[bytes, ...]:
    return tuple(msgspec.json.encode(body) for body in bodies)


FUZZED: dict[str, FuzzedDecoder] = {
    "osmand": FuzzedDecoder(
        _osmand,
        (
            b"id=D-1&timestamp=1800000000&lat=-29.9&lon=-71.25&speed=8&bearing=90&hdop=1.2&batt=71",
            b"deviceid=D-1&location=-29.9,-71.25&valid=1&accuracy=5&timestamp=2027-01-15 08:00:00&alarm=sos",
        ),
    ),
    "traccar_client": FuzzedDecoder(lambda body: _single(decode_traccar_client(body)), _json(_CLIENT)),
    "traccar": FuzzedDecoder(lambda body: _judged(decode_forwarded(body)), _json(_FORWARDED)),
    "owntracks": FuzzedDecoder(lambda body: _judged(decode_owntracks(body)), _json(*_OWNTRACKS)),
    "teltonika": FuzzedDecoder(
        lambda body: _judged(decode_teltonika(body)),
        (bytes.fromhex(_CODEC_8), bytes.fromhex(_CODEC_8_EXTENDED)),
        mend=with_crc,
    ),
    "fixes json": FuzzedDecoder(lambda body: _fixes(body, Encoding.JSON), _json(_FIX_ROWS)),
    "fixes msgpack": FuzzedDecoder(lambda body: _fixes(body, Encoding.MSGPACK), (msgspec.msgpack.encode(_FIX_ROWS),)),
    "readings json": FuzzedDecoder(lambda body: _readings(body, Encoding.JSON), _json(_READING_ROWS)),
    "readings msgpack": FuzzedDecoder(
        lambda body: _readings(body, Encoding.MSGPACK), (msgspec.msgpack.encode(_READING_ROWS),)
    ),
    "own position": FuzzedDecoder(_own("position"), _json(_FIX_ROWS["fixes"], _FIX_ROWS["fixes"][0])),
    "own state": FuzzedDecoder(_own("state"), _json(_READING_ROWS["readings"], _READING_ROWS["readings"][0])),
    "own event": FuzzedDecoder(_own("event"), _json({"event": "sos", "fix_at": NOW_AT, "lat": -29.9, "lon": -71.25})),
    "own connection": FuzzedDecoder(_own("connection"), _json({"state": "offline"})),
    "gateway": FuzzedDecoder(
        _DOORS.gateway,
        tuple(
            BETWEEN_FRAMES.join((b"tdk_key", kind, msgspec.msgpack.encode(rows)))
            for kind, rows in ((b"fixes", _FIX_ROWS), (b"readings", _READING_ROWS))
        ),
    ),
    "mqtt": FuzzedDecoder(
        _DOORS.mqtt,
        (
            b"owntracks/D-1/phone\n" + _json(_OWNTRACKS[0])[0],
            f"fleet/v1/{TENANT}/V-1/position\n".encode() + _json(_FIX_ROWS["fixes"])[0],
            f"fleet/v1/{TENANT}/V-1/connection\n".encode() + _json({"state": "online"})[0],
        ),
    ),
    "teltonika connection": FuzzedDecoder(_DOORS.teltonika, _CONNECTIONS),
    "fences geojson": FuzzedDecoder(lambda body: read_geojson(body).features, (write_geojson([_FENCE]),)),
    "fences kml": FuzzedDecoder(lambda body: read_kml(body).features, (write_kml([_FENCE]),)),
}
"""Name -> decoder; all there are."""
