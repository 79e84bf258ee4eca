"""Whatever goes wrong is a problem with a code: no HTML, no trace, and the field is named."""

from __future__ import annotations

from typing import Any

import pytest

from core.refusals import Fault
from core.vocabulary import Role


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:tower:problem:{code}"
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in answer.text
    assert "<html" not in answer.text.lower()
    return problem


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/api/v2/orders", "/schema", "/schema/openapi.json"])
def test_an_unknown_address(run: Any, path: str) -> None:
    async def scenario(world: Any) -> None:
        check(await world.ask("GET", path, role=Role.ADMINISTRATOR), 404, "route.not_found")

    run(scenario)


def test_a_method_that_an_address_does_not_take(run: Any) -> None:
    async def scenario(world: Any) -> None:
        check(await world.ask("DELETE", "/api/v1/orders", role=Role.ADMINISTRATOR), 405, "route.method_not_allowed")

    run(scenario)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "promise"),
        ({"pickup": {"name": "K", "position": {"lat": 91, "lon": 0}}}, "lat"),
        ({"pickup": {"name": "", "position": {"lat": 0, "lon": 0}}}, "name"),
        ([], ""),
    ],
)
def test_a_field_that_does_not_fit_is_named(run: Any, body: Any, field: str) -> None:
    async def scenario(world: Any) -> None:
        problem = check(
            await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=body), 400, "request.invalid"
        )
        assert problem["errors"]
        assert field in problem["errors"][0]["field"] + problem["errors"][0]["why"]

    run(scenario)


def test_a_time_without_its_offset_is_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        body = {"vehicle_id": "V-1", "ends_at": "2027-01-15T12:00:00"}
        check(
            await world.ask("POST", "/api/v1/drivers/DR-1/shift", role=Role.DRIVER, subject="DR-1", json=body),
            400,
            "request.invalid",
        )

    run(scenario)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b""])
def test_a_body_that_is_no_json(run: Any, body: bytes) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask(
            "POST",
            "/api/v1/orders",
            role=Role.DISPATCHER,
            content=body,
            headers={"content-type": "application/json"},
        )
        check(answer, 400, "request.invalid")

    run(scenario)


def test_a_body_that_is_too_large(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", "/api/v1/telemetry", role=Role.ADMINISTRATOR, content=b" " * 2_000_001)
        check(answer, 413, "request.too_large")

    run(scenario)


@pytest.mark.parametrize("kind", ["window", "by"])
def test_a_window_that_ends_before_it_starts(run: Any, kind: str) -> None:
    async def scenario(world: Any) -> None:
        draft = {
            "pickup": {"name": "K", "position": {"lat": 0, "lon": 0}},
            "delivery": {"lat": 0, "lon": 0},
            "promise": {"kind": kind, "from_at": "2027-01-15T09:00:00Z", "by_at": "2027-01-15T08:30:00Z"},
        }
        problem = check(
            await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=draft), 422, "order.promise_invalid"
        )
        assert problem["errors"][0]["field"] == "promise.from_at"

    run(scenario)


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=ten"])
def test_a_page_that_cannot_be(run: Any, query: str) -> None:
    async def scenario(world: Any) -> None:
        check(await world.ask("GET", f"/api/v1/orders?{query}", role=Role.DISPATCHER), 400, "request.invalid")

    run(scenario)


@pytest.mark.parametrize("cursor", ["%2A%2A", "_w", "a", "%C3%B1"])
def test_a_cursor_that_nobody_gave_out(run: Any, cursor: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", f"/api/v1/orders?cursor={cursor}", role=Role.DISPATCHER)
        check(answer, 422, "request.cursor_invalid")

    run(scenario)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/drivers/DR-1/shift", {"vehicle_id": "V-1", "ends_at": 0}, "ends_at"),
        ("/drivers/DR-1/shift", {"vehicle_id": "V-1\n", "ends_at": "2027-01-15T09:00:00Z"}, "vehicle_id"),
        ("/orders/O-1/cancel", {"reason": "NUL \x00"}, "reason"),
        ("/orders/O-1/cancel", {"reason": ["too", "many"]}, "reason"),
        ("/orders/O-1/cancel", [], "data"),
        ("/geofences", {"name": "F", "confirm_fixes": "2"}, "confirm_fixes"),
    ],
)
def test_a_body_is_taken_as_documented_or_not_at_all(run: Any, path: str, body: object, field: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", f"/api/v1{path}", role=Role.ADMINISTRATOR, json=body)
        assert check(answer, 400, "request.invalid")["errors"][0]["field"] == field

    run(scenario)


def test_a_whole_number_may_be_written_with_a_point(run: Any) -> None:
    async def scenario(world: Any) -> None:
        fence = {"name": "Depot", "centre": {"lat": -29.9, "lon": -71.2}, "radius_m": 120, "confirm_fixes": 3.0}
        answer = await world.ask("POST", "/api/v1/geofences", role=Role.SUPERVISOR, json=fence)
        assert answer.status_code == 201, answer.text

    run(scenario)


def test_a_body_nested_beyond_reason_is_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for path in ("/orders", "/telemetry", "/imports/orders"):
            deep = b'{"x":' * 100_000 + b"1" + b"}" * 100_000
            headers = {"content-type": "application/json"}
            answer = await world.ask("POST", f"/api/v1{path}", role=Role.ADMINISTRATOR, content=deep, headers=headers)
            assert answer.status_code in (400, 422), (path, answer.text)

    run(scenario)

    run(scenario)


def test_a_fault_is_told_with_when_to_try_again(run: Any) -> None:
    async def scenario(world: Any) -> None:
        world.keeper.fault = Fault("fixes.disk_full", "The disk is full.")
        fix = {"vehicle": "V-1", "fix_at": world.clock.now(), "lat": -29.9, "lon": -71.25}
        answer = await world.ask("POST", "/api/v1/telemetry", role=Role.ADMINISTRATOR, json={"fixes": [fix]})
        check(answer, 503, "fixes.disk_full")
        assert answer.headers["retry-after"] == "1"

    run(scenario)


def test_a_bug_tells_nothing_of_itself(run: Any) -> None:
    async def scenario(world: Any) -> None:
        world.bus.operation.fleet.vehicles["V-9"] = object()
        answer = await world.ask("GET", "/api/v1/vehicles", role=Role.DISPATCHER)
        check(answer, 500, "service.bug")

    run(scenario)
