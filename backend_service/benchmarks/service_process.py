"""A real service as a child process on a data directory of its own, for benches."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from core.refusals import Fault

READY_WITHIN_S = 240.0
STOP_WITHIN_S = 10.0
_LOOK_S = 0.02


class ServiceProcess:
    """Starts ``python -m backend_service serve`` on free ports; a context manager.

    Parameters
    ----------
    program : what Python runs

    Attributes
    ----------
    http : base address of the REST door
    """

    def __init__(self, data_dir: Path, *options: str, program: Sequence[str] = ("-m", "backend_service")) -> None:
        self.data_dir = data_dir
        self._program = program
        self.http = ""
        self._options = options
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        self.until_ready()
        return self

    def start(self) -> None:
        """Start the process; what an earlier one left for desks and benches to find it is taken away first."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        for left in (self._ready, self.invitation):
            left.unlink(missing_ok=True)
        ports = [argument for door in ("http", "zmq", "tracker") for argument in (f"--{door}-port", "0")]
        command = [sys.executable, *self._program, "serve", "--data-dir", str(self.data_dir), "--demo-access"]
        with (self.data_dir / "service.log").open("wb") as log:
            self._child = subprocess.Popen([*command, *ports, *self._options], stdout=log, stderr=subprocess.STDOUT)

    def until_ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Return once its doors are open.

        Raises
        ------
        Fault
            ``bench.no_service``: it ended, or took too long.
        """
        try:
            self.http = self._when_ready(within_s)["http"]
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def secret(self, name: str) -> str:
        """Return a secret that the service wrote, such as ``demo-admin.token``."""
        return self.secret_path(name).read_text().strip()

    def secret_path(self, name: str) -> Path:
        """Return where that secret is."""
        return self.data_dir / "secrets" / name

    @property
    def invitation(self) -> Path:
        """Return the file with a dispatcher's invitation."""
        return self.data_dir / "invitations" / "dispatcher.invitation"

    @property
    def _ready(self) -> Path:
        return self.data_dir / "ready.json"

    def _when_ready(self, within_s: float) -> dict[str, Any]:
        assert self._child is not None
        ready = self._ready
        deadline = time.monotonic() + within_s
        while not ready.exists():
            ended = self._child.poll()
            if ended is not None or time.monotonic() > deadline:
                last = (self.data_dir / "service.log").read_text(errors="replace")[-1500:]
                how = f"was not ready within {within_s:g} s" if ended is None else f"ended with {ended}"
                raise Fault("bench.no_service", f"The service {how}:\n{last}")
            time.sleep(_LOOK_S)
        opened: dict[str, Any] = msgspec.json.decode(ready.read_bytes())
        return opened

    def kill(self) -> None:
        """End the process as a power cut would; `start` starts it again on what is there."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def stop(self) -> None:
        """End the process in good order."""
        child = self._child
        if child is None or child.poll() is not None:
            return
        child.send_signal(signal.SIGTERM if os.name == "posix" else signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined,unused-ignore]
        try:
            child.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
