"""OwnTracks and a forwarding Traccar server at a running service, in the words they really send."""

from __future__ import annotations

import time

import httpx
import pytest


@pytest.fixture(scope="module")
def service(shared_service):
    return shared_service


@pytest.fixture
def town(service, town_of):
    return town_of(service)


def device(town, number: int) -> str:
    """Register V-number with device T-number; return its key."""
    assert town.post("/vehicles", {"vehicle_id": f"V-{number}", "plate": f"KX-{number}"}).is_success
    answer = town.post(f"/vehicles/V-{number}/devices", {"device_id": f"T-{number}"})
    assert answer.is_success, answer.text
    return answer.json()["key"]


def state(town, number: int) -> dict:
    return town.client.get(f"/api/v1/devices/T-{number}").json()


def where(town, number: int) -> dict:
    return town.client.get(f"/api/v1/vehicles/V-{number}/location").json()


def location(**further) -> dict:
    told = {"_type": "location", "tid": "07", "tst": int(time.time()), "lat": -29.9027, "lon": -71.2519}
    return {**told, **further}


def owntracks(service, number: int, key: str, body: dict) -> httpx.Response:
    return httpx.post(f"{service.http}/doors/owntracks", json=body, auth=(f"T-{number}", key))


def forwarded(number: int, **further) -> dict:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", time.gmtime())
    return {
        "position": {
            "id": 0,
            "deviceId": 3,
            "protocol": "gt06",
            "outdated": False,
            "valid": True,
            "altitude": 0.0,
            "serverTime": stamp,
            "deviceTime": stamp,
            "fixTime": stamp,
            "address": None,
            "network": None,
            "latitude": -29.9027,
            "longitude": -71.2519,
            "speed": 10.0,
            "course": 90.0,
            "accuracy": 0.0,
            "attributes": {"ignition": True, "batteryLevel": 64, "odometer": 125_000.0, "hours": 3_600_000},
        },
        "device": {"id": 3, "name": "van", "uniqueId": f"T-{number}", "status": "online", "attributes": {}},
        **further,
    }


def test_a_phone_with_owntracks_is_seen_with_its_speed_and_battery(service, town):
    key = device(town, 1)
    answer = owntracks(service, 1, key, location(vel=36, cog=90, acc=8, batt=71))
    assert (answer.status_code, answer.json()) == (200, [])
    seen = where(town, 1)
    assert (seen["device_id"], seen["speed_mps"], seen["heading_deg"]) == ("T-1", pytest.approx(10.0), 90.0)
    assert (state(town, 1)["state"], state(town, 1)["battery_percent"]) == ("live", 71.0)


def test_what_else_owntracks_sends_is_answered_as_the_app_expects_and_counted(service, town):
    key = device(town, 2)
    for kind in ("transition", "waypoints", "card", "status"):
        answer = owntracks(service, 2, key, {"_type": kind, "tst": 1})
        assert (answer.status_code, answer.json()) == (200, []), kind
    assert town.counted('tower_door_messages_total{door="owntracks",outcome="ignored.transition"}') >= 1
    strange = owntracks(service, 2, key, {"_type": "horoscope"})
    assert (strange.status_code, strange.json()["code"]) == (400, "telemetry.malformed")
    assert state(town, 2)["state"] == "never_heard"


def test_a_phone_that_says_goodbye_is_off_until_it_is_heard_again(service, town):
    key = device(town, 3)
    owntracks(service, 3, key, location())
    assert owntracks(service, 3, key, {"_type": "lwt", "tst": 1}).status_code == 200
    off = state(town, 3)
    assert off["state"] == "off" and off["off_at"] is not None
    owntracks(service, 3, key, location(tst=int(time.time()) + 2))
    assert (state(town, 3)["state"], state(town, 3)["off_at"]) == ("live", None)


@pytest.mark.parametrize("auth", [None, ("T-4", "tdk_wrong"), ("T-1", "of another"), ("T-5", "own")])
def test_a_phone_proves_itself_or_is_turned_away(service, town, auth):
    key = device(town, 4) if auth is None else ""
    if auth and auth[1] == "own":
        device(town, 5)
        auth = ("T-4", device(town, 6))
    answer = httpx.post(f"{service.http}/doors/owntracks", json=location(), auth=auth)
    assert answer.status_code == 401, (key, answer.text)


def test_a_traccar_server_forwards_for_every_device_as_a_gateway(service, town):
    device(town, 7)
    answer = town.client.post("/doors/traccar", json=forwarded(7))
    assert answer.status_code == 200, answer.text
    assert where(town, 7)["speed_mps"] == pytest.approx(5.144, abs=0.01)
    readings = town.client.get("/api/v1/vehicles/V-7/channels").json()["items"]
    told = {one["channel"]: one["newest"]["value"] or one["newest"]["state"] for one in readings}
    assert told == {"ignition": "on", "device_battery": 64.0, "odometer": 125_000.0, "engine_time": 3600.0}


def test_a_device_s_own_key_in_the_address_does_as_well_and_names_the_device(service, town):
    key = device(town, 8)
    answer = httpx.post(f"{service.http}/t/{key}/traccar", json=forwarded(999))
    assert answer.status_code == 200, answer.text
    assert where(town, 8)["device_id"] == "T-8"


def test_traccar_s_events_are_counted_and_their_position_is_taken_once(service, town):
    key = device(town, 9)
    body = forwarded(9)
    assert httpx.post(f"{service.http}/t/{key}/traccar", json=body).status_code == 200
    event = {"id": 1, "type": "alarm", "attributes": {"alarm": "sos"}, "deviceId": 3}
    again = httpx.post(f"{service.http}/t/{key}/traccar", json={**body, "event": event})
    assert (again.status_code, again.headers["x-tower-rejected"]) == (200, "duplicate")
    only = httpx.post(f"{service.http}/t/{key}/traccar", json={"event": event, "device": body["device"]})
    assert only.status_code == 200
    moving = {"id": 2, "type": "deviceMoving", "deviceId": 3}
    assert httpx.post(f"{service.http}/t/{key}/traccar", json={"event": moving, "device": body["device"]}).is_success
    # An alarm is raised without a position too; any other event tells nothing then.
    assert town.counted('tower_door_messages_total{door="traccar",outcome="event.alarm"}') == 2
    assert town.counted('tower_door_messages_total{door="traccar",outcome="ignored.event.deviceMoving"}') == 1


def test_a_device_nobody_registered_and_a_protocol_nobody_knows_are_refused(service, town):
    stranger = town.client.post("/doors/traccar", json=forwarded(404))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "telemetry.unknown_device")
    assert town.client.post("/doors/morse", json={}).json()["code"] == "protocol.not_found"
    assert town.client.post("/doors/traccar", content=b"{}").json()["code"] == "telemetry.malformed"
    assert town.client.post("/doors/traccar", content=b" " * 70_000).json()["code"] == "request.too_large"
