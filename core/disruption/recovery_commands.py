"""What may be asked about disruptions: noted and ended by the platform, recovered from by people, taken back."""

from __future__ import annotations

from core.command_base import CommandBase
from core.disruption.disruption import Disruption, DisruptionId, RecoveryId
from core.vocabulary import DriverId, OrderId


class RecordDisruption(CommandBase, frozen=True, kw_only=True):
    """Record that something is wrong."""

    disruption: Disruption


class RecordDisruptionEnd(CommandBase, frozen=True, kw_only=True):
    """Record that it is over."""

    disruption_id: DisruptionId


class ChooseRecovery(CommandBase, frozen=True, kw_only=True):
    """Do what an option says. `based_on` and `order_versions` come from it; a moved state refuses.

    Without them the present state is meant, whatever it is. `note` is why, where the option is not the recommended one.
    """

    disruption_id: DisruptionId
    option_id: str
    note: str = ""
    based_on: dict[DriverId, int] | None = None
    order_versions: dict[OrderId, int] | None = None


class CloseReview(CommandBase, frozen=True, kw_only=True):
    """Say that what a person was asked to look at has been looked at, and what came of it."""

    recovery_id: RecoveryId
    note: str = ""


class UndoRecovery(CommandBase, frozen=True, kw_only=True):
    """Take back what was chosen about a disruption."""

    recovery_id: RecoveryId
