"""Requests that bear a name: carried out once, answered the same when asked again, refused for another request.

The name is a command id, the request told by its fingerprint. What was carried out is remembered in the log with its
answer; what is under way is known here, so that a retry that overtakes the first answer waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from core.operations import Done
from core.refusals import Refusal
from core.vocabulary import CommandId


class Remembered(Done, frozen=True, kw_only=True, omit_defaults=True):
    """An answer as the log keeps it, with the fingerprint of the request; logs from before have none."""

    fingerprint: str = ""


def require_same(kept: str, asked: str) -> None:
    """Refuse a request whose name was given to another one before; nothing is known of one without a fingerprint.

    Raises
    ------
    Refusal
        ``request.idempotency_key_reused``, 422.
    """
    if kept and kept != asked:
        raise Refusal("request.idempotency_key_reused", "This Idempotency-Key was used for another request.")


class UnderWay:
    """The named requests that are not answered yet."""

    def __init__(self) -> None:
        self._asked: dict[CommandId, tuple[str, asyncio.Task[Done]]] = {}

    async def once(
        self, command_id: CommandId, fingerprint: str, carry_out: Callable[[], Coroutine[Any, Any, Done]]
    ) -> Done:
        """Return the answer of `carry_out`, or of the same request that is under way already.

        An asker who goes away takes nothing with them: the request goes on for whoever asks again.

        Raises
        ------
        Refusal
            As `require_same`; whatever `carry_out` raises.
        """
        if command_id not in self._asked:
            task = asyncio.create_task(carry_out(), name=f"command {command_id}")
            self._asked[command_id] = fingerprint, task
            task.add_done_callback(lambda done: self._forget(command_id, done))
        known, task = self._asked[command_id]
        require_same(known, fingerprint)
        return await asyncio.shield(task)

    def _forget(self, command_id: CommandId, task: asyncio.Task[Done]) -> None:
        del self._asked[command_id]
        if not task.cancelled():
            task.exception()  # told to those who wait; it may be that nobody does any more
