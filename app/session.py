"""The desk's end of the feed: a thread with its own loop that keeps one session alive and resumes it after a loss.

Everything that can be called from outside (`start`, `stop`, `connect_to`, `request`) is thread-safe; everything that
comes in goes to a `FeedInbox`. The order of a session: connect, hello with the last position, welcome, then reading,
writing and a pulse (ping, credit, deadlines) side by side.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec
from core import operations, wire
from core.events.envelope import UnknownEvent
from core.invitation import Invitation, kind_of
from core.refusals import Fault, Refusal
from core.timekeeping import Clock

from app.connection import Connection, Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import FeedReader, GapFound
from app.pending_requests import PendingRequests
from app.transports.transport import Transport, TransportLost, transport_for

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Deadlines of a session in wall seconds.

    Parameters
    ----------
    connect_s : to connect and be welcomed
    silence_s : without any message, after which the service counts as lost (it beats every second)
    pulse_s : between two pings
    first_pause_s, longest_pause_s : between two attempts, doubling; each drawn from the upper half (jitter)
    """

    connect_s: float = 3.0
    silence_s: float = 3.0
    pulse_s: float = 1.0
    first_pause_s: float = 0.05
    longest_pause_s: float = 1.0


RENEWED_AFTER = 2 / 3
"""Share of a token's life after which it is renewed; the rest is left for trying again."""

_RENEWAL_RETRY_S = 15.0
CREDIT = 64
_CREDIT_STEP = 16


class _Refused(Exception):
    def __init__(self, refused: wire.Refused) -> None:
        super().__init__(refused.problem.detail)
        self.refused = refused


