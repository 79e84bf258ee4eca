"""A stepped day on which everything goes wrong: each mishap is noticed, can be dealt with, and stands in the audit."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from backend_service.audit.verification import verify
from backend_service.handlers.command_bus import fold
from backend_service.simulation.fates import Mishaps
from backend_service.simulation.in_process import InProcess
from backend_service.stepped_day import SteppedDay, stepped_day
from core.orders.order import OrderState
from core.vocabulary import Role

LUNCH_AT = datetime.fromisoformat("2026-11-20T12:40:00-03:00").timestamp()
WANTED = {"silent", "stopped", "not_ready", "cancelled", "nobody_home"}
LONGEST_MIN = 20


class Dispatcher:
    """Somebody at the doors of the day's service."""

    def __init__(self, day: SteppedDay) -> None:
        self._http = InProcess(day.service.application)
        self._token = day.service.authority.issue("marta", Role.DISPATCHER, lifetime_s=86_400.0)

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = None if body is None else msgspec.json.encode(body)
        answer = await self._http.request(method, f"/api/v1{path}", headers=headers, content=content)
        assert answer.is_success, (path, answer.text)
        return answer.json() if answer.content else None


async def cancel_one_that_is_fetched(day: SteppedDay, marta: Dispatcher) -> bool:
    """Withdraw an order that a driver said yes to, once there is one."""
    for order in day.service.bus.operation.orders.open_orders():
        if order.state is OrderState.ASSIGNED and order.is_accepted:
            await marta.ask("POST", f"/orders/{order.order_id}/cancel", {"reason": "customer_cancelled"})
            return True
    return False


async def bad_lunch(data_dir: Path) -> tuple[set[str], list[Any]]:
    async with stepped_day(data_dir, starts_at=LUNCH_AT, seed=2, drivers=4, orders_per_hour=12.0) as day:
        day.day.fates.mishaps = Mishaps(stands_still=0.4, goes_dark=0.3, is_away=1.0)
        marta, seen, is_cancelled = Dispatcher(day), {}, False
        for _ in range(LONGEST_MIN):
            await day.run(1.0)
            is_cancelled = is_cancelled or await cancel_one_that_is_fetched(day, marta)
            for one in (await marta.ask("GET", "/disruptions"))["items"]:
                if one["kind"] not in seen:
                    await deal_with(one, marta)
                    seen[one["kind"]] = one
            if seen.keys() >= WANTED:
                break
        chosen = (await marta.ask("GET", "/recoveries"))["items"]
        assert not any(day.service.rhythm.failures.values())
        assert await fold(day.service.ledger.log) == day.service.bus.operation
        return set(seen), [one for one in chosen if one["chosen_by"] == "marta"]


async def deal_with(one: Any, marta: Dispatcher) -> None:
    """Look at what can be done, and do what is recommended."""
    options = (await marta.ask("GET", f"/disruptions/{one['disruption_id']}/options"))["items"]
    assert [option["rank"] for option in options] == list(range(1, len(options) + 1))
    first = options[0]
    draft = {"option_id": first["option_id"], "based_on": first["based_on"], "note": "As recommended"}
    await marta.ask("POST", f"/disruptions/{one['disruption_id']}/recovery", draft)


def test_every_mishap_of_a_bad_lunch_is_noticed_and_dealt_with(tmp_path: Path) -> None:
    seen, chosen = asyncio.run(bad_lunch(tmp_path / "data"))
    assert seen >= WANTED
    assert {one["kind"] for one in chosen} >= WANTED
    assert all(one["recommended"] == one["option_id"] for one in chosen)
    assert verify(tmp_path / "data").verified
