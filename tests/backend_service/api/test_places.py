"""Places and addresses over REST, and orders that come with an address instead of a position."""

from __future__ import annotations

from typing import Any

import pytest

from core.vocabulary import Role

DRAFT = {
    "pickup": {"name": "Cocina", "position": {"lat": -29.9, "lon": -71.25}},
    "promise": {"by_at": "2027-01-15T08:30:00Z"},
    "customer": {"name": "L. Soto"},
}


def test_places_are_searched_by_the_desk_only(run: Any) -> None:
    async def scenario(world: Any) -> None:
        query = {"query": "prat", "near": "-29.94,-71.25", "limit": 1}
        answer = await world.ask("GET", "/api/v1/places", role=Role.DISPATCHER, params=query)
        assert answer.status_code == 200, answer.text
        (place,) = answer.json()["items"]
        assert (place["kind"], place["name"], place["detail"]) == ("street", "Calle Prat", "Sur")
        assert place["position"] == pytest.approx({"lat": -29.9395, "lon": -71.25})
        west, south, east, north = place["bbox"]
        assert west <= -71.25 <= east and south <= -29.9395 <= north
        for role in (Role.DRIVER, Role.DEVICE):
            assert (await world.ask("GET", "/api/v1/places", role=role, params=query)).status_code == 403
            assert (await world.ask("GET", "/api/v1/addresses?address=x", role=role)).status_code == 403

    run(scenario)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"query": ""}, 400),
        ({"query": "..."}, 422),
        ({"query": "x", "near": "91,0"}, 422),
        ({"query": "x", "near": "here"}, 422),
    ],
)
def test_question_that_cannot_be_understood_is_refused(run: Any, query: dict[str, str], status: int) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", "/api/v1/places", role=Role.DISPATCHER, params=query)
        assert answer.status_code == status, answer.text

    run(scenario)


def test_address_is_checked(run: Any) -> None:
    async def scenario(world: Any) -> None:
        told = {"address": "Pasaje Ñandú 10"}
        answer = (await world.ask("GET", "/api/v1/addresses", role=Role.DISPATCHER, params=told)).json()
        assert (answer["precision"], answer["matched"], answer["uncertainty_m"]) == ("house", "Pasaje Ñandú 10", 25.0)
        assert (answer["source"], answer["candidates"]) == ("streets", [])

    run(scenario)


def test_order_with_an_address_is_taken_to_its_door(run: Any) -> None:
    async def scenario(world: Any) -> None:
        draft = DRAFT | {"delivery_address": "Pasaje Ñandú 10"}
        answer = await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=draft)
        assert answer.status_code == 201, answer.text
        assert answer.json()["located"]["precision"] == "house"
        order = (await world.ask("GET", f"/api/v1/orders/{answer.json()['id']}", role=Role.DISPATCHER)).json()
        assert order["delivery"] == pytest.approx({"lat": -29.9, "lon": -71.2401})
        assert order["customer"]["address"] == "Pasaje Ñandú 10"

    run(scenario)


@pytest.mark.parametrize(
    ("address", "code", "candidates"),
    [
        ("Prat 44", "address.ambiguous", 2),
        ("Balmazeda 44", "address.ambiguous", 1),
        ("Balmaceda 1120", "address.too_vague", 0),  # its middle is 2.2 km from its ends
        ("Unter den Linden 1", "address.unknown", 0),
    ],
)
def test_order_to_an_address_not_known_well_enough_is_refused_with_candidates(
    run: Any, address: str, code: str, candidates: int
) -> None:
    async def scenario(world: Any) -> None:
        draft = DRAFT | {"delivery_address": address}
        answer = await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=draft)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(problem["candidates"]) == candidates
        assert len(world.bus.operation.orders.orders) == 1

    run(scenario)


def test_order_to_nowhere_is_refused_and_a_position_needs_no_address(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=DRAFT)
        assert (answer.status_code, answer.json()["code"]) == (422, "order.delivery_missing")
        draft = DRAFT | {"delivery": {"lat": -29.9, "lon": -71.2}, "delivery_address": "Unter den Linden 1"}
        answer = await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=draft)
        assert (answer.status_code, answer.json()["located"]) == (201, None)

    run(scenario)
