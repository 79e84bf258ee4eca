"""MessagePack and JSON say the same; what is neither is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend_service.ingestion.batch import Senders, decode_batch
from backend_service.ingestion.reading_rows import decode_readings
from backend_service.ingestion.row_codec import Encoding
from core.fleet.fleet import Device
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import DeviceId, VehicleId

NOW_AT = 1_800_000_000.0
DEVICES = {
    DeviceId("D-1"): Device(device_id=DeviceId("D-1"), vehicle_id=VehicleId("V-1"), key_digest="x"),
    DeviceId("D-9"): Device(device_id=DeviceId("D-9"), vehicle_id=VehicleId("V-1"), key_digest="", retired_at=1.0),
}
SENDERS = Senders(DEVICES, {VehicleId("V-1"): None, VehicleId("V-2"): None})

_numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**62), 2**62)
_odd = st.none() | st.booleans() | st.text(max_size=6) | _numbers
_who = st.sampled_from(["V-1", "V-2", "V-9", "D-1", "D-9", None])
_fix_rows = st.fixed_dictionaries(
    {"fix_at": st.floats(0, 2e9) | _odd, "lat": st.floats(-91, 91) | _odd, "lon": _numbers},
    optional={"vehicle": _who, "device": _who, "speed_mps": _odd, "heading_deg": _numbers, "is_valid": _odd, "x": _odd},
)
_reading_rows = st.fixed_dictionaries(
    {"read_at": st.floats(0, 2e9) | _odd, "channel": st.sampled_from(["fuel", "door.rear", "warp"]), "value": _odd},
    optional={"vehicle": _who, "device": _who},
)


def same(left: Any, right: Any, kind: type) -> None:
    for column in kind.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(left.batch, column), getattr(right.batch, column))
    assert left.rejected == right.rejected


@given(rows=st.lists(_fix_rows, max_size=8))
@example(rows=[{"vehicle": "V-1", "fix_at": 2**31, "lat": 1, "lon": 2, "speed_mps": 1e308}])
def test_fixes_are_the_same_in_both(rows: list[Any]) -> None:
    body = {"fixes": rows}
    as_json = decode_batch(json.dumps(body).encode(), SENDERS, NOW_AT, NOW_AT, Encoding.JSON)
    packed = decode_batch(msgspec.msgpack.encode(body), SENDERS, NOW_AT, NOW_AT, Encoding.MSGPACK)
    same(as_json, packed, FixBatch)
    assert len(packed.batch) + packed.rejected.total() == len(rows)


@given(rows=st.lists(_reading_rows, max_size=8))
def test_readings_are_the_same_in_both(rows: list[Any]) -> None:
    body = {"readings": rows}
    as_json = decode_readings(json.dumps(body).encode(), Encoding.JSON, SENDERS, NOW_AT)
    packed = decode_readings(msgspec.msgpack.encode(body), Encoding.MSGPACK, SENDERS, NOW_AT)
    same(as_json, packed, ReadingBatch)
    assert len(packed.batch) + packed.rejected.total() == len(rows)


@given(body=st.binary(max_size=80))
@example(body=b"\x81\xa5fixes\xdd\xff\xff\xff\xff")  # says it holds 4,294,967,295 rows
@example(body=b"\x81\xa5fixes\x91\xc7\xff\xff")
@example(body=b"\x81\xa1\xff\x90")
def test_any_bytes_are_a_batch_or_a_refusal(body: bytes) -> None:
    for decode in (
        lambda: decode_batch(body, SENDERS, NOW_AT, NOW_AT, Encoding.MSGPACK),
        lambda: decode_readings(body, Encoding.MSGPACK, SENDERS, NOW_AT),
        lambda: decode_readings(body, Encoding.JSON, SENDERS, NOW_AT),
    ):
        try:
            decode()
        except Refusal as refusal:
            assert (refusal.code, refusal.status) == ("telemetry.malformed", 400)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (Encoding.JSON, b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "fixes": []}'),
        (Encoding.MSGPACK, b"\x81\xa1x" + b"\x91" * 100_000 + b"\xc0"),
        (Encoding.JSON, b'{"fixes": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}"),
    ],
)
def test_nesting_without_end_is_refused_or_counted(encoding: Encoding, body: bytes) -> None:
    try:
        decoded = decode_batch(body, SENDERS, NOW_AT, NOW_AT, encoding)
    except Refusal as refusal:
        assert refusal.code == "telemetry.malformed"
        return
    assert decoded.rejected.total() == 1


def test_numbers_that_json_cannot_say_are_unknown_or_malformed() -> None:
    rows = [
        {"vehicle": "V-1", "fix_at": NOW_AT, "lat": 1.0, "lon": 2.0, "speed_mps": math.inf},
        {"vehicle": "V-1", "fix_at": math.nan, "lat": 1.0, "lon": 2.0},
    ]
    decoded = decode_batch(msgspec.msgpack.encode({"fixes": rows}), SENDERS, NOW_AT, NOW_AT, Encoding.MSGPACK)
    assert np.isnan(decoded.batch.speed_mps).tolist() == [True]
    assert dict(decoded.rejected) == {"malformed": 1}


@pytest.mark.parametrize("encoding", Encoding)
def test_one_row_too_many_names_the_limit(encoding: Encoding) -> None:
    rows = [{"vehicle": "V-1", "channel": "fuel", "read_at": NOW_AT, "value": 1.0}] * 5_001
    encode = msgspec.json.encode if encoding is Encoding.JSON else msgspec.msgpack.encode
    with pytest.raises(Refusal) as refused:
        decode_readings(encode({"readings": rows}), encoding, SENDERS, NOW_AT)
    assert (refused.value.status, refused.value.details) == (413, {"limit_rows": 5_000})
    # Rows that cannot be read count too: they cost as much.
    with pytest.raises(Refusal):
        decode_readings(encode({"readings": [1] * 5_001}), encoding, SENDERS, NOW_AT)


def test_a_retired_device_speaks_for_nobody() -> None:
    row = {"device": "D-9", "channel": "fuel", "read_at": NOW_AT, "value": 1.0}
    decoded = decode_readings(json.dumps({"readings": [row]}).encode(), Encoding.JSON, SENDERS, NOW_AT)
    assert dict(decoded.rejected) == {"retired_device": 1}


@pytest.mark.parametrize(
    ("channel", "value", "told"),
    [
        ("door.rear", True, "open"),
        ("door.rear", False, "closed"),
        ("ignition", True, "on"),
        ("tachograph", " Driving ", "driving"),
        ("fuel", True, "true"),
    ],
)
def test_words_and_booleans_are_states(channel: str, value: Any, told: str) -> None:
    row = {"vehicle": "V-1", "channel": channel, "read_at": NOW_AT, "value": value}
    batch = decode_readings(json.dumps({"readings": [row]}).encode(), Encoding.JSON, SENDERS, NOW_AT).batch
    assert batch.state.tolist() == [told]
    assert np.isnan(batch.value).all()
