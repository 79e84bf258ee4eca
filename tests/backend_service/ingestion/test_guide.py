"""The guide to a new door can be followed: its decoder runs, and its readings arrive in the catalogue's channels."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from backend_service.ingestion.attributes import readings_of
from backend_service.ingestion.http_protocols import HttpProtocol
from core.refusals import Refusal

GUIDE = Path(__file__).parents[3] / "docs" / "NEW_DOOR.md"
NOW_AT = 1_800_000_000.0


@pytest.fixture
def told() -> dict[str, Any]:
    """What the first listing of the guide defines."""
    listing = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert listing is not None
    names: dict[str, Any] = {"__name__": "beacon"}
    exec(compile(listing.group(1), str(GUIDE), "exec"), names)
    return names


def test_the_decoder_of_the_guide_tells_si_units(told: dict[str, Any]) -> None:
    protocol = HttpProtocol(told["decode_beacon"])
    message = protocol.decode(
        b'{"serial": "B-1", "at": 1800000000, "lat": -29.9, "lon": -71.25, "mph": 10, "volts": 12}'
    )
    (fix,) = message.fixes
    assert (message.key, fix.fix_at, fix.speed_mps) == ("B-1", NOW_AT, pytest.approx(4.4704))
    readings = readings_of(fix.attributes, "D-1", "V-1", NOW_AT, NOW_AT)
    assert [row[2] for row in readings.rows()] == ["supply_voltage"]
    for flawed in (b"", b"\xff", b'{"serial": "B-1", "at": 1e999, "lat": 0, "lon": 0}'):
        with pytest.raises(Refusal):
            protocol.decode(flawed)
