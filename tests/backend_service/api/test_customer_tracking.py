"""What a customer reads by the link of an order: the arrival that was told, and nothing of anybody else."""

from __future__ import annotations

from typing import Any

import pytest

from backend_service.access import TokenAuthority
from backend_service.api.customer_tracking import SHOWN_AFTER_END_S, link_of
from core.commands import CancelOrder, ReviseForecast
from core.eta.telling import Teller, TellingPolicy
from core.orders.order import ArrivalBand
from core.vocabulary import PLATFORM, Actor, OrderId, Role

ORDER = OrderId("O-1")
DESK = Actor(role=Role.DISPATCHER, subject="ana", name="Ana")


def band(as_of: float, p50_at: float) -> ArrivalBand:
    return ArrivalBand(p10_at=p50_at - 120.0, p50_at=p50_at, p90_at=p50_at + 240.0, as_of=as_of)


async def link(world: Any) -> str:
    answer = await world.ask("GET", f"/api/v1/orders/{ORDER}/customer-link", role=Role.DISPATCHER)
    assert answer.status_code == 200
    return str(answer.json()["path"])


def test_a_customer_reads_what_was_told_and_not_what_trembles(run: Any) -> None:
    async def scenario(world: Any) -> None:
        path, now, teller = await link(world), world.clock.now(), Teller()
        assert (await world.ask("GET", path)).json()["arrival"] is None

        seen = []
        for number, p50_at in enumerate((3000.0, 3060.0, 2960.0, 3600.0)):
            new = band(now + 10.0 * number, now + p50_at)
            told = world.bus.operation.orders.orders[ORDER].told_arrival
            if teller.is_worth_telling(ORDER, told, new, TellingPolicy()):
                await world.bus.execute(ReviseForecast(order_id=ORDER, arrival=new, cause="route"), PLATFORM)
            seen.append((await world.ask("GET", path)).json()["arrival"])

        assert seen[0] == seen[1] == seen[2] != seen[3]
        assert seen[0] == {
            "from_at": "2027-01-15T08:48:00Z",
            "until_at": "2027-01-15T08:54:00Z",
            "updated_at": "2027-01-15T08:00:00Z",
        }

    run(scenario)


def test_nothing_is_shown_but_how_the_order_stands(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", await link(world))

        assert set(answer.json()) == {"state", "promise", "arrival", "ended_at"}
        assert answer.json()["state"] == "preparing"
        assert not [word for word in ("Araya", "555", "Cocina", "DR-1", "V-1", "-29.9") if word in answer.text]
        assert answer.headers["cache-control"] == "no-store"

    run(scenario)


@pytest.mark.parametrize("wrong", ["O-1", "O-1.", "O-1." + "0" * 32, "O-9." + "0" * 32, "-.", "O-2.é"])
def test_a_link_that_was_not_given_away_finds_nothing(run: Any, wrong: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", f"/api/v1/tracking/{wrong}")
        assert (answer.status_code, answer.json()["code"]) == (404, "link.not_found")

    run(scenario)


def test_a_link_is_good_for_its_own_order_and_of_its_own_service(run: Any) -> None:
    async def scenario(world: Any) -> None:
        signed = link_of(world.tower.authority, OrderId("O-2")).rpartition(".")[2]
        elsewhere = link_of(TokenAuthority(b"t" * 32, world.wall), ORDER)
        for wrong in (f"{ORDER}.{signed}", elsewhere):
            assert (await world.ask("GET", f"/api/v1/tracking/{wrong}")).status_code == 404

    run(scenario)


def test_an_order_that_ended_is_shown_for_a_day_without_an_arrival(run: Any) -> None:
    async def scenario(world: Any) -> None:
        path, now = await link(world), world.clock.now()
        await world.bus.execute(ReviseForecast(order_id=ORDER, arrival=band(now, now + 900.0), cause="first"), PLATFORM)
        await world.bus.execute(CancelOrder(order_id=ORDER, reason="customer_cancelled"), DESK)
        answer = (await world.ask("GET", path)).json()
        assert (answer["state"], answer["arrival"]) == ("cancelled", None)

        world.clock.step_to(now + SHOWN_AFTER_END_S + 1.0)
        assert (await world.ask("GET", path)).status_code == 404

    run(scenario)


def test_only_the_desk_gives_links_away_and_of_orders_that_are_there(run: Any) -> None:
    async def scenario(world: Any) -> None:
        path = "/api/v1/orders/{}/customer-link"
        answers = [
            await world.ask("GET", path.format("O-9"), role=Role.DISPATCHER),
            await world.ask("GET", path.format(ORDER), role=Role.DRIVER),
            await world.ask("GET", path.format(ORDER)),
        ]
        assert [answer.status_code for answer in answers] == [404, 403, 401]

    run(scenario)
