"""A geocoder outside, played by a server on loopback: asked seldom, patiently, and not at all while it fails."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stamina

from backend_service.places.answer_cache import AnswerCache
from backend_service.places.circuit_breaker import CircuitBreaker
from backend_service.places.geocoding import StreetGeocoder
from backend_service.places.layered_geocoding import LayeredGeocoder
from backend_service.places.outside_geocoder import OutsideGeocoder, OutsideManners
from backend_service.places.place_search import PlaceSearch
from core.places import LocatedAddress, Precision
from core.refusals import Fault, Refusal
from core.timekeeping import SteppedClock

BBOX = (-71.3, -29.96, -71.2, -29.86)
QUICK = OutsideManners(pace="1000/second")
HOUSE = {
    "place_id": 1234,
    "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
    "osm_type": "way",
    "osm_id": 5678,
    "lat": "-29.9051",
    "lon": "-71.2502",
    "category": "building",
    "type": "yes",
    "place_rank": 30,
    "importance": 5.2e-05,
    "addresstype": "building",
    "name": "",
    "display_name": "1120, Avenida Balmaceda, La Serena, Chile",
    "boundingbox": ["-29.9052", "-29.9050", "-71.2503", "-71.2501"],
}
STREET = HOUSE | {
    "place_rank": 26,
    "display_name": "Avenida Balmaceda, La Serena",
    "boundingbox": ["-29.9061", "-29.9041", "-71.2503", "-71.2501"],
}
TOWN = HOUSE | {"place_rank": 16, "display_name": "La Serena"}
ELSEWHERE = HOUSE | {"lat": "41.15", "lon": "-8.61"}


class Nominatim:
    """A server that answers what it is told to, in turn, and the last of it for ever; and notes what it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []

    def answer(self, body: Any, status: int = 200, **headers: str) -> None:
        self.answers.append((status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers))


