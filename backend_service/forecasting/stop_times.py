"""Learns how long stops and drives take and how late kitchens are from the log as it grows, and keeps it on disk.

The file holds sums by kitchen, zone and hour: names of kitchens, no person and no order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import cast, get_args

import msgspec

from backend_service.storage.durable_files import write_durably
from backend_service.workers.collaborators import Bus
from core.dispatch.policy import DispatchPolicy
from core.eta.learned_times import Book, Expected, LearnedTimes, Sums
from core.eta.route_errors import RouteErrors
from core.eta.stop_teaching import Taught, taught_by, taught_by_drive
from core.eta.stop_visits import StopVisits
from core.events import order_events as happened
from core.events.envelope import Envelope
from core.projections.operation import Change
from core.vocabulary import Instant, Position

logger = logging.getLogger(__name__)

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


class _Contents(msgspec.Struct, kw_only=True):
    format: str
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
        self._path = path
        self._known = LearnedTimes(zone, zone_name, _read(path))
        self._visits = StopVisits()
        self._new: list[Taught] = []
        self._is_kept = True
        for order in bus.operation.orders.open_orders():
            self._visits.know(order)

    def known(self, arrivals: RouteErrors | None = None) -> LearnedTimes:
        """Return what was learned up to now, with how routes came out if given; it does not change when more is."""
        if self._new:
            self._known, self._new = self._known.after(self._new), []
        if arrivals is not None and arrivals is not self._known.arrivals:
            self._known = replace(self._known, arrivals=arrivals)
        return self._known

    def follow(self, envelopes: Sequence[Envelope], _: frozenset[Change]) -> None:
        """Hear of orders placed, goods ready, stops reached and left."""
        for envelope in envelopes:
            if envelope.type in _HEARD:
                self._hear(cast(_Heard, envelope.event()), envelope.occurred_at)

    def drove(self, at: Instant, street_s: float, took_s: float) -> None:
        """Hear that a drive took so long where streets said `street_s`, seconds."""
        self._new += taught_by_drive(at, street_s, took_s)
        self._is_kept = False

    def unkept(self) -> bytes | None:
        """Return the contents of the file to be, ``None`` if nothing is new since it was asked last."""
        if self._is_kept:
            return None
        self._is_kept = True
        return msgspec.json.encode(_Contents(format=FORMAT, book=dict(self.known().book)))

    def keep(self, body: bytes) -> None:
        """Write the file; it appears whole or not at all. May run in another thread.

        Raises
        ------
        OSError
            If the disk is full; what is in memory then counts as not kept.
        """
        try:
            write_durably(self._path, body)
        except OSError:
            self._is_kept = False
            raise

    def _hear(self, event: _Heard, occurred_at: Instant) -> None:
        order = self._bus.operation.orders.orders[event.order_id]
        driver_id = getattr(event, "driver_id", None)
        has_next = driver_id is not None and bool(self._bus.operation.fleet.route_of(driver_id).stops)
        for case in self._visits.follow(event, occurred_at, order, has_next_stop=has_next):
            policy = self._policy()
            counter_s = policy.pickup_service_s
            counter = Expected(counter_s, policy.spread.service_share * counter_s)
            self._new += taught_by(case, self._known, counter, policy.spread.kitchen_sd_s)
            self._is_kept = False


def _read(path: Path) -> Book:
    """Return what was kept; a file that cannot be used is left aside, and learning begins anew."""
    if not path.exists():
        return {}
    try:
        contents = msgspec.json.decode(path.read_bytes(), type=_Contents)
        if contents.format == FORMAT:
            return contents.book
        logger.warning("times at stops: %s is no '%s', the policy's hold", path, FORMAT)
    except (OSError, msgspec.DecodeError) as error:
        logger.warning("times at stops could not be read, the policy's hold: %s", error)
    return {}
