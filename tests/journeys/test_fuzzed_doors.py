"""A running service asked by schemathesis whatever its own OpenAPI document allows, and much that it does not.

No answer may be a 500, or have a status, a type or a form that the document does not tell; what fits the document is
taken unless a rule of the operation is against it, and what does not fit is refused. `TOWER_FUZZ_SECONDS` makes it
longer: ``TOWER_FUZZ_SECONDS=600 ./tower test tests/journeys/test_fuzzed_doors.py -s`` takes about ten minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from backend_service.access import TokenAuthority
from core.timekeeping import SteppedClock
from core.vocabulary import Role

SECONDS = int(os.environ.get("TOWER_FUZZ_SECONDS", "0"))
ROLES = {Role.ADMINISTRATOR: "root", Role.DISPATCHER: "ana", Role.DRIVER: "D-1"}
BRIEFLY = {
    Role.ADMINISTRATOR: ("--max-examples", "2"),
    Role.DISPATCHER: ("--phases", "examples,fuzzing", "--max-examples", "2"),
    Role.DRIVER: ("--phases", "examples,fuzzing", "--max-examples", "2"),
}
"""Every limit of every schema once, and some examples, always the same ones; TOWER_FUZZ_SECONDS tries many more."""

SIGNING_OUT = "/api/v1/sign-ins/current"
"""Ends the access of whoever asks, and is therefore asked last, with a token of its own."""

ROOT = Path(__file__).parents[2]
TOOLS = Path(__file__).with_name("every_door")

pytestmark = pytest.mark.timeout(600 + 2 * SECONDS)


@pytest.fixture(scope="module")
def service(shared_service_on):
    return shared_service_on()


@pytest.fixture
def fuzz(service, tmp_path):
    """Return what has schemathesis ask the service as somebody; it fails with what was found."""

    def run(role: Role, *arguments: str) -> dict:
        authority = TokenAuthority.open(service.data_dir / "secrets", SteppedClock(time.time()))
        token = authority.issue(ROLES[role], role, lifetime_s=7200)
        report = tmp_path / "report.json"
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "--no-color"),
            *("--config-file", str(TOOLS / "schemathesis.toml"), "run", f"{service.http}/api/v1/openapi.json"),
            *("-H", f"Authorization: Bearer {token}", "--report", "json", "--report-json-path", str(report)),
            *("--warnings", "off", *arguments),
        ]
        surroundings = {"PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.journeys.every_door.schemathesis_hooks"}
        ended = subprocess.run(
            command, cwd=tmp_path, env=os.environ | surroundings, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"as {role.value}:\n{ended.stdout[-12_000:]}{ended.stderr[-2000:]}"
        return json.loads(report.read_text())

    return run


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_one_that_the_document_tells(service, town_of, fuzz, role):
    if role is Role.DRIVER:
        town_of(service).on_shift(1)
    bounds = ("--max-time", str(SECONDS // len(ROLES))) if SECONDS else BRIEFLY[role]
    seed = str(time.time_ns() % 2**32) if SECONDS else "1"
    report = fuzz(role, "--exclude-path", SIGNING_OUT, "--seed", seed, *bounds)
    print(f"{role.value}: {report['test_cases']} in {report['running_time']:.0f} s, seed {seed}")
    assert report["operations"]["tested"] == report["operations"]["selected"] > 60
    assert "Traceback" not in (service.data_dir / "service.log").read_text()
    assert httpx.get(f"{service.http}/health").json()["status"] == "alive"


def test_signing_out_is_as_the_document_tells(fuzz):
    report = fuzz(Role.DRIVER, "--include-path", SIGNING_OUT, "--seed", "1", "--max-examples", "5")
    assert report["operations"]["tested"] == 1
