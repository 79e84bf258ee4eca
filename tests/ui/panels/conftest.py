"""A small afternoon for panels: a store fed by hand, verbs that only note what was asked, and the context of a desk."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from app.connection import Connection, Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import Happened, Replaced
from app.pending_operation import PendingOperation
from app.store import Store
from core.dispatch.changes import Reassign
from core.dispatch.decision import (
    AffectedOrder,
    Alternative,
    Breach,
    Confidence,
    ConfidenceStage,
    Fallback,
    ImpactPreview,
    Outcome,
    Recommendation,
    RecommendedAction,
    RiskStage,
    ScoreTerm,
    Statement,
    TermShare,
)
from core.events.dispatch_events import AssignmentRecommended
from core.events.envelope import Envelope, Event, encode_event
from core.events.fleet_events import DriverRegistered, RoutePlanned, ShiftStarted, VehicleRegistered, ZonesDrawn
from core.events.order_events import OrderAssigned, OrderPlaced
from core.fleet.fleet import DriverPerson
from core.fleet.route import PlannedStop, StopKind
from core.fleet.zone import Zone
from core.orders.order import ArrivalBand, Customer, Promise
from core.projections.operation import Operation
from core.streams import OPERATION, of_decision, of_driver, of_order, of_vehicle
from core.vocabulary import PLATFORM, Actor, DriverId, OrderId, Place, Position, Role, VehicleId, ZoneId
from core.wire import CityCard, Problem
from ui.desk_context import DeskContext, Person
from ui.phrasebook import Phrasebook
from ui.selection import Selection
from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import Theme

NOW = 1795195928.0
"""14:32:08 in Santiago."""
SITE = ZoneInfo("America/Santiago")
PROMISE = NOW + 1372.0
"""14:55:00"""
CITY = CityCard(
    name="La Serena",
    time_zone=SITE.key,
    currency="CLP",
    south=-30.1,
    west=-71.4,
    north=-29.8,
    east=-71.1,
    streets_digest="",
    streets_bytes=0,
)
DRIVERS = {
    "D-042": "Marcela Castillo",
    "D-019": "Pedro Vega",
    "D-052": "Luis Díaz",
    "D-064": "Julia Araya",
    "D-117": "Rosa Fuentes",
}
HERE = Position(-29.95, -71.25)


class FixedWall:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at


class FakeOperations:
    """Notes what was asked, in order; a test answers through `pending`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[object, ...]]] = []
        self.made: list[PendingOperation] = []

    @property
    def pending(self) -> PendingOperation:
        return self.made[-1]

    def named(self, verb: str) -> list[tuple[object, ...]]:
        return [arguments for name, arguments in self.asked if name == verb]

    def finish(self, result: object = None) -> None:
        self.pending.finish(result)

    def refuse(self, sentence: str, code: str = "state.changed") -> None:
        self.pending.refuse(Problem(code=code, title="", detail=sentence, status=409))

    def refuse_with(self, code: str, **details: str) -> None:
        self.pending.refuse(Problem(code=code, title="", detail="", status=409, details=dict(details)))

    def _note(self, verb: str, *arguments: object) -> PendingOperation:
        self.asked.append((verb, arguments))
        self.made.append(PendingOperation(verb))
        return self.pending

    def accept(self, recommendation_id):
        return self._note("accept", recommendation_id)

    def dismiss(self, recommendation_id, reason, for_s=300.0):
        return self._note("dismiss", recommendation_id, reason)

    def command(self, label, command):
        return self._note("command", command)

    def hold(self, order_id, for_s=120.0):
        return self._note("hold", order_id)

    def override(self, preview, reason, note="", mode=None):
        return self._note("override", preview, reason, note, mode)

    def preview_change(self, change, *, with_replanned=True):
        return self._note("preview", change)

    def timeline(self, order_id):
        return self._note("timeline", order_id)

    def audit_page(self, before=None, limit=100):
        return self._note("audit", before, limit)


