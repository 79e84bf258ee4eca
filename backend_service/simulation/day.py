"""A simulated working day, entered mid-shift: everybody who acts on the service from outside, moved by a clock.

`WorkingDay.step` brings the day up to an instant: live, it is called a few times a second; stepped, as fast as the
service answers. Positions follow simulated time however late a step comes, so a slow service makes fixes and reports
late, as it would outside, and never makes the day itself run slower.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from backend_service.simulation.crew import CrewMember, PhoneKind, crew_of_day
from backend_service.simulation.demand import Demand
from backend_service.simulation.depot_wave import DepotWave, WavePlace
from backend_service.simulation.door import Door, Unanswered
from backend_service.simulation.driver import DriverAtWork, Road
from backend_service.simulation.driver_app import DriverApp
from backend_service.simulation.fates import Fates
from backend_service.simulation.offices import BackOffice, DepotOffice, Shop
from backend_service.simulation.outside import Outside
from backend_service.simulation.phone import Phone, Sending
from backend_service.simulation.senders import Gateway, OsmAndPhone, OwnPhone, TraccarClientPhone, post_all
from backend_service.simulation.tally import Tally
from backend_service.simulation.town import Town, settle
from backend_service.simulation.traffic import Traffic, incidents_of_day
from backend_service.streets.street_engine import StreetEngine
from core.fleet.zone import Zone
from core.vocabulary import Instant

_TICK_S = 1.0
_LONGEST_CATCH_UP_S = 120.0
_KITCHENS, _HOMES = 66, 2_400
_FENCE_RADIUS_M = 130.0


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What a day is made from.

    Parameters
    ----------
    seed : int
    start_at : float
        Instant at which the day is entered.
    drivers : int
    orders_per_hour : float
        At the peaks.
    zone : ZoneInfo
        The site's time zone.
    town : int, optional
        The seed of kitchens and homes, where several days go by in the same town; else the day's.
    parcels : int
        How many wait at a depot for a wave; no depot without any.
    """

    seed: int
    start_at: Instant
    drivers: int
    orders_per_hour: float
    zone: ZoneInfo
    town: int | None = None
    parcels: int = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """What lets the outside in: an administrator's token, a gateway's, and where the tracker door is (or nowhere)."""

    administrator: str
    gateway: str
    tracker_address: str = ""


