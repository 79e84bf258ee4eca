"""People, sessions and withdrawn tokens as they were kept, whatever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from backend_service.people.accounts_file import AccountsFile
from backend_service.people.accounts_store import AccountsStore, Person, Session
from backend_service.people.postgres_accounts import PostgresAccounts, take_over
from core.vocabulary import Role, ZoneId

NOW_AT = 1_800_000_000.0
MARIA = Person("maria", "María Ñ.", Role.DISPATCHER, (ZoneId("north"), ZoneId("south")), "$argon2id$x", False, NOW_AT)
BEN = Person("Ben", "Ben", Role.ADMINISTRATOR, (), "$argon2id$y", True, NOW_AT + 0.25)
EARLY = Session("s-1", "maria", NOW_AT, NOW_AT + 100.0, NOW_AT, "127.0.0.1")
LATE = Session("s-2", "maria", NOW_AT + 1, NOW_AT + 200.0, NOW_AT + 2, "::1", 7, 6, True)


@pytest.fixture
def store(open_store: Callable[[], AccountsStore]) -> Iterator[AccountsStore]:
    store = open_store()
    yield store
    store.close()


def test_people_come_back_as_they_were_also_after_a_restart(
    store: AccountsStore, open_store: Callable[[], AccountsStore]
) -> None:
    for person in (MARIA, BEN):
        store.keep_person(person)
    store.keep_person(replace(MARIA, name="María", is_disabled=True))
    again = open_store()
    assert again.people() == [BEN, replace(MARIA, name="María", is_disabled=True)]
    again.close()


def test_sessions_come_newest_first_and_only_those_that_last(store: AccountsStore) -> None:
    for session in (EARLY, replace(LATE, renewal=1), LATE, replace(EARLY, session_id="s-3", user_id="zoe")):
        store.keep_session(session)
    assert store.sessions("maria", ends_after=NOW_AT) == [LATE, EARLY]
    assert [session.session_id for session in store.sessions(ends_after=NOW_AT + 150)] == ["s-2"]
    assert store.session("s-2") == LATE
    assert store.session("s-9") is None


def test_what_ended_is_forgotten(store: AccountsStore) -> None:
    store.keep_session(EARLY)
    store.keep_session(LATE)
    store.withdraw_token("t-1", NOW_AT + 100)
    store.withdraw_token("t-1", NOW_AT + 120)
    store.withdraw_token("t-2", NOW_AT + 300)
    assert store.withdrawn_tokens(NOW_AT) == {"t-1": NOW_AT + 120, "t-2": NOW_AT + 300}
    store.forget_before(NOW_AT + 150)
    assert store.session("s-1") is None
    assert store.session("s-2") == LATE
    assert store.withdrawn_tokens(NOW_AT) == {"t-2": NOW_AT + 300}


def test_a_lost_connection_is_opened_again(postgres_url: Callable[[], str]) -> None:
    store = PostgresAccounts.open(postgres_url())
    for ask in (lambda: store.keep_person(MARIA), lambda: store.people()):
        with psycopg.connect(postgres_url(), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
            )
        ask()
    assert store.people() == [MARIA]
    store.close()


def test_accounts_that_lay_in_a_file_are_taken_over_once(
    open_file: Callable[[], AccountsFile], postgres_url: Callable[[], str]
) -> None:
    kept, into = open_file(), PostgresAccounts.open(postgres_url())
    for person in (MARIA, BEN):
        kept.keep_person(person)
    kept.keep_session(LATE)
    kept.withdraw_token("t-1", NOW_AT + 100)
    assert take_over(kept, into, NOW_AT) == 2
    assert into.people() == [BEN, MARIA]
    assert (into.session("s-2"), into.withdrawn_tokens(NOW_AT)) == (LATE, {"t-1": NOW_AT + 100})
    into.keep_person(replace(BEN, is_disabled=False))
    assert take_over(kept, into, NOW_AT) == 0
    assert into.people()[0].is_disabled is False
    kept.close()
    into.close()
