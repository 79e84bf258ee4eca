"""The OpenAPI document: valid, complete, and each operation in it refuses who does not show a token."""

from __future__ import annotations

from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from core.vocabulary import Role

METHODS = {"get", "post", "put", "patch", "delete"}
OPEN = {
    ("get", "/api/v1/health"),
    ("get", "/api/v1/tracking/{link}"),
    ("get", "/t/{device_key}"),
    ("post", "/t/{device_key}"),
    ("post", "/t/{device_key}/{protocol}"),
    ("post", "/api/v1/sign-ins"),
    ("post", "/api/v1/sign-ins/renewal"),
}
DEMANDED = {
    ("post", "/api/v1/telemetry"),
    ("get", "/api/v1/vehicles/{vehicle_id}/location"),
    ("post", "/api/v1/orders"),
    ("put", "/api/v1/orders/{order_id}/assign"),
    ("get", "/api/v1/routes/{driver_id}/optimized"),
    ("get", "/api/v1/fleet/overview"),
    ("post", "/api/v1/geofences"),
    ("get", "/api/v1/drivers/{driver_id}/schedule"),
}


async def document_of(world: Any) -> dict[str, Any]:
    answer = await world.ask("GET", "/api/v1/openapi.json", role=Role.DRIVER)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_document_is_valid_openapi(run: Any) -> None:
    async def scenario(world: Any) -> None:
        document = await document_of(world)
        assert document["openapi"].startswith("3.1")
        OpenAPIV31SpecValidator(document).validate()
        assert {(method, path) for method, path, _ in operations(document)} >= DEMANDED

    run(scenario)


def test_every_operation_is_described(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for method, path, operation in operations(await document_of(world)):
            assert operation["summary"], path
            assert operation["description"], path
            problems = [
                s for s, r in operation["responses"].items() if "application/problem+json" in r.get("content", {})
            ]
            assert problems, (method, path)

    run(scenario)


def test_every_required_body_has_an_example(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for method, path, operation in operations(await document_of(world)):
            body = operation.get("requestBody")
            if body and body.get("required"):
                media = body["content"]["application/json"]
                assert media.get("examples") or media["schema"].get("examples"), (method, path)

    run(scenario)


def test_every_operation_says_who_may_ask_for_it(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for method, path, operation in operations(await document_of(world)):
            is_told = set(operation.get("x-roles", ())) <= set(Role) and bool(operation.get("x-roles"))
            assert is_told != ((method, path) in OPEN), (method, path)

    run(scenario)


def test_what_is_served_and_not_in_the_document_is_known(run: Any) -> None:
    async def scenario(world: Any) -> None:
        shown = {path for _, path, _ in operations(await document_of(world))}
        served = {route.path_format for route in world.client._transport.app.routes}
        shut = {path for path in served if path.startswith("/schema")}
        assert served - shown - shut == {"/health", "/metrics", "/api/v1/openapi.json", "/track/{link}"}

    run(scenario)


def test_the_document_describes_bodies_as_they_are_read(run: Any) -> None:
    async def scenario(world: Any) -> None:
        document = await document_of(world)
        schemas = document["components"]["schemas"]
        assert schemas["DriverDraft"]["properties"]["skills"]["items"]["minLength"] == 1
        pause = document["paths"]["/api/v1/drivers/{driver_id}/pause"]["post"]
        assert pause["requestBody"]["required"] is False
        for status in ("408", "413", "503"):
            assert "application/problem+json" in pause["responses"][status]["content"], status

    run(scenario)


def test_an_address_tells_all_its_methods(run: Any) -> None:
    async def scenario(world: Any) -> None:
        told: dict[str, set[str]] = {}
        for method, path, _ in operations(await document_of(world)):
            told.setdefault(path, set()).add(method.upper())
        for path, methods in told.items():
            answer = await world.ask("OPTIONS", path.format_map(Anything()))
            assert set(answer.headers["allow"].split(", ")) == methods | {"OPTIONS"}, path

    run(scenario)


def test_every_operation_refuses_without_a_token(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for method, path, _ in operations(await document_of(world)):
            if (method, path) in OPEN:
                continue
            answer = await world.ask(method.upper(), path.format_map(Anything()), json={})
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "access.token_missing"

    run(scenario)


def test_every_operation_refuses_an_expired_and_a_forged_token(run: Any) -> None:
    async def scenario(world: Any) -> None:
        document = await document_of(world)
        expired = world.token(Role.ADMINISTRATOR, lifetime_s=10.0)
        world.wall.step_to(world.wall.now() + 11.0)
        forged = {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290Iiwicm9sZSI6ImFkbWluaXN0cmF0b3IifQ."}
        for method, path, _ in operations(document):
            if (method, path) in OPEN:
                continue
            for headers, code in ((expired, "access.token_expired"), (forged, "access.token_invalid")):
                answer = await world.ask(method.upper(), path.format_map(Anything()), headers=headers, json={})
                assert (answer.status_code, answer.json()["code"]) == (401, code), (method, path)

    run(scenario)


def test_a_device_may_do_next_to_nothing(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for method, path, _ in operations(await document_of(world)):
            if (method, path) in OPEN or path.endswith(
                ("/telemetry", "/telemetry/readings", "/location", "/doors/{protocol}")
            ):
                continue
            answer = await world.ask(method.upper(), path.format_map(Anything()), role=Role.DEVICE, json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "access.role"), (method, path)

    run(scenario)


class Anything(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "X-1"
