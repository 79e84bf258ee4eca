"""A service that keeps everything on PostgreSQL: orders are placed, it is killed, and all is there again."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import psycopg
import pytest

from backend_service.audit.evidence import PostgresEvidence
from backend_service.audit.verification import verify
from backend_service.backup.postgres_tables import MADE_ANEW, is_kept

PHRASE = "a long phrase of one's own"


def stamp(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()


@pytest.fixture
def url(postgres_url):
    return postgres_url()


@pytest.fixture
def service(service_on, url):
    return service_on("--database", url)


def place_order(client: httpx.Client) -> str:
    now = time.time()
    order = {
        "pickup": {"name": "Pollo Dorado", "position": {"lat": -29.9027, "lon": -71.2519}},
        "delivery": {"lat": -29.9201, "lon": -71.2603},
        "promise": {"by_at": stamp(now + 2400)},
        "ready_at": stamp(now),
        "customer": {"name": "R. Araya"},
    }
    answer = client.post("/api/v1/orders", json=order, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def sign_in(client: httpx.Client) -> dict[str, object]:
    answer = client.post("/api/v1/sign-ins", json={"name": "maria", "password": PHRASE})
    assert answer.is_success, answer.text
    return answer.json()


def test_killed_service_finds_everything_on_postgres(service, url):
    with service.client() as client:
        registered = client.post("/api/v1/vehicles", json={"vehicle_id": "V-1", "plate": "AB-1"})
        assert registered.status_code == 201, registered.text
        placed = [place_order(client) for _ in range(5)]
        fix = {"vehicle": "V-1", "fix_at": round(time.time(), 3), "lat": -29.9, "lon": -71.25, "speed_mps": 8.0}
        taken = client.post("/api/v1/telemetry", json={"fixes": [fix]})
        assert taken.json()["accepted"] == 1, taken.text
        reading = {"vehicle": "V-1", "read_at": fix["fix_at"], "channel": "temperature.cargo", "value": 4.5}
        taken = client.post("/api/v1/telemetry/readings", json={"readings": [reading]})
        assert taken.json()["accepted"] == 1, taken.text
        maria = {"user_id": "maria", "name": "María", "role": "dispatcher", "password": PHRASE}
        added = client.post("/api/v1/people", json=maria)
        assert added.status_code == 201, added.text
        renewal = sign_in(client)["renewal"]
    service.kill()
    assert not list(service.data_dir.rglob("tower.sqlite*")), "nothing but keys and heads is kept in files"
    for kind in ("fixes", "readings", "accounts"):
        assert not list(service.data_dir.rglob(f"{kind}*"))
    service.start()
    with service.client() as client:
        kept = {order["order_id"] for order in client.get("/api/v1/orders?limit=500").json()["items"]}
        assert set(placed) <= kept
        placed.append(place_order(client))
        history = client.get("/api/v1/vehicles/V-1/channels/temperature.cargo/readings").json()["items"]
        assert [reading["value"] for reading in history] == [4.5]
        assert client.post("/api/v1/sign-ins/renewal", json={"renewal": renewal}).status_code == 200
        assert sign_in(client)["user_id"] == "maria"
    assert service.stop() == 0
    with psycopg.connect(url) as database:
        positions = [row[0] for row in database.execute("SELECT position FROM events ORDER BY position")]
        assert positions == list(range(1, len(positions) + 1)), "the log has no gap"
        assert database.execute("SELECT vehicle, fix_at FROM fixes").fetchall() == [("V-1", fix["fix_at"])]
        listed = {row[0] for row in database.execute("SELECT order_id FROM orders")}
        assert set(placed[:5]) <= listed
    assert verify(service.data_dir, evidence=PostgresEvidence(url)).verified


def tower(*words: object) -> str:
    command = [sys.executable, "-m", "app.command_line", *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


def test_a_backup_taken_at_work_becomes_a_second_service(service, service_on, url, postgres_url, tmp_path):
    with service.client() as client:
        maria = {"user_id": "maria", "name": "María", "role": "dispatcher", "password": PHRASE}
        assert client.post("/api/v1/people", json=maria).status_code == 201
        before = [place_order(client) for _ in range(5)]
        words = ("--data-dir", service.data_dir, "--database", url, "--with-secrets")
        assert "tables of the database" in tower("backup", "--to", tmp_path / "night.tar", *words)
        after = place_order(client)
        original = orders_of(client)
    empty, again = postgres_url("empty"), tmp_path / "again"
    tower("restore", "--from", tmp_path / "night.tar", "--data-dir", again, "--database", empty)
    restored = service_on("--database", empty, data_dir=again)
    with restored.client() as client:
        kept = orders_of(client)
        sign_in(client)
    assert set(before) <= kept.keys()
    assert after not in kept
    assert [kept[name]["customer"] for name in before] == [original[name]["customer"] for name in before]
    assert restored.stop() == 0
    assert verify(again, evidence=PostgresEvidence(empty)).verified


def test_every_table_of_a_service_is_kept_in_a_backup_or_made_anew(service, url):
    with service.client() as client:
        client.post("/api/v1/vehicles", json={"vehicle_id": "V-1", "plate": "AB-1"})
        fix = {"vehicle": "V-1", "fix_at": round(time.time(), 3), "lat": -29.9, "lon": -71.25}
        client.post("/api/v1/telemetry", json={"fixes": [fix]})
    with psycopg.connect(url) as database:
        there = database.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        ).fetchall()
    assert len(there) > 12
    assert [name for (name,) in there if not is_kept(name) and name not in MADE_ANEW] == []


def orders_of(client: httpx.Client) -> dict[str, dict]:
    return {order["order_id"]: order for order in client.get("/api/v1/orders?limit=500").json()["items"]}
