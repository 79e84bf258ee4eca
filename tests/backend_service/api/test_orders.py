"""Orders over REST: taken once, read by whom they concern, assigned with a reason."""

from __future__ import annotations

from typing import Any

from core.vocabulary import Role

DRAFT = {
    "pickup": {"name": "Cocina", "position": {"lat": -29.9, "lon": -71.25}},
    "delivery": {"lat": -29.92, "lon": -71.26},
    "promise": {"by_at": "2027-01-15T08:30:00Z"},  # now is 2027-01-15T08:00:00Z
    "customer": {"name": "L. Soto"},
}


def test_an_order_is_taken_and_read_back(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=DRAFT)
        assert answer.status_code == 201, answer.text
        order_id = answer.json()["id"]
        order = (await world.ask("GET", f"/api/v1/orders/{order_id}", role=Role.DISPATCHER)).json()
        assert (order["state"], order["customer"]["name"]) == ("waiting", "L. Soto")
        assert order["promise"]["by_at"] == "2027-01-15T08:30:00Z"
        assert order["placed_at"] == "2027-01-15T08:00:00Z"
        assert order["delivery"] == {"lat": -29.92, "lon": -71.26}

    run(scenario)
