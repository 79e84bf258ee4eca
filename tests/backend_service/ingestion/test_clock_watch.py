"""A clock that jumps is doubted until the fleet's own clocks agree, and nothing that it refuses meanwhile is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from backend_service.ingestion.acknowledging_client import BrokerAddress
from backend_service.ingestion.batch import Senders
from backend_service.ingestion.clock_watch import IN_DOUBT, ClockWatch, spoken
from backend_service.ingestion.device_clocks import DeviceClocks
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.mqtt_door import DOOR, MqttDoor
from backend_service.ingestion.reception import Delivery, Reception
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock

NOW_AT = 1_800_000_000.0
HOUR_S = 3600.0
type Fixes = Callable[..., FixBatch]


class SetClock:
    """A machine's clock: it goes with the steady one, and anybody can set it."""

    def __init__(self, steady: SteppedClock) -> None:
        self._steady = steady
        self.off_s = NOW_AT

    def now(self) -> float:
        return self._steady.now() + self.off_s


@dataclass
class Machine:
    """Both clocks and who watches them; the true time is what the clock would tell had nobody set it."""

    steady: SteppedClock
    clock: SetClock
    watch: ClockWatch

    @property
    def true_at(self) -> float:
        return NOW_AT + self.steady.now()

    def wait(self, seconds: float) -> None:
        self.steady.step_to(self.steady.now() + seconds)

    def put(self, seconds: float) -> None:
        """Put the clock off the true time."""
        self.clock.off_s = NOW_AT + seconds
        self.watch.look()

    def heard(self, fixes: Fixes, *devices: str, made_ago_s: float = 0.0) -> FixBatch:
        """Return fixes that devices made so long ago in truth, received now by this clock."""
        rows = [{"device": device, "fix_at": self.true_at - made_ago_s} for device in devices]
        return fixes(*({**row, "received_at": self.clock.now()} for row in rows))


@pytest.fixture
def machine() -> Machine:
    steady = SteppedClock(0.0)
    clock = SetClock(steady)
    return Machine(steady, clock, ClockWatch(clock, steady))


def test_a_clock_that_is_slewed_is_not_doubted(machine: Machine) -> None:
    for step in range(1, 200):
        machine.wait(1.0)
        machine.put(0.5 * step)
    assert not machine.watch.state.degraded


@pytest.mark.parametrize(("off_s", "told"), [(-HOUR_S, "It went 1 h back."), (HOUR_S, "It went 1 h ahead.")])
def test_a_jump_is_told_with_its_size(machine: Machine, off_s: float, told: str) -> None:
    machine.put(off_s)
    assert machine.watch.state.degraded
    assert machine.watch.effect().startswith(told)


def test_what_is_refused_only_for_the_jump_is_held_back(machine: Machine, fixes: Fixes) -> None:
    machine.put(-HOUR_S)
    assert machine.watch.holds_back(machine.heard(fixes, "D-1"))
    assert not machine.watch.holds_back(machine.heard(fixes, "D-1", made_ago_s=HOUR_S)), "it is taken"
    assert not machine.watch.holds_back(machine.heard(fixes, "D-1", made_ago_s=-24 * HOUR_S)), "its own clock is wrong"


def test_a_day_kept_by_a_phone_is_held_back_when_the_clock_goes_ahead(machine: Machine, fixes: Fixes) -> None:
    machine.put(2 * HOUR_S)
    assert machine.watch.holds_back(machine.heard(fixes, "D-1", made_ago_s=23 * HOUR_S))


def test_back_where_it_was_it_is_believed_at_once(machine: Machine) -> None:
    machine.put(-HOUR_S)
    machine.put(-HOUR_S + 10.0)
    assert machine.watch.state.degraded
    machine.put(20.0)
    assert not machine.watch.state.degraded


def test_a_clock_that_the_fleet_agrees_with_is_believed(machine: Machine, fixes: Fixes) -> None:
    machine.clock.off_s = NOW_AT - HOUR_S
    machine.watch = ClockWatch(machine.clock, machine.steady)
    machine.put(0.0)
    assert machine.watch.state.degraded, "it was wrong before, and who should know that?"
    machine.watch.hear(machine.heard(fixes, "D-1", "D-2"))
    assert machine.watch.state.degraded
    machine.watch.hear(machine.heard(fixes, "D-3"))
    assert not machine.watch.state.degraded


def test_a_wrong_clock_is_doubted_as_long_as_the_fleet_says_otherwise(machine: Machine, fixes: Fixes) -> None:
    machine.put(-HOUR_S)
    for _ in range(100):
        machine.wait(600.0)
        machine.watch.hear(machine.heard(fixes, "D-1", "D-2", "D-3"))
    assert machine.watch.state.degraded


def test_one_that_works_off_what_it_kept_confirms_no_wrong_clock(machine: Machine, fixes: Fixes) -> None:
    """Its fixes of an hour ago look live by a clock that is an hour behind; its newest do not."""
    machine.put(-HOUR_S)
    machine.watch.hear(machine.heard(fixes, "D-1", made_ago_s=HOUR_S))
    machine.wait(61.0)
    machine.watch.hear(machine.heard(fixes, "D-1"))
    assert machine.watch.state.degraded


