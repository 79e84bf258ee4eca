"""Rulings over REST: made by the desk, refused to drivers, lifted again."""

from __future__ import annotations

from typing import Any

from core.vocabulary import Role

BAN = "/api/v1/orders/O-1/forbidden-drivers/DR-2"


def test_a_hold_is_made_and_released(run: Any) -> None:
    async def scenario(world: Any) -> None:
        held = await world.ask("PUT", "/api/v1/orders/O-1/hold", role=Role.DISPATCHER, json={"for_s": 300})
        assert held.status_code == 200
        assert world.bus.operation.orders.orders["O-1"].held_until is not None

        assert (await world.ask("DELETE", "/api/v1/orders/O-1/hold", role=Role.DISPATCHER)).status_code == 200
        again = await world.ask("DELETE", "/api/v1/orders/O-1/hold", role=Role.DISPATCHER)
        assert (again.status_code, again.json()["code"]) == (409, "release.not_held")

    run(scenario)


def test_a_driver_is_kept_from_an_order_with_a_reason_and_allowed_again(run: Any) -> None:
    async def scenario(world: Any) -> None:
        assert (await world.ask("PUT", BAN, role=Role.DISPATCHER, json={"note": ""})).status_code == 400
        assert (await world.ask("PUT", BAN, role=Role.DRIVER, json={"note": "No"})).status_code == 403
        assert (await world.ask("PUT", BAN, role=Role.DISPATCHER, json={"note": "Quarrel"})).status_code == 200
        assert world.bus.operation.orders.orders["O-1"].forbidden == ("DR-2",)

        assert (await world.ask("DELETE", BAN, role=Role.DISPATCHER)).status_code == 200
        assert world.bus.operation.orders.orders["O-1"].forbidden == ()

    run(scenario)


def test_a_driver_is_taken_out_and_brought_back(run: Any) -> None:
    async def scenario(world: Any) -> None:
        shift = {"vehicle_id": "V-1", "ends_at": "2027-01-15T18:00:00Z"}
        await world.ask("POST", "/api/v1/drivers/DR-1/shift", role=Role.DISPATCHER, json=shift)
        out = {"note": "Flat tyre", "for_s": 1800}
        answer = await world.ask("POST", "/api/v1/drivers/DR-1/out", role=Role.DISPATCHER, json=out)
        assert answer.status_code == 200, answer.text
        assert world.bus.operation.fleet.drivers["DR-1"].is_out(world.clock.now())

        assert (await world.ask("POST", "/api/v1/drivers/DR-1/back", role=Role.DISPATCHER)).status_code == 200
        assert not world.bus.operation.fleet.drivers["DR-1"].is_out(world.clock.now())

    run(scenario)


def test_an_order_without_a_driver_cannot_be_pinned_and_an_unknown_one_is_not_found(run: Any) -> None:
    async def scenario(world: Any) -> None:
        pinned = await world.ask("PUT", "/api/v1/orders/O-1/pin", role=Role.DISPATCHER)
        assert (pinned.status_code, pinned.json()["code"]) == (409, "pin.no_driver")
        assert (await world.ask("DELETE", "/api/v1/orders/O-9/pin", role=Role.DISPATCHER)).status_code == 404

    run(scenario)
