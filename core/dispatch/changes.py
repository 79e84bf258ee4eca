"""What a person may change in plans by hand, as tagged values: who has an order, in which order stops come, a split.

One shape for all of them: each is previewed by the same engine, committed by the same command, and taken back alike.
"""

from __future__ import annotations

from enum import StrEnum

from core.fleet.route import StopKind
from core.vocabulary import DriverId, OrderId, Value


class StopName(Value, frozen=True, kw_only=True, order=True):
    """One visit of a route, by the order it is for and what happens there."""

    order_id: OrderId
    kind: StopKind


class Reassign(Value, frozen=True, kw_only=True, tag="reassign", tag_field="change"):
    """Give an order to a driver."""

    order_id: OrderId
    driver_id: DriverId


class Resequence(Value, frozen=True, kw_only=True, tag="resequence", tag_field="change"):
    """Have a driver make the remaining stops in another order.

    `stops` names every stop that remains; `order_id` is the order whose stop was moved.
    """

    order_id: OrderId
    driver_id: DriverId
    stops: tuple[StopName, ...]


class Split(Value, frozen=True, kw_only=True, tag="split", tag_field="change"):
    """Take an order out of the trip that it shares: for another driver, or to wait for one of its own.

    The driver who had it is kept from it, so that the platform does not put it back.
    """

    order_id: OrderId
    driver_id: DriverId | None = None


Change = Reassign | Resequence | Split


class ChangeKind(StrEnum):
    """What kind of change one is, as it is written."""

    REASSIGN = "reassign"
    RESEQUENCE = "resequence"
    SPLIT = "split"


def kind_of(change: Change | None) -> ChangeKind:
    """Return the kind of a change; overrides of earlier days have none, they gave the order to the driver."""
    match change:
        case Resequence():
            return ChangeKind.RESEQUENCE
        case Split():
            return ChangeKind.SPLIT
        case _:
            return ChangeKind.REASSIGN
