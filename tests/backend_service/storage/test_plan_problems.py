"""Problems behind plans are kept durably by their digest, the newest ones, and a changed file is known."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from backend_service.storage.plan_problems import FOLDER, PlanProblems
from core.dispatch.improvement.kept_problem import digest_of
from core.refusals import Fault


def keep(problems: PlanProblems, tmp_path: Path, raw: bytes, age_s: float) -> Path:
    problems.keep(raw)
    path = tmp_path / FOLDER / f"{digest_of(raw)}.problem"
    os.utime(path, (1e9 - age_s, 1e9 - age_s))
    return path


def test_what_was_kept_is_read_by_its_digest(tmp_path: Path) -> None:
    problems = PlanProblems(tmp_path)

    problems.keep(b"one problem")

    assert problems.read(digest_of(b"one problem")) == b"one problem"


def test_newest_are_kept_within_number_and_size(tmp_path: Path) -> None:
    problems = PlanProblems(tmp_path, most_files=2)
    for number in range(4):
        keep(problems, tmp_path, b"%d" % number, age_s=4.0 - number)
    assert len(list((tmp_path / FOLDER).iterdir())) == 2
    assert problems.read(digest_of(b"3")) == b"3"

    small = PlanProblems(tmp_path, most_bytes=1)
    small.keep(b"the newest stays whatever its size")
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_what_is_gone_or_changed_is_said(tmp_path: Path) -> None:
    problems = PlanProblems(tmp_path)
    with pytest.raises(Fault) as gone:
        problems.read(digest_of(b"never kept"))
    path = keep(problems, tmp_path, b"one problem", age_s=0.0)
    path.write_bytes(zlib.compress(b"another"))
    with pytest.raises(Fault) as changed:
        problems.read(digest_of(b"one problem"))
    path.write_bytes(b"no file of ours")
    with pytest.raises(Fault) as broken:
        problems.read(digest_of(b"one problem"))

    assert (gone.value.code, changed.value.code) == ("plan_problem.not_kept", "plan_problem.changed")
    assert broken.value.code == "plan_problem.changed"
