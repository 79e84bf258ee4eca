"""Where the accounts of a service are: in a file beside its other data, or in the database that keeps its events."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from backend_service.people.accounts_file import AccountsFile
from backend_service.people.accounts_store import AccountsStore
from core.vocabulary import Instant

logger = logging.getLogger(__name__)

ACCOUNTS_FILE = "accounts.sqlite"
MOVED_FILE = "accounts.moved.sqlite"


async def open_accounts(data_dir: Path, database: str | None, now: Instant) -> AccountsStore:
    """Open the accounts in the database, or in the file of `data_dir` if there is none.

    A file from before the accounts were in the database is taken over, once, and then bears another name.

    Parameters
    ----------
    database : ``postgresql://...``
    now : wall clock

    Raises
    ------
    Fault
        ``accounts.*`` as in `fault_of`.
    """
    if database is None:
        return AccountsFile.open(data_dir / ACCOUNTS_FILE)
    return await asyncio.to_thread(_open_on_postgres, data_dir, database, now)


def _open_on_postgres(data_dir: Path, database: str, now: Instant) -> AccountsStore:
    # its driver costs 0.13 s of a start
    from backend_service.people.postgres_accounts import PostgresAccounts, take_over

    store, file = PostgresAccounts.open(database), data_dir / ACCOUNTS_FILE
    if file.exists():
        kept = AccountsFile.open(file)
        taken = take_over(kept, store, now)
        kept.close()
        file.rename(data_dir / MOVED_FILE)
        logger.info("%d accounts are in the database from now on; %s is no longer read", taken, MOVED_FILE)
    return store
