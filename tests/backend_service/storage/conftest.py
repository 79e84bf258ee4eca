"""What the tests of storage share: a loop to run on, and keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage.fix_archive import FixArchive, FixStore
from backend_service.storage.postgres_fix_archive import PostgresFixArchive
from backend_service.storage.postgres_reading_archive import PostgresReadingArchive
from backend_service.storage.reading_archive import ReadingArchive, ReadingStore


@pytest.fixture
def run() -> Iterator[Callable[..., Any]]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def keys() -> Iterator[SubjectKeys]:
    keys = SubjectKeys.in_memory()
    yield keys
    keys.close()


@pytest.fixture(params=["sqlite", "postgres"])
def open_archive(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], FixStore]:
    """Open the fix archive of this test, each time the same one: another implementation adds a name and a line."""
    if request.param == "sqlite":
        return lambda: FixArchive(tmp_path / "fixes")
    url = request.getfixturevalue("postgres_url")()
    return lambda: PostgresFixArchive.open(url)


@pytest.fixture(params=["sqlite", "postgres"])
def open_readings(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], ReadingStore]:
    """Open the reading archive of this test, each time the same one."""
    if request.param == "sqlite":
        return lambda: ReadingArchive(tmp_path / "readings")
    url = request.getfixturevalue("postgres_url")()
    return lambda: PostgresReadingArchive.open(url)


@pytest.fixture(params=["sqlite", "postgres"])
def read_model_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database for the read model, on either."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'read_model.sqlite'}"
    return str(request.getfixturevalue("postgres_url")())
