"""What keeps accounts: a file and a PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_service.people.accounts_file import AccountsFile
from backend_service.people.accounts_store import AccountsStore
from backend_service.people.postgres_accounts import PostgresAccounts

type OpensStore = Callable[[], AccountsStore]


@pytest.fixture
def open_file(tmp_path: Path) -> OpensStore:
    """Open the accounts' file of this test, each time the same one."""
    return lambda: AccountsFile.open(tmp_path / "accounts.sqlite")


@pytest.fixture(params=["file", "postgres"])
def open_store(request: pytest.FixtureRequest) -> OpensStore:
    """Open the accounts of this test, each time the same ones: another implementation adds a name and a line."""
    if request.param == "file":
        opens: OpensStore = request.getfixturevalue("open_file")
        return opens
    url = request.getfixturevalue("postgres_url")()
    return lambda: PostgresAccounts.open(url)
