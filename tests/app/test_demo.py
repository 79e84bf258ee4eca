"""A demo that is interrupted leaves nothing behind, and one that cannot begin says why."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app import demo


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Tower home with the demo city prepared: the user's own if it is there."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    known = Path(os.environ.get("TOWER_HOME") or data / "tower")
    place = known if (known / "cities").is_dir() else tmp_path_factory.mktemp("home")
    command = [sys.executable, "-P", "-m", "backend_service.streets.city", "prepare", "--home", str(place)]
    subprocess.run(command, check=True, capture_output=True)
    return place


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, "the demo ended by itself"
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def all_below(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_whatever_ends_the_demo_ends_all_it_started(
    home: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    places = ("--data-dir", str(tmp_path / "kept"), "--out", str(tmp_path / "out"))
    command = [sys.executable, "-P", "-m", "app.command_line", "demo", "--headless", *places]
    environment = {**os.environ, "TOWER_HOME": str(home)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until((tmp_path / "kept" / "simulation.json").exists, process)
        started = all_below(process)
        # guards, service, two street engines, simulated day, desk
        assert len(started) >= 7
        process.send_signal(number)
        assert process.wait(30) == code
        gone, alive = psutil.wait_procs(started, timeout=30)
        assert not alive
        assert len(gone) == len(started)
    finally:
        process.kill()
        process.wait()


def test_a_folder_in_use_is_refused_with_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tower.sqlite").touch()
    options = argparse.Namespace(
        minutes=1.0,
        speed=10.0,
        seed=1,
        drivers=1,
        orders_per_hour=1.0,
        data_dir=tmp_path,
        out=tmp_path / "out",
        headless=True,
        city="la-serena",
    )
    assert demo.run(options) == 1
    assert "--data-dir" in capsys.readouterr().err
