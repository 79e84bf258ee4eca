"""A full service sends senders away for a while, and the simulator's door comes back as told."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec

from backend_service.handlers.command_bus import LONGEST_QUEUE
from backend_service.simulation.door import Door
from backend_service.simulation.tally import Tally
from core.commands import RecordSource
from core.vocabulary import PLATFORM, Role

NOW_AT = 1_800_000_000.0


class Report(msgspec.Struct):
    """What a batch door answers."""

    accepted: int
    rejected: dict[str, int]


class Made(msgspec.Struct):
    """What a door answers that made something."""

    id: str


def rows(start: int, count: int) -> dict[str, Any]:
    reading = {"vehicle": "V-1", "channel": "fuel", "value": 1.0}
    return {"readings": [{**reading, "read_at": NOW_AT - start - k} for k in range(count)]}


def door_to(depot: Any, tally: Tally) -> Door:
    transport = httpx.ASGITransport(depot.app, raise_app_exceptions=False)
    return Door(httpx.AsyncClient(transport=transport, base_url="http://tower"), tally)


def token(depot: Any) -> str:
    return str(depot.headers(Role.ADMINISTRATOR)["Authorization"].removeprefix("Bearer "))


async def until(condition: Any) -> None:
    while not condition():
        await asyncio.sleep(0)


def test_a_full_reading_intake_is_waited_for(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        depot.disk.gate.clear()  # the disk is stuck; at most 200 rows may wait here
        first = asyncio.create_task(depot.ask("POST", "/telemetry/readings", json=rows(0, 150)))
        await until(lambda: depot.disk.asked)
        refused = await depot.ask("POST", "/telemetry/readings", json=rows(1000, 150))
        assert (refused.status_code, refused.json()["code"]) == (503, "telemetry.busy")
        assert refused.headers["retry-after"] == "1"
        tally = Tally()
        asked = door_to(depot, tally).ask(
            "POST", "/api/v1/telemetry/readings", Report, token=token(depot), body=rows(1000, 150)
        )
        second = asyncio.create_task(asked)
        await until(lambda: depot.tower.failures["fault", "telemetry.busy"] == 2)
        depot.disk.gate.set()
        assert (await first).json()["accepted"] == 150
        assert (await second).accepted == 150
        assert (tally.requests, tally.retries, tally.unanswered) == (2, 1, 0)

    depot(scenario)


def test_a_full_command_bus_is_waited_for(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.bus.stop()
        command = RecordSource(source="streets", is_degraded=False)
        waiting = [asyncio.create_task(depot.bus.execute(command, PLATFORM)) for _ in range(LONGEST_QUEUE)]
        await asyncio.sleep(0)
        vehicle = {"vehicle_id": "V-9", "plate": "ZZ-99"}
        refused = await depot.ask("POST", "/vehicles", json=vehicle)
        assert (refused.status_code, refused.json()["code"]) == (503, "service.overloaded")
        assert refused.headers["retry-after"] == "1"
        tally = Tally()
        asked = door_to(depot, tally).ask(
            "POST", "/api/v1/vehicles", Made, token=token(depot), body=vehicle, key="register V-9"
        )
        patient = asyncio.create_task(asked)
        await until(lambda: depot.tower.failures["fault", "service.overloaded"] == 2)
        depot.bus.start()
        assert (await patient).id == "V-9"
        assert (tally.retries, tally.unanswered) == (1, 0)
        await asyncio.gather(*waiting)

    depot(scenario)
