"""Runs one program and sees to it that it, and all it started, ends when the starting process does.

Started by `app.child_process` as `python -m app.child_guard STOP_SECONDS PROGRAM ARGUMENT...`. The guard's
standard input is a pipe held open by its parent: when the parent closes it, or dies of anything, even of
kill -9, the pipe ends, and the guard asks the program to stop, waits, and kills what is left. A watcher
inside the program itself would not do: the street engine and the browser engine are not ours.

On Linux the guard also adopts descendants whose own parents died (PR_SET_CHILD_SUBREAPER), and the program
gets a signal should the guard itself be killed (PR_SET_PDEATHSIG).
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

_ORPHAN_SECONDS = 1.0
"""How long a descendant may take to end that its own parent has left behind."""


def main(arguments: Sequence[str]) -> int:
    """Run the program to its end, or to its parent's, and return its exit code (128 + signal if killed)."""
    stop_seconds, *program = arguments
    woken = _wake_on(signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    _linux_process_control(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        child = subprocess.Popen(program, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_guard)
    except OSError as problem:
        print(f"{program[0]} could not be started: {problem.strerror}", file=sys.stderr)
        return 127
    _wait(child, woken)
    code = _end(child, float(stop_seconds))
    _end_orphans()
    return 128 - code if code < 0 else code


def _wake_on(*signals: signal.Signals) -> int:
    """Return the readable end of a pipe that gets a byte for each of these signals."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return readable


def _linux_process_control(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _die_with_guard() -> None:
    _linux_process_control(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(child: subprocess.Popen[bytes], woken: int) -> None:
    """Return when the child has ended, the parent is gone, or the guard itself was told to stop."""
    while True:
        readable, _, _ = select.select([sys.stdin.fileno(), woken], [], [])
        if sys.stdin.fileno() in readable and not os.read(sys.stdin.fileno(), 1024):
            return
        if woken in readable and set(os.read(woken, 1024)) - {signal.SIGCHLD}:
            return
        if child.poll() is not None:
            return


def _end(child: subprocess.Popen[bytes], stop_seconds: float) -> int:
    """Ask the child to end, kill it if it has not after so many seconds, and return its exit code."""
    child.terminate()
    try:
        return child.wait(stop_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _end_orphans() -> None:
    """End what the child left behind: by its end, those have become children of the guard."""
    asked = _signal_all(psutil.Process().children(recursive=True), signal.SIGTERM)
    psutil.wait_procs(asked, timeout=_ORPHAN_SECONDS)
    while killed := _signal_all(psutil.Process().children(recursive=True), signal.SIGKILL):
        psutil.wait_procs(killed, timeout=_ORPHAN_SECONDS)


def _signal_all(processes: list[psutil.Process], number: signal.Signals) -> list[psutil.Process]:
    signalled = []
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
        signalled.append(process)
    return signalled


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
