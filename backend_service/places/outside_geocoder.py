"""Asks a geocoder outside: any server with Nominatim's search (format ``jsonv2``), one's own or a public one.

Addresses are personal data: nothing is asked unless the service was told an address to ask. Answers are remembered;
questions are paced (public servers allow one in a second), retried with back-off when the server is busy or the network
fails, and not put at all while it keeps failing. API: https://nominatim.org/release-docs/latest/api/Search/
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import httpx
import limits
import msgspec
import numpy as np
import stamina
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from backend_service.places.answer_cache import AnswerCache
from backend_service.places.circuit_breaker import CircuitBreaker
from core.geodesy import distance_m
from core.places import Bbox, FoundPlace, LocatedAddress, PlaceKind, Precision, folded
from core.refusals import Fault, Refusal
from core.vocabulary import Position

_HOUSE_RANK, _STREET_RANK = 30, 26
"""Nominatim's ``place_rank`` of houses and of streets."""
_HOUSE_M = 30.0
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_TURN_SECONDS = 0.1

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OutsideManners:
    """How an outside geocoder is asked; seconds are wall time.

    Parameters
    ----------
    pace : str
        Most questions in a time, as `limits` reads it.
    longest_wait_s : float
        For so long a question waits for its turn.
    answer_s : float
        How long an answer may take.
    attempts : int
        How often a question is put, first time included.
    found_s, not_found_s : float
        For so long answers are remembered.
    """

    pace: str = "1/second"
    longest_wait_s: float = 5.0
    answer_s: float = 5.0
    attempts: int = 3
    found_s: float = 30 * 86_400.0
    not_found_s: float = 86_400.0


class _Told(msgspec.Struct, kw_only=True):
    """One result, as far as it is used; numbers come as texts."""

    lat: float
    lon: float
    display_name: str
    place_rank: int
    boundingbox: tuple[float, float, float, float]


class _Busy(Exception):
    """The server asks to come back later: after so many seconds, if it says so."""

    def __init__(self, status: int, after_s: float | None) -> None:
        super().__init__(f"status {status}")
        self.after_s = after_s


