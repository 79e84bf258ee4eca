"""Readings through the doors, channels as they stand, their history, and limits."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.vocabulary import Role

NOW_AT = 1_800_000_000.0
MSGPACK = "application/vnd.msgpack"


async def channels(depot: Any) -> dict[str, Any]:
    answer = await depot.ask("GET", "/vehicles/V-1/channels", Role.DISPATCHER)
    return {item["channel"]: item for item in answer.json()["items"]}


def test_accepted_readings_are_on_disk_and_shown(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        report = await depot.read(
            ("temperature.cargo", 0, 4.2), ("door.rear", 0, True), ("warp", 0, 1), ("fuel", 0, -1)
        )
        assert report == {"accepted": 2, "rejected": {"unknown_channel": 1, "out_of_range": 1}}
        assert (await depot.read(("temperature.cargo", 0, 4.2)))["rejected"] == {"duplicate": 1}
        depot.clock.step_to(NOW_AT + 601)
        now = await channels(depot)
        cargo, door = now["temperature.cargo"], now["door.rear"]
        assert (cargo["newest"]["value"], cargo["unit"], cargo["age_s"], cargo["is_stale"]) == (4.2, "°C", 601.0, True)
        assert (door["newest"]["state"], door["newest"]["value"], door["is_stale"]) == ("open", None, False)

    depot(scenario)


def test_an_older_reading_is_kept_and_does_not_become_the_newest(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.read(("fuel", 0, 40.0))
        await depot.read(("fuel", -60, 41.0))
        assert (await channels(depot))["fuel"]["newest"]["value"] == 40.0
        page = (await depot.ask("GET", "/vehicles/V-1/channels/fuel/readings?until=2027-01-15T08:00:01Z")).json()
        assert [item["value"] for item in page["items"]] == [41.0, 40.0]

    depot(scenario)


def test_history_is_paged_without_gap_or_repeat(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.read(*(("fuel", -10 * k, float(k)) for k in range(10)))
        path, seen = "/vehicles/V-1/channels/fuel/readings?limit=4&since=2027-01-15T07:58:41%2B00:00", []
        while path:
            page = (await depot.ask("GET", path)).json()
            seen.append([item["value"] for item in page["items"]])
            path = (page["next"] or "").removeprefix("/api/v1")
        # Before now, so not the reading of this instant; since 79 s ago, so not the ones of 80 and 90 s ago.
        assert seen == [[7.0, 6.0, 5.0, 4.0], [3.0, 2.0, 1.0]]

    depot(scenario)


@pytest.mark.parametrize(
    ("query", "status"),
    [("since=2027-01-15T07:58:41", 400), ("cursor=xx", 422), ("cursor=YWJj", 422), ("limit=0", 400), ("since=x", 400)],
)
def test_odd_questions_are_refused(depot: Any, query: str, status: int) -> None:
    async def scenario(depot: Any) -> None:
        answer = await depot.ask("GET", f"/vehicles/V-1/channels/fuel/readings?{query}")
        assert answer.status_code == status

    depot(scenario)


def test_what_does_not_exist_is_not_found(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        for path in (
            "/vehicles/X/channels",
            "/vehicles/X/channels/fuel/readings",
            "/vehicles/V-1/channels/warp/readings",
        ):
            assert (await depot.ask("GET", path)).status_code == 404

    depot(scenario)


@pytest.mark.parametrize("media", ["application/msgpack", "application/vnd.msgpack", "application/x-msgpack"])
def test_messagepack_by_content_negotiation(depot: Any, media: str) -> None:
    async def scenario(depot: Any) -> None:
        rows = [{"vehicle": "V-1", "channel": "fuel", "read_at": NOW_AT, "value": 12.5}]
        fixes = [{"vehicle": "V-1", "fix_at": NOW_AT, "lat": -29.9, "lon": -71.25}]
        for path, body in (("/telemetry/readings", {"readings": rows}), ("/telemetry", {"fixes": fixes})):
            answer = await depot.ask(
                "POST",
                path,
                content=msgspec.msgpack.encode(body),
                headers={"Content-Type": media, "Accept": f"{media}, application/json"},
            )
            assert (answer.status_code, answer.headers["content-type"]) == (200, MSGPACK)
            assert msgspec.msgpack.decode(answer.content) == {"accepted": 1, "rejected": {}}
            again = await depot.ask(
                "POST", path, json=body, headers={"Accept": "application/json, application/msgpack"}
            )
            assert again.json() == {"accepted": 0, "rejected": {"duplicate": 1}}

    depot(scenario)


def test_other_media_types_are_named_and_refused(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        for path in ("/telemetry", "/telemetry/readings"):
            answer = await depot.ask("POST", path, content=b"<x/>", headers={"Content-Type": "text/xml"})
            assert (answer.status_code, answer.json()["code"]) == (415, "request.media_type")
            assert MSGPACK in answer.json()["detail"]
            broken = await depot.ask(
                "POST", path, content=b"\xc1", headers={"Content-Type": MSGPACK, "Accept": MSGPACK}
            )
            assert (broken.status_code, broken.headers["content-type"]) == (400, "application/problem+json")

    depot(scenario)


def test_readings_in_batches_are_counted_at_their_door(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        await depot.read(("fuel", 0, 40.0))
        await depot.ask("POST", "/telemetry/readings", content=b"[]")
        await depot.ask("POST", "/telemetry/readings", content=b"<x/>", headers={"Content-Type": "text/xml"})
        counts = depot.tower.reception.counts
        outcomes = ("readings", "telemetry.malformed", "request.media_type")
        assert [counts["batch", outcome] for outcome in outcomes] == [1, 1, 1]
        (door,) = depot.tower.reception.doors_heard().doors
        assert (door.door, door.heard_at, door.turned_away) == ("batch", NOW_AT, 2)

    depot(scenario)


def test_limits_of_size_are_named(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        for path, field in (("/telemetry", "fixes"), ("/telemetry/readings", "readings")):
            many = await depot.ask("POST", path, json={field: [1] * 5_001})
            assert (many.status_code, many.json()["limit_rows"]) == (413, 5_000)
            large = await depot.ask("POST", path, content=b'{"x": "' + b"a" * 2_000_000 + b'"}')
            assert (large.status_code, large.json()["limit_bytes"]) == (413, 2_000_000)
            assert "2000000 bytes" in large.json()["detail"]

    depot(scenario)


def test_trackers_tell_channels_beside_the_position(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        query = "timestamp=1800000000&lat=-29.9&lon=-71.25&temp1=-18.5&ignition=true&batt=77&door.rear=open&sat=9"
        assert (await depot.client.get(f"/?id=tdk_D-1&{query}")).status_code == 200
        location = {"timestamp": "2027-01-15T08:00:00Z", "coords": {"latitude": -29.9, "longitude": -71.25}}
        location |= {"battery": {"level": 0.5}, "extras": {"fuelLevel": 40}}
        assert (await depot.client.post("/", json={"device_id": "tdk_D-3", "location": location})).status_code == 200
        latest = depot.tower.channels.intake.latest
        assert {name: one.state or one.value for name, one in latest.of_vehicle("V-1").items()} == {
            "temperature.probe1": -18.5,
            "ignition": "on",
            "device_battery": 77.0,
            "door.rear": "open",
        }
        assert {name: one.value for name, one in latest.of_vehicle("V-2").items()} == {
            "device_battery": 50.0,
            "fuel_level": 40.0,
        }

    depot(scenario, tracker=True)


COLD = {"channel": "temperature.cargo", "vehicles": ["V-1"], "most": 5.0, "hysteresis": 1.0, "for_s": 180}


def test_limits_are_set_listed_changed_and_withdrawn(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        for role, status in ((Role.DISPATCHER, 403), (Role.SUPERVISOR, 200)):
            assert (await depot.ask("PUT", "/channel-limits/cold", role, json=COLD)).status_code == status
        [limit] = (await depot.ask("GET", "/channel-limits", Role.DISPATCHER)).json()["items"]
        assert (limit["limit_id"], limit["version"], limit["most"], limit["beyond"]) == ("cold", 1, 5.0, [])
        changed = await depot.ask("PUT", "/channel-limits/cold", json=COLD | {"most": 6.0, "based_on": 1})
        assert changed.status_code == 200
        late = await depot.ask("PUT", "/channel-limits/cold", json=COLD | {"based_on": 1})
        assert (late.status_code, late.json()["version"]) == (409, 2)
        nonsense = await depot.ask("PUT", "/channel-limits/cold", json=COLD | {"most": None})
        assert (nonsense.status_code, nonsense.json()["code"]) == (422, "channel_limit.bound_needed")
        assert (await depot.ask("DELETE", "/channel-limits/cold")).status_code == 200
        assert (await depot.ask("DELETE", "/channel-limits/cold")).status_code == 404

    depot(scenario)


def test_the_catalogue_is_told(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        items = {item["name"]: item for item in (await depot.ask("GET", "/channels", Role.DISPATCHER)).json()["items"]}
        assert (items["temperature"]["unit"], items["temperature"]["least"]) == ("°C", -80.0)
        assert (items["door"]["states"], items["door"]["most"]) == (["closed", "open"], None)

    depot(scenario)
