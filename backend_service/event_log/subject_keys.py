"""The keys that personal data is sealed under: one per subject, so that dropping a key erases the subject.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A subject's key is random, wrapped by a master key from a
file of mode 0600, and kept in an SQLite file of its own, so that backups of the log need not carry the keys. A key is
on disk before anything sealed under it can be. Sealed bytes are ``key id (16) | nonce (12) | ciphertext and tag``: data
of an erased subject stays unreadable even when the same subject comes back and gets another key.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend_service.durable_files import write_durably
from backend_service.storage.sqlite_faults import corrupt, fault_of
from core.refusals import Fault

COPIES = "copies"
"""The subject of what holds the data of many, such as a snapshot: its key goes with every erasure."""

_KEY_ID_BYTES = 16
_NONCE_BYTES = 12
_SCHEMA = """
CREATE TABLE IF NOT EXISTS subject_keys (
    subject TEXT PRIMARY KEY, key_id BLOB NOT NULL UNIQUE, wrapped BLOB NOT NULL
) WITHOUT ROWID
"""


class SubjectKeys:
    """Makes, remembers and forgets the keys of subjects; may be used from any thread."""

    def __init__(self, database: sqlite3.Connection, master: bytes, *, most_cached: int = 20_000) -> None:
        self._database = database
        self._master = AESGCM(master)
        self._most_cached = most_cached
        self._lock = threading.Lock()
        self._by_subject: OrderedDict[str, bytes] = OrderedDict()
        self._ciphers: OrderedDict[bytes, AESGCM] = OrderedDict()

    @classmethod
    def open(cls, database_path: Path, master_path: Path, *, most_cached: int = 20_000) -> Self:
        """Open or make the key store and its master key.

        Raises
        ------
        Fault
            ``keys.master_missing`` if keys exist but their master key file is gone; ``keys.*`` as in `fault_of`.
        """
        database = _connect(database_path)
        holds_keys = database.execute("SELECT EXISTS (SELECT 1 FROM subject_keys)").fetchone()[0]
        if holds_keys and not master_path.exists():
            database.close()
            raise Fault(
                "keys.master_missing",
                f"{master_path} is missing: personal data cannot be read. Restore that file from its backup.",
            )
        return cls(database, _master_key(master_path), most_cached=most_cached)

    @classmethod
    def in_memory(cls) -> Self:
        """Return keys that end with the process."""
        database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        database.execute(_SCHEMA)
        return cls(database, secrets.token_bytes(32))

    def has(self, subject: str) -> bool:
        """Say whether `subject` has a key now."""
        with self._lock:
            return self._key_id_of(subject) is not None

    def ensure(self, subjects: Collection[str]) -> None:
        """Make the keys that `subjects` lack; they are on disk when this returns.

        Raises
        ------
        Fault
            ``keys.disk_full`` and the like: then none was made.
        """
        with self._lock:
            self._make({subject for subject in subjects if self._key_id_of(subject) is None})

    def seal(self, subject: str, plain: bytes, context: bytes) -> bytes:
        """Return `plain` sealed for `subject`, bound to `context`; a missing key is made as by `ensure`."""
        with self._lock:
            if self._key_id_of(subject) is None:
                self._make({subject})
        sealed = self.seal_if_kept(subject, plain, context)
        return self.seal(subject, plain, context) if sealed is None else sealed

    def seal_if_kept(self, subject: str, plain: bytes, context: bytes) -> bytes | None:
        """Return `plain` sealed for `subject`, ``None`` if it has no key: then it was erased and stays so."""
        with self._lock:
            key_id = self._key_id_of(subject)
            cipher = None if key_id is None else self._cipher_of(key_id)
        if key_id is None or cipher is None:
            return None
        nonce = os.urandom(_NONCE_BYTES)
        return key_id + nonce + cipher.encrypt(nonce, plain, context)

    def unseal(self, sealed: bytes, context: bytes) -> bytes | None:
        """Return what was sealed, ``None`` once its subject was erased.

        Raises
        ------
        Fault
            ``keys.corrupt`` if the sealed bytes or their context were altered.
        """
        key_id = sealed[:_KEY_ID_BYTES]
        with self._lock:
            cipher = self._cipher_of(key_id)
        if cipher is None:
            return None
        nonce_end = _KEY_ID_BYTES + _NONCE_BYTES
        try:
            return cipher.decrypt(sealed[_KEY_ID_BYTES:nonce_end], sealed[nonce_end:], context)
        except InvalidTag as error:
            raise corrupt("keys", "sealed data does not fit its key") from error

    def erase(self, subject: str) -> bool:
        """Drop the key of `subject`, and the one of `COPIES`, from memory and disk; say whether the subject had one."""
        with self._lock:
            try:
                found = self._database.execute(
                    "DELETE FROM subject_keys WHERE subject IN (?, ?) RETURNING subject, key_id", (subject, COPIES)
                ).fetchall()
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the old page leaves the WAL too
            except sqlite3.Error as error:
                raise fault_of(error, "keys") from error
            for dropped, key_id in found:
                self._by_subject.pop(dropped, None)
                self._ciphers.pop(key_id, None)
            return any(dropped == subject for dropped, _ in found)

    def close(self) -> None:
        """Let go of the file and forget the keys in memory."""
        with self._lock:
            self._ciphers.clear()
            self._by_subject.clear()
            self._database.close()

    def _make(self, subjects: Collection[str]) -> None:
        if not subjects:
            return
        made = {subject: (secrets.token_bytes(_KEY_ID_BYTES), secrets.token_bytes(32)) for subject in subjects}
        rows = [(subject, key_id, self._wrap(key_id, key)) for subject, (key_id, key) in made.items()]
        try:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany("INSERT INTO subject_keys VALUES (?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise fault_of(error, "keys") from error
        for subject, (key_id, key) in made.items():
            self._remember(subject, key_id, AESGCM(key))

    def _key_id_of(self, subject: str) -> bytes | None:
        known = self._by_subject.get(subject)
        if known is not None:
            return known
        row = self._database.execute(
            "SELECT key_id, wrapped FROM subject_keys WHERE subject = ?", (subject,)
        ).fetchone()
        if row is None:
            return None
        self._remember(subject, row[0], self._unwrap(*row))
        return bytes(row[0])

    def _cipher_of(self, key_id: bytes) -> AESGCM | None:
        cipher = self._ciphers.get(key_id)
        if cipher is not None:
            return cipher
        row = self._database.execute("SELECT subject, wrapped FROM subject_keys WHERE key_id = ?", (key_id,)).fetchone()
        if row is None:
            return None
        cipher = self._unwrap(key_id, row[1])
        self._remember(row[0], key_id, cipher)
        return cipher

    def _remember(self, subject: str, key_id: bytes, cipher: AESGCM) -> None:
        self._by_subject[subject] = key_id
        self._ciphers[key_id] = cipher
        while len(self._by_subject) > self._most_cached:
            self._by_subject.popitem(last=False)
        while len(self._ciphers) > self._most_cached:
            self._ciphers.popitem(last=False)

    def _wrap(self, key_id: bytes, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._master.encrypt(nonce, key, key_id)

    def _unwrap(self, key_id: bytes, wrapped: bytes) -> AESGCM:
        try:
            return AESGCM(self._master.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], key_id))
        except InvalidTag as error:
            raise corrupt("keys", "a subject's key does not fit the master key") from error


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            database.execute(f"PRAGMA {pragma}").fetchall()
        database.execute(_SCHEMA)
    except sqlite3.Error as error:
        database.close()
        raise fault_of(error, "keys") from error
    return database


def _master_key(path: Path) -> bytes:
    if not path.exists():
        write_durably(path, secrets.token_bytes(32))
    return path.read_bytes()
