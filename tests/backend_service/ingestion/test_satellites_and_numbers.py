"""What devices tell beside a place: satellites, dilution, a number of their own; and what that is worth."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from backend_service.ingestion.batch import Senders, decode_batch
from backend_service.ingestion.osmand import decode_osmand
from backend_service.ingestion.recent_fixes import RecentFixes
from backend_service.ingestion.single_fix import batch_of
from backend_service.ingestion.traccar_forward import decode_forwarded
from core.fleet.fleet import Device
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import DeviceId, VehicleId

NOW_AT = 1_800_000_000.0
DEVICE = Device(device_id=DeviceId("D-1"), vehicle_id=VehicleId("V-1"), key_digest="")
PLACE = {"vehicle": "V-1", "fix_at": NOW_AT, "lat": -29.9, "lon": -71.25}


def rows(*told: dict[str, Any]) -> FixBatch:
    body = json.dumps({"fixes": [PLACE | row for row in told]}).encode()
    return decode_batch(body, Senders({}, {VehicleId("V-1"): None}), NOW_AT, NOW_AT).batch


def forwarded(**attributes: Any) -> Any:
    position = {"latitude": -29.9, "longitude": -71.25, "accuracy": attributes.pop("accuracy", 0.0)}
    body = {"position": position | {"attributes": attributes}, "device": {"uniqueId": "D-1"}}
    return decode_forwarded(json.dumps(body).encode()).fixes[0]


def test_nothing_is_carried_along_where_nobody_tells_it() -> None:
    batch = rows({}, {"speed_mps": 3.0})
    assert (batch.satellites, batch.sequence) == (None, None)
    assert batch_of([decode_osmand({"lat": "1", "lon": "2"})], DEVICE, NOW_AT, NOW_AT).satellites is None


def test_a_batch_s_rows_tell_satellites_dilution_and_numbers() -> None:
    batch = rows({"satellites": 2, "hdop": 1.5, "sequence": 7}, {"accuracy_m": 4.0, "hdop": 9.0}, {})
    assert batch.satellites is not None and batch.sequence is not None
    np.testing.assert_equal(batch.satellites, [2.0, np.nan, np.nan])
    np.testing.assert_equal(batch.sequence, [7.0, np.nan, np.nan])
    np.testing.assert_equal(batch.accuracy_m, [7.5, 4.0, np.nan])


def test_traccar_s_attributes_tell_satellites_and_dilution() -> None:
    fix = forwarded(sat=2, hdop=1.2)
    assert (fix.satellites, fix.accuracy_m) == (2.0, pytest.approx(6.0))
    assert forwarded(hdop=1.2, accuracy=3.0).accuracy_m == 3.0
    for odd in ("many", None, True, -1, 10**400):
        fix = forwarded(sat=odd, hdop=odd)
        assert np.isnan([fix.satellites, fix.accuracy_m]).all()


def test_osmand_tells_satellites() -> None:
    fix = decode_osmand({"lat": "1", "lon": "2", "sat": "2"})
    assert (fix.satellites, dict(fix.attributes)) == (2.0, {})


def test_batches_that_tell_and_batches_that_do_not_are_put_together() -> None:
    whole = FixBatch.concatenate([rows({}), rows({"satellites": 8}), rows({})])
    assert whole.satellites is not None and whole.sequence is None
    np.testing.assert_equal(whole.satellites, [np.nan, 8.0, np.nan])
    assert whole.kept().satellites is None
    assert whole.select(np.array([1])).satellites == pytest.approx([8.0])


def test_numbers_are_remembered_up_to_a_bound() -> None:
    def numbered(number: float) -> tuple[str, str, float, float, float]:
        return ("V-1", "D-1", number, -29.9, -71.25)

    recent = RecentFixes(kept_numbers=2)
    for number in range(3):
        recent.remember(rows({"sequence": number, "fix_at": NOW_AT + number}))
    assert not recent.was_numbered(("V-1", "", 0.0, -29.9, -71.25), NOW_AT)
    assert recent.was_numbered(("V-1", "", 2.0, -29.9, -71.25), NOW_AT)
    assert not recent.was_numbered(("V-1", "", 2.0, -29.9, -71.25), NOW_AT + 601.0 + 2.0)
    assert not recent.was_numbered(numbered(2.0), NOW_AT)
