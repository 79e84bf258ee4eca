"""Puts drivers on shift for a bench, through the REST doors: a driver for each vehicle of the gateways that send."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import httpx

from backend_service.benchmarks.fix_senders import vehicles_of

_AT_ONCE = 16
_SHIFT_S = 43_200.0


async def put_on_shift(client: httpx.AsyncClient, *, senders: int, first: int = 0) -> list[str]:
    """Register a driver for each vehicle of the gateways from `first` to before `senders`, and start the shifts.

    Parameters
    ----------
    client : knows the service's address and an administrator's token; the vehicles are registered

    Returns
    -------
    list of str
        The drivers' ids.
    """
    gate = asyncio.Semaphore(_AT_ONCE)
    ends_at = datetime.fromtimestamp(time.time() + _SHIFT_S, UTC).isoformat()

    async def one(vehicle: str) -> str:
        driver = f"DR-{vehicle}"
        async with gate:
            made = await client.post("/api/v1/drivers", json={"driver_id": driver, "name": f"Driver {vehicle}"})
            made.raise_for_status()
            shift = {"vehicle_id": vehicle, "ends_at": ends_at}
            started = await client.post(f"/api/v1/drivers/{driver}/shift", json=shift)
            started.raise_for_status()
        return driver

    return list(await asyncio.gather(*map(one, vehicles_of(range(first, senders)))))
