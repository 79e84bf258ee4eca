"""What an SQLite error means to the people who run the service: one `Fault` per cause, with what to do."""

from __future__ import annotations

import sqlite3

from core.refusals import Fault

_PRIMARY = 0xFF  # the low byte of an extended result code is the cause
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def fault_of(error: sqlite3.Error, store: str) -> Fault:
    """Return the fault that `error` stands for.

    Parameters
    ----------
    error : what sqlite3 raised
    store : first part of the code, such as ``log`` or ``fixes``

    Returns
    -------
    Fault
        ``<store>.disk_full``, ``.locked``, ``.read_only``, ``.corrupt`` or ``.unavailable``.
    """
    cause = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if cause == sqlite3.SQLITE_FULL:
        return Fault(f"{store}.disk_full", "The disk is full: nothing was kept. Free space; writing then goes on.")
    if cause in _BUSY:
        return Fault(f"{store}.locked", "Another program holds the database: nothing was kept. End it and try again.")
    if cause == sqlite3.SQLITE_READONLY:
        return Fault(f"{store}.read_only", "The database is read-only: nothing was kept. Make its folder writable.")
    if cause in _CORRUPT:
        return corrupt(store, str(error))
    return Fault(f"{store}.unavailable", f"The database cannot be used ({error}): nothing was kept. Check the disk.")


def corrupt(store: str, what: str) -> Fault:
    """Return the fault of a damaged database; `what` says where the damage was seen."""
    return Fault(
        f"{store}.corrupt",
        f"The database is damaged ({what}). Keep a copy of the data directory, then restore its last backup.",
    )


def shortened(what: str) -> Fault:
    """Return the fault of a log that lacks acknowledged events at its end; `what` says how that is known."""
    return Fault(
        "log.shortened",
        f"The log has lost its end ({what}). Keep a copy of the data directory, then restore its last backup; "
        "or start with --accept-loss to go on from what is left.",
    )
