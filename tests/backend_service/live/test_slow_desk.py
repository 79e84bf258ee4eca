"""A desk that stops reading costs the service nothing that grows."""

import asyncio
import tracemalloc

import numpy as np
import pytest

from backend_service.access import Identity
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.live.feed_hub import FeedHub, FeedLimits
from backend_service.live.feed_session import ChannelClosed, FeedSession
from backend_service.live.outbox import Outbox
from backend_service.live.request_desk import RequestDesk
from core import wire
from core.events.dispatch_events import ExceptionAcknowledged
from core.projections.operation import Operation
from core.telemetry.fix_batch import FixBatch
from core.telemetry.live_rows import unpack
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, Role
from tests.envelopes import envelope_of

NOON = 1_790_000_000.0
CITY = wire.CityCard(
    name="", time_zone="UTC", currency="EUR", south=0, west=0, north=1, east=1, streets_digest="", streets_bytes=0
)


def hub_of(operation: Operation, **limits) -> FeedHub:
    clock = SteppedClock(NOON)
    return FeedHub(operation, VolatileEventLog(clock), CITY, clock=clock, wall=clock, limits=FeedLimits(**limits))


def happen(hub: FeedHub, count: int) -> None:
    envelopes = []
    for position in range(hub.position + 1, hub.position + 1 + count):
        event = ExceptionAcknowledged(key=f"late:{position % 100}")
        envelope = envelope_of(event, NOON, position)
        hub.operation.apply(envelope)
        envelopes.append(envelope)
    hub.publish_events(envelopes)


def fixes(step: int) -> FixBatch:
    names = np.array([f"V-{number}" for number in range(50)], dtype=object)
    column = np.full(50, float(step % 90))
    return FixBatch(names, names, *([column] * 8), np.ones(50, dtype=np.bool_))


class StoppedDesk:
    """Says hello with no credit at all, pings, and reads what little it is sent."""

    transport = "websocket"

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self._hello = wire.encode(wire.Hello(token="any", credit=0))

    async def receive(self) -> bytes:
        if self._hello:
            hello, self._hello = self._hello, b""
            return hello
        await asyncio.sleep(3600.0)
        raise ChannelClosed

    async def send(self, frame: bytes) -> None:
        self.sent.append(frame)


class EveryToken:
    def verify(self, token: str) -> Identity:
        return Identity(actor=Actor(role=Role.DISPATCHER, subject="ana"), expires_at=NOON + 60.0, token_id=token)

    def recheck(self, identity: Identity) -> None:
        return


async def nobody(identity: Identity, transport: str) -> None:
    return


def test_nothing_grows_while_a_desk_grants_no_credit():
    """40,000 events and 40,000 positions while one desk takes none of them."""

    async def story() -> tuple[int, int, FeedHub]:
        hub = hub_of(
            Operation(), silence_s=3600.0
        )  # a busy machine takes long over this; the desk is not to be dropped
        desk = StoppedDesk()
        session = asyncio.create_task(FeedSession(desk, hub, EveryToken(), RequestDesk(None), nobody).run())
        await asyncio.sleep(0)
        sizes = []
        for half in range(2):
            for step in range(400):
                happen(hub, 50)
                hub.publish_positions(fixes(step))
                await asyncio.sleep(0)
            sizes.append(tracemalloc.get_traced_memory()[0])
            assert hub.sessions == 1, half
        session.cancel()
        await asyncio.gather(session, return_exceptions=True)
        assert [type(wire.decode_from_service(frame)) for frame in desk.sent] == [wire.Welcome]
        return sizes[0], sizes[1], hub

    tracemalloc.start()
    try:
        first, second, hub = asyncio.run(story())
    finally:
        tracemalloc.stop()
    assert hub.position == 40_000
    assert hub.kept_events < 2 * hub.limits.tail_events
    assert second - first < 1_600_000, "the second 20,000 of each cost memory"


def test_a_slow_desk_gets_one_row_per_vehicle_and_a_snapshot_instead_of_events():
    async def story() -> None:
        hub = hub_of(Operation(), tail_events=100, most_behind=200)
        outbox = Outbox(hub, Role.DISPATCHER, resume_after=0, credit=0)
        for step in range(100):
            happen(hub, 10)
            hub.publish_positions(fixes(step))
        assert await outbox.next_frame(0.0) is None
        outbox.grant(5)
        kinds = [wire.decode_from_service(await outbox.next_frame(0.0)) for _ in range(3)]
        heartbeat, snapshot, positions = kinds
        assert isinstance(heartbeat, wire.Heartbeat)
        assert isinstance(snapshot, wire.Snapshot)
        assert snapshot.position == 1_000
        assert unpack(positions).lat.tolist() == [9.0] * 50
        assert await outbox.next_frame(0.0) is None, "nothing waits any more"

    asyncio.run(story())


def test_a_flood_of_positions_starves_neither_events_nor_heartbeats():
    async def story() -> None:
        hub = hub_of(Operation())
        outbox = Outbox(hub, Role.DISPATCHER, resume_after=0, credit=100)
        seen = []
        for step in range(40):
            hub.publish_positions(fixes(step))
            happen(hub, 1)
            frame = await outbox.next_frame(step * 0.025)
            seen.append(type(wire.decode_from_service(frame)).__name__)
        assert seen.count("Heartbeat") == 2
        assert 15 <= seen.count("Positions") <= 20
        assert seen.count("Events") >= 18

    asyncio.run(story())


def test_credit_is_bounded_whatever_a_desk_grants():
    async def story() -> int:
        hub = hub_of(Operation(), most_credit=10, message_events=1)
        outbox = Outbox(hub, Role.DISPATCHER, resume_after=0, credit=1_000_000)
        outbox.grant(1_000_000)
        outbox.grant(-5)
        happen(hub, 100)
        count = 0
        while await outbox.next_frame(0.0) is not None:
            count += 1
        return count

    assert asyncio.run(story()) == 10


@pytest.mark.parametrize("sessions", [1, 5])
def test_one_snapshot_serves_all_sessions(sessions):
    async def story() -> int:
        hub = hub_of(Operation())
        happen(hub, 10)
        outboxes = [Outbox(hub, Role.DISPATCHER, None, 10) for _ in range(sessions)]
        await asyncio.gather(*(outbox.next_frame(0.0) for outbox in outboxes))
        await asyncio.gather(*(outbox.next_frame(0.0) for outbox in outboxes))
        assert all(outbox.position == 10 for outbox in outboxes)
        return hub.snapshots.made

    assert asyncio.run(story()) == 1


def test_a_snapshot_never_shows_what_is_decided_but_not_on_disk():
    async def story() -> None:
        hub = hub_of(Operation())
        happen(hub, 5)
        hub.operation.position = 6  # the bus has folded ahead of its commit
        outbox = Outbox(hub, Role.DISPATCHER, None, 10)
        await outbox.next_frame(0.0)
        waiting = asyncio.create_task(outbox.next_frame(0.0))
        await asyncio.sleep(0)
        assert not waiting.done()
        hub.operation.position = 5  # the commit failed and was taken back
        await waiting
        assert outbox.position == 5

    asyncio.run(story())
