"""What the demo asks of the service it started: the fleet at a glance, every order, the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

_ANSWER_SECONDS = 10.0
_PAGE = 500


class OpenDoors(msgspec.Struct, kw_only=True):
    """Where a service's doors are, as it writes it once they are open."""

    http: str
    tracker: str | None = None


class TallySoFar(msgspec.Struct, kw_only=True):
    """What the simulated people have done so far."""

    orders_placed: int = 0
    delivered: int = 0


class DemoPromise(msgspec.Struct):
    """What was promised for an order."""

    by_at: datetime


class DemoOrder(msgspec.Struct, kw_only=True):
    """An order, as far as the demo counts it."""

    state: str
    promise: DemoPromise
    assigned_at: datetime | None = None
    picked_up_at: datetime | None = None
    ended_at: datetime | None = None


class _OrderPage(msgspec.Struct):
    items: list[DemoOrder]
    next: str | None = None


class DemoWave(msgspec.Struct, kw_only=True):
    """A wave, as far as the demo counts it."""

    orders: int
    released_at: datetime | None = None


class _WaveList(msgspec.Struct):
    items: list[DemoWave]


class Overview(msgspec.Struct, kw_only=True):
    """The fleet at a glance."""

    as_of: datetime
    orders: dict[str, int]
    recommendations_standing: int
    degraded_sources: dict[str, str]


type Metrics = dict[tuple[str, str], float]
"""Values by the sample's name and its first label, empty without one."""


class DemoService:
    """A connection to the demo's own service; closed by `with`.

    Parameters
    ----------
    address : str
        Its HTTP address.
    token_path : Path
        A file with an administrator's token.
    """

    def __init__(self, address: str, token_path: Path) -> None:
        token = token_path.read_text(encoding="utf-8").strip()
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=_ANSWER_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def overview(self) -> Overview:
        """Return the fleet at a glance; raises `httpx.HTTPError` if the service does not answer."""
        return msgspec.json.decode(self._get("/api/v1/fleet/overview").content, type=Overview)

    def orders(self) -> Iterator[DemoOrder]:
        """Yield every order of the day, page by page; errors as in `overview`."""
        link: str | None = f"/api/v1/orders?limit={_PAGE}"
        while link:
            page = msgspec.json.decode(self._get(link).content, type=_OrderPage)
            yield from page.items
            link = page.next

    def waves(self) -> list[DemoWave]:
        """Return the waves of the day; errors as in `overview`."""
        return msgspec.json.decode(self._get("/api/v1/waves").content, type=_WaveList).items

    def metrics(self) -> Metrics:
        """Return the service's counters; errors as in `overview`."""
        families = text_string_to_metric_families(self._get("/metrics").text)
        samples = [sample for family in families for sample in family.samples]
        return {(sample.name, next(iter(sample.labels.values()), "")): sample.value for sample in samples}

    def _get(self, path: str) -> httpx.Response:
        return self._http.get(path).raise_for_status()


def read_doors(ready_path: Path) -> OpenDoors:
    """Return what the service wrote when its doors were open."""
    return msgspec.json.decode(ready_path.read_bytes(), type=OpenDoors)


def read_tally(tally_path: Path) -> TallySoFar:
    """Return what the simulated day has counted; nothing before it began."""
    if not tally_path.exists():
        return TallySoFar()
    return msgspec.json.decode(tally_path.read_bytes(), type=TallySoFar)
