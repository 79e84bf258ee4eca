"""Reads a write-ahead log before SQLite does, because SQLite drops silently what does not fit its checksum.

SQLite replays frames up to the first that is damaged and forgets the rest. That is right after a crash: the last
transaction was torn and nobody was told of it. It is wrong when a *later* transaction lies behind the damage: with
synchronous=FULL the damaged one was on disk, and acknowledged, before the later one was begun.

Reference: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend_service.storage.sqlite_faults import corrupt

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
_WORD = 0xFFFFFFFF

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Frames:
    """Frames of the newest generation; `whole` of them fit their checksum, up to the last commit among them."""

    whole: int
    torn: int
    commits_behind: int


def inspect_wal(database: Path) -> None:
    """Look at the write-ahead log beside `database`, if there is one; changes nothing.

    Raises
    ------
    Fault
        ``log.corrupt`` if acknowledged transactions in it are damaged.
    """
    path = database.with_name(f"{database.name}-wal")
    content = path.read_bytes() if path.exists() else b""
    if len(content) <= _HEADER.size:
        return
    frames = _frames(content)
    if frames is None:
        raise corrupt("log", f"the beginning of {path.name}")
    if frames.commits_behind:
        raise corrupt("log", f"frame {frames.whole + 1} of {path.name}, and whole transactions lie behind it")
    if frames.torn:
        logger.warning("%s ended in a torn transaction, of which nobody was told: it is dropped", path.name)


def _frames(content: bytes) -> _Frames | None:
    """Return what the log holds; ``None`` if its header is damaged."""
    magic, _, page, _, salt1, salt2, *checksum = _HEADER.unpack_from(content)
    if magic & ~1 != _MAGIC:
        return None
    order = ">u4" if magic & 1 else "<u4"
    running = _checksum(content[: _HEADER.size - 8], (0, 0), order)
    if running != tuple(checksum):
        return None
    whole = since_commit = commits_behind = behind = 0
    is_damaged = False
    for start in range(_HEADER.size, len(content), _FRAME.size + page):
        frame = content[start : start + _FRAME.size + page]
        if len(frame) < _FRAME.size:
            behind += 1
            break
        _, size_after, own1, own2, *checksum = _FRAME.unpack_from(frame)
        if not is_damaged and (own1, own2) == (salt1, salt2) and len(frame) == _FRAME.size + page:
            running = _checksum(frame[:8] + frame[_FRAME.size :], running, order)
            if running == tuple(checksum):
                whole += 1
                since_commit = 0 if size_after else since_commit + 1
                continue
        is_damaged = True
        if (own1, own2) == (salt1, salt2):
            behind += 1
            commits_behind += bool(size_after)
    # The damaged transaction's own commit frame may follow the damage: only a second one proves a later transaction.
    return _Frames(whole, since_commit + behind, max(0, commits_behind - 1))


def _checksum(content: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    """Return SQLite's checksum of `content`, carried on from `before`: s0 += x + s1; s1 += y + s0, modulo 2**32."""
    first, second = before
    words = np.frombuffer(content, dtype=order).tolist()
    for x, y in zip(words[::2], words[1::2], strict=True):
        first = (first + x + second) & _WORD
        second = (second + y + first) & _WORD
    return first, second
