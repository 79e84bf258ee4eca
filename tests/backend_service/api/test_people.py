"""People over REST: accounts, signing in, going on, being shut out, and deciding only in one's own regions."""

from __future__ import annotations

import logging
from typing import Any

from core.commands import DrawZones
from core.fleet.zone import Zone
from core.vocabulary import PLATFORM, Position, Role, ZoneId

PHRASE = "a long phrase of one's own"
MARIA = {"user_id": "maria", "name": "María Rojas", "role": "dispatcher", "password": PHRASE}


async def added(world: Any, **changes: Any) -> None:
    answer = await world.ask("POST", "/api/v1/people", role=Role.ADMINISTRATOR, json=MARIA | changes)
    assert answer.status_code == 201, answer.text


async def signed_in(world: Any, name: str = "maria", password: str = PHRASE) -> Any:
    return await world.ask("POST", "/api/v1/sign-ins", json={"name": name, "password": password})


def bearer(signed: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed.json()['token']}"}


async def happened(world: Any) -> list[str]:
    return [envelope.type for envelope in await world.tower.bus._log.read_stream("operation")]


def test_somebody_signs_in_with_name_and_password(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        signed = await signed_in(world)
        assert signed.status_code == 201
        body = signed.json()
        assert (body["user_id"], body["role"], body["name"]) == ("maria", "dispatcher", "María Rojas")
        orders = await world.ask("GET", "/api/v1/orders", headers=bearer(signed))
        assert orders.status_code == 200
        world.wall.step_to(world.wall.now() + 901.0)
        late = await world.ask("GET", "/api/v1/orders", headers=bearer(signed))
        assert late.json()["code"] == "access.token_expired"

    run(scenario)


def test_a_wrong_password_an_unknown_name_and_a_disabled_one_are_answered_the_same(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        await added(world, user_id="ben")
        await world.ask("POST", "/api/v1/people/ben/disabling", role=Role.ADMINISTRATOR)
        answers = [await signed_in(world, *who) for who in (("maria", "wrong"), ("nobody", PHRASE), ("ben", PHRASE))]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.text for answer in answers}) == 1
        assert answers[0].json()["code"] == "sign_in.refused"

    run(scenario)


