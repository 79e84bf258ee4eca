"""A shift starts with planned breaks, the desk sets others, and the schedule tells which are to come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.vocabulary import Role

BREAKS, SCHEDULE = "/api/v1/drivers/DR-1/breaks", "/api/v1/drivers/DR-1/schedule"


def a_break(world: Any, from_s: float, until_s: float, length_s: float = 1800.0) -> dict[str, Any]:
    return {"earliest_at": told(world, from_s), "latest_at": told(world, until_s), "length_s": length_s}


def told(world: Any, in_s: float) -> str:
    return datetime.fromtimestamp(world.clock.now() + in_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def start(world: Any, *breaks: dict[str, Any]) -> Any:
    shift = {"vehicle_id": "V-1", "ends_at": told(world, 21_600.0), "breaks": list(breaks)}
    return await world.ask("POST", "/api/v1/drivers/DR-1/shift", role=Role.DISPATCHER, json=shift)


async def due(world: Any) -> list[dict[str, Any]]:
    schedule = await world.ask("GET", SCHEDULE, role=Role.DISPATCHER)
    breaks: list[dict[str, Any]] = schedule.json()["breaks"]
    return breaks


def test_a_shift_starts_with_breaks_and_others_are_set(run: Any) -> None:
    async def scenario(world: Any) -> None:
        noon, later = a_break(world, 3600.0, 7200.0), a_break(world, 7200.0, 9000.0, 900.0)
        assert (await start(world, noon)).status_code == 200
        assert await due(world) == [noon]
        assert (await world.ask("PUT", BREAKS, role=Role.DISPATCHER, json={"breaks": [later]})).status_code == 200
        assert await due(world) == [later]

    run(scenario)


def test_a_break_that_was_begun_is_due_no_more_and_has_an_end(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await start(world, a_break(world, 0.0, 600.0))
        await world.ask("POST", "/api/v1/drivers/DR-1/pause", role=Role.DISPATCHER)
        schedule = (await world.ask("GET", SCHEDULE, role=Role.DISPATCHER)).json()
        assert (schedule["breaks"], schedule["break_ends_at"]) == ([], told(world, 1800.0))

    run(scenario)


def test_breaks_that_cannot_be_are_refused_with_the_reason(run: Any) -> None:
    async def scenario(world: Any) -> None:
        outside = a_break(world, 20_000.0, 21_000.0)
        refused = await start(world, outside)
        assert (refused.status_code, refused.json()["code"]) == (422, "break.outside_shift")
        await start(world)
        for wrong, code in ((outside, "outside_shift"), (a_break(world, 600.0, 900.0, 0.0), "length_out_of_range")):
            answer = await world.ask("PUT", BREAKS, role=Role.ADMINISTRATOR, json={"breaks": [wrong]})
            assert (answer.status_code, answer.json()["code"]) == (422, f"break.{code}")
        own = await world.ask("PUT", BREAKS, role=Role.DRIVER, json={"breaks": []})
        assert own.status_code == 403

    run(scenario)