class Afternoon:
    """A store and what is fed to it."""

    def __init__(self) -> None:
        self.wall = FixedWall()
        self.inbox = FeedInbox()
        self.store = Store(self.inbox, self.wall)
        self.operations = FakeOperations()
        self.selection = Selection()
        self.position = 0
        self.versions: dict[str, int] = {}
        self.log: list[Envelope] = []
        self.live()
        self.start()

    @property
    def context(self) -> DeskContext:
        return DeskContext(
            store=self.store,
            operations=self.operations,  # type: ignore[arg-type]
            selection=self.selection,
            zone=SITE,
            city=CITY,
            now=self.store.clock.now,
            person=Person("Marta Rojas", Role.DISPATCHER),
            say=Phrasebook(lambda: self.store.operation, SITE, CITY.currency, CITY.currency_decimals),
        )

    def live(self, phase: Phase = Phase.LIVE) -> None:
        self.inbox.put(Connection(phase=phase, kind="zeromq"))
        self.store.drain()

    def envelope(self, stream: str, event: Event, actor: Actor = PLATFORM, at: float | None = None) -> Envelope:
        self.position += 1
        self.versions[stream] = self.versions.get(stream, 0) + 1
        moment = self.wall.at if at is None else at
        envelope = Envelope(
            position=self.position,
            stream=stream,
            version=self.versions[stream],
            type=type(event).event_type(),
            schema=1,
            occurred_at=moment,
            recorded_at=moment,
            stored_at=moment,
            actor=actor,
            payload=msgspec.Raw(encode_event(event)),
        )
        self.log.append(envelope)
        return envelope

    def happen(self, stream: str, event: Event, actor: Actor = PLATFORM, at: float | None = None) -> Envelope:
        envelope = self.envelope(stream, event, actor, at)
        self.inbox.put(Happened(((envelope, event),)))
        self.store.drain()
        return envelope

    def start(self) -> None:
        operation = Operation()
        for stream, event, at in self.first_events():
            operation.apply(self.envelope(stream, event, at=at), event)
        self.inbox.put(Replaced(operation))
        self.store.drain()

    def first_events(self):
        zones = (("centro", "Centro"), ("blancas", "Tierras Blancas"), ("pampa", "La Pampa"))
        drawn = tuple(Zone(zone_id=ZoneId(key), name=name, ring=(HERE, HERE, HERE)) for key, name in zones)
        yield OPERATION, ZonesDrawn(zones=drawn), NOW - 20_000
        for number, (driver_id, name) in enumerate(DRIVERS.items()):
            vehicle_id = VehicleId(f"V-{number}")
            yield of_vehicle(vehicle_id), VehicleRegistered(vehicle_id=vehicle_id, plate=f"RX {number}0"), NOW - 15_000
            person = DriverPerson(name=name)
            yield of_driver(driver_id), DriverRegistered(driver_id=DriverId(driver_id), person=person), NOW - 15_000
            shift = ShiftStarted(driver_id=DriverId(driver_id), vehicle_id=vehicle_id, ends_at=NOW + 9_000)
            yield of_driver(driver_id), shift, NOW - 14_000
        yield of_order("O-48213"), self.order_placed("O-48213"), NOW - 1080
        assigned = OrderAssigned(order_id=OrderId("O-48213"), driver_id=DriverId("D-117"), is_automatic=True)
        yield of_order("O-48213"), assigned, NOW - 1068
        yield of_driver("D-117"), self.route("D-117", 1), NOW - 1068
        yield of_order("O-48160"), self.order_placed("O-48160"), NOW - 900

    def order_placed(self, order_id: str) -> OrderPlaced:
        return OrderPlaced(
            order_id=OrderId(order_id),
            customer_id=f"customer of {order_id}",
            customer=Customer(name="Ana Valdés", address="Balmaceda 1120"),
            pickup=Place(name="Pollo Dorado", position=HERE),
            delivery=HERE,
            promise=Promise(by_at=PROMISE),
            ready_at=NOW - 300,
            zone_id=ZoneId("blancas"),
        )

    def route(self, driver_id: str, plan_number: int) -> RoutePlanned:
        stops = tuple(
            PlannedStop(
                order_id=OrderId("O-48213"),
                kind=kind,
                position=HERE,
                arrives_at=NOW + after,
                starts_at=NOW + after,
                departs_at=NOW + after + 60,
            )
            for kind, after in ((StopKind.PICKUP, 200), (StopKind.DELIVERY, 2000))
        )
        return RoutePlanned(driver_id=DriverId(driver_id), plan_number=plan_number, stops=stops, distance_m=4200.0)

    def propose(self, **changes: object) -> Recommendation:
        proposal = replace(self.proposal(), **changes)
        self.happen(of_decision(proposal.order_id), AssignmentRecommended(recommendation=proposal))
        return proposal

    def proposal(self) -> Recommendation:
        return sample_proposal()

    def preview(self, **changes: object) -> ImpactPreview:
        return replace(sample_preview(self.store.operation.orders.orders["O-48213"].version), **changes)


def band(late_s: float, spread_s: float = 420.0) -> ArrivalBand:
    at = PROMISE + late_s
    return ArrivalBand(p10_at=at - spread_s, p50_at=at, p90_at=at + spread_s * 1.4, as_of=NOW)


def shares(*minutes: float) -> tuple[TermShare, ...]:
    terms = (
        ScoreTerm.LATENESS_RISK,
        ScoreTerm.PICKUP_WAITING,
        ScoreTerm.HAND_OVER,
        ScoreTerm.DETOUR,
        ScoreTerm.OTHER_PROMISES,
        ScoreTerm.LOAD_BALANCE,
    )
    return tuple(TermShare(term=term, minutes=m, money=round(m * 165)) for term, m in zip(terms, minutes, strict=True))


def say(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)


