"""A backup is taken of a service at work; a second service on the restored copy knows the same orders."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

from backend_service.audit.verification import verify


def tower(*words: object) -> str:
    command = [sys.executable, "-m", "app.command_line", *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


def place_order(client) -> str:
    now = time.time()
    by_at, ready_at = (datetime.fromtimestamp(instant, UTC).isoformat() for instant in (now + 2400, now))
    order = {
        "pickup": {"name": "Pollo Dorado", "position": {"lat": -29.9027, "lon": -71.2519}},
        "delivery": {"lat": -29.9201, "lon": -71.2603},
        "promise": {"by_at": by_at},
        "ready_at": ready_at,
        "customer": {"name": "R. Araya"},
    }
    answer = client.post("/api/v1/orders", json=order, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def orders_of(service) -> dict[str, dict]:
    with service.client() as client:
        return {order["order_id"]: order for order in client.get("/api/v1/orders?limit=500").json()["items"]}


def test_service_on_a_restored_backup_knows_the_orders_and_the_names(service_on, tmp_path):
    service = service_on()
    with service.client() as client:
        before = [place_order(client) for _ in range(5)]
        said = tower("backup", "--data-dir", service.data_dir, "--to", tmp_path / "night.tar", "--with-secrets")
        after = place_order(client)
    assert "events" in said
    tower("restore", "--from", tmp_path / "night.tar", "--data-dir", tmp_path / "again")
    assert not (tmp_path / "again" / "ready.json").exists()
    restored = service_on(data_dir=tmp_path / "again")
    kept, original = orders_of(restored), orders_of(service)
    assert set(before) <= kept.keys()
    assert after not in kept
    assert {order_id: kept[order_id]["customer"] for order_id in before} == {
        order_id: original[order_id]["customer"] for order_id in before
    }
    assert restored.stop() == 0
    assert verify(tmp_path / "again").verified
