"""A driver at work: looks at the app, answers offers, drives, waits at counters, hands over, rests, goes home."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend_service.simulation.crew import CrewMember
from backend_service.simulation.dice import dice
from backend_service.simulation.door import TurnedAway, Unanswered
from backend_service.simulation.drive import Drive
from backend_service.simulation.driver_app import DriverApp
from backend_service.simulation.fates import Fates
from backend_service.simulation.phone import Phone, Sending
from backend_service.simulation.tally import Tally
from backend_service.simulation.traffic import Traffic
from backend_service.simulation.written import Stop, Tasks
from backend_service.streets.street_engine import NoWay, StreetEngine
from core.geodesy import distance_m
from core.vocabulary import Instant, Position

LOOKS_EVERY_S = 10.0
"""How often a driver's app asks for the work in hand."""

_HERE_M = 12.0
_GIVES_UP_AT_DOOR_S = 180.0
_IDLE_BEFORE_RETURN_S = 60.0
_PICKUP = "pickup"


@dataclass(frozen=True, slots=True)
class Road:
    """What all drivers share: streets, traffic, what fate holds, and the count."""

    streets: StreetEngine
    traffic: Traffic
    fates: Fates
    tally: Tally
    seed: int


class DriverAtWork:
    """One driver.

    Parameters
    ----------
    member : CrewMember
    app : DriverApp
    phone : Phone
    road : Road
    waiting_place : Position
        Where the driver starts, and waits for work.
    """

    def __init__(self, member: CrewMember, app: DriverApp, phone: Phone, road: Road, waiting_place: Position) -> None:
        self.member = member
        self.position = waiting_place
        self.is_on_shift = False
        self._app = app
        self._phone = phone
        self._road = road
        self._waiting_place = waiting_place
        self._heading_deg = 0.0
        self._tasks = Tasks()
        self._looks_at = 0.0
        self._answers_at: dict[str, Instant] = {}
        self._bound_for: Stop | None = None
        self._drive: Drive | None = None
        self._stands_since = 0.0
        self._has_told_arrival = False
        self._is_paused = False
        self._stands_between = self._dark_between = (np.inf, np.inf)

    @property
    def is_driving(self) -> bool:
        """Say whether the vehicle is on its way somewhere."""
        return self._drive is not None

    def move(self, seconds: float, now: Instant) -> Sending | None:
        """Drive on for so many seconds before `now`, and return what the phone sends."""
        speed, stands = 0.0, self._stands_between[0] <= now < self._stands_between[1]
        if self._drive is not None and not stands:
            self._drive.advance(seconds, now)
            self.position, self._heading_deg = self._drive.position, self._drive.heading_deg
            speed = self._drive.speed_mps
            if self._drive.is_over:
                self._drive, self._stands_since = None, now
        is_dark = self._dark_between[0] <= now < self._dark_between[1]
        if is_dark or not self.is_on_shift:
            return None
        return self._phone.observe(now, self.position, speed, self._heading_deg)

    async def start_shift(self, now: Instant) -> None:
        """Become available."""
        await self._app.start_shift(self.member.vehicle_id, self.member.shift_ends_at)
        self.is_on_shift = True
        self._stands_since = now
        beat = float(dice(self._road.seed, "looks", self.member.driver_id).random())
        self._looks_at = now + beat * LOOKS_EVERY_S

    async def act(self, now: Instant) -> None:
        """Do what is due; a no of the service makes the driver look at the work in hand again."""
        if not self.is_on_shift:
            return
        try:
            if now >= self._looks_at:
                await self._look(now)
            await self._answer_offers(now)
            await self._keep_break(now)
            await self._carry_on(now)
        except TurnedAway:
            self._looks_at = now
        except Unanswered:
            self._looks_at = now + LOOKS_EVERY_S

    async def _look(self, now: Instant) -> None:
        self._tasks = await self._app.tasks()
        self._looks_at = now + LOOKS_EVERY_S
        offered = {task.order.order_id for task in self._tasks.tasks if not task.order.is_accepted}
        answers_at = now + self.member.temper.answers_s
        self._answers_at = {order_id: self._answers_at.get(order_id, answers_at) for order_id in sorted(offered)}

    async def _answer_offers(self, now: Instant) -> None:
        due = [order_id for order_id, at in self._answers_at.items() if at <= now]
        for order_id in due:
            del self._answers_at[order_id]
            if self._road.fates.would_refuse(self.member.driver_id, order_id, self.member.temper.refuses):
                await self._app.refuse(order_id, "too_far")
                self._road.tally.offers_refused += 1
            else:
                await self._app.accept(order_id)
                self._road.tally.offers_accepted += 1
        if due:
            await self._look(now)

    async def _carry_on(self, now: Instant) -> None:
        stop = self._next_stop()
        if stop is None:
            self._bound_for = None
            await self._be_free(now)
        elif stop != self._bound_for:
            await self._set_out(stop, now)
        elif self._drive is None:
            await self._serve(stop, now)

    def _next_stop(self) -> Stop | None:
        for stop in self._tasks.stops:
            order = self._tasks.order(stop.order_id)
            if order is not None and order.is_accepted:
                return stop
        return None

    async def _set_out(self, stop: Stop, now: Instant) -> None:
        self._bound_for, self._has_told_arrival = stop, False
        fates, drive = self._road.fates, (self.member.driver_id, stop.order_id, stop.kind)
        self._stands_between = _between(fates.stands(*drive), now)
        self._dark_between = _between(fates.is_dark(*drive), now)
        try:
            await self._drive_to(stop.position.position(), now)
        except NoWay:
            await self._app.failed(stop.order_id, "address_unreachable")
            self._road.tally.failed += 1
            self._looks_at = now

    async def _drive_to(self, place: Position, now: Instant) -> None:
        if self._drive is not None:
            self._drive.abandon()
            self._drive = None
        self._stands_since = now
        ends = np.array([[self.position.lat, self.position.lon], [place.lat, place.lon]])
        if distance_m(ends[0], ends[1]) <= _HERE_M:
            return
        route = await self._road.streets.route(ends, annotate=True)
        haste, top_mps = self.member.temper.haste, self.member.ride.top_mps
        self._drive = Drive(route, self._road.traffic, haste=haste, top_mps=top_mps)

    async def _serve(self, stop: Stop, now: Instant) -> None:
        if not self._has_told_arrival:
            self._has_told_arrival = True
            await self._tell_arrival(stop)
        if now < self._done_at(stop):
            return
        self._bound_for = None
        await self._finish(stop)
        await self._look(now)

    async def _tell_arrival(self, stop: Stop) -> None:
        throw = dice(self._road.seed, "arrival", self.member.driver_id, stop.order_id, stop.kind)
        if throw.random() < self.member.temper.taps_arrival:
            await self._app.arrived(stop.order_id)
            self._road.tally.arrivals_told += 1

    def _done_at(self, stop: Stop) -> Instant:
        fates = self._road.fates
        if stop.kind == _PICKUP:
            return max(self._stands_since, fates.ready_at(stop.order_id)) + fates.counter_s(stop.order_id)
        is_home = fates.is_home(stop.order_id)
        return self._stands_since + (fates.door_s(stop.order_id) if is_home else _GIVES_UP_AT_DOOR_S)

    async def _finish(self, stop: Stop) -> None:
        if stop.kind == _PICKUP:
            await self._app.picked_up(stop.order_id)
            self._road.tally.picked_up += 1
        elif self._road.fates.is_home(stop.order_id):
            await self._app.delivered(stop.order_id)
            self._road.tally.delivered += 1
        else:
            await self._app.failed(stop.order_id, "customer_absent")
            self._road.tally.failed += 1

    async def _keep_break(self, now: Instant) -> None:
        """Take no new work when the break is due, work in hand or not, and come back after it."""
        if self.member.pause is None:
            return
        from_at, until_at = self.member.pause
        if not self._is_paused and from_at <= now < until_at:
            await self._app.pause()
            self._is_paused = True
            self._road.tally.pauses += 1
        elif self._is_paused and now >= until_at:
            await self._app.resume()
            self._is_paused = False

    async def _be_free(self, now: Instant) -> None:
        if self._tasks.tasks:
            return
        if now >= self.member.shift_ends_at:
            await self._go_home()
        elif self._drive is None and now - self._stands_since > _IDLE_BEFORE_RETURN_S:
            await self._return(now)

    async def _go_home(self) -> None:
        await self._app.end_shift()
        self.is_on_shift = False
        self._road.tally.shifts_ended += 1

    async def _return(self, now: Instant) -> None:
        """Drive back to where orders usually come from; where no way leads, wait here from now on."""
        try:
            await self._drive_to(self._waiting_place, now)
        except NoWay:
            self._waiting_place = self.position


def _between(mishap: tuple[float, float] | None, now: Instant) -> tuple[Instant, Instant]:
    """Return from when to when a mishap lasts that begins so many seconds from now; never without one."""
    if mishap is None:
        return np.inf, np.inf
    after_s, for_s = mishap
    return now + after_s, now + after_s + for_s
