"""Overrides over REST: previewed, committed on what was shown, held back from the driver's app, undone."""

from __future__ import annotations

from typing import Any

import pytest

from core.commands import StartShift
from core.dispatch.decision import Outcome
from core.vocabulary import Actor, DriverId, Role, VehicleId

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
PREVIEW, OVERRIDE = "/api/v1/orders/O-1/override/preview", "/api/v1/orders/O-1/override"
GIVE_TWO = {"change": "reassign", "driver_id": "DR-2"}


async def previewed(world: Any, change: dict[str, Any]) -> dict[str, Any]:
    answer = await world.ask("POST", PREVIEW, role=Role.DISPATCHER, json={"change": change})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def committed(world: Any, change: dict[str, Any], **more: Any) -> Any:
    body = {"change": change, "reason": "local_knowledge", **more}
    return await world.ask("POST", OVERRIDE, role=Role.DISPATCHER, json=body)


async def tasks(world: Any, driver_id: str) -> list[str]:
    answer = await world.ask("GET", f"/api/v1/drivers/{driver_id}/tasks", role=Role.DRIVER, subject=driver_id)
    return [task["order"]["order_id"] for task in answer.json()["tasks"]]


def test_driver_s_app_hears_of_an_override_when_its_window_is_over(run: Any) -> None:
    async def scenario(world: Any) -> None:
        shown = (await previewed(world, GIVE_TWO))["shown_as_is"]
        made = await committed(world, GIVE_TWO, shown=shown)
        assert (made.status_code, made.json()["id"]) == (201, "V-1"), made.text
        path = "/api/v1/orders/O-1"
        assert await tasks(world, "DR-2") == []
        assert (await world.ask("GET", path, role=Role.DRIVER, subject="DR-2")).status_code == 404
        assert (await world.ask("GET", path, role=Role.DISPATCHER)).json()["driver_id"] == "DR-2"
        best = await world.ask("GET", "/api/v1/routes/DR-2/optimized", role=Role.DRIVER, subject="DR-2")
        assert best.json()["plan_number"] == 0
        world.clock.step_to(world.clock.now() + 5.0)
        assert await tasks(world, "DR-2") == ["O-1"]
        assert (await world.ask("GET", path, role=Role.DRIVER, subject="DR-2")).status_code == 200

    run(scenario)


@pytest.mark.parametrize("path", ["schedule", "tasks", ""])
def test_no_door_of_a_driver_shows_anything_within_the_window(run: Any, path: str) -> None:
    async def scenario(world: Any) -> None:
        door = f"/api/v1/drivers/DR-2/{path}".rstrip("/")

        async def seen() -> Any:
            return (await world.ask("GET", door, role=Role.DRIVER, subject="DR-2")).json()

        shift = StartShift(driver_id=DriverId("DR-2"), vehicle_id=VehicleId("V-2"), ends_at=world.clock.now() + 3600.0)
        await world.bus.execute(shift, DESK)
        before = await seen()
        assert before["status"] == "free"
        shown = (await previewed(world, GIVE_TWO))["shown_as_is"]
        await committed(world, GIVE_TWO, shown=shown)
        assert await seen() == before
        world.clock.step_to(world.clock.now() + 5.0)
        assert (await seen())["status"] == "busy"

    run(scenario)


def test_undo_in_time_is_never_seen_by_the_driver(run: Any) -> None:
    async def scenario(world: Any) -> None:
        shown = (await previewed(world, GIVE_TWO))["shown_as_is"]
        await committed(world, GIVE_TWO, shown=shown)
        schedule = "/api/v1/drivers/DR-2/schedule"
        before = (await world.ask("GET", schedule, role=Role.DRIVER, subject="DR-2")).json()
        undone = await world.ask("POST", "/api/v1/overrides/V-1/undo", role=Role.DISPATCHER)
        assert undone.status_code == 200, undone.text
        world.clock.step_to(world.clock.now() + 60.0)
        assert (await world.ask("GET", schedule, role=Role.DRIVER, subject="DR-2")).json() == before
        again = await world.ask("POST", "/api/v1/overrides/V-1/undo", role=Role.DISPATCHER)
        assert (again.status_code, again.json()["code"]) == (409, "undo.undone_already")

    run(scenario)


