"""A desk without a network: the real store fed with events by hand, and a service that keeps what it is asked."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.connection import Connection, Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import Beat, Happened, Welcomed
from app.operations import Operations
from app.store import Store
from core import operations as asked
from core import wire
from core.dispatch.decision import (
    Confidence,
    ConfidenceStage,
    Fallback,
    Recommendation,
    RecommendedAction,
    RiskStage,
    Statement,
)
from core.events import dispatch_events, fleet_events, order_events
from core.events.envelope import Envelope, Event, encode_event
from core.fleet.fleet import DriverPerson
from core.orders.order import ArrivalBand, Promise
from core.telemetry.live_rows import LiveRows
from core.timekeeping import SteppedClock
from core.vocabulary import (
    Actor,
    DriverId,
    OrderId,
    Place,
    Position,
    RecommendationId,
    Role,
    VehicleId,
)
from ui.desk_context import DeskContext, Person
from ui.main_window import MainWindow
from ui.phrasebook import Phrasebook
from ui.selection import Selection
from widgets.live_map.scheme import register_scheme
from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import Theme

register_scheme()

NOON_AT = 1_795_190_400.0
HERE = Position(-29.90, -71.25)
CITY = wire.CityCard(
    name="La Serena–Coquimbo",
    time_zone="America/Santiago",
    currency="CLP",
    south=-30.05,
    west=-71.40,
    north=-29.80,
    east=-71.15,
    streets_digest="0" * 64,
    streets_bytes=0,
)
DISPATCHER = Actor(role=Role.DISPATCHER, subject="rojas", name="M. Rojas")


class KeepingService:
    """Keeps the requests; a test answers them or leaves them open."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object, Future[bytes]]] = []

    def request(self, operation: str, argument: object, timeout_s: float = 15.0) -> Future[bytes]:
        answer: Future[bytes] = Future()
        self.asked.append((operation, argument, answer))
        return answer

    @property
    def commands(self) -> list[object]:
        """The commands that were asked for, in order."""
        return [argument for operation, argument, _ in self.asked if operation == asked.COMMAND]

    def answer(self, position: int, at: int = -1) -> None:
        """Say that a command was carried out, with its last event at a position."""
        self.asked[at][2].set_result(msgspec.msgpack.encode(asked.Done(position=position)))


