"""What a person rules from the desk: pins, drivers kept from an order, holds ended, drivers taken out, places closed.

What moves orders is previewed first and committed there; what moves nothing is asked of the service at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, QObject

from app.command_catalogue import CommandId
from app.line_reader import Reading, SaidBreak
from core.commands import (
    AllowDriver,
    BringDriverBack,
    ClosePlace,
    Command,
    ForbidDriver,
    PinOrder,
    PlanBreaks,
    ReleaseOrder,
    ReopenPlace,
    TakeDriverOut,
    UnpinOrder,
)
from core.dispatch.changes import CloseStreet, CloseZone, Forbid, RulingChange, TakeOut
from core.dispatch.planning_events import is_reassignable
from core.dispatch.ruling_overrides import waits_in
from core.dispatch.street_closings import ways_over
from core.dispatch.waves.rhythm import span_around
from core.fleet.closing import LONGEST_STREET
from core.fleet.fleet import PlannedBreak
from core.orders.order import Order
from core.places import FoundPlace, PlaceKind
from core.vocabulary import OrderId, ZoneId
from ui.desk_context import DeskContext
from ui.line_beginnings import movable_order, selected_driver
from ui.names import street_name, zone_name
from widgets.formatting import clock_time, time_of_days

_USUAL_MIN = 60.0
"""Minutes for which something is closed where nobody says how long."""

type Ask = Callable[[str, Command, str], None]
"""Asks the service: what is done, the command, and what is said when it is done."""


class Rulings(QObject):
    """Turns readings into rulings.

    Parameters
    ----------
    context : DeskContext
    ask : carries a command out
    refuse : says why not
    preview : shows what a ruling that moves orders would do, with a note to begin with
    """

    def __init__(
        self,
        context: DeskContext,
        ask: Ask,
        refuse: Callable[[str], None],
        preview: Callable[[RulingChange, str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._ask, self._refuse, self._preview = context, ask, refuse, preview
        self.place: FoundPlace | None = None
        """The street or place that was looked up last: what `here` means."""

    def deeds(self) -> Mapping[CommandId, Callable[[Reading], None]]:
        """Return what each command does."""
        return {
            CommandId.PIN: self._pin,
            CommandId.UNPIN: self._unpin,
            CommandId.RELEASE: self._release,
            CommandId.FORBID: self._forbid,
            CommandId.ALLOW: self._allow,
            CommandId.TAKE_OUT: self._take_out,
            CommandId.BRING_BACK: self._bring_back,
            CommandId.BREAK: self._plan_breaks,
            CommandId.CLOSE: self._close,
            CommandId.OPEN: self._open,
        }

    def _pin(self, reading: Reading) -> None:
        """Pin; the same key takes a pin away."""
        order = self._order(reading)
        if order is not None and order.is_pinned:
            self._unpin(reading)
        elif order is not None:
            words = self.tr("{order} stays with {driver}").format(order=order.order_id, driver=order.driver_id)
            self._ask(self.tr("Pin"), PinOrder(order_id=order.order_id, note=reading.note), words)

    def _unpin(self, reading: Reading) -> None:
        order = self._order(reading)
        if order is not None:
            words = self.tr("{order} may change hands again").format(order=order.order_id)
            self._ask(self.tr("Unpin"), UnpinOrder(order_id=order.order_id), words)

    def _release(self, reading: Reading) -> None:
        order = self._order(reading)
        if order is not None:
            words = self.tr("{order} is released").format(order=order.order_id)
            self._ask(self.tr("Release"), ReleaseOrder(order_id=order.order_id), words)

    def _forbid(self, reading: Reading) -> None:
        order = self._order(reading)
        driver_id = reading.driver_id or (order.driver_id if order is not None else None)
        if order is None:
            return
        if driver_id is None:
            self._refuse(self.tr("Which driver? Type the number after the order."))
        elif order.driver_id == driver_id and is_reassignable(order):
            self._preview(Forbid(order_id=order.order_id, driver_id=driver_id), reading.note)
        elif not reading.note:
            self._refuse(self.tr("Say why: add # and the reason."))
        else:
            words = self.tr("{driver} is kept from {order}").format(driver=driver_id, order=order.order_id)
            command = ForbidDriver(order_id=order.order_id, driver_id=driver_id, note=reading.note)
            self._ask(self.tr("Forbid"), command, words)

    def _allow(self, reading: Reading) -> None:
        order = self._order(reading)
        if order is None:
            return
        driver_id = reading.driver_id or (order.forbidden[0] if len(order.forbidden) == 1 else None)
        if driver_id is None:
            self._refuse(self.tr("Which driver? Type the number after the order."))
        else:
            words = self.tr("{driver} may have {order} again").format(driver=driver_id, order=order.order_id)
            self._ask(self.tr("Allow"), AllowDriver(order_id=order.order_id, driver_id=driver_id), words)

    def _take_out(self, reading: Reading) -> None:
        driver_id = reading.driver_id or selected_driver(self._context)
        if driver_id is None:
            self._refuse(self.tr("Which driver? Type the number."))
        elif (order := movable_order(self._context, driver_id)) is not None:
            self._preview(TakeOut(order_id=order.order_id, driver_id=driver_id), reading.note)
        elif not reading.note:
            self._refuse(self.tr("Say why: add # and the reason."))
        else:
            words = self.tr("{driver} is out of planning; what is on board is delivered")
            command = TakeDriverOut(driver_id=driver_id, note=reading.note)
            self._ask(self.tr("Take out"), command, words.format(driver=driver_id))

    def _bring_back(self, reading: Reading) -> None:
        if reading.driver_id is None:
            self._refuse(self.tr("Which driver? Type the number."))
        else:
            words = self.tr("{driver} is planned with again").format(driver=reading.driver_id)
            self._ask(self.tr("Bring back"), BringDriverBack(driver_id=reading.driver_id), words)

    def _plan_breaks(self, reading: Reading) -> None:
        """Set the breaks of a driver's shift; what else the shift can hold, the service says."""
        if reading.driver_id is None:
            self._refuse(self.tr("Which driver? Type the number."))
            return
        breaks = tuple(self._planned(said) for said in reading.breaks)
        zone = self._context.zone
        windows = [f"{clock_time(one.earliest_at, zone)}–{clock_time(one.latest_at, zone)}" for one in breaks]
        words = self.tr("{driver} begins a break within {windows}")
        words = words if breaks else self.tr("{driver} takes the break that the policy says")
        said = words.format(driver=reading.driver_id, windows=", ".join(windows))
        self._ask(self.tr("Plan a break"), PlanBreaks(driver_id=reading.driver_id, breaks=breaks), said)

    def _planned(self, said: SaidBreak) -> PlannedBreak:
        """Return a break in the window of the day that is going on, or comes next."""
        from_min, until_min = _minute_of_day(said.from_time), _minute_of_day(said.until_time)
        until_min += until_min == from_min
        earliest_at, latest_at = span_around(self._context.now(), from_min, until_min, self._context.zone)
        return PlannedBreak(earliest_at=earliest_at, latest_at=latest_at, length_s=60.0 * said.minutes)

    def _close(self, reading: Reading) -> None:
        """Close a zone, or the street at the place that was looked up last."""
        for_s = 60.0 * (reading.minutes or _USUAL_MIN)
        change = self._closes_on_orders(reading, for_s) or self._closes_on_ways(reading, for_s)
        if change is not None:
            self._preview(change, reading.note)
        elif not reading.note:
            self._refuse(self.tr("Say why: add # and the reason."))
        elif reading.meant is not None:
            self._close_zone(ZoneId(reading.meant.id), reading.note, for_s)
        elif self.place is None:
            self._refuse(self.tr("Look a street or place up first: type its name."))
        else:
            self._close_street(self.place, reading.note, for_s)

    def _close_zone(self, zone_id: ZoneId, note: str, for_s: float) -> None:
        words = self.tr("{zone} is closed until {time}; nothing new is planned there")
        said = words.format(zone=zone_name(self._context.store.operation, zone_id), time=self._until(for_s))
        self._ask(self.tr("Close"), ClosePlace(zone_id=zone_id, note=note, for_s=for_s), said)

    def _close_street(self, place: FoundPlace, note: str, for_s: float) -> None:
        street = called_street(place)
        words = self.tr("Closed until {time}: {street}; ways lead round it")
        said = words.format(street=street_name(place.position, street), time=self._until(for_s))
        command = ClosePlace(position=place.position, note=note, for_s=for_s, street=street)
        self._ask(self.tr("Close"), command, said)

    def _until(self, for_s: float) -> str:
        now = self._context.now()
        return time_of_days(now + for_s, now, self._context.zone)

    def _closes_on_orders(self, reading: Reading, for_s: float) -> CloseZone | None:
        """Return the closing of a zone that orders wait in, ``None`` where nothing would wait for it."""
        if reading.meant is None:
            return None
        zone_id = ZoneId(reading.meant.id)
        waiting = waits_in(self._context.store.operation, zone_id)
        return CloseZone(order_id=waiting[0], zone_id=zone_id, for_s=for_s) if waiting else None

    def _closes_on_ways(self, reading: Reading, for_s: float) -> CloseStreet | None:
        """Return the closing of a street that planned ways lead over, ``None`` where nobody is to drive there."""
        if reading.meant is not None or self.place is None:
            return None
        position = self.place.position
        led_over = ways_over(self._context.store.operation, position)
        if not led_over:
            return None
        return CloseStreet(order_id=led_over[0], position=position, for_s=for_s, street=called_street(self.place))

    def _open(self, reading: Reading) -> None:
        """Open a zone, or what was closed last at the place that was looked up last."""
        closed = self._context.store.operation.closures.in_force(self._context.now())
        place = self.place.position if self.place is not None else None
        wanted = ZoneId(reading.meant.id) if reading.meant is not None else None
        found = [c for c in closed if (c.zone_id == wanted if wanted is not None else c.position == place)]
        if not found:
            self._refuse(self.tr("Nothing is closed there."))
        else:
            command = ReopenPlace(closure_id=found[-1].closure_id)
            self._ask(self.tr("Open"), command, self.tr("It is open again"))

    def _order(self, reading: Reading) -> Order | None:
        order = self._context.store.operation.orders.orders.get(OrderId(reading.order_id or ""))
        if order is None:
            self._refuse(self.tr("Select an order first."))
        return order


def called_street(place: FoundPlace) -> str:
    """Return what the street at a place is called; empty where only its degrees are known."""
    if place.kind is PlaceKind.STREET or not place.name:
        return place.name[:LONGEST_STREET]
    words = QCoreApplication.translate("Rulings", "the street at {place}")
    return words.format(place=place.name)[:LONGEST_STREET]


def _minute_of_day(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)
