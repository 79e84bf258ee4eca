"""The time line of an order from its events, asked for again when it is touched; of a driver from its plan."""

import pytest

from core.dispatch.decision import Override, OverrideMode, ReasonCode, Statement, Stays
from core.events import dispatch_events as decided
from core.events import fleet_events, order_events
from core.orders.order import ArrivalBand
from core.streams import of_decision, of_order
from core.vocabulary import Actor, DriverId, OrderId, Role, VehicleId
from ui.panels.audit_words import audited_words
from ui.panels.timeline_panel import TimelinePanel
from ui.panels.timeline_words import entry_of
from ui.selection import Kind
from widgets.parts.timeline_view import TimelineEntry
from widgets.tables.record_model import RecordRole

ORDER = OrderId("O-48213")
MARTA = Actor(role=Role.DISPATCHER, subject="marta", name="M. Rojas")


@pytest.fixture
def panel(afternoon, qtbot):
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel = TimelinePanel(afternoon.context)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def entries(panel) -> list[TimelineEntry]:
    model = panel.view.model()
    return [model.index(row, 0).data(RecordRole.CELL) for row in range(model.rowCount())]


def of_order_log(afternoon):
    return tuple(envelope for envelope in afternoon.log if str(ORDER) in envelope.stream)


def test_events_are_listed_newest_first_in_words(panel, afternoon):
    afternoon.operations.finish(of_order_log(afternoon))
    assigned, placed = entries(panel)
    assert (assigned.time, assigned.headline, assigned.detail) == (
        "14:14:20",
        "Assigned to D-117",
        "R. Fuentes, D-117 · By the platform",
    )
    assert (placed.headline, placed.detail) == (
        "Order placed, promise 14:55",
        "Pollo Dorado · Tierras Blancas",
    )
    assert panel.title_bar.meta.text() == "order time line · 2 entries"


def test_new_event_of_the_order_asks_again(panel, afternoon, qtbot):
    afternoon.operations.finish(of_order_log(afternoon))
    afternoon.happen(of_order(ORDER), order_events.OrderBecameReady(order_id=ORDER))
    qtbot.waitUntil(lambda: len(afternoon.operations.named("timeline")) == 2)
    afternoon.operations.finish(of_order_log(afternoon))
    assert entries(panel)[0].headline == "Ready for pickup"


def test_events_of_other_orders_do_not(panel, afternoon, qtbot):
    afternoon.operations.finish(of_order_log(afternoon))
    afternoon.happen(of_order("O-48160"), order_events.OrderBecameReady(order_id=OrderId("O-48160")))
    assert not panel._again.isActive()


def test_answer_for_another_selection_is_ignored(panel, afternoon):
    late = afternoon.operations.pending
    afternoon.selection.select(Kind.ORDER, "O-48160")
    late.finish(of_order_log(afternoon))
    assert entries(panel) == []


def test_refused_question_is_said(panel, afternoon):
    afternoon.operations.refuse("The service did not answer in time.")
    assert panel.empty.isVisible()


def test_selected_driver_shows_stops_to_come_and_shift(panel, afternoon):
    afternoon.selection.select(Kind.DRIVER, "D-117")
    headlines = [entry.headline for entry in entries(panel)]
    assert headlines == ["Shift ends", "2. Deliver O-48213", "1. Pick up O-48213", "Plan 1", "Shift started"]


def test_driver_time_line_follows_the_plan(panel, afternoon, qtbot):
    afternoon.selection.select(Kind.DRIVER, "D-019")
    afternoon.happen("driver/D-019", afternoon.route("D-019", 1))
    qtbot.waitUntil(lambda: len(entries(panel)) == 5)


def test_override_says_who_and_why(afternoon):
    override = Override(
        override_id="V-1",
        order_id=ORDER,
        driver_id=DriverId("D-052"),
        mode=OverrideMode.REPLANNED,
        reason=ReasonCode.OTHER,
        note="Bridge closed",
        decided_at=afternoon.wall.at,
        decided_by="marta",
    )
    envelope = afternoon.happen(of_decision(ORDER), decided.AssignmentOverridden(override=override), MARTA)
    entry = entry_of(afternoon.context, envelope)
    assert entry.headline == "Override: to D-052, re-planned around it"
    assert entry.detail == "Bridge closed · M. Rojas, dispatcher"


