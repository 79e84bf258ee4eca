"""Cues to idle drivers over REST: read, accepted, dismissed, and told to the driver."""

from __future__ import annotations

from typing import Any

from core.dispatch.move_commands import ProposeDriverMove
from core.fleet.driver_move import DriverMove, MoveId
from core.vocabulary import PLATFORM, DriverId, Position, Role, ZoneId

PATH = "/api/v1/driver-moves"
SHIFT = {"vehicle_id": "V-1", "ends_at": "2027-01-15T18:00:00Z"}


async def proposed(world: Any) -> None:
    await world.ask("POST", "/api/v1/drivers/DR-1/shift", role=Role.DISPATCHER, json=SHIFT)
    now = world.clock.now()
    move = DriverMove(
        move_id=MoveId("M-1"),
        driver_id=DriverId("DR-1"),
        from_zone_id=ZoneId("centro"),
        to_zone_id=ZoneId("puerto"),
        target=Position(-29.95, -71.34),
        proposed_at=now,
        expires_at=now + 300.0,
        short=0.8,
        short_at=now + 1_800.0,
        spare=2.0,
        distance_m=2_345.67,
        way_minutes=6.0,
        covers_minutes=12.0,
    )
    await world.bus.execute(ProposeDriverMove(move=move), PLATFORM)


def test_cue_is_read_with_its_reason_and_accepted_and_told_to_the_driver(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await proposed(world)
        (cue,) = (await world.ask("GET", PATH, role=Role.DISPATCHER)).json()["items"]
        assert (cue["state"], cue["driver_id"], cue["to_zone_id"]) == ("proposed", "DR-1", "puerto")
        assert (cue["short"], cue["spare"], cue["distance_m"], cue["gain_minutes"]) == (0.8, 2.0, 2345.7, 6.0)

        answer = await world.ask("POST", f"{PATH}/M-1/accept", role=Role.DISPATCHER)
        assert answer.status_code == 200, answer.text

        (cue,) = (await world.ask("GET", PATH, role=Role.DISPATCHER)).json()["items"]
        assert cue["state"] == "under_way"
        for role in (Role.DISPATCHER, Role.DRIVER):
            tasks = (await world.ask("GET", "/api/v1/drivers/DR-1/tasks", role=role, subject="DR-1")).json()
            assert (tasks["wait_at"]["zone_id"], tasks["wait_at"]["position"]["lat"]) == ("puerto", -29.95)

    run(scenario)


def test_cue_is_dismissed_once(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await proposed(world)
        assert (await world.ask("POST", f"{PATH}/M-1/dismiss", role=Role.DRIVER)).status_code == 403
        assert (await world.ask("POST", f"{PATH}/M-1/dismiss", role=Role.DISPATCHER)).status_code == 200
        again = await world.ask("POST", f"{PATH}/M-1/dismiss", role=Role.DISPATCHER)
        assert (again.status_code, again.json()["code"]) == (404, "move.not_found")
        assert (await world.ask("GET", PATH, role=Role.DISPATCHER)).json() == {"items": []}

    run(scenario)
