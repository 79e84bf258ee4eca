"""Verbs: pending until the feed brings what they did; refused with a reason; streets fetched once."""

import hashlib

import msgspec
import pytest

from app.feed_inbox import FeedInbox
from app.operations import Operations
from app.session import FeedClient
from app.store import Store
from core import operations as asked
from core.dispatch.changes import Reassign
from core.dispatch.decision import ImpactPreview, Outcome, ReasonCode
from core.projections.decision_book import Undoable
from core.vocabulary import DriverId, OrderId, OverrideId, RecommendationId

PATIENCE_MS = 10_000


@pytest.fixture
def desk(service, qapp, qtbot):
    inbox = FeedInbox()
    store = Store(inbox, service.wall)
    client = FeedClient(service.invitation("zeromq"), inbox, service.wall)
    client.start()
    qtbot.waitUntil(lambda: store.welcome is not None, timeout=PATIENCE_MS)
    operations = Operations(client, store)
    yield store, operations
    client.stop()


def test_a_command_is_pending_until_its_event_is_in_the_store(desk, qtbot):
    store, operations = desk
    seen_at = []
    pending = operations.acknowledge("late:O-1")
    pending.finished.connect(lambda done: seen_at.append((done.position, store.operation.position)))
    assert pending.is_pending
    assert operations.pending == 1
    assert store.operation.position == 0
    qtbot.waitUntil(lambda: not pending.is_pending, timeout=PATIENCE_MS)
    assert seen_at == [(1, 1)]
    assert pending.result == asked.Done(position=1)
    assert operations.pending == 0


def test_a_refusal_comes_with_its_code_and_sentence(desk, qtbot):
    _, operations = desk
    pending = operations.timeline(OrderId("O-1"))
    with qtbot.waitSignal(pending.refused, timeout=PATIENCE_MS) as refused:
        pass
    [problem] = refused.args
    assert (problem.code, problem.status) == ("request.unknown", 404)
    assert problem.detail == "There is no operation order.timeline."
    assert pending.problem == problem


def test_streets_are_fetched_once_and_checked(desk, service, qtbot, tmp_path):
    store, operations = desk
    streets = bytes(range(256)) * 2_500
    digest = hashlib.sha256(streets).hexdigest()
    store.welcome = msgspec.structs.replace(
        store.welcome, city=msgspec.structs.replace(store.welcome.city, streets_digest=digest)
    )
    shares = []
    pending = operations.fetch_streets(tmp_path)
    pending.progressed.connect(shares.append)
    qtbot.waitUntil(lambda: not pending.is_pending, timeout=PATIENCE_MS)
    assert pending.result == tmp_path / f"{digest}.osm.pbf"
    assert pending.result.read_bytes() == streets
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    service.stop()
    again = operations.fetch_streets(tmp_path)
    qtbot.waitUntil(lambda: not again.is_pending, timeout=PATIENCE_MS)
    assert again.result == pending.result


def test_damaged_streets_are_refused_and_not_kept(desk, qtbot, tmp_path):
    _, operations = desk
    pending = operations.fetch_streets(tmp_path / "streets")
    qtbot.waitUntil(lambda: not pending.is_pending, timeout=PATIENCE_MS)
    assert pending.problem.code == "streets.damaged"
    assert list((tmp_path / "streets").iterdir()) == []


class Listening:
    """A service that only remembers what it was asked."""

    def __init__(self) -> None:
        self.asked = []

    def request(self, operation, argument, timeout_s=15.0):
        from concurrent.futures import Future

        self.asked.append((operation, msgspec.msgpack.decode(msgspec.msgpack.encode(argument))))
        return Future()


def test_each_verb_asks_for_its_command(qapp, service):
    listening = Listening()
    operations = Operations(listening, Store(FeedInbox(), service.wall))
    preview = ImpactPreview(
        order_id=OrderId("O-1"),
        driver_id=DriverId("D-2"),
        change=Reassign(order_id=OrderId("O-1"), driver_id=DriverId("D-2")),
        recommended_driver_id=None,
        computed_at=1.0,
        until_at=2.0,
        position=3,
        based_on={DriverId("D-2"): 7},
        order_version=4,
        recommendation=Outcome(),
        as_is=Outcome(),
    )
    operations.accept(RecommendationId("R-1"))
    operations.dismiss(RecommendationId("R-1"), "later")
    operations.hold(OrderId("O-1"))
    operations.override(preview, ReasonCode.SAFETY, "road closed")
    operations.undo(Undoable(order_id=OrderId("O-1"), decided_at=1.0, decided_by="ana", override_id=OverrideId("X-1")))
    operations.preview_change(Reassign(order_id=OrderId("O-1"), driver_id=DriverId("D-2")))
    operations.audit_page(before=10)
    commands = [argument.get("command") for _, argument in listening.asked]
    assert commands == [
        "AcceptRecommendation",
        "DismissRecommendation",
        "HoldOrder",
        "OverrideAssignment",
        "UndoDecision",
        None,
        None,
    ]
    override = listening.asked[3][1]
    change = {"change": "reassign", "order_id": "O-1", "driver_id": "D-2"}
    assert (override["change"], override["shown"]["position"], override["note"]) == (change, 3, "road closed")
    assert listening.asked[5] == ("override.preview", {"change": change, "with_replanned": True})
    assert listening.asked[6] == ("audit.page", {"before": 10, "limit": 100})
