"""What was prepared for the case that the driver of an order says no or is late, for every order that has a driver.

Folded from the log: the choice and its fallback are decided together, and used when the case comes. An entry stays
through the no of the driver it was prepared for, and ends when the order is given to somebody else, is on board, or a
person decides.
"""

from __future__ import annotations

import msgspec

from core.dispatch.decision import Prepared, Recommendation
from core.events import dispatch_events as decided
from core.events import order_events as happened
from core.events.envelope import Event
from core.vocabulary import OrderId


class PreparedFallbacks(msgspec.Struct):
    """`held` by order that was given away, `proposed` by order on which a person is still asked."""

    held: dict[OrderId, Prepared] = {}
    proposed: dict[OrderId, Prepared] = {}

    def apply(self, event: Event) -> None:
        """Fold one event."""
        match event:
            case decided.AssignmentRecommended():
                self._recommended(event.recommendation)
            case decided.RecommendationAccepted():
                accepted = self.proposed.pop(event.order_id, None)
                if accepted is not None:
                    self.held[event.order_id] = accepted
            case decided.RecommendationWithdrawn() | decided.RecommendationDismissed():
                self.proposed.pop(event.order_id, None)
            case happened.OrderAssigned():
                held = self.held.get(event.order_id)
                if held is not None and held.for_driver_id != event.driver_id:
                    del self.held[event.order_id]
            case (
                happened.OrderUnassigned()
                | happened.PickupReached()
                | happened.OrderPickedUp()
                | happened.OrderDelivered()
                | happened.OrderCancelled()
                | happened.DeliveryFailed()
            ):
                self._forget(event.order_id)
            case decided.AssignmentOverridden():
                self._forget(event.override.order_id)

    def _recommended(self, made: Recommendation) -> None:
        kept = self.held if made.is_automatic else self.proposed
        if made.prepared is None:
            kept.pop(made.order_id, None)
        else:
            kept[made.order_id] = made.prepared

    def _forget(self, order_id: OrderId) -> None:
        self.held.pop(order_id, None)
        self.proposed.pop(order_id, None)
