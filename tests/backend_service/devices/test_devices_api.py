"""Several devices on a vehicle: health, the position that is taken from one of them, retirement."""

from __future__ import annotations

from typing import Any

import pytest

from core.vocabulary import Role

NOW_AT = 1_800_000_000.0


async def device(depot: Any, name: str) -> dict[str, Any]:
    answer = await depot.ask("GET", f"/devices/{name}", Role.DISPATCHER)
    assert answer.status_code == 200
    view: dict[str, Any] = answer.json()
    return view


async def place(depot: Any) -> tuple[float, str, bool]:
    answer = (await depot.ask("GET", "/vehicles/V-1/location", Role.DISPATCHER)).json()
    return answer["position"]["lat"], answer["device_id"], answer["is_stand_in"]


def test_the_marker_follows_the_primary_and_changes_over_once(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.fix("D-1", 0, -29.9000)
        await depot.fix("D-2", 1, -29.9001)
        assert await place(depot) == (-29.9, "D-1", False)
        await depot.fix("D-2", 29, -29.9002)
        assert await place(depot) == (-29.9, "D-1", False)
        await depot.fix("D-2", 30, -29.9003)  # 30 s after the last fix of the primary
        assert await place(depot) == (-29.9003, "D-2", True)
        await depot.fix("D-1", 31, -29.9004)
        await depot.fix("D-2", 32, -29.9005)
        assert await place(depot) == (-29.9004, "D-1", False)

    depot(scenario)


def test_both_devices_may_tell_the_same_second(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        for second in range(3):
            await depot.fix("D-2", second, -29.9001)
            await depot.fix("D-1", second, -29.9)
        assert await place(depot) == (-29.9, "D-1", False)

    depot(scenario)


def test_health_of_each_device(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        assert (await device(depot, "D-2"))["state"] == "never_heard"
        await depot.fix("D-2", 0)
        readings = [{"channel": "device_battery", "read_at": NOW_AT, "value": 83}]
        await depot.ask("POST", "/telemetry/readings", None, "D-2", json={"readings": readings})
        view = await device(depot, "D-2")
        assert (view["state"], view["battery_percent"], view["heard_at"]) == ("live", 83.0, "2027-01-15T08:00:00Z")
        assert (view["is_primary"], view["gives_position"], view["vehicle_id"]) == (False, True, "V-1")
        assert "key" not in str(view)
        depot.clock.step_to(NOW_AT + 60)
        assert (await device(depot, "D-2"))["state"] == "silent"
        listed = (await depot.ask("GET", "/vehicles/V-1/devices", Role.DISPATCHER)).json()["items"]
        assert [(one["device_id"], one["is_primary"]) for one in listed] == [("D-1", True), ("D-2", False)]

    depot(scenario)


def test_a_retired_device_is_shut_out_everywhere(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.fix("D-1", 0)
        assert (await depot.ask("DELETE", "/devices/D-1", Role.SUPERVISOR)).status_code == 403
        assert (await depot.ask("DELETE", "/devices/D-1")).status_code == 200
        fixes = {"fixes": [{"fix_at": NOW_AT + 1, "lat": -29.9, "lon": -71.25}]}
        readings = {"readings": [{"channel": "fuel", "read_at": NOW_AT, "value": 1.0}]}
        for path, body in (("/telemetry", fixes), ("/telemetry/readings", readings)):
            by_key = await depot.ask("POST", path, None, "D-1", json=body)
            assert (by_key.status_code, by_key.json()["code"]) == (401, "access.token_invalid")
            by_token = await depot.ask("POST", path, Role.DEVICE, "D-1", json=body)
            assert (by_token.status_code, by_token.json()["code"]) == (401, "access.device_retired")
        assert (await depot.ask("GET", "/vehicles/V-1/location", Role.DEVICE, "D-1")).status_code == 404
        row = {**fixes["fixes"][0], "device": "D-1"}
        through_gateway = await depot.ask("POST", "/telemetry", json={"fixes": [row]})
        assert through_gateway.json() == {"accepted": 0, "rejected": {"retired_device": 1}}
        view = await device(depot, "D-1")
        assert (view["state"], view["is_primary"], view["retired_at"]) == ("retired", False, "2027-01-15T08:00:00Z")
        assert (await device(depot, "D-2"))["is_primary"]
        listed = (await depot.ask("GET", "/vehicles/V-1/devices", Role.DISPATCHER)).json()["items"]
        assert [one["device_id"] for one in listed] == ["D-2", "D-1"]

    depot(scenario)


def test_registration_may_make_a_device_the_primary(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        made = await depot.ask("POST", "/vehicles/V-1/devices", json={"device_id": "D-9", "is_primary": True})
        assert made.status_code == 201
        assert (await device(depot, "D-9"))["is_primary"]
        assert not (await device(depot, "D-1"))["is_primary"]

    depot(scenario)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/devices/X"), ("DELETE", "/devices/X"), ("GET", "/vehicles/X/devices")]
)
def test_strangers_are_not_found(depot: Any, method: str, path: str) -> None:
    async def scenario(depot: Any) -> None:
        assert (await depot.ask(method, path)).status_code == 404

    depot(scenario)
