"""Each door tells when devices were last heard through it, and how much it turned away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.reception import Reception
from core.operations import DoorHeard
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock

NOW_AT = 1_800_000_000.0


class KeepsNothing:
    """An archive for tests in which nothing is kept."""

    async def append(self, batch: FixBatch) -> None:
        raise AssertionError(f"{len(batch)} rows were to be kept")

    async def close(self) -> None:
        return None


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW_AT)


@pytest.fixture
def reception(clock: SteppedClock) -> Reception:
    return Reception(Intake(KeepsNothing(), LivePositions()), None, None, clock, clock)


def _heard(reception: Reception) -> Mapping[str, DoorHeard]:
    return {one.door: one for one in reception.doors_heard().doors}


def test_a_door_tells_when_it_was_last_heard(reception: Reception, clock: SteppedClock) -> None:
    reception.count("mqtt", "owntracks.location")
    clock.step_to(NOW_AT + 240.0)
    reception.count("osmand", "fixes")

    heard = _heard(reception)
    assert (heard["mqtt"].heard_at, heard["osmand"].heard_at) == (NOW_AT, NOW_AT + 240.0)


@pytest.mark.parametrize("outcome", ["bug", "timed_out", "telemetry.busy"])
def test_a_door_s_own_mishaps_are_no_sign_of_a_device(reception: Reception, outcome: str) -> None:
    reception.count("mqtt", outcome)

    assert _heard(reception) == {}


def test_what_was_turned_away_is_counted_but_not_heard(reception: Reception, clock: SteppedClock) -> None:
    reception.count("mqtt", "fixes")
    clock.step_to(NOW_AT + 60.0)
    reception.turn_away("mqtt", "request.malformed")

    told: Any = _heard(reception)["mqtt"]
    assert (told.heard_at, told.turned_away) == (NOW_AT, 1)
    assert reception.counts["mqtt", "request.malformed"] == 1


def test_a_door_that_only_turned_away_is_told_as_one_that_let_nothing_in(reception: Reception) -> None:
    reception.turn_away("teltonika", "unknown_device")

    assert _heard(reception)["teltonika"] == DoorHeard(door="teltonika", heard_at=None, turned_away=1)
