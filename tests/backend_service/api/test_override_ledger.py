"""The ledger over REST: empty at first, for the desk one by one, for supervisors together."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from core.dispatch.changes import CloseZone, Reassign, Resequence, Split
from core.dispatch.decision import Outcome, Override, OverrideMode, ReasonCode
from core.dispatch.regret import MoneyParts, PlayedOutcome, RegretEstimate, interval_of
from core.vocabulary import DriverId, OrderId, OverrideId, Role, ZoneId


def _override(number: int, at: float) -> Override:
    return Override(
        override_id=OverrideId(f"V-{number}"),
        order_id=OrderId("O-1"),
        driver_id=DriverId("DR-1"),
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.LOCAL_KNOWLEDGE,
        note="Bridge closed",
        expected=Outcome(late_minutes=4.0),
        decided_at=at,
        decided_by="rojas",
    )


def test_overrides_are_listed_newest_first_in_pages(run: Any) -> None:
    async def scenario(world: Any) -> None:
        book = world.bus.operation.decisions
        for number in range(1, 4):
            book.overrides[OverrideId(f"V-{number}")] = _override(number, world.clock.now() + number)

        first = (await world.ask("GET", "/api/v1/overrides?limit=2", role=Role.DISPATCHER)).json()
        rest = (await world.ask("GET", first["next"], role=Role.DISPATCHER)).json()

        assert [item["override_id"] for item in first["items"] + rest["items"]] == ["V-3", "V-2", "V-1"]
        assert rest["next"] is None
        item = first["items"][0]
        assert (item["note"], item["expected_late"], item["orders_ended"], item["surprise"]) == (
            "Bridge closed",
            4.0,
            0,
            None,
        )

    run(scenario)


def test_a_summary_is_for_supervisors(run: Any) -> None:
    async def scenario(world: Any) -> None:
        path = "/api/v1/overrides/summary"
        book = world.bus.operation.decisions
        book.overrides[OverrideId("V-1")] = _override(1, world.clock.now())

        assert (await world.ask("GET", path, role=Role.DISPATCHER)).status_code == 403
        by_person = (await world.ask("GET", f"{path}?by=person", role=Role.SUPERVISOR)).json()
        assert [(row["name"], row["overrides"], row["final"]) for row in by_person] == [("rojas", 1, 0)]
        assert (await world.ask("GET", f"{path}?by=mood", role=Role.SUPERVISOR)).status_code == 400

    run(scenario)


def test_each_override_says_what_kind_of_change_it_was(run: Any) -> None:
    async def scenario(world: Any) -> None:
        order_id, driver_id = OrderId("O-1"), DriverId("DR-1")
        changes = [
            None,
            Reassign(order_id=order_id, driver_id=driver_id),
            Resequence(order_id=order_id, driver_id=driver_id, stops=()),
            Split(order_id=order_id),
        ]
        book = world.bus.operation.decisions
        for number, change in enumerate(changes, start=1):
            made = _override(number, world.clock.now() + number)
            book.overrides[made.override_id] = replace(made, change=change)

        listed = (await world.ask("GET", "/api/v1/overrides", role=Role.DISPATCHER)).json()["items"]
        assert [item["change"] for item in listed] == ["split", "resequence", "reassign", "reassign"]

    run(scenario)


def test_regret_says_what_it_consists_of_and_supposes(run: Any) -> None:
    async def scenario(world: Any) -> None:
        operation = world.bus.operation
        for number, change in enumerate(
            (None, CloseZone(order_id=OrderId("O-1"), zone_id=ZoneId("Z-1"), for_s=900.0)), start=1
        ):
            made = replace(_override(number, world.clock.now() + number), change=change)
            operation.decisions.overrides[made.override_id] = made
            parts = MoneyParts(driving=20.0, lateness=30.0, waiting=50.0) if number == 2 else None
            operation.regrets.estimates[made.override_id] = _estimate(made.override_id, parts)

        closed, plain = (await world.ask("GET", "/api/v1/overrides", role=Role.DISPATCHER)).json()["items"]

        assert (closed["regret"]["supposes"], plain["regret"]["supposes"]) == ("passable", None)
        assert closed["regret"]["chosen"]["parts"] == {"driving": 20.0, "lateness": 30.0, "waiting": 50.0}
        assert plain["regret"]["chosen"]["parts"] is None

    run(scenario)


def _estimate(override_id: OverrideId, parts: MoneyParts | None) -> RegretEstimate:
    played = PlayedOutcome(
        late_minutes=1.0, waited_minutes=9.0, broken=1.0, distance_m=100.0, driving_s=20.0, cost=100.0, parts=parts
    )
    none = interval_of([0.0])
    return RegretEstimate(
        override_id=override_id,
        position=1,
        forked_at=0.0,
        until_at=0.0,
        policy_number=0,
        seed=1,
        draws=1,
        drivers=1,
        orders=1,
        chosen=played,
        recommended=played,
        late=none,
        waited=none,
        money=none,
        overriding=0.0,
        following=0.0,
        better_share=0.0,
    )
