"""What only the log on PostgreSQL has: other services, connections that are lost, faults of a server."""

from __future__ import annotations

import psycopg
import pytest

from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.postgres import PostgresEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from core.events.dispatch_events import ExceptionAcknowledged
from core.refusals import Fault
from core.timekeeping import SteppedClock

WALL = SteppedClock(1_763_600_000.0)
END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
)


@pytest.fixture
def keys():
    keys = SubjectKeys.in_memory()
    yield keys
    keys.close()


@pytest.fixture
def url(postgres_url):
    return postgres_url()


@pytest.fixture
def reopen(url, run, keys):
    opened = []

    def open_again() -> PostgresEventLog:
        for log in opened:
            run(log.close())
        opened.append(run(PostgresEventLog.open(url, WALL, keys)))
        return opened[-1]

    yield open_again
    for log in opened:
        run(log.close())


def tell(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(statement)


def test_reopened_log_goes_on_where_it_ended(reopen, run, an_append):
    log = reopen()
    run(log.append([an_append("order/O-1", "order/O-1", command_id="c-1", answer=b"yes")]))
    log_id = log.log_id
    log = reopen()
    [outcome] = run(log.append([an_append("order/O-1", expected={"order/O-1": 2})]))
    assert (outcome.envelopes[0].position, outcome.envelopes[0].version) == (3, 3)
    assert run(log.answer_to("c-1")) == b"yes"
    assert log.log_id == log_id


def test_second_service_is_kept_out(reopen, run, url, keys):
    reopen()
    with pytest.raises(Fault) as caught:
        run(PostgresEventLog.open(url, WALL, keys))
    assert caught.value.code == "log.in_use"


def test_lost_connections_are_a_fault_and_the_log_goes_on(reopen, run, url, an_append):
    log = reopen()
    run(log.append([an_append("order/O-1")]))
    assert len(run(log.read(0))) == 1
    tell(url, END_OTHERS)
    with pytest.raises(Fault) as caught:
        run(log.append([an_append("order/O-1")]))
    assert caught.value.code == "log.unavailable"
    [outcome] = run(log.append([an_append("order/O-1")]))
    assert outcome.envelopes[0].position == 2
    tell(url, END_OTHERS)
    assert [envelope.position for envelope in run(log.read(0))] == [1, 2]


def test_head_after_a_lost_connection_is_the_one_on_disk(reopen, run, url, an_append):
    log = reopen()
    tell(url, END_OTHERS)
    with pytest.raises(Fault):
        run(log.append([an_append("order/O-1")]))
    assert run(log.head()) == 0

    async def everything():
        return [envelope.position async for envelope in log.read_all()]

    run(log.append([an_append("order/O-1")]))
    assert run(everything()) == [1]


def test_tables_held_by_another_program_are_a_fault(reopen, run, url, an_append):
    log = reopen()
    log._connection.execute("SET lock_timeout = 10")
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE log_head IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Fault) as caught:
            run(log.append([an_append("order/O-1")]))
        assert caught.value.code == "log.locked"
        other.rollback()
    [outcome] = run(log.append([an_append("order/O-1")]))
    assert outcome.envelopes[0].position == 1


def test_server_that_is_not_there_is_a_fault_without_the_password(run, keys, tmp_path):
    with pytest.raises(Fault) as caught:
        run(PostgresEventLog.open(f"postgresql://tower:s3cret@/tower?host={tmp_path}", WALL, keys))
    assert caught.value.code == "log.unavailable"
    assert "s3cret" not in caught.value.sentence


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE events SET occurred_at = 12 WHERE position = 2", "position 2 does not fit"),
        ("DELETE FROM events WHERE position = 2", "between positions 1 and 3"),
        ("DELETE FROM events WHERE position = 3", "between positions 2 and 4"),
    ],
)
def test_damaged_tail_is_found_at_start(reopen, run, url, an_append, keys, damage, told):
    log = reopen()
    run(log.append([an_append(*["order/O-1"] * 3)]))
    run(log.close())
    tell(url, damage)
    with pytest.raises(Fault, match=told) as caught:
        run(PostgresEventLog.open(url, WALL, keys))
    assert caught.value.code == "log.corrupt"


def test_records_have_the_digests_and_leaves_of_the_embedded_log(reopen, run, tmp_path, keys, an_append):
    appends = [an_append("vehicle/V-1"), an_append("operation", event=ExceptionAcknowledged(key="late:O-1"))]
    woken = []
    log = reopen()
    log.on_leaves(lambda: woken.append(True))
    embedded = run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", WALL, keys))
    for each in (log, embedded):
        run(each.append(appends))
    assert log.leaves(0) == embedded.leaves(0) != []
    assert run(log.audited(None, 10)) == run(embedded.audited(None, 10))
    assert run(log.audited(0, 10)) == []
    assert woken == [True]
    run(embedded.close())
