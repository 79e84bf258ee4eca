"""A desk that was signed in by name and password: it goes on by itself, comes back after a sleep, and is shut out."""

import msgspec
import pytest

from app.connection import Phase
from app.feed_inbox import FeedInbox
from app.session import FeedClient, Timings
from app.store import Store
from core.vocabulary import Role

PATIENCE_MS = 15_000
PHRASE = "a long phrase of one's own"


@pytest.fixture
def invited(service):
    """Return what signs somebody in by name and password and gives what a desk then holds."""

    async def sign_in():
        if service.people.accounts.find("maria") is None:
            await service.people.accounts.add("maria", "María", Role.DISPATCHER, (), PHRASE, by="root")
        return await service.people.sessions.sign_in("maria", PHRASE, "127.0.0.1")

    def invited(kind):
        signed_in = service.run(sign_in())
        return msgspec.structs.replace(
            service.invitation(kind), token=signed_in.token, renewal=signed_in.renewal
        ), signed_in

    return invited


@pytest.fixture
def sit_down(service, qapp):
    clients = []

    def sit_down(invitation, **options):
        inbox = FeedInbox()
        store = Store(inbox, service.wall)
        client = FeedClient(invitation, inbox, service.wall, **options)
        clients.append(client)
        client.start()
        return store

    yield sit_down
    for client in clients:
        client.stop()


def test_a_desk_outlives_its_token_without_a_reconnect(service, kind, invited, sit_down, qtbot):
    service.stop()
    service.token_lifetime_s = 3.0
    service.start()
    invitation, signed_in = invited(kind)
    store = sit_down(invitation, timings=Timings(pulse_s=0.05))
    qtbot.waitUntil(lambda: store.connection.phase is Phase.LIVE, timeout=PATIENCE_MS)
    service.acknowledge(1)
    qtbot.waitUntil(lambda: service.wall.now() > signed_in.expires_at + 1.0, timeout=PATIENCE_MS)
    service.acknowledge(1)
    qtbot.waitUntil(lambda: store.operation.position == 2, timeout=PATIENCE_MS)
    assert store.connection.phase is Phase.LIVE
    assert store.connection.reconnects == 0
    assert len(service.sign_ins) == 1


def test_a_desk_that_slept_beyond_its_token_comes_back_by_itself(service, kind, invited, sit_down, qtbot):
    invitation, _ = invited(kind)
    store = sit_down(invitation)
    service.acknowledge(3)
    qtbot.waitUntil(lambda: store.operation.position == 3, timeout=PATIENCE_MS)
    before = store.operation
    service.wall.ahead_s += 3600.0
    qtbot.waitUntil(lambda: store.connection.reconnects == 1, timeout=PATIENCE_MS)
    service.acknowledge(1)
    qtbot.waitUntil(lambda: store.operation.position == 4, timeout=PATIENCE_MS)
    assert store.connection.phase is Phase.LIVE
    assert store.operation is before, "resumed, not started over"


def test_a_desk_whose_session_ended_meanwhile_asks_for_a_sign_in(service, kind, invited, sit_down, qtbot):
    invitation, _ = invited(kind)
    store = sit_down(invitation)
    qtbot.waitUntil(lambda: store.connection.phase is Phase.LIVE, timeout=PATIENCE_MS)
    service.wall.ahead_s += 20 * 3600.0
    qtbot.waitUntil(lambda: store.connection.phase is Phase.REFUSED, timeout=PATIENCE_MS)
    assert store.connection.problem.code == "session.ended"


def test_who_is_shut_out_loses_an_open_desk_within_seconds(service, kind, invited, sit_down, qtbot):
    invitation, _ = invited(kind)
    store = sit_down(invitation)
    qtbot.waitUntil(lambda: store.connection.phase is Phase.LIVE, timeout=PATIENCE_MS)
    service.run(service.people.disable("maria", by="root"))
    qtbot.waitUntil(lambda: store.connection.phase is Phase.REFUSED, timeout=3_000)
    assert store.connection.problem.code == "access.session_revoked"
    qtbot.waitUntil(lambda: service.sessions() == 0, timeout=PATIENCE_MS)
