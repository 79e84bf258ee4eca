"""A real service side on real sockets: hub, both doors, the embedded event log; in a thread with its own loop."""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import uvicorn
from litestar import Litestar

from backend_service.access import Identity, TokenAuthority
from backend_service.clocks import WallClock
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import Append, Appended, NewEvent
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.live.curve_keys import ensure_curve_keys
from backend_service.live.feed import Feed
from backend_service.live.feed_hub import FeedHub, FeedLimits
from backend_service.live.request_desk import RequestDesk
from backend_service.live.websocket_door import websocket_door
from backend_service.live.zeromq_door import ZeroMqDoor
from backend_service.people.passwords import Cost
from backend_service.people.people import People
from core import operations
from core.commands import PersonChange, RecordPersonChange
from core.events.dispatch_events import ExceptionAcknowledged
from core.events.envelope import Event
from core.events.order_events import OrderPlaced
from core.invitation import Invitation
from core.orders.order import Customer, Promise
from core.projections.operation import Operation
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import PLATFORM, OrderId, Place, Position, Role
from core.wire import CityCard

NOON = 1_790_000_000.0
STREETS = bytes(range(256)) * 2_500


class SteeredWall:
    """The machine's clock, moved ahead when a test says so."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now(self) -> float:
        return time.time() + self.ahead_s


class CountingRequests:
    """Carries requests out the way the real one does, as far as a desk can tell: commands once per id."""

    def __init__(self, side: "ServiceSide") -> None:
        self.executed: list[str] = []
        self.gate: asyncio.Event | None = None
        self._side = side
        self._answers: dict[str, bytes] = {}

    async def answer(self, operation: str, body: bytes, identity: Identity, request_id: str) -> bytes:
        if request_id in self._answers:
            return self._answers[request_id]
        match operation:
            case operations.COMMAND:
                self.executed.append(request_id)
                if self.gate is not None:
                    await self.gate.wait()
                position = await self._side.append(ExceptionAcknowledged(key=request_id))
                result = msgspec.msgpack.encode(operations.Done(position=position))
            case operations.CITY_STREETS:
                asked = msgspec.msgpack.decode(body, type=operations.CityStreets)
                result = msgspec.msgpack.encode(STREETS[asked.offset : asked.offset + asked.length])
            case "bug":
                raise ZeroDivisionError
            case _:
                raise Refusal("request.unknown", f"There is no operation {operation}.", status=404)
        return self._answers.setdefault(request_id, result)


class ServiceSide:
    """One service's feed; `start` and `stop` may be repeated on the same ports and data."""

    def __init__(self, folder: Path, limits: FeedLimits) -> None:
        self.limits = limits
        self.folder = folder
        self.wall = SteeredWall()
        self.tokens = TokenAuthority(b"k" * 32, self.wall)
        self.sign_ins: list[tuple[str, str]] = []
        self.recorded: list[PersonChange] = []
        self.http_port = 0
        self.zmq_endpoint = "tcp://127.0.0.1:*"
        self.token_lifetime_s = 900.0
        self.operation = Operation()
        self._thread: threading.Thread | None = None

    # --- from the test's thread ------------------------------------------------------------------------------------

    def start(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="service side")
        self._thread.start()
        assert self._ready.wait(20.0)

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20.0)

    def call[T](self, function: Callable[..., T], *arguments: Any) -> T:
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._loop.call_soon_threadsafe(lambda: answer.set_result(function(*arguments)))
        return answer.result(20.0)

    def happen(self, *events: Event) -> int:
        return self.run(self.append(*events))

    def acknowledge(self, count: int) -> int:
        start = self.hub.position
        return self.happen(*(ExceptionAcknowledged(key=f"late:{start + number}") for number in range(count)))

    def move(self, *vehicles: str, lat: float = 41.15) -> None:
        self.call(self.hub.publish_positions, fixes(vehicles, lat, self.wall.now()))

    def token(self, role: Role = Role.DISPATCHER, lifetime_s: float = 600.0) -> str:
        return self.tokens.issue("ana", role, "Ana", lifetime_s=lifetime_s)

    def addresses(self) -> dict[str, str]:
        return {"zeromq": self.zmq.address, "websocket": f"ws://127.0.0.1:{self.http_port}/api/v1/feed"}

    def invitation(self, kind: str, role: Role = Role.DISPATCHER) -> Invitation:
        return Invitation(
            name="Ana",
            role=role,
            addresses=(self.addresses()[kind],),
            token=self.token(role),
            curve_key=self.keys.public,
        )

    def sessions(self) -> int:
        return self.hub.sessions

    # --- on its loop -----------------------------------------------------------------------------------------------

    async def append(self, *events: Event) -> int:
        new = tuple(NewEvent("operation", event, NOON) for event in events)
        [outcome] = await self.log.append([Append(new, PLATFORM, NOON, {})])
        assert isinstance(outcome, Appended)
        for envelope, event in zip(outcome.envelopes, events, strict=True):
            self.operation.apply(envelope, event)
        self.hub.publish_events(outcome.envelopes)
        return self.operation.position

    async def _sign_in(self, identity: Identity, transport: str) -> None:
        self.sign_ins.append((identity.actor.subject, transport))

    async def _record(self, change: RecordPersonChange) -> None:
        self.recorded.append(change.change)

    async def _renew(self, renewal: str) -> operations.SessionRenewed:
        signed_in = await self.people.sessions.renew(renewal)
        return operations.SessionRenewed(
            token=signed_in.token,
            lifetime_s=signed_in.lifetime_s,
            renewal=signed_in.renewal,
            ends_at=signed_in.ends_at,
        )

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        keys = SubjectKeys.open(self.folder / "keys.sqlite", self.folder / "master.key")
        self.log = await EmbeddedEventLog.open(self.folder / "tower.sqlite", self.wall, keys)
        self.hub = FeedHub(self.operation, self.log, CITY, clock=WallClock(), wall=self.wall, limits=self.limits)
        self.requests = CountingRequests(self)
        self.people = People.open(
            self.folder / "accounts.sqlite",
            self.tokens,
            self._record,
            self.wall,
            cost=Cost(64, 1, 1),
            token_lifetime_s=self.token_lifetime_s,
        )
        self.feed = Feed(self.hub, self.tokens, RequestDesk(self.requests), self._sign_in, renew=self._renew)
        self.keys = ensure_curve_keys(self.folder / "secrets")
        self.zmq = ZeroMqDoor(self.feed, self.zmq_endpoint, self.keys)
        await self.zmq.open()
        self.zmq_endpoint = self.zmq.address.replace("zmq://", "tcp://")
        application = Litestar([websocket_door(self.feed)], openapi_config=None, logging_config=None)
        config = uvicorn.Config(
            application,
            port=self.http_port,
            log_level="warning",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
        )
        server = _QuietServer(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        self.http_port = server.servers[0].sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        await self.feed.close()
        await self.zmq.close()
        server.should_exit = True
        await serving
        await self.people.close()
        await self.log.close()
        keys.close()


class _QuietServer(uvicorn.Server):
    """Leaves the process's signals alone."""

    def install_signal_handlers(self) -> None:
        return


CITY = CityCard(
    name="Test city",
    time_zone="UTC",
    currency="EUR",
    south=41.0,
    west=-9.0,
    north=42.0,
    east=-8.0,
    streets_digest="",
    streets_bytes=len(STREETS),
)


def fixes(vehicles: tuple[str, ...], lat: float, wall_at: float) -> FixBatch:
    count = len(vehicles)
    names = np.array(vehicles, dtype=object)
    column = np.full(count, np.nan)
    return FixBatch(
        device=names,
        vehicle=names,
        fix_at=np.full(count, wall_at),
        received_at=np.full(count, wall_at),
        arrived_wall_at=np.full(count, wall_at),
        lat=np.full(count, lat),
        lon=np.full(count, -8.61),
        speed_mps=np.full(count, 8.33),
        heading_deg=column,
        accuracy_m=column,
        is_valid=np.ones(count, dtype=np.bool_),
    )


def order_placed(order_id: str) -> OrderPlaced:
    return OrderPlaced(
        order_id=OrderId(order_id),
        customer_id=f"customer of {order_id}",
        customer=Customer(name="Rosa", phone="+351 900 000 000"),
        pickup=Place(name="Kitchen", position=Position(41.15, -8.61)),
        delivery=Position(41.16, -8.62),
        promise=Promise(by_at=NOON + 1800.0),
        ready_at=NOON + 600.0,
    )


@pytest.fixture(params=["zeromq", "websocket"])
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that takes this runs over both transports."""
    name: str = request.param
    return name


@pytest.fixture
def limits() -> FeedLimits:
    return FeedLimits(tail_events=500, most_behind=1_000, snapshot_reused_for=50, hello_s=2.0)


@pytest.fixture
def service(tmp_path: Path, limits: FeedLimits) -> Iterator[ServiceSide]:
    side = ServiceSide(tmp_path, limits)
    side.start()
    yield side
    side.stop()


@pytest.fixture
def placed() -> Callable[[str], OrderPlaced]:
    return order_placed