class FeedClient:
    """Follows the feed of one service with one invitation.

    Parameters
    ----------
    address : where to connect first; the invitation's first address if left out
    wall : wall clock
    open_transport : makes a transport for an address and the service's key

    Raises
    ------
    core.refusals.Refusal
        ``address.scheme_unknown``.
    """

    def __init__(
        self,
        invitation: Invitation,
        inbox: FeedInbox,
        wall: Clock,
        *,
        address: str | None = None,
        timings: Timings | None = None,
        open_transport: Callable[[str, str], Transport] = transport_for,
    ) -> None:
        self._invitation = invitation
        self._inbox = inbox
        self._wall = wall
        self._address = address or invitation.addresses[0]
        kind_of(self._address)
        self._timings = timings or Timings()
        self._open_transport = open_transport
        self._reader = FeedReader()
        self._pending = PendingRequests()
        self._token = invitation.token
        self._renewal = invitation.renewal
        self._renew_at = float("inf")
        self._thread = threading.Thread(target=self._main, name="feed", daemon=True)
        self._ready = threading.Event()
        self._is_stopping = False
        self._was_live = False
        self._reconnects = 0
        self._session = 0
        self._owed = 0
        self._pause_s = 0.0
        inbox.on_taken = self._taken

    # --- from any thread -----------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Return the address that is, or will be, connected to."""
        return self._address

    def start(self) -> None:
        """Start to follow."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Say goodbye and end the thread; requests without an answer fail."""
        if not self._thread.is_alive():
            return
        self._is_stopping = True
        self._in_loop(self._interrupt)
        self._thread.join()

    def connect_to(self, address: str) -> None:
        """Leave the present connection in good order and resume at `address`, over whatever transport it names.

        Raises
        ------
        core.refusals.Refusal
            ``address.scheme_unknown``.
        """
        kind_of(address)

        def switch() -> None:
            self._address = address
            self._interrupt()

        self._in_loop(switch)

    def request(
        self, operation: str, argument: object, timeout_s: float = 15.0, *, request_id: str | None = None
    ) -> Future[bytes]:
        """Ask the service; the future holds the result as MessagePack, or fails with a `Refusal` or a `Fault`.

        Parameters
        ----------
        operation : a name of `core.operations`
        argument : its argument
        timeout_s : wall seconds until it fails with ``feed.no_answer``, over any number of reconnects
        """
        answer: Future[bytes] = Future()
        body = msgspec.Raw(msgspec.msgpack.encode(argument))
        request = wire.Request(request_id=request_id or uuid.uuid4().hex, operation=operation, body=body)
        if not self._thread.is_alive() or self._is_stopping:
            answer.set_exception(Fault("feed.closed", "The desk is not connected to a service."))
            return answer
        self._in_loop(lambda: self._send(self._pending.add(request, answer, self._loop.time() + timeout_s)))
        return answer

    def _taken(self, session: int) -> None:
        self._in_loop(lambda: self._grant(session))

    def _in_loop(self, call: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            _log.debug("the feed has ended")

    # --- the thread ----------------------------------------------------------------------------------------------

    def _main(self) -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            self._loop = runner.get_loop()
            runner.run(self._follow())

    async def _follow(self) -> None:
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._interrupted = asyncio.Event()
        self._ready.set()
        while not self._is_stopping:
            self._interrupted.clear()
            session = asyncio.create_task(self._attempt(self._address))
            interrupt = asyncio.create_task(self._interrupted.wait())
            await asyncio.wait({session, interrupt}, return_when=asyncio.FIRST_COMPLETED)
            for task in (session, interrupt):
                task.cancel()
            await asyncio.gather(session, interrupt, return_exceptions=True)
        self._pending.fail_all("feed.closed", "The desk was closed before the service answered.")
        self._tell(Phase.CLOSED)

    async def _attempt(self, address: str) -> None:
        """Hold one session; afterwards wait as long as it takes before the next one makes sense."""
        was_lost = True
        try:
            await self._hold(address)
        except GapFound as gap:
            _log.warning("a gap in the feed: %s; resuming", gap)
            self._pause_s = 0.0
        except TransportLost as lost:
            self._lose(lost.code, lost.sentence)
        except TimeoutError:
            self._lose("feed.silent", f"The service at {address} does not answer.")
        except _Refused as refusal:
            await self._be_refused(refusal.refused)
        except UnknownEvent as unknown:
            await self._give_up(wire.Problem(code="feed.service_newer", title="Service is newer", detail=str(unknown)))
        except asyncio.CancelledError:
            was_lost = False
            self._pause_s = 0.0
            raise
        except Exception:  # noqa: BLE001 - the outer wall of a session
            _log.exception("a feed session failed")
            self._lose("desk.bug", "The desk failed on a message of the service; it starts over.")
            self._reader.position = None
        finally:
            self._reconnects += was_lost and self._was_live
            self._was_live = False
        await asyncio.sleep(self._pause())

    async def _hold(self, address: str) -> None:
        self._tell(Phase.CONNECTING)
        transport = self._open_transport(address, self._invitation.curve_key)
        try:
            async with asyncio.timeout(self._timings.connect_s):
                await transport.connect(address)
                await transport.send(wire.encode(self._hello()))
                welcome = await self._receive(transport)
            if not isinstance(welcome, wire.Welcome):
                raise TransportLost("feed.no_service", f"What answers at {address} is no Tower service.")
            self._begin(welcome, address)
            await self._run(transport)
        finally:
            await self._leave(transport)

    async def _run(self, transport: Transport) -> None:
        parts = [asyncio.create_task(part) for part in (self._read(transport), self._write(transport), self._pulse())]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _leave(self, transport: Transport) -> None:
        try:
            async with asyncio.timeout(1.0):
                if self._was_live:
                    await transport.send(wire.encode(wire.Goodbye()))
                await transport.close()
        except (TransportLost, TimeoutError, OSError):
            await transport.close()

    # --- one session ---------------------------------------------------------------------------------------------

    def _hello(self) -> wire.Hello:
        return wire.Hello(
            token=self._token,
            renewal=self._renewal,
            client="tower desk",
            resume_after=self._reader.position,
            log_id=self._reader.log_id,
            credit=CREDIT,
        )

    def _begin(self, welcome: wire.Welcome, address: str) -> None:
        self._session += 1
        self._owed = 0
        self._pause_s = 0.0
        if welcome.renewed is not None:
            self._keep(welcome.renewed)
        self._renew_in(welcome.token_expires_at - welcome.wall_at)
        self._outgoing = asyncio.Queue()
        for frame in self._pending.frames():
            self._send(frame)
        self._inbox.put(self._reader.welcome(welcome, self._wall.now()))
        self._was_live = True
        self._tell(Phase.LIVE)

    async def _receive(self, transport: Transport) -> wire.ServiceMessage:
        async with asyncio.timeout(self._timings.silence_s):
            frame = await transport.receive()
        try:
            message = wire.decode_from_service(frame)
        except msgspec.DecodeError as error:
            raise TransportLost("feed.garbage", f"The service sent what is no message: {error}.") from error
        if isinstance(message, wire.Refused):
            raise _Refused(message)
        return message

    async def _read(self, transport: Transport) -> None:
        while True:
            message = await self._receive(transport)
            if isinstance(message, wire.Answer):
                self._pending.settle(message)
            update = self._reader.read(message, self._wall.now())
            if update is None:
                self._grant(self._session)
            else:
                self._inbox.put(update, self._session)

    async def _write(self, transport: Transport) -> None:
        while True:
            await transport.send(await self._outgoing.get())

    async def _pulse(self) -> None:
        while True:
            self._send(wire.encode(wire.Ping(sent_wall_at=self._wall.now())))
            self._pay()
            self._pending.expire(self._loop.time())
            self._renew_in_time()
            await asyncio.sleep(self._timings.pulse_s)

    def _send(self, frame: bytes) -> None:
        self._outgoing.put_nowait(frame)

    def _grant(self, session: int) -> None:
        if session != self._session:
            return
        self._owed += 1
        if self._owed >= _CREDIT_STEP:
            self._pay()

    def _pay(self) -> None:
        if self._owed:
            self._send(wire.encode(wire.Credit(more=self._owed)))
            self._owed = 0

    # --- going on with the same access ----------------------------------------------------------------------------

    def _renew_in(self, lifetime_s: float) -> None:
        self._renew_at = self._loop.time() + lifetime_s * RENEWED_AFTER

    def _renew_in_time(self) -> None:
        """Ask for the next token well before this one expires; nothing that is under way is touched."""
        if not self._renewal or self._loop.time() < self._renew_at:
            return
        self._renew_at = self._loop.time() + _RENEWAL_RETRY_S
        answer: Future[bytes] = Future()
        answer.add_done_callback(self._renewed)
        body = msgspec.Raw(msgspec.msgpack.encode(operations.RenewSession(renewal=self._renewal)))
        request = wire.Request(request_id=uuid.uuid4().hex, operation=operations.RENEW_SESSION, body=body)
        self._send(self._pending.add(request, answer, self._loop.time() + _RENEWAL_RETRY_S))

    def _renewed(self, answer: Future[bytes]) -> None:
        try:
            renewed = msgspec.msgpack.decode(answer.result(), type=operations.SessionRenewed)
        except (Refusal, Fault) as problem:
            _log.warning("the session could not be renewed: %s", problem)
            return
        self._keep(renewed)
        self._renew_in(renewed.lifetime_s)

    def _keep(self, renewed: operations.SessionRenewed) -> None:
        self._token, self._renewal = renewed.token, renewed.renewal

    # --- between sessions ----------------------------------------------------------------------------------------

    def _interrupt(self) -> None:
        self._interrupted.set()

    def _pause(self) -> float:
        timings = self._timings
        pause, self._pause_s = self._pause_s, max(self._pause_s * 2.0, timings.first_pause_s)
        self._pending.expire(self._loop.time())
        return min(pause, timings.longest_pause_s) * random.uniform(0.5, 1.0)

    def _lose(self, code: str, sentence: str) -> None:
        self._tell(Phase.LOST, wire.Problem(code=code, title="Connection lost", detail=sentence, status=503))

    async def _be_refused(self, refused: wire.Refused) -> None:
        if refused.problem.code == "access.token_expired" and self._renewal:
            # A machine that slept missed its renewal: the next hello brings it along.
            self._lose(refused.problem.code, refused.problem.detail)
            return
        if refused.retry_after_s is None:
            await self._give_up(refused.problem)
        self._tell(Phase.LOST, refused.problem)
        await asyncio.sleep(min(refused.retry_after_s or 0.0, self._timings.longest_pause_s))

    async def _give_up(self, problem: wire.Problem) -> None:
        """Wait until somebody connects elsewhere or stops: trying again by itself would be refused again."""
        self._pending.fail_all(problem.code, problem.detail)
        self._tell(Phase.REFUSED, problem)
        await asyncio.Event().wait()

    def _tell(self, phase: Phase, problem: wire.Problem | None = None) -> None:
        self._inbox.put(
            Connection(
                phase=phase,
                address=self._address,
                kind=kind_of(self._address),
                since_wall_at=self._wall.now(),
                problem=problem,
                gaps=self._reader.gaps,
                reconnects=self._reconnects,
            )
        )
