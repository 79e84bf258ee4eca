"""Proposed policy changes in a town's log before its service starts: they come of weeks of overrides, not of a door."""

from __future__ import annotations

import asyncio
from pathlib import Path

from backend_service.clocks import WallClock
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import Append, NewEvent
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.settings import Settings
from core.dispatch.policy import DispatchPolicy
from core.dispatch.proposals.proposal import Evidence, PolicyProposal, ProposalId, ProposalRule
from core.dispatch.regret import Interval
from core.events.proposal_events import PolicyChangeProposed
from core.streams import POLICY
from core.vocabulary import PLATFORM, OverrideId

_FIELDS = (
    *("lateness_per_minute", "pickup_delay_per_minute", "freshness_per_minute", "balance_minutes_per_order"),
    *("stale_position_share", "shared_trip_minutes", "hand_over_minutes", "accept_within_s"),
)
"""One open proposal for each: two that stay, and two for each of the three doors."""


def put_proposals(data_dir: Path) -> None:
    """Propose to double each of some values of the policy."""
    asyncio.run(_put(Settings(data_dir=data_dir)))


async def _put(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = SubjectKeys.open(settings.data_dir / "keys.sqlite", settings.secrets_dir / "subjects.key")
    log = await EmbeddedEventLog.open(settings.log_path, WallClock(), keys)
    try:
        for number, name in enumerate(_FIELDS, start=1):
            event = PolicyChangeProposed(proposal=_proposal(number, name))
            await log.append([Append((NewEvent(POLICY, event, 0.0),), PLATFORM, 0.0, {})])
    finally:
        await log.close()
        keys.close()


def _proposal(number: int, name: str) -> PolicyProposal:
    value, interval = float(getattr(DispatchPolicy(), name)), Interval(mean=-1.0, sd=0.1, low=-1.2, high=-0.8)
    evidence = Evidence(
        overrides=(OverrideId("V-1"),), money=interval, waited=interval, better=1, agrees=1, accepted=0, disagrees=0
    )
    return PolicyProposal(
        proposal_id=ProposalId(f"PP-{number}"),
        rule=ProposalRule.FEWER_IN_HAND,
        field=name,
        zone_id=None,
        from_value=value,
        to_value=2.0 * value,
        evidence=evidence,
        made_at=0.0,
        policy_number=0,
    )
