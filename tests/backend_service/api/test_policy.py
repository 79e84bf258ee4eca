"""The policy over REST: read with units, changed by a supervisor, refused with a reason."""

from __future__ import annotations

from typing import Any

from core.vocabulary import Role

CHANGE = {"values": {"lateness_per_minute": 500}, "note": "Promises matter more at noon"}


def test_a_supervisor_changes_a_value_and_everybody_at_a_desk_reads_it(run: Any) -> None:
    async def scenario(world: Any) -> None:
        before = (await world.ask("GET", "/api/v1/policy", role=Role.DISPATCHER)).json()
        changed = await world.ask("PATCH", "/api/v1/policy", role=Role.SUPERVISOR, json=CHANGE | {"based_on": 0})
        assert (changed.status_code, changed.json()["id"]) == (200, "P-1")

        after = (await world.ask("GET", "/api/v1/policy", role=Role.DISPATCHER)).json()
        value = next(value for value in after["values"] if value["name"] == "lateness_per_minute")
        assert (before["number"], after["number"]) == (0, 1)
        assert (value["value"], value["unit"], value["set_for"]) == (500, "money/min", "city")
        assert after["changed_at"].endswith("Z")

    run(scenario)


def test_what_cannot_be_is_refused(run: Any) -> None:
    async def scenario(world: Any) -> None:
        def patch(role: Role, **fields: Any) -> Any:
            return world.ask("PATCH", "/api/v1/policy", role=role, json=CHANGE | fields)

        assert (await patch(Role.DISPATCHER)).status_code == 403
        unknown = await patch(Role.SUPERVISOR, values={"charm": 1})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "policy.unknown_field")
        stale = await patch(Role.SUPERVISOR, based_on=7)
        assert stale.status_code == 409
        assert (await patch(Role.SUPERVISOR, zone_id="Z-99")).status_code == 404
        assert (await patch(Role.SUPERVISOR, note="")).status_code == 400
        assert (await world.ask("GET", "/api/v1/policy?zone=Z-99", role=Role.DISPATCHER)).status_code == 404

    run(scenario)
