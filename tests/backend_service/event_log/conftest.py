"""Event logs to be tested, each behind the same opener: another implementation adds one line to `OPENERS`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import Append, EventLog, NewEvent
from backend_service.event_log.postgres import PostgresEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.event_log.volatile import VolatileEventLog
from core.events.envelope import Event
from core.events.fleet_events import VehicleRegistered
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, CommandId, VehicleId

WALL = SteppedClock(1_763_600_000.0)


type Address = Callable[[object], str]
"""Gives the URL of a database of its own for each directory; starts the server when it is first asked."""


async def _embedded(directory: Path, keys: SubjectKeys, _: Address) -> EventLog:
    return await EmbeddedEventLog.open(directory / "tower.sqlite", WALL, keys)


async def _volatile(_: Path, __: SubjectKeys, ___: Address) -> EventLog:
    return VolatileEventLog(WALL)


async def _postgres(directory: Path, keys: SubjectKeys, address: Address) -> EventLog:
    return await PostgresEventLog.open(address(directory), WALL, keys)


OPENERS: dict[str, Callable[[Path, SubjectKeys, Address], Awaitable[EventLog]]] = {
    "embedded": _embedded,
    "postgres": _postgres,
    "volatile": _volatile,
}


@pytest.fixture(params=sorted(OPENERS))
def open_log(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Awaitable[EventLog]]]:
    keys = SubjectKeys.in_memory()

    def address(directory: object) -> str:
        return request.getfixturevalue("postgres_url")(directory)

    yield lambda directory: OPENERS[request.param](directory, keys, address)
    keys.close()


@pytest.fixture
def run() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def log(
    open_log: Callable[[Path], Coroutine[Any, Any, EventLog]], run: Callable[..., Any], tmp_path: Path
) -> Iterator[EventLog]:
    opened = run(open_log(tmp_path))
    yield opened
    run(opened.close())


def _an_append(
    *streams: str,
    expected: dict[str, int] | None = None,
    command_id: str | None = None,
    answer: bytes = b"",
    event: Event | None = None,
) -> Append:
    happened = event or VehicleRegistered(vehicle_id=VehicleId("V-1"), plate="AB-12")
    return Append(
        events=tuple(NewEvent(stream, happened, occurred_at=10.0) for stream in streams),
        actor=PLATFORM,
        recorded_at=11.0,
        expected=expected or {},
        command_id=None if command_id is None else CommandId(command_id),
        answer=answer,
    )


@pytest.fixture
def an_append() -> Callable[..., Append]:
    """Make an append of one event per stream named."""
    return _an_append
