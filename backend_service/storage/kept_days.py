"""Days of rows as whole things: listed, read through in order, and let go of; what retention and the shelf work on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from backend_service.storage.day_files import DayFiles, Row
from backend_service.storage.sqlite_faults import fault_of
from core.vocabulary import Instant

DAY_S = 86_400.0
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class DayLayout:
    """What a row is.

    Parameters
    ----------
    kind : ``fixes`` or ``readings``
    columns : names, in the order of a row
    texts, flags : which of them are words, and which are true or false; the others are numbers
    key : the columns that no two rows share, in the order in which a day is read
    """

    kind: str
    columns: tuple[str, ...]
    texts: frozenset[str]
    flags: frozenset[str]
    key: tuple[str, ...]

    def key_of(self, row: Row) -> Row:
        """Return what tells a row from every other, and orders it among them."""
        return tuple(row[self.columns.index(name)] for name in self.key)


FIX_ROWS = DayLayout(
    kind="fixes",
    columns=(
        *("device", "vehicle", "fix_at", "received_at", "arrived_wall_at", "lat", "lon", "speed_mps"),
        *("heading_deg", "accuracy_m", "is_valid"),
    ),
    texts=frozenset({"device", "vehicle"}),
    flags=frozenset({"is_valid"}),
    key=("vehicle", "fix_at", "device"),
)
READING_ROWS = DayLayout(
    kind="readings",
    columns=("device", "vehicle", "channel", "read_at", "received_at", "value", "state"),
    texts=frozenset({"device", "vehicle", "channel", "state"}),
    flags=frozenset(),
    key=("vehicle", "channel", "read_at", "device"),
)


class KeptDays(Protocol):
    """The days that a store keeps; nothing here is for the event loop."""

    layout: DayLayout

    def days(self) -> list[str]:
        """Return the days there are as ISO 8601, oldest first."""
        ...

    def state_of(self, day: str) -> int:
        """Return what is another number as soon as the day holds other rows."""
        ...

    def rows(self, day: str) -> Iterator[Row]:
        """Yield the rows of a day in the order of their keys, never all at once in memory."""
        ...

    def drop(self, day: str, state: int) -> bool:
        """Let go of a day that is still in the state that was told; return whether it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Holding:
    """What a shelved day holds: how many rows, and the SHA-256 of their values in order, in hex."""

    rows: int
    digest: str


class Shelf(Protocol):
    """Where days go before they are dropped; nothing here is for the event loop."""

    def look(self) -> None:
        """Make sure that the shelf is there; raises a `Fault` if it cannot be used."""
        ...

    def take_over(self, kept: KeptDays, day: str) -> Holding:
        """Put a day away, prove it, and return what is there of it; raises a `Fault` if it cannot."""
        ...


class DaysInFiles:
    """The days of `DayFiles`."""

    def __init__(self, files: DayFiles, layout: DayLayout) -> None:
        self.layout = layout
        self._files = files

    def days(self) -> list[str]:
        """Return the days that have a file, oldest first."""
        return [_day_of(file, self.layout.kind) for file in self._files.files()]

    def state_of(self, day: str) -> int:
        """Return how often rows were added to the day since the start of the process."""
        return self._files.changes(day)

    def rows(self, day: str) -> Iterator[Row]:
        """Yield the rows of a day in the order of their keys.

        Raises
        ------
        Fault
            ``<kind>.corrupt`` and the like.
        """
        columns, key = ", ".join(self.layout.columns), ", ".join(self.layout.key)
        with self._files.reading(self._files.path_of(day)) as database:
            if database is None:
                return
            try:
                found = database.execute(f"SELECT {columns} FROM {self.layout.kind} ORDER BY {key}")  # noqa: S608
                while rows := found.fetchmany(ROWS_AT_ONCE):
                    yield from rows
            except sqlite3.Error as error:
                raise fault_of(error, self.layout.kind) from error

    def drop(self, day: str, state: int) -> bool:
        """Delete the day's file, unless rows were added since `state` was told."""
        return self._files.drop(day, state)


def _day_of(file: Path, kind: str) -> str:
    return file.stem.removeprefix(f"{kind}-")


def day_begins_at(day: str) -> Instant:
    """Return the instant at which a UTC day begins."""
    return (date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal()) * DAY_S
