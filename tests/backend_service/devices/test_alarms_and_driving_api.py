"""Alarms of trackers and driving are listed for the desk, and the policy of driving is set by those who may."""

from __future__ import annotations

from typing import Any

from core.commands import AcknowledgeException
from core.vocabulary import Actor, Role

NOW_AT = 1_800_000_000.0
DISPATCHER = Actor(role=Role.DISPATCHER, subject="ana")


async def raised(town: Any, alarm: str, at: float = 0.0) -> Any:
    body = {"fixes": [{"fix_at": NOW_AT + at, "lat": -29.9, "lon": -71.25, "alarm": alarm}]}
    return await town.ask("POST", "/telemetry", None, "D-1", json=body)


def test_an_alarm_is_listed_until_and_after_it_was_seen(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        assert (await raised(town, "sos")).json() == {"accepted": 1, "rejected": {}}
        [alarm] = (await town.ask("GET", "/alarms", Role.DISPATCHER)).json()["items"]
        assert alarm == {
            "key": "alarm:V-1:sos:1800000000",
            "vehicle_id": "V-1",
            "kind": "sos",
            "device_id": "D-1",
            "driver_id": None,
            "raised_at": "2027-01-15T08:00:00Z",
            "learned_at": "2027-01-15T08:00:00Z",
            "place": {"lat": -29.9, "lon": -71.25},
            "place_at": "2027-01-15T08:00:00Z",
            "is_late": False,
            "seen_at": None,
        }
        await town.bus.execute(AcknowledgeException(key=alarm["key"]), DISPATCHER)
        [alarm] = (await town.ask("GET", "/alarms", Role.DISPATCHER)).json()["items"]
        assert alarm["seen_at"] == "2027-01-15T08:00:00Z"
        assert (await town.ask("GET", "/alarms", Role.DRIVER)).status_code == 403

    depot(scenario)


def test_what_a_tracker_says_of_driving_is_listed(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        await raised(town, "hardBraking")
        [event] = (await town.ask("GET", "/driving/events")).json()["items"]
        assert (event["kind"], event["vehicle_id"], event["is_told"], event["value"]) == (
            *("harsh_braking", "V-1", True),
            None,
        )
        assert (await town.ask("GET", "/drivers/DR-9/driving")).status_code == 404

    depot(scenario)


def test_the_policy_of_driving_is_set_by_supervisors_and_on_what_they_saw(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        before = (await town.ask("GET", "/driving/policy", Role.DISPATCHER)).json()
        assert (before["braking_mps2"], before["raising"], before["version"]) == (3.5, [], 0)
        wish = {"braking_mps2": 4.5, "raising": ["speeding", "speeding"], "based_on": 0}
        assert (await town.ask("PUT", "/driving/policy", Role.DISPATCHER, json=wish)).status_code == 403
        assert (await town.ask("PUT", "/driving/policy", Role.SUPERVISOR, json=wish)).status_code == 200
        after = (await town.ask("GET", "/driving/policy")).json()
        assert (after["braking_mps2"], after["raising"], after["version"]) == (4.5, ["speeding"], 1)
        assert (await town.ask("PUT", "/driving/policy", json=wish)).status_code == 409
        for wrong in ({"braking_mps2": 0.2}, {"raising": ["sleeping"]}, {"excess_share": 2}):
            assert (await town.ask("PUT", "/driving/policy", json=wrong)).status_code == 400

    depot(scenario)


def test_drivers_and_vehicles_tell_their_signal_and_its_age(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        await town.fix("D-1", -5)
        page = (await town.ask("GET", "/vehicles")).json()["items"]
        told = {one["vehicle_id"]: (one["signal"], one["last_heard_at"]) for one in page}
        assert told == {"V-1": ("never_heard", "2027-01-15T07:59:55Z"), "V-2": ("never_heard", None)}

    depot(scenario)
