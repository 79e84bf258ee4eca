"""Many commands decided as one: on a branch of the state, in order, each seeing what the ones before it led to.

Nothing counts until one append has kept the events of all; then the branch becomes the state. Deciding pauses every
few commands, so that a large import never keeps the feed waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from backend_service.event_log.log import Append, NewEvent
from backend_service.handlers.handler_map import DECISIONS
from core.commands import Command
from core.deciding import Context, Decision
from core.events.envelope import Envelope, Event
from core.people.regions import only_in_regions
from core.projections.branching import branched
from core.projections.operation import Change, Operation
from core.refusals import Refusal
from core.vocabulary import Actor, CommandId, Instant, ZoneId

AT_A_TIME = 50


class RefusedOne(msgspec.Struct, frozen=True, kw_only=True):
    """A command among many that was refused: its place, counted from 0, and why."""

    index: int
    code: str
    sentence: str


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """What became of many commands: the log `position` of their last event, how many were kept, which were refused."""

    position: int
    kept: int
    refused: tuple[RefusedOne, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class JointWish:
    """Commands to be kept together. `is_partial` keeps the good ones, otherwise one refusal refuses all."""

    commands: Sequence[Command]
    actor: Actor
    command_id: CommandId | None
    is_partial: bool
    fingerprint: str
    answered: asyncio.Future[Together]


@dataclass(slots=True)
class Draft:
    """What the commands would lead to."""

    branch: Operation
    events: list[NewEvent] = field(default_factory=list)
    expected: dict[str, int] = field(default_factory=dict)
    changes: set[Change] = field(default_factory=set)
    refused: list[RefusedOne] = field(default_factory=list)
    kept: int = 0

    def append(self, wish: JointWish, now: Instant, answer: Together) -> Append:
        """Return the one append that keeps everything."""
        encoded = msgspec.msgpack.encode(answer)
        return Append(tuple(self.events), wish.actor, now, self.expected, wish.command_id, encoded)


async def draft(
    operation: Operation,
    commands: Sequence[Command],
    actor: Actor,
    regions: frozenset[ZoneId] | None,
    now: Instant,
    command_id: CommandId | None = None,
) -> Draft:
    """Decide commands on a branch of `operation`, which is not changed.

    Parameters
    ----------
    regions : where the actor may decide, ``None`` for everywhere
    now : operation time
    """
    drafted = Draft(branched(operation))
    for index, command in enumerate(commands):
        if index % AT_A_TIME == AT_A_TIME - 1:
            await asyncio.sleep(0)
        try:
            only_in_regions(drafted.branch, command, regions)
            decision = DECISIONS[type(command)](Context(drafted.branch, actor, now), command)
        except Refusal as refusal:
            drafted.refused.append(RefusedOne(index=index, code=refusal.code, sentence=refusal.sentence))
            continue
        drafted.kept += 1
        _fold(drafted, decision, actor, now, command_id)
    return drafted


def _fold(drafted: Draft, decision: Decision, actor: Actor, now: Instant, command_id: CommandId | None) -> None:
    for stream, event in decision.events:
        drafted.expected.setdefault(stream, drafted.branch.version_of(stream))
        envelope = foreseen(drafted.branch, stream, event, actor, now, now, command_id)
        drafted.changes |= drafted.branch.apply(envelope, event)
        drafted.events.append(NewEvent(stream, event, now, None, command_id))


def foreseen(
    operation: Operation,
    stream: str,
    event: Event,
    actor: Actor,
    occurred_at: Instant,
    now: Instant,
    command_id: CommandId | None,
) -> Envelope:
    """Return the envelope that the log is going to give an event, as far as folding needs it."""
    return Envelope(
        position=operation.position + 1,
        stream=stream,
        version=operation.version_of(stream) + 1,
        type=event.event_type(),
        schema=event.schema,
        occurred_at=occurred_at,
        recorded_at=now,
        stored_at=0.0,
        actor=actor,
        command_id=command_id,
    )
