"""Which idle drivers are proposed to wait elsewhere, and which are on their way there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from core.events import fleet_events, order_events
from core.events import move_events as happened
from core.events.envelope import Envelope, Event
from core.fleet.driver_move import DriverMove, MoveId
from core.vocabulary import DriverId, Instant


class MoveCounts(msgspec.Struct):
    """How often each since the log began."""

    proposed: int = 0
    accepted: int = 0
    dismissed: int = 0
    arrived: int = 0


class MoveBoard(msgspec.Struct):
    """`standing` waits for a person, `under_way` was accepted; each driver has at most one of them."""

    standing: dict[DriverId, DriverMove] = {}
    under_way: dict[DriverId, DriverMove] = {}
    dismissed_until: dict[DriverId, Instant] = {}
    counts: MoveCounts = msgspec.field(default_factory=MoveCounts)

    def of_driver(self, driver_id: DriverId) -> DriverMove | None:
        """Return the driver's move, proposed or under way."""
        return self.standing.get(driver_id) or self.under_way.get(driver_id)

    def standing_by_id(self, move_id: MoveId) -> DriverMove | None:
        """Return the proposed move of that id."""
        return next((move for move in self.standing.values() if move.move_id == move_id), None)

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the drivers whose move changed."""
        match event:
            case happened.DriverMoveProposed():
                self.counts.proposed += 1
                self.standing[event.move.driver_id] = event.move
                self.under_way.pop(event.move.driver_id, None)
                return {event.move.driver_id}
            case happened.DriverMoveAccepted():
                self.counts.accepted += 1
                move = self.standing.pop(event.driver_id, None)
                if move is not None:
                    self.under_way[event.driver_id] = move
            case happened.DriverMoveDismissed():
                self.counts.dismissed += 1
                self.standing.pop(event.driver_id, None)
                self.dismissed_until[event.driver_id] = event.until_at
            case happened.DriverMoveEnded():
                self.counts.arrived += event.reason is happened.MoveEnd.ARRIVED
                return self._forget(event.driver_id)
            case order_events.OrderAssigned() | fleet_events.DriverTakenOut():
                return self._forget(event.driver_id)
            case fleet_events.ShiftEnded():
                self.dismissed_until.pop(event.driver_id, None)
                return self._forget(event.driver_id)
            case _:
                return set()
        return {event.driver_id}

    def go_on(self, moves: Iterable[DriverMove]) -> set[str]:
        """Have drivers move on as if nothing had ended it; return those whose move changed."""
        again = {move.driver_id: move for move in moves if self.of_driver(move.driver_id) is None}
        self.under_way.update(again)
        return set(again)

    def _forget(self, driver_id: DriverId) -> set[str]:
        had = self.of_driver(driver_id) is not None
        self.standing.pop(driver_id, None)
        self.under_way.pop(driver_id, None)
        return {driver_id} if had else set()