class WorkingDay:
    """Everybody outside; made by `enter`."""

    def __init__(self, plan: DayPlan, town: Town, door: Door, keys: Keys, road: Road) -> None:
        self.plan = plan
        self.town = town
        self.tally = road.tally
        self._run = run = f"day-{plan.seed}-{plan.start_at:.0f}"
        self._office = BackOffice(door, keys.administrator, run)
        self._outside = Outside(Shop(door, keys.administrator, run), road.fates, road.tally)
        self._gateway = Gateway(door, keys.gateway, road.tally)
        self._demand = Demand(town, plan.zone, plan.seed, plan.orders_per_hour)
        self._door = door
        self._keys = keys
        self._road = road
        self._own_phones: dict[str, OwnPhone] = {}
        self._wave: DepotWave | None = None
        self.drivers: list[DriverAtWork] = []
        self._now = plan.start_at
        self._next_minute = int(plan.start_at // 60) + 1

    @property
    def fates(self) -> Fates:
        """What fate holds for this day's orders and vehicles."""
        return self._road.fates

    @classmethod
    async def enter(
        cls,
        plan: DayPlan,
        streets: StreetEngine,
        zones: tuple[Zone, ...],
        door: Door,
        keys: Keys,
        tally: Tally,
    ) -> WorkingDay:
        """Return the day with everybody registered and on shift, and the first orders about to come.

        Parameters
        ----------
        plan : DayPlan
        streets : StreetEngine
            For the drivers' ways; not the service's own.
        zones : tuple of Zone
        door : Door
        keys : Keys
        tally : Tally
        """
        town_seed = plan.seed if plan.town is None else plan.town
        town = await settle(streets, zones, town_seed, kitchens=_KITCHENS, homes=_HOMES)
        traffic = Traffic(plan.zone, incidents_of_day(town, plan.seed, plan.start_at))
        road = Road(streets, traffic, Fates(plan.seed), tally, plan.seed)
        day = cls(plan, town, door, keys, road)
        await day._draw_fences()
        await asyncio.gather(
            *(day._employ(member) for member in crew_of_day(town, plan.seed, plan.drivers, plan.start_at))
        )
        if plan.parcels:
            await day._open_depot()
        day.drivers.sort(key=lambda driver: driver.member.driver_id)
        day._outside.expect(day._demand.opening(plan.start_at))
        return day

    async def step(self, now: Instant) -> None:
        """Bring the day up to `now`: move everybody, then let everybody act.

        After a longer absence, such as a computer asleep, what was missed is skipped.
        """
        self._now = max(self._now, now - _LONGEST_CATCH_UP_S)
        own: list[tuple[OwnPhone, Sending]] = []
        while self._now < now:
            seconds = min(_TICK_S, now - self._now)
            self._now += seconds
            own += self._move(seconds)
        while self._next_minute * 60 <= now + 60:
            self._outside.expect(self._demand.of_minute(self._next_minute))
            self._next_minute += 1
        acts = [self._outside.act(now), self._flush(), *(driver.act(now) for driver in self.drivers)]
        if self._wave is not None:
            acts.append(self._wave.act(now))
        await asyncio.gather(*acts, *(self._post(phone, sending) for phone, sending in own))

    def _move(self, seconds: float) -> list[tuple[OwnPhone, Sending]]:
        """Move everybody, and return what leaves drivers' own phones; the rest goes to the gateway."""
        own: list[tuple[OwnPhone, Sending]] = []
        for driver in self.drivers:
            sending = driver.move(seconds, self._now)
            if sending is None:
                continue
            self._count(sending)
            phone = self._own_phones.get(driver.member.vehicle_id)
            if phone is None:
                self._gateway.take(driver.member.vehicle_id, sending)
            else:
                own.append((phone, sending))
        return own

    def _count(self, sending: Sending) -> None:
        self.tally.fixes_sent += len(sending.fixes)
        self.tally.fixes_doubled += sending.doubled
        self.tally.fixes_late += sending.late

    async def _flush(self) -> None:
        try:
            await self._gateway.flush()
        except Unanswered:
            return  # counted; the gateway keeps what it has for the next time

    async def _post(self, phone: OwnPhone, sending: Sending) -> None:
        try:
            await post_all(phone, sending, self.tally)
        except Unanswered:
            return  # counted; a phone app of this kind loses what it could not send

    async def _employ(self, member: CrewMember) -> None:
        driver = await self._hire(member)
        await driver.start_shift(self.plan.start_at)

    async def _hire(self, member: CrewMember) -> DriverAtWork:
        """Register somebody, and return the driver before the shift."""
        token, key = await self._office.register(member)
        if member.phone_kind is not PhoneKind.GATEWAY:
            kind = OsmAndPhone if member.phone_kind is PhoneKind.OSMAND else TraccarClientPhone
            self._own_phones[member.vehicle_id] = kind(self._door, key, self._keys.tracker_address)
        plan = self.plan
        phone = Phone(member.vehicle_id, plan.seed, plan.start_at, member.silences_per_hour)
        waits_at = self.town.kitchens[member.waits_at].position
        driver = DriverAtWork(member, DriverApp(self._door, member.driver_id, token), phone, self._road, waits_at)
        self.drivers.append(driver)
        return driver

    async def _open_depot(self) -> None:
        """Open a depot with parcels that leave in a wave; its vans are numbered after the others."""
        plan = self.plan
        place = WavePlace(self.town, plan.seed, plan.start_at, plan.zone)
        office = DepotOffice(self._door, self._keys.administrator, self._run)
        self._wave = await DepotWave.prepare(place, plan.parcels, plan.drivers + 1, office, self._hire)

    async def _draw_fences(self) -> None:
        """Have fences drawn where drivers are bound to pass: around the best known kitchens, and near a home."""
        famous = sorted(self.town.kitchens, key=lambda kitchen: -kitchen.fame)[:4]
        for kitchen in famous:
            await self._office.draw_circle(kitchen.name, "pickup", kitchen.position, _FENCE_RADIUS_M)
        depot, school = self.town.kitchens[0], self.town.homes[0]
        await self._office.draw_circle("Depot Centro", "depot", depot.position, 1.5 * _FENCE_RADIUS_M)
        await self._office.draw_circle("Escuela", "school", school.position, _FENCE_RADIUS_M)
