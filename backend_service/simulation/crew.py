"""The people on the road today: who drives what, with which skills and which temper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from backend_service.simulation.dice import dice
from backend_service.simulation.names import licence_number, person_name, phone_number, plate
from backend_service.simulation.town import Town
from core.vocabulary import DriverId, Instant, Load, VehicleId

_PAUSES, _LEAVES_SOON, _BLIND_SPOT = 0.25, 0.08, 0.12


class PhoneKind(StrEnum):
    """By which door a vehicle's fixes come."""

    GATEWAY = "gateway"
    OSMAND = "osmand"
    TRACCAR_CLIENT = "traccar_client"


@dataclass(frozen=True, slots=True)
class Ride:
    """A kind of vehicle: what it is called, carries, and can do."""

    make: str
    model: str
    capacity: Load
    top_mps: float
    is_motorbike: bool


_RIDES = (
    (0.68, Ride("Honda", "CB125F", Load(volume_l=60.0, weight_kg=25.0), 22.0, True)),
    (0.10, Ride("Oxford", "Bicimoto", Load(volume_l=40.0, weight_kg=15.0), 8.5, True)),
    (0.22, Ride("Suzuki", "Alto", Load(volume_l=250.0, weight_kg=120.0), 30.0, False)),
)


@dataclass(frozen=True, slots=True)
class Temper:
    """How a driver is.

    Parameters
    ----------
    refuses : float
        Probability of saying no to an offer.
    haste : float
        Speed beside the street engine's supposition.
    answers_s : float
        Seconds that an offer usually waits for an answer.
    taps_arrival : float
        Probability of telling an arrival by hand; otherwise the platform has to see it.
    """

    refuses: float
    haste: float
    answers_s: float
    taps_arrival: float


@dataclass(frozen=True, slots=True)
class CrewMember:
    """A driver with vehicle, phone and plans for the day.

    Parameters
    ----------
    waits_at : int
        Number of the kitchen near which the driver waits for work.
    pause : tuple of float or None
        Instants from and to which the driver wants a break.
    silences_per_hour : float
        How often the phone loses its signal.
    """

    driver_id: DriverId
    vehicle_id: VehicleId
    name: str
    phone: str
    licence: str
    plate: str
    ride: Ride
    skills: tuple[str, ...]
    temper: Temper
    phone_kind: PhoneKind
    waits_at: int
    shift_ends_at: Instant
    pause: tuple[Instant, Instant] | None
    silences_per_hour: float


def crew_of_day(town: Town, seed: int, count: int, start_at: Instant) -> tuple[CrewMember, ...]:
    """Return who is on shift when the day is entered at `start_at`."""
    return tuple(_member(town, seed, number, start_at) for number in range(count))


def _member(town: Town, seed: int, number: int, start_at: Instant) -> CrewMember:
    throw = dice(seed, "crew", number)
    ride = _RIDES[int(throw.choice(len(_RIDES), p=[share for share, _ in _RIDES]))][1]
    fame = np.array([kitchen.fame for kitchen in town.kitchens])
    leaves_soon = throw.random() < _LEAVES_SOON
    return CrewMember(
        driver_id=DriverId(f"D-{number + 1:02d}"),
        vehicle_id=VehicleId(f"V-{number + 1:02d}"),
        name=person_name(throw),
        phone=phone_number(throw),
        licence=licence_number(throw),
        plate=plate(throw, is_motorbike=ride.is_motorbike),
        ride=ride,
        skills=("chilled",) if not ride.is_motorbike or throw.random() < 0.4 else (),
        temper=_temper(throw),
        phone_kind=_phone_kind(number),
        waits_at=int(throw.choice(len(town.kitchens), p=fame / fame.sum())),
        shift_ends_at=start_at + float(throw.uniform(15, 40) * 60 if leaves_soon else throw.uniform(2, 6) * 3600),
        pause=_pause(throw, start_at),
        silences_per_hour=6.0 if throw.random() < _BLIND_SPOT else 0.5,
    )


def _temper(throw: np.random.Generator) -> Temper:
    return Temper(
        refuses=float(throw.beta(1, 24)),
        haste=float(np.clip(throw.normal(1.0, 0.08), 0.8, 1.2)),
        answers_s=float(throw.uniform(4, 18)),
        taps_arrival=float(throw.uniform(0.5, 1.0)),
    )


def _phone_kind(number: int) -> PhoneKind:
    """Return the kind of phone: of ten drivers two bring their own, one of each kind."""
    return {3: PhoneKind.OSMAND, 7: PhoneKind.TRACCAR_CLIENT}.get(number % 10, PhoneKind.GATEWAY)


def _pause(throw: np.random.Generator, start_at: Instant) -> tuple[Instant, Instant] | None:
    wants, from_s, for_s = throw.random() < _PAUSES, throw.uniform(240, 2400), throw.uniform(300, 900)
    return (start_at + float(from_s), start_at + float(from_s + for_s)) if wants else None
