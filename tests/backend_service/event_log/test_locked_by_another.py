"""Another process holds the whole log: appends say what to do, reading goes on, and so does writing afterwards."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from backend_service.event_log import embedded
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from core.refusals import Fault
from core.timekeeping import SteppedClock

HOLDING = """
import sqlite3, sys
log = sqlite3.connect(sys.argv[1], isolation_level=None)
log.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def log(tmp_path, run):
    keys = SubjectKeys.in_memory()
    log = run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", SteppedClock(1.0), keys))
    yield log
    run(log.close())
    keys.close()


@pytest.fixture
def holder(log):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(log.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_held_log_says_what_to_do_and_recovers(log, holder, run, an_append):
    log._database.execute("PRAGMA busy_timeout = 1")
    with pytest.raises(Fault) as caught:
        run(log.append([an_append("order/O-1", command_id="c-1")]))
    assert caught.value.code == "log.locked"
    assert "End it and try again" in caught.value.sentence
    assert run(log.read(0)) == []
    holder.communicate("\n")
    [outcome] = run(log.append([an_append("order/O-1", command_id="c-1")]))
    assert outcome.envelopes[0].position == 1


def test_log_that_is_let_go_in_time_only_makes_callers_wait(log, holder, run, an_append):
    assert embedded.LOCK_WAIT_S >= 1.0

    async def scenario():
        waiting = asyncio.create_task(log.append([an_append("order/O-1")]))
        holder.stdin.write("\n")
        holder.stdin.flush()
        return await waiting

    [outcome] = run(scenario())
    assert outcome.envelopes[0].position == 1
