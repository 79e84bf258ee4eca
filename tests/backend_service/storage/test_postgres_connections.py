"""How long a statement on PostgreSQL may take, and what is told when it takes longer."""

from __future__ import annotations

import psycopg
import pytest

from backend_service.storage.postgres_connections import STATEMENT_MS, connect, fault_of


def test_a_statement_that_hangs_is_given_up(postgres_url):
    with connect(postgres_url(), "log") as connection:
        kept = connection.execute("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'").fetchone()
        assert kept == (str(STATEMENT_MS),)
        connection.execute("SET statement_timeout = 20")
        with pytest.raises(psycopg.errors.QueryCanceled) as caught:
            connection.execute("SELECT pg_sleep(30)")
        assert fault_of(caught.value, "log").code == "log.locked"
