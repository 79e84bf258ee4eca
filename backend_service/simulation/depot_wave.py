"""A depot in the simulated day: its vans, the parcels that wait there, and the wave that they leave in.

The platform plans the wave and a person at a desk releases it; only when nobody has for a long while does the depot's
own office. The vans' drivers come to work once they have something to drive. None of it touches the dice of the others:
with or without a wave the day is the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from backend_service.simulation.crew import CrewMember, PhoneKind, Ride, Temper
from backend_service.simulation.dice import dice
from backend_service.simulation.door import TurnedAway, Unanswered
from backend_service.simulation.driver import DriverAtWork
from backend_service.simulation.names import licence_number, person_name, phone_number, plate
from backend_service.simulation.offices import DepotOffice, Parcel
from backend_service.simulation.town import Home, Town
from core.geodesy import Points, distance_m
from core.vocabulary import DriverId, Instant, Load, VehicleId

VANS = 2
RELEASED_BY_OFFICE_S = 600.0
"""So long a proposed plan waits for a desk, seconds."""

_LOOKS_EVERY_S = 5.0
_CLOSES_AFTER_S = 80.0
"""The closing is the minute that has begun by then: never one that is over before it is known."""
_SHIFT_S = 6 * 3600.0
_WINDOW_S = 4500.0
_NEAR_M = 2_500.0
_VAN = Ride("Suzuki", "Every", Load(volume_l=480.0, weight_kg=300.0), 30.0, False)
_CALM = Temper(refuses=0.0, haste=1.0, answers_s=4.0, taps_arrival=0.95)

type Hire = Callable[[CrewMember], Awaitable[DriverAtWork]]
"""Registers somebody who is not on shift yet."""


@dataclass(frozen=True, slots=True)
class WavePlace:
    """Where and when the wave is: its town, the day's seed, the instant it is entered at, the site's time zone."""

    town: Town
    seed: int
    start_at: Instant
    zone: ZoneInfo


class DepotWave:
    """One wave of one depot; made by `prepare`.

    Attributes
    ----------
    vans : the drivers; on shift once the wave is released
    """

    def __init__(self, office: DepotOffice, vans: list[DriverAtWork]) -> None:
        self.vans = vans
        self._office = office
        self._looks_at = 0.0
        self._proposed_at: Instant | None = None

    @classmethod
    async def prepare(
        cls, place: WavePlace, parcels: int, first_van: int, office: DepotOffice, hire: Hire
    ) -> DepotWave:
        """Return the wave with its vans registered and its parcels waiting for the closing, about a minute from now.

        Parameters
        ----------
        place : WavePlace
        parcels : int
            How many.
        first_van : int
            The number of the first van's driver; the others follow.
        office : DepotOffice
        hire : callable
        """
        members = [_van(place, first_van + number) for number in range(VANS)]
        vans = [await hire(member) for member in members]
        await office.open_depot(place.town.kitchens[0].position, members)
        for parcel in parcels_of_day(place, parcels):
            await office.take_parcel(parcel)
        now = await office.now()
        closes = datetime.fromtimestamp((place.start_at if now is None else now) + _CLOSES_AFTER_S, place.zone)
        await office.set_closing(60 * closes.hour + closes.minute)
        return cls(office, vans)

    async def act(self, now: Instant) -> None:
        """Look how the wave stands: begin the shifts of what was released, release what waited too long."""
        if now < self._looks_at or all(van.is_on_shift for van in self.vans):
            return
        self._looks_at = now + _LOOKS_EVERY_S
        try:
            await self._look(now)
        except (TurnedAway, Unanswered):
            return  # counted where it was asked; a plan that moved meanwhile is looked at the next time

    async def _look(self, now: Instant) -> None:
        for wave in (await self._office.waves()).items:
            if wave.state == "released":
                for van in self.vans:
                    await van.start_shift(now)
            elif wave.proposed_number is not None:
                self._proposed_at = now if self._proposed_at is None else self._proposed_at
                if now - self._proposed_at >= RELEASED_BY_OFFICE_S:
                    await self._office.release(wave.wave_id, wave.proposed_number)


def parcels_of_day(place: WavePlace, count: int) -> list[Parcel]:
    """Return what waits at the depot: for homes that are rather near it, within a window of an hour and a quarter."""
    homes = place.town.homes
    depot = place.town.kitchens[0].position
    metres = distance_m(_points(homes), np.array([depot.lat, depot.lon]))
    nearness = np.exp(-metres / _NEAR_M)
    chosen = dice(place.seed, "parcels").choice(len(homes), count, replace=False, p=nearness / nearness.sum())
    return [_parcel(place, number, homes[int(home)]) for number, home in enumerate(chosen)]


def _parcel(place: WavePlace, number: int, home: Home) -> Parcel:
    throw = dice(place.seed, "parcel", number)
    return Parcel(
        name=f"parcel-{number}",
        home=home,
        customer_name=person_name(throw),
        phone=phone_number(throw),
        from_at=place.start_at,
        by_at=place.start_at + _WINDOW_S,
        load=Load(volume_l=round(float(throw.uniform(15, 90))), weight_kg=round(float(throw.uniform(2, 18)))),
        value=int(throw.integers(60, 300)) * 100,
    )


def _van(place: WavePlace, number: int) -> CrewMember:
    throw = dice(place.seed, "van", number)
    return CrewMember(
        driver_id=DriverId(f"D-{number:02d}"),
        vehicle_id=VehicleId(f"V-{number:02d}"),
        name=person_name(throw),
        phone=phone_number(throw),
        licence=licence_number(throw),
        plate=plate(throw, is_motorbike=False),
        ride=_VAN,
        skills=(),
        temper=_CALM,
        phone_kind=PhoneKind.GATEWAY,
        waits_at=0,
        shift_ends_at=place.start_at + _SHIFT_S,
        pause=None,
        silences_per_hour=0.5,
    )


def _points(homes: tuple[Home, ...]) -> Points:
    return np.array([(home.position.lat, home.position.lon) for home in homes])
