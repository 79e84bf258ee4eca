"""What an event says on a time line: an icon, a headline and a second line. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.break_turns import rule_in_force
from core.dispatch.decision import Recommendation, RecommendedAction
from core.dispatch.rulings import RulingKind
from core.events import dispatch_events as decided
from core.events import fleet_events as fleet
from core.events import order_events as happened
from core.events.envelope import Envelope, Event, UnknownEvent
from core.fleet.fleet import PlannedBreak
from core.fleet.planned_break import due_breaks
from core.fleet.route import Route, StopKind
from core.orders.order import ArrivalBand
from core.vocabulary import DriverId, OrderId
from ui.desk_context import DeskContext
from ui.names import driver_label, role_word, zone_name
from ui.panels.override_record_words import headline, undone_words
from ui.panels.tracker_words import tracker_said
from ui.phrasebook import not_now_word, promise_kept, reason_word, spoken_reason
from ui.ruling_words import ruling_word
from widgets.formatting import arrival, clock_time, distance, duration, is_wide_band, signed_minutes
from widgets.parts.timeline_view import TimelineEntry
from widgets.theme.icons import IconName

type Said = tuple[IconName, str, str]


def _tr(text: str) -> str:
    return QCoreApplication.translate("timeline", text)


def entry_of(context: DeskContext, envelope: Envelope) -> TimelineEntry | None:
    """Return what an event says, ``None`` for what does not belong on a time line or is of a newer service."""
    try:
        event = envelope.event()
    except UnknownEvent:
        return None
    said = _order_said(context, event) or _decision_said(context, event, envelope) or _driver_said(context, event)
    said = said or tracker_said(context, event)
    if said is None:
        return None
    time = clock_time(envelope.occurred_at, context.zone, seconds=True)
    return TimelineEntry(str(envelope.position), time, *said)


def _order_said(context: DeskContext, event: Event) -> Said | None:
    match event:
        case happened.OrderPlaced():
            words = _tr("Order placed, promise {time}").format(time=clock_time(event.promise.by_at, context.zone))
            zone = zone_name(context.store.operation, event.zone_id)
            return IconName.CONFIRMED, words, f"{event.pickup.name} · {zone}"
        case happened.OrderReadinessRevised():
            words = _tr("Ready time is now {time}").format(time=clock_time(event.ready_at, context.zone))
            return IconName.CLOCK, words, spoken_reason(event.reason)
        case happened.OrderBecameReady():
            return IconName.ORDER, _tr("Ready for pickup"), ""
        case happened.PickupReached():
            words = _tr("{driver} arrived at pickup").format(driver=event.driver_id)
            return IconName.ARRIVED, words, _detected(event.is_detected)
        case happened.PickupLeft():
            return IconName.ROUTE, _tr("{driver} left the pickup").format(driver=event.driver_id), ""
        case happened.OrderPickedUp():
            return IconName.ORDER, _tr("{driver} picked it up").format(driver=event.driver_id), ""
        case happened.DeliveryReached():
            words = _tr("{driver} arrived at the door").format(driver=event.driver_id)
            return IconName.ARRIVED, words, _detected(event.is_detected)
        case happened.DeliveryLeft():
            return IconName.ROUTE, _tr("{driver} left the door").format(driver=event.driver_id), ""
        case happened.OrderDelivered():
            return IconName.CHECK, _tr("Delivered by {driver}").format(driver=event.driver_id), event.proof
        case happened.DeliveryFailed():
            words = _tr("Not delivered: {reason}").format(reason=event.reason.replace("_", " "))
            return IconName.WARNING, words, event.note
        case happened.OrderCancelled():
            return IconName.CLOSE, _tr("Cancelled"), spoken_reason(event.reason)
        case happened.ArrivalForecastRevised():
            return IconName.FORECAST, _expected(event.arrival, context), event.cause
    return None


def _expected(band: ArrivalBand, context: DeskContext) -> str:
    is_wide = is_wide_band(band.p10_at, band.p90_at)
    words = _tr("Arrival expected {time}") if is_wide else _tr("Arrival expected at {time}")
    return words.format(time=arrival(band.p10_at, band.p50_at, band.p90_at, context.zone))


def _decision_said(context: DeskContext, event: Event, envelope: Envelope) -> Said | None:
    who = _who(envelope)
    match event:
        case happened.OrderAssigned():
            return _assigned(context, event, who)
        case happened.OrderUnassigned():
            return IconName.UNDO, _tr("Taken from {driver}").format(driver=event.driver_id), who
        case happened.AssignmentAccepted():
            return IconName.ACCEPTED, _tr("{driver} accepted").format(driver=event.driver_id), ""
        case happened.AssignmentRefused():
            return IconName.HAND, _tr("{driver} refused").format(driver=event.driver_id), spoken_reason(event.reason)
        case happened.OrderHeld():
            time = clock_time(event.until_at, context.zone, seconds=True)
            return IconName.PAUSE, _tr("Held until {time}").format(time=time), who
        case happened.OrderReleased():
            return IconName.PLAY, _tr("Hold ended"), who
        case happened.OrderPinned():
            words = _tr("Stays with {driver}").format(driver=event.driver_id)
            return IconName.HAND, words, f"{event.note} · {who}" if event.note else who
        case happened.OrderUnpinned():
            return IconName.HAND, _tr("May change hands again"), who
        case happened.DriverExcluded():
            words = _tr("{driver} is kept from it").format(driver=event.driver_id)
            return IconName.HAND, words, f"{event.note} · {who}"
        case happened.DriverAllowed():
            return IconName.HAND, _tr("{driver} may have it again").format(driver=event.driver_id), who
        case decided.AssignmentRecommended():
            return IconName.PROPOSAL, proposal_words(event.recommendation), _sureness(event.recommendation)
        case decided.RecommendationAccepted():
            return IconName.ACCEPTED, _tr("Proposal accepted"), who
        case decided.RecommendationDismissed():
            words = _tr("Put off until {time}").format(time=clock_time(event.until_at, context.zone))
            return IconName.CLOCK, words, f"{not_now_word(event.reason)} · {who}"
        case decided.AssignmentOverridden():
            override = event.override
            reason = override.note or reason_word(override.reason)
            return IconName.HAND, headline(context, override), f"{reason} · {who}"
        case decided.OverrideUndone():
            stays = (f"{one.order_id}: {context.say(one.why)}" for one in event.stays)
            return IconName.UNDO, undone_words(context, event.override_id), " · ".join((*stays, who))
        case decided.AssignmentUndone():
            return IconName.UNDO, _tr("Acceptance taken back"), who
        case decided.RulingUndone():
            return IconName.UNDO, _tr("Taken back: {what}").format(what=ruling_word(RulingKind(event.kind))), who
    return None


def _assigned(context: DeskContext, event: happened.OrderAssigned, who: str) -> Said:
    words = _tr("Assigned to {driver}") if event.previous_driver_id is None else _tr("Reassigned to {driver}")
    by = _tr("By the platform") if event.is_automatic else who
    icon = IconName.AUTOMATIC if event.is_automatic else IconName.CUSTOMER
    name = driver_label(context.store.operation, event.driver_id)
    return icon, words.format(driver=event.driver_id), by if name == event.driver_id else f"{name} · {by}"


def _driver_said(context: DeskContext, event: Event) -> Said | None:
    match event:
        case fleet.ShiftStarted():
            ends = clock_time(event.ends_at, context.zone)
            return IconName.PLAY, _tr("Shift started"), _tr("until about {time}").format(time=ends)
        case fleet.DriverPaused():
            return IconName.PAUSE, _tr("{driver} paused").format(driver=event.driver_id), spoken_reason(event.reason)
        case fleet.BreaksPlanned():
            words = _tr("Break planned for {driver}").format(driver=event.driver_id)
            return IconName.PAUSE, words, breaks_words(context, event.breaks)
        case fleet.DriverTakenOut():
            return IconName.HAND, _tr("{driver} taken out of planning").format(driver=event.driver_id), event.note
        case fleet.DriverReturned():
            return IconName.PLAY, _tr("{driver} planned with again").format(driver=event.driver_id), ""
        case fleet.DriverResumed():
            return IconName.PLAY, _tr("{driver} is back").format(driver=event.driver_id), ""
        case fleet.VehicleWentSilent():
            last = clock_time(event.last_heard_at, context.zone, seconds=True)
            return IconName.OFFLINE, _tr("No signal"), _tr("last heard {time}").format(time=last)
        case fleet.VehicleReported():
            silent = duration(event.silent_s) if event.silent_s is not None else ""
            return (
                IconName.ONLINE,
                _tr("Heard again"),
                _tr("after {duration}").format(duration=silent) if silent else "",
            )
    return None


def proposal_words(proposal: Recommendation) -> str:
    """Return what was proposed, in one short line."""
    return {
        RecommendedAction.ASSIGN: _tr("Assign to {driver} proposed"),
        RecommendedAction.REASSIGN: _tr("Reassign to {driver} proposed"),
        RecommendedAction.WAIT: _tr("Waiting proposed, nobody can take it"),
    }[proposal.action].format(driver=proposal.driver_id)


def _sureness(proposal: Recommendation) -> str:
    if proposal.driver_id is None:
        return ""
    kept = promise_kept(proposal.confidence.probability)
    words = _tr("{kept} · {count} candidates")
    return words.format(kept=kept[:1].upper() + kept[1:], count=proposal.candidates)


def _detected(is_detected: bool) -> str:
    return _tr("from its position") if is_detected else ""


def _who(envelope: Envelope) -> str:
    actor = envelope.actor
    return f"{actor.name or actor.subject}, {role_word(actor.role)}"


def route_entries(context: DeskContext, route: Route) -> list[TimelineEntry]:
    """Return the stops to come of a route, the last one first."""
    entries = [
        TimelineEntry(
            f"{stop.order_id}/{stop.kind.value}",
            clock_time(stop.arrives_at, context.zone),
            IconName.ORDER if stop.kind is StopKind.PICKUP else IconName.ARRIVED,
            _stop_words(place, stop.order_id, stop.kind),
            _stop_detail(context, stop.order_id, stop.kind, stop.arrives_at),
        )
        for place, stop in enumerate(route.stops, 1)
    ]
    return entries[::-1]


def _stop_words(place: int, order_id: OrderId, kind: StopKind) -> str:
    words = _tr("{place}. Pick up {order}") if kind is StopKind.PICKUP else _tr("{place}. Deliver {order}")
    return words.format(place=place, order=order_id)


def _stop_detail(context: DeskContext, order_id: OrderId, kind: StopKind, arrives_at: float) -> str:
    order = context.store.operation.orders.orders.get(order_id)
    if order is None:
        return ""
    if kind is StopKind.PICKUP:
        return order.pickup.name
    versus = signed_minutes(arrives_at - order.promise.by_at)
    return _tr("{minutes} min against the promise").format(minutes=versus)


def break_words(context: DeskContext, one: PlannedBreak) -> str:
    """Return within which times a break begins, and how long it takes."""
    window = f"{clock_time(one.earliest_at, context.zone)}–{clock_time(one.latest_at, context.zone)}"
    return _tr("{duration}, begins {window}").format(duration=duration(one.length_s), window=window)


def breaks_words(context: DeskContext, breaks: tuple[PlannedBreak, ...]) -> str:
    """Return the breaks that were set for a shift; without any, whose word holds."""
    return ", ".join(break_words(context, one) for one in breaks) or _tr("as the policy says")


def shift_entries(context: DeskContext, driver_id: DriverId) -> list[TimelineEntry]:
    """Return how long a driver's shift has been and how far the route still is, latest first."""
    operation = context.store.operation
    driver, entries = operation.fleet.drivers[driver_id], []
    route = operation.fleet.route_of(driver_id)
    if driver.is_on_shift and driver.shift_ends_at is not None:
        left = duration(max(0.0, driver.shift_ends_at - context.now()))
        ends = clock_time(driver.shift_ends_at, context.zone)
        entries.append(
            TimelineEntry("ends", ends, IconName.CLOCK, _tr("Shift ends"), _tr("{left} left").format(left=left))
        )
    for one in reversed(due_breaks(driver, rule_in_force(operation))):
        begins = clock_time(one.earliest_at, context.zone)
        entries.append(
            TimelineEntry(f"break/{begins}", begins, IconName.PAUSE, _tr("Planned break"), break_words(context, one))
        )
    entries += route_entries(context, route)
    if route.stops:
        way = distance(route.distance_m or None)  # not known before the streets have told
        words = _tr("{count} stops, {distance}").format(count=len(route.stops), distance=way)
        planned = clock_time(route.planned_at, context.zone, seconds=True)
        entries.append(
            TimelineEntry("plan", planned, IconName.ROUTE, _tr("Plan {number}").format(number=route.plan_number), words)
        )
    if driver.shift_started_at is not None:
        started = clock_time(driver.shift_started_at, context.zone, seconds=True)
        entries.append(TimelineEntry("started", started, IconName.PLAY, _tr("Shift started")))
    return entries
