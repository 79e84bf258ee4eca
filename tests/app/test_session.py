"""The desk's end of the feed against a real service side: resuming, switching, retrying, and what people are told."""

import time

import msgspec
import pytest

from app.connection import Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import Happened, Replaced
from app.session import FeedClient, Timings
from app.store import Store
from core import operations
from core.invitation import Invitation
from core.refusals import Fault, Refusal
from core.vocabulary import Role

PATIENCE_MS = 10_000


class Desk:
    """A store and its client."""

    def __init__(self, service, invitation, **options) -> None:
        self.inbox = FeedInbox()
        self.store = Store(self.inbox, service.wall)
        self.client = FeedClient(invitation, self.inbox, service.wall, **options)

    @property
    def position(self) -> int:
        return self.store.operation.position


@pytest.fixture
def sit_down(service, qapp):
    desks = []

    def sit_down(invitation, **options):
        desk = Desk(service, invitation, **options)
        desks.append(desk)
        desk.client.start()
        return desk

    yield sit_down
    for desk in desks:
        desk.client.stop()


def test_the_store_follows_the_service(service, kind, sit_down, qtbot, placed):
    service.acknowledge(10)
    desk = sit_down(service.invitation(kind))
    qtbot.waitUntil(lambda: desk.position == 10, timeout=PATIENCE_MS)
    service.happen(placed("O-1"))
    service.move("V-1", lat=41.5)
    qtbot.waitUntil(lambda: desk.position == 11 and len(desk.store.fleet) == 1, timeout=PATIENCE_MS)
    assert desk.store.operation.orders.orders["O-1"].customer.name == "Rosa"
    assert desk.store.fleet.lat.tolist() == [41.5]
    assert desk.store.fix_to_desk.count == 1
    assert desk.store.connection.phase is Phase.LIVE
    assert desk.store.connection.kind == kind
    qtbot.waitUntil(lambda: desk.store.clock.round_trip_s is not None, timeout=PATIENCE_MS)


def test_after_the_service_was_away_the_gap_is_filled_within_two_seconds(service, kind, sit_down, qtbot):
    service.acknowledge(10)
    desk = sit_down(service.invitation(kind))
    qtbot.waitUntil(lambda: desk.position == 10, timeout=PATIENCE_MS)
    before = desk.store.operation
    service.stop()
    qtbot.waitUntil(lambda: desk.store.connection.phase is Phase.LOST, timeout=PATIENCE_MS)
    assert desk.store.connection.problem is not None
    service.start()
    qtbot.waitUntil(lambda: desk.store.connection.phase is Phase.LIVE, timeout=2_000)
    service.acknowledge(20)
    qtbot.waitUntil(lambda: desk.position == 30, timeout=PATIENCE_MS)
    assert desk.store.operation is before, "resumed, not started over"
    assert (desk.store.connection.gaps, desk.store.connection.reconnects) == (0, 1)


def test_a_switch_of_transport_resumes_without_gap_or_double(service, sit_down, qtbot):
    invitation = service.invitation("zeromq")
    service.acknowledge(10)
    desk = sit_down(invitation)
    qtbot.waitUntil(lambda: desk.position == 10, timeout=PATIENCE_MS)
    before = desk.store.operation
    desk.client.connect_to(service.addresses()["websocket"])
    service.acknowledge(200)
    qtbot.waitUntil(lambda: desk.position == 210, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: desk.store.connection.kind == "websocket", timeout=PATIENCE_MS)
    assert desk.store.operation is before
    assert (desk.store.connection.gaps, desk.store.connection.reconnects) == (0, 0)
    assert set(desk.store.connected_seconds()) == {"zeromq", "websocket"}


def test_a_request_survives_the_loss_of_its_session_and_is_carried_out_once(service, kind, sit_down, qtbot):
    desk = sit_down(service.invitation(kind), timings=Timings(silence_s=1.0))
    qtbot.waitUntil(lambda: desk.store.connection.phase is Phase.LIVE, timeout=PATIENCE_MS)
    other = {"zeromq": "websocket", "websocket": "zeromq"}[kind]
    service.run(_close_gate(service))
    answer = desk.client.request(operations.COMMAND, {}, request_id="r-1")
    qtbot.waitUntil(lambda: service.requests.executed == ["r-1"], timeout=PATIENCE_MS)
    desk.client.connect_to(service.addresses()[other])
    qtbot.waitUntil(lambda: desk.store.connection.kind == other, timeout=PATIENCE_MS)
    service.call(service.requests.gate.set)
    assert msgspec.msgpack.decode(answer.result(10.0), type=operations.Done).position == 1
    assert service.requests.executed == ["r-1"]


