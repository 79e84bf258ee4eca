"""Remembers answers of an outside service in a file, each for a time: by a digest of the question, never its words."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from core.timekeeping import Clock

MOST_ANSWERS = 100_000

_SCHEMA = "CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, answer BLOB NOT NULL, until_at REAL NOT NULL)"
_TRIM = """
DELETE FROM answer WHERE until_at <= :now
OR key IN (SELECT key FROM answer ORDER BY until_at DESC LIMIT -1 OFFSET :most)
"""

logger = logging.getLogger(__name__)


class AnswerCache:
    """Answers by question. A cache that cannot be read or written is no cache: that is logged and counted.

    Parameters
    ----------
    path : Path
        The file; made if it is not there.
    wall : Clock
    most : int
        So many answers are kept, those that last longest.
    """

    def __init__(self, path: Path, wall: Clock, *, most: int = MOST_ANSWERS) -> None:
        self._path = path
        self._wall = wall
        self._most = most
        self.failures = 0

    async def read(self, question: str) -> bytes | None:
        """Return the answer that is remembered, ``None`` if there is none or it is too old."""
        sql = "SELECT answer FROM answer WHERE key = :key AND until_at > :now"
        rows = await asyncio.to_thread(self._run, sql, {"key": _key(question), "now": self._wall.now()})
        return bytes(rows[0][0]) if rows else None

    async def keep(self, question: str, answer: bytes, seconds: float) -> None:
        """Remember an answer for so many seconds, and forget what is too old or too much."""
        now = self._wall.now()
        values = {"key": _key(question), "answer": answer, "until_at": now + seconds}
        await asyncio.to_thread(self._run, "REPLACE INTO answer VALUES (:key, :answer, :until_at)", values)
        await asyncio.to_thread(self._run, _TRIM, {"now": now, "most": self._most})

    def _run(self, sql: str, values: dict[str, object]) -> list[tuple[bytes]]:
        try:
            with closing(sqlite3.connect(self._path, timeout=1.0)) as cache, cache:
                cache.execute(_SCHEMA)
                return cache.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            self.failures += 1
            logger.warning("the cache %s does not serve: %s", self._path.name, error)
            return []


def _key(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()
