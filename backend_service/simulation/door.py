"""One HTTP connection to the service, as any outside party has it: asks, waits when told to, and takes a no.

A busy answer (429, 503) is obeyed for as long as its ``Retry-After`` says, and a lost connection is tried again: every
write carries an ``Idempotency-Key``, so that trying again does nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import msgspec
import stamina

from backend_service.simulation.tally import Tally

_AT_ONCE = 12
_ANSWER_SECONDS = 10.0
_BUSY = frozenset({429, 503})
_LONGEST_PAUSE_SECONDS = 5.0


class TurnedAway(Exception):
    """The service said no, and will say so again."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code


class Unanswered(Exception):
    """The service gave no answer in time, however often it was asked."""


class _Busy(Exception):
    def __init__(self, after_seconds: float) -> None:
        super().__init__(f"busy for {after_seconds} s")
        self.after_seconds = after_seconds


class _Problem(msgspec.Struct):
    code: str = "unknown"
    detail: str = ""


class AsksHttp(Protocol):
    """What carries requests to the service: an `httpx.AsyncClient`, or `InProcess` to one in the same process."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """Return the answer to one request."""
        ...


class Door:
    """Asks the service.

    Parameters
    ----------
    http : AsksHttp
        Leads to the service; closed by its owner.
    tally : Tally
    patience_seconds : float
        Wall time for which a question is asked again before it counts as unanswered.
    """

    def __init__(self, http: AsksHttp, tally: Tally, *, patience_seconds: float = 30.0) -> None:
        self._http = http
        self._tally = tally
        self._patience_seconds = patience_seconds

    async def ask[Answer](
        self,
        method: str,
        path: str,
        kind: type[Answer],
        *,
        token: str,
        body: object = None,
        key: str | None = None,
    ) -> Answer:
        """Return the service's answer to a JSON request.

        Parameters
        ----------
        method, path : str
        kind : type
            What the answer is.
        token : str
        body : object, optional
            Written as JSON.
        key : str, optional
            The ``Idempotency-Key``.

        Raises
        ------
        TurnedAway
            If the answer is a problem that asking again does not mend.
        Unanswered
        """
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = quote(key)
        content = None if body is None else msgspec.json.encode(body)
        reply = await self.send(method, path, headers=headers, content=content)
        return msgspec.json.decode(reply.content, type=kind)

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Return the answer to any request; errors as in `ask`."""
        retries = stamina.retry_context(
            on=_worth_another_try,
            attempts=None,
            timeout=self._patience_seconds,
            wait_initial=0.1,
            wait_max=_LONGEST_PAUSE_SECONDS,
        )
        try:
            async for attempt in retries:
                with attempt:
                    if attempt.num > 1:
                        self._tally.retries += 1
                    return await self._send_once(method, path, request)
        except (_Busy, httpx.TransportError) as error:
            self._tally.unanswered += 1
            raise Unanswered(f"{method} {path}: {error}") from error
        raise AssertionError("a retried question ends with an answer or an error")

    async def _send_once(self, method: str, path: str, request: dict[str, Any]) -> httpx.Response:
        self._tally.requests += 1
        reply = await self._http.request(method, path, **request)
        if reply.status_code in _BUSY:
            after_seconds = _retry_after(reply)
            if after_seconds > self._patience_seconds:
                self._tally.unanswered += 1
                raise Unanswered(f"{method} {path}: busy for {after_seconds:g} s")
            raise _Busy(after_seconds)
        if not reply.is_success:
            problem = _problem_of(reply)
            self._tally.count_refusal(problem.code)
            raise TurnedAway(reply.status_code, problem.code, problem.detail)
        return reply


def connection(address: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return a connection to the service at `address`; a `transport` may lead to one in the same process."""
    return httpx.AsyncClient(
        base_url=address,
        transport=transport,
        timeout=_ANSWER_SECONDS,
        limits=httpx.Limits(max_connections=_AT_ONCE, keepalive_expiry=20.0),
        trust_env=False,
    )


def _worth_another_try(error: Exception) -> bool | float:
    if isinstance(error, _Busy):
        return error.after_seconds
    return isinstance(error, httpx.TransportError)


def _retry_after(reply: httpx.Response) -> float:
    try:
        return max(0.0, float(reply.headers.get("Retry-After", "1")))
    except ValueError:
        return 1.0


def _problem_of(reply: httpx.Response) -> _Problem:
    try:
        return msgspec.json.decode(reply.content, type=_Problem)
    except msgspec.DecodeError:
        return _Problem(code=f"http.{reply.status_code}", detail=reply.text[:200])
