"""Learns how long stops and drives take and how late kitchens are from the log as it grows, and keeps it on disk.

The file holds sums by kitchen, zone and hour: names of kitchens, no person and no order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import cast, get_args

from backend_service.forecasting.learned_file import Contents, LearnedFile
from backend_service.workers.collaborators import Bus
from core.dispatch.policy import DispatchPolicy
from core.eta.change_errors import ChangeErrors
from core.eta.learned_times import Expected, LearnedTimes, Sums
from core.eta.route_errors import RouteErrors
from core.eta.stop_teaching import Taught, taught_by, taught_by_drive
from core.eta.stop_visits import StopVisits
from core.events import order_events as happened
from core.events.envelope import Envelope
from core.projections.operation import Change
from core.vocabulary import Instant, Position

FORMAT = "tower stop times 1"
type _Heard = (
    happened.OrderPlaced
    | happened.OrderReadinessRevised
    | happened.OrderBecameReady
    | happened.OrderAssigned
    | happened.OrderUnassigned
    | happened.OrderCancelled
    | happened.PickupReached
    | happened.PickupLeft
    | happened.OrderPickedUp
    | happened.DeliveryReached
    | happened.DeliveryLeft
    | happened.OrderDelivered
    | happened.DeliveryFailed
)

_HEARD = frozenset(one.__name__ for one in get_args(_Heard.__value__))


class _Contents(Contents, kw_only=True):
    book: dict[str, Sums]


class StopTimes:
    """Have the bus tell `follow`; `known` is what planning and forecasts read.

    Parameters
    ----------
    bus : Bus
        Its open orders are known from the start.
    policy : callable
        Returns the policy in force, the prior of what was not learned.
    zone : tzinfo
        The site's.
    zone_name : callable
        Names the operating zone of a position.
    path : Path
        Where it is kept.

    Attributes
    ----------
    kept : LearnedFile
    """

    def __init__(
        self,
        bus: Bus,
        policy: Callable[[], DispatchPolicy],
        zone: tzinfo,
        zone_name: Callable[[Position], str],
        path: Path,
    ) -> None:
        self._bus = bus
        self._policy = policy
        self.kept = LearnedFile(path, _Contents(format=FORMAT, book={}), self._contents)
        self._known = LearnedTimes(zone, zone_name, self.kept.read().book)
        self._visits = StopVisits()
        self._new: list[Taught] = []
        for order in bus.operation.orders.open_orders():
            self._visits.know(order)

    def known(self, arrivals: RouteErrors | None = None, changes: ChangeErrors | None = None) -> LearnedTimes:
        """Return what was learned up to now, with how routes and changes came out if given.

        It does not change when more is learned.
        """
        if self._new:
            self._known, self._new = self._known.after(self._new), []
        if arrivals is not None and arrivals is not self._known.arrivals:
            self._known = replace(self._known, arrivals=arrivals)
        if changes is not None and changes is not self._known.changes:
            self._known = replace(self._known, changes=changes)
        return self._known

    def follow(self, envelopes: Sequence[Envelope], _: frozenset[Change]) -> None:
        """Hear of orders placed, goods ready, stops reached and left."""
        for envelope in envelopes:
            if envelope.type in _HEARD:
                self._hear(cast(_Heard, envelope.event()), envelope.occurred_at)

    def drove(self, at: Instant, street_s: float, took_s: float) -> None:
        """Hear that a drive took so long where streets said `street_s`, seconds."""
        self._new += taught_by_drive(at, street_s, took_s)

    def _contents(self) -> _Contents:
        return _Contents(format=FORMAT, book=dict(self.known().book))

    def _hear(self, event: _Heard, occurred_at: Instant) -> None:
        order = self._bus.operation.orders.orders[event.order_id]
        driver_id = getattr(event, "driver_id", None)
        has_next = driver_id is not None and bool(self._bus.operation.fleet.route_of(driver_id).stops)
        for case in self._visits.follow(event, occurred_at, order, has_next_stop=has_next):
            policy = self._policy()
            counter_s = policy.pickup_service_s
            counter = Expected(counter_s, policy.spread.service_share * counter_s)
            self._new += taught_by(case, self._known, counter, policy.spread.kitchen_sd_s)
