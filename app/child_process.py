"""A program started as a child that never outlives this process.

Every child runs under `app.child_guard`, which ends it, and all it started, as soon as this process closes
the pipe between them: on `stop`, at a normal end, and when this process is killed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

_POLL_SECONDS = 0.05
_LOG_TAIL_CHARACTERS = 2000


class ChildFault(Exception):
    """The environment failed to run a child: it ended early, or was not ready in time."""


class ChildProcess:
    """One program, started, watched and stopped together with everything it starts itself.

    Parameters
    ----------
    argv : sequence of str
        The program and its arguments.
    env : mapping of str to str, optional
        Set on top of this process's environment.
    log_path : Path, optional
        Where the child's output is appended; shown here when left out.
    name : str
        How messages call the child.
    stop_seconds : float
        How long the child may take to end after it was asked to, before it is killed.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        log_path: Path | None = None,
        name: str = "child",
        *,
        stop_seconds: float = 5.0,
    ) -> None:
        self.name = name
        self.log_path = log_path
        self._argv = list(argv)
        self._env = {**os.environ, **(env or {})}
        self._stop_seconds = stop_seconds
        self._guard: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start the program and return this object, so that `with child.start():` stops it at the end."""
        guard = [sys.executable, "-P", "-m", "app.child_guard", str(self._stop_seconds), *self._argv]
        if self.log_path is None:
            self._guard = self._start_guard(guard, None)
        else:
            self.log_path.parent.mkdir(parents=True, exist_ok=True)
            with self.log_path.open("ab") as log:
                self._guard = self._start_guard(guard, log.fileno())
        return self

    def _start_guard(self, command: list[str], output: int | None) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C at the terminal reaches this process alone, which stops in order.
        return subprocess.Popen(
            command,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            start_new_session=True,
        )

    def wait_ready(self, predicate: Callable[[], bool], timeout: float) -> None:
        """Wait until the predicate holds.

        Parameters
        ----------
        predicate : callable returning bool
            Asked every 50 ms; must not block for long.
        timeout : float
            Seconds of wall time.

        Raises
        ------
        ChildFault
            The child ended before, or the time is over; the message shows the end of its log.
        """
        deadline = time.monotonic() + timeout
        while not predicate():
            code = self.poll()
            if code is not None:
                raise ChildFault(f"{self.name} ended with exit code {code} before it was ready{self._log_tail()}")
            if time.monotonic() > deadline:
                raise ChildFault(f"{self.name} was not ready after {timeout:g} s{self._log_tail()}")
            self._pause()

    def poll(self) -> int | None:
        """Return the exit code (128 + signal if killed by one), or None while the child runs."""
        return self._running_guard().poll()

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once the child has ended by itself.

        Raises
        ------
        ChildFault
            It still runs after `timeout` seconds.
        """
        try:
            return self._running_guard().wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise ChildFault(f"{self.name} still runs after {late.timeout:g} s") from None

    def stop(self) -> int:
        """Ask the child to end, kill it when it does not within its time, and return its exit code."""
        guard = self._running_guard()
        if guard.stdin is not None:
            guard.stdin.close()
        try:
            # The guard's own killing, after the child's time is over, takes a moment as well.
            return guard.wait(self._stop_seconds + 10)
        except subprocess.TimeoutExpired:
            guard.kill()
            return guard.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._guard is not None:
            self.stop()

    def _pause(self) -> None:
        try:
            self._running_guard().wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            return

    def _running_guard(self) -> subprocess.Popen[bytes]:
        assert self._guard is not None, f"{self.name} has not been started"
        return self._guard

    def _log_tail(self) -> str:
        if self.log_path is None or not self.log_path.is_file():
            return ""
        text = self.log_path.read_text(encoding="utf-8", errors="replace").strip()
        return f"; its last words:\n{text[-_LOG_TAIL_CHARACTERS:]}" if text else ""
