"""Where a person may decide: a role that is limited to regions decides only on orders that are picked up there.

Everybody at a desk sees everything, because pressure, lateness and drivers cross the borders of regions; only deciding
is limited. An order outside every region belongs to those without a limit.
"""

from __future__ import annotations

from core import commands
from core.commands import Command
from core.dispatch.changes import CloseStreet, CloseZone, TakeOut
from core.dispatch.move_commands import AcceptDriverMove, DismissDriverMove
from core.dispatch.proposals.commands import AcceptPolicyProposal, RejectPolicyProposal, UndoPolicyProposal
from core.dispatch.wave_commands import CloseWave, RecallWave, ReleaseWave, SendWaveBack
from core.disruption.disruption import DisruptionId
from core.disruption.recovery_commands import ChooseRecovery, CloseReview, UndoRecovery
from core.fleet.depot import DepotId
from core.fleet.zone import zone_at
from core.projections.operation import Operation
from core.refusals import Refusal
from core.vocabulary import OrderId, Position, ZoneId

_ON_ONE_ORDER = (
    commands.ReviseReadiness
    | commands.ReportReady
    | commands.CancelOrder
    | commands.HoldOrder
    | commands.ReleaseOrder
    | commands.PinOrder
    | commands.UnpinOrder
    | commands.ForbidDriver
    | commands.AllowDriver
    | commands.OverrideAssignment
)


def only_in_regions(operation: Operation, command: Command, regions: frozenset[ZoneId] | None) -> None:
    """Refuse a decision outside the regions that somebody is limited to; ``None`` is no limit.

    What names an order that does not exist is let pass: the decision itself refuses it.

    Raises
    ------
    Refusal
        ``access.region``, 403.
    """
    if regions is None:
        return
    if isinstance(command, commands.PlaceOrder):
        depot = operation.waves.depots.get(command.depot_id) if command.depot_id is not None else None
        _check(_zone_at(operation, command.pickup.position if depot is None else depot.position), regions)
        return
    if isinstance(command, ReleaseWave | SendWaveBack | RecallWave | CloseWave):
        for depot_id in _depots_of(operation, command):
            depot = operation.waves.depots.get(depot_id)
            _check(None if depot is None else _zone_at(operation, depot.position), regions)
        return
    if isinstance(command, commands.TakeDriverOut):
        for held in () if command.keeps_orders else operation.orders.of_driver(command.driver_id):
            _check(held.zone_id, regions)
        return
    if isinstance(command, commands.OverrideAssignment) and isinstance(command.change, TakeOut):
        for held in operation.orders.of_driver(command.change.driver_id):
            _check(held.zone_id, regions)
        return
    if isinstance(command, commands.OverrideAssignment) and isinstance(command.change, CloseZone):
        _check(command.change.zone_id, regions)
        return
    if isinstance(command, commands.OverrideAssignment) and isinstance(command.change, CloseStreet):
        _check(_zone_at(operation, command.change.position), regions)
        return
    if isinstance(command, commands.ClosePlace):
        _check(command.zone_id or _zone_at(operation, command.position), regions)
        return
    if isinstance(command, commands.ReopenPlace):
        closure = operation.closures.closures.get(command.closure_id)
        if closure is not None:
            _check(closure.zone_id or _zone_at(operation, closure.position), regions)
        return
    if isinstance(command, AcceptPolicyProposal | RejectPolicyProposal | UndoPolicyProposal):
        record = operation.proposals.records.get(command.proposal_id)
        if record is not None:
            _check(record.proposal.zone_id, regions)
        return
    if isinstance(command, AcceptDriverMove | DismissDriverMove):
        move = operation.moves.standing_by_id(command.move_id)
        if move is not None:
            _check(move.from_zone_id, regions)
        return
    if isinstance(command, commands.ChangePolicy):
        _check(command.zone_id, regions)
        return
    if isinstance(command, ChooseRecovery | UndoRecovery | CloseReview):
        for zone_id in _zones_of_recovery(operation, command):
            _check(zone_id, regions)
        return
    order = operation.orders.orders.get(_order_of(operation, command) or OrderId(""))
    if order is not None:
        _check(order.zone_id, regions)


def _zones_of_recovery(
    operation: Operation, command: ChooseRecovery | UndoRecovery | CloseReview
) -> set[ZoneId | None]:
    """Return the zones of all orders that a recovery is about, or of the disruption itself."""
    board = operation.disruptions
    if isinstance(command, UndoRecovery | CloseReview):
        recovery = board.recoveries.get(command.recovery_id)
        disruption_id = DisruptionId("") if recovery is None else recovery.disruption_id
        moved = () if recovery is None else recovery.option.moved_orders
    else:
        disruption_id, moved = command.disruption_id, ()
    disruption = board.standing.get(disruption_id)
    names = (*(disruption.order_ids if disruption is not None else ()), *moved)
    zones = {operation.orders.orders[name].zone_id for name in names if name in operation.orders.orders}
    return zones or ({disruption.zone_id} if disruption is not None else set())


def _depots_of(
    operation: Operation, command: ReleaseWave | SendWaveBack | RecallWave | CloseWave
) -> tuple[DepotId, ...]:
    """Return the depots of a wave, or of the rhythm whose wave is to close."""
    if isinstance(command, CloseWave):
        rhythm = operation.waves.rhythms.get(command.rhythm_id)
        return () if rhythm is None else rhythm.depot_ids
    wave = operation.waves.waves.get(command.wave_id)
    return () if wave is None else wave.depot_ids


def _zone_at(operation: Operation, position: Position | None) -> ZoneId | None:
    return None if position is None else zone_at(operation.fleet.zones.values(), position)


def _check(zone_id: ZoneId | None, regions: frozenset[ZoneId]) -> None:
    if zone_id not in regions:
        raise Refusal(
            "access.region",
            f"You decide only on orders of {', '.join(sorted(regions))}. Ask whoever has this region.",
            status=403,
            zone_id=zone_id,
        )


def _order_of(operation: Operation, command: Command) -> OrderId | None:
    """Return the order that a person's command decides on, ``None`` if on none."""
    book = operation.decisions
    match command:
        case _ if isinstance(command, _ON_ONE_ORDER):
            return command.order_id
        case commands.AcceptRecommendation() | commands.DismissRecommendation():
            standing = book.by_id(command.recommendation_id)
            return None if standing is None else standing.order_id
        case commands.UndoDecision():
            override = book.overrides.get(command.override_id) if command.override_id else None
            accepted = book.accepted.get(command.recommendation_id) if command.recommendation_id else None
            ruled = next(
                (u for u in book.undoable if u.ruling is not None and u.ruling.position == command.ruling), None
            )
            decided = override or accepted or ruled
            return None if decided is None else decided.order_id
        case commands.AcknowledgeException():
            # Keys are "kind:id"; an id that is no order's (a driver, a zone, a source) is nobody's region.
            return OrderId(command.key.partition(":")[2])
        case _:
            return None
