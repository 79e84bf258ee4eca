"""What an audited event says in the audit list: who, what, on what, and why. No widgets here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.dispatch.decision import RecommendedAction
from core.dispatch.rulings import RulingKind
from core.events import closure_events, fleet_events, geofence_events, tracker_events
from core.events import dispatch_events as decided
from core.events import order_events as happened
from core.events.envelope import Envelope, Event, UnknownEvent
from core.events.forecast_events import ArrivalModelChanged
from core.events.policy_events import PolicyChanged
from core.vocabulary import Actor, Role
from ui.desk_context import DeskContext
from ui.names import closed_place, driver_label, role_word, zone_name
from ui.panels.learning_words import learned
from ui.panels.model_words import model_change
from ui.panels.move_words import move_change
from ui.panels.override_record_words import grounds, headline, undone_words
from ui.panels.timeline_words import breaks_words, proposal_words
from ui.panels.tracker_words import alarm_word
from ui.panels.wave_audit_words import wave_change
from ui.phrasebook import not_now_word
from ui.policy_words import field_word, with_unit, written
from ui.ruling_words import ruling_word
from ui.selection import Kind, Selected
from widgets.formatting import UNKNOWN, clock_time, day, number, time_of_days


def _tr(text: str) -> str:
    return QCoreApplication.translate("audit", text)


@dataclass(frozen=True, slots=True)
class Audited:
    """One entry in words; `selectable` is what a choice of its row selects."""

    what: str
    subject: str
    why: str = ""
    selectable: Selected | None = None


def who(actor: Actor) -> str:
    """Return name and role of whoever caused it."""
    if actor.role is Role.PLATFORM:
        return _tr("the platform")
    return f"{actor.name or actor.subject}, {role_word(actor.role)}"


def audited_words(context: DeskContext, envelope: Envelope) -> Audited:
    """Return an entry in words; one of a newer service keeps the name of its type."""
    try:
        event = envelope.event()
    except UnknownEvent:
        return Audited(_tr("Unknown to this version: {type}").format(type=envelope.type), UNKNOWN)
    said = _decision_words(context, event) or _order_words(context, event) or _house_words(context, event)
    said = said or _wave_words(event)
    if said is None and (lesson := learned(context, event)) is not None:
        return Audited(*lesson)
    if said is None and (moved := move_change(context, event)) is not None:
        return Audited(*moved)
    return said or _plain_words(envelope, event)


def plain_name(event_type: str) -> str:
    """Return an event's name as a sentence: all are past facts with the subject first."""
    first, *rest = re.findall(r"[A-Z][a-z0-9]*", event_type) or [event_type]
    return _tr(" ".join([first, *(word.lower() for word in rest)]))


def _plain_words(envelope: Envelope, event: Event) -> Audited:
    """Return the name of an event without words of its own, the first thing it names, and its reason if it has one."""
    ids = (str(getattr(event, name)) for name in event.__struct_fields__ if name.endswith("_id"))
    reason = getattr(event, "reason", "")
    return Audited(plain_name(envelope.type), next(ids, envelope.stream), reason if isinstance(reason, str) else "")


def _of_order(what: str, order_id: str, why: str = "") -> Audited:
    return Audited(what, order_id, why, Selected(Kind.ORDER, order_id))


def _decision_words(context: DeskContext, event: Event) -> Audited | None:
    match event:
        case decided.AssignmentRecommended():
            proposal = event.recommendation
            is_done = proposal.is_automatic and proposal.action is not RecommendedAction.WAIT
            why = _tr("decided by itself") if is_done else _tr("a person is asked")
            return _of_order(proposal_words(proposal), proposal.order_id, why)
        case decided.RecommendationAccepted():
            return _of_order(_tr("Proposal accepted"), event.order_id, event.recommendation_id)
        case decided.RecommendationDismissed():
            return _of_order(_tr("Proposal put off"), event.order_id, not_now_word(event.reason))
        case decided.AssignmentOverridden():
            override = event.override
            return _of_order(headline(context, override), override.order_id, grounds(override))
        case decided.PlanImproved():
            return _improved(event)
        case decided.OverrideUndone():
            stays = (f"{one.order_id}: {context.say(one.why)}" for one in event.stays)
            words = undone_words(context, event.override_id)
            return _of_order(words, event.order_id, " · ".join((event.override_id, *stays)))
        case decided.AssignmentUndone():
            return _of_order(_tr("Acceptance taken back"), event.order_id, event.recommendation_id)
        case decided.RulingUndone():
            words = _tr("Taken back: {what}").format(what=ruling_word(RulingKind(event.kind)))
            return _of_order(words, event.order_id) if event.order_id else Audited(words, event.driver_id or UNKNOWN)
        case decided.ExceptionAcknowledged():
            return _acknowledged(event.key)
    return None


def _improved(event: decided.PlanImproved) -> Audited:
    found = event.improvement
    drivers = ", ".join(plan.driver_id for plan in found.plans)
    saved_m = found.before.distance_m - found.after.distance_m
    why = _tr("saves {minutes} min of driving, {km} km").format(
        minutes=number((found.before.driving_s - found.after.driving_s) / 60.0, 1), km=number(saved_m / 1000.0, 1)
    )
    if found.moved:
        moves = ", ".join(f"{moved.order_id} → {moved.to_driver}" for moved in found.moved)
        return Audited(_tr("Better plan: {moves}").format(moves=moves), drivers, why)
    return Audited(_tr("Better sequence"), drivers, why)


