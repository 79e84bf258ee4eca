"""Decides about cues to idle drivers: proposed, accepted, dismissed, over."""

from __future__ import annotations

from core.deciding import Context, Decision
from core.dispatch.move_commands import AcceptDriverMove, DismissDriverMove, EndDriverMove, ProposeDriverMove
from core.events import move_events as happened
from core.fleet.driver_move import DriverMove, MoveId
from core.refusals import NotFound, StateChanged
from core.streams import of_move
from core.vocabulary import DriverId

DISMISSED_FOR_S = 900.0
"""For so long a driver whose move a person dismissed is not proposed again."""


def propose_driver_move(context: Context, command: ProposeDriverMove) -> Decision:
    """Publish a cue; one that has been overtaken by work or by another cue makes nothing."""
    move = command.move
    if not is_idle(context, move.driver_id) or context.operation.moves.of_driver(move.driver_id) is not None:
        return Decision()
    decision = Decision([(of_move(move.driver_id), happened.DriverMoveProposed(move=move))], created=move.move_id)
    if command.is_automatic:
        accepted = happened.DriverMoveAccepted(move_id=move.move_id, driver_id=move.driver_id, is_automatic=True)
        decision.add(of_move(move.driver_id), accepted)
    return decision


def accept_driver_move(context: Context, command: AcceptDriverMove) -> Decision:
    """Tell the driver to go.

    Raises
    ------
    Refusal
        ``move.not_found`` if the cue no longer stands, ``state.changed`` if it expired or the driver has work.
    """
    move = _standing(context, command.move_id)
    if context.now >= move.expires_at or not is_idle(context, move.driver_id):
        raise StateChanged(f"{move.driver_id} is no longer free to move, or it was too long ago.", move_id=move.move_id)
    event = happened.DriverMoveAccepted(move_id=move.move_id, driver_id=move.driver_id)
    return Decision([(of_move(move.driver_id), event)])


def dismiss_driver_move(context: Context, command: DismissDriverMove) -> Decision:
    """Let the driver wait where they are, and do not ask again for a while."""
    move = _standing(context, command.move_id)
    until_at = context.now + DISMISSED_FOR_S
    event = happened.DriverMoveDismissed(move_id=move.move_id, driver_id=move.driver_id, until_at=until_at)
    return Decision([(of_move(move.driver_id), event)])


def end_driver_move(context: Context, command: EndDriverMove) -> Decision:
    """Note that a move is over; one that is not known any more changes nothing."""
    move = context.operation.moves.of_driver(command.driver_id)
    if move is None or move.move_id != command.move_id:
        return Decision()
    event = happened.DriverMoveEnded(move_id=move.move_id, driver_id=move.driver_id, reason=command.reason)
    return Decision([(of_move(move.driver_id), event)])


def is_idle(context: Context, driver_id: DriverId) -> bool:
    """Say whether a driver is at work without work."""
    fleet = context.operation.fleet
    driver = fleet.drivers.get(driver_id)
    if driver is None or not driver.is_on_shift or driver.is_paused or driver.is_out(context.now):
        return False
    return not fleet.route_of(driver_id).stops and not context.operation.orders.of_driver(driver_id)


def _standing(context: Context, move_id: MoveId) -> DriverMove:
    move = context.operation.moves.standing_by_id(move_id)
    if move is None:
        raise NotFound("move", move_id)
    return move
