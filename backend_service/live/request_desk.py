"""Answers the requests of all sessions: bounded, side by side, and each request id carried out once.

A request that is repeated while its first copy is under way, on the same session or after a reconnect, waits for
that one. A repetition after the answer is the command bus's affair, which keeps answers by command id.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

import msgspec

from backend_service.live.problems import problem_of
from core.refusals import Fault, Refusal
from core.wire import Answer, Request

if TYPE_CHECKING:
    from backend_service.access import Identity

_log = logging.getLogger(__name__)


class AnswersRequests(Protocol):
    """What carries a request out; `backend_service.handlers.desk_requests.DeskRequests` does."""

    async def answer(self, operation: str, body: bytes, identity: Identity, request_id: str) -> bytes:
        """Return the result as MessagePack, or raise a Refusal or Fault."""
        ...


class RequestDesk:
    """One for all sessions.

    Parameters
    ----------
    requests : carries a request out
    at_once : how many are under way at most; more are refused with ``feed.busy``
    """

    def __init__(self, requests: AnswersRequests, at_once: int = 64) -> None:
        self.bugs = 0
        self._requests = requests
        self._at_once = at_once
        self._under_way: dict[tuple[str, str], asyncio.Task[Answer]] = {}

    async def answer(self, request: Request, identity: Identity) -> Answer:
        """Return the answer; a refusal, a fault and a bug come back as its `problem`."""
        key = (identity.actor.subject, request.request_id)
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= self._at_once:
                return _refused(request, Refusal("feed.busy", "Too many requests at once; try again.", status=429))
            task = asyncio.create_task(self._carry_out(request, identity))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _carry_out(self, request: Request, identity: Identity) -> Answer:
        try:
            body = bytes(request.body)
            result = await self._requests.answer(request.operation, body, identity, request.request_id)
        except (Refusal, Fault) as error:
            return _refused(request, error)
        except msgspec.DecodeError as error:
            return _refused(request, Refusal("request.malformed", f"The argument cannot be read: {error}.", status=400))
        except Exception as error:  # noqa: BLE001 - the outer wall of a request
            self.bugs += 1
            _log.exception("request %s failed", request.operation)
            return _refused(request, error)
        return Answer(request_id=request.request_id, result=msgspec.Raw(result))


def _refused(request: Request, error: Exception) -> Answer:
    return Answer(request_id=request.request_id, problem=problem_of(error))
