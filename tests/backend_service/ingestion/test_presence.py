"""Off is what a device said, silent is what nobody heard: the one is never taken for the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.reception import Delivery, Reception
from core.fleet.devices import DeviceState, Presence
from core.fleet.fleet import Device
from core.projections.operation import Operation
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import DeviceId, VehicleId

NOW_AT = 1_800_000_000.0
ONE = Device(device_id=DeviceId("D-1"), vehicle_id=VehicleId("V-1"), key_digest="")
type Fixes = Callable[..., FixBatch]


@pytest.fixture
def board() -> DeviceBoard:
    return DeviceBoard(Operation(), silent_after_s=60.0)


def state(board: DeviceBoard, at: float = NOW_AT) -> DeviceState:
    return board.health(ONE, at).state


def test_a_device_that_says_off_is_off_and_stays_so(board: DeviceBoard, fixes: Fixes) -> None:
    board.choose(fixes({"device": "D-1"}))
    board.note_presence(ONE.device_id, Presence.OFFLINE, NOW_AT + 5.0)
    board.note_presence(ONE.device_id, Presence.OFFLINE, NOW_AT + 9.0)
    health = board.health(ONE, NOW_AT + 500.0)
    assert (health.state, health.off_at, health.heard_at) == (DeviceState.OFF, NOW_AT + 5.0, NOW_AT)


def test_a_device_that_nobody_hears_is_silent_not_off(board: DeviceBoard, fixes: Fixes) -> None:
    board.choose(fixes({"device": "D-1"}))
    assert (state(board), state(board, NOW_AT + 60.0)) == (DeviceState.LIVE, DeviceState.SILENT)


@pytest.mark.parametrize(
    ("rows", "after"),
    [
        ([{"fix_at": NOW_AT + 10.0}], DeviceState.LIVE),
        ([{"fix_at": NOW_AT - 10.0}], DeviceState.OFF),  # kept back somewhere, and older than what was heard
    ],
)
def test_what_is_newer_than_all_before_says_that_it_is_there(
    board: DeviceBoard, fixes: Fixes, rows: list[dict[str, Any]], after: DeviceState
) -> None:
    board.choose(fixes({"device": "D-1"}))
    board.note_presence(ONE.device_id, Presence.OFFLINE, NOW_AT + 5.0)
    board.choose(fixes(*({"device": "D-1", **row} for row in rows)))
    assert state(board) is after


def test_a_device_that_says_on_is_what_it_was_heard_as(board: DeviceBoard) -> None:
    board.note_presence(ONE.device_id, Presence.OFFLINE, NOW_AT)
    board.note_presence(ONE.device_id, Presence.ONLINE, NOW_AT + 1.0)
    assert state(board) is DeviceState.NEVER_HEARD


def test_a_late_fix_from_before_it_went_off_leaves_it_off(board: DeviceBoard, fixes: Fixes) -> None:
    board.choose(fixes({"device": "D-1"}))
    board.note_presence(ONE.device_id, Presence.OFFLINE, NOW_AT + 60.0)
    board.choose(fixes({"device": "D-1", "fix_at": NOW_AT + 30.0}))
    assert state(board, NOW_AT + 61.0) is DeviceState.OFF
    board.choose(fixes({"device": "D-1", "fix_at": NOW_AT + 61.0}))
    assert state(board, NOW_AT + 61.0) is DeviceState.LIVE


class Disk:
    """Keeps nothing and says nothing."""

    async def append(self, batch: FixBatch) -> None:
        """Take a batch."""


def off(device_id: DeviceId = ONE.device_id) -> Delivery:
    return Delivery(presence=((device_id, Presence.OFFLINE),))


@pytest.mark.parametrize(
    ("told", "after"),
    [
        (("off", -1.0), DeviceState.LIVE),  # it came back: the broker tells its will before what it says next
        ((-1.0, "off"), DeviceState.OFF),
        (("off", -600.0), DeviceState.OFF),  # kept somewhere, and delivered late
        (("off",), DeviceState.OFF),
    ],
)
def test_of_what_a_broker_tells_at_once_the_order_counts(
    board: DeviceBoard, fixes: Fixes, told: tuple[Any, ...], after: DeviceState
) -> None:
    async def play() -> None:
        clock, intake = SteppedClock(NOW_AT), Intake(Disk(), LivePositions(), devices=board)
        intake.start()
        reception = Reception(intake, None, board, clock, clock)
        said = [
            off() if word == "off" else Delivery(fixes=fixes({"device": "D-1", "fix_at": NOW_AT + word}))
            for word in told
        ]
        await reception.take(*said)
        await intake.close()

    asyncio.run(play())
    assert state(board) is after
