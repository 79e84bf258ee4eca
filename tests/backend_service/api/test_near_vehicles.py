"""Asking which vehicles are near a point."""

from __future__ import annotations

from typing import Any

from core.vocabulary import Role

NEAR = "/api/v1/vehicles/nearest?lat=-29.9&lon=-71.25"


def test_vehicles_near_a_point_come_in_order_of_distance(run: Any) -> None:
    async def scenario(world: Any) -> None:
        assert (await world.ask("GET", NEAR, role=Role.DISPATCHER)).json() == {"items": []}
        # A thousandth of a degree of latitude is 111.2 m.
        fixes = [
            {"vehicle": "V-1", "fix_at": world.clock.now() - 30.0, "lat": -29.902, "lon": -71.25},
            {"vehicle": "V-2", "fix_at": world.clock.now(), "lat": -29.899, "lon": -71.25},
        ]
        sent = await world.ask("POST", "/api/v1/telemetry", role=Role.ADMINISTRATOR, json={"fixes": fixes})
        assert sent.json()["accepted"] == 2
        found = (await world.ask("GET", NEAR, role=Role.DISPATCHER)).json()["items"]
        told = [(near["vehicle_id"], near["distance_m"], near["age_s"]) for near in found]
        assert told == [("V-2", 111.2, 0.0), ("V-1", 222.4, 30.0)]
        nearest = (await world.ask("GET", f"{NEAR}&limit=1", role=Role.DISPATCHER)).json()["items"]
        assert [near["vehicle_id"] for near in nearest] == ["V-2"]

    run(scenario)


def test_a_point_off_the_earth_and_a_driver_are_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        off = await world.ask("GET", "/api/v1/vehicles/nearest?lat=95&lon=0", role=Role.DISPATCHER)
        assert off.status_code == 400
        driver = await world.ask("GET", NEAR, role=Role.DRIVER)
        assert driver.status_code == 403

    run(scenario)
