"""Peers of the feed that open a door and then say nothing: each has its time, and no more."""

from __future__ import annotations

import asyncio

import pytest

from backend_service.access import Identity
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.live.curve_keys import ensure_curve_keys
from backend_service.live.feed_hub import FeedHub, FeedLimits
from backend_service.live.feed_session import ChannelClosed, FeedSession
from backend_service.live.request_desk import RequestDesk
from backend_service.live.zeromq_door import ZeroMqDoor
from core import wire
from core.projections.operation import Operation
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, Role

CITY = wire.CityCard(
    name="", time_zone="UTC", currency="EUR", south=0, west=0, north=1, east=1, streets_digest="", streets_bytes=0
)


class SilentDesk:
    """Says what it was given to say, then nothing for as long as anybody waits."""

    transport = "websocket"

    def __init__(self, *frames: bytes) -> None:
        self.sent: list[bytes] = []
        self._frames = list(frames)

    async def receive(self) -> bytes:
        if self._frames:
            return self._frames.pop(0)
        await asyncio.sleep(3600.0)
        raise ChannelClosed

    async def send(self, frame: bytes) -> None:
        self.sent.append(frame)


class EveryToken:
    def verify(self, token: str) -> Identity:
        return Identity(actor=Actor(role=Role.DISPATCHER, subject="ana"), expires_at=9e9, token_id=token)

    def recheck(self, identity: Identity) -> None:
        return


async def nobody(identity: Identity, transport: str) -> None:
    return


@pytest.mark.parametrize(
    ("said", "code"),
    [([], "feed.hello_missing"), ([wire.encode(wire.Hello(token="any", credit=0))], "feed.desk_silent")],
)
def test_a_desk_that_says_nothing_is_dropped(said, code):
    async def story() -> list[object]:
        clock, limits = SteppedClock(1_790_000_000.0), FeedLimits(hello_s=0.05, silence_s=0.05)
        hub = FeedHub(Operation(), VolatileEventLog(clock), CITY, clock=clock, wall=clock, limits=limits)
        desk = SilentDesk(*said)
        await FeedSession(desk, hub, EveryToken(), RequestDesk(None), nobody).run()
        assert hub.sessions == 0
        return [wire.decode_from_service(frame) for frame in desk.sent]

    last = asyncio.run(story())[-1]
    assert isinstance(last, wire.Refused)
    assert last.problem.code == code


class NobodysFeed:
    """A feed that no peer ever reaches."""

    async def serve(self, channel: object) -> None:
        raise AssertionError("nobody proved themselves")


def test_a_peer_that_never_proves_itself_is_cut_off(tmp_path):
    async def story() -> bytes:
        door = ZeroMqDoor(NobodysFeed(), "tcp://127.0.0.1:0", ensure_curve_keys(tmp_path), handshake_ms=100)
        await door.open()
        try:
            host, _, port = door.address.removeprefix("zmq://").rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            said = await reader.read()  # until the door hangs up
            writer.close()
            return said
        finally:
            await door.close()

    assert len(asyncio.run(story())) <= 64, "a greeting at most"
