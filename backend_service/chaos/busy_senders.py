"""Orders and fixes sent without pause across every crash: each is sent again until it is acknowledged, and noted then.

What is noted is what the service promised. An order goes under one Idempotency-Key however often it is sent, a fix
under its vehicle and time; so each of them may be there once, and must be there once it was acknowledged.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from backend_service.chaos.crossed_fence import CENTRE_LON, lat_at
from core.telemetry.plausibility import Reason
from core.vocabulary import Instant

FIXES_AT_ONCE = 20
PAUSE_S = 0.01
AGAIN_AFTER_S = 0.05
PATIENCE_S = 5.0
_ON_DISK = {Reason.DUPLICATE}
"""A fix that is refused for this is kept: the attempt before was written, and only its answer was lost."""

_WAIT_AND_SEND_AGAIN = {401, 429, 503}
"""401 too: the token's file is written anew at each start, and may be read while it is empty."""

type Fix = tuple[str, float]
"""Vehicle and time of the fix."""


@dataclass(slots=True)
class Acknowledged:
    """What the service said it had kept: order ids by idempotency key, and fixes; and when it said so."""

    orders: dict[str, str] = field(default_factory=dict)
    fixes: set[Fix] = field(default_factory=set)
    orders_at: dict[str, Instant] = field(default_factory=dict)
    fixes_at: dict[Fix, Instant] = field(default_factory=dict)

    def note_order(self, key: str, order_id: str) -> None:
        """Note that an order was acknowledged now."""
        self.orders[key], self.orders_at[key] = order_id, time.time()

    def note_fixes(self, fixes: Iterable[Fix]) -> None:
        """Note that fixes were acknowledged now."""
        now = time.time()
        for fix in fixes:
            self.fixes.add(fix)
            self.fixes_at[fix] = now

    def take(self, other: Acknowledged) -> None:
        """Take in what was acknowledged to somebody else."""
        self.orders |= other.orders
        self.fixes |= other.fixes
        self.orders_at |= other.orders_at
        self.fixes_at |= other.fixes_at

    def first_at(self) -> Instant:
        """Return when the first order was acknowledged."""
        return min(self.orders_at.values())

    def until(self, instant: Instant) -> Acknowledged:
        """Return what was acknowledged by an instant."""
        return Acknowledged(
            {key: name for key, name in self.orders.items() if self.orders_at[key] <= instant},
            {fix for fix in self.fixes if self.fixes_at[fix] <= instant},
        )


class BusySender:
    """One thread that sends orders, and fixes of one vehicle that goes into a place and out of it.

    Parameters
    ----------
    address, token : called for each request, as both may change with a restart
    """

    def __init__(self, vehicle: str, address: Callable[[], str], token: Callable[[], str]) -> None:
        self.vehicle = vehicle
        self.acknowledged = Acknowledged()
        self.failure: BaseException | None = None
        self._address = address
        self._token = token
        self._ending = threading.Event()
        self._newest_fix_at = 0.0
        self._thread = threading.Thread(target=self._run, name=f"sender of {vehicle}")

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def end(self) -> None:
        """Begin nothing more, and give up what is not acknowledged yet."""
        self._ending.set()

    def join(self) -> None:
        """Wait for the thread's end.

        Raises
        ------
        Exception
            What ended it before its time, such as an answer that is no acknowledgement and bids nobody to wait.
        """
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            with httpx.Client(timeout=PATIENCE_S) as http:
                while not self._ending.is_set():
                    self._place_order(http)
                    self._report_fixes(http)
                    self._ending.wait(PAUSE_S)
        except BaseException as error:  # noqa: BLE001 - an outer wall: `join` raises it where it is heard
            self.failure = error

    def _place_order(self, http: httpx.Client) -> None:
        key, now = str(uuid4()), time.time()
        order = {
            "pickup": {"name": "Pollo Dorado", "position": {"lat": -29.9027, "lon": -71.2519}},
            "delivery": {"lat": -29.9201, "lon": -71.2603},
            "promise": {"by_at": _stamp(now + 2400)},
            "ready_at": _stamp(now),
            "customer": {"name": "R. Araya"},
        }
        answer = self._until_acknowledged(http, "orders", order, {"Idempotency-Key": key})
        if answer is not None:
            self.acknowledged.note_order(key, answer["id"])

    def _report_fixes(self, http: httpx.Client) -> None:
        # Whole milliseconds, strictly rising, whatever the clock does.
        first_at = max(round(time.time() - FIXES_AT_ONCE / 1000, 3), self._newest_fix_at + 0.001)
        times = [round(first_at + number / 1000, 3) for number in range(FIXES_AT_ONCE)]
        self._newest_fix_at = times[-1]
        fixes = [
            {"vehicle": self.vehicle, "fix_at": fix_at, "lat": lat_at(fix_at), "lon": CENTRE_LON, "speed_mps": 8.0}
            for fix_at in times
        ]
        answer = self._until_acknowledged(http, "telemetry", {"fixes": fixes}, {})
        if answer is None:
            return
        kept = answer["accepted"] + sum(answer["rejected"].get(str(reason), 0) for reason in _ON_DISK)
        if kept != len(fixes):
            raise AssertionError(f"of {len(fixes)} good fixes {kept} were taken: {answer}")
        self.acknowledged.note_fixes((self.vehicle, fix_at) for fix_at in times)

    def _until_acknowledged(
        self, http: httpx.Client, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> dict[str, Any] | None:
        """Return the acknowledgement, ``None`` if sending was ended before there was one."""
        while not self._ending.is_set():
            try:
                answer = http.post(
                    f"{self._address()}/api/v1/{path}",
                    json=body,
                    headers={"Authorization": f"Bearer {self._token()}", **headers},
                )
            except httpx.HTTPError:
                self._ending.wait(AGAIN_AFTER_S)
                continue
            if answer.is_success:
                told: dict[str, Any] = answer.json()
                return told
            if answer.status_code not in _WAIT_AND_SEND_AGAIN:
                raise AssertionError(f"{path} answered {answer.status_code}: {answer.text}")
            self._ending.wait(AGAIN_AFTER_S)
        return None


class BusySenders:
    """Several senders at once; a context manager that ends them."""

    def __init__(self, vehicles: list[str], address: Callable[[], str], token: Callable[[], str]) -> None:
        self._senders = [BusySender(vehicle, address, token) for vehicle in vehicles]

    def __enter__(self) -> Self:
        for sender in self._senders:
            sender.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sender in self._senders:
            sender.end()
        for sender in self._senders:
            sender.join()

    def __len__(self) -> int:
        return len(self._senders)

    def orders(self) -> int:
        """Return how many orders were acknowledged so far."""
        return sum(len(sender.acknowledged.orders) for sender in self._senders)

    def has_failed(self) -> bool:
        """Tell whether a sender gave up: going on would prove nothing."""
        return any(sender.failure is not None for sender in self._senders)

    def acknowledged(self) -> Acknowledged:
        """Return what was acknowledged to any of them."""
        whole = Acknowledged()
        for sender in self._senders:
            whole.take(sender.acknowledged)
        return whole


def _stamp(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()
