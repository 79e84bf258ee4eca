"""The audit list: words for every audited event, paged by scrolling, fresh when something was decided."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.events import dispatch_events as decided
from core.events import fleet_events, geofence_events, order_events
from core.events.envelope import event_classes
from core.events.policy_events import PolicyChanged
from core.geofencing.fence import Fence
from core.operations import AuditEntries
from core.streams import OPERATION, POLICY, of_decision
from core.vocabulary import PLATFORM, Actor, DriverId, FenceId, OrderId, Position, Role
from ui.panels.audit_panel import AuditPanel
from ui.panels.audit_words import audited_words, plain_name, who
from ui.selection import Kind

ORDER = OrderId("O-48213")
D_117 = DriverId("D-117")
MARTA = Actor(role=Role.DISPATCHER, subject="marta", name="M. Rojas")


def override_of(driver: str) -> Override:
    return Override(
        override_id="V-1",
        order_id=ORDER,
        driver_id=DriverId(driver),
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.LOCAL_KNOWLEDGE,
        note="Bridge closed",
        decided_at=0.0,
        decided_by="marta",
    )


@pytest.fixture
def panel(afternoon, qtbot):
    panel = AuditPanel(afternoon.context)
    qtbot.addWidget(panel)
    panel.resize(900, 240)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def page(envelopes, first=0, size=None) -> AuditEntries:
    entries = tuple((first + at, envelope) for at, envelope in enumerate(envelopes))[::-1]
    tree_size = first + len(envelopes) if size is None else size
    return AuditEntries(entries=entries, tree_size=tree_size, root_hex="3fa9c1d2e4b5" * 5, signed_at=1795195928.0)


def held(afternoon, count):
    event = order_events.OrderHeld(order_id=ORDER, until_at=afternoon.wall.at)
    return [afternoon.envelope("audit", event, MARTA) for _ in range(count)]


def row(panel, at):
    model = panel.table.model()
    return [model.index(at, column).data() for column in range(model.columnCount())]


def test_an_override_is_told_with_who_and_why(panel, afternoon):
    event = decided.AssignmentOverridden(override=override_of("D-052"))
    afternoon.operations.finish(page([afternoon.envelope(of_decision(ORDER), event, MARTA)], first=1204))
    assert row(panel, 0) == [
        "1,204",
        "14:32:08",
        "M. Rojas, dispatcher",
        "Override: to D-052, as is",
        "O-48213",
        "Local knowledge · Bridge closed",
    ]


def test_a_change_of_the_policy_is_told_with_before_after_and_why(panel, afternoon):
    event = PolicyChanged(
        number=1, values={"at_risk": 0.25}, before={"at_risk": 0.3, "cycle_s": 2.0}, note="Promises matter more"
    )
    afternoon.operations.finish(page([afternoon.envelope(POLICY, event, MARTA)]))
    assert row(panel, 0)[3:] == [
        "Policy: a promise is at risk from 30 → 25 % · a round at least every taken back",
        "whole city",
        "Promises matter more",
    ]


def test_tree_size_root_and_signature_are_shown(panel, afternoon):
    afternoon.operations.finish(page(held(afternoon, 1), size=1205))
    assert panel.foot._left.text() == "1,205 entries in the tree · root 3fa9c1d2e4b5"
    assert panel.foot._right.text() == "signed 14:32:08"


def test_scrolling_to_the_end_asks_for_older_entries(panel, afternoon):
    envelopes = held(afternoon, 60)
    afternoon.operations.finish(page(envelopes[30:], first=30))
    bar = panel.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert afternoon.operations.named("audit")[-1] == (30, 100)
    afternoon.operations.finish(page(envelopes[:30], size=60))
    assert panel.table.model().rowCount() == 60
    assert row(panel, 59)[0] == "0"


def test_a_new_decision_refreshes_the_list(panel, afternoon, qtbot):
    afternoon.operations.finish(page([]))
    assert panel.empty.isVisible()
    event = decided.ExceptionAcknowledged(key="late:O-48213")
    envelope = afternoon.happen(OPERATION, event, MARTA)
    qtbot.waitUntil(lambda: len(afternoon.operations.named("audit")) == 2)
    afternoon.operations.finish(page([envelope]))
    assert row(panel, 0)[3:] == ["Exception acknowledged", "O-48213", "late"]


def test_a_gap_drops_what_is_older(panel, afternoon):
    envelopes = held(afternoon, 12)
    afternoon.operations.finish(page(envelopes[:2]))
    panel._ask_newest()
    afternoon.operations.finish(page(envelopes[10:], first=10))
    assert [row(panel, at)[0] for at in range(panel.table.model().rowCount())] == ["11", "10"]


def test_a_chosen_entry_selects_its_order(panel, afternoon):
    afternoon.operations.finish(page(held(afternoon, 1)))
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_J)
    assert afternoon.selection.current == (Kind.ORDER, ORDER)


def test_hidden_list_asks_for_nothing(afternoon, qtbot):
    panel = AuditPanel(afternoon.context)
    qtbot.addWidget(panel)
    afternoon.happen(OPERATION, decided.ExceptionAcknowledged(key="late:O-48213"), MARTA)
    assert afternoon.operations.asked == []


def audited_events(afternoon):
    role, order = Role.DISPATCHER, {"order_id": ORDER}
    return [
        order_events.OrderAssigned(order_id=ORDER, driver_id=D_117, previous_driver_id=DriverId("D-042")),
        order_events.OrderUnassigned(order_id=ORDER, driver_id=D_117, reason="undone"),
        order_events.OrderHeld(order_id=ORDER, until_at=afternoon.wall.at + 120.0),
        decided.AssignmentRecommended(recommendation=afternoon.proposal()),
        decided.RecommendationAccepted(recommendation_id="R-1", **order),
        decided.RecommendationDismissed(recommendation_id="R-1", reason="pickup_late", until_at=0.0, **order),
        decided.AssignmentOverridden(override=override_of("D-042")),
        decided.OverrideUndone(override_id="V-1", **order),
        decided.AssignmentUndone(recommendation_id="R-1", **order),
        decided.ExceptionAcknowledged(key="silent:D-088"),
        fleet_events.ZonesDrawn(zones=()),
        fleet_events.PersonSignedIn(user_id="marta", role=role, transport="zeromq"),
        fleet_events.AccessGranted(subject="phone-7", role=Role.DEVICE, expires_at=afternoon.wall.at + 120.0),
        geofence_events.GeofenceDrawn(fence=fence()),
        geofence_events.GeofenceRetired(fence_id=FenceId("F-1")),
    ]


def fence():
    return Fence(fence_id=FenceId("F-1"), name="Pollo Dorado", centre=Position(-29.9, -71.25), radius_m=80.0)


def test_decisions_have_words_of_their_own(afternoon):
    envelopes = [afternoon.envelope("audit", event, MARTA) for event in audited_events(afternoon)]
    said = [audited_words(afternoon.context, envelope) for envelope in envelopes]
    assert [(one.what, one.subject, one.why) for one in said] == [
        ("Reassigned to R. Fuentes, D-117", "O-48213", ""),
        ("Taken from R. Fuentes, D-117", "O-48213", "undone"),
        ("Held until 14:34:08", "O-48213", ""),
        ("Reassign to D-042 proposed", "O-48213", "a person is asked"),
        ("Proposal accepted", "O-48213", "R-1"),
        ("Proposal put off", "O-48213", "Pickup is late"),
        ("Override: to D-042, as is", "O-48213", "Local knowledge · Bridge closed"),
        ("Override taken back", "O-48213", "V-1"),
        ("Acceptance taken back", "O-48213", "R-1"),
        ("Exception acknowledged", "D-088", "silent"),
        ("0 zones drawn", "zones", ""),
        ("Signed in", "marta", "as dispatcher, zeromq"),
        ("Access granted", "phone-7", "device, until Fri 20 Nov 14:34"),
        ("Fence drawn", "Pollo Dorado", ""),
        ("Fence retired", "F-1", ""),
    ]


def test_every_audited_event_can_be_read():
    for name, cls in event_classes().items():
        if cls.is_audited:
            assert " " in plain_name(name)
    assert plain_name("CustomerErased") == "Customer erased"


def test_event_without_words_of_its_own_names_what_it_is_about(afternoon):
    paused = fleet_events.DriverPaused(driver_id=D_117, reason="lunch")
    said = audited_words(afternoon.context, afternoon.envelope("driver/D-117", paused, MARTA))
    assert (said.what, said.subject, said.why) == ("Driver paused", "D-117", "lunch")


def test_the_platform_is_called_so():
    assert who(PLATFORM) == "the platform"
