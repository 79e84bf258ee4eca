"""A service behind its doors: real bus, real intake, a log and an archive in memory, and a small fleet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from backend_service.access import DeviceKeys, TokenAuthority, key_digest
from backend_service.api.collaborators import ApiCollaborators
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.reception import Reception
from backend_service.people.passwords import Cost
from backend_service.people.people import People
from backend_service.places.geocoding import StreetGeocoder
from backend_service.places.place_search import PlaceSearch
from core.commands import Command, PlaceOrder, RecordPersonChange, RegisterDevice, RegisterDriver, RegisterVehicle
from core.dispatch.changes import Change
from core.dispatch.decision import AffectedOrder, ImpactPreview, Outcome, PlanChange
from core.dispatch.shown import ByTheClock
from core.fleet.fleet import DriverPerson
from core.fleet.route import PlannedStop, Route, StopKind
from core.orders.order import ArrivalBand, Customer, Promise
from core.projections.operation import Operation
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, Actor, DeviceId, DriverId, OrderId, Place, Position, Role, VehicleId

NOW_AT = 1_800_000_000.0
KEY = "tdk_of-the-first-device"
OTHER_KEY = "tdk_of-the-other-device"
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root", name="Root")


class FixesInMemory:
    """Keeps fixes in a list; refuses when told to."""

    def __init__(self) -> None:
        self.batches: list[FixBatch] = []
        self.fault: Fault | None = None
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def append(self, batch: FixBatch) -> None:
        self.asked += 1
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.batches.append(batch)

    @property
    def rows(self) -> int:
        return sum(map(len, self.batches))


class PlannedElsewhere:
    """A planner that finds nothing to do; a test sets the outcome of whatever is changed, and whether it waits.

    An order that `waits` is always ten minutes away, and each minute adds one of lateness.
    """

    def __init__(self, bus: CommandBus) -> None:
        self.bus = bus
        self.outcome = Outcome()
        self.waits = False

    async def preview(self, change: Change, now: float, *, with_replanned: bool = True) -> ImpactPreview:
        order = self.bus.operation.orders.orders[change.order_id]
        stop = {"order_id": order.order_id, "arrives_at": now, "starts_at": now, "departs_at": now}
        places = ((StopKind.PICKUP, order.pickup.position), (StopKind.DELIVERY, order.delivery))
        stops = tuple(PlannedStop(kind=kind, position=place, **stop) for kind, place in places)
        gets = change.driver_id
        return ImpactPreview(
            order_id=change.order_id,
            driver_id=gets or order.driver_id or DriverId(""),
            recommended_driver_id=None,
            computed_at=now,
            until_at=now,
            position=self.bus.operation.position,
            based_on={},
            order_version=order.version,
            recommendation=Outcome(),
            as_is=self.outcome,
            as_is_plans=() if gets is None else (PlanChange(driver_id=gets, plan_number=0, stops=stops),),
            change=change,
            tell_after_s=5.0,
            affected=(_in_ten_minutes(order.order_id, now),) if self.waits else (),
            as_is_clock={order.order_id: ByTheClock(late_minutes=1.0, money=0.0)} if self.waits else {},
        )

    async def optimized(self, driver_id: DriverId, now: float) -> Route:
        return Route(driver_id=driver_id, planned_at=now)


def _in_ten_minutes(order_id: OrderId, now: float) -> AffectedOrder:
    band = ArrivalBand(p10_at=now + 500.0, p50_at=now + 600.0, p90_at=now + 700.0, as_of=now)
    return AffectedOrder(order_id=order_id, promised_by_at=now + 3600.0, as_is=band)


@dataclass
class World:
    """The service, its app, and tokens for everyone."""

    bus: CommandBus
    tower: ApiCollaborators
    clock: SteppedClock
    wall: SteppedClock
    keeper: FixesInMemory
    client: httpx.AsyncClient
    erased: list[str] = field(default_factory=list)

    def token(self, role: Role, subject: str = "", lifetime_s: float = 3600.0) -> dict[str, str]:
        token = self.tower.authority.issue(subject or f"a-{role.value}", role, lifetime_s=lifetime_s)
        return {"Authorization": f"Bearer {token}"}

    async def ask(
        self, method: str, path: str, *, role: Role | None = None, subject: str = "", **rest: Any
    ) -> httpx.Response:
        headers = (self.token(role, subject) if role else {}) | rest.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **rest)


def _planner(bus: CommandBus) -> PlannedElsewhere:
    planner = PlannedElsewhere(bus)
    bus.plans = planner
    return planner


FLEET: tuple[Command, ...] = (
    RegisterVehicle(vehicle_id=VehicleId("V-1"), plate="AA-11"),
    RegisterVehicle(vehicle_id=VehicleId("V-2"), plate="BB-22"),
    RegisterDevice(device_id=DeviceId("D-1"), vehicle_id=VehicleId("V-1"), key_digest=key_digest(KEY)),
    RegisterDevice(device_id=DeviceId("D-2"), vehicle_id=VehicleId("V-2"), key_digest=key_digest(OTHER_KEY)),
    RegisterDriver(driver_id=DriverId("DR-1"), person=DriverPerson(name="Ana", phone="1")),
    RegisterDriver(driver_id=DriverId("DR-2"), person=DriverPerson(name="Ben", phone="2")),
    PlaceOrder(
        order_id=OrderId("O-1"),
        customer=Customer(name="R. Araya", phone="555"),
        pickup=Place(name="Cocina", position=Position(-29.9, -71.25)),
        delivery=Position(-29.92, -71.26),
        promise=Promise(by_at=NOW_AT + 2400.0),
        ready_at=NOW_AT,
    ),
)


@pytest.fixture
def run(
    tmp_path: Path, little_town: PlaceSearch, app_of: Callable[..., Litestar]
) -> Iterator[Callable[[Callable[[World], Awaitable[None]]], None]]:
    """Return what runs a scenario against a fresh world."""

    async def play(scenario: Callable[[World], Awaitable[None]], tracker: bool, fleet: tuple[Command, ...]) -> None:
        async with _world(partial(app_of, tracker=tracker), tmp_path, little_town, fleet) as world:
            await scenario(world)

    yield lambda scenario, *, tracker=False, fleet=FLEET: asyncio.run(play(scenario, tracker, fleet))


@asynccontextmanager
async def _world(
    app_of: Callable[[ApiCollaborators], Litestar], folder: Path, town: PlaceSearch, fleet: tuple[Command, ...]
) -> AsyncIterator[World]:
    clock, wall = SteppedClock(NOW_AT), SteppedClock(NOW_AT + 500.0)
    operation = Operation()
    bus = CommandBus(VolatileEventLog(wall), operation, clock)
    bus.start()
    keys = DeviceKeys(bus.operation)
    bus.subscribe(keys.follow)
    keeper, live = FixesInMemory(), LivePositions()
    intake = Intake(keeper, live, most_waiting_rows=200)
    intake.start()
    erased: list[str] = []

    async def erase(subject: str, actor: Actor) -> bool:
        erased.append(subject)
        return subject.startswith("C-")

    async def invite(user_id: str, role: Role, name: str) -> str:
        return f"tower1:{user_id}:{role.value}:{name}"

    async def record(change: RecordPersonChange) -> None:
        await bus.execute(change, PLATFORM)

    authority = TokenAuthority(b"s" * 32, wall)
    people = People.open(folder / "accounts.sqlite", authority, record, wall, cost=Cost(64, 1, 1))
    bus.regions_of = people.accounts.regions_of
    tower = ApiCollaborators(
        bus=bus,
        authority=authority,
        people=people,
        places=town,
        geocoder=StreetGeocoder(town),
        device_keys=keys,
        intake=intake,
        reception=Reception(intake, None, None, clock, wall),
        live=live,
        clock=clock,
        wall=wall,
        planner=_planner(bus),
        invite=invite,
        erase_customer=erase,
    )
    for command in fleet:
        await bus.execute(command, ADMIN)
    app = app_of(tower)
    try:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://tower") as client:
            yield World(bus, tower, clock, wall, keeper, client, erased)
    finally:
        keeper.gate.set()
        await intake.close()
        await people.close()
        await bus.stop()
