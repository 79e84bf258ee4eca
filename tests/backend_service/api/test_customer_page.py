"""The page behind a customer's link: what was told, in the site's own time, safe to open anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend_service.api.customer_page import told
from backend_service.api.customer_tracking import SHOWN_AFTER_END_S, TrackedOrderView, TrackedState, link_of
from backend_service.api.order_views import PromiseView
from core.commands import CancelOrder, ReviseForecast
from core.orders.order import ArrivalBand, PromiseKind
from core.vocabulary import PLATFORM, Actor, OrderId, Role

ORDER = OrderId("O-1")
DESK = Actor(role=Role.DISPATCHER, subject="ana", name="Ana")


async def page(world: Any) -> Any:
    return await world.ask("GET", f"/track/{link_of(world.tower.authority, ORDER)}")


async def tell(world: Any, from_s: float, until_s: float) -> None:
    """Tell the customer a range of arrival, in seconds from now."""
    now = world.clock.now()
    arrival = ArrivalBand(p10_at=now + from_s, p50_at=now + (from_s + until_s) / 2, p90_at=now + until_s, as_of=now)
    await world.bus.execute(ReviseForecast(order_id=ORDER, arrival=arrival, cause="route"), PLATFORM)


def test_the_desk_is_given_the_page_to_send(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", f"/api/v1/orders/{ORDER}/customer-link", role=Role.DISPATCHER)
        opened = await world.ask("GET", answer.json()["page"])
        assert opened.status_code == 200
        assert opened.headers["content-type"] == "text/html; charset=utf-8"

    run(scenario)


def test_the_arrival_is_a_range_once_it_was_told(run: Any) -> None:
    async def scenario(world: Any) -> None:
        assert "told here as soon as it is known" in (await page(world)).text
        await tell(world, 600.0, 960.0)
        text = (await page(world)).text
        assert "Your order is being prepared" in text
        assert "08:10 to 08:16" in text
        assert '<li aria-current="step">Being prepared</li><li>On its way</li>' in text
        assert 'http-equiv="refresh"' in text

    run(scenario)


def test_times_are_those_of_the_site_and_days_are_named() -> None:
    by_at = datetime(2027, 1, 16, 14, 30, tzinfo=UTC)
    promise = PromiseView(by_at=by_at, kind=PromiseKind.WINDOW, from_at=by_at - timedelta(hours=1))
    seen = TrackedOrderView(state=TrackedState.PREPARING, promise=promise, arrival=None, ended_at=None)
    text = told(seen, datetime(2027, 1, 15, 8, 0, tzinfo=UTC).timestamp(), ZoneInfo("America/Santiago"))
    assert "Promised between Saturday, 16 January, 10:30 and Saturday, 16 January, 11:30." in text
    assert "Times are those of Santiago (UTC-03:00)." in text


def test_what_comes_late_is_said_to(run: Any) -> None:
    async def scenario(world: Any) -> None:
        due_s = world.bus.operation.orders.orders[ORDER].promise.by_at - world.clock.now()
        said = []
        for from_s, until_s in (
            (due_s - 900.0, due_s - 60.0),
            (due_s - 60.0, due_s + 600.0),
            (due_s + 900.0, due_s + 2000.0),
        ):
            await tell(world, from_s, until_s)
            text = (await page(world)).text
            said.append(("may come later than promised" in text, "later than promised, and we are sorry" in text))
        assert said == [(False, False), (True, False), (False, True)]

    run(scenario)


def test_nothing_of_anybody_is_on_it_and_nothing_is_loaded_from_elsewhere(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await tell(world, 600.0, 960.0)
        answer = await page(world)
        assert not [
            word
            for word in ("Araya", "555", "Cocina", "DR-1", "V-1", "-29.9", "<script", "src=")
            if word in answer.text
        ]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"

    run(scenario)


def test_an_order_that_ended_says_when_and_looks_for_no_news(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await world.bus.execute(CancelOrder(order_id=ORDER, reason="customer_cancelled"), DESK)
        text = (await page(world)).text
        assert "Your order was cancelled" in text
        assert "Whoever you ordered from" in text
        assert "refresh" not in text
        world.clock.step_to(world.clock.now() + SHOWN_AFTER_END_S + 1.0)
        assert (await page(world)).status_code == 404

    run(scenario)


def test_a_wrong_link_is_told_in_words(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", "/track/O-1.%3Cb%3E")
        assert answer.status_code == 404
        assert "This link shows nothing" in answer.text
        assert "<b>" not in answer.text

    run(scenario)
