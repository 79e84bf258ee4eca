"""What the audit, the time line and the card say of each kind of override."""

import pytest
from msgspec.structs import replace

from core.dispatch.changes import CloseStreet, CloseZone, Forbid, Reassign, Resequence, Split, TakeOut
from core.dispatch.decision import Override, OverrideMode, PlanChange, ReasonCode
from core.events.dispatch_events import AssignmentOverridden
from core.streams import of_decision
from core.vocabulary import DriverId, OrderId, OverrideId, Position, ZoneId
from ui.panels.decision_in_force import order_in_force
from ui.panels.override_record_words import grounds, headline
from widgets.formatting import clock_time

ORDER, ROSA = OrderId("O-48213"), DriverId("D-117")
OVERRIDE = Override(
    override_id=OverrideId("V-1"),
    order_id=ORDER,
    driver_id=ROSA,
    mode=OverrideMode.AS_IS,
    reason=ReasonCode.SAFETY,
    decided_at=1.0,
    decided_by="rojas",
)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "Override: to D-117, as is"),
        (Reassign(order_id=ORDER, driver_id=ROSA), "Override: to D-117, as is"),
        (Resequence(order_id=ORDER, driver_id=ROSA, stops=()), "Override: the stops of D-117 in another order, as is"),
        (Split(order_id=ORDER), "Override: out of its shared trip, to wait, as is"),
        (Split(order_id=ORDER, driver_id=ROSA), "Override: out of its shared trip, to D-117, as is"),
        (Forbid(order_id=ORDER, driver_id=ROSA), "Override: D-117 kept from it, as is"),
        (TakeOut(order_id=ORDER, driver_id=ROSA), "Override: D-117 taken out of planning, as is"),
        (
            CloseZone(order_id=ORDER, zone_id=ZoneId("Z-1"), for_s=1800.0),
            "Override: Z-1 closed until {until}, as is",
        ),
        (
            CloseStreet(order_id=ORDER, position=Position(-29.9, 71.25), for_s=1800.0),
            "Override: the street at 29.9000 S, 71.2500 E closed until {until}, as is",
        ),
        (
            CloseStreet(order_id=ORDER, position=Position(-29.9, -71.25), for_s=1800.0, street="Avenida del Mar"),
            "Override: Avenida del Mar closed until {until}, as is",
        ),
    ],
)
def test_each_change_is_named(afternoon, change, words):
    until = clock_time(OVERRIDE.decided_at + 1800.0, afternoon.context.zone)
    assert headline(afternoon.context, replace(OVERRIDE, change=change)) == words.format(until=until)


def test_state_is_named_where_it_is_another_than_the_one_shown():
    assert grounds(replace(OVERRIDE, shown_on=7, decided_on=7)) == "Safety"
    assert grounds(replace(OVERRIDE, shown_on=7, decided_on=9)) == "Safety · shown on plan 7, decided on plan 9"


def test_moved_stops_gave_the_order_to_nobody(afternoon):
    order = afternoon.store.operation.orders.orders[ORDER]
    change = Resequence(order_id=ORDER, driver_id=ROSA, stops=())
    afternoon.happen(of_decision(ORDER), AssignmentOverridden(override=replace(OVERRIDE, change=change)))
    assert "override" not in order_in_force(afternoon.context, order).sub_line


def test_card_says_that_nobody_is_told_yet(afternoon):
    tell_at = afternoon.store.clock.now() + 4.0
    override = replace(OVERRIDE, tell_at=tell_at, plans=(), replaced=())
    route = afternoon.store.operation.fleet.route_of(ROSA)

    plan = PlanChange(driver_id=ROSA, plan_number=1, stops=route.stops)
    afternoon.happen(of_decision(ORDER), AssignmentOverridden(override=replace(override, plans=(plan,))))
    facts = order_in_force(afternoon.context, afternoon.store.operation.orders.orders[ORDER]).facts
    assert ("Not told yet", "drivers and customer at 14:32:12") in [(fact.name, fact.value) for fact in facts]
