"""What happened to an order, from being placed to its end."""

from __future__ import annotations

from core.events.envelope import Event
from core.fleet.depot import DepotId
from core.orders.order import ArrivalBand, Customer, Promise
from core.vocabulary import DriverId, Instant, Load, OrderId, Place, Position, RecommendationId, ZoneId


class OrderPlaced(Event, frozen=True, kw_only=True):
    """A customer asked for a delivery."""

    personal_fields = ("customer",)
    subject_field = "customer_id"

    order_id: OrderId
    customer_id: str
    customer: Customer | None
    pickup: Place
    delivery: Position
    promise: Promise
    ready_at: Instant
    load: Load = Load()
    skills: tuple[str, ...] = ()
    value: int = 0
    service_s: float = 120.0
    zone_id: ZoneId | None = None
    depot_id: DepotId | None = None


class OrderReadinessRevised(Event, frozen=True, kw_only=True):
    """The kitchen or warehouse named another ready time."""

    order_id: OrderId
    ready_at: Instant
    reason: str = ""


class OrderBecameReady(Event, frozen=True, kw_only=True):
    """The goods wait at the counter."""

    order_id: OrderId


class OrderAssigned(Event, frozen=True, kw_only=True):
    """An order was given to a driver, by the platform, an accepted recommendation, or an override.

    `is_accepted` where the driver had said yes before an override that was taken back before anybody was told.
    """

    is_audited = True

    order_id: OrderId
    driver_id: DriverId
    previous_driver_id: DriverId | None = None
    recommendation_id: RecommendationId | None = None
    is_automatic: bool = False
    is_accepted: bool = False


class OrderUnassigned(Event, frozen=True, kw_only=True):
    """An order was taken from a driver and waits again."""

    is_audited = True

    order_id: OrderId
    driver_id: DriverId
    reason: str


class AssignmentAccepted(Event, frozen=True, kw_only=True):
    """The driver said yes."""

    order_id: OrderId
    driver_id: DriverId


class AssignmentRefused(Event, frozen=True, kw_only=True):
    """The driver said no; the order waits again."""

    order_id: OrderId
    driver_id: DriverId
    reason: str


class OrderHeld(Event, frozen=True, kw_only=True):
    """A person asked the platform not to decide this order before `until_at`; it was held until `former_until_at`."""

    is_audited = True

    order_id: OrderId
    until_at: Instant
    former_until_at: Instant | None = None


class OrderReleased(Event, frozen=True, kw_only=True):
    """A person ended a hold before its time, which was `until_at`; what was put off is looked at again as well.

    With `is_hold_alone` that stays put off: the hold was taken back, nothing else.
    """

    is_audited = True

    order_id: OrderId
    until_at: Instant | None = None
    is_hold_alone: bool = False


class OrderPinned(Event, frozen=True, kw_only=True):
    """A person ruled that the order stays with its driver."""

    is_audited = True

    order_id: OrderId
    driver_id: DriverId
    note: str = ""


class OrderUnpinned(Event, frozen=True, kw_only=True):
    """The order may change hands again; `driver_id` is who it was pinned to."""

    is_audited = True

    order_id: OrderId
    driver_id: DriverId | None = None


class DriverExcluded(Event, frozen=True, kw_only=True):
    """A person ruled that this driver does not get this order."""

    is_audited = True

    order_id: OrderId
    driver_id: DriverId
    note: str


class DriverAllowed(Event, frozen=True, kw_only=True):
    """This driver may have this order again."""

    is_audited = True

    order_id: OrderId
    driver_id: DriverId


class PickupReached(Event, frozen=True, kw_only=True):
    """The driver arrived where the goods are."""

    order_id: OrderId
    driver_id: DriverId
    is_detected: bool = False


class PickupLeft(Event, frozen=True, kw_only=True):
    """The driver drove off from where the goods are; seen from fixes, with or without the goods."""

    order_id: OrderId
    driver_id: DriverId


class OrderPickedUp(Event, frozen=True, kw_only=True):
    """The goods are in the vehicle."""

    order_id: OrderId
    driver_id: DriverId


class DeliveryReached(Event, frozen=True, kw_only=True):
    """The driver arrived at the customer's door."""

    order_id: OrderId
    driver_id: DriverId
    is_detected: bool = False


class DeliveryLeft(Event, frozen=True, kw_only=True):
    """The driver drove off from the customer's door; seen from fixes, and may come after the order's end."""

    order_id: OrderId
    driver_id: DriverId


class OrderDelivered(Event, frozen=True, kw_only=True):
    """The customer has the goods."""

    order_id: OrderId
    driver_id: DriverId
    proof: str = ""


class DeliveryFailed(Event, frozen=True, kw_only=True):
    """The goods could not be handed over."""

    order_id: OrderId
    driver_id: DriverId
    reason: str
    note: str = ""


class OrderCancelled(Event, frozen=True, kw_only=True):
    """The customer, or a person for them, withdrew the order."""

    order_id: OrderId
    reason: str
    driver_id: DriverId | None = None


class ArrivalForecastRevised(Event, frozen=True, kw_only=True):
    """The forecast moved enough to matter; what the customer is told."""

    order_id: OrderId
    arrival: ArrivalBand
    cause: str = ""
