"""The service is killed twenty times in the middle of a running day; nothing acknowledged is missing or doubled."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

KILLS = 20


def stamp(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()


class Busy:
    """Orders and fixes from outside, retried with the same key until acknowledged, across every crash."""

    def __init__(self, service, number: int) -> None:
        self.service = service
        self.number = number
        self.orders: dict[str, str] = {}
        self.fixes: set[float] = set()
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.http = httpx.Client(timeout=5.0)

    def run(self) -> None:
        with self.http:
            while not self.ending.is_set():
                self.ask_once()

    def ask_once(self) -> None:
        key = str(uuid4())
        now = time.time()
        order = {
            "pickup": {"name": "Pollo Dorado", "position": {"lat": -29.9027, "lon": -71.2519}},
            "delivery": {"lat": -29.9201, "lon": -71.2603},
            "promise": {"by_at": stamp(now + 2400)},
            "ready_at": stamp(now),
            "customer": {"name": "R. Araya"},
        }
        answer = self.until_acknowledged("/api/v1/orders", order, key)
        if answer is not None:
            self.orders[key] = answer["id"]
        fix_at = round(time.time() + self.number / 1000, 3)
        fix = {"vehicle": f"V-{self.number}", "fix_at": fix_at, "lat": -29.9, "lon": -71.25, "speed_mps": 8.0}
        answer = self.until_acknowledged("/api/v1/telemetry", {"fixes": [fix]}, None)
        if answer is not None and answer["accepted"]:
            self.fixes.add(fix_at)
        time.sleep(0.01)

    def until_acknowledged(self, path: str, body: dict, key: str | None) -> dict | None:
        headers = {"Authorization": f"Bearer {self.service.secret('demo-admin.token')}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        while not self.ending.is_set():
            try:
                answer = self.http.post(self.service.http + path, json=body, headers=headers)
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if answer.status_code in (200, 201, 202):
                return answer.json()
            assert answer.status_code in (401, 429, 503), answer.text
            time.sleep(0.05)
        return None


@pytest.mark.timeout(300)
def test_killed_twenty_times_nothing_acknowledged_is_missing_or_doubled(service):
    dice = random.Random(7)
    with service.client() as client:
        for number in range(3):
            registered = client.post("/api/v1/vehicles", json={"vehicle_id": f"V-{number}", "plate": f"AB-{number}"})
            assert registered.status_code == 201, registered.text
    busy = [Busy(service, number) for number in range(3)]
    for one in busy:
        one.thread.start()
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.05, 0.6))
        service.kill()
        service.start()
    went_on = sum(len(one.orders) for one in busy)
    deadline = time.monotonic() + 30
    while sum(len(one.orders) for one in busy) <= went_on and time.monotonic() < deadline:
        time.sleep(0.05)
    for one in busy:
        one.ending.set()
    for one in busy:
        one.thread.join()
    acknowledged = [order_id for one in busy for order_id in one.orders.values()]
    assert len(acknowledged) > went_on, "the day went on after the last crash"
    assert len(acknowledged) == len(set(acknowledged)), "two requests never share an order"
    kept = orders_of(service)
    assert set(acknowledged) <= kept.keys(), "nothing acknowledged is missing"
    assert len(kept) <= len(acknowledged) + len(busy), "only what was under way at the end may be unacknowledged"
    assert service.stop() == 0
    assert fixes_of(service) >= {(f"V-{one.number}", fix_at) for one in busy for fix_at in one.fixes}
    events = sqlite3.connect(service.data_dir / "tower.sqlite")
    positions = [row[0] for row in events.execute("SELECT position FROM events ORDER BY position")]
    assert positions == list(range(1, len(positions) + 1)), "the log has no gap"
    events.close()


def orders_of(service) -> dict[str, dict]:
    found: dict[str, dict] = {}
    with service.client() as client:
        link = "/api/v1/orders?limit=500"
        while link:
            page = client.get(link).json()
            found |= {order["order_id"]: order for order in page["items"]}
            link = page["next"]
    return found


def fixes_of(service) -> set[tuple[str, float]]:
    rows: set[tuple[str, float]] = set()
    for path in sorted((service.data_dir / "fixes").glob("fixes-*.sqlite")):
        day = sqlite3.connect(path)
        listed = day.execute("SELECT vehicle, fix_at FROM fixes").fetchall()
        assert len(listed) == len(set(listed)), "no fix is kept twice"
        rows |= set(listed)
        day.close()
    return rows
