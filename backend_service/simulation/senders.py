"""How fixes leave: in batches through a gateway, or phone by phone as OsmAnd and Traccar Client send them."""

from __future__ import annotations

from dataclasses import asdict

import httpx
import msgspec

from backend_service.simulation.door import Door, TurnedAway
from backend_service.simulation.phone import Fix, Sending
from backend_service.simulation.tally import Tally
from backend_service.simulation.written import FixReport, moment
from core.vocabulary import VehicleId

_KNOTS_PER_MPS = 3600.0 / 1852.0
_LARGEST_BATCH = 500


class Gateway:
    """Gathers the fixes of many vehicles and posts them together.

    Parameters
    ----------
    door : Door
    token : str
        A gateway's.
    tally : Tally
    """

    def __init__(self, door: Door, token: str, tally: Tally) -> None:
        self._door = door
        self._token = token
        self._tally = tally
        self._rows: list[dict[str, object]] = []

    def take(self, vehicle_id: VehicleId, sending: Sending) -> None:
        """Take the fixes of one vehicle in, for the next batch."""
        self._rows += [{"vehicle": vehicle_id, **asdict(fix)} for fix in sending.fixes]

    async def flush(self) -> None:
        """Post what was gathered; what is not answered is kept for the next time."""
        while self._rows:
            rows = self._rows[:_LARGEST_BATCH]
            report = await self._door.ask(
                "POST", "/api/v1/telemetry", FixReport, token=self._token, body={"fixes": rows}
            )
            del self._rows[: len(rows)]
            self._tally.fixes_accepted += report.accepted
            self._tally.count_rejected(report.rejected)


class OsmAndPhone:
    """Posts each fix as the OsmAnd form does: speed in knots, seconds since 1970.

    Parameters
    ----------
    door : Door
    key : str
        The device's own.
    address : str
        Where the tracker door is; empty for the path of the key at the service's main address.
    """

    def __init__(self, door: Door, key: str, address: str = "") -> None:
        self._door = door
        self._key = key
        self._path = f"{address}/" if address else f"/t/{key}"

    async def post(self, fix: Fix) -> str | None:
        """Send one fix; return why the service did not believe it, ``None`` if it did."""
        form = {
            "id": self._key,
            "timestamp": f"{fix.fix_at:.3f}",
            "lat": f"{fix.lat:.6f}",
            "lon": f"{fix.lon:.6f}",
            "speed": f"{fix.speed_mps * _KNOTS_PER_MPS:.2f}",
            "bearing": f"{fix.heading_deg:.1f}",
            "accuracy": f"{fix.accuracy_m:.1f}",
            "batt": "80",
        }
        reply = await self._door.send("POST", self._path, data=form)
        return _reason(reply)


class TraccarClientPhone:
    """Posts each fix as JSON, as Traccar Client does from version 9 on; parameters as for `OsmAndPhone`."""

    def __init__(self, door: Door, key: str, address: str = "") -> None:
        self._door = door
        self._key = key
        self._path = f"{address}/" if address else f"/t/{key}"

    async def post(self, fix: Fix) -> str | None:
        """Send one fix; return why the service did not believe it, ``None`` if it did."""
        coords = {
            "latitude": fix.lat,
            "longitude": fix.lon,
            "accuracy": fix.accuracy_m,
            "speed": fix.speed_mps,
            "heading": fix.heading_deg,
            "altitude": 30.0,
        }
        location = {
            "timestamp": moment(fix.fix_at),
            "coords": coords,
            "is_moving": fix.speed_mps > 0,
            "battery": {"level": 0.8, "is_charging": False},
        }
        body = msgspec.json.encode({"device_id": self._key, "location": location})
        headers = {"Content-Type": "application/json"}
        reply = await self._door.send("POST", self._path, content=body, headers=headers)
        return _reason(reply)


type OwnPhone = OsmAndPhone | TraccarClientPhone

_REJECTED = "X-Tower-Rejected"


def _reason(reply: httpx.Response) -> str | None:
    reason: str | None = reply.headers.get(_REJECTED)
    return reason


async def post_all(phone: OwnPhone, sending: Sending, tally: Tally) -> None:
    """Send fixes one after the other, as a phone does, and count what became of them."""
    for fix in sending.fixes:
        try:
            rejected = await phone.post(fix)
        except TurnedAway as no:
            rejected = no.code
        if rejected:
            tally.count_rejected({rejected: 1})
        else:
            tally.fixes_accepted += 1
