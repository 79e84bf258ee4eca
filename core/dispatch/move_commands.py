"""What may be asked about where idle drivers wait."""

from __future__ import annotations

from core.command_base import CommandBase
from core.events.move_events import MoveEnd
from core.fleet.driver_move import DriverMove, MoveId
from core.vocabulary import DriverId


class ProposeDriverMove(CommandBase, frozen=True, kw_only=True):
    """Propose that an idle driver waits elsewhere; carried out at once where the policy needs nobody's yes."""

    move: DriverMove
    is_automatic: bool = False


class AcceptDriverMove(CommandBase, frozen=True, kw_only=True):
    """Tell the driver to go."""

    move_id: MoveId


class DismissDriverMove(CommandBase, frozen=True, kw_only=True):
    """Let the driver wait where they are."""

    move_id: MoveId


class EndDriverMove(CommandBase, frozen=True, kw_only=True):
    """Say that a move is over."""

    driver_id: DriverId
    move_id: MoveId
    reason: MoveEnd


MoveCommand = ProposeDriverMove | AcceptDriverMove | DismissDriverMove | EndDriverMove
