"""A disk that keeps what was synced and loses any of the rest: the files that a power cut at a chosen moment leaves.

Of what was written after the last sync of a file nothing may be there, or a beginning, or any sectors of it, which is
all that a disk with a cache promises. A file that was never synced may not be there at all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend_service.chaos.recorded_writes import Deed, Recorded

SECTOR_BYTES = 512

type _Survivors = Callable[[random.Random, list[Recorded]], Iterator[Recorded]]


@dataclass(slots=True)
class _File:
    synced: bytearray | None = None
    unsynced: list[Recorded] = field(default_factory=list)


class LyingDisk:
    """The files as they would be found; `carry_out` deeds in the order of their record."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}

    def carry_out(self, recorded: Recorded) -> None:
        """Do what was recorded."""
        file = self._files.setdefault(recorded.path, _File())
        match recorded.deed:
            case Deed.WRITE | Deed.TRUNCATE:
                file.unsynced.append(recorded)
            case Deed.SYNC:
                file.synced = _applied(file.synced, file.unsynced)
                file.unsynced = []
            case Deed.DELETE:
                del self._files[recorded.path]

    @property
    def unsynced(self) -> int:
        """Return how many deeds a power cut could take."""
        return sum(len(file.unsynced) for file in self._files.values())

    def write_after_power_cut(self, folder: Path, dice: random.Random) -> None:
        """Write the files below `folder` as a power cut now leaves them."""
        survive = dice.choice(_FATES)
        for path, file in self._files.items():
            left = list(survive(dice, file.unsynced))
            if file.synced is None and not left:
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_applied(file.synced, left))


def _applied(content: bytearray | None, deeds: list[Recorded]) -> bytearray:
    changed = bytearray(content or b"")
    for deed in deeds:
        missing = deed.offset - len(changed)
        if missing > 0:
            changed.extend(bytes(missing))
        if deed.deed is Deed.TRUNCATE:
            del changed[deed.offset :]
        else:
            changed[deed.offset : deed.offset + len(deed.content)] = deed.content
    return changed


def _nothing(dice: random.Random, deeds: list[Recorded]) -> Iterator[Recorded]:
    yield from ()


def _beginning(dice: random.Random, deeds: list[Recorded]) -> Iterator[Recorded]:
    yield from deeds[: dice.randint(0, len(deeds))]


def _any_sectors(dice: random.Random, deeds: list[Recorded]) -> Iterator[Recorded]:
    for deed in deeds:
        if deed.deed is Deed.TRUNCATE:
            if dice.random() < 0.5:
                yield deed
            continue
        for start in range(0, len(deed.content), SECTOR_BYTES):
            if dice.random() < 0.5:
                sector = deed.content[start : start + SECTOR_BYTES]
                yield Recorded(deed.at, deed.deed, deed.path, deed.offset + start, sector)


_FATES: tuple[_Survivors, ...] = (_nothing, _beginning, _any_sectors)