def test_proposal_says_how_sure(afternoon):
    afternoon.propose()
    entry = entry_of(afternoon.context, afternoon.log[-1])
    assert entry.headline == "Reassign to D-042 proposed"
    assert entry.detail == "Promise kept: likely, about 87\u00a0% · 38 candidates"


@pytest.mark.parametrize(
    "event",
    [
        order_events.PickupReached(order_id=ORDER, driver_id=DriverId("D-117"), is_detected=True),
        order_events.PickupLeft(order_id=ORDER, driver_id=DriverId("D-117")),
        order_events.OrderPickedUp(order_id=ORDER, driver_id=DriverId("D-117")),
        order_events.DeliveryReached(order_id=ORDER, driver_id=DriverId("D-117")),
        order_events.DeliveryLeft(order_id=ORDER, driver_id=DriverId("D-117")),
        order_events.OrderDelivered(order_id=ORDER, driver_id=DriverId("D-117")),
        order_events.DeliveryFailed(order_id=ORDER, driver_id=DriverId("D-117"), reason="not home"),
        order_events.OrderCancelled(order_id=ORDER, reason="changed mind"),
        order_events.OrderReadinessRevised(order_id=ORDER, ready_at=0.0),
        order_events.OrderUnassigned(order_id=ORDER, driver_id=DriverId("D-117"), reason="undone"),
        order_events.AssignmentAccepted(order_id=ORDER, driver_id=DriverId("D-117")),
        order_events.AssignmentRefused(order_id=ORDER, driver_id=DriverId("D-117"), reason="too far"),
        order_events.OrderHeld(order_id=ORDER, until_at=0.0),
        order_events.ArrivalForecastRevised(
            order_id=ORDER, arrival=ArrivalBand(p10_at=0.0, p50_at=1.0, p90_at=2.0, as_of=0.0), cause="kitchen"
        ),
        decided.RecommendationAccepted(recommendation_id="R-1", order_id=ORDER),
        decided.RecommendationDismissed(
            recommendation_id="R-1", order_id=ORDER, reason="waiting_for_news", until_at=0.0
        ),
        decided.OverrideUndone(override_id="V-1", order_id=ORDER),
        decided.AssignmentUndone(recommendation_id="R-1", order_id=ORDER),
        fleet_events.DriverPaused(driver_id=DriverId("D-117")),
        fleet_events.DriverResumed(driver_id=DriverId("D-117")),
        fleet_events.VehicleWentSilent(vehicle_id=VehicleId("V-1"), last_heard_at=0.0),
        fleet_events.VehicleReported(vehicle_id=VehicleId("V-1"), silent_s=60.0),
    ],
    ids=lambda event: type(event).__name__,
)
def test_every_event_of_an_order_has_words(event, afternoon):
    entry = entry_of(afternoon.context, afternoon.envelope("order/O-48213", event, MARTA))
    assert entry is not None
    assert "{" not in entry.headline + entry.detail


def test_undo_says_which_orders_it_does_not_give_back(afternoon):
    why = Statement(code="stays.on_board", arguments={"driver_id": "D-9"})
    undone = decided.OverrideUndone(override_id="V-1", order_id=ORDER, stays=(Stays(order_id="O-7", why=why),))
    envelope = afternoon.envelope("order/O-48213", undone, MARTA)
    assert entry_of(afternoon.context, envelope).detail.startswith("O-7: Picked up by D-9 · ")
    assert audited_words(afternoon.context, envelope).why == "V-1 · O-7: Picked up by D-9"


def test_wide_forecast_is_told_as_its_range(afternoon):
    def said(width_s):
        band = ArrivalBand(p10_at=0.0, p50_at=600.0, p90_at=width_s, as_of=0.0)
        event = order_events.ArrivalForecastRevised(order_id=ORDER, arrival=band, cause="route")
        return entry_of(afternoon.context, afternoon.envelope("order/O-48213", event, MARTA)).headline

    assert said(1200.0).startswith("Arrival expected at ")
    assert "–" in said(1201.0) and " at " not in said(1201.0)
