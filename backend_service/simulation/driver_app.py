"""The doors that a driver's app uses: the shift, the work in hand, what happened at each stop."""

from __future__ import annotations

from backend_service.simulation.door import Door
from backend_service.simulation.written import Taken, Tasks, moment
from core.vocabulary import Instant


class DriverApp:
    """One driver's app.

    Parameters
    ----------
    door : Door
    driver_id : str
    token : str
        The driver's own.
    """

    def __init__(self, door: Door, driver_id: str, token: str) -> None:
        self._door = door
        self._token = token
        self._driver_id = driver_id
        self._sent = 0

    async def tasks(self) -> Tasks:
        """Return the work in hand."""
        return await self._door.ask("GET", f"/api/v1/drivers/{self._driver_id}/tasks", Tasks, token=self._token)

    async def start_shift(self, vehicle_id: str, ends_at: Instant) -> None:
        """Become available."""
        await self._of_driver("shift", {"vehicle_id": vehicle_id, "ends_at": moment(ends_at)})

    async def end_shift(self) -> None:
        """Go home."""
        await self._of_driver("shift/end")

    async def pause(self) -> None:
        """Take a break."""
        await self._of_driver("pause", {"reason": "break"})

    async def resume(self) -> None:
        """Come back from a break."""
        await self._of_driver("resume")

    async def accept(self, order_id: str) -> None:
        """Say yes to an offer."""
        await self._of_order(order_id, "accept")

    async def refuse(self, order_id: str, reason: str) -> None:
        """Say no to an offer."""
        await self._of_order(order_id, "refuse", {"reason": reason})

    async def arrived(self, order_id: str) -> None:
        """Say that the order's next stop is reached."""
        await self._of_order(order_id, "arrived")

    async def picked_up(self, order_id: str) -> None:
        """Say that the goods are on board."""
        await self._of_order(order_id, "picked-up")

    async def delivered(self, order_id: str) -> None:
        """Say that the customer has the goods."""
        await self._of_order(order_id, "delivered", {"proof": "handed over"})

    async def failed(self, order_id: str, reason: str) -> None:
        """Say that the goods could not be handed over."""
        await self._of_order(order_id, "failed", {"reason": reason})

    async def _of_driver(self, what: str, body: object = None) -> None:
        await self._post(f"/api/v1/drivers/{self._driver_id}/{what}", body)

    async def _of_order(self, order_id: str, what: str, body: object = None) -> None:
        await self._post(f"/api/v1/orders/{order_id}/{what}", body)

    async def _post(self, path: str, body: object) -> None:
        # A driver may say the same twice with good reason: each saying has a key, each repetition of it the same.
        self._sent += 1
        key = f"{self._token[-16:]}-{self._sent}"
        await self._door.ask("POST", path, Taken, token=self._token, body=body, key=key)
