"""Decides about closures: a street or a zone closed for a while, and opened again."""

from __future__ import annotations

from core.commands import ClosePlace, ReopenPlace
from core.deciding import Context, Decision
from core.dispatch.interventions import LONGEST_NOTE
from core.events.closure_events import PlaceClosed, PlaceReopened
from core.fleet.closure import Closure, ClosureId
from core.refusals import NotFound, Refusal
from core.streams import OPERATION
from core.vocabulary import Position, ZoneId

LONGEST_CLOSURE_S = 7 * 86_400.0
LONGEST_STREET = 120


def close_place(context: Context, command: ClosePlace) -> Decision:
    """Close a zone, or the street nearest to a position, until its time is over.

    Raises
    ------
    Refusal
        ``closure.one_place``, ``closure.out_of_range``, ``closure.name_too_long``, ``note.required``;
        ``closure.closed_already`` for a zone.
    NotFound
        If there is no such zone.
    """
    if (command.zone_id is None) == (command.position is None):
        raise Refusal("closure.one_place", "Name either a zone or a position on a street.")
    closure = closure_of(
        context,
        command.for_s,
        command.note,
        zone_id=command.zone_id,
        position=command.position,
        street=command.street,
    )
    return Decision([(OPERATION, PlaceClosed(closure=closure))], created=closure.closure_id)


def closure_of(
    context: Context,
    for_s: float,
    note: str,
    *,
    zone_id: ZoneId | None = None,
    position: Position | None = None,
    street: str = "",
) -> Closure:
    """Return the closure of a zone, or of the street at a position, for `for_s` seconds from now.

    Raises
    ------
    Refusal
        As of `close_place`.
    NotFound
        If there is no such zone.
    """
    note = note.strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        raise Refusal("note.required", f"Say why, in up to {LONGEST_NOTE} characters.")
    if not 0.0 < for_s <= LONGEST_CLOSURE_S:
        raise Refusal("closure.out_of_range", "Close a place for up to a week.")
    if len(street.strip()) > LONGEST_STREET:
        raise Refusal("closure.name_too_long", f"A street is called something of up to {LONGEST_STREET} characters.")
    if zone_id is not None and zone_id not in context.operation.fleet.zones:
        raise NotFound("zone", zone_id)
    if zone_id in context.operation.closures.zones(context.now):
        raise Refusal("closure.closed_already", f"{zone_id} is closed already.", status=409)
    if position is not None and not context.segments:
        raise Refusal("closure.no_street", "There is no street within reach of that position.")
    return Closure(
        closure_id=ClosureId(f"X-{context.operation.position + 1}"),
        zone_id=zone_id,
        position=position,
        segments=context.segments if position is not None else (),
        note=note,
        closed_by=context.actor.subject,
        closed_at=context.now,
        until_at=context.now + for_s,
        street=street.strip() if position is not None else "",
    )


def reopen_place(context: Context, command: ReopenPlace) -> Decision:
    """Open a place before its time; one that is open already stays so."""
    known = context.operation.closures.closures.get(command.closure_id)
    if known is None:
        raise NotFound("closure", command.closure_id)
    if known.until_at <= context.now:
        return Decision()
    return Decision([(OPERATION, PlaceReopened(closure_id=known.closure_id, closure=known))])