def sample_proposal() -> Recommendation:
    def alternative(driver: str, rank: int, late_s: float, money: int, *against: Statement, current: bool = False):
        return Alternative(
            driver_id=DriverId(driver),
            rank=rank,
            is_current=current,
            arrival=band(late_s, 300.0),
            pickup_at=NOW + 300.0,
            distance_to_pickup_m=1900.0,
            terms=shares(0.0, 0.5, 1.6, 4.2, 1.1, float(rank)),
            total_minutes=6.4 + rank,
            total_money=money,
            against=against,
        )

    no_room = say("breach.capacity_volume", free=22.0, needed=40.0)
    return Recommendation(
        recommendation_id="R-1",
        order_id=OrderId("O-48213"),
        made_at=NOW - 2.0,
        action=RecommendedAction.REASSIGN,
        driver_id=DriverId("D-042"),
        current_driver_id=DriverId("D-117"),
        before=band(660.0),
        after=band(-360.0, 300.0),
        promised_by_at=PROMISE,
        risk=RiskStage.ON_TRACK,
        terms=shares(-11.0, -2.5, 1.6, 4.2, 1.1, 0.1),
        total_minutes=-6.5,
        total_money=-2_450,
        confidence=Confidence(
            probability=0.87,
            stage=ConfidenceStage.GOOD,
            lead_minutes=1.2,
            weakest_input=say("weakest.kitchen", spread_min=3.0),
        ),
        alternatives=(
            alternative("D-042", 1, -360.0, 1_850),
            alternative("D-019", 2, -60.0, 2_460, say("against.delivers_first", orders="O-48181 and O-48188")),
            alternative(
                "D-052",
                3,
                -180.0,
                5_140,
                say("against.nearest", distance_km=0.6),
                say("against.breaks_promise", order_id="O-48160", minutes=7.0),
            ),
            alternative("D-117", 4, 660.0, 4_300, say("against.silent"), current=True),
            Alternative(
                driver_id=DriverId("D-064"),
                rank=0,
                against=(say("against.impossible"),),
                breaches=(Breach(constraint="capacity_volume", statement=no_room),),
            ),
        ),
        why=(say("why.best_total", driver_id="D-019", lead_min=1.2), say("why.in_time", slack_min=6.0)),
        ask_reasons=(say("ask.moves_order", driver_id="D-117"),),
        fallback=Fallback(
            driver_id=DriverId("D-019"), after_s=60.0, statement=say("fallback.runner_up", driver_id="D-019")
        ),
        based_on={DriverId("D-042"): 0, DriverId("D-117"): 1},
        order_version=2,
        candidates=38,
        took_ms=210.0,
    )


def sample_preview(order_version: int) -> ImpactPreview:
    def outcome(broken: int, late: float, longest: float, metres: float, cost: int, drivers: int, told: int):
        return Outcome(
            promises_broken=broken,
            promises_touched=31,
            late_minutes=late,
            longest_delay_minutes=longest,
            distance_m=metres,
            driving_s=41.2 * 3600,
            cost=cost,
            drivers_changed=drivers,
            customers_to_tell=told,
        )

    on_track, late = RiskStage.ON_TRACK, RiskStage.LATE
    return ImpactPreview(
        order_id=OrderId("O-48213"),
        driver_id=DriverId("D-052"),
        change=Reassign(order_id=OrderId("O-48213"), driver_id=DriverId("D-052")),
        recommended_driver_id=DriverId("D-042"),
        computed_at=NOW - 1.0,
        until_at=NOW + 4_380.0,
        position=48_211,
        based_on={DriverId("D-052"): 0, DriverId("D-117"): 1},
        order_version=order_version,
        recommendation=outcome(1, 4.0, 4.0, 218_400.0, 96_400, 2, 1),
        as_is=outcome(4, 17.0, 7.0, 217_100.0, 99_690, 2, 4),
        replanned=outcome(2, 6.0, 4.0, 219_600.0, 97_900, 5, 2),
        affected=(
            AffectedOrder(
                order_id=OrderId("O-48213"),
                promised_by_at=PROMISE,
                now=band(660.0),
                recommended=band(-360.0),
                as_is=band(-180.0),
                replanned=band(-180.0),
                risk_now=late,
                risk_as_is=on_track,
                risk_replanned=on_track,
            ),
            AffectedOrder(
                order_id=OrderId("O-48160"),
                promised_by_at=PROMISE,
                now=band(-60.0),
                recommended=band(-60.0),
                as_is=band(420.0),
                replanned=band(120.0),
                risk_now=on_track,
                risk_as_is=late,
                risk_replanned=RiskStage.AT_RISK,
            ),
        ),
    )


@pytest.fixture(scope="session", autouse=True)
def _dark_theme(qapp):
    apply_theme(qapp, Theme.DARK)


@pytest.fixture
def afternoon(qapp) -> Afternoon:
    return Afternoon()
