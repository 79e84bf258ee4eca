"""The requests that have no answer yet: sent again under the same id after a reconnect, until their deadline."""

from __future__ import annotations

from concurrent.futures import Future

from core import wire
from core.refusals import Fault, Refusal


class PendingRequests:
    """Requests by id, oldest first; used from the feed's thread only. Instants are monotonic seconds."""

    def __init__(self) -> None:
        self._pending: dict[str, tuple[bytes, Future[bytes], float]] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, request: wire.Request, answer: Future[bytes], deadline: float) -> bytes:
        """Keep a request until it is answered; return its frame."""
        frame = wire.encode(request)
        self._pending[request.request_id] = (frame, answer, deadline)
        return frame

    def frames(self) -> list[bytes]:
        """Return every unanswered request, to be sent again."""
        return [frame for frame, _, _ in self._pending.values()]

    def settle(self, message: wire.Answer) -> None:
        """Give an answer to whoever waits; one that nobody waits for is ignored."""
        _, future, _ = self._pending.pop(message.request_id, (b"", None, 0.0))
        if future is None or future.cancelled():
            return
        if message.problem is not None:
            future.set_exception(refusal_of(message.problem))
        else:
            future.set_result(bytes(message.result))

    def expire(self, now: float) -> None:
        """Fail the requests whose deadline has passed. What they asked for may still have been done."""
        for request_id, (_, future, deadline) in list(self._pending.items()):
            if now >= deadline or future.cancelled():
                del self._pending[request_id]
                _fail(future, Fault("feed.no_answer", "The service did not answer in time. Look before trying again."))

    def fail_all(self, code: str, sentence: str) -> None:
        """Fail every request: no session will come."""
        pending, self._pending = self._pending, {}
        for _, future, _ in pending.values():
            _fail(future, Fault(code, sentence))


def refusal_of(problem: wire.Problem) -> Refusal | Fault:
    """Return the failure that a problem told over the wire stands for; 5xx is the environment's."""
    if problem.status >= 500:
        return Fault(problem.code, problem.detail)
    details = {key: value for key, value in problem.details.items() if key not in ("code", "sentence", "status")}
    return Refusal(problem.code, problem.detail, status=problem.status, **details)


def _fail(future: Future[bytes], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
