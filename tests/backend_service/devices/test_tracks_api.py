"""Where a vehicle was is told as a file to those who may know it, and each time somebody takes it, it is recorded."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from typing import Any

from core.vocabulary import Role

NOW_AT = 1_800_000_000.0
SPAN = {"since": "2027-01-15T07:00:00Z", "until": "2027-01-15T09:00:00Z"}  # NOW_AT is 08:00


async def told(town: Any, path: str = "/vehicles/V-1/track", role: Role = Role.SUPERVISOR, **query: Any) -> Any:
    return await town.ask("GET", path, role, params=SPAN | query)


def test_a_track_as_geojson_csv_and_gpx(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        for at in (-60, -30, 0):
            await town.fix("D-1", at, lat=-29.9 + at * 1e-6)
        answer = await told(town)
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.headers["content-disposition"] == 'attachment; filename="V-1.geojson"'
        features = answer.json()["features"]
        assert [one["geometry"]["coordinates"] for one in features] == [
            [-71.25, -29.90006],
            [-71.25, -29.90003],
            [-71.25, -29.9],
        ]
        assert features[0]["properties"] == {
            "vehicle_id": "V-1",
            "fix_at": "2027-01-15T07:59:00.000Z",
            "speed_mps": None,
            "heading_deg": None,
            "accuracy_m": None,
            "is_valid": True,
            "device": "D-1",
        }
        rows = list(csv.DictReader(io.StringIO((await told(town, format="csv")).text)))
        assert [row["lat"] for row in rows] == ["-29.90006", "-29.90003", "-29.9"]
        assert "is_snapped" not in rows[0]
        gpx = ET.fromstring((await told(town, format="gpx")).content)
        space = {"g": "http://www.topografix.com/GPX/1/1"}
        assert [point.get("lat") for point in gpx.findall(".//g:trkpt", space)] == ["-29.90006", "-29.90003", "-29.9"]
        assert gpx.find(".//g:time", space).text == "2027-01-15T07:59:00.000Z"  # type: ignore[union-attr]

    depot(scenario)


def test_an_empty_track_is_an_empty_file(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        assert (await told(town)).json() == {"type": "FeatureCollection", "features": []}
        assert (await told(town, format="csv")).text.count("\n") == 1
        ET.fromstring((await told(town, format="gpx")).content)

    depot(scenario)


def test_who_may_not_know_it_is_refused_and_each_file_is_recorded(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        head = town.bus.operation.position
        for role in (Role.DISPATCHER, Role.DRIVER, Role.DEVICE):
            assert (await told(town, role=role)).status_code == 403
        assert town.bus.operation.position == head
        await town.fix("D-1", 0)
        await told(town)
        await told(town, "/density")
        [track, density] = [one.event() for one in await town.log.read(head)]
        assert (track.kind, track.rows, track.is_personal, track.by) == ("track", 1, True, "supervisor")
        assert (density.kind, density.rows, density.is_personal) == ("density", 0, False)

    depot(scenario)


def test_what_makes_no_sense_is_refused(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        assert (await told(town, "/vehicles/V-9/track")).status_code == 404
        for wrong, status in (
            ({"since": "2027-01-15T10:00:00Z"}, 422),
            ({"since": "2026-11-01T00:00:00Z"}, 422),
            ({"since": "yesterday"}, 400),
            ({"format": "kml"}, 400),
        ):
            assert (await told(town, **wrong)).status_code == status, wrong
        assert (await told(town, snapped="true")).status_code == 503, "no streets here"

    depot(scenario)


def test_density_names_no_vehicle(depot: Any) -> None:
    async def scenario(town: Any) -> None:
        await town.fix("D-1", 0)
        await town.fix("D-3", 1)
        answer = await told(town, "/density", least_vehicles=2)
        [row] = csv.DictReader(io.StringIO(answer.text))
        assert row == {
            "from_at": "2027-01-15T08:00:00.000Z",
            "lat": "-29.8975",
            "lon": "-71.2475",
            "fixes": "2",
            "vehicles": "2",
            "mean_speed_mps": "",
        }
        assert (await told(town, "/density", least_vehicles=1)).status_code == 400

    depot(scenario)
