"""What a desk asks over the wire: streets and places are found for desks, and for nobody else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from backend_service.access import Identity
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.desk_requests import DeskRequests
from backend_service.handlers.past_operation import PastOperation
from backend_service.places.place_search import PlaceSearch
from core import operations
from core.dispatch.changes import Change, CloseZone
from core.dispatch.decision import ImpactPreview, PutBack
from core.dispatch.giving_back import GivingBack
from core.eta.coverage import CoverageReport
from core.fleet.closure import Closure, ClosureId, Segment
from core.fleet.zone import Zone
from core.geofencing.fence import Fence
from core.orders.order import Order, Promise
from core.projections.operation import Operation
from core.refusals import Fault, Refusal
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, FenceId, OrderId, Place, Position, Role, VehicleId, ZoneId


class NoPlans:
    """A planner that is never asked here."""

    async def preview(self, change: Change, now: float, *, with_replanned: bool = True) -> ImpactPreview:
        raise Fault("planning.unavailable", "No plans here.")

    async def put_back(self, wanted: GivingBack, now: float) -> PutBack:
        raise Fault("planning.unavailable", "No plans here.")

    async def street_at(self, position: Position) -> tuple[Segment, ...]:
        raise Fault("planning.unavailable", "No plans here.")


class NoAudit:
    """An empty audit trail."""

    async def page(self, before: int | None, limit: int) -> operations.AuditEntries:
        return operations.AuditEntries(entries=(), tree_size=0, root_hex="")


class NoPast:
    """Keeps neither states nor fixes."""

    async def before(self, position: int) -> Operation | None:
        return None

    async def append(self, batch: FixBatch) -> int:
        return 0

    async def read(self, vehicle_id: VehicleId, since_at: float, until_at: float) -> FixBatch:
        return FixBatch.empty()

    async def latest_per_vehicle(self) -> FixBatch:
        return FixBatch.empty()

    async def close(self) -> None:
        return None


def asked(
    town: PlaceSearch, operation: str, body: object, role: Role = Role.DISPATCHER, known: Operation | None = None
) -> bytes:
    async def ask() -> bytes:
        clock = SteppedClock(1_800_000_000.0)
        log = VolatileEventLog(clock)
        bus = CommandBus(log, known or Operation(), clock)
        past = PastOperation(log, NoPast(), NoPast())
        requests = DeskRequests(bus, log, NoPlans(), NoAudit(), clock, Path("streets.osm.pbf"), town, past)
        identity = Identity(actor=Actor(role=role, subject="rojas"), expires_at=clock.now() + 60.0, token_id="t")
        return await requests.answer(operation, msgspec.msgpack.encode(body), identity, "1")

    return asyncio.run(ask())


def search(town: PlaceSearch, body: object, role: Role = Role.DISPATCHER) -> operations.PlacesFound:
    return msgspec.msgpack.decode(asked(town, operations.PLACES_SEARCH, body, role), type=operations.PlacesFound)


def test_a_desk_finds_the_nearer_of_two_streets_first(little_town: PlaceSearch) -> None:
    for lat, zone in ((-29.94, "Sur"), (-29.88, "Norte")):
        question = operations.PlacesSearch(query="prat", near=Position(lat, -71.25), limit=1)
        (place,) = search(little_town, question).places
        assert (place.name, place.detail) == ("Calle Prat", zone)


def test_a_driver_s_app_is_no_desk(little_town: PlaceSearch) -> None:
    with pytest.raises(Refusal) as refused:
        search(little_town, operations.PlacesSearch(query="prat"), Role.DRIVER)
    assert refused.value.code == "access.role"


@pytest.mark.parametrize(
    ("body", "code", "status"), [({}, "request.malformed", 400), ({"query": " "}, "places.query_empty", 422)]
)
def test_a_question_without_words_is_refused(little_town: PlaceSearch, body: object, code: str, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        search(little_town, body)
    assert (refused.value.code, refused.value.status) == (code, status)


def test_a_desk_is_told_how_forecasts_came_out(little_town: PlaceSearch) -> None:
    report = msgspec.msgpack.decode(asked(little_town, operations.FORECAST_COVERAGE, None), type=CoverageReport)
    assert (report.announced, report.is_calibrated, report.slices) == (0.8, False, ())


def test_a_desk_is_told_of_doors_that_were_heard(little_town: PlaceSearch) -> None:
    told = msgspec.msgpack.decode(asked(little_town, operations.DOORS_HEARD, None), type=operations.DoorsHeard)
    assert told.doors == ()


def test_a_dispatcher_may_ask_for_ways_and_hears_where_there_are_no_streets(little_town: PlaceSearch) -> None:
    with pytest.raises(Fault) as failed:
        asked(little_town, operations.STREET_WAY, operations.AskStreetWay(stops=()), Role.DISPATCHER)
    assert failed.value.code == "streets.unavailable"


def test_files_of_fences_are_for_those_who_draw_them(little_town: PlaceSearch) -> None:
    body = operations.BringFencesIn(content=b"{}", file_format=operations.FenceFileFormat.GEOJSON)
    with pytest.raises(Refusal) as refused:
        asked(little_town, operations.FENCES_IN, body, Role.DISPATCHER)
    assert refused.value.code == "access.role"
    with pytest.raises(Refusal) as refused:
        asked(little_town, operations.FENCES_IN, body, Role.SUPERVISOR)
    assert refused.value.code != "access.role"


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (operations.GEOFENCE_TRIAL, operations.TryGeofence(fence=Fence(fence_id=FenceId("F-1"), name="Yard"))),
        (operations.CORRIDOR_WAY, operations.AskCorridorWay(corners=())),
    ],
)
def test_only_who_may_draw_fences_tries_them(little_town: PlaceSearch, operation: str, body: object) -> None:
    with pytest.raises(Refusal) as refused:
        asked(little_town, operation, body, Role.DISPATCHER)
    assert refused.value.code == "access.role"
    with pytest.raises(Fault) as failed:
        asked(little_town, operation, body, Role.ADMINISTRATOR)
    assert failed.value.code == "geofence.trial_unavailable"


@pytest.mark.parametrize(("zone", "code"), [("Z-1", "closure.closed_already"), ("Z-2", "planning.unavailable")])
def test_a_preview_is_refused_before_it_is_planned_where_no_commit_would_take_it(
    little_town: PlaceSearch, zone: str, code: str
) -> None:
    known, here = Operation(), Position(0.0, 0.0)
    for name in (ZoneId("Z-1"), ZoneId("Z-2")):
        known.fleet.zones[name] = Zone(zone_id=name, name=name, ring=(here, here, here, here))
    closed = {"zone_id": ZoneId("Z-1"), "note": "Flooded", "closed_by": "ana", "closed_at": 0.0, "until_at": 2e9}
    known.closures.closures[ClosureId("X-1")] = Closure(closure_id=ClosureId("X-1"), **closed)
    known.orders.orders[OrderId("O-1")] = Order(
        order_id=OrderId("O-1"),
        customer_id="C",
        customer=None,
        pickup=Place(name="Kitchen", position=here),
        delivery=here,
        promise=Promise(by_at=2e9),
        placed_at=0.0,
        ready_at=0.0,
    )
    change = CloseZone(order_id=OrderId("O-1"), zone_id=ZoneId(zone), for_s=600.0)
    with pytest.raises((Refusal, Fault)) as refused:
        asked(little_town, operations.PREVIEW_OVERRIDE, operations.PreviewOverride(change=change), known=known)
    assert refused.value.code == code