@pytest.fixture
def nominatim() -> Iterator[Nominatim]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            played.agents.append(self.headers["User-Agent"])
            played.asked.append({key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()})
            status, body, headers = played.answers.pop(0) if len(played.answers) > 1 else played.answers[0]
            self.send_response(status)
            for key, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    played = Nominatim(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield played
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def wall() -> SteppedClock:
    return SteppedClock(1_800_000_000.0)


type Play = Callable[[Callable[[OutsideGeocoder], Awaitable[None]]], None]


@pytest.fixture
def play(nominatim: Nominatim, wall: SteppedClock, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Return what runs a scenario with a geocoder; its retries do not wait."""

    def run(scenario: Callable[[OutsideGeocoder], Awaitable[None]], manners: OutsideManners = QUICK) -> None:
        async def opened() -> None:
            cache, breaker = AnswerCache(tmp_path / "answers.sqlite", wall), CircuitBreaker(wall)
            async with OutsideGeocoder(nominatim.address, BBOX, cache, breaker, manners) as geocoder:
                await scenario(geocoder)

        asyncio.run(opened())

    with stamina.set_testing(True, attempts=3):
        yield run


async def code_of(located: Awaitable[LocatedAddress]) -> str:
    with pytest.raises(Fault) as fault:
        await located
    return fault.value.code


def test_house_is_believed_and_the_question_keeps_to_the_city(nominatim: Nominatim, play: Play) -> None:
    nominatim.answer([HOUSE, STREET])

    async def scenario(geocoder: OutsideGeocoder) -> None:
        located = await geocoder.locate("Balmaceda 1120")
        assert (located.precision, located.matched) == (Precision.HOUSE, HOUSE["display_name"])
        assert located.position is not None and (located.position.lat, located.position.lon) == (-29.9051, -71.2502)
        assert (located.uncertainty_m, located.source) == (30.0, "127.0.0.1")
        assert [place.name for place in located.candidates] == [STREET["display_name"]]

    play(scenario)
    viewbox = "-71.3,-29.86,-71.2,-29.96"
    asked = {"q": "Balmaceda 1120", "format": "jsonv2", "limit": "5", "viewbox": viewbox, "bounded": "1"}
    assert nominatim.asked == [asked]
    assert nominatim.agents[0].startswith("Tower/")


def test_street_says_how_far_it_reaches_and_a_town_is_no_address(nominatim: Nominatim, play: Play) -> None:
    for told in ([STREET], [TOWN], [ELSEWHERE], []):
        nominatim.answer(told)

    async def scenario(geocoder: OutsideGeocoder) -> None:
        street = await geocoder.locate("a")
        assert street.precision is Precision.STREET
        assert street.uncertainty_m == pytest.approx(112, abs=1)  # half of 0.002 degrees, and a little to the side
        for asked, candidates in (("b", 1), ("c", 0), ("d", 0)):
            located = await geocoder.locate(asked)
            assert (located.precision, len(located.candidates)) == (Precision.NONE, candidates)

    play(scenario)


def test_answer_is_remembered_for_a_time_and_nothing_found_for_a_shorter_one(
    nominatim: Nominatim, play: Play, wall: SteppedClock, tmp_path: Path
) -> None:
    nominatim.answer([HOUSE])
    nominatim.answer([])

    async def scenario(geocoder: OutsideGeocoder) -> None:
        first = await geocoder.locate("Balmaceda 1120")
        again = await geocoder.locate("  BALMACEDA, 1120")
        assert (again.position, again.text) == (first.position, "  BALMACEDA, 1120")
        await geocoder.locate("nowhere")
        await geocoder.locate("nowhere")
        assert len(nominatim.asked) == 2
        wall.step_to(wall.now() + QUICK.not_found_s)
        await geocoder.locate("nowhere")
        await geocoder.locate("Balmaceda 1120")
        assert len(nominatim.asked) == 3
        wall.step_to(wall.now() + QUICK.found_s)
        await geocoder.locate("Balmaceda 1120")
        assert len(nominatim.asked) == 4

    play(scenario)
    assert b"almaceda, 1120" not in (tmp_path / "answers.sqlite").read_bytes()


def test_busy_server_is_asked_again(nominatim: Nominatim, play: Play) -> None:
    nominatim.answer(b"", 503)
    nominatim.answer(b"", 429, **{"Retry-After": "1"})
    nominatim.answer([HOUSE])

    async def scenario(geocoder: OutsideGeocoder) -> None:
        assert (await geocoder.locate("Balmaceda 1120")).precision is Precision.HOUSE

    play(scenario)
    assert len(nominatim.asked) == 3


@pytest.mark.parametrize(
    ("status", "body", "code", "asked"),
    [
        (500, b"", "geocoder.down", 3),
        (403, b"<html>banned</html>", "geocoder.refused", 1),
        (302, b"", "geocoder.refused", 1),
        (200, b"<html>", "geocoder.unreadable", 1),
        (200, b'{"error": "x"}', "geocoder.unreadable", 1),
        (200, b'[{"lat": "north"}]', "geocoder.unreadable", 1),
    ],
)
def test_answer_that_is_none_is_a_fault(
    nominatim: Nominatim, play: Play, status: int, body: bytes, code: str, asked: int
) -> None:
    nominatim.answer(body, status)

    async def scenario(geocoder: OutsideGeocoder) -> None:
        assert await code_of(geocoder.locate("x")) == code

    play(scenario)
    assert len(nominatim.asked) == asked


def test_failing_server_is_left_in_peace_and_tried_again_later(
    nominatim: Nominatim, play: Play, wall: SteppedClock
) -> None:
    nominatim.answer(b"", 403)

    async def scenario(geocoder: OutsideGeocoder) -> None:
        for number in range(3):
            assert await code_of(geocoder.locate(f"x{number}")) == "geocoder.refused"
        assert await code_of(geocoder.locate("y")) == "neighbour.resting"
        assert len(nominatim.asked) == 3
        wall.step_to(wall.now() + 60.0)
        assert await code_of(geocoder.locate("z")) == "geocoder.refused"
        assert await code_of(geocoder.locate("z")) == "neighbour.resting"
        wall.step_to(wall.now() + 60.0)
        nominatim.answers[:] = []
        nominatim.answer([HOUSE])
        assert (await geocoder.locate("z")).precision is Precision.HOUSE
        assert (await geocoder.locate("zz")).precision is Precision.HOUSE

    play(scenario)


def test_questions_beyond_the_pace_are_not_put(nominatim: Nominatim, play: Callable[..., None]) -> None:
    nominatim.answer([HOUSE])

    async def scenario(geocoder: OutsideGeocoder) -> None:
        for number in range(2):
            await geocoder.locate(f"x{number}")
        for _ in range(4):
            assert await code_of(geocoder.locate("y")) == "geocoder.busy"  # and no fault of the server's
        await geocoder.locate("x0")

    play(scenario, OutsideManners(pace="2/hour", longest_wait_s=0.05))
    assert len(nominatim.asked) == 2


def test_server_that_is_not_there_is_a_fault(tmp_path: Path, wall: SteppedClock) -> None:
    async def scenario() -> None:
        cache, breaker = AnswerCache(tmp_path / "answers.sqlite", wall), CircuitBreaker(wall)
        async with OutsideGeocoder("http://127.0.0.1:1", BBOX, cache, breaker, QUICK) as geocoder:
            assert await code_of(geocoder.locate("x")) == "geocoder.down"

    with stamina.set_testing(True, attempts=2):
        asyncio.run(scenario())


def test_cache_that_cannot_be_written_is_no_cache(nominatim: Nominatim, wall: SteppedClock, tmp_path: Path) -> None:
    nominatim.answer([HOUSE])
    cache = AnswerCache(tmp_path / "no" / "such" / "folder.sqlite", wall)

    async def scenario() -> None:
        async with OutsideGeocoder(nominatim.address, BBOX, cache, CircuitBreaker(wall), QUICK) as geocoder:
            assert (await geocoder.locate("x")).precision is Precision.HOUSE

    asyncio.run(scenario())
    assert cache.failures > 0


def test_cache_keeps_so_many_answers(tmp_path: Path, wall: SteppedClock) -> None:
    async def scenario() -> None:
        cache = AnswerCache(tmp_path / "answers.sqlite", wall, most=2)
        for seconds, question in ((30.0, "a"), (20.0, "b"), (10.0, "c")):
            await cache.keep(question, question.encode(), seconds)
        assert [await cache.read(question) for question in "abc"] == [b"a", b"b", None]

    asyncio.run(scenario())


@pytest.mark.parametrize("address", ["", "nominatim", "file:///etc/passwd", "ftp://host/"])
def test_address_that_is_none_is_refused(tmp_path: Path, wall: SteppedClock, address: str) -> None:
    with pytest.raises(Refusal, match="no address of a geocoder"):
        OutsideGeocoder(address, BBOX, AnswerCache(tmp_path / "a", wall), CircuitBreaker(wall))


def test_outside_is_asked_only_for_what_the_streets_do_not_know(
    nominatim: Nominatim, play: Play, little_town: PlaceSearch
) -> None:
    nominatim.answer([HOUSE])
    nominatim.answer(b"", 403)

    async def scenario(outside: OutsideGeocoder) -> None:
        both = LayeredGeocoder(StreetGeocoder(little_town), outside)
        assert (await both.locate("Pasaje Ñandú 10")).source == "streets"
        assert nominatim.asked == []
        located = await both.locate("Balmaceda 1120")
        assert (located.source, located.precision) == ("127.0.0.1", Precision.HOUSE)
        fallen_back = await both.locate("Balmaceda 99")
        assert (fallen_back.source, fallen_back.precision, both.failures) == ("streets", Precision.STREET, 1)

    play(scenario)
