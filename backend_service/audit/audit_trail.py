"""Signs the growing tree of audited records, and answers what is in it.

The log writes a leaf in the transaction that keeps the event. A thread of its own follows: it folds new leaves into the
tree and appends a signed head to the heads file, at most one every `COALESCED_S`, and one at start and close. The head
is therefore up to that much later than the event; what was acknowledged is in the database before.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend_service.audit.checkpoint import NO_PREVIOUS, NotACheckpoint, TreeHead, Verifier, digest_of, sign
from backend_service.audit.heads_file import append_leaves, append_notes, leaves_kept, mend, read_notes
from backend_service.audit.signing_key import HEADS_FILE, LEAVES_NAME, origin_of, publish, signing_key
from backend_service.event_log.log import AuditedLog
from backend_service.storage.sqlite_faults import shortened
from core.audit.merkle_log import Frontier, Hash, inclusion_proof, root_of
from core.operations import AuditEntries
from core.refusals import Fault, NotFound
from core.timekeeping import Clock

COALESCED_S = 0.1
RETRY_S = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Shows that leaf `index` is in the tree of `size` leaves with this `root`; check it with `is_included`."""

    index: int
    size: int
    root: Hash
    leaf: Hash
    path: tuple[Hash, ...]


class AuditTrail:
    """The audit tree of one log. Make one with `open`, before anything is appended."""

    def __init__(
        self,
        log: AuditedLog,
        key: Ed25519PrivateKey,
        wall: Clock,
        heads_files: tuple[Path, ...],
        notes: list[str],
    ) -> None:
        self._log = log
        self._key = key
        self._wall = wall
        self._heads_files = heads_files
        self._origin = origin_of(log.log_id)
        self._previous = digest_of(notes[-1]) if notes else NO_PREVIOUS
        self._frontier = Frontier()
        self._signed: TreeHead | None = None
        self._is_wanted = threading.Event()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-trail", daemon=True)

    @classmethod
    async def open(
        cls, data_dir: Path, log: AuditedLog, wall: Clock, *, outside: Path | None = None, accept_loss: bool = False
    ) -> Self:
        """Open the trail of `log`, sign its tree as it stands, and follow it from now on.

        Parameters
        ----------
        outside : a folder outside the data directory that gets a second copy of every head
        accept_loss : go on although the tree lacks what was signed; `verify` tells of it for ever

        Raises
        ------
        Fault
            ``audit.key_missing`` if heads were signed before and their key is gone; ``audit.other_log`` if they are
            of another log; ``log.shortened`` and ``log.altered`` if the tree is not the one they were signed over.
        OSError
            If a heads file cannot be written.
        """
        trail = await asyncio.to_thread(cls._prepare, data_dir, log, wall, outside, accept_loss)
        log.on_leaves(trail._is_wanted.set)
        trail._thread.start()
        return trail

    @classmethod
    def _prepare(cls, data_dir: Path, log: AuditedLog, wall: Clock, outside: Path | None, accept_loss: bool) -> Self:
        key = signing_key(data_dir)
        files: tuple[Path, ...] = (data_dir / HEADS_FILE,)
        if outside is not None:
            files = (outside / log.log_id / HEADS_FILE.name, *files)
        verifier = Verifier(origin_of(log.log_id), key.public_key())
        last = _last_head(data_dir / HEADS_FILE, verifier)
        for file in files:
            publish(verifier, file.parent)
        trail = cls(log, key, wall, files, _level(files))
        if last is not None and not accept_loss:
            trail._check(last)
        trail._sign()
        return trail

    @property
    def signed_head(self) -> TreeHead:
        """Return the newest signed head."""
        assert self._signed is not None
        return self._signed

    async def page(self, before: int | None, limit: int) -> AuditEntries:
        """Return up to `limit` audited events with leaf index < `before` (``None`` = the newest), newest first."""
        head = self.signed_head
        entries = await self._log.audited(before, limit)
        return AuditEntries(
            entries=tuple(entries), tree_size=head.size, root_hex=head.root.hex(), signed_at=head.signed_at
        )

    async def proof(self, index: int) -> InclusionProof:
        """Return the proof that leaf `index` is under the newest signed head.

        Raises
        ------
        NotFound
            If that head has no such leaf.
        """
        head = self.signed_head
        if not 0 <= index < head.size:
            raise NotFound("audit_entry", str(index))
        leaves = await asyncio.to_thread(self._log.leaves, 0, head.size)
        path = await asyncio.to_thread(inclusion_proof, leaves, index)
        return InclusionProof(index, head.size, root_of(leaves), leaves[index], tuple(path))

    async def close(self) -> None:
        """Sign what is there and stop following; close the trail after the last append and before the log."""
        self._is_closing.set()
        self._is_wanted.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while not self._is_closing.is_set():
            self._is_wanted.wait()
            self._is_wanted.clear()
            pause = COALESCED_S if self._try_to_sign() else RETRY_S
            self._is_closing.wait(pause)
        self._try_to_sign()

    def _try_to_sign(self) -> bool:
        try:
            self._sign()
        except (OSError, Fault):
            logger.exception("a tree head could not be written; trying again")
            self._is_wanted.set()
            return False
        return True

    def _check(self, last: TreeHead) -> None:
        """Refuse a tree that the last signed head was not signed over: what was acknowledged is gone or altered."""
        for leaf in self._log.leaves(0, last.size):
            self._frontier.append(leaf)
        if self._frontier.size < last.size:
            raise shortened(f"{last.size} audited entries were signed, {self._frontier.size} are there")
        if self._frontier.root() != last.root:
            raise Fault(
                "log.altered",
                "The audited entries are not the ones that were signed. 'tower audit verify' names them. "
                "Restore the last backup, or start with --accept-loss.",
            )

    def _sign(self) -> None:
        for leaf in self._log.leaves(self._frontier.size):
            self._frontier.append(leaf)
        size, root = self._frontier.size, self._frontier.root()
        if self._signed is not None and self._signed.size == size and not self._is_closing.is_set():
            return
        head = TreeHead(self._origin, size, root, self._wall.now(), self._previous)
        note = sign(head, self._key)
        for file in self._heads_files:
            copy = file.with_name(LEAVES_NAME)
            append_leaves(copy, self._log.leaves(leaves_kept(copy), size))
            append_notes(file, [note])
        self._previous = digest_of(note)
        self._signed = head


def _last_head(path: Path, verifier: Verifier) -> TreeHead | None:
    """Return the newest head in the data directory; ``None`` without any, or if that one was tampered with."""
    notes, _ = read_notes(path)
    if not notes:
        return None
    origin = notes[-1].partition("\n")[0]
    if origin != verifier.name:
        raise Fault(
            "audit.other_log",
            f"The signed heads in {path.parent} are of another log ({origin}). "
            "Name the database they belong to, or start with another --data-dir.",
        )
    try:
        return verifier.read(notes[-1])
    except NotACheckpoint:
        logger.error("the last signed head was altered: run 'tower audit verify'")
        return None


def _level(files: tuple[Path, ...]) -> list[str]:
    """Bring the copies of the heads to the same length after a crash between two writes; return the notes.

    Copies that contradict each other are left as they are: they are the evidence that `verify` reports.
    """
    copies = [mend(file) for file in files]
    longest = max(copies, key=len)
    if any(notes != longest[: len(notes)] for notes in copies):
        logger.error("the copies of the signed heads contradict each other: run 'tower audit verify'")
        return copies[-1]
    for file, notes in zip(files, copies, strict=True):
        if len(notes) < len(longest):
            append_notes(file, longest[len(notes) :])
    return longest
