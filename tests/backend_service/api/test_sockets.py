"""The same doors behind a real server and real sockets: what a phone and a browser would meet."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import uvicorn

from core.vocabulary import Role

KEY = "tdk_of-the-first-device"


async def served(app: Any) -> tuple[uvicorn.Server, asyncio.Task[None], str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return server, task, f"http://127.0.0.1:{port}"


def test_a_phone_and_a_gateway_over_real_sockets(run: Any) -> None:
    async def scenario(world: Any) -> None:
        server, task, address = await served(world.client._transport.app)
        try:
            async with httpx.AsyncClient(base_url=address) as client:
                phone = await client.get(f"/?id={KEY}&timestamp=1800000000&lat=-29.9&lon=-71.25&speed=3.2")
                assert (phone.status_code, phone.content) == (200, b"")
                unknown = await client.post("/", data={"id": "nobody", "lat": "1", "lon": "1"})
                assert unknown.status_code == 400
                assert unknown.headers["content-type"] == "application/problem+json"
                refused = await client.put("/", content=b"x")
                assert (refused.status_code, refused.json()["code"]) == (405, "route.method_not_allowed")
            assert world.keeper.rows == 1
        finally:
            server.should_exit = True
            await task

    run(scenario, tracker=True)


def test_the_api_over_real_sockets(run: Any) -> None:
    async def scenario(world: Any) -> None:
        server, task, address = await served(world.client._transport.app)
        try:
            async with httpx.AsyncClient(base_url=address) as client:
                assert (await client.get("/health")).json()["status"] == "alive"
                headers = world.token(Role.ADMINISTRATOR)
                fix = {"vehicle": "V-1", "fix_at": "2027-01-15T08:00:00Z", "lat": -29.9, "lon": -71.25}
                sent = await client.post("/api/v1/telemetry", json={"fixes": [fix]}, headers=headers)
                assert sent.json() == {"accepted": 1, "rejected": {}}
                place = await client.get("/api/v1/vehicles/V-1/location", headers=headers)
                assert place.json()["fix_at"] == "2027-01-15T08:00:00Z"
        finally:
            server.should_exit = True
            await task

    run(scenario)
