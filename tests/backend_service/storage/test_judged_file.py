"""How far fixes were judged is found again by the next start, unless it cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_service.storage.judged_file import FILE, Judged, JudgedFile
from core.vocabulary import VehicleId

JUDGED = Judged(position=12, until_at={VehicleId("V-1"): 1_800_000_000.25}, again_since_at={VehicleId("V-2"): 5.0})


@pytest.mark.parametrize("position", [12, 13])
def test_what_was_kept_is_read_by_the_log_it_is_of(tmp_path: Path, position: int) -> None:
    JudgedFile(tmp_path, "log-1").keep(JUDGED)
    assert JudgedFile(tmp_path, "log-1").read(position) == JUDGED


def test_nothing_was_kept_of_a_first_start(tmp_path: Path) -> None:
    assert JudgedFile(tmp_path, "log-1").read(0) is None


def test_what_is_of_another_log_or_of_one_that_was_put_back_does_not_count(tmp_path: Path) -> None:
    JudgedFile(tmp_path, "log-1").keep(JUDGED)
    assert JudgedFile(tmp_path, "log-2").read(12) is None
    assert JudgedFile(tmp_path, "log-1").read(11) is None


def test_a_file_that_cannot_be_read_is_told_and_does_not_stop_a_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_bytes(b'{"log')
    assert JudgedFile(tmp_path, "log-1").read(12) is None
    assert "the last minutes are judged again" in caplog.text
