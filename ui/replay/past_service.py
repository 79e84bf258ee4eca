"""What panels may ask of the service while they show the past: questions whose answers were known then, no commands."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from app.operations import AsksService
from core import operations as asked
from core.events.envelope import Envelope
from core.refusals import Refusal
from core.vocabulary import Instant

_TIMELESS = frozenset({asked.CITY_STREETS, asked.PLACES_SEARCH})


class PastService:
    """Stands before the service that lives.

    Parameters
    ----------
    service : answers what may be asked
    now : the moment that is shown
    """

    def __init__(self, service: AsksService, now: Callable[[], Instant]) -> None:
        self._service, self._now = service, now

    def request(self, operation: str, argument: object, timeout_s: float = 15.0) -> Future[bytes]:
        """Return the future answer; commands and previews are refused (``replay.not_live``)."""
        if operation in _TIMELESS:
            return self._service.request(operation, argument, timeout_s)
        if operation == asked.ORDER_TIMELINE:
            return self._known_by_now(self._service.request(operation, argument, timeout_s))
        refused: Future[bytes] = Future()
        refused.set_exception(Refusal("replay.not_live", "This is a replay: nothing can be commanded in it."))
        return refused

    def _known_by_now(self, answer: Future[bytes]) -> Future[bytes]:
        """Leave out of a time line what had not been recorded yet."""
        now = self._now()
        cut: Future[bytes] = Future()

        def settle(done: Future[bytes]) -> None:
            error = done.exception()
            if error is not None:
                cut.set_exception(error)
                return
            envelopes = msgspec.msgpack.decode(done.result(), type=tuple[Envelope, ...])
            cut.set_result(msgspec.msgpack.encode([one for one in envelopes if one.recorded_at <= now]))

        answer.add_done_callback(settle)
        return cut