def test_a_fleet_of_one_is_believed_after_a_minute(machine: Machine, fixes: Fixes) -> None:
    machine.clock.off_s = NOW_AT + HOUR_S
    machine.watch = ClockWatch(machine.clock, machine.steady)
    machine.put(0.0)
    machine.watch.hear(machine.heard(fixes, "D-1"))
    assert machine.watch.state.degraded
    machine.wait(61.0)
    machine.watch.hear(machine.heard(fixes, "D-1"))
    assert not machine.watch.state.degraded


class Disk:
    """Keeps fixes."""

    def __init__(self) -> None:
        self.fixes: list[float] = []

    async def append(self, batch: FixBatch) -> None:
        self.fixes.extend(batch.fix_at.tolist())


def test_a_delivery_is_put_off_while_in_doubt_and_taken_once_the_clock_is_set(machine: Machine, fixes: Fixes) -> None:
    async def play() -> None:
        disk = Disk()
        intake = Intake(disk, LivePositions())
        clocks = DeviceClocks(machine.clock)
        reception = Reception(
            intake, None, None, machine.clock, machine.clock, clock_watch=machine.watch, device_clocks=clocks
        )
        intake.start()
        machine.put(-HOUR_S)
        sent = Delivery(fixes=machine.heard(fixes, "D-1"))
        with pytest.raises(Refusal) as put_off:
            await reception.take(sent)
        assert (put_off.value.code, put_off.value.status, disk.fixes) == (IN_DOUBT, 503, [])
        assert put_off.value.details["retry_after_s"] == 30
        assert clocks.wrong == {}, "no device is to blame"

        machine.put(0.0)
        report = await reception.take(reception.received_anew(sent))
        assert (report["accepted"], disk.fixes) == (1, [machine.true_at])
        await intake.close()

    asyncio.run(play())


def test_what_a_broker_sent_waits_until_the_clock_is_set_and_is_kept_then(machine: Machine, fixes: Fixes) -> None:
    async def play() -> None:
        disk = Disk()
        intake = Intake(disk, LivePositions())
        reception = Reception(intake, None, None, machine.clock, machine.clock, clock_watch=machine.watch)
        fleet = Senders({}, {})
        door = MqttDoor(reception, lambda: fleet, BrokerAddress("nowhere", 1883), tenant="porto", identifier="t")
        intake.start()
        machine.put(-HOUR_S)
        keeping = asyncio.create_task(door._keep([Delivery(fixes=machine.heard(fixes, "D-1"))]))
        while not reception.counts[DOOR, IN_DOUBT]:
            await asyncio.sleep(0.0)
        assert not keeping.done(), "nothing is acknowledged to the broker meanwhile"
        machine.put(0.0)
        await keeping
        assert disk.fixes == [machine.true_at]
        await intake.close()

    asyncio.run(play())


@pytest.mark.parametrize(
    ("seconds", "words"), [(61.0, "1 min"), (3600.0, "1 h"), (5400.0, "1 h 30 min"), (86_400.0, "24 h")]
)
def test_lengths_of_time_in_words(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


# --- the clocks of devices ---


def clocks_after(*rows: dict[str, Any], fixes: Fixes, every_s: float = 0.0) -> DeviceClocks:
    clock = SteppedClock(NOW_AT)
    clocks = DeviceClocks(clock)
    for row in rows:
        clocks.hear(fixes({"received_at": clock.now(), **row}))
        clock.step_to(clock.now() + every_s)
    return clocks


def test_a_device_a_day_ahead_is_named_and_by_how_much(fixes: Fixes) -> None:
    ahead = {"device": "D-7", "fix_at": NOW_AT + 24 * HOUR_S}
    assert not clocks_after(ahead, ahead, fixes=fixes).state.degraded
    clocks = clocks_after(ahead, ahead, ahead, fixes=fixes)
    assert clocks.state.degraded
    assert clocks.effect() == "D-7 by 24 h ahead. Their positions are not taken. Set these clocks."


def test_a_device_more_than_a_day_behind_is_named_once_nothing_newer_came_for_a_minute(fixes: Fixes) -> None:
    behind = {"device": "", "vehicle": "V-9", "fix_at": NOW_AT - 25 * HOUR_S}
    assert not clocks_after(*[behind] * 50, fixes=fixes).state.degraded, "it may work off what it kept"
    clocks = clocks_after(*[behind] * 3, fixes=fixes, every_s=31.0)
    assert clocks.effect().startswith("V-9 by 25 h behind.")


def test_a_device_whose_clock_was_set_is_forgotten(fixes: Fixes) -> None:
    ahead = {"device": "D-7", "fix_at": NOW_AT + 24 * HOUR_S}
    assert not clocks_after(ahead, ahead, ahead, {"device": "D-7", "fix_at": NOW_AT}, fixes=fixes).state.degraded


def test_only_so_many_are_counted_and_five_are_named(fixes: Fixes) -> None:
    rows = [{"device": f"D-{number}", "fix_at": NOW_AT + 24 * HOUR_S} for number in range(1_100)]
    clocks = DeviceClocks(SteppedClock(NOW_AT))
    for _ in range(3):
        clocks.hear(fixes(*rows))
    assert len(clocks.wrong) == 1_000
    assert "and 995 more" in clocks.effect()
