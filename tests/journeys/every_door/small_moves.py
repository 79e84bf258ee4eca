"""Cues to idle drivers in a town's log before its service starts: they come of zones that are short, not of a door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from backend_service.clocks import WallClock
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import Append, NewEvent
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.settings import Settings
from core.events.envelope import Event
from core.events.fleet_events import DriverRegistered, ShiftStarted, VehicleRegistered
from core.events.move_events import DriverMoveProposed
from core.fleet.driver_move import DriverMove, MoveId
from core.fleet.fleet import DriverPerson
from core.streams import of_driver, of_move, of_vehicle
from core.vocabulary import PLATFORM, DriverId, Position, VehicleId, ZoneId

CENTRE, HARBOUR, QUIET = ZoneId("centro"), ZoneId("puerto"), ZoneId("las-companias")
_FAR_AHEAD = 4_000_000_000.0

CENTRAL_MOVES = tuple(MoveId(f"M-C{number}") for number in range(8))
"""Two that stay, and three for each of the two doors, in the centre."""
HARBOUR_MOVES = tuple(MoveId(f"M-H{number}") for number in range(2))
"""One for each of the two doors, where the dispatcher of one region decides."""


def put_moves(data_dir: Path) -> None:
    """Let idle drivers be proposed a zone in which nothing happens."""
    asyncio.run(_put(Settings(data_dir=data_dir)))


async def _put(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = SubjectKeys.open(settings.data_dir / "keys.sqlite", settings.secrets_dir / "subjects.key")
    log = await EmbeddedEventLog.open(settings.log_path, WallClock(), keys)
    try:
        for zone_id, names in ((CENTRE, CENTRAL_MOVES), (HARBOUR, HARBOUR_MOVES)):
            for name in names:
                for stream, event in _idle_driver(name, zone_id):
                    await log.append([Append((NewEvent(stream, event, 0.0),), PLATFORM, 0.0, {})])
    finally:
        await log.close()
        keys.close()


def _idle_driver(name: MoveId, zone_id: ZoneId) -> Iterator[tuple[str, Event]]:
    driver_id, vehicle_id = DriverId(f"DR-{name}"), VehicleId(f"V-{name}")
    yield of_driver(driver_id), DriverRegistered(driver_id=driver_id, person=DriverPerson(name=f"Idle {name}"))
    yield of_vehicle(vehicle_id), VehicleRegistered(vehicle_id=vehicle_id, plate=name)
    yield of_driver(driver_id), ShiftStarted(driver_id=driver_id, vehicle_id=vehicle_id, ends_at=_FAR_AHEAD)
    move = DriverMove(
        move_id=name,
        driver_id=driver_id,
        from_zone_id=zone_id,
        to_zone_id=QUIET,
        target=Position(-29.88, -71.24),
        proposed_at=0.0,
        expires_at=_FAR_AHEAD,
        short=1.0,
        short_at=_FAR_AHEAD,
        spare=2.0,
        distance_m=3_000.0,
        way_minutes=8.0,
        covers_minutes=15.0,
    )
    yield of_move(driver_id), DriverMoveProposed(move=move)
