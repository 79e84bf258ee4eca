"""The workers that learn from overrides: what the other choice would have led to, and what that speaks for."""

from __future__ import annotations

from backend_service.event_log.log import EventLog
from backend_service.storage.fix_archive import FixStore
from backend_service.workers.collaborators import Bus
from backend_service.workers.override_forks import FoldsPast, GivesTravel, OverrideForks
from backend_service.workers.proposal_watch import ProposalWatch
from backend_service.workers.recorded_decisions import RecordedDecisions
from backend_service.workers.regret_watch import RegretWatch
from backend_service.workers.worker import Worker
from core.dispatch.playing_on.fork import PlayingPolicy


def learning_workers(bus: Bus, log: EventLog, past: FoldsPast, archive: FixStore, travel: GivesTravel) -> list[Worker]:
    """Return the workers in the sequence in which one builds on the other."""
    forks = OverrideForks(bus, log, past, archive, travel, PlayingPolicy())
    return [RegretWatch(bus, forks), ProposalWatch(bus, RecordedDecisions(bus, log))]
