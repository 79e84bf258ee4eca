"""The only writer: commands in, decided one after the other, kept together, folded, told.

Commands that wait are decided in order on the state the previous one left and are committed in one durable
transaction (group commit). Nobody is told anything before it is on disk. When the log fails, the state is folded
anew from what is on disk and everyone in the batch hears the fault.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from backend_service.event_log.log import Append, Appended, EventLog, NewEvent
from backend_service.handlers.asked_once import Remembered, UnderWay, require_same
from backend_service.handlers.handler_map import DECISIONS
from backend_service.handlers.joint_execution import JointWish, Together, draft, foreseen
from backend_service.handlers.preparation import PlanSource, Prepared, RecoverySource, prepare
from core.command_rights import PERMITTED
from core.commands import Command
from core.deciding import Context, Decision
from core.events.envelope import Envelope
from core.operations import Done
from core.people.regions import only_in_regions
from core.projections.branching import take_over
from core.projections.operation import Change, Operation, encode_operation
from core.refusals import Fault, Refusal
from core.timekeeping import Clock
from core.vocabulary import Actor, CommandId, Instant, ZoneId

logger = logging.getLogger(__name__)

LONGEST_QUEUE = 10_000
LARGEST_BATCH = 512
RETRY_S = 1.0
"""Between two attempts to read a log that cannot be read."""

type Listener = Callable[[Sequence[Envelope], frozenset[Change]], None]


@dataclass(slots=True)
class _Wish:
    command: Command
    actor: Actor
    command_id: CommandId | None
    fingerprint: str
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
        self.recoveries: RecoverySource | None = None
        self.newest: Callable[[], Awaitable[Operation | None]] = _nothing_kept
        self.regions_of: Callable[[Actor], frozenset[ZoneId] | None] = _everywhere
        self._log = log
        self._clock = clock
        self._wishes: asyncio.Queue[_Wish | JointWish] = asyncio.Queue(LONGEST_QUEUE)
        self._listeners: list[Listener] = []
        self._under_way = UnderWay()
        self._quiet = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False

    def start(self) -> None:
        """Begin to take commands."""
        self._task = asyncio.create_task(self._run(), name="command bus")

    async def stop(self) -> None:
        """Finish the batch under way and refuse what still waits."""
        if self._task is None:
            return
        self._is_stopping = True
        async with self._quiet:
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        self._refuse_all(Fault("service.stopping", "Tower is shutting down. Try again soon."))

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
        fingerprint: str = "",
        occurred_at: Instant | None = None,
        causation: str | None = None,
    ) -> Done:
        """Decide a command and return when its events are on disk and folded.

        Parameters
        ----------
        command_id : names the request: asked again under it, nothing happens and the answer is the first one
        fingerprint : tells the request from another one; the same `command_id` with another fingerprint is refused

        Raises
        ------
        Refusal
            ``access.role`` if the role may not ask for it, ``access.region`` if not there;
            ``request.idempotency_key_reused``; whatever the decision refuses.
        Fault
            If the log cannot write, or too many commands wait.
        """
        if actor.role not in PERMITTED[type(command)]:
            raise Refusal("access.role", f"A {actor.role.value} may not do that.", status=403)

        async def carry_out() -> Done:
            earlier = await self._earlier_answer(command_id)
            if earlier is not None:
                require_same(earlier.fingerprint, fingerprint)
                return earlier
            prepared = await prepare(command, self.operation, self.plans, self._clock.now(), self.recoveries)
            answered: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
            self._enqueue(_Wish(command, actor, command_id, fingerprint, occurred_at, causation, prepared, answered))
            return await asyncio.shield(answered)

        return await (carry_out() if command_id is None else self._under_way.once(command_id, fingerprint, carry_out))

    async def execute_together(
        self,
        commands: Sequence[Command],
        actor: Actor,
        *,
        is_partial: bool,
        command_id: CommandId | None = None,
        fingerprint: str = "",
    ) -> Together:
        """Decide commands one on the other and keep the events of all in one append, or nothing.

        Parameters
        ----------
        is_partial : keep the good ones; otherwise a single refusal lets nothing be kept
        fingerprint : what the commands were made from; the same `command_id` with another one is refused

        Returns
        -------
        Together
            `refused` says which were refused and why; `kept` is 0 if nothing was kept.

        Raises
        ------
        Refusal
            ``access.role``; ``request.idempotency_key_reused``.
        Fault
            As in `execute`.
        """
        self._require_roles(commands, actor)
        earlier = await self._earlier_together(command_id)
        if earlier is not None:
            require_same(earlier.fingerprint, fingerprint)
            return earlier
        answered: asyncio.Future[Together] = asyncio.get_running_loop().create_future()
        self._enqueue(JointWish(commands, actor, command_id, is_partial, fingerprint, answered))
        together = await asyncio.shield(answered)
        require_same(together.fingerprint, fingerprint)
        return together

    async def rehearse(self, commands: Sequence[Command], actor: Actor) -> Together:
        """Say what `execute_together` would do now; nothing is kept. Errors as there."""
        self._require_roles(commands, actor)
        drafted = await draft(self.operation, commands, actor, self.regions_of(actor), self._clock.now())
        return Together(position=self.operation.position, kept=drafted.kept, refused=tuple(drafted.refused))

    def _require_roles(self, commands: Sequence[Command], actor: Actor) -> None:
        for kind in {type(command) for command in commands}:
            if actor.role not in PERMITTED[kind]:
                raise Refusal("access.role", f"A {actor.role.value} may not do that.", status=403)

    def _enqueue(self, wish: _Wish | JointWish) -> None:
        try:
            self._wishes.put_nowait(wish)
        except asyncio.QueueFull:
            raise Fault("service.overloaded", "Too many commands wait. Try again in a moment.") from None

    async def _keep_together(self, wish: JointWish) -> None:
        """Keep what the commands lead to in one append; only then does the branch become the state."""
        earlier = await self._earlier_together(wish.command_id)  # kept while this one waited
        if earlier is not None:
            wish.answered.set_result(earlier)
            return
        now = self._clock.now()
        regions = self.regions_of(wish.actor)
        drafted = await draft(self.operation, wish.commands, wish.actor, regions, now, wish.command_id)
        refused = tuple(drafted.refused)
        if not drafted.events or (refused and not wish.is_partial):
            wish.answered.set_result(Together(position=self.operation.position, kept=0, refused=refused))
            return
        answer = Together(
            position=drafted.branch.position, kept=drafted.kept, refused=refused, fingerprint=wish.fingerprint
        )
        [outcome] = await self._log.append([drafted.append(wish, now, answer)])
        if not isinstance(outcome, Appended) or outcome.envelopes[-1].position != drafted.branch.position:
            raise AssertionError(f"the only writer met {outcome} for {wish.command_id}")
        take_over(self.operation, drafted.branch)
        self._tell(outcome.envelopes, frozenset(drafted.changes))
        wish.answered.set_result(answer)

    async def _earlier_together(self, command_id: CommandId | None) -> Together | None:
        if command_id is None:
            return None
        answer = await self._log.answer_to(command_id)
        return msgspec.msgpack.decode(answer, type=Together) if answer is not None else None

    async def _earlier_answer(self, command_id: CommandId | None) -> Remembered | None:
        if command_id is None:
            return None
        answer = await self._log.answer_to(command_id)
        return msgspec.msgpack.decode(answer, type=Remembered) if answer is not None else None

    async def _run(self) -> None:
        while True:
            waiting = [await self._wishes.get()]
            while not self._wishes.empty() and len(waiting) < LARGEST_BATCH:
                waiting.append(self._wishes.get_nowait())
            async with self._quiet:
                for batch in _batches(waiting):
                    try:
                        await (self._keep_together(batch) if isinstance(batch, JointWish) else self._commit(batch))
                    except Exception as error:
                        logger.exception("a batch of commands failed")
                        await self._start_over([batch] if isinstance(batch, JointWish) else batch, error)

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
        now = self._clock.now()
        context = Context(
            self.operation,
            wish.actor,
            now,
            preview=wish.prepared.preview,
            put_back=wish.prepared.put_back,
            segments=wish.prepared.segments,
            recovery=wish.prepared.recovery,
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
            expected.setdefault(stream, self.operation.version_of(stream))
            envelope = foreseen(self.operation, stream, event, wish.actor, occurred_at, now, wish.command_id)
            batch.changes.append(self.operation.apply(envelope, event))
        done = Done(position=self.operation.position, created=decision.created)
        batch.wishes.append(wish)
        batch.done.append(done)
        if decision.events:
            kept = Remembered(position=done.position, created=done.created, fingerprint=wish.fingerprint)
            events = tuple(
                NewEvent(stream, event, occurred_at, wish.causation, wish.command_id)
                for stream, event in decision.events
            )
            batch.appends.append(
                Append(events, wish.actor, now, expected, wish.command_id, msgspec.msgpack.encode(kept))
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

    async def _start_over(self, waiting: Sequence[_Wish | JointWish], error: Exception) -> None:
        for wish in waiting:
            _fail(wish, error)
        while not self._is_stopping:
            try:
                fresh = await fold(self._log, await self.newest())
            except Fault as fault:
                logger.error("the log cannot be read (%s); trying again", fault.code)
                self._refuse_all(fault)
                await asyncio.sleep(RETRY_S)
            else:
                take_over(self.operation, fresh)
                return

    def _refuse_all(self, fault: Fault) -> None:
        while not self._wishes.empty():
            _fail(self._wishes.get_nowait(), fault)


async def _nothing_kept() -> Operation | None:
    """Fold from the beginning."""
    return None


def _everywhere(_: Actor) -> None:
    """Limit nobody to regions."""


def _batches(waiting: Sequence[_Wish | JointWish]) -> Iterator[list[_Wish] | JointWish]:
    """Yield what is committed at once, in the order of asking: joint wishes alone, the others together."""
    batch: list[_Wish] = []
    for wish in waiting:
        if not isinstance(wish, JointWish):
            batch.append(wish)
            continue
        if batch:
            yield batch
            batch = []
        yield wish
    if batch:
        yield batch


def _fail(wish: _Wish | JointWish, error: Exception) -> None:
    if not wish.answered.done():
        wish.answered.set_exception(error)


async def fold(log: EventLog, operation: Operation | None = None) -> Operation:
    """Return the operation at the log's head, starting from `operation` or from nothing."""
    state = operation or Operation()
    async for envelope in log.read_all(state.position):
        state.apply(envelope)
    return state
