"""How far fixes were judged is written when it is other than what is on disk, and tried again when it fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend_service.storage.judged_file import FILE, Judged, JudgedFile
from backend_service.workers.keeping_judged import KeepingJudged
from core.refusals import Fault
from core.vocabulary import VehicleId

NOTHING = Judged(position=0, until_at={}, again_since_at={})
FIRST = Judged(position=1, until_at={VehicleId("V-1"): 10.0}, again_since_at={})


def test_it_is_kept_when_it_is_new_and_only_then(tmp_path: Path) -> None:
    told = [NOTHING, FIRST, replace(FIRST, position=2), replace(FIRST, position=3, until_at={})]
    file, expected = JudgedFile(tmp_path, "log-1"), [None, FIRST, FIRST, told[3]]
    keeping = KeepingJudged(lambda: told.pop(0), file, NOTHING)
    for kept in expected:
        asyncio.run(keeping.run_once(0.0))
        assert file.read(9) == kept


def test_what_cannot_be_written_is_a_fault_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    keeping = KeepingJudged(lambda: FIRST, JudgedFile(tmp_path, "log-1"), NOTHING)
    with pytest.raises(Fault, match="could not be kept"):
        asyncio.run(keeping.run_once(0.0))
    (tmp_path / FILE).rmdir()
    asyncio.run(keeping.run_once(5.0))
    assert JudgedFile(tmp_path, "log-1").read(1) == FIRST
