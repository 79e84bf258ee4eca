"""Vehicles, devices, drivers, access, erasure, and how the service is watched."""

from __future__ import annotations

from typing import Any

from core.vocabulary import Role

QUERY = "timestamp=1800000000&lat=-29.9&lon=-71.25"


def test_a_device_gets_a_key_once_and_the_log_keeps_only_its_digest(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask(
            "POST", "/api/v1/vehicles/V-1/devices", role=Role.ADMINISTRATOR, json={"device_id": "D-3"}
        )
        assert answer.status_code == 201
        key = answer.json()["key"]
        assert (await world.ask("GET", f"{answer.json()['path']}?{QUERY}")).status_code == 200
        device = world.bus.operation.fleet.devices["D-3"]
        assert key not in device.key_digest
        assert len(device.key_digest) == 64

    run(scenario)


def test_a_new_key_ends_the_old_one(run: Any) -> None:
    async def scenario(world: Any) -> None:
        path = "/api/v1/vehicles/V-1/devices"
        keys = [
            (await world.ask("POST", path, role=Role.ADMINISTRATOR, json={"device_id": "D-3"})).json()["key"]
            for _ in range(2)
        ]
        assert keys[0] != keys[1]
        assert (await world.ask("GET", f"/t/{keys[0]}?{QUERY}")).status_code == 400
        assert (await world.ask("GET", f"/t/{keys[1]}?{QUERY}")).status_code == 200

    run(scenario)


def test_a_retried_registration_shows_the_same_key(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answers = [
            await world.ask(
                "POST",
                "/api/v1/vehicles/V-1/devices",
                role=Role.ADMINISTRATOR,
                json={"device_id": "D-3"},
                headers={"Idempotency-Key": "once"},
            )
            for _ in range(2)
        ]
        assert answers[0].json() == answers[1].json()
        assert (await world.ask("GET", f"{answers[1].json()['path']}?{QUERY}")).status_code == 200

    run(scenario)


def test_an_unknown_vehicle_takes_no_device(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask(
            "POST", "/api/v1/vehicles/V-9/devices", role=Role.ADMINISTRATOR, json={"device_id": "D-3"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "vehicle.not_found")

    run(scenario)


def test_vehicles_and_drivers_are_registered_and_listed(run: Any) -> None:
    async def scenario(world: Any) -> None:
        vehicle = {"vehicle_id": "V-3", "plate": "CC-33", "capacity": {"volume_l": 60}}
        assert (await world.ask("POST", "/api/v1/vehicles", role=Role.ADMINISTRATOR, json=vehicle)).json()[
            "id"
        ] == "V-3"
        driver = {"driver_id": "DR-3", "name": "Cleo", "skills": ["cold"]}
        assert (await world.ask("POST", "/api/v1/drivers", role=Role.ADMINISTRATOR, json=driver)).status_code == 201
        vehicles = (await world.ask("GET", "/api/v1/vehicles", role=Role.DISPATCHER)).json()["items"]
        assert [(v["vehicle_id"], v["capacity"]["volume_l"]) for v in vehicles][-1] == ("V-3", 60.0)
        drivers = (await world.ask("GET", "/api/v1/drivers", role=Role.DISPATCHER)).json()["items"]
        assert [(d["driver_id"], d["name"], d["status"]) for d in drivers][-1] == ("DR-3", "Cleo", "off")

    run(scenario)


def test_a_list_is_paged_and_its_pages_meet(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for number in range(3, 8):
            vehicle = {"vehicle_id": f"V-{number}", "plate": "X"}
            await world.ask("POST", "/api/v1/vehicles", role=Role.ADMINISTRATOR, json=vehicle)
        seen, link = [], "/api/v1/vehicles?limit=3"
        while link:
            page = (await world.ask("GET", link, role=Role.DISPATCHER)).json()
            assert len(page["items"]) <= 3
            seen += [vehicle["vehicle_id"] for vehicle in page["items"]]
            link = page["next"]
        assert seen == [f"V-{number}" for number in range(1, 8)]

    run(scenario)


def test_a_drivers_token_works_and_is_recorded(run: Any) -> None:
    async def scenario(world: Any) -> None:
        head = world.bus.operation.position
        answer = await world.ask(
            "POST", "/api/v1/drivers/DR-1/tokens", role=Role.ADMINISTRATOR, json={"lifetime_s": 60}
        )
        assert answer.status_code == 201
        assert world.bus.operation.position == head + 1
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        assert (await world.ask("GET", "/api/v1/drivers/DR-1/schedule", headers=headers)).status_code == 200
        unknown = await world.ask("POST", "/api/v1/drivers/DR-9/tokens", role=Role.ADMINISTRATOR)
        assert unknown.status_code == 404
        assert (await world.ask("POST", "/api/v1/drivers/DR-1/tokens", role=Role.SUPERVISOR)).status_code == 403

    run(scenario)


def test_an_invitation_is_for_a_desk(run: Any) -> None:
    async def scenario(world: Any) -> None:
        guest = {"user_id": "maria", "name": "Maria", "role": "dispatcher"}
        answer = await world.ask("POST", "/api/v1/invitations", role=Role.ADMINISTRATOR, json=guest)
        assert answer.json()["invitation"] == "tower1:maria:dispatcher:Maria"
        answer = await world.ask(
            "POST", "/api/v1/invitations", role=Role.ADMINISTRATOR, json=guest | {"role": "driver"}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invitation.role")

    run(scenario)


def test_personal_data_is_erased_by_an_administrator_only(run: Any) -> None:
    async def scenario(world: Any) -> None:
        path = "/api/v1/customers/C-O-1/erasure"
        assert (await world.ask("POST", path, role=Role.SUPERVISOR)).status_code == 403
        answer = await world.ask("POST", path, role=Role.ADMINISTRATOR)
        assert answer.json() == {"subject": "C-O-1", "was_erased": True}
        assert world.erased == ["C-O-1"]

    run(scenario)


def test_geofences_are_drawn_listed_and_retired(run: Any) -> None:
    async def scenario(world: Any) -> None:
        draft = {"name": "Depot", "centre": {"lat": -29.9, "lon": -71.25}, "radius_m": 100}
        twice = [
            await world.ask(
                "POST", "/api/v1/geofences", role=Role.SUPERVISOR, json=draft, headers={"Idempotency-Key": "f"}
            )
            for _ in range(2)
        ]
        assert twice[0].status_code == 201
        assert twice[0].json() == twice[1].json()
        [fence] = (await world.ask("GET", "/api/v1/geofences", role=Role.DISPATCHER)).json()["items"]
        assert (fence["name"], fence["radius_m"], fence["inside"]) == ("Depot", 100.0, [])
        path = f"/api/v1/geofences/{fence['fence_id']}"
        assert (await world.ask("DELETE", path, role=Role.DISPATCHER)).status_code == 403
        assert (await world.ask("DELETE", path, role=Role.SUPERVISOR)).status_code == 200
        assert (await world.ask("DELETE", path, role=Role.SUPERVISOR)).status_code == 404

    run(scenario)


def test_a_fence_that_crosses_itself_is_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        corners = [(0, 0), (1, 1), (0, 1), (1, 0), (0, 0)]
        draft = {"name": "Bow", "ring": [{"lat": lat, "lon": lon} for lat, lon in corners]}
        answer = await world.ask("POST", "/api/v1/geofences", role=Role.SUPERVISOR, json=draft)
        assert (answer.status_code, answer.json()["code"]) == (422, "geofence.crosses_itself")

    run(scenario)


def test_health_tells_strangers_nothing_but_that_it_lives(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for path in ("/health", "/api/v1/health"):
            assert (await world.ask("GET", path)).json() == {"status": "alive", "version": "", "detail": None}
        detail = (await world.ask("GET", "/health", role=Role.DISPATCHER)).json()["detail"]
        assert detail["position"] == world.bus.operation.position
        assert detail["fixes_waiting"] == 0

    run(scenario)


def test_metrics_are_prometheus_text_for_supervision(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await world.ask("GET", f"/t/nobody?{QUERY}")
        assert (await world.ask("GET", "/metrics")).status_code == 401
        assert (await world.ask("GET", "/metrics", role=Role.DISPATCHER)).status_code == 403
        answer = await world.ask("GET", "/metrics", role=Role.SUPERVISOR)
        assert answer.headers["content-type"].startswith("text/plain")
        assert 'tower_fixes_rejected_total{reason="unknown_device"} 1.0' in answer.text
        assert 'tower_api_failures_total{code="access.role",kind="refusal"} 1.0' in answer.text
        assert 'tower_orders_open{state="waiting"} 1.0' in answer.text

    run(scenario)


def test_the_fleet_at_a_glance(run: Any) -> None:
    async def scenario(world: Any) -> None:
        shift = {"vehicle_id": "V-1", "ends_at": "2027-01-15T16:00:00Z"}
        await world.ask("POST", "/api/v1/drivers/DR-1/shift", role=Role.DISPATCHER, json=shift)
        overview = (await world.ask("GET", "/api/v1/fleet/overview", role=Role.DISPATCHER)).json()
        assert overview["orders"] == {"waiting": 1}
        assert overview["drivers"] == {"free": 1, "off": 1}
        assert [driver["driver_id"] for driver in overview["on_shift"]] == ["DR-1"]

    run(scenario)


def test_fences_go_out_to_a_file_and_come_in_again(run: Any) -> None:
    async def scenario(world: Any) -> None:
        admin: dict[str, Any] = {"role": Role.ADMINISTRATOR}
        draft = {"name": "Depot", "centre": {"lat": -29.9, "lon": -71.25}, "radius_m": 100.0, "groups": ["vans"]}
        fence_id = (await world.ask("POST", "/api/v1/geofences", json=draft, **admin)).json()["id"]
        before = (await world.ask("GET", f"/api/v1/geofences/{fence_id}", **admin)).json()
        for file_format in ("geojson", "kml"):
            file = await world.ask("GET", "/api/v1/geofences/export", params={"format": file_format}, **admin)
            await world.ask("DELETE", f"/api/v1/geofences/{fence_id}", **admin)
            sent: dict[str, Any] = {"content": file.content, "headers": {"Content-Type": file.headers["content-type"]}}
            looked = (await world.ask("POST", "/api/v1/geofences/import", **sent, **admin)).json()
            assert (looked["mode"], looked["good"], looked["drawn"]) == ("dry_run", 1, 0)
            assert (await world.ask("GET", f"/api/v1/geofences/{fence_id}", **admin)).status_code == 404
            path = "/api/v1/geofences/import?mode=all_or_nothing"
            drawn = (await world.ask("POST", path, **sent, **admin)).json()
            assert (drawn["features"], drawn["drawn"], drawn["problems"]) == (1, 1, [])
            assert (await world.ask("GET", f"/api/v1/geofences/{fence_id}", **admin)).json() == before

    run(scenario)


def test_one_bad_feature_keeps_the_whole_file_out(run: Any) -> None:
    async def scenario(world: Any) -> None:
        bow = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]
        point = {"type": "Point", "coordinates": [-71.25, -29.9]}
        features = [
            {"type": "Feature", "properties": {"name": "Yard", "radius_m": 50}, "geometry": point},
            {"type": "Feature", "properties": {"name": "Bow"}, "geometry": {"type": "Polygon", "coordinates": bow}},
        ]
        path = "/api/v1/geofences/import?mode=all_or_nothing"
        answer = await world.ask(
            "POST", path, role=Role.SUPERVISOR, json={"type": "FeatureCollection", "features": features}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "import.bad_features")
        assert (await world.ask("GET", "/api/v1/geofences", role=Role.SUPERVISOR)).json()["items"] == []

    run(scenario)
