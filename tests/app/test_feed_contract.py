"""What the feed promises on the wire, over real sockets, the same for ZeroMQ and WebSocket."""

import asyncio
import contextlib
import zlib

import msgspec
import pytest
import zmq

from app.transports.transport import Transport, TransportLost, transport_for
from core import operations, wire
from core.projections.operation import Operation, decode_operation
from core.telemetry.live_rows import unpack
from core.vocabulary import Role

PATIENCE_S = 10.0


@contextlib.asynccontextmanager
async def connected(service, kind, curve_key=None):
    transport = transport_for(service.addresses()[kind], curve_key or service.keys.public)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await transport.connect(service.addresses()[kind])
            yield transport
    finally:
        await transport.close()


async def receive(transport: Transport) -> wire.ServiceMessage:
    return wire.decode_from_service(await transport.receive())


async def receive_kind[T](transport: Transport, kind: type[T]) -> T:
    while not isinstance(message := await receive(transport), kind):
        pass
    return message


async def say_hello(transport, service, *, role=Role.DISPATCHER, **hello) -> wire.ServiceMessage:
    hello = {"token": service.token(role), **hello}
    await transport.send(wire.encode(wire.Hello(**hello)))
    return await receive(transport)


async def follow(transport: Transport, operation: Operation, until: int) -> Operation:
    """Fold what comes until a position; the fold itself refuses gaps and doubles. Grants credit one for one."""
    while operation.position < until:
        message = await receive(transport)
        await transport.send(wire.encode(wire.Credit(more=1)))
        match message:
            case wire.Snapshot():
                operation = decode_operation(zlib.decompress(message.state))
            case wire.Events():
                for envelope in message.events:
                    operation.apply(envelope)
    return operation


def test_snapshot_comes_first_and_events_follow_without_gap(service, kind):
    service.acknowledge(30)

    async def story():
        async with connected(service, kind) as transport:
            welcome = await say_hello(transport, service)
            assert isinstance(welcome, wire.Welcome)
            assert (welcome.position, welcome.user_name, welcome.role) == (30, "Ana", Role.DISPATCHER)
            operation = await follow(transport, Operation(), 30)
            await asyncio.to_thread(service.acknowledge, 700)
            operation = await follow(transport, operation, 730)
            assert len(operation.decisions.acknowledged) == 730

    asyncio.run(story())


def test_a_desk_that_was_away_gets_the_missing_events_and_no_snapshot(service, kind):
    service.acknowledge(30)

    async def story():
        async with connected(service, kind) as transport:
            welcome = await say_hello(transport, service)
            operation = await follow(transport, Operation(), 30)
        # 300 events are in the tail, 900 have to be read from the log: it keeps 500 to 1,000.
        for count in (300, 900):
            await asyncio.to_thread(service.acknowledge, count)
            async with connected(service, kind) as transport:
                resumed = {"resume_after": operation.position, "log_id": welcome.log_id}
                await say_hello(transport, service, **resumed)
                first = operation
                operation = await follow(transport, operation, operation.position + count)
                assert operation is first, "a snapshot replaced the state"

    asyncio.run(story())


@pytest.mark.parametrize("stale", ["another log", "too far behind", "from the future"])
def test_what_cannot_be_resumed_starts_over_with_a_snapshot(service, kind, stale):
    service.acknowledge(1_200)

    async def story():
        hello = {
            "another log": {"resume_after": 1_190, "log_id": "elsewhere"},
            "too far behind": {"resume_after": 10, "log_id": service.log.log_id},
            "from the future": {"resume_after": 5_000, "log_id": service.log.log_id},
        }[stale]
        async with connected(service, kind) as transport:
            await say_hello(transport, service, **hello)
            snapshot = await receive_kind(transport, wire.Snapshot)
            assert snapshot.position == 1_200

    asyncio.run(story())


def test_live_positions_come_as_the_latest_of_each_vehicle(service, kind):
    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service)
            for step in range(20):
                await asyncio.to_thread(service.move, "V-1", "V-2", lat=41.0 + step / 100)
            latest = {}
            while latest.get("V-1") != 41.19:
                rows = unpack(await receive_kind(transport, wire.Positions))
                latest |= dict(zip(rows.vehicles, rows.lat, strict=True))
            assert latest == {"V-1": 41.19, "V-2": 41.19}

    asyncio.run(story())


def test_nothing_is_sent_beyond_the_credit_granted(service, kind):
    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service, credit=2)
            await receive(transport)
            await receive(transport)
            await asyncio.to_thread(service.acknowledge, 5)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await receive(transport)

    asyncio.run(story())


def test_a_desk_that_grants_nothing_is_coalesced_and_starts_over_from_a_snapshot(service, kind):
    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service, credit=0)
            for _ in range(10):
                await asyncio.to_thread(service.acknowledge, 500)
                await asyncio.to_thread(service.move, *(f"V-{number}" for number in range(100)))
            await transport.send(wire.encode(wire.Credit(more=64)))
            snapshot = await receive_kind(transport, wire.Snapshot)
            rows = unpack(await receive_kind(transport, wire.Positions))
            assert snapshot.position == 5_000
            assert len(rows) == 100

    asyncio.run(story())


@pytest.mark.parametrize("role", [Role.DRIVER, Role.DEVICE])
def test_roles_of_the_field_are_refused_the_feed(service, kind, role):
    async def story():
        async with connected(service, kind) as transport:
            refused = await say_hello(transport, service, role=role)
            assert isinstance(refused, wire.Refused)
            assert (refused.problem.code, refused.problem.status) == ("access.role_forbidden", 403)

    asyncio.run(story())
    assert service.sign_ins == []