async def _close_gate(service) -> None:
    import asyncio

    service.requests.gate = asyncio.Event()


def test_a_request_without_an_answer_fails_at_its_deadline(service, sit_down, qtbot):
    desk = sit_down(service.invitation("zeromq"), timings=Timings(pulse_s=0.05))
    qtbot.waitUntil(lambda: desk.store.connection.phase is Phase.LIVE, timeout=PATIENCE_MS)
    service.run(_close_gate(service))
    with pytest.raises(Fault) as fault:
        desk.client.request(operations.COMMAND, {}, timeout_s=0.1).result(10.0)
    assert fault.value.code == "feed.no_answer"
    service.call(service.requests.gate.set)


def test_a_refused_request_raises_the_refusal(service, kind, sit_down):
    desk = sit_down(service.invitation(kind))
    with pytest.raises(Refusal) as refusal:
        desk.client.request("nothing", {}).result(10.0)
    assert (refusal.value.code, refusal.value.status) == ("request.unknown", 404)


def test_a_refused_desk_says_why_and_does_not_try_again(service, kind, sit_down, qtbot):
    desk = sit_down(service.invitation(kind, Role.DRIVER))
    qtbot.waitUntil(lambda: desk.store.connection.phase is Phase.REFUSED, timeout=PATIENCE_MS)
    assert desk.store.connection.problem.code == "access.role_forbidden"
    assert service.sessions() == 0


def test_a_wrong_key_is_told_and_retried_until_another_address_is_given(service, sit_down, qtbot):
    import zmq

    public, _ = zmq.curve_keypair()
    invitation = msgspec.structs.replace(service.invitation("zeromq"), curve_key=public.decode())
    desk = sit_down(invitation)
    qtbot.waitUntil(lambda: desk.store.connection.phase is Phase.LOST, timeout=PATIENCE_MS)
    assert desk.store.connection.problem.code == "feed.key_mismatch"
    desk.client.connect_to(service.addresses()["websocket"])
    qtbot.waitUntil(lambda: desk.store.connection.phase is Phase.LIVE, timeout=PATIENCE_MS)


def test_a_desk_that_takes_nothing_is_sent_no_more_than_its_credit(service, kind, qtbot):
    inbox = FeedInbox()
    client = FeedClient(service.invitation(kind), inbox, service.wall)
    client.start()
    try:
        for _ in range(100):
            service.acknowledge(10)
            time.sleep(0.005)
        assert len(inbox) <= 64 + 3
        desk = Store(inbox, service.wall)
        qtbot.waitUntil(lambda: desk.operation.position == 1_000, timeout=PATIENCE_MS)
        assert desk.connection.gaps == 0
    finally:
        client.stop()


def test_requests_of_a_closed_desk_fail_at_once(service):
    client = FeedClient(service.invitation("zeromq"), FeedInbox(), service.wall)
    with pytest.raises(Fault):
        client.request(operations.COMMAND, {}).result(0.0)


def test_an_unknown_scheme_is_refused(service, sit_down):
    desk = sit_down(service.invitation("zeromq"))
    with pytest.raises(Refusal):
        desk.client.connect_to("http://127.0.0.1")
    with pytest.raises(Refusal):
        FeedClient(
            Invitation(name="", role=Role.DISPATCHER, addresses=("udp://x",), token=""), FeedInbox(), service.wall
        )


def test_updates_reach_the_inbox_in_order(service, kind):
    service.acknowledge(5)
    inbox = FeedInbox()
    client = FeedClient(service.invitation(kind), inbox, service.wall)
    client.start()
    try:
        seen = []
        deadline = time.monotonic() + 10.0
        while not any(isinstance(update, Replaced) for update in seen) and time.monotonic() < deadline:
            update = inbox.take()
            if update is not None:
                seen.append(update)
        service.acknowledge(3)
        while not any(isinstance(update, Happened) for update in seen) and time.monotonic() < deadline:
            update = inbox.take()
            if update is not None:
                seen.append(update)
    finally:
        client.stop()
    [replaced] = [update for update in seen if isinstance(update, Replaced)]
    [happened] = [update for update in seen if isinstance(update, Happened)]
    assert replaced.operation.position == 5
    assert [envelope.position for envelope, _ in happened.events] == [6, 7, 8]
