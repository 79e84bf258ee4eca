"""In CI a skipped test fails the session, however it was skipped and however the run is spread."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

PASSING = "def test_passes():\n    assert True\n"
SKIPPED_TEST = "import pytest\n\ndef test_skips():\n    pytest.skip('no city here')\n"
SKIPPED_FILE = "import pytest\npytest.skip('no city here', allow_module_level=True)\n"
EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_fails():\n    assert False\n"


def run_pytest(folder: Path, text: str, ci: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_passing.py").write_text(PASSING)
    (folder / "test_other.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", *arguments]
    env = {**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("text", [SKIPPED_TEST, SKIPPED_FILE])
@pytest.mark.parametrize("spread", [[], ["-n", "2"]])
def test_skip_fails_in_ci_and_is_named(tmp_path, text, spread):
    result = run_pytest(tmp_path, text, "true", *spread)
    assert result.returncode == 1, result.stdout
    assert "skipped, which fails in CI" in result.stdout
    assert "test_other.py" in result.stdout


def test_skip_passes_elsewhere(tmp_path):
    assert run_pytest(tmp_path, SKIPPED_TEST, "").returncode == 0


def test_expected_failure_is_no_skip(tmp_path):
    assert run_pytest(tmp_path, EXPECTED_FAILURE, "true").returncode == 0
