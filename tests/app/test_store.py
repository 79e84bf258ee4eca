"""The store folds what comes in, says what changed, and measures how late it was."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from app.connection import Connection, Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import Beat, FeedReader, GapFound, Happened, Replaced, Welcomed
from app.store import Store
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
from core.events.dispatch_events import AssignmentRecommended, ExceptionAcknowledged
from core.events.envelope import Envelope, encode_event
from core.orders.order import ArrivalBand
from core.projections.operation import Operation, Part, encode_operation
from core.telemetry.live_rows import LiveRows
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, OrderId, RecommendationId, Role

NOON = 1_790_000_000.0
CITY = wire.CityCard(
    name="", time_zone="UTC", currency="EUR", south=0, west=0, north=1, east=1, streets_digest="", streets_bytes=0
)


def kept(event, position, stored_at=NOON) -> Envelope:
    return Envelope(
        position=position,
        stream="operation",
        version=position,
        type=event.event_type(),
        schema=1,
        occurred_at=NOON,
        recorded_at=NOON,
        stored_at=stored_at,
        actor=PLATFORM,
        payload=msgspec.Raw(encode_event(event)),
    )


def happened(*events, first=1, stored_at=NOON) -> Happened:
    envelopes = [kept(event, position, stored_at) for position, event in enumerate(events, first)]
    return Happened(tuple((envelope, envelope.event()) for envelope in envelopes))


def rows(vehicles, fix_at, arrived_wall_at) -> LiveRows:
    count = len(vehicles)
    column = np.zeros(count)
    return LiveRows(
        tuple(vehicles), column, column, column, column, column, np.full(count, fix_at), np.full(count, arrived_wall_at)
    )


def welcome(wall_at, log_id="log", speed=10.0, server_now_at=NOON) -> Welcomed:
    message = wire.Welcome(
        session="s",
        log_id=log_id,
        position=0,
        server_now_at=server_now_at,
        wall_at=wall_at,
        speed=speed,
        user_id="ana",
        user_name="Ana",
        role=Role.DISPATCHER,
        token_expires_at=NOON + 60.0,
        city=CITY,
    )
    return Welcomed(message, wall_at)


@pytest.fixture
def wall():
    return SteppedClock(1_000.0)


@pytest.fixture
def inbox():
    return FeedInbox()


@pytest.fixture
def store(qapp, inbox, wall):
    return Store(inbox, wall)


def test_changes_are_told_once_for_all_that_came_together(store, inbox):
    told = []
    store.changed.connect(told.append)
    inbox.put(happened(ExceptionAcknowledged(key="a"), ExceptionAcknowledged(key="b")))
    inbox.put(happened(ExceptionAcknowledged(key="c"), first=3))
    store.drain()
    assert told == [frozenset({(Part.ACKNOWLEDGEMENT, key) for key in "abc"})]
    assert store.operation.position == 3


def test_a_long_backlog_is_folded_in_slices_between_which_the_screen_lives(store, inbox, qtbot):
    advanced = []
    store.advanced.connect(advanced.append)
    inbox.put(happened(*(ExceptionAcknowledged(key=f"{number % 50}") for number in range(20_000))))
    store.drain()
    assert store.operation.position < 20_000, "one slice folded it all"
    qtbot.waitUntil(lambda: store.operation.position == 20_000, timeout=10_000)
    assert advanced[-1] == 20_000


def test_a_snapshot_replaces_everything(store, inbox, qtbot):
    with qtbot.waitSignal(store.replaced, timeout=1_000):
        inbox.put(Replaced(Operation(position=41)))
    inbox.put(happened(ExceptionAcknowledged(key="a"), first=42))
    store.drain()
    assert store.operation.position == 42


def test_fix_to_desk_counts_fixes_that_arrived_since_the_desk_was_opened(store, inbox, wall):
    inbox.put(welcome(wall_at=1_000.0))
    inbox.put(rows(["V-1"], fix_at=NOON, arrived_wall_at=900.0))
    wall.step_to(1_002.0)
    inbox.put(rows(["V-1", "V-2"], fix_at=NOON + 1.0, arrived_wall_at=1_001.5))
    inbox.put(rows(["V-1"], fix_at=NOON + 1.0, arrived_wall_at=1_001.9))
    store.drain()
    assert store.fix_to_desk.values().tolist() == [0.5, 0.5]
    assert store.fix_to_desk.percentile_ms(99) == pytest.approx(500.0)
    assert store.fleet.ids == ["V-1", "V-2"]


def test_a_late_fix_does_not_move_a_vehicle_back(store, inbox):
    inbox.put(rows(["V-1"], fix_at=NOON + 5.0, arrived_wall_at=1.0))
    inbox.put(rows(["V-1"], fix_at=NOON, arrived_wall_at=2.0))
    store.drain()
    assert store.fleet.fix_at.tolist() == [NOON + 5.0]
    assert store.fleet.row_of("V-1") == 0
    assert store.fleet.row_of("V-9") is None


def test_order_to_recommendation_counts_from_when_the_order_was_kept(store, inbox, wall, placed):
    recommendation = Recommendation(
        recommendation_id=RecommendationId("R-1"),
        order_id=OrderId("O-1"),
        made_at=NOON,
        action=RecommendedAction.WAIT,
        driver_id=None,
        promised_by_at=NOON,
        risk=RiskStage.WATCH,
        confidence=Confidence(probability=0.5, stage=ConfidenceStage.LOW),
        fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.wait")),
    )
    inbox.put(happened(placed("O-1"), stored_at=998.5))
    inbox.put(happened(AssignmentRecommended(recommendation=recommendation), first=2))
    inbox.put(happened(AssignmentRecommended(recommendation=recommendation), first=3))
    store.drain()
    assert store.order_to_recommendation.values().tolist() == [1.5]


def test_operation_time_runs_on_at_the_speed_of_the_service(store, inbox, wall):
    assert store.clock.now() == 1_000.0
    inbox.put(welcome(wall_at=1_000.0, speed=10.0))
    store.drain()
    wall.step_to(1_003.0)
    assert store.clock.now() == NOON + 30.0
    assert store.clock.age_s == 3.0
    inbox.put(Beat(wire.Heartbeat(position=0, server_now_at=NOON + 40.0, wall_at=1_003.0), 1_003.0, 0.02))
    store.drain()
    assert store.clock.now() == NOON + 40.0
    assert store.clock.round_trip_s == 0.02


def test_transport_seconds_add_up_per_kind(store, inbox, wall):
    for at, phase, kind in (
        (1_000.0, Phase.LIVE, "zeromq"),
        (1_010.0, Phase.LOST, "zeromq"),
        (1_012.0, Phase.LIVE, "zeromq"),
        (1_020.0, Phase.CONNECTING, "websocket"),
        (1_021.0, Phase.LIVE, "websocket"),
    ):
        inbox.put(Connection(phase=phase, kind=kind, since_wall_at=at))
    store.drain()
    wall.step_to(1_025.0)
    assert store.connected_seconds() == {"zeromq": 18.0, "websocket": 4.0}


def test_forecasts_keep_the_latest_per_open_order(store, inbox, placed):
    band = ArrivalBand(p10_at=1.0, p50_at=2.0, p90_at=3.0, as_of=NOON)
    later = replace(band, p50_at=2.5)
    told = []
    store.forecasts_changed.connect(told.append)
    inbox.put(happened(placed("O-1")))
    inbox.put(wire.Forecasts(orders=("O-1", "O-gone"), arrivals=(band, band), late_probability=(0.1, 0.2)))
    inbox.put(wire.Forecasts(orders=("O-1",), arrivals=(later,), late_probability=(0.3,)))
    store.drain()
    assert store.forecasts == {"O-1": (later, 0.3)}
    assert told == [frozenset({"O-1", "O-gone"})]


def test_another_service_makes_the_store_forget_the_vehicles_of_the_first(store, inbox):
    inbox.put(welcome(wall_at=1_000.0))
    inbox.put(rows(["V-1"], fix_at=NOON, arrived_wall_at=1_000.0))
    inbox.put(welcome(wall_at=1_001.0, log_id="other"))
    store.drain()
    assert len(store.fleet) == 0


# --- the reader, which stands before the store ---------------------------------------------------------------------


def test_the_reader_drops_what_it_has_and_keeps_its_place(placed):
    reader = FeedReader()
    reader.welcome(welcome(1.0).welcome, 1.0)
    import zlib

    reader.read(wire.Snapshot(position=5, state=zlib.compress(encode_operation(Operation(position=5)))), 1.0)
    doubled = wire.Events(events=tuple(kept(ExceptionAcknowledged(key="a"), position) for position in (4, 5, 6, 7)))
    update = reader.read(doubled, 1.0)
    assert [envelope.position for envelope, _ in update.events] == [6, 7]
    assert reader.read(doubled, 1.0) is None
    assert reader.position == 7


def test_the_reader_never_papers_over_a_gap():
    reader = FeedReader()
    with pytest.raises(GapFound):
        reader.read(wire.Events(events=(kept(ExceptionAcknowledged(key="a"), 1),)), 1.0)
    reader.position = 1
    with pytest.raises(GapFound):
        reader.read(wire.Events(events=(kept(ExceptionAcknowledged(key="a"), 3),)), 1.0)
    assert (reader.gaps, reader.position) == (2, 1)


def test_another_log_cannot_be_resumed():
    reader = FeedReader()
    reader.welcome(welcome(1.0).welcome, 1.0)
    reader.position = 7
    reader.welcome(welcome(1.0).welcome, 1.0)
    assert reader.position == 7
    reader.welcome(welcome(1.0, log_id="other").welcome, 1.0)
    assert reader.position is None
