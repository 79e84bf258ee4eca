"""A small service in memory that gives orders to drivers by a rule of the test's choosing, and a square town."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from backend_service.simulation.day import DayPlan, Keys, WorkingDay
from backend_service.simulation.door import Door, connection
from backend_service.simulation.tally import Tally
from backend_service.streets.straight_line import StraightLineStreets
from core.fleet.zone import Zone
from core.timekeeping import SteppedClock
from core.vocabulary import Position, ZoneId

START_AT = 1_795_189_200.0
"""20 November 2026, 15:40 UTC: 12:40 in Chile, in the middle of lunch."""

SITE = ZoneInfo("America/Santiago")


def square(name: str, south: float, west: float) -> Zone:
    """Return a zone of 0.02 degrees (2.2 km) a side."""
    corners = [(0.0, 0.0), (0.0, 0.02), (0.02, 0.02), (0.02, 0.0), (0.0, 0.0)]
    ring = tuple(Position(south + north, west + east) for north, east in corners)
    return Zone(zone_id=ZoneId(name), name=name, ring=ring)


ZONES = (square("west", -29.92, -71.27), square("east", -29.92, -71.25))


@dataclass
class SmallService(httpx.AsyncBaseTransport):
    """Answers as the real one does, as far as the outside can tell; `choose` names the driver of the n-th order."""

    choose: Callable[[int, list[str]], str] = lambda number, drivers: drivers[number % len(drivers)]
    drivers: list[str] = field(default_factory=list)
    orders: dict[str, dict] = field(default_factory=dict)
    bodies: list[dict] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    fixes: list[dict] = field(default_factory=list)
    forms: list[dict] = field(default_factory=list)
    busy_answers: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.busy_answers:
            self.busy_answers -= 1
            return httpx.Response(503, headers={"Retry-After": "0"}, json={"code": "telemetry.busy"})
        words = request.url.path.removeprefix("/api/v1").strip("/").split("/")
        content = await request.aread()
        if words[0] == "t":
            is_json = "json" in request.headers.get("content-type", "")
            self.forms.append(msgspec.json.decode(content) if is_json else parse_qs(content.decode()))
            return httpx.Response(200)
        body = msgspec.json.decode(content) if content else {}
        token = request.headers["authorization"].removeprefix("Bearer ")
        return self.answer(words, body, token)

    def answer(self, words: list[str], body: dict, token: str) -> httpx.Response:
        match words:
            case ["vehicles", vehicle_id, "devices"]:
                return httpx.Response(201, json={"key": f"tdk_{vehicle_id}"})
            case ["drivers", driver_id, "tokens"]:
                return httpx.Response(201, json={"token": driver_id})
            case ["drivers", driver_id, "tasks"]:
                return httpx.Response(200, json=self.tasks(driver_id))
            case ["drivers", driver_id, "shift"]:
                self.drivers = sorted([*self.drivers, driver_id])
            case ["drivers", driver_id, "pause" | "resume" as report]:
                self.reports.append((driver_id, report))
            case ["telemetry"]:
                self.fixes += body["fixes"]
                return httpx.Response(200, json={"accepted": len(body["fixes"]), "rejected": {}})
            case ["orders"]:
                return self.place(body)
            case ["orders", order_id, report]:
                return self.report(order_id, report, token)
        return httpx.Response(201, json={"id": "made", "position": 1})

    def place(self, body: dict) -> httpx.Response:
        order_id = f"O-{len(self.orders)}"
        driver_id = self.choose(len(self.orders), self.drivers)
        self.orders[order_id] = {"state": "assigned", "driver": driver_id, "accepted": False, "body": body}
        self.bodies.append(body)
        return httpx.Response(201, json={"id": order_id, "position": 1})

    def report(self, order_id: str, report: str, token: str) -> httpx.Response:
        order = self.orders[order_id]
        if report == "cancel" and order["state"] != "assigned":
            return httpx.Response(409, json={"code": "order.on_board"})
        self.reports.append((order_id, report))
        match report:
            case "accept":
                order["accepted"] = True
            case "refuse":
                others = [name for name in self.drivers if name != token]
                order["driver"] = others[len(self.reports) % len(others)]
            case "picked-up":
                order["state"] = "on_the_way"
            case "delivered" | "failed" | "cancel":
                order["state"], order["driver"] = report, None
        return httpx.Response(200, json={"position": 1})

    def tasks(self, driver_id: str) -> dict:
        own = {name: order for name, order in self.orders.items() if order["driver"] == driver_id}
        stops = []
        for order_id, order in own.items():
            pickup, delivery = order["body"]["pickup"]["position"], order["body"]["delivery"]
            if order["state"] == "assigned":
                stops.append({"order_id": order_id, "kind": "pickup", "position": pickup})
            stops.append({"order_id": order_id, "kind": "delivery", "position": delivery})
        tasks = [
            {"order": {"order_id": order_id, "state": order["state"], "is_accepted": order["accepted"]}}
            for order_id, order in own.items()
        ]
        return {"stops": stops, "tasks": tasks}

    def made(self, report: str) -> list[str]:
        """Return the orders of which this was reported."""
        return [order_id for order_id, name in self.reports if name == report]


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(START_AT)


@pytest.fixture
def streets(clock: SteppedClock) -> StraightLineStreets:
    return StraightLineStreets(clock, SITE)


@pytest.fixture
def play_day() -> Callable[..., Awaitable[WorkingDay]]:
    """Plays so many minutes of a day against a small service, in steps of 2 s."""

    async def played(
        service: SmallService, *, minutes: float, seed: int = 5, drivers: int = 20, orders_per_hour: float = 90.0
    ) -> WorkingDay:
        clock, tally = SteppedClock(START_AT), Tally()
        streets = StraightLineStreets(clock, SITE)
        plan = DayPlan(seed, START_AT, drivers, orders_per_hour, SITE)
        async with connection("http://tower", service) as http:
            day = await WorkingDay.enter(plan, streets, ZONES, Door(http, tally), Keys("admin", "gateway"), tally)
            while clock.now() < START_AT + 60 * minutes:
                clock.step_to(clock.now() + 2.0)
                await day.step(clock.now())
        return day

    return played


@pytest.fixture
def small_service() -> type[SmallService]:
    return SmallService


@pytest.fixture
def zones() -> tuple[Zone, ...]:
    return ZONES


@pytest.fixture
def start_at() -> float:
    return START_AT


@pytest.fixture
def site() -> ZoneInfo:
    return SITE
