"""The doors for those who do not drive: the back office that registers, the shop that sells, the kitchens, a depot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend_service.simulation.crew import CrewMember
from backend_service.simulation.demand import Wish
from backend_service.simulation.door import Door
from backend_service.simulation.town import Home
from backend_service.simulation.written import DeviceKey, Health, Spot, Taken, Token, Waves, moment
from core.vocabulary import Instant, Load, Position

_LONGEST_DAY_S = 86_400.0
_DEPOT, _RHYTHM = "DP-1", "WR-1"


class _Office:
    """Somebody who speaks to the service with a token of their own.

    Parameters
    ----------
    door : Door
    token : str
        As who.
    run : str
        Names this day, so that another day's requests are not taken for repetitions.
    """

    def __init__(self, door: Door, token: str, run: str) -> None:
        self._door = door
        self._token = token
        self._run = run

    async def now(self) -> Instant | None:
        """Return the operation's time as the service tells it."""
        health = await self._door.ask("GET", "/health", Health, token=self._token)
        return None if health.detail is None else health.detail.now.timestamp()

    async def _write[Answer](self, method: str, path: str, body: object, kind: type[Answer], what: str) -> Answer:
        key = f"{self._run}-{what}"
        return await self._door.ask(method, f"/api/v1{path}", kind, token=self._token, body=body, key=key)


class BackOffice(_Office):
    """What an administrator does before the day: vehicles, phones, drivers, fences.

    Its token is an administrator's.
    """

    async def register(self, member: CrewMember) -> tuple[str, str]:
        """Register a driver with vehicle and phone; return the driver's token and the phone's key."""
        load = {"volume_l": member.ride.capacity.volume_l, "weight_kg": member.ride.capacity.weight_kg}
        vehicle = {
            "vehicle_id": member.vehicle_id,
            "plate": member.plate,
            "make": member.ride.make,
            "model": member.ride.model,
            "capacity": load,
        }
        await self._write("POST", "/vehicles", vehicle, Taken, f"vehicle-{member.vehicle_id}")
        device = {"device_id": f"phone-{member.vehicle_id}"}
        path = f"/vehicles/{member.vehicle_id}/devices"
        key = await self._write("POST", path, device, DeviceKey, f"device-{member.vehicle_id}")
        driver = {
            "driver_id": member.driver_id,
            "name": member.name,
            "phone": member.phone,
            "licence": member.licence,
            "skills": member.skills,
        }
        await self._write("POST", "/drivers", driver, Taken, f"driver-{member.driver_id}")
        path, wish = f"/drivers/{member.driver_id}/tokens", {"lifetime_s": _LONGEST_DAY_S}
        token = await self._write("POST", path, wish, Token, f"token-{member.driver_id}")
        return token.token, key.key

    async def draw_circle(self, name: str, purpose: str, centre: Position, radius_m: float) -> str:
        """Draw a round fence and return its id."""
        fence = {"name": name, "purpose": purpose, "centre": Spot.of(centre), "radius_m": radius_m}
        return (await self._write("POST", "/geofences", fence, Taken, f"fence-{name}")).id


class Shop(_Office):
    """What is said for customers and kitchens: orders placed and cancelled, goods late and ready.

    Its token is that of one who may place orders.
    """

    async def place(self, wish: Wish) -> str:
        """Place an order and return the id that the service gives it."""
        kitchen = wish.kitchen
        order = {
            "pickup": {"name": kitchen.name, "position": Spot.of(kitchen.position), "address": kitchen.address},
            "delivery": Spot.of(wish.home.position),
            "promise": {"by_at": moment(wish.at + wish.promise_s)},
            "ready_at": moment(wish.told_ready_at),
            "customer": {"name": wish.customer_name, "phone": wish.phone, "address": wish.home.address},
            "load": {"volume_l": wish.load.volume_l, "weight_kg": wish.load.weight_kg},
            "skills": wish.skills,
            "value": wish.value,
        }
        return (await self._write("POST", "/orders", order, Taken, f"order-{wish.name}")).id

    async def say_late(self, order_id: str, ready_at: Instant) -> None:
        """Say that the kitchen needs until `ready_at`."""
        late = {"ready_at": moment(ready_at), "reason": "kitchen_busy"}
        await self._write("POST", f"/orders/{order_id}/readiness", late, Taken, f"late-{order_id}")

    async def say_ready(self, order_id: str) -> None:
        """Say that the goods wait at the counter."""
        await self._write("POST", f"/orders/{order_id}/ready", None, Taken, f"ready-{order_id}")

    async def cancel(self, order_id: str) -> None:
        """Withdraw the order for its customer."""
        reason = {"reason": "customer_cancelled"}
        await self._write("POST", f"/orders/{order_id}/cancel", reason, Taken, f"cancel-{order_id}")


@dataclass(frozen=True, slots=True)
class Parcel:
    """Goods that wait at a depot for somebody's door, promised from one instant to another."""

    name: str
    home: Home
    customer_name: str
    phone: str
    from_at: Instant
    by_at: Instant
    load: Load
    value: int


class DepotOffice(_Office):
    """What the office of the one depot does: opens it, says when its waves close, takes parcels, releases a plan.

    Its token is an administrator's.
    """

    async def open_depot(self, position: Position, crew: Iterable[CrewMember]) -> None:
        """Open the depot, around the clock, with its own drivers."""
        members = [
            {"driver_id": member.driver_id, "vehicle_id": member.vehicle_id, "from_min": 0, "until_min": 1440}
            for member in crew
        ]
        depot = {"name": "Depot Centro", "position": Spot.of(position), "loading_s": 20.0, "crew": members}
        await self._write("PUT", f"/depots/{_DEPOT}", depot, Taken, "depot")

    async def set_closing(self, minute: int) -> None:
        """Let one wave a day close at a minute after midnight; its vans load at once."""
        rhythm = {"name": "Parcels", "depot_ids": [_DEPOT], "closes_min": [minute], "lead_s": 0.0}
        await self._write("PUT", f"/wave-rhythms/{_RHYTHM}", rhythm, Taken, "rhythm")

    async def take_parcel(self, parcel: Parcel) -> None:
        """Take a parcel in that is to leave with the next wave; it stands at the gate."""
        order = {
            "depot_id": _DEPOT,
            "delivery": Spot.of(parcel.home.position),
            "promise": {"kind": "window", "from_at": moment(parcel.from_at), "by_at": moment(parcel.by_at)},
            "customer": {"name": parcel.customer_name, "phone": parcel.phone, "address": parcel.home.address},
            "load": {"volume_l": parcel.load.volume_l, "weight_kg": parcel.load.weight_kg},
            "value": parcel.value,
        }
        order_id = (await self._write("POST", "/orders", order, Taken, parcel.name)).id
        await self._write("POST", f"/orders/{order_id}/ready", None, Taken, f"ready-{parcel.name}")

    async def waves(self) -> Waves:
        """Return how the waves stand."""
        return await self._door.ask("GET", "/api/v1/waves", Waves, token=self._token)

    async def release(self, wave_id: str, number: int) -> None:
        """Put a proposed plan in force."""
        await self._write("POST", f"/waves/{wave_id}/release", {"number": number}, Taken, f"release-{wave_id}-{number}")
