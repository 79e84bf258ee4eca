"""The outside obeys a busy service, tries a lost connection again, and takes a no for a no."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from backend_service.simulation.door import Door, TurnedAway, Unanswered, connection
from backend_service.simulation.tally import Tally
from backend_service.simulation.written import Taken


class Scripted(httpx.AsyncBaseTransport):
    """Answers what it was given, in turn, and keeps the requests; the last answer is given for ever."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._answers: Iterator[httpx.Response | Exception] = iter(answers)
        self._last = answers[-1]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = next(self._answers, self._last)
        if isinstance(answer, Exception):
            raise answer
        return answer


def asked(transport: Scripted, tally: Tally, patience_seconds: float = 30.0) -> Taken:
    async def ask() -> Taken:
        async with connection("http://tower", transport) as http:
            door = Door(http, tally, patience_seconds=patience_seconds)
            return await door.ask("POST", "/api/v1/orders", Taken, token="t", body={"a": 1}, key="café-1")

    return asyncio.run(ask())


def taken() -> httpx.Response:
    return httpx.Response(201, json={"id": "O-1", "position": 7})


def busy() -> httpx.Response:
    return httpx.Response(503, headers={"Retry-After": "0"}, json={"code": "telemetry.busy"})


def test_a_write_is_repeated_under_the_same_key_until_it_is_taken() -> None:
    tally, transport = Tally(), Scripted(busy(), httpx.ConnectError("down"), taken())
    assert asked(transport, tally).id == "O-1"
    assert len({request.headers["idempotency-key"] for request in transport.requests}) == 1
    assert (tally.requests, tally.retries) == (3, 2)


def test_a_no_is_not_asked_again() -> None:
    tally = Tally()
    transport = Scripted(httpx.Response(409, json={"code": "order.on_board", "detail": "It is in the vehicle."}))
    with pytest.raises(TurnedAway) as caught:
        asked(transport, tally)
    assert (caught.value.status, caught.value.code) == (409, "order.on_board")
    assert len(transport.requests) == 1
    assert tally.refused == {"order.on_board": 1}


def test_who_never_answers_is_given_up_and_counted() -> None:
    tally = Tally()
    with pytest.raises(Unanswered):
        asked(Scripted(busy()), tally, patience_seconds=0.05)
    assert tally.unanswered == 1


def test_a_no_that_is_no_problem_document_is_told_by_its_status() -> None:
    tally = Tally()
    with pytest.raises(TurnedAway):
        asked(Scripted(httpx.Response(502, text="<html>")), tally)
    assert tally.refused == {"http.502": 1}