def test_a_name_is_tried_ten_times_and_then_told_when_to_come_back(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        for _ in range(10):
            assert (await signed_in(world, password="wrong")).status_code == 401
        refused = await signed_in(world)
        assert (refused.status_code, refused.json()["code"]) == (429, "sign_in.too_often")
        assert 1 <= int(refused.headers["retry-after"]) <= 900

    run(scenario)


def test_success_clears_the_count_of_a_name(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        for _ in range(2):
            for _ in range(9):
                await signed_in(world, password="wrong")
            assert (await signed_in(world)).status_code == 201

    run(scenario)


def test_an_address_is_limited_whatever_names_it_tries(run: Any) -> None:
    async def scenario(world: Any) -> None:
        statuses = [(await signed_in(world, f"name-{number}", "wrong")).status_code for number in range(31)]
        assert statuses == [401] * 30 + [429]

    run(scenario)


def test_a_session_goes_on_by_renewal(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        first = await signed_in(world)
        world.wall.step_to(world.wall.now() + 3600.0)
        second = await world.ask("POST", "/api/v1/sign-ins/renewal", json={"renewal": first.json()["renewal"]})
        assert second.status_code == 200
        assert second.json()["session_id"] == first.json()["session_id"]
        assert (await world.ask("GET", "/api/v1/orders", headers=bearer(second))).status_code == 200

    run(scenario)


def test_signing_out_ends_the_session_and_its_renewal(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        signed = await signed_in(world)
        assert (await world.ask("DELETE", "/api/v1/sign-ins/current", headers=bearer(signed))).status_code == 204
        assert (await world.ask("GET", "/api/v1/orders", headers=bearer(signed))).json()["code"] == (
            "access.session_revoked"
        )
        renewed = await world.ask("POST", "/api/v1/sign-ins/renewal", json={"renewal": signed.json()["renewal"]})
        assert (renewed.status_code, renewed.json()["code"]) == (401, "session.ended")

    run(scenario)


def test_an_invitations_token_can_be_signed_out_too(run: Any) -> None:
    async def scenario(world: Any) -> None:
        headers = world.token(Role.DISPATCHER)
        assert (await world.ask("DELETE", "/api/v1/sign-ins/current", headers=headers)).status_code == 204
        assert (await world.ask("GET", "/api/v1/orders", headers=headers)).status_code == 401

    run(scenario)


def test_who_is_disabled_is_out_at_once_with_any_token(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        signed, invited = await signed_in(world), world.token(Role.DISPATCHER, "maria")
        driver = world.token(Role.DRIVER, "maria")
        assert (await world.ask("POST", "/api/v1/people/maria/disabling", role=Role.ADMINISTRATOR)).status_code == 204
        for headers in (bearer(signed), invited):
            assert (await world.ask("GET", "/api/v1/orders", headers=headers)).status_code == 401
        assert (await world.ask("GET", "/api/v1/drivers/maria", headers=driver)).status_code == 404
        assert (await world.ask("POST", "/api/v1/people/maria/enabling", role=Role.ADMINISTRATOR)).status_code == 204
        assert (await world.ask("GET", "/api/v1/orders", headers=bearer(signed))).status_code == 401
        assert (await signed_in(world)).status_code == 201

    run(scenario)


def test_an_administrator_lists_and_ends_sessions(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        first, second = await signed_in(world), await signed_in(world)
        listed = await world.ask("GET", "/api/v1/people/maria/sessions", role=Role.ADMINISTRATOR)
        ids = {session["session_id"] for session in listed.json()["items"]}
        assert ids == {first.json()["session_id"], second.json()["session_id"]}
        path = f"/api/v1/people/maria/sessions/{first.json()['session_id']}"
        assert (await world.ask("DELETE", path, role=Role.ADMINISTRATOR)).status_code == 204
        assert (await world.ask("GET", "/api/v1/orders", headers=bearer(first))).status_code == 401
        assert (await world.ask("GET", "/api/v1/orders", headers=bearer(second))).status_code == 200
        ended = await world.ask("DELETE", "/api/v1/people/maria/sessions", role=Role.ADMINISTRATOR)
        assert ended.json() == {"revoked": 1}
        assert (await world.ask("GET", "/api/v1/orders", headers=bearer(second))).status_code == 401

    run(scenario)


def test_a_reset_password_is_shown_once_and_ends_every_session(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        signed = await signed_in(world)
        reset = await world.ask("POST", "/api/v1/people/maria/password", role=Role.ADMINISTRATOR, json={})
        made = reset.json()["password"]
        assert (await world.ask("GET", "/api/v1/orders", headers=bearer(signed))).status_code == 401
        assert (await signed_in(world)).status_code == 401
        assert (await signed_in(world, password=made)).status_code == 201

    run(scenario)


def test_somebody_changes_their_own_password(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        signed = await signed_in(world)
        path, after = "/api/v1/people/me/password", "an even longer phrase"
        wrong = await world.ask("PUT", path, headers=bearer(signed), json={"before": "wrong", "after": after})
        assert (wrong.status_code, wrong.json()["code"]) == (403, "password.wrong")
        right = await world.ask("PUT", path, headers=bearer(signed), json={"before": PHRASE, "after": after})
        assert right.status_code == 204
        assert (await signed_in(world, password=after)).status_code == 201

    run(scenario)


def test_an_account_is_refused_for_a_reason(run: Any) -> None:
    async def scenario(world: Any) -> None:
        await added(world)
        for changes, code in (
            ({}, "person.exists"),
            ({"user_id": "x", "role": "driver"}, "person.role"),
            ({"user_id": "administrator"}, "person.reserved"),
            ({"user_id": "x", "regions": ["Z-9"]}, "person.region_unknown"),
            ({"user_id": "x", "password": "short"}, "request.invalid"),
        ):
            answer = await world.ask("POST", "/api/v1/people", role=Role.ADMINISTRATOR, json=MARIA | changes)
            assert answer.json()["code"] == code, answer.text
        yourself = await world.ask("POST", "/api/v1/people/maria/disabling", role=Role.ADMINISTRATOR, subject="maria")
        assert yourself.json()["code"] == "person.yourself"

    run(scenario)


def test_everything_is_recorded_and_no_password_is_anywhere(run: Any, caplog: Any) -> None:
    async def scenario(world: Any) -> None:
        caplog.set_level(logging.DEBUG)
        await added(world)
        await signed_in(world, password="wrong but secret")
        signed = await signed_in(world)
        await world.ask("DELETE", "/api/v1/sign-ins/current", headers=bearer(signed))
        await world.ask("POST", "/api/v1/people/maria/password", role=Role.ADMINISTRATOR, json={"password": PHRASE})
        await world.ask("POST", "/api/v1/people/maria/disabling", role=Role.ADMINISTRATOR)
        await world.ask("POST", "/api/v1/people/maria/enabling", role=Role.ADMINISTRATOR)
        await world.tower.people.sessions.close()
        kinds = await happened(world)
        assert [kind for kind in kinds if kind != "SignInFailed"] == [
            "PersonAdded",
            "SessionOpened",
            "SessionRevoked",
            "PasswordReplaced",
            "PersonDisabled",
            "PersonEnabled",
        ]
        assert kinds.count("SignInFailed") == 1
        log = b"".join(bytes(entry.payload) for entry in await world.tower.bus._log.read_stream("operation"))
        listed = await world.ask("GET", "/api/v1/people", role=Role.ADMINISTRATOR)
        for secret in (PHRASE, "wrong but secret", "argon2id"):
            assert secret.encode() not in log
            assert secret not in listed.text
            assert secret not in caplog.text

    run(scenario)


def test_a_dispatcher_decides_only_in_the_regions_given(run: Any) -> None:
    async def scenario(world: Any) -> None:
        ring = [(-29.95, -71.3), (-29.95, -71.2), (-29.85, -71.2), (-29.85, -71.3), (-29.95, -71.3)]
        far = [(lat + 1.0, lon) for lat, lon in ring]
        zones = tuple(
            Zone(zone_id=ZoneId(name), name=name, ring=tuple(Position(*corner) for corner in corners))
            for name, corners in (("Z-1", ring), ("Z-2", far))
        )
        await world.bus.execute(DrawZones(zones=zones), PLATFORM)
        await added(world, regions=["Z-2"])
        headers = bearer(await signed_in(world))
        order = {
            "order_id": "O-9",
            "pickup": {"name": "Cocina", "position": {"lat": -29.9, "lon": -71.25}},
            "delivery": {"lat": -29.92, "lon": -71.26},
            "promise": {"by_at": "2027-01-15T08:40:00Z"},
        }
        refused = await world.ask("POST", "/api/v1/orders", headers=headers, json=order)
        assert (refused.status_code, refused.json()["code"]) == (403, "access.region")
        there = order | {"pickup": {"name": "Cocina", "position": {"lat": -28.9, "lon": -71.25}}, "order_id": "O-8"}
        assert (await world.ask("POST", "/api/v1/orders", headers=headers, json=there)).status_code == 201
        assert (await world.ask("POST", "/api/v1/orders", role=Role.DISPATCHER, json=order)).status_code == 201
        cancel = {"reason": "customer_cancelled"}
        for order_id, code in (("O-9", 403), ("O-8", 200), ("O-7", 404)):
            answer = await world.ask("POST", f"/api/v1/orders/{order_id}/cancel", headers=headers, json=cancel)
            assert answer.status_code == code, answer.text
        assert (await world.ask("GET", "/api/v1/orders/O-9", headers=headers)).status_code == 200

    run(scenario)
