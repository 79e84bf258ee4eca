"""The only writer: commands in, decided one after the other, kept together, folded, told.

Commands that wait are decided in order on the state the previous one left and are committed in one durable
transaction (group commit). Nobody is told anything before it is on disk. When the log fails, the state is folded
anew from what is on disk and everyone in the batch hears the fault.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import fields as struct_fields

from backend_service.event_log.log import Append, Appended, EventLog, NewEvent
from backend_service.handlers.handler_map import DECISIONS
from backend_service.handlers.preparation import PlanSource, Prepared, prepare
from core.commands import PERMITTED, Command
from core.deciding import Context, Decision
from core.events.envelope import Envelope
from core.operations import Done
from core.people.regions import only_in_regions
from core.projections.operation import Change, Operation, encode_operation
from core.refusals import Fault, Refusal
from core.timekeeping import Clock
from core.vocabulary import Actor, CommandId, Instant, ZoneId

logger = logging.getLogger(__name__)

LONGEST_QUEUE = 10_000
LARGEST_BATCH = 512

type Listener = Callable[[Sequence[Envelope], frozenset[Change]], None]


@dataclass(slots=True)
class _Wish:
    command: Command
    actor: Actor
    command_id: CommandId | None
    occurred_at: Instant | None
    causation: str | None
    prepared: Prepared
    answered: asyncio.Future[Done]


@dataclass(slots=True)
class _Batch:
    """Wishes decided on a state that is not on disk yet."""

    wishes: list[_Wish] = field(default_factory=list)
    appends: list[Append] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    changes: list[set[Change]] = field(default_factory=list)
    ids: dict[CommandId, int] = field(default_factory=dict)


class CommandBus:
    """Decides, keeps, folds and tells.

    Parameters
    ----------
    operation : the folded state at the log's head; only the bus changes it
    clock : operation time
    """

    def __init__(self, log: EventLog, operation: Operation, clock: Clock) -> None:
        self.operation = operation
        self.plans: PlanSource | None = None
        self.regions_of: Callable[[Actor], frozenset[ZoneId] | None] = _everywhere
        self._log = log
        self._clock = clock
        self._wishes: asyncio.Queue[_Wish] = asyncio.Queue(LONGEST_QUEUE)
        self._listeners: list[Listener] = []
        self._quiet = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take commands."""
        self._task = asyncio.create_task(self._run(), name="command bus")

    async def stop(self) -> None:
        """Finish the batch under way and refuse what still waits."""
        if self._task is None:
            return
        async with self._quiet:
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        while not self._wishes.empty():
            _fail(self._wishes.get_nowait(), Fault("service.stopping", "Tower is shutting down. Try again soon."))

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` told of every committed batch, in order, on the loop."""
        self._listeners.append(listener)

    async def snapshot(self) -> tuple[int, bytes]:
        """Return (position, encoded operation) of a state that is wholly on disk."""
        async with self._quiet:
            return self.operation.position, encode_operation(self.operation)

    async def execute(
        self,
        command: Command,
        actor: Actor,
        *,
        command_id: CommandId | None = None,
        occurred_at: Instant | None = None,
        causation: str | None = None,
    ) -> Done:
        """Decide a command and return when its events are on disk and folded.

        Raises
        ------
        Refusal
            ``access.role`` if the role may not ask for it, ``access.region`` if not there; whatever the decision
            refuses.
        Fault
            If the log cannot write, or too many commands wait.
        """
        if actor.role not in PERMITTED[type(command)]:
            raise Refusal("access.role", f"A {actor.role.value} may not do that.", status=403)
        earlier = await self._earlier_answer(command_id)
        if earlier is not None:
            return earlier
        prepared = await prepare(command, self.operation, self.plans, self._clock.now())
        answered: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        wish = _Wish(command, actor, command_id, occurred_at, causation, prepared, answered)
        try:
            self._wishes.put_nowait(wish)
        except asyncio.QueueFull:
            raise Fault("service.overloaded", "Too many commands wait. Try again in a moment.") from None
        return await asyncio.shield(answered)

    async def _earlier_answer(self, command_id: CommandId | None) -> Done | None:
        if command_id is None:
            return None
        answer = await self._log.answer_to(command_id)
        return msgspec.msgpack.decode(answer, type=Done) if answer is not None else None

    async def _run(self) -> None:
        while True:
            waiting = [await self._wishes.get()]
            while not self._wishes.empty() and len(waiting) < LARGEST_BATCH:
                waiting.append(self._wishes.get_nowait())
            async with self._quiet:
                try:
                    await self._commit(waiting)
                except Exception as error:
                    logger.exception("a batch of %d commands failed", len(waiting))
                    await self._start_over(waiting, error)

    async def _commit(self, waiting: Sequence[_Wish]) -> None:
        batch = _Batch()
        for wish in waiting:
            self._decide(wish, batch)
        if not batch.appends:
            self._answer(batch)
            return
        outcomes = await self._log.append(batch.appends)
        envelopes: list[Envelope] = []
        for append, outcome in zip(batch.appends, outcomes, strict=True):
            if not isinstance(outcome, Appended):
                raise AssertionError(f"the only writer met {outcome} for {append.command_id}")
            envelopes.extend(outcome.envelopes)
        if envelopes and envelopes[-1].position != self.operation.position:
            raise AssertionError(f"log at {envelopes[-1].position}, state at {self.operation.position}")
        self._tell(envelopes, frozenset().union(*batch.changes))
        self._answer(batch)

    def _decide(self, wish: _Wish, batch: _Batch) -> None:
        if wish.command_id is not None and wish.command_id in batch.ids:
            batch.wishes.append(wish)
            batch.done.append(batch.done[batch.ids[wish.command_id]])
            return
        now = self._clock.now()
        context = Context(
            self.operation, wish.actor, now, preview=wish.prepared.preview, restoring=wish.prepared.restoring
        )
        try:
            only_in_regions(self.operation, wish.command, self.regions_of(wish.actor))
            decision = DECISIONS[type(wish.command)](context, wish.command)
        except Refusal as refusal:
            _fail(wish, refusal)
            return
        except Exception as error:
            logger.exception("deciding %s failed", type(wish.command).__name__)
            _fail(wish, error)
            return
        self._fold(wish, decision, now, batch)

    def _fold(self, wish: _Wish, decision: Decision, now: Instant, batch: _Batch) -> None:
        """Apply a decision's events ahead of the commit, exactly as the log is going to keep them."""
        occurred_at = now if wish.occurred_at is None else min(wish.occurred_at, now)
        expected: dict[str, int] = {}
        for stream, event in decision.events:
            version = self.operation.version_of(stream)
            expected.setdefault(stream, version)
            foreseen = Envelope(
                position=self.operation.position + 1,
                stream=stream,
                version=version + 1,
                type=event.event_type(),
                schema=event.schema,
                occurred_at=occurred_at,
                recorded_at=now,
                stored_at=0.0,
                actor=wish.actor,
                command_id=wish.command_id,
            )
            batch.changes.append(self.operation.apply(foreseen, event))
        done = Done(position=self.operation.position, created=decision.created)
        if wish.command_id is not None:
            batch.ids[wish.command_id] = len(batch.done)
        batch.wishes.append(wish)
        batch.done.append(done)
        if decision.events:
            events = tuple(
                NewEvent(stream, event, occurred_at, wish.causation, wish.command_id)
                for stream, event in decision.events
            )
            batch.appends.append(
                Append(events, wish.actor, now, expected, wish.command_id, msgspec.msgpack.encode(done))
            )

    def _tell(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        for listener in self._listeners:
            try:
                listener(envelopes, changes)
            except Exception:
                logger.exception("a listener failed; the others go on")

    def _answer(self, batch: _Batch) -> None:
        for wish, done in zip(batch.wishes, batch.done, strict=True):
            if not wish.answered.done():
                wish.answered.set_result(done)

    async def _start_over(self, waiting: Sequence[_Wish], error: Exception) -> None:
        fresh = await fold(self._log)
        for member in struct_fields(Operation):
            setattr(self.operation, member.name, getattr(fresh, member.name))
        for wish in waiting:
            _fail(wish, error)


def _everywhere(_: Actor) -> None:
    """Limit nobody to regions."""


def _fail(wish: _Wish, error: Exception) -> None:
    if not wish.answered.done():
        wish.answered.set_exception(error)


async def fold(log: EventLog, operation: Operation | None = None) -> Operation:
    """Return the operation at the log's head, starting from `operation` or from nothing."""
    state = operation or Operation()
    async for envelope in log.read_all(state.position):
        state.apply(envelope)
    return state