class OutsideGeocoder:
    """Implements `Geocoder` by a server with Nominatim's search; an async context manager.

    Parameters
    ----------
    address : str
        The server's, such as ``https://nominatim.example.org``; what lies below it may be part of it.
    bbox : tuple of float
        The city: what lies elsewhere is not asked for and not believed.
    cache : AnswerCache
    breaker : CircuitBreaker
    manners : OutsideManners

    Raises
    ------
    Refusal
        ``geocoder.address``, if `address` is none.
    """

    def __init__(
        self,
        address: str,
        bbox: Bbox,
        cache: AnswerCache,
        breaker: CircuitBreaker,
        manners: OutsideManners | None = None,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refusal("geocoder.address", f"{address!r} is no address of a geocoder, such as https://host/.")
        self._search = f"{address.rstrip('/')}/search"
        self._name = parts.hostname
        self._bbox = bbox
        self._cache = cache
        self._breaker = breaker
        self._manners = manners or OutsideManners()
        self._pace = limits.parse(self._manners.pace)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        headers = {"User-Agent": "Tower/0.1 (dispatch control room)", "Accept": "application/json"}
        self._http = httpx.AsyncClient(headers=headers, timeout=self._manners.answer_s, follow_redirects=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def locate(self, address: str) -> LocatedAddress:
        """Return where the server says an address is.

        Raises
        ------
        Fault
            ``geocoder.down``, ``geocoder.busy``, ``geocoder.unreadable``, ``neighbour.resting``.
        """
        question = f"{self._search}|{self._bbox}|{folded(address)}"
        if (known := await self._cache.read(question)) is not None:
            return self._located(address, msgspec.json.decode(known, type=list[_Told]))
        await self._take_turn()
        with self._breaker.passing():
            told = _read(await self._ask(address))
        seconds = self._manners.found_s if told else self._manners.not_found_s
        await self._cache.keep(question, msgspec.json.encode(told), seconds)
        return self._located(address, told)

    async def _ask(self, address: str) -> bytes:
        attempts = stamina.retry_context(
            on=_pause_before_retry, attempts=self._manners.attempts, wait_initial=0.3, wait_max=3.0, timeout=15.0
        )
        try:
            async for attempt in attempts:
                with attempt:
                    if attempt.num > 1:
                        await self._take_turn()
                    return await self._ask_once(address)
        except (_Busy, httpx.HTTPError) as error:
            raise Fault("geocoder.down", f"{self._name} does not answer: {error or type(error).__name__}.") from error
        raise AssertionError("a question is put at least once")

    async def _take_turn(self) -> None:
        """Return when the pace allows another question; raises a `Fault` if that takes too long."""
        try:
            async with asyncio.timeout(self._manners.longest_wait_s):
                while not await self._limiter.hit(self._pace, "questions"):
                    await asyncio.sleep(_TURN_SECONDS)
        except TimeoutError as error:
            raise Fault("geocoder.busy", f"{self._name} was asked as often as it allows.") from error

    async def _ask_once(self, address: str) -> bytes:
        west, south, east, north = self._bbox
        question = {
            "q": address,
            "format": "jsonv2",
            "limit": "5",
            "viewbox": f"{west},{north},{east},{south}",
            "bounded": "1",
        }
        answer = await self._http.get(self._search, params=question)
        if answer.status_code in _BUSY:
            raise _Busy(answer.status_code, _seconds(answer.headers.get("retry-after")))
        if answer.status_code != 200:
            raise Fault("geocoder.refused", f"{self._name} refuses: status {answer.status_code}.")
        return answer.content

    def _located(self, address: str, told: Sequence[_Told]) -> LocatedAddress:
        inside = [result for result in told if self._holds(result)]
        candidates = tuple(_place(result) for result in inside)
        if not inside or inside[0].place_rank < _STREET_RANK:
            return LocatedAddress(text=address, precision=Precision.NONE, source=self._name, candidates=candidates)
        best, place = inside[0], candidates[0]
        is_house = best.place_rank >= _HOUSE_RANK
        return LocatedAddress(
            text=address,
            precision=Precision.HOUSE if is_house else Precision.STREET,
            position=place.position,
            uncertainty_m=max(_HOUSE_M, place.reach_m),
            matched=best.display_name,
            source=self._name,
            candidates=candidates[1:],
        )

    def _holds(self, result: _Told) -> bool:
        west, south, east, north = self._bbox
        return south <= result.lat <= north and west <= result.lon <= east


def _read(answer: bytes) -> list[_Told]:
    try:
        return msgspec.json.decode(answer, type=list[_Told], strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Fault("geocoder.unreadable", f"The geocoder's answer cannot be read: {error}.") from error


def _place(told: _Told) -> FoundPlace:
    south, north, west, east = told.boundingbox
    corners = np.array([[south, west], [north, east]])
    reach_m = float(distance_m(corners, np.array([told.lat, told.lon])).max())
    kind = PlaceKind.ADDRESS if told.place_rank >= _HOUSE_RANK else PlaceKind.STREET
    return FoundPlace(
        kind=kind if told.place_rank >= _STREET_RANK else PlaceKind.QUARTER,
        name=told.display_name,
        position=Position(told.lat, told.lon),
        bbox=(west, south, east, north),
        reach_m=reach_m,
    )


def _pause_before_retry(error: Exception) -> bool | float:
    """Say whether to ask again, or after how many seconds if the server told."""
    if isinstance(error, _Busy):
        return True if error.after_s is None else error.after_s
    return isinstance(error, httpx.TransportError)


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds that a server asks for, at most 5; ``None`` if it wrote a date or nothing."""
    return min(float(retry_after), 5.0) if retry_after and retry_after.isdigit() else None
