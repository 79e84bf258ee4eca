"""Snapshots of the operation, so that a start need not fold the whole log: a cache, never the truth.

One file per snapshot. A state holds decoded personal data of many subjects, so each file is sealed under the key of
`COPIES`, which every erasure drops (`SubjectKeys.erase`): a snapshot cannot bring erased data back. One that is
damaged, unreadable or of another log is passed over; without any, the log is folded from its beginning.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import zlib
from pathlib import Path

import msgspec

from backend_service.durable_files import write_durably
from backend_service.event_log.subject_keys import COPIES, SubjectKeys
from backend_service.storage.sqlite_faults import shortened
from core.projections.operation import Operation, decode_operation
from core.refusals import Fault

KEPT = 3

logger = logging.getLogger(__name__)


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    log_id: str
    position: int
    digest: bytes
    sealed: bytes


_decoder = msgspec.msgpack.Decoder(_Stored)


class Unusable(Exception):
    """A snapshot cannot be used; the next older one may."""


class Snapshots:
    """The newest few states of one log.

    Parameters
    ----------
    directory : holds ``<position>.snapshot``
    log_id : the log whose states these are
    every : a new snapshot is due when the log is this many events ahead of the last one
    """

    def __init__(self, directory: Path, log_id: str, keys: SubjectKeys, *, every: int = 20_000) -> None:
        self._directory = directory
        self._log_id = log_id
        self._keys = keys
        self._every = every
        self._last = 0
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def is_due(self, position: int) -> bool:
        """Say whether a state at `position` is worth keeping: so many events are new, or an erasure took the last."""
        return position >= self._last + self._every or (self._last > 0 and not self._keys.has(COPIES))

    async def save(self, position: int, state: bytes) -> None:
        """Keep `state`, as `encode_operation` wrote it at `position`, and drop the oldest.

        Raises
        ------
        Fault
            ``snapshots.unavailable`` if it cannot be written; the service goes on without.
        """
        self._last = position
        try:
            await asyncio.to_thread(self._write, position, state)
        except OSError as error:
            raise Fault("snapshots.unavailable", f"A snapshot could not be written: {error.strerror}.") from error

    async def newest(self, head: int, *, accept_loss: bool = False) -> Operation | None:
        """Return the newest usable state; ``None`` means fold from the beginning.

        Parameters
        ----------
        head : the log's last position
        accept_loss : drop states of this log beyond `head` instead of refusing

        Raises
        ------
        Fault
            ``log.shortened`` if a state of this log is beyond `head`: acknowledged events are gone.
        """
        return await asyncio.to_thread(self._read_newest, head, accept_loss)

    async def before(self, position: int) -> Operation | None:
        """Return the newest usable state at a position or before it; ``None`` means fold from the beginning."""
        return await asyncio.to_thread(self._read_before, position)

    def _read_before(self, position: int) -> Operation | None:
        for path in self._files():
            if int(path.stem) <= position:
                try:
                    return self._read(path)
                except Unusable as reason:
                    logger.warning("snapshot %s is passed over: %s", path.name, reason)
        return None

    def _write(self, position: int, state: bytes) -> None:
        packed = zlib.compress(state, 1)
        sealed = self._keys.seal(COPIES, packed, self._context(position))
        stored = _Stored(self._log_id, position, hashlib.sha256(sealed).digest(), sealed)
        path = self._directory / f"{position:015d}.snapshot"
        write_durably(path, msgspec.msgpack.encode(stored))
        for old in self._files()[KEPT:]:
            old.unlink()

    def _read_newest(self, head: int, accept_loss: bool) -> Operation | None:
        for path in self._files():
            try:
                operation = self._read(path)
                if operation.position > head:
                    if not accept_loss:
                        raise shortened(f"a snapshot stands at position {operation.position}, the log at {head}")
                    path.unlink()
                    continue
            except Unusable as reason:
                logger.warning("snapshot %s is passed over: %s", path.name, reason)
            else:
                self._last = operation.position
                return operation
        return None

    def _read(self, path: Path) -> Operation:
        try:
            stored = _decoder.decode(path.read_bytes())
            if stored.log_id != self._log_id:
                raise Unusable("it is of another log")
            if hashlib.sha256(stored.sealed).digest() != stored.digest:
                raise Unusable("it does not fit its digest")
            packed = self._keys.unseal(stored.sealed, self._context(stored.position))
            if packed is None:
                raise Unusable("personal data was erased since")
            operation = decode_operation(zlib.decompress(packed))
        except (OSError, zlib.error, msgspec.MsgspecError, Fault) as error:
            raise Unusable(type(error).__name__) from error
        if operation.position != stored.position:
            raise Unusable("its position does not fit")
        return operation

    def _context(self, position: int) -> bytes:
        return f"snapshot {self._log_id} {position}".encode()

    def _files(self) -> list[Path]:
        return sorted(self._directory.glob("*.snapshot"), reverse=True)
