"""Fixes through each telemetry door: what is taken, what is refused, and what the sender is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.refusals import Fault
from core.vocabulary import Role

NOW_AT = 1_800_000_000.0
KEY = "tdk_of-the-first-device"
OTHER_KEY = "tdk_of-the-other-device"
FIX = {"vehicle": "V-1", "fix_at": NOW_AT, "lat": -29.9, "lon": -71.25}
QUERY = "timestamp=1800000000&lat=-29.9&lon=-71.25"


async def send(world: Any, *fixes: dict[str, Any], **who: Any) -> Any:
    return await world.ask("POST", "/api/v1/telemetry", json={"fixes": fixes}, **({"role": Role.ADMINISTRATOR} | who))


# --- JSON batches ---


def test_accepted_fixes_are_on_disk_and_live_when_the_answer_comes(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await send(world, FIX | {"speed_mps": 8.0}, {**FIX, "vehicle": None, "device": "D-2"})
        assert (answer.status_code, answer.json()) == (200, {"accepted": 2, "rejected": {}})
        assert world.keeper.rows == 2
        place = (await world.ask("GET", "/api/v1/vehicles/V-1/location", role=Role.DISPATCHER)).json()
        assert place["position"] == {"lat": -29.9, "lon": -71.25}
        assert (place["speed_mps"], place["heading_deg"], place["age_s"]) == (8.0, None, 0.0)

    run(scenario)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"lat": "north"}, "malformed"),
        ({"fix_at": "yesterday"}, "malformed"),
        ({"lat": None}, "malformed"),
        ({"vehicle": "V-9"}, "unknown_device"),
        ({"vehicle": None, "device": "D-9"}, "unknown_device"),
        ({"device": "D-2"}, "foreign_vehicle"),
        ({"lat": 91.0}, "out_of_range"),
        ({"lat": 0.0, "lon": 0.0}, "null_island"),
        ({"fix_at": NOW_AT + 3600}, "future"),
        ({"fix_at": NOW_AT - 90_000}, "too_old"),
        ({"is_valid": False}, "no_position"),
        ({"accuracy_m": 9000.0}, "inaccurate"),
    ],
)
def test_a_bad_row_costs_only_itself(run: Any, row: dict[str, Any], reason: str) -> None:
    async def scenario(world: Any) -> None:
        good = {"vehicle": "V-2", "fix_at": NOW_AT - 1, "lat": -29.9, "lon": -71.25}
        answer = await send(world, FIX | row, good)
        assert answer.json() == {"accepted": 1, "rejected": {reason: 1}}
        assert world.tower.intake.counts.rejected == {reason: 1}

    run(scenario)


def test_a_repeated_batch_is_told_apart_and_kept_once(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await send(world, FIX)
        assert (await send(world, FIX)).json() == {"accepted": 0, "rejected": {"duplicate": 1}}
        assert world.keeper.rows == 1

    run(scenario)


def test_a_late_fix_is_kept_and_never_moves_a_vehicle_back(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await send(world, FIX)
        assert (await send(world, FIX | {"fix_at": NOW_AT - 30, "lat": -29.901})).json()["accepted"] == 1
        assert world.keeper.rows == 2
        assert world.tower.live.latest("V-1").position.lat == -29.9

    run(scenario)


def test_an_impossible_jump_is_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await send(world, FIX)
        answer = await send(world, FIX | {"fix_at": NOW_AT + 5, "lat": -29.0})
        assert answer.json()["rejected"] == {"impossible_jump": 1}

    run(scenario)


def test_a_device_speaks_only_for_its_own_vehicle(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for who in (
            {"role": Role.DEVICE, "subject": "D-2"},
            {"role": None, "headers": {"Authorization": f"Bearer {OTHER_KEY}"}},
        ):
            answer = await send(world, FIX, **who)
            assert answer.json() == {"accepted": 0, "rejected": {"foreign_vehicle": 1}}
        anonymous = {key: value for key, value in FIX.items() if key != "vehicle"}
        await send(world, anonymous, role=Role.DEVICE, subject="D-2")
        assert world.tower.live.latest("V-2") is not None

    run(scenario)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({"role": Role.DISPATCHER}, 403),
        ({"role": Role.DRIVER, "subject": "DR-1"}, 403),
        ({"role": None, "headers": {"Authorization": "Bearer tdk_nobodys"}}, 401),
        ({"role": None}, 401),
        ({"role": Role.DEVICE, "subject": "north-gateway"}, 200),
    ],
)
def test_who_may_send_batches(run: Any, who: dict[str, Any], status: int) -> None:
    async def scenario(world: Any) -> None:
        assert (await send(world, FIX, **who)).status_code == status

    run(scenario)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"fixes": 3}', b"\xff"])
def test_a_body_that_is_no_batch(run: Any, body: bytes) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", "/api/v1/telemetry", role=Role.ADMINISTRATOR, content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "telemetry.malformed")

    run(scenario)


def test_too_many_rows_at_once(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await send(world, *([FIX] * 5001))
        assert (answer.status_code, answer.json()["code"]) == (413, "telemetry.too_many")

    run(scenario)


def test_a_busy_intake_sends_senders_away(run: Any) -> None:
    async def scenario(world: Any) -> None:
        world.keeper.gate.clear()  # the disk is stuck; at most 200 rows may wait here
        first = asyncio.create_task(send(world, *({**FIX, "fix_at": NOW_AT - k} for k in range(150))))
        while not world.keeper.asked:
            await asyncio.sleep(0)
        second = asyncio.create_task(send(world, *({**FIX, "fix_at": NOW_AT - 200 - k} for k in range(150))))
        while world.tower.intake.waiting_rows < 150:
            await asyncio.sleep(0)
        third = await send(world, *({**FIX, "fix_at": NOW_AT - 400 - k} for k in range(150)))
        assert (third.status_code, third.json()["code"]) == (503, "telemetry.busy")
        assert third.headers["retry-after"] == "1"
        world.keeper.gate.set()
        assert [(await sent).json()["accepted"] for sent in (first, second)] == [150, 150]

    run(scenario)


def test_what_a_full_disk_refused_is_taken_when_it_is_sent_again(run: Any) -> None:
    async def scenario(world: Any) -> None:
        world.keeper.fault = Fault("fixes.disk_full", "The disk is full.")
        assert (await send(world, FIX)).status_code == 503
        assert world.tower.live.latest("V-1") is None
        world.keeper.fault = None
        assert (await send(world, FIX)).json() == {"accepted": 1, "rejected": {}}

    run(scenario)


# --- OsmAnd and Traccar Client ---


@pytest.mark.parametrize(
    ("method", "path", "rest"),
    [
        ("GET", f"/?id={KEY}&{QUERY}", {}),
        ("GET", f"/?deviceid={KEY}&{QUERY}", {}),
        ("POST", f"/?id={KEY}&{QUERY}", {}),
        ("POST", "/", {"data": {"id": KEY, "timestamp": "1800000000", "location": "-29.9,-71.25"}}),
        ("GET", f"/t/{KEY}?id=any-phone&{QUERY}", {}),
        ("POST", f"/t/{KEY}", {"data": {"timestamp": "1800000000", "lat": "-29.9", "lon": "-71.25"}}),
        (
            "POST",
            "/",
            {
                "json": {
                    "device_id": KEY,
                    "location": {
                        "timestamp": "2027-01-15T08:00:00.000Z",
                        "coords": {"latitude": -29.9, "longitude": -71.25, "speed": -1, "heading": -1, "accuracy": 4},
                        "is_moving": True,
                    },
                }
            },
        ),
    ],
)
def test_unmodified_apps_fit(run: Any, method: str, path: str, rest: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask(method, path, **rest)
        assert (answer.status_code, answer.content) == (200, b"")
        live = world.tower.live.latest("V-1")
        assert (live.fix_at, live.position.lat, live.speed_mps) == (NOW_AT, -29.9, None)

    run(scenario, tracker=True)


def test_the_keyed_path_is_on_the_main_port_too(run: Any) -> None:
    async def scenario(world: Any) -> None:
        assert (await world.ask("GET", f"/t/{KEY}?{QUERY}")).status_code == 200
        assert (await world.ask("GET", f"/?id={KEY}&{QUERY}")).status_code == 404

    run(scenario)


@pytest.mark.parametrize(
    ("timestamp", "fix_at"),
    [
        ("1800000000", NOW_AT),
        ("1799999999500", NOW_AT - 0.5),
        ("2027-01-15T07:59:00Z", NOW_AT - 60),
        ("2027-01-15T05:00:00-03:00", NOW_AT),
        ("2027-01-15 07:59:30", NOW_AT - 30),
        ("", NOW_AT),
    ],
)
def test_every_form_of_time(run: Any, timestamp: str, fix_at: float) -> None:
    async def scenario(world: Any) -> None:
        await world.ask("GET", "/", params={"id": KEY, "timestamp": timestamp, "lat": "-29.9", "lon": "-71.25"})
        assert world.tower.live.latest("V-1").fix_at == fix_at

    run(scenario, tracker=True)


def test_knots_and_dilution_become_si(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await world.ask("GET", f"/?id={KEY}&{QUERY}&speed=10&bearing=360&hdop=1.2&batt=88&alarm=sos")
        live = world.tower.live.latest("V-1")
        # 10 knots are 18,520 m an hour; a dilution of 1.2 is about 6 m.
        assert live.speed_mps == pytest.approx(18_520 / 3600)
        assert (live.heading_deg, live.accuracy_m) == (0.0, 6.0)

    run(scenario, tracker=True)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        (QUERY, 400, "telemetry.unknown_device"),
        (f"id=nobody&{QUERY}", 400, "telemetry.unknown_device"),
        (f"id=D-1&{QUERY}", 400, "telemetry.unknown_device"),
        (f"id={KEY}&lat=north&lon=1", 400, "telemetry.malformed"),
        (f"id={KEY}&lat=1", 400, "telemetry.malformed"),
        (f"id={KEY}&location=1", 400, "telemetry.malformed"),
        (f"id={KEY}&timestamp=noon&lat=1&lon=1", 400, "telemetry.malformed"),
        (f"id={KEY}&timestamp=1800000000&lat=95&lon=1", 400, "telemetry.out_of_range"),
        (f"id={KEY}&timestamp=1800000000&lat=nan&lon=1", 400, "telemetry.out_of_range"),
    ],
)
def test_what_a_phone_is_refused(run: Any, query: str, status: int, code: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", f"/?{query}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert world.keeper.rows == 0

    run(scenario, tracker=True)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("timestamp=1800000600&lat=-29.9&lon=-71.25", "future"),
        ("timestamp=1700000000&lat=-29.9&lon=-71.25", "too_old"),
        (f"{QUERY}&valid=false", "no_position"),
        ("timestamp=1800000000&cell=730,1,2,3", "no_position"),
        ("timestamp=1800000000&lat=0&lon=0", "null_island"),
    ],
)
def test_what_sending_again_would_not_mend_is_answered_by_200(run: Any, query: str, reason: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", f"/?id={KEY}&{query}")
        assert (answer.status_code, answer.headers["x-tower-rejected"]) == (200, reason)
        assert world.keeper.rows == 0

    run(scenario, tracker=True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"device_id": "nobody", "location": {"coords": {"latitude": 1, "longitude": 1}}}, 404),
        ({"device_id": KEY, "location": {"coords": {"latitude": "x", "longitude": 1}}}, 400),
        ({"location": {}}, 400),
        ([], 400),
    ],
)
def test_what_the_json_client_is_refused(run: Any, body: Any, status: int) -> None:
    async def scenario(world: Any) -> None:
        assert (await world.ask("POST", "/", json=body)).status_code == status

    run(scenario, tracker=True)


def test_one_fix_is_not_large(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("POST", "/", content=b"a=" + b"1" * 20_000)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")

    run(scenario, tracker=True)


# --- what is counted ---


def test_batches_are_counted_at_their_door_and_the_door_is_heard(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await send(world, FIX)
        (door,) = world.tower.reception.doors_heard().doors
        assert (door.door, door.heard_at, door.turned_away) == ("batch", NOW_AT, 0)
        assert world.tower.reception.counts == {("batch", "fixes"): 1}

    run(scenario)


def test_a_batch_that_is_refused_as_a_whole_is_counted_as_turned_away(run: Any) -> None:
    async def scenario(world: Any) -> None:
        admin = {"role": Role.ADMINISTRATOR}
        await world.ask("POST", "/api/v1/telemetry", content=b"[]", **admin)
        await world.ask("POST", "/api/v1/telemetry", json={"fixes": [FIX] * 5_001}, **admin)
        await send(world, FIX, role=None, headers={"Authorization": "Bearer tdk_nobodys"})
        counts = world.tower.reception.counts
        codes = ("telemetry.malformed", "telemetry.too_many", "access.token_invalid")
        assert [counts["batch", code] for code in codes] == [1, 1, 1]
        (door,) = world.tower.reception.doors_heard().doors
        assert (door.heard_at, door.turned_away) == (None, 3)
        assert world.tower.intake.counts.rejected == {"malformed": 2, "unknown_device": 1}

    run(scenario)


def test_a_batch_that_is_put_off_is_counted_and_not_turned_away(run: Any) -> None:
    async def scenario(world: Any) -> None:
        world.keeper.fault = Fault("fixes.disk_full", "The disk is full.")
        assert (await send(world, FIX)).status_code == 503
        assert world.tower.reception.counts == {("batch", "fixes.disk_full"): 1}
        assert world.tower.reception.turned_away.total() == 0

    run(scenario)


def test_a_certificate_of_another_device_is_no_proof(run: Any) -> None:
    async def scenario(world: Any) -> None:
        shown = {"extensions": {"tls": {"client_cert_name": "D-2"}}}
        transport = world.client._transport
        bare = transport.app

        async def certified(scope: Any, receive: Any, send: Any) -> None:
            await bare(scope | shown, receive, send)

        transport.app = certified
        for path, status in ((f"/?id={KEY}&{QUERY}", 403), (f"/?id={OTHER_KEY}&{QUERY}", 200)):
            assert (await world.ask("GET", path)).status_code == status
        assert world.tower.reception.counts["osmand", "access.certificate"] == 1

    run(scenario, tracker=True)