@dataclass
class DeskScene:
    """One desk at noon, and what happens there."""

    wall: SteppedClock
    inbox: FeedInbox
    store: Store
    service: KeepingService
    context: DeskContext

    def happened(self, *events: Event, actor: Actor = DISPATCHER) -> None:
        """Feed events, one after the other, and let the store tell."""
        position, now = self.store.operation.position, self.context.now()
        rows = [
            (self.envelope(event, now, position=position + offset, actor=actor), event)
            for offset, event in enumerate(events, start=1)
        ]
        self.inbox.put(Happened(tuple(rows)))
        while self.store.operation.position < position + len(rows):  # the store folds in slices
            self.store.drain()

    def envelope(self, event: Event, at: float, *, position: int = 1, actor: Actor = DISPATCHER) -> Envelope:
        """Return an event as the log holds it."""
        return Envelope(
            position=position,
            stream="scene",
            version=position,
            type=event.event_type(),
            schema=1,
            occurred_at=at,
            recorded_at=at,
            stored_at=at,
            actor=actor,
            payload=msgspec.Raw(encode_event(event)),
        )

    def driver(self, number: str, name: str = "María Castillo", at: Position = HERE) -> None:
        """Put a driver on shift in a vehicle that is seen somewhere."""
        driver_id, vehicle_id = DriverId(f"D-{number}"), VehicleId(f"V-{number}")
        self.happened(
            fleet_events.DriverRegistered(driver_id=driver_id, person=DriverPerson(name=name)),
            fleet_events.VehicleRegistered(vehicle_id=vehicle_id, plate=f"KX-{number}"),
            fleet_events.ShiftStarted(driver_id=driver_id, vehicle_id=vehicle_id, ends_at=self.context.now() + 3600),
        )
        one = np.ones(1)
        self.inbox.put(
            LiveRows(
                (vehicle_id,),
                one * at.lat,
                one * at.lon,
                one * 90.0,
                one * 5.0,
                one * 4.0,
                one * self.context.now(),
                one * self.wall.now(),
            )
        )
        self.store.drain()

    def order(self, number: int, *, promised_in_s: float = 2400.0, driver: str | None = None) -> OrderId:
        """Place an order, and give it to a driver if one is named."""
        order_id = OrderId(f"O-{number}")
        now = self.context.now()
        self.happened(
            order_events.OrderPlaced(
                order_id=order_id,
                customer_id="C-1",
                customer=None,
                pickup=Place(name="Pollo Dorado", position=HERE),
                delivery=Position(-29.92, -71.25),
                promise=Promise(by_at=now + promised_in_s),
                ready_at=now,
            )
        )
        if driver is not None:
            self.happened(order_events.OrderAssigned(order_id=order_id, driver_id=DriverId(driver)))
            self.happened(order_events.AssignmentAccepted(order_id=order_id, driver_id=DriverId(driver)))
        return order_id

    def forecast(self, order_id: OrderId, arrives_in_s: float, late_probability: float) -> None:
        """Feed a forecast, ten minutes wide."""
        p50_at = self.context.now() + arrives_in_s
        band = ArrivalBand(p10_at=p50_at - 300, p50_at=p50_at, p90_at=p50_at + 300, as_of=self.context.now())
        self.inbox.put(wire.Forecasts(orders=(order_id,), arrivals=(band,), late_probability=(late_probability,)))
        self.store.drain()

    def propose(
        self, order_id: OrderId, driver: str, *, before: ArrivalBand | None = None, after: ArrivalBand | None = None
    ) -> RecommendationId:
        """Feed a proposal that a person is asked about."""
        recommendation_id = RecommendationId(f"R-{order_id}")
        proposal = Recommendation(
            recommendation_id=recommendation_id,
            order_id=order_id,
            made_at=self.context.now(),
            action=RecommendedAction.ASSIGN,
            driver_id=DriverId(driver),
            before=before,
            after=after,
            promised_by_at=self.store.operation.orders.orders[order_id].promise.by_at,
            risk=RiskStage.WATCH,
            confidence=Confidence(probability=0.7, stage=ConfidenceStage.FAIR),
            fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.wait")),
        )
        self.happened(dispatch_events.AssignmentRecommended(recommendation=proposal))
        return recommendation_id

    def connection(self, phase: Phase, problem: wire.Problem | None = None) -> None:
        """Say how the connection stands."""
        since_wall_at = self.wall.now()
        self.inbox.put(
            Connection(phase=phase, kind="zeromq", address="zmq://here", problem=problem, since_wall_at=since_wall_at)
        )
        self.store.drain()

    def wait(self, seconds: float) -> None:
        """Let time pass on both clocks; the service is heard meanwhile."""
        self.wall.step_to(self.wall.now() + seconds)
        beat = wire.Heartbeat(position=0, server_now_at=self.wall.now(), wall_at=self.wall.now())
        self.inbox.put(Beat(beat, self.wall.now(), None))
        self.store.drain()


@pytest.fixture
def desk_scene(qapp: QApplication) -> DeskScene:
    """A desk that is live, at noon UTC, signed in as the dispatcher M. Rojas."""
    apply_theme(qapp, Theme.DARK)
    wall, inbox, service = SteppedClock(NOON_AT), FeedInbox(), KeepingService()
    store = Store(inbox, wall)
    welcome = wire.Welcome(
        session="S",
        log_id="L",
        position=0,
        server_now_at=NOON_AT,
        wall_at=NOON_AT,
        speed=1.0,
        user_id=DISPATCHER.subject,
        user_name="Marta Rojas",
        role=Role.DISPATCHER,
        token_expires_at=NOON_AT + 3600,
        city=CITY,
    )
    inbox.put(Welcomed(welcome, NOON_AT))
    inbox.put(Connection(phase=Phase.LIVE, kind="zeromq", address="zmq://here", since_wall_at=NOON_AT))
    store.drain()
    zone = ZoneInfo(CITY.time_zone)
    context = DeskContext(
        store=store,
        operations=Operations(service, store),
        selection=Selection(),
        zone=zone,
        city=CITY,
        now=store.clock.now,
        person=Person("Marta Rojas", Role.DISPATCHER),
        say=Phrasebook(lambda: store.operation, zone, "CLP"),
    )
    return DeskScene(wall, inbox, store, service, context)


@pytest.fixture
def desk_window(qtbot: QtBot, desk_scene: DeskScene, tmp_path: Path) -> Iterator[MainWindow]:
    """The window with a proposal for O-48213 and a quiet O-48181, 1920x1080, the exceptions focused."""
    desk_scene.driver("042")
    desk_scene.driver("117", name="Raúl Fuentes")
    desk_scene.order(48181, driver="D-117")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    made = MainWindow(desk_scene.context, tmp_path, lambda _: None)
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    made.arrange(1920)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.exceptions.rows.setFocus()
    yield made
    made.map.close_map()
