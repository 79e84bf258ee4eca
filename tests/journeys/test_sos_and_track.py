"""A van too fast on a real street raises an SOS: it is on record at once, and its track lies on that street."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import shapely

from backend_service.streets.speed_limits import SpeedLimits
from core.geodesy import LocalPlane
from resources.opener import open_path

PATIENCE_S = 120.0
SPEED_MPS = 20.0
SECONDS = 40


def along_a_street() -> np.ndarray:
    """Return 40 places, each 20 m from the next, 4 m beside the longest straight street with a limit of 50 km/h."""
    limits = SpeedLimits.read(Path(open_path("city/la_serena.osm.pbf")))
    lengths = np.where(np.isclose(limits.limits_mps, 50 / 3.6), shapely.length(limits.tree.geometries), 0.0)
    begin, end = shapely.get_coordinates(limits.tree.geometries[int(lengths.argmax())])
    towards = (end - begin) / np.hypot(*(end - begin))
    aside = 4.0 * np.array([-towards[1], towards[0]])
    metres = begin + towards * (SPEED_MPS * np.arange(SECONDS) + 20.0)[:, None] + aside
    return LocalPlane(limits.ground.latitude, limits.ground.longitude).to_points(metres)


def until(said, wanted) -> None:
    end = time.monotonic() + PATIENCE_S
    while not wanted(found := said()):
        assert time.monotonic() < end, found
        time.sleep(0.1)


def test_an_sos_is_on_record_and_the_track_lies_on_the_street(service_on, town_of, tmp_path):
    service = service_on("--shelf", str(tmp_path / "shelf"))
    town = town_of(service)
    for path, body in (
        ("/vehicles", {"vehicle_id": "V-7", "plate": "KX-7"}),
        ("/drivers", {"driver_id": "D-7", "name": "M. Castillo"}),
        (
            "/drivers/D-7/shift",
            {"vehicle_id": "V-7", "ends_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7200))},
        ),
    ):
        assert town.post(path, body).is_success
    key = town.post("/vehicles/V-7/devices", {"device_id": "T-7", "is_primary": True}).json()["key"]
    began_at = time.time() + 1.0  # a clock that is a little ahead: on shift since before the first fix
    for number, (lat, lon) in enumerate(along_a_street().tolist()):
        told = {"id": key, "lat": lat, "lon": lon, "timestamp": int(began_at) + number, "speed": SPEED_MPS / 0.514444}
        sos = {"alarm": "sos"} if number == SECONDS - 1 else {}
        assert httpx.get(service.doors["tracker"], params=told | sos).status_code == 200
    assert 'tower_tracker_alarms_total{kind="sos"} 1.0' in town.client.get("/api/v1/metrics").text

    until(lambda: town.client.get("/api/v1/driving/events").json()["items"], bool)
    [event] = town.client.get("/api/v1/driving/events").json()["items"]
    assert (event["kind"], event["driver_id"], event["value"], event["is_late"]) == ("speeding", "D-7", 20.0, False)
    assert event["threshold"] == 13.89
    days = town.client.get("/api/v1/drivers/D-7/driving").json()["days"]
    assert [day["counts"] for day in days] == [{"speeding": 1}]

    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began_at + 300))

    def rows(text: str | None = None) -> list[dict[str, str]]:
        query = {"until": ends, "snapped": "true", "format": "csv"}
        if text is None:
            answer = town.client.get("/api/v1/vehicles/V-7/track", params=query)
            assert answer.headers["content-type"].startswith("text/csv")
            text = answer.text
        return list(csv.DictReader(text.splitlines()))

    until(rows, lambda found: len(found) == SECONDS and all(row["is_snapped"] == "true" for row in found[2:-2]))
    out = tmp_path / "track.csv"
    command = [*(sys.executable, "-m", "backend_service", "export", "track", "V-7"), "--snapped", "-o", str(out)]
    subprocess.run([*command, "--until", ends, "--data-dir", str(service.data_dir)], check=True)
    assert all(float(row["confidence"]) > 0.1 for row in rows(out.read_text())[2:-2])
