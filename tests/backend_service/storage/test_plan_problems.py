"""Problems behind plans are kept durably by their digest, the newest ones, and a changed file is known."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import numpy as np
import pytest

from backend_service.storage.plan_problems import FOLDER, PlanProblems
from core.dispatch.improvement.kept_problem import KeptProblem, digest_of, encoded
from core.dispatch.improvement.problem import Fleet, Plan, Prices, Problem, Work
from core.refusals import Fault


def problem(number: int) -> KeptProblem:
    """One vehicle at the only place, which may drive `number` iterations."""
    nothing, nobody = np.zeros(0), np.zeros(0, np.int64)
    fleet = Fleet(
        start_place=np.zeros(1, np.int64),
        end_place=np.full(1, -1),
        start_at=np.zeros(1),
        shift_ends_at=np.full(1, np.inf),
        capacity=np.ones((1, 1)),
        skills=np.zeros((1, 0), bool),
        max_orders=np.ones(1, np.int64),
    )
    columns = dict.fromkeys(Work.__dataclass_fields__, nothing)
    whole = dict.fromkeys(("pickup_place", "delivery_place", "carrier", "bound_to", "home"), nobody)
    tables = {"load": np.zeros((0, 1)), "skills": np.zeros((0, 0), bool), "allowed": np.zeros((0, 1), bool)}
    work = Work(**{**columns, **whole, **tables})
    made = Problem(np.zeros((1, 1)), np.zeros((1, 1)), fleet, work, Prices(), ((),))
    return KeptProblem(made, Plan(((),)), (), (), iterations=number, least=0.0, most=1)


def keep(problems: PlanProblems, tmp_path: Path, kept: KeptProblem, age_s: float) -> Path:
    problems.keep(kept)
    path = tmp_path / FOLDER / f"{digest_of(kept)}.problem"
    os.utime(path, (1e9 - age_s, 1e9 - age_s))
    return path


def test_what_was_kept_is_read_by_its_digest(tmp_path: Path) -> None:
    problems = PlanProblems(tmp_path)

    problems.keep(problem(7))

    assert problems.read(digest_of(problem(7))).iterations == 7


def test_newest_are_kept_within_number_and_size(tmp_path: Path) -> None:
    problems = PlanProblems(tmp_path, most_files=2)
    for number in range(4):
        keep(problems, tmp_path, problem(number), age_s=4.0 - number)
    assert len(list((tmp_path / FOLDER).iterdir())) == 2
    assert problems.read(digest_of(problem(3))).iterations == 3

    PlanProblems(tmp_path, most_bytes=1).keep(problem(9))
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_what_is_gone_or_changed_is_said(tmp_path: Path) -> None:
    problems, digest = PlanProblems(tmp_path), digest_of(problem(1))
    with pytest.raises(Fault) as gone:
        problems.read(digest)
    path = keep(problems, tmp_path, problem(1), age_s=0.0)
    codes = []
    for content in (zlib.compress(encoded(problem(2))), zlib.compress(b"another"), b"no file of ours"):
        path.write_bytes(content)
        with pytest.raises(Fault) as changed:
            problems.read(digest)
        codes.append(changed.value.code)

    assert gone.value.code == "plan_problem.not_kept"
    assert codes == ["plan_problem.changed"] * 3
