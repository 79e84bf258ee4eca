"""What a person may change in plans by hand, as tagged values: who has an order, the order of stops, a split, a ruling.

One shape for all of them: each is previewed by the same engine, committed by the same command, and taken back alike.
"""

from __future__ import annotations

from enum import StrEnum

from core.fleet.route import StopKind
from core.vocabulary import DriverId, OrderId, Position, Value, ZoneId


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


class Forbid(Value, frozen=True, kw_only=True, tag="forbid", tag_field="change"):
    """Keep the driver who has an order from it: it waits, or goes to somebody else."""

    order_id: OrderId
    driver_id: DriverId


class TakeOut(Value, frozen=True, kw_only=True, tag="take_out", tag_field="change"):
    """Plan no more with a driver, for `for_s` seconds or until brought back; what is not picked up leaves him.

    `order_id` is one of the orders that leave him: the one under which the decision is kept.
    """

    order_id: OrderId
    driver_id: DriverId
    for_s: float | None = None


class CloseZone(Value, frozen=True, kw_only=True, tag="close_zone", tag_field="change"):
    """Close a zone for `for_s` seconds: what waits there waits until then, what somebody has goes on.

    `order_id` is one of the orders that wait there: the one under which the decision is kept.
    """

    order_id: OrderId
    zone_id: ZoneId
    for_s: float

    @property
    def driver_id(self) -> DriverId | None:
        """Return nobody: a closed zone is about no driver."""
        return None


class CloseStreet(Value, frozen=True, kw_only=True, tag="close_street", tag_field="change"):
    """Close the street nearest to a position for `for_s` seconds: whoever is to drive there drives round it.

    `order_id` is one of the orders whose way leads there (`core.dispatch.street_closings.ways_over`): the one under
    which the decision is kept. `street` is what people call it, empty where nobody said so.
    """

    order_id: OrderId
    position: Position
    for_s: float
    street: str = ""

    @property
    def driver_id(self) -> DriverId | None:
        """Return nobody: a closed street is about whoever drives there."""
        return None


class Hold(Value, frozen=True, kw_only=True, tag="hold", tag_field="change"):
    """Let an order that waits go to nobody for `for_s` seconds."""

    order_id: OrderId
    for_s: float

    @property
    def driver_id(self) -> DriverId | None:
        """Return nobody: an order that waits has no driver."""
        return None


PlanEdit = Reassign | Resequence | Split
RulingChange = Forbid | TakeOut | CloseZone | CloseStreet | Hold
"""What binds the platform until it is lifted, and moves orders or their times at once."""
Change = PlanEdit | RulingChange


class ChangeKind(StrEnum):
    """What kind of change one is, as it is written."""

    REASSIGN = "reassign"
    RESEQUENCE = "resequence"
    SPLIT = "split"
    FORBID = "forbid"
    TAKE_OUT = "take_out"
    CLOSE_ZONE = "close_zone"
    CLOSE_STREET = "close_street"
    HOLD = "hold"


def kind_of(change: Change | None) -> ChangeKind:
    """Return the kind of a change; overrides of earlier days have none, they gave the order to the driver."""
    match change:
        case Resequence():
            return ChangeKind.RESEQUENCE
        case Split():
            return ChangeKind.SPLIT
        case Forbid():
            return ChangeKind.FORBID
        case TakeOut():
            return ChangeKind.TAKE_OUT
        case CloseZone():
            return ChangeKind.CLOSE_ZONE
        case CloseStreet():
            return ChangeKind.CLOSE_STREET
        case Hold():
            return ChangeKind.HOLD
        case _:
            return ChangeKind.REASSIGN


def closes_for_s(change: Change | None) -> float | None:
    """Return for how many seconds a change closes a place; ``None`` if it closes none."""
    return change.for_s if isinstance(change, CloseZone | CloseStreet) else None
