"""Proposed policy changes over REST: read with their evidence, decided on by a supervisor, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.proposals.commands import ProposePolicyChange
from core.dispatch.proposals.proposal import Evidence, PolicyProposal, ProposalId, ProposalRule
from core.dispatch.regret import Interval
from core.vocabulary import PLATFORM, OverrideId, Role

PATH = "/api/v1/policy/proposals"


@pytest.fixture
def proposal() -> PolicyProposal:
    interval = Interval(mean=-310.456, sd=40.0, low=-376.0, high=-244.0)
    evidence = Evidence(
        overrides=(OverrideId("V-1"), OverrideId("V-4")),
        money=interval,
        waited=interval,
        better=2,
        agrees=2,
        accepted=31,
        disagrees=1,
    )
    return PolicyProposal(
        proposal_id=ProposalId("PP-1"),
        rule=ProposalRule.FEWER_IN_HAND,
        field="balance_minutes_per_order",
        zone_id=None,
        from_value=0.5,
        to_value=1.0,
        evidence=evidence,
        made_at=1_800_000_000.0,
        policy_number=0,
    )


def test_evidence_is_told_and_accepting_changes_the_policy(run: Any, proposal: PolicyProposal) -> None:
    async def scenario(world: Any) -> None:
        await world.bus.execute(ProposePolicyChange(proposal=proposal), PLATFORM)

        (shown,) = (await world.ask("GET", PATH, role=Role.DISPATCHER)).json()["items"]
        assert (shown["state"], shown["from_value"], shown["to_value"]) == ("open", 0.5, 1.0)
        assert shown["evidence"]["overrides"] == ["V-1", "V-4"]
        assert (shown["evidence"]["money"]["mean"], shown["evidence"]["disagrees"]) == (-310.46, 1)

        accept = f"{PATH}/PP-1/accept"
        assert (await world.ask("POST", accept, role=Role.DISPATCHER, json={})).status_code == 403
        assert (await world.ask("POST", accept, role=Role.SUPERVISOR, json={})).status_code == 200
        policy = (await world.ask("GET", "/api/v1/policy", role=Role.DISPATCHER)).json()
        (value,) = [value for value in policy["values"] if value["name"] == proposal.field]
        assert (policy["number"], value["value"]) == (1, 1.0)
        again = await world.ask("POST", accept, role=Role.SUPERVISOR, json={})
        assert (again.status_code, again.json()["code"]) == (409, "proposal.decided")

        undo = {"reason": "It went wrong"}
        assert (await world.ask("POST", f"{PATH}/PP-1/undo", role=Role.SUPERVISOR, json=undo)).status_code == 200
        assert (await world.ask("GET", "/api/v1/policy", role=Role.DISPATCHER)).json()["number"] == 2

    run(scenario)


def test_rejecting_needs_a_reason_and_what_is_not_there_is_not_found(run: Any, proposal: PolicyProposal) -> None:
    async def scenario(world: Any) -> None:
        await world.bus.execute(ProposePolicyChange(proposal=proposal), PLATFORM)

        def reject(name: str, reason: str) -> Any:
            return world.ask("POST", f"{PATH}/{name}/reject", role=Role.SUPERVISOR, json={"reason": reason})

        assert (await reject("PP-1", "")).status_code == 400
        assert (await reject("PP-9", "No")).status_code == 404
        assert (await reject("PP-1", "The match day")).status_code == 200
        (shown,) = (await world.ask("GET", f"{PATH}?state=rejected", role=Role.DISPATCHER)).json()["items"]
        assert (shown["reason"], shown["decided_by"]) == ("The match day", "a-supervisor")
        assert (await world.ask("GET", f"{PATH}?state=open", role=Role.DISPATCHER)).json()["items"] == []

    run(scenario)
