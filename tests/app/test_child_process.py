"""Children end when asked, when they are done, and when their parent is killed, with all they started."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from app.child_process import ChildFault, ChildProcess

# A program that starts one of its own, as the service starts the street engine, and names both.
FAMILY = """
import os, subprocess, sys, time
from pathlib import Path
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
place = Path(sys.argv[1])
place.with_suffix(".part").write_text(f"{os.getpid()} {grandchild.pid}")
place.with_suffix(".part").rename(place)
if "leave" not in sys.argv:
    time.sleep(600)
"""

STUBBORN = """
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path(sys.argv[1]).touch()
time.sleep(600)
"""

PARENT = """
import sys, time
from pathlib import Path
from app.child_process import ChildProcess
child = ChildProcess([sys.executable, "-c", sys.argv[1], sys.argv[2]], name="family", stop_seconds=2).start()
time.sleep(600)
"""


def family(tmp_path: Path, *arguments: str) -> ChildProcess:
    place = str(tmp_path / "pids")
    return ChildProcess([sys.executable, "-c", FAMILY, place, *arguments], name="family", stop_seconds=5)


def running(pids: list[int]) -> list[int]:
    alive = []
    for pid in pids:
        try:
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                alive.append(pid)
        except psutil.NoSuchProcess:
            continue
    return alive


def named_pids(tmp_path: Path) -> list[int]:
    return [int(word) for word in (tmp_path / "pids").read_text().split()]


def await_end(pids: list[int], seconds: float = 20) -> list[int]:
    """Return those processes that still run after so many seconds."""
    processes = [psutil.Process(pid) for pid in running(pids)]
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return running([process.pid for process in alive])


def test_stop_ends_child_and_what_it_started(tmp_path):
    with family(tmp_path).start() as child:
        child.wait_ready((tmp_path / "pids").exists, timeout=20)
        pids = named_pids(tmp_path)
        assert running(pids) == pids
        assert child.stop() == 128 + signal.SIGTERM
    assert running(pids) == []


def test_killed_parent_takes_child_and_grandchild_along(tmp_path):
    place = str(tmp_path / "pids")
    with ChildProcess([sys.executable, "-c", PARENT, FAMILY, place], name="parent").start() as parent:
        parent.wait_ready((tmp_path / "pids").exists, timeout=20)
        pids = named_pids(tmp_path)
        os.kill(psutil.Process(pids[0]).parent().ppid(), signal.SIGKILL)
        assert await_end(pids) == []


def test_killed_guard_takes_child_along(tmp_path):
    if sys.platform != "linux":
        return  # only Linux tells a program that its parent died
    with family(tmp_path).start() as child:
        child.wait_ready((tmp_path / "pids").exists, timeout=20)
        program, grandchild = named_pids(tmp_path)
        try:
            psutil.Process(program).parent().kill()
            assert await_end([program]) == []
        finally:
            os.kill(grandchild, signal.SIGKILL)


def test_child_that_ends_leaves_nothing_behind(tmp_path):
    with family(tmp_path, "leave").start() as child:
        assert child.wait(20) == 0
        assert running(named_pids(tmp_path)) == []


def test_child_that_will_not_stop_is_killed(tmp_path):
    ready = tmp_path / "ready"
    child = ChildProcess([sys.executable, "-c", STUBBORN, str(ready)], name="stubborn", stop_seconds=0.3)
    with child.start():
        child.wait_ready(ready.exists, timeout=20)
        assert child.stop() == 128 + signal.SIGKILL


def test_exit_code_and_environment_are_the_childs(tmp_path):
    program = "import os, sys; sys.exit(int(os.environ['TOWER_TEST_CODE']))"
    with ChildProcess([sys.executable, "-c", program], {"TOWER_TEST_CODE": "7"}).start() as child:
        assert child.wait(20) == 7


def test_child_that_ends_early_is_reported_with_its_last_words(tmp_path):
    program = "import sys; sys.exit('no room on the disk')"
    child = ChildProcess([sys.executable, "-c", program], log_path=tmp_path / "logs" / "engine.log", name="engine")
    with child.start(), pytest.raises(ChildFault, match=r"(?s)engine ended with exit code 1.*no room on the disk"):
        child.wait_ready(lambda: False, timeout=20)


def test_child_that_is_never_ready_is_reported(tmp_path):
    program = "import time; time.sleep(600)"
    with ChildProcess([sys.executable, "-c", program], name="engine").start() as child:
        with pytest.raises(ChildFault, match="engine was not ready after"):
            child.wait_ready(lambda: False, timeout=0.1)
        with pytest.raises(ChildFault, match="engine still runs"):
            child.wait(timeout=0)


def test_program_that_does_not_exist_is_reported(tmp_path):
    log = tmp_path / "engine.log"
    with ChildProcess([str(tmp_path / "none")], log_path=log, name="engine").start() as child:
        assert child.wait(20) == 127
    assert "could not be started" in log.read_text()