def _acknowledged(key: str) -> Audited:
    kind, _, subject = key.partition(":")
    is_order = subject.startswith("O-")
    return Audited(
        _tr("Exception acknowledged"),
        subject or key,
        kind.replace("_", " ") if subject else "",
        Selected(Kind.ORDER, subject) if is_order else None,
    )


def _order_words(context: DeskContext, event: Event) -> Audited | None:
    match event:
        case happened.OrderAssigned():
            name = driver_label(context.store.operation, event.driver_id)
            words = _tr("Assigned to {driver}") if event.previous_driver_id is None else _tr("Reassigned to {driver}")
            why = _tr("by itself") if event.is_automatic else event.recommendation_id or ""
            return _of_order(words.format(driver=name), event.order_id, why)
        case happened.OrderUnassigned():
            name = driver_label(context.store.operation, event.driver_id)
            return _of_order(_tr("Taken from {driver}").format(driver=name), event.order_id, event.reason)
        case happened.OrderHeld():
            until = clock_time(event.until_at, context.zone, seconds=True)
            return _of_order(_tr("Held until {time}").format(time=until), event.order_id)
        case happened.OrderReleased():
            return _of_order(_tr("Hold ended"), event.order_id)
        case happened.OrderPinned():
            return _of_order(_tr("Pinned to {driver}").format(driver=event.driver_id), event.order_id, event.note)
        case happened.OrderUnpinned():
            return _of_order(_tr("Pin taken away"), event.order_id)
        case happened.DriverExcluded():
            name = driver_label(context.store.operation, event.driver_id)
            return _of_order(_tr("{driver} kept from it").format(driver=name), event.order_id, event.note)
        case happened.DriverAllowed():
            name = driver_label(context.store.operation, event.driver_id)
            return _of_order(_tr("{driver} allowed again").format(driver=name), event.order_id)
    return None


def _house_words(context: DeskContext, event: Event) -> Audited | None:
    match event:
        case fleet_events.PersonSignedIn():
            why = _tr("as {role}").format(role=role_word(event.role))
            return Audited(_tr("Signed in"), event.user_id, f"{why}, {event.transport}" if event.transport else why)
        case fleet_events.AccessGranted():
            return Audited(_tr("Access granted"), event.subject, _access(context, event))
        case PolicyChanged():
            return _policy_words(context, event)
        case fleet_events.DriverTakenOut():
            name = driver_label(context.store.operation, event.driver_id)
            return Audited(_tr("Driver taken out of planning"), name, event.note)
        case fleet_events.DriverReturned():
            return Audited(_tr("Driver brought back"), driver_label(context.store.operation, event.driver_id))
        case fleet_events.BreaksPlanned():
            name = driver_label(context.store.operation, event.driver_id)
            return Audited(_tr("Break planned"), name, breaks_words(context, event.breaks))
        case fleet_events.ZonesDrawn():
            return Audited(_tr("{count} zones drawn").format(count=number(len(event.zones))), _tr("zones"))
        case geofence_events.GeofenceDrawn():
            fence = event.fence
            return Audited(_tr("Fence drawn"), fence.name or fence.fence_id, "", Selected(Kind.FENCE, fence.fence_id))
        case closure_events.PlaceClosed():
            return _closed(context, event)
        case closure_events.PlaceReopened():
            known = event.closure
            place = event.closure_id if known is None else closed_place(context.store.operation, known)
            return Audited(_tr("Opened again"), place)
        case geofence_events.GeofenceRetired():
            return Audited(_tr("Fence retired"), event.fence_id)
        case tracker_events.TrackerAlarmRaised():
            return Audited(alarm_word(event.kind), event.vehicle_id, event.driver_id or "")
        case tracker_events.DrivingPolicySet():
            return Audited(_tr("Driving policy set"), _tr("driving"))
        case ArrivalModelChanged():
            return Audited(*model_change(event))
    return None


def _wave_words(event: Event) -> Audited | None:
    said = wave_change(event)
    return None if said is None else Audited(*said)


def _closed(context: DeskContext, event: closure_events.PlaceClosed) -> Audited:
    closure, operation = event.closure, context.store.operation
    until = time_of_days(closure.until_at, closure.closed_at, context.zone)
    words = _tr("Street closed until {time}") if closure.zone_id is None else _tr("Zone closed until {time}")
    return Audited(words.format(time=until), closed_place(operation, closure), closure.note)


def _policy_words(context: DeskContext, event: PolicyChanged) -> Audited:
    city = context.city
    changes = [
        f"{field_word(name)} {written(name, event.before[name], city)} → {with_unit(name, value, city)}"
        for name, value in event.values.items()
        if name in event.before
    ]
    back = [
        _tr("{value} taken back").format(value=field_word(name)) for name in event.before if name not in event.values
    ]
    subject = _tr("whole city") if event.zone_id is None else zone_name(context.store.operation, event.zone_id)
    return Audited(_tr("Policy: {changes}").format(changes=" · ".join([*changes, *back])), subject, event.note)


def _access(context: DeskContext, event: fleet_events.AccessGranted) -> str:
    role = role_word(event.role)
    if event.expires_at is None:
        return role
    until = f"{day(event.expires_at, context.zone)} {clock_time(event.expires_at, context.zone)}"
    return _tr("{role}, until {time}").format(role=role, time=until)
