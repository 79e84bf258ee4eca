"""Whatever is sent, decoding answers with fixes or with a refusal, never with anything else."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend_service.ingestion.batch import Senders, decode_batch
from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.osmand import decode_osmand
from backend_service.ingestion.traccar_client import decode_traccar_client
from core.refusals import Refusal
from core.vocabulary import VehicleId

NOW_AT = 1_800_000_000.0
SENDERS = Senders({}, {VehicleId("V-1"): None})

_words = st.one_of(
    st.text(max_size=12), st.sampled_from(["nan", "inf", "-1", "1e400", "12.5", "91", "2027-01-15T08:00:00Z", "1,2"])
)
_names = st.sampled_from(
    ["id", "timestamp", "lat", "lon", "location", "speed", "bearing", "heading", "accuracy", "hdop", "valid", "x"]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_rows = st.dictionaries(
    st.sampled_from(["vehicle", "device", "fix_at", "lat", "lon", "speed_mps", "heading_deg"]), _values
)


@given(parameters=st.dictionaries(_names, _words))
@example(parameters={"lat": "1", "lon": "2", "speed": "inf", "bearing": "inf", "accuracy": "-inf"})
def test_any_parameters_give_a_fix_or_a_refusal(parameters: dict[str, str]) -> None:
    try:
        fix = decode_osmand(parameters)
    except Refusal as refusal:
        assert refusal.code == "telemetry.malformed"
        return
    for quantity in (fix.speed_mps, fix.heading_deg, fix.accuracy_m):
        assert np.isnan(quantity) or 0.0 <= quantity < np.inf


@given(rows=st.lists(_rows, max_size=6))
@example(rows=[{"vehicle": "V-1", "fix_at": 1e308, "lat": 1e308, "lon": 0, "speed_mps": -1, "heading_deg": 720}])
@example(rows=[{"vehicle": "V-1", "fix_at": "nan", "lat": 0, "lon": 0}])
def test_any_rows_are_decoded_or_counted(rows: list[Any]) -> None:
    decoded = decode_batch(json.dumps({"fixes": rows}).encode(), SENDERS, NOW_AT, NOW_AT)
    assert len(decoded.batch) + decoded.rejected.total() == len(rows)
    assert np.isfinite(decoded.batch.fix_at).all()


@given(body=st.binary(max_size=60))
@example(body=b'{"fixes": [1e999]}')
def test_any_bytes_are_a_batch_or_a_refusal(body: bytes) -> None:
    for decode in (lambda: decode_batch(body, SENDERS, NOW_AT, NOW_AT), lambda: decode_traccar_client(body)):
        try:
            decode()
        except Refusal as refusal:
            assert refusal.status == 400


def test_a_text_without_a_zone_is_the_sites_time() -> None:
    # La Serena is three hours behind UTC in January.
    assert read_instant("2027-01-15 05:00:00", ZoneInfo("America/Santiago")) == NOW_AT
    assert read_instant("2027-01-15T08:00:00Z", ZoneInfo("America/Santiago")) == NOW_AT


@pytest.mark.parametrize(
    ("text", "instant"), [(2**31 - 1, 2**31 - 1.0), (2**31, 2**31 / 1000.0), ("1800000000", NOW_AT)]
)
def test_whole_numbers_from_2_to_the_31_count_milliseconds(text: Any, instant: float) -> None:
    assert read_instant(text) == instant
