"""Orders over REST: taken once, read by whom they concern, assigned with a reason, reported from the field."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.orders.order import OrderState
from core.vocabulary import DriverId, OrderId, Role

DRAFT = {
    "pickup": {"name": "Cocina", "position": {"lat": -29.9, "lon": -71.25}},
    "delivery": {"lat": -29.92, "lon": -71.26},
    "promise": {"by_at": "2027-01-15T08:30:00Z"},  # now is 2027-01-15T08:00:00Z
    "customer": {"name": "L. Soto"},
}
FENCE = {"name": "yard", "centre": {"lat": -29.9, "lon": -71.25}, "radius_m": 100.0}
SHIFT = {"vehicle_id": "V-1", "ends_at": "2027-01-15T16:00:00Z"}


def give(world: Any, order_id: str, driver_id: str) -> None:
    """Let the state say that the order is with the driver, as dispatch would."""
    board = world.bus.operation.orders
    order = board.orders[OrderId(order_id)]
    board.orders[OrderId(order_id)] = replace(order, driver_id=DriverId(driver_id), state=OrderState.ASSIGNED)


def test_an_order_is_taken_and_read_back(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=DRAFT)
        assert answer.status_code == 201, answer.text
        order_id = answer.json()["id"]
        order = (await world.ask("GET", f"/api/v1/orders/{order_id}", role=Role.DISPATCHER)).json()
        assert (order["state"], order["customer"]["name"]) == ("waiting", "L. Soto")
        assert order["promise"]["by_at"] == "2027-01-15T08:30:00Z"
        assert order["placed_at"] == order["ready_at"] == "2027-01-15T08:00:00Z"
        assert order["delivery"] == {"lat": -29.92, "lon": -71.26}

    run(scenario)


def test_the_same_request_twice_makes_one_order(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answers = [
            await world.ask(
                "POST", "/api/v1/orders", role=Role.DISPATCHER, json=DRAFT, headers={"Idempotency-Key": "k-1"}
            )
            for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert len(world.bus.operation.orders.orders) == 2
        other = await world.ask(
            "POST",
            "/api/v1/orders",
            role=Role.DISPATCHER,
            subject="somebody-else",
            json=DRAFT,
            headers={"Idempotency-Key": "k-1"},
        )
        assert other.json()["id"] != answers[0].json()["id"]

    run(scenario)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"promise": {"by_at": "2027-01-15T07:00:00Z"}}, "order.promise_out_of_range"),
        ({"order_id": "O-1"}, "order.exists"),
    ],
)
def test_an_order_that_the_rules_refuse(run: Any, change: dict[str, Any], code: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=DRAFT | change)
        assert answer.status_code in (409, 422)
        assert answer.json()["code"] == code

    run(scenario)


def test_a_driver_sees_only_their_own_orders(run: Any) -> None:
    async def scenario(world: Any) -> None:
        give(world, "O-1", "DR-1")
        mine = await world.ask("GET", "/api/v1/orders/O-1", role=Role.DRIVER, subject="DR-1")
        assert mine.json()["customer"]["name"] == "R. Araya"
        foreign = await world.ask("GET", "/api/v1/orders/O-1", role=Role.DRIVER, subject="DR-2")
        assert (foreign.status_code, foreign.json()["code"]) == (404, "order.not_found")
        listed = [
            (await world.ask("GET", "/api/v1/orders", role=Role.DRIVER, subject=subject)).json()["items"]
            for subject in ("DR-1", "DR-2")
        ]
        assert [len(items) for items in listed] == [1, 0]

    run(scenario)


def test_orders_are_found_by_state_and_driver(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=DRAFT)
        await world.ask("POST", "/api/v1/orders/O-1/cancel", role=Role.DISPATCHER, json={"reason": "changed_mind"})

        async def found(query: str) -> list[str]:
            page = (await world.ask("GET", f"/api/v1/orders?{query}", role=Role.DISPATCHER)).json()
            return [order["state"] for order in page["items"]]

        assert await found("open=true") == ["waiting"]
        assert await found("open=false") == ["cancelled"]
        assert await found("state=cancelled") == ["cancelled"]
        assert await found("driver_id=DR-1") == []
        assert sorted(await found("")) == ["cancelled", "waiting"]

    run(scenario)


@pytest.mark.parametrize("what", ["schedule", "tasks"])
def test_a_foreign_drivers_things_are_refused(run: Any, what: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", f"/api/v1/drivers/DR-2/{what}", role=Role.DRIVER, subject="DR-1")
        assert (answer.status_code, answer.json()["code"]) == (403, "access.not_yours")

    run(scenario)


@pytest.mark.parametrize("verb", ["accept", "arrived", "picked-up", "delivered"])
def test_a_foreign_order_is_refused_in_the_field(run: Any, verb: str) -> None:
    async def scenario(world: Any) -> None:
        give(world, "O-1", "DR-1")
        answer = await world.ask("POST", f"/api/v1/orders/O-1/{verb}", role=Role.DRIVER, subject="DR-2")
        assert answer.status_code in (403, 404, 409), answer.text
        assert answer.json()["code"]

    run(scenario)


@pytest.mark.parametrize("verb", ["accept", "refuse", "arrived", "picked-up", "delivered", "failed"])
def test_what_happened_at_a_stop_is_for_the_driver_to_say(run: Any, verb: str) -> None:
    async def scenario(world: Any) -> None:
        body = {"reason": "x"}
        answer = await world.ask("POST", f"/api/v1/orders/O-1/{verb}", role=Role.ADMINISTRATOR, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.role")

    run(scenario)


def test_a_working_day_of_one_order(run: Any) -> None:
    async def scenario(world: Any) -> None:
        async def tell(path: str, **body: Any) -> int:
            answer = await world.ask("POST", f"/api/v1{path}", role=Role.DRIVER, subject="DR-1", json=body)
            assert answer.status_code == 200, answer.text
            status: int = answer.status_code
            return status

        await tell("/drivers/DR-1/shift", **SHIFT)
        give(world, "O-1", "DR-1")
        tasks = (await world.ask("GET", "/api/v1/drivers/DR-1/tasks", role=Role.DRIVER, subject="DR-1")).json()
        assert [task["order"]["order_id"] for task in tasks["tasks"]] == ["O-1"]
        await tell("/orders/O-1/accept")
        await tell("/orders/O-1/readiness", ready_at="2027-01-15T08:05:00Z", reason="busy")
        await tell("/orders/O-1/ready")
        await tell("/orders/O-1/arrived")
        await tell("/orders/O-1/picked-up")
        await tell("/drivers/DR-1/pause", reason="lunch")
        await tell("/drivers/DR-1/resume")
        await tell("/orders/O-1/delivered", proof="4711")
        await tell("/drivers/DR-1/shift/end")
        order = (await world.ask("GET", "/api/v1/orders/O-1", role=Role.DRIVER, subject="DR-1")).json()
        assert (order["state"], order["customer"]) == ("delivered", None)

    run(scenario)


def test_a_report_without_a_body_is_fine(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await world.ask("POST", "/api/v1/drivers/DR-1/shift", role=Role.DRIVER, subject="DR-1", json=SHIFT)
        answer = await world.ask("POST", "/api/v1/drivers/DR-1/pause", role=Role.DRIVER, subject="DR-1")
        assert answer.status_code == 200, answer.text

    run(scenario)


def test_an_assignment_on_a_state_that_moved_is_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        body = {"driver_id": "DR-1", "reason": "safety", "order_version": 99}
        answer = await world.ask("PUT", "/api/v1/orders/O-1/assign", role=Role.DISPATCHER, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "state.changed")
        assert answer.json()["order_version"] == 1

    run(scenario)


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"driver_id": "DR-1", "reason": "whim"}, 400), ({"driver_id": "DR-9"}, 404)]
)
def test_an_assignment_that_makes_no_sense(run: Any, body: dict[str, Any], status: int) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("PUT", "/api/v1/orders/O-1/assign", role=Role.DISPATCHER, json=body)
        assert answer.status_code == status, answer.text

    run(scenario)


def test_an_optimised_route_is_asked_for_without_changing_anything(run: Any) -> None:
    async def scenario(world: Any) -> None:
        head = world.bus.operation.position
        answer = await world.ask("GET", "/api/v1/routes/DR-1/optimized", role=Role.DISPATCHER)
        assert answer.json()["stops"] == []
        assert world.bus.operation.position == head
        assert (await world.ask("GET", "/api/v1/routes/DR-9/optimized", role=Role.DISPATCHER)).status_code == 404

    run(scenario)


def test_one_key_at_two_addresses_is_two_requests(run: Any) -> None:
    async def scenario(world: Any) -> None:
        key = {"Idempotency-Key": "once"}
        for path, body, status in (
            ("/orders/O-1/cancel", {"reason": "customer_cancelled"}, 200),
            ("/vehicles", {"vehicle_id": "V-9", "plate": "CC-33"}, 201),
        ):
            answers = [
                await world.ask("POST", f"/api/v1{path}", role=Role.ADMINISTRATOR, json=body, headers=key)
                for _ in range(2)
            ]
            assert {answer.status_code for answer in answers} == {status}, answers[0].text
            assert answers[0].json() == answers[1].json(), "sent again it is the same request"

    run(scenario)


@pytest.mark.parametrize(
    ("method", "path", "first", "other"),
    [
        ("POST", "/vehicles", {"vehicle_id": "V-9", "plate": "CC-33"}, {"vehicle_id": "V-10", "plate": "CC-33"}),
        ("POST", "/orders", DRAFT, DRAFT | {"delivery": {"lat": -29.93, "lon": -71.26}}),
        ("POST", "/vehicles/V-1/devices", {"device_id": "D-9"}, {"device_id": "D-9", "is_primary": False}),
        ("POST", "/drivers/DR-1/tokens", {"lifetime_s": 600}, {"lifetime_s": 6000}),
        ("POST", "/geofences", FENCE, FENCE | {"name": "another"}),
        ("POST", "/drivers/DR-1/shift", SHIFT, SHIFT | {"ends_at": "2027-01-15T17:00:00Z"}),
    ],
)
def test_a_key_that_was_used_for_another_body_is_refused(
    run: Any, method: str, path: str, first: dict[str, Any], other: dict[str, Any]
) -> None:
    async def scenario(world: Any) -> None:
        key = {"Idempotency-Key": "once"}

        async def ask(body: dict[str, Any]) -> Any:
            return await world.ask(method, f"/api/v1{path}", role=Role.ADMINISTRATOR, json=body, headers=key)

        assert (answer := await ask(first)).is_success, answer.text
        head = world.bus.operation.position
        refused = await ask(other)
        assert (refused.status_code, refused.json()["code"]) == (422, "request.idempotency_key_reused")
        assert world.bus.operation.position == head, "nothing happened"
        assert (await ask(dict(reversed(first.items())))).is_success, "the order of members makes no other request"

    run(scenario)
