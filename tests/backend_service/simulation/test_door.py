"""The outside obeys a busy service, tries a lost connection again, and takes a no for a no."""

import asyncio
from collections.abc import Callable, Iterator

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
        self.noting: Callable[[], None] = lambda: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.noting()
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


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_left_alone_for_as_long_as_it_says(status: int) -> None:
    transport = Scripted(httpx.Response(status, headers={"Retry-After": "0.4"}), taken())
    asked_at: list[float] = []

    async def ask() -> None:
        async with connection("http://tower", transport) as http:
            transport.noting = lambda: asked_at.append(asyncio.get_running_loop().time())
            await Door(http, Tally()).ask("POST", "/api/v1/orders", Taken, token="t", key="k")

    asyncio.run(ask())
    first, second = asked_at
    assert second - first >= 0.4, "tenacity alone would come back after 0.1 s"


def test_a_service_that_is_busy_for_longer_than_one_waits_is_not_bothered_again() -> None:
    tally, transport = Tally(), Scripted(httpx.Response(429, headers={"Retry-After": "60"}), taken())
    with pytest.raises(Unanswered):
        asked(transport, tally)
    assert (len(transport.requests), tally.unanswered) == (1, 1)


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