def test_moved_outcome_is_answered_with_the_preview_that_holds_now(run: Any) -> None:
    async def scenario(world: Any) -> None:
        shown = (await previewed(world, GIVE_TWO))["shown_as_is"]
        world.tower.planner.outcome = Outcome(promises_broken=2, late_minutes=9.0)
        refused = await committed(world, GIVE_TWO, shown=shown)
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, "override.outcome_moved")
        assert problem["preview"]["as_is"]["promises_broken"] == 2
        assert problem["moved"] == "moved.promises, moved.late_minutes"
        made = await committed(world, GIVE_TWO, shown=problem["preview"]["shown_as_is"])
        assert made.status_code == 201, made.text

    run(scenario)


def test_what_is_so_already_has_no_preview(run: Any) -> None:
    async def scenario(world: Any) -> None:
        assert (await committed(world, GIVE_TWO)).status_code == 201
        answer = await world.ask("POST", PREVIEW, role=Role.DISPATCHER, json={"change": GIVE_TWO})
        assert (answer.status_code, answer.json()["code"]) == (409, "override.no_change")

    run(scenario)


def test_what_waiting_adds_by_the_minute_is_not_held_against_a_commit_that_says_since_when(run: Any) -> None:
    async def scenario(world: Any) -> None:
        planner = world.tower.planner
        planner.waits, planner.outcome = True, Outcome(late_minutes=1.0)
        shown = (await previewed(world, GIVE_TWO))["shown_as_is"]
        world.clock.step_to(world.clock.now() + 240.0)
        planner.outcome = Outcome(late_minutes=4.5)
        refused = await committed(world, GIVE_TWO, shown={**shown, "shown_at": None})
        assert refused.json()["moved"] == "moved.late_minutes, moved.customer_later", refused.text
        assert (await committed(world, GIVE_TWO, shown=shown)).status_code == 201

    run(scenario)


def test_drivers_and_strangers_do_not_override(run: Any) -> None:
    async def scenario(world: Any) -> None:
        for path in (PREVIEW, OVERRIDE, "/api/v1/overrides/V-1/undo"):
            assert (await world.ask("POST", path, role=Role.DRIVER, json={})).status_code == 403
        missing = await world.ask("POST", "/api/v1/overrides/V-9/undo", role=Role.DISPATCHER)
        assert missing.status_code == 404
        unknown = await world.ask(
            "POST", "/api/v1/orders/O-9/override/preview", role=Role.DISPATCHER, json={"change": GIVE_TWO}
        )
        assert unknown.status_code == 404
        nobody = await world.ask(
            "POST", PREVIEW, role=Role.DISPATCHER, json={"change": {"change": "swap", "driver_id": "DR-2"}}
        )
        assert nobody.status_code == 400

    run(scenario)


@pytest.mark.parametrize("change", [{"change": "forbid"}, {"change": "take_out", "for_s": 600}])
def test_nobody_is_kept_from_or_taken_out_of_what_nobody_has(run: Any, change: dict[str, Any]) -> None:
    async def scenario(world: Any) -> None:
        answer = await committed(world, change)
        assert (answer.status_code, answer.json()["code"]) == (409, "override.no_driver")

    run(scenario)


def test_stops_of_an_order_without_a_driver_cannot_be_put_in_order(run: Any) -> None:
    async def scenario(world: Any) -> None:
        stops = [{"order_id": "O-1", "kind": "pickup"}]
        answer = await committed(world, {"change": "resequence", "stops": stops})
        assert (answer.status_code, answer.json()["code"]) == (409, "override.no_driver")

    run(scenario)
