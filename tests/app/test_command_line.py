"""What one types after `tower`, and which program gets it."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import command_line

# A stand-in for a program: prints what it was given.
ECHO = "import sys; print(sys.argv[1:])"


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which the service is a program that prints its arguments."""
    service = tmp_path / "backend_service"
    service.mkdir()
    (service / "__init__.py").touch()
    (service / "__main__.py").write_text(ECHO)
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


def tower(*words: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "app.command_line", *words]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


def await_file(path: Path, process: subprocess.Popen[bytes]) -> None:
    while not path.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"ended with exit code {process.wait(0.05)}")


@pytest.mark.parametrize(
    ("words", "received"),
    [
        (["backend", "--port", "8081"], ["serve", "--port", "8081"]),
        (["backend", "--help"], ["serve", "--help"]),
        (["audit", "verify", "--data-dir", "here"], ["audit", "verify", "--data-dir", "here"]),
        (["audit", "verify", "--help"], ["audit", "verify", "--help"]),
        (["bench", "feed", "--json"], ["bench", "feed", "--json"]),
        (["bench", "--help"], ["bench", "--help"]),
        (["chaos", "kill", "--times", "3"], ["chaos", "kill", "--times", "3"]),
    ],
)
def test_service_is_started_as_a_program_with_what_was_asked(programs, words, received):
    answer = tower(*words, env=programs)
    assert answer.stdout.strip() == str(received), answer.stderr


def test_programs_in_the_current_folder_are_not_mistaken_for_ours(tmp_path):
    (tmp_path / "backend_service").mkdir()
    (tmp_path / "backend_service" / "__main__.py").write_text("print('a stranger')")
    answer = tower("backend", "--help", cwd=tmp_path)
    assert "a stranger" not in answer.stdout


@pytest.mark.parametrize("name", ["demo", "desk", "test", "check"])
def test_every_command_explains_itself(capsys, name):
    with pytest.raises(SystemExit) as ended:
        command_line.main([*name.split(), "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: tower {name}" in text
    assert len(text.splitlines()) > 6


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit):
        command_line.main(["--help"])
    text = capsys.readouterr().out
    for name in ("demo", "backend", "desk", "audit", "bench", "chaos", "test", "check"):
        assert f"    {name} " in text


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "COMMAND"),
        (["fly"], "fly"),
        (["demo", "--minutes", "0"], "not a positive number"),
        (["demo", "--speed", "inf"], "not a positive number"),
        (["demo", "--drivers", "0"], "not a count"),
        (["demo", "--wings"], "--wings"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(capsys, words, complaint):
    with pytest.raises(SystemExit) as ended:
        command_line.main(words)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_interruption_shows_no_traceback(tmp_path):
    long_test = tmp_path / "test_long.py"
    long_test.write_text(
        "import time\nfrom pathlib import Path\n\n"
        "def test_long():\n    Path(__file__).with_suffix('.started').touch()\n    time.sleep(600)\n"
    )
    command = [sys.executable, "-P", "-m", "app.command_line", "test", "-n", "0", str(long_test)]
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        await_file(tmp_path / "test_long.started", process)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does for Ctrl-C
        assert process.wait(30) == 130
    finally:
        process.kill()
    text = (tmp_path / "output").read_text()
    assert "tower: interrupted" in text
    assert "Traceback" not in text


def test_client_command_brings_neither_screens_nor_service():
    program = (
        "import sys, app.command_line; "
        "print([name for name in sys.modules if name.split('.')[0] in ('ui', 'widgets', 'backend_service', 'PySide6')])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
