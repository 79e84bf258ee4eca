"""Limits crossed and restored in the log, exactly when, from readings through the doors."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.alarms.exceptions import current_exceptions
from core.commands import SetChannelLimit, WithdrawChannelLimit
from core.dispatch.rationale import say
from core.telemetry.channel_limits import ChannelLimit, LimitId
from core.vocabulary import Actor, Role, VehicleId

NOW_AT = 1_800_000_000.0
BOSS = Actor(role=Role.SUPERVISOR, subject="boss")
COLD = ChannelLimit(limit_id=LimitId("cold"), channel="temperature", most=5.0, hysteresis=1.0, for_s=180.0)
SHUT = ChannelLimit(limit_id=LimitId("shut"), channel="door.rear", forbidden=("open",), for_s=120.0)


async def at(depot: Any, seconds: float) -> dict[str, Any]:
    """Let the worker run so many seconds after `NOW_AT`; return the crossings of V-1 by channel."""
    depot.clock.step_to(NOW_AT + seconds)
    await depot.watch.run_once(depot.clock.now())
    crossings: dict[str, Any] = depot.bus.operation.channels.crossings.get(VehicleId("V-1"), {})
    return crossings


def findings(depot: Any) -> list[tuple[str, str, str]]:
    items = current_exceptions(depot.bus.operation, depot.clock.now(), {})
    return [(item.key, item.subject_id, say(item.finding)) for item in items]


def test_warm_cargo_becomes_an_exception_and_ends(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.bus.execute(SetChannelLimit(limit=COLD), BOSS)
        for second in range(0, 200, 20):
            depot.clock.step_to(NOW_AT + second)
            await depot.read(("temperature.cargo", second, 9.0 + second / 450))
        assert await at(depot, 180) != {}
        crossing = depot.bus.operation.channels.crossings[VehicleId("V-1")]["temperature.cargo"]
        assert (crossing.beyond_since_at, crossing.crossed_at, crossing.value) == (NOW_AT, NOW_AT + 180, 9.4)
        assert findings(depot) == [
            ("limit:V-1:temperature.cargo:1800000000", "V-1", "cargo 9.4 °C, limit 5.0 °C for 3 min")
        ]
        [limit] = (await depot.ask("GET", "/channel-limits")).json()["items"]
        assert limit["beyond"] == ["V-1"]
        [now] = (await depot.ask("GET", "/vehicles/V-1/channels")).json()["items"]
        assert now["beyond_limit"] == "cold"
        depot.clock.step_to(NOW_AT + 600)
        for second in range(200, 500, 20):
            await depot.read(("temperature.cargo", second, 4.0 if second >= 240 else 4.5))
        assert await at(depot, 600) == {}
        assert findings(depot) == []

    depot(scenario)


def test_a_door_left_open_is_noticed_by_the_clock_alone(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.bus.execute(SetChannelLimit(limit=SHUT), BOSS)
        await depot.read(("door.rear", 0, "open"))
        assert await at(depot, 119) == {}
        assert list(await at(depot, 121)) == ["door.rear"]
        assert findings(depot)[0][2] == "rear door open for 2 min"
        await depot.read(("door.rear", 122, False))
        assert await at(depot, 241) != {}
        assert await at(depot, 242) == {}

    depot(scenario)


def test_a_new_limit_judges_what_was_told_before(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.read(("temperature.cargo", 0, 9.0))
        assert await at(depot, 10) == {}
        await depot.bus.execute(SetChannelLimit(limit=replace(COLD, for_s=0.0)), BOSS)
        assert depot.watch.is_wanted(depot.clock.now())
        assert list(await at(depot, 11)) == ["temperature.cargo"]
        await depot.bus.execute(SetChannelLimit(limit=replace(COLD, most=20.0, for_s=0.0)), BOSS)
        assert await at(depot, 12) == {}

    depot(scenario)


@pytest.mark.parametrize("change", ["withdrawn", "of another vehicle"])
def test_what_no_limit_covers_any_more_is_over(depot: Any, change: str) -> None:
    async def scenario(depot: Any) -> None:
        await depot.bus.execute(SetChannelLimit(limit=replace(COLD, for_s=0.0)), BOSS)
        await depot.read(("temperature.cargo", 0, 9.0))
        assert await at(depot, 1) != {}
        if change == "withdrawn":
            await depot.bus.execute(WithdrawChannelLimit(limit_id=COLD.limit_id), BOSS)
        else:
            await depot.bus.execute(SetChannelLimit(limit=replace(COLD, vehicles=(VehicleId("V-2"),))), BOSS)
        assert await at(depot, 2) == {}

    depot(scenario)


def test_a_restarted_watch_knows_what_is_crossed(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.bus.execute(SetChannelLimit(limit=replace(COLD, for_s=0.0)), BOSS)
        await depot.read(("temperature.cargo", 0, 9.0))
        await at(depot, 1)
        head = depot.bus.operation.position
        depot.watch = type(depot.watch)(depot.bus, depot.tower.channels.intake.latest)
        assert await at(depot, 2) != {}
        assert depot.bus.operation.position == head, "told once"
        depot.tower.channels.intake.subscribe(depot.watch.observe)
        await depot.read(("temperature.cargo", 3, 3.0))
        assert await at(depot, 4) == {}

    depot(scenario)
