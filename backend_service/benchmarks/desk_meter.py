"""A desk without screens as a child process (``python -m app.feed_meter``), for benches.

A process, because the service's packages know no desk; it answers one line of JSON per line asked.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from core.refusals import Fault

_END_WITHIN_S = 30.0


class DeskMeter:
    """The desk's process, asked line by line; a context manager.

    Parameters
    ----------
    invitation : file with an invitation
    kind : transport, ``zeromq`` or ``websocket``
    """

    def __init__(self, invitation: Path, kind: str) -> None:
        command = [sys.executable, "-m", "app.feed_meter", str(invitation), "--transport", kind]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        try:
            self._child.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()

    def ask(self, question: str) -> dict[str, Any]:
        """Return the answer to ``ready``, ``start``, ``report`` or ``decided``.

        Raises
        ------
        Fault
            ``bench.desk_ended``.
        """
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(question + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise Fault("bench.desk_ended", "The desk's process ended before it answered.")
        answer: dict[str, Any] = msgspec.json.decode(line)
        return answer
