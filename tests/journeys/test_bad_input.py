"""Bad input at the doors of a running service: each has a clear answer, is counted, and disturbs nobody."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import httpx
import pytest

from backend_service.access import TokenAuthority
from core.telemetry.plausibility import Reason
from core.timekeeping import SteppedClock
from core.vocabulary import Role


@pytest.fixture
def service(shared_service):
    return shared_service


def stamp(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code), problem
    assert problem["detail"] and "Traceback" not in answer.text
    return problem


def token_of(service, role: Role, *, issued_at: float) -> dict[str, str]:
    """Return what a token says in a request: issued by this service for an hour."""
    authority = TokenAuthority.open(service.data_dir / "secrets", SteppedClock(issued_at))
    return {"Authorization": f"Bearer {authority.issue('somebody', role, lifetime_s=3600)}"}


def test_strangers_and_the_wrong_people_are_turned_away(service):
    address, now = f"{service.http}/api/v1/orders", time.time()
    assert_problem(httpx.get(address), 401, "access.token_missing")
    assert_problem(httpx.get(address, headers={"Authorization": "Bearer x.y.z"}), 401, "access.token_invalid")
    expired = token_of(service, Role.DISPATCHER, issued_at=now - 7200)
    assert_problem(httpx.get(address, headers=expired), 401, "access.token_expired")
    phone = token_of(service, Role.DEVICE, issued_at=now)
    assert_problem(httpx.get(address, headers=phone), 403, "access.role")
    dispatcher = token_of(service, Role.DISPATCHER, issued_at=now)
    assert httpx.get(address, headers=dispatcher).status_code == 200
    vehicle = {"vehicle_id": "V-1", "plate": "AB-1"}
    refused = httpx.post(f"{service.http}/api/v1/vehicles", headers=dispatcher, json=vehicle)
    assert_problem(refused, 403, "access.role")


def test_what_cannot_be_read_names_the_field(service, town_of):
    town = town_of(service)
    assert_problem(town.client.post("/api/v1/orders", content=b"{not json"), 400, "request.invalid")
    beyond = town.post("/geofences", {"name": "F", "centre": {"lat": 95.0, "lon": 0.0}, "radius_m": 50.0})
    assert any(
        "lat" in error["field"] + error["why"] for error in assert_problem(beyond, 400, "request.invalid")["errors"]
    )
    assert_problem(town.client.post("/api/v1/telemetry", content=b" " * 2_100_000), 413, "request.too_large")
    assert_problem(town.client.get("/api/v1/nothing"), 404, "route.not_found")
    assert town.place().status_code == 201


def test_an_override_decided_on_a_state_that_moved_is_refused(service, town_of, until):
    town = town_of(service)
    first, second = town.on_shift(1), town.on_shift(2)
    order_id = town.place().json()["id"]
    holder = until(lambda: town.orders()[order_id]["driver_id"])
    other = second if holder == first else first
    wish = {"driver_id": other, "reason": "local_knowledge", "note": "asked for"}
    seen = town.orders()[order_id]["version"]
    assert town.post(f"/orders/{order_id}/readiness", {"ready_at": stamp(time.time() + 600)}).is_success
    stale = town.client.put(f"/api/v1/orders/{order_id}/assign", json={**wish, "order_version": seen})
    assert_problem(stale, 409, "state.changed")
    stale = town.client.put(f"/api/v1/orders/{order_id}/assign", json={**wish, "based_on": {holder: 0, other: 99}})
    assert_problem(stale, 409, "state.changed")
    assert town.orders()[order_id]["driver_id"] == holder
    assert town.client.put(f"/api/v1/orders/{order_id}/assign", json=wish).is_success
    assert town.orders()[order_id]["driver_id"] == other


def test_every_bad_fix_is_told_and_counted_by_its_reason(service, town_of):
    town = town_of(service)
    town.on_shift(7)
    now = time.time()
    names = {reason: f'tower_fixes_rejected_total{{reason="{reason}"}}' for reason in Reason}
    before = {reason: town.counted(name) for reason, name in names.items()}
    accepted = town.counted("tower_fixes_accepted_total")
    bad = {
        "unknown_device": {"vehicle": "V-404"},
        "future": {"fix_at": stamp(now + 3600)},
        "too_old": {"fix_at": stamp(now - 400 * 86_400)},
        "out_of_range": {"lat": 123.0},
        "null_island": {"lat": 0.0, "lon": 0.0},
        "impossible_jump": {"fix_at": stamp(now + 1), "lat": -33.45, "lon": -70.66},
    }
    for reason, wrong in bad.items():
        fix = {"vehicle": "V-7", "fix_at": stamp(now), "lat": -29.9030, "lon": -71.2530, **wrong}
        assert town.post("/telemetry", {"fixes": [fix]}).json() == {"accepted": 0, "rejected": {reason: 1}}
    early = town.report("V-7", now - 30)
    assert early.json() == {"accepted": 1, "rejected": {}}, "out of order is late, not wrong"
    assert town.report("V-7", now - 30).json() == {"accepted": 0, "rejected": {"duplicate": 1}}
    shown = town.client.get("/api/v1/vehicles/V-7/location").json()
    assert datetime.fromisoformat(shown["fix_at"]).timestamp() > now - 30, (
        "a late fix never takes the newest one's place"
    )
    more = {reason: town.counted(name) - before[reason] for reason, name in names.items()}
    assert {reason: count for reason, count in more.items() if count} == dict.fromkeys((*bad, "duplicate"), 1.0)
    assert town.counted("tower_fixes_accepted_total") == accepted + 1


def test_a_phone_that_nobody_knows_is_told_so_in_its_own_way(service):
    unknown = httpx.get(f"{service.doors['tracker']}/", params={"id": "nobody", "lat": "-29.9", "lon": "-71.25"})
    assert unknown.status_code == 400
    location = {"timestamp": "2026-11-20T12:00:00Z", "coords": {"latitude": -29.9, "longitude": -71.25}}
    message = {"device_id": "nobody", "location": location}
    assert httpx.post(f"{service.doors['tracker']}/", json=message).status_code == 404
    broken = httpx.post(
        f"{service.doors['tracker']}/", content=b"\xff\x00", headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 400
