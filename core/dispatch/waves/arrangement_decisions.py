"""Decides about depots, capacity units and wave rhythms: sensible particulars, known references."""

from __future__ import annotations

import re

from core.deciding import Context, Decision
from core.dispatch.wave_commands import RetireDepot, SetCapacityUnits, SetDepot, SetWaveRhythm, WithdrawWaveRhythm
from core.dispatch.waves.rhythm import BreakRule, WaveRhythm
from core.events import wave_events as happened
from core.fleet.depot import DAY_MIN, LONGEST_LOADING_S, CrewMember, Depot
from core.refusals import NotFound, Refusal
from core.streams import WAVES

MOST_UNITS = 12
MOST_CLOSINGS = 96
LONGEST_LEAD_S = 6 * 3600.0
LONGEST_REACH_S = 7 * 86_400.0
LONGEST_BREAK_S = 4 * 3600.0
_UNIT = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_FIXED_UNITS = frozenset({"volume_l", "weight_kg"})


def set_depot(context: Context, command: SetDepot) -> Decision:
    """Add a depot or give a known one other particulars.

    Raises
    ------
    Refusal
        ``depot.name_required``, ``depot.hours_out_of_range``, ``depot.loading_out_of_range``, ``depot.crew_twice``.
    NotFound
        If a driver or a vehicle of the crew is not registered.
    """
    depot = command.depot
    if not depot.name.strip():
        raise Refusal("depot.name_required", "A depot needs a name.")
    if not (_is_minute(depot.opens_min) and _is_minute(depot.closes_min)):
        raise Refusal("depot.hours_out_of_range", "Hours are minutes after midnight, from 0 to 1440.")
    if not 0.0 <= depot.loading_s <= LONGEST_LOADING_S:
        raise Refusal("depot.loading_out_of_range", "Loading an order takes up to an hour.")
    _check_crew(context, depot)
    if context.operation.waves.depots.get(depot.depot_id) == depot:
        return Decision(created=depot.depot_id)
    return Decision([(WAVES, happened.DepotSet(depot=depot))], created=depot.depot_id)


def _check_crew(context: Context, depot: Depot) -> None:
    drivers = [member.driver_id for member in depot.crew]
    if len(set(drivers)) < len(drivers):
        raise Refusal("depot.crew_twice", "A driver is in a crew once.")
    for other in context.operation.waves.depots.values():
        shared = {member.driver_id for member in other.crew} & set(drivers)
        if other.depot_id != depot.depot_id and shared:
            name = min(shared)
            raise Refusal("depot.crew_elsewhere", f"{name} is in the crew of {other.name} already.", driver_id=name)
    for member in depot.crew:
        _check_member(context, member)


def _check_member(context: Context, member: CrewMember) -> None:
    if member.driver_id not in context.operation.fleet.drivers:
        raise NotFound("driver", member.driver_id)
    if member.vehicle_id not in context.operation.fleet.vehicles:
        raise NotFound("vehicle", member.vehicle_id)
    if not (_is_minute(member.from_min) and _is_minute(member.until_min)):
        raise Refusal("depot.hours_out_of_range", "Hours are minutes after midnight, from 0 to 1440.")


def retire_depot(context: Context, command: RetireDepot) -> Decision:
    """Take no more orders at a depot; refused while orders, waves or rhythms rest on it."""
    book = context.operation.waves
    if command.depot_id not in book.depots:
        raise NotFound("depot", command.depot_id)
    uses_it = [rhythm.name for rhythm in book.rhythms.values() if command.depot_id in rhythm.depot_ids]
    has_orders = any(order.depot_id == command.depot_id for order in context.operation.orders.open_orders())
    if uses_it or has_orders or any(command.depot_id in wave.depot_ids for wave in book.running()):
        raise Refusal("depot.in_use", "Orders, waves or rhythms still rest on this depot.", status=409)
    return Decision([(WAVES, happened.DepotRetired(depot_id=command.depot_id))])


def set_capacity_units(context: Context, command: SetCapacityUnits) -> Decision:
    """Say in which units loads are counted.

    Raises
    ------
    Refusal
        ``units.too_many``, ``units.name_invalid``; ``units.in_use`` if an open order counts in one that is dropped.
    """
    if len(command.units) > MOST_UNITS:
        raise Refusal("units.too_many", f"Up to {MOST_UNITS} units.")
    for name, words in command.units.items():
        if not _UNIT.match(name) or name in _FIXED_UNITS or not words.strip():
            raise Refusal("units.name_invalid", "A unit has a lower-case name and words for people.", unit=name)
    used = {unit for order in context.operation.orders.open_orders() for unit in order.load.amounts}
    if lost := used - command.units.keys():
        raise Refusal("units.in_use", f"Open orders are counted in {', '.join(sorted(lost))}.", status=409)
    if command.units == context.operation.waves.units:
        return Decision()
    return Decision([(WAVES, happened.CapacityUnitsSet(units=command.units))])


def set_wave_rhythm(context: Context, command: SetWaveRhythm) -> Decision:
    """Say when waves close.

    Raises
    ------
    Refusal
        ``rhythm.name_required``, ``rhythm.out_of_range`` with the field that is.
    NotFound
        If there is no such depot or zone.
    """
    rhythm = command.rhythm
    if not rhythm.name.strip():
        raise Refusal("rhythm.name_required", "A rhythm needs a name.")
    _check_times(rhythm)
    for depot_id in rhythm.depot_ids:
        if depot_id not in context.operation.waves.depots:
            raise NotFound("depot", depot_id)
    for zone_id in rhythm.zone_ids:
        if zone_id not in context.operation.fleet.zones:
            raise NotFound("zone", zone_id)
    if context.operation.waves.rhythms.get(rhythm.rhythm_id) == rhythm:
        return Decision(created=rhythm.rhythm_id)
    return Decision([(WAVES, happened.WaveRhythmSet(rhythm=rhythm))], created=rhythm.rhythm_id)


def _check_times(rhythm: WaveRhythm) -> None:
    checks = {
        "depot_ids": 0 < len(rhythm.depot_ids) == len(set(rhythm.depot_ids)),
        "closes_min": 0 < len(rhythm.closes_min) <= MOST_CLOSINGS and all(0 <= m < DAY_MIN for m in rhythm.closes_min),
        "weekdays": bool(rhythm.weekdays),
        "lead_s": 0.0 <= rhythm.lead_s <= LONGEST_LEAD_S,
        "reach_s": 0.0 < rhythm.reach_s <= LONGEST_REACH_S,
        "breaks": len(rhythm.breaks) <= 4 and all(_is_break(rule) for rule in rhythm.breaks),
    }
    for field, is_good in checks.items():
        if not is_good:
            raise Refusal("rhythm.out_of_range", f"{field} is out of range.", field=field)


def _is_break(rule: BreakRule) -> bool:
    return (
        _is_minute(rule.from_min)
        and _is_minute(rule.until_min)
        and rule.from_min <= rule.until_min
        and 0.0 < rule.length_s <= LONGEST_BREAK_S
    )


def withdraw_wave_rhythm(context: Context, command: WithdrawWaveRhythm) -> Decision:
    """Let no more waves close by a rhythm."""
    if command.rhythm_id not in context.operation.waves.rhythms:
        raise NotFound("rhythm", command.rhythm_id)
    return Decision([(WAVES, happened.WaveRhythmWithdrawn(rhythm_id=command.rhythm_id))])


def _is_minute(minutes: int) -> bool:
    return 0 <= minutes <= DAY_MIN
