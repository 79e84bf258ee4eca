"""Gets the city's streets from the service, once: kept in a folder under their digest, whole or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Protocol

import msgspec
from core import operations as asked
from core.refusals import Fault, Refusal
from core.wire import CityCard

CHUNK_BYTES = 262_144
CHUNK_TIMEOUT_S = 30.0


class _AsksService(Protocol):
    def request(self, operation: str, argument: object, timeout_s: float = 15.0) -> Future[bytes]: ...


class StreetsDownload:
    """One download in a thread of its own.

    Parameters
    ----------
    city : says the size and the SHA-256 (hex) of the .osm.pbf
    cache_dir : where ``<digest>.osm.pbf`` is kept
    show : told the share done, 0 to 1, in the download's thread
    """

    def __init__(self, service: _AsksService, city: CityCard, cache_dir: Path, show: Callable[[float], None]) -> None:
        self._service = service
        self._city = city
        self._target = cache_dir / f"{city.streets_digest}.osm.pbf"
        self._show = show

    def start(self) -> Future[Path]:
        """Start, and return the future path of the whole file."""
        outcome: Future[Path] = Future()
        threading.Thread(target=self._run, args=(outcome,), name="city streets", daemon=True).start()
        return outcome

    def _run(self, outcome: Future[Path]) -> None:
        try:
            outcome.set_result(self._fetch())
        except CancelledError:
            outcome.set_exception(Fault("streets.cancelled", "The download of the streets was cancelled."))
        except OSError as error:
            outcome.set_exception(Fault("streets.not_written", f"The streets could not be kept: {error}."))
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits
            outcome.set_exception(error)

    def _fetch(self) -> Path:
        if self._target.exists():
            return self._target
        self._target.parent.mkdir(parents=True, exist_ok=True)
        staged = self._target.with_suffix(f".{threading.get_ident()}.part")
        try:
            self._fill(staged)
            staged.replace(self._target)
        finally:
            staged.unlink(missing_ok=True)
        return self._target

    def _fill(self, staged: Path) -> None:
        total = self._city.streets_bytes
        digest = hashlib.sha256()
        written = 0
        with staged.open("wb") as file:
            while written < total:
                chunk = self._chunk(written, min(CHUNK_BYTES, total - written))
                file.write(chunk)
                digest.update(chunk)
                written += len(chunk)
                self._show(written / total)
        if digest.hexdigest() != self._city.streets_digest:
            raise Refusal("streets.damaged", "The streets that came are not the service's. Try again.", status=409)

    def _chunk(self, offset: int, length: int) -> bytes:
        argument = asked.CityStreets(offset=offset, length=length)
        answer = self._service.request(asked.CITY_STREETS, argument, CHUNK_TIMEOUT_S).result()
        chunk = msgspec.msgpack.decode(answer, type=bytes)
        if not chunk:
            raise Refusal("streets.damaged", "The service's streets ended early. Try again.", status=409)
        return chunk