def test_customers_reach_the_desk_by_snapshot_and_by_event(service, kind, placed):
    service.happen(placed("O-1"))

    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service)
            operation = await follow(transport, Operation(), 1)
            await asyncio.to_thread(service.happen, placed("O-2"))
            operation = await follow(transport, operation, 2)
            assert [order.customer.name for order in operation.orders.open_orders()] == ["Rosa", "Rosa"]

    asyncio.run(story())


def test_bad_hellos_are_refused_with_the_reason(service, kind):
    expired = service.token(lifetime_s=5.0)
    service.wall.ahead_s = 60.0
    hellos = {
        wire.encode(wire.Hello(token="nonsense")): "access.token_invalid",
        wire.encode(wire.Hello(token="")): "access.token_missing",
        wire.encode(wire.Hello(token=expired)): "access.token_expired",
        wire.encode(wire.Hello(token=service.token(), protocol=99)): "feed.protocol_unsupported",
        wire.encode(wire.Ping(sent_wall_at=0.0)): "feed.hello_missing",
        b"\xc1 no message": "feed.message_malformed",
        b"": "feed.message_malformed",
        b"x" * 1_500_000: "feed.message_too_large",
    }

    async def answer(hello: bytes) -> str:
        async with connected(service, kind) as transport:
            await transport.send(hello)
            refused = await receive(transport)
            assert isinstance(refused, wire.Refused)
            return refused.problem.code

    for hello, code in hellos.items():
        assert asyncio.run(answer(hello)) == code
    assert service.feed.bugs == 0


def test_a_session_ends_when_its_token_expires(service, kind):
    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service, token=service.token(lifetime_s=60.0))
            service.wall.ahead_s = 61.0
            refused = await receive_kind(transport, wire.Refused)
            assert refused.problem.code == "access.token_expired"

    asyncio.run(story())


def test_a_sign_in_is_recorded_once_per_token_and_transport(service, kind):
    token = service.token()

    async def story():
        for _ in range(3):
            async with connected(service, kind) as transport:
                await say_hello(transport, service, token=token)

    asyncio.run(story())
    assert service.sign_ins == [("ana", kind)]


def test_a_request_sent_twice_is_carried_out_once(service, kind):
    async def story():
        request = wire.encode(
            wire.Request(request_id="r-1", operation=operations.COMMAND, body=msgspec.Raw(msgspec.msgpack.encode({})))
        )
        service.requests.gate = asyncio.Event()
        async with connected(service, kind) as transport:
            await say_hello(transport, service)
            await transport.send(request)
            await receive_kind(transport, wire.Heartbeat)
        async with connected(service, kind) as transport:
            await say_hello(transport, service)
            await transport.send(request)
            await receive_kind(transport, wire.Heartbeat)
            service.call(service.requests.gate.set)
            first = await receive_kind(transport, wire.Answer)
            await transport.send(request)
            assert await receive_kind(transport, wire.Answer) == first
            assert msgspec.msgpack.decode(first.result, type=operations.Done).position == 1

    asyncio.run(story())
    assert service.requests.executed == ["r-1"]


def test_refused_requests_and_bugs_are_answered_as_problems(service, kind):
    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service)
            for operation, code in (("nothing", "request.unknown"), ("bug", "service.bug")):
                request = wire.Request(request_id=operation, operation=operation, body=msgspec.Raw(b"\xc0"))
                await transport.send(wire.encode(request))
                answer = await receive_kind(transport, wire.Answer)
                assert (answer.request_id, answer.problem.code) == (operation, code)

    asyncio.run(story())


def test_a_ping_comes_back_in_a_heartbeat(service, kind):
    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service)
            await transport.send(wire.encode(wire.Ping(sent_wall_at=123.5)))
            while (echo := (await receive_kind(transport, wire.Heartbeat)).echo_wall_at) is None:
                pass
            return echo

    assert asyncio.run(story()) == 123.5


def test_a_session_is_gone_after_goodbye(service, kind):
    async def story():
        async with connected(service, kind) as transport:
            await say_hello(transport, service)
            while not service.sessions():
                await asyncio.sleep(0.01)
            await transport.send(wire.encode(wire.Goodbye()))
            while sessions := service.sessions():
                await asyncio.sleep(0.01)
            return sessions

    assert asyncio.run(story()) == 0


def test_a_wrong_key_cannot_connect_and_says_so(service):
    public, _ = zmq.curve_keypair()

    async def story():
        with pytest.raises(TransportLost) as lost:
            async with connected(service, "zeromq", public.decode()):
                pass
        assert lost.value.code == "feed.key_mismatch"

    asyncio.run(story())


def test_nobody_at_the_address_is_told_as_unreachable(service, kind):
    addresses = service.addresses()
    service.stop()

    async def story():
        transport = transport_for(addresses[kind], service.keys.public)
        try:
            with pytest.raises(TransportLost) as lost:
                async with asyncio.timeout(PATIENCE_S):
                    await transport.connect(addresses[kind])
        finally:
            await transport.close()
        assert lost.value.code == "feed.unreachable"

    asyncio.run(story())


def test_a_websocket_without_our_subprotocol_is_closed(service):
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    async def story():
        async with connect(service.addresses()["websocket"], proxy=None) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()

    asyncio.run(story())
