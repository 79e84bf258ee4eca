"""The English of every statement: reasons, breaches, questions, fallbacks, as templates with named places.

Decisions carry codes with arguments; the desk translates from the same codes. Numbers are rounded here, never where
they are computed.
"""

from __future__ import annotations

from core.dispatch.decision import ScoreTerm, Statement

PHRASES: dict[str, str] = {
    # why the chosen one
    "why.best_total": "Best total, {lead_min:.1f} min ahead of {driver_id}",
    "why.only_possible": "The only driver who can take it now",
    "why.in_time": "Arrives {slack_min:.0f} min before the promise",
    "why.nearest": "Nearest, {distance_km:.1f} km away",
    "why.little_detour": "Almost on the way, {extra_km:.1f} km more",
    "why.bundled": "Shares the trip with {orders}, {saved_min:.0f} min less driving than one after the other",
    "why.bundle_promise": "Promise {percent:.0f} % sure together, {alone_percent:.0f} % one after the other",
    "why.bundle_waits": "{order_id} arrives {minutes:.0f} min later for it",
    "why.matched": "{driver_id} would be cheaper, but is needed for {order_id}",
    "why.saves_lateness": "Avoids {minutes:.0f} min of lateness",
    "why.current_silent": "{driver_id} has not been heard for {silent_min:.0f} min",
    "why.current_silence_unknown": "{driver_id} is not heard",
    "why.not_accepted": "{driver_id} has not answered for {waited_min:.0f} min",
    "why.nobody": "No driver can take it now",
    # against an alternative
    "against.dearer": "Costs {minutes:.1f} driver minutes more",
    "against.later": "Arrives {minutes:.0f} min later",
    "against.late": "Late by {minutes:.0f} min",
    "against.nearest": "Nearest, {distance_km:.1f} km",
    "against.breaks_promise": "{order_id} would be {minutes:.0f} min later than promised",
    "against.delivers_first": "Delivers {orders} first",
    "against.needed_elsewhere": "Needed for {order_id}",
    "against.stale_position": "Position {age_min:.0f} min old",
    "against.silent": "Driver not heard",
    "against.waiting": "Nobody drives; each minute makes it later",
    "against.impossible": "Not possible",
    # hard limits
    "breach.on_shift": "Not on shift",
    "breach.not_paused": "On a break",
    "breach.not_taken_out": "Taken out of planning by a person",
    "breach.not_forbidden": "Kept from this order by a person",
    "breach.skills": "Lacks: {missing}",
    "breach.refused_before": "Refused this order before",
    "breach.position_known": "Position {age_s:.0f} s old, limit {limit_s:.0f} s",
    "breach.position_never_known": "Position never known",
    "breach.max_stops": "{orders} orders in hand, limit {limit}",
    "breach.reachable": "No way leads there",
    "breach.capacity_volume": "{free:.0f} l free, the order needs {needed:.0f} l",
    "breach.capacity_weight": "{free:.0f} kg free, the order needs {needed:.0f} kg",
    "breach.shift_end": "Would end {over_min:.0f} min after the shift",
    "breach.max_bundle": "{orders} orders would be on board at once, limit {limit}",
    "breach.bundle_promise": "Together with {with_id}, {order_id} would be late with {percent:.0f} %; alone it is kept",
    "breach.with_goods": "The goods are with {driver_id}",
    # why a person is asked
    "ask.low_confidence": "The promise holds with only {percent:.0f} % probability",
    "ask.close_runner_up": "{driver_id} is only {minutes:.1f} min behind",
    "ask.breaks_promise": "{order_id} would be {minutes:.0f} min later than promised",
    "ask.no_driver": "No driver can take it now",
    "ask.high_value": "High value: {value}",
    "ask.late_anyway": "Late by about {minutes:.0f} min even so",
    "ask.refused_often": "Refused {times} times",
    "ask.full_driver": "{driver_id} would have {orders} orders in hand",
    "ask.undone": "A person took the last decision back",
    "ask.moves_order": "Takes the order from {driver_id}",
    # what would have to change
    "change.driver_earlier": "{driver_id} would be best if free {minutes} min earlier",
    "change.promise_later": "{driver_id} would be best with a promise {minutes} min later",
    "change.can_wait": "Waiting up to {minutes} min leaves the promise safe",
    "change.can_wait_long": "Waiting {minutes} min leaves the promise safe",
    "change.room_volume": "{driver_id} could take it with {more:.0f} l more room",
    "change.room_weight": "{driver_id} could take it with {more:.0f} kg more room",
    "change.shift_longer": "{driver_id} could take it with a shift {minutes} min longer",
    "change.orders_fewer": "{driver_id} could take it with {orders} fewer in hand",
    "change.bundle_promise": "{driver_id} could take it with {order_id} promised {minutes} min later",
    "change.skills": "{driver_id} could take it with: {missing}",
    "change.heard": "{driver_id} could take it once heard again",
    "change.brought_back": "{driver_id} could take it once brought back",
    "change.allowed": "{driver_id} could take it once allowed again",
    "change.break_over": "{driver_id} could take it after the break",
    # confidence
    "weakest.streets": "Street engine is down, times are estimated",
    "weakest.position": "Position {age_s:.0f} s old",
    "weakest.kitchen": "Kitchen, give or take {spread_min:.0f} min",
    "weakest.kitchen_learned": (
        "Kitchen, as a rule {late_min:+.0f} min, give or take {spread_min:.0f} min, as {orders} earlier orders went"
    ),
    "weakest.way": "The way, give or take {spread_min:.0f} min",
    # what happens otherwise
    "fallback.runner_up": "{driver_id} next",
    "fallback.pool": "Asked again when a driver is free",
    "fallback.assigns_itself": "Assigned by itself",
    "fallback.keeps": "{driver_id} keeps it",
    # exceptions: findings
    "finding.late": "late by {minutes:.0f} min",
    "finding.at_risk": "at risk, {percent:.0f} % late",
    "finding.silent": "no position for {silent_min:.0f} min",
    "finding.not_heard": "no position",
    "finding.not_ready": "pickup not ready, +{minutes:.0f} min",
    "finding.waiting": "waiting {minutes:.0f} min for a driver",
    "finding.undecided": "decision needed",
    "finding.short": "{drivers:.0f} drivers short",
    "finding.source": "degraded",
    "finding.failed": "not delivered",
    "finding.refused": "refused {times} times",
    "finding.channel_beyond": "{channel} {reading:.1f} {unit}, limit {bound:.1f} {unit} for {minutes:.0f} min",
    "finding.channel_state": "{channel} {state} for {minutes:.0f} min",
    "finding.off": "tracker switched off, no position for {silent_min:.0f} min",
    "finding.alarm_sos": "SOS {minutes:.0f} min ago",
    "finding.alarm_sos_late": "SOS {minutes:.0f} min ago, heard of only later",
    "finding.alarm_accident": "accident {minutes:.0f} min ago",
    "finding.alarm_accident_late": "accident {minutes:.0f} min ago, heard of only later",
    "finding.alarm_engine_fault": "engine fault {minutes:.0f} min ago",
    "finding.alarm_tow": "towed since {minutes:.0f} min",
    "finding.alarm_tampering": "tracker tampered with {minutes:.0f} min ago",
    "finding.alarm_jamming": "tracker jammed {minutes:.0f} min ago",
    "finding.alarm_power_cut": "tracker cut off from power {minutes:.0f} min ago",
    "finding.alarm_fuel_leak": "fuel lost {minutes:.0f} min ago",
    "finding.alarm_fatigue": "driver tired {minutes:.0f} min ago",
    "finding.speeding": "{speed_kmh:.0f} km/h, limit {limit_kmh:.0f} km/h",
    "finding.idling": "engine on while standing for {minutes:.0f} min",
    "finding.harsh_braking": "braked at {acceleration:.1f} m/s²",
    "finding.harsh_acceleration": "accelerated at {acceleration:.1f} m/s²",
    "finding.harsh_cornering": "cornered at {acceleration:.1f} m/s²",
    "finding.speeding_told": "tracker says too fast",
    "finding.idling_told": "tracker says engine on while standing",
    "finding.harsh_braking_told": "tracker says harsh braking",
    "finding.harsh_acceleration_told": "tracker says harsh acceleration",
    "finding.harsh_cornering_told": "tracker says harsh cornering",
    "finding.fence_restricted": "in {fence} for {minutes:.0f} min, which is restricted",
    "finding.fence_dwelt": "in {fence} for {minutes:.0f} min",
    "finding.unanswered": "driver has not answered for {minutes:.0f} min",
    # exceptions: causes
    "cause.no_driver": "No driver yet",
    "cause.zone_closed": "A person closed the zone",
    "cause.driver_silent": "{driver_id} not heard",
    "cause.not_ready": "Pickup not ready",
    "cause.driver_paused": "{driver_id} on a break",
    "cause.stop_before": "{driver_id} has 1 stop before",
    "cause.order_on_board": "1 order on board",
    "cause.order_planned": "1 order planned",
    "cause.stops_before": "{driver_id} has {stops} stops before",
    "cause.under_way": "{driver_id} under way",
    "cause.orders_on_board": "{orders} orders on board",
    "cause.orders_planned": "{orders} orders planned",
    "cause.kitchen": "Promised for {minutes:.0f} min ago",
    "cause.kitchen_orders": "{orders} orders wait for {kitchen}",
    "cause.no_queue": "Nobody waits yet",
    "cause.queue": "{orders} waiting, oldest {minutes:.0f} min",
    "cause.since": "Since {minutes:.0f} min",
    "cause.effect": "{effect}",
    "cause.reason": "{reason}",
    "cause.with_driver": "With {driver_id}",
    "cause.with_driver_nowhere": "With {driver_id}, position not known",
    "cause.with_driver_seen": "With {driver_id}, position {minutes:.0f} min older",
    "cause.nobody_drives": "Nobody drives it",
    # exceptions: proposals
    "proposal.assign": "Assign to {driver_id}",
    "proposal.reassign": "Reassign to {driver_id}",
    "proposal.wait": "Wait for a driver",
    "proposal.call_driver": "Call the driver",
    "proposal.call_pickup": "Call the pickup",
    "proposal.tell_customer": "Tell the customer",
    "proposal.override": "Choose a driver",
    "proposal.move_drivers": "Move {drivers:.0f} from {zone}",
}
"""Code to English; placeholders are named as the statement's arguments."""

TERM_NAMES: dict[ScoreTerm, str] = {
    ScoreTerm.PICKUP_ETA: "Goods wait for the driver",
    ScoreTerm.LATENESS_RISK: "Lateness risk",
    ScoreTerm.DETOUR: "Extra driving",
    ScoreTerm.LOAD_BALANCE: "Orders in hand",
    ScoreTerm.POSITION_FRESHNESS: "Old position",
    ScoreTerm.PICKUP_WAITING: "Waiting at pickup",
    ScoreTerm.OTHER_PROMISES: "Risk to other promises",
    ScoreTerm.HAND_OVER: "Hand-over",
    ScoreTerm.FRESHNESS: "Goods ride along",
    ScoreTerm.SHARED_TRIP: "Shared trip",
}


def say(statement: Statement) -> str:
    """Return the statement in English.

    Raises
    ------
    KeyError
        If the code has no phrase, or an argument of its phrase is missing.
    """
    return PHRASES[statement.code].format(**statement.arguments)
