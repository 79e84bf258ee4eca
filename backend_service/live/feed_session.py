"""One desk's session, from its hello to its end, whatever transport carries it.

`FeedSession.run` reads and writes side by side. It ends when the desk says goodbye or falls silent, when its token
expires, when it breaks the protocol, or when the transport does; a reason that the desk should know goes out as
`Refused`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from backend_service.live.outbox import Outbox
from backend_service.live.problems import problem_of
from backend_service.live.visibility import may_open_feed
from core import operations, wire
from core.refusals import Fault, Refusal

if TYPE_CHECKING:
    from backend_service.access import Identity
    from backend_service.live.feed_hub import FeedHub
    from backend_service.live.request_desk import RequestDesk

_log = logging.getLogger(__name__)

_PASSING = frozenset({"feed.desk_silent", "feed.full", "feed.hello_missing", "service.stopping"})
"""Reasons that a fresh hello mends: a desk that slept through its session's end speaks without one."""
_RETRY_S = 0.5


class ChannelClosed(Exception):
    """The transport under a session is gone."""


class Channel(Protocol):
    """A two-way, ordered stream of frames to one desk. `transport` is ``websocket`` or ``zeromq``."""

    transport: str

    async def receive(self) -> bytes:
        """Return the desk's next frame; raise `ChannelClosed` when there will be none."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send a frame; raise `ChannelClosed` when it cannot arrive."""
        ...


class VerifiesTokens(Protocol):
    """What knows tokens; `backend_service.access.TokenAuthority` does."""

    def verify(self, token: str) -> Identity:
        """Return whose token it is, or raise a Refusal."""
        ...

    def recheck(self, identity: Identity) -> None:
        """Raise a Refusal if what was verified counts no longer: expired, revoked, or the person is shut out."""
        ...


type RenewsSession = Callable[[str], Awaitable[operations.SessionRenewed]]
"""Called with a renewal; raises a Refusal if it is none, or of a session that ended."""

type RecordsSignIn = Callable[[Identity, str], Awaitable[None]]
"""Called with the identity and the transport when a token first opens a session on that transport."""


async def no_renewal(_: str) -> operations.SessionRenewed:
    """Renew nothing: for a service that knows no sessions by name and password."""
    raise Refusal("session.ended", "The session has ended. Sign in again.", status=401)


class _Over(Exception):
    """The session ends in good order."""


class FeedSession:
    """One desk. Made by a door for each connection.

    Parameters
    ----------
    channel : the connection
    hub, tokens, request_desk : shared by all sessions
    sign_in : records that somebody opened a desk
    renew : goes on with a session whose token is about to expire
    """

    def __init__(
        self,
        channel: Channel,
        hub: FeedHub,
        tokens: VerifiesTokens,
        request_desk: RequestDesk,
        sign_in: RecordsSignIn,
        renew: RenewsSession = no_renewal,
    ) -> None:
        self._channel = channel
        self._hub = hub
        self._tokens = tokens
        self._request_desk = request_desk
        self._sign_in = sign_in
        self._renew = renew
        self._wanted = asyncio.Event()
        self._is_stopping = False
        self._loop = asyncio.get_running_loop()
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve the desk until the session is over. Raises nothing that a desk can cause."""
        try:
            await self._serve()
        except ChannelClosed:
            return
        except Refusal as refusal:
            await self._refuse(refusal)
        finally:
            for task in self._answering:
                task.cancel()

    def stop(self) -> None:
        """End the session because the service stops; its desk is told to come back."""
        self._is_stopping = True
        self._wanted.set()

    async def _serve(self) -> None:
        hello = await self._receive_hello()
        identity, renewed = await self._identify(hello)
        self._identity = identity
        try:
            await self._sign_in(identity, self._channel.transport)
        except Fault:
            _log.exception("a sign-in could not be recorded; the desk is served, for it matters most now")
        outbox = self._open(hello, identity)
        await self._channel.send(wire.encode(self._welcome(identity, renewed)))
        self._hub.join(self._wanted.set)
        reader = asyncio.create_task(self._read(outbox))
        writer = asyncio.create_task(self._write(outbox))
        try:
            done, _ = await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except _Over:
            return
        finally:
            self._hub.leave(self._wanted.set)
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    # --- opening -------------------------------------------------------------------------------------------------

    async def _receive_hello(self) -> wire.Hello:
        try:
            async with asyncio.timeout(self._hub.limits.hello_s):
                message = self._decode(await self._channel.receive())
        except TimeoutError:
            raise Refusal("feed.hello_missing", "No hello came in time.", status=400) from None
        if not isinstance(message, wire.Hello):
            raise Refusal("feed.hello_missing", "A session starts with a hello.", status=400)
        if message.protocol != wire.PROTOCOL:
            raise Refusal(
                "feed.protocol_unsupported",
                f"This service speaks protocol {wire.PROTOCOL}, the desk {message.protocol}: update the older one.",
                status=400,
                supported=wire.PROTOCOL,
            )
        return message

    async def _identify(self, hello: wire.Hello) -> tuple[Identity, operations.SessionRenewed | None]:
        renewed = None
        try:
            identity = self._tokens.verify(hello.token)
        except Refusal as refusal:
            if refusal.code != "access.token_expired" or not hello.renewal:
                raise
            renewed = await self._renew(hello.renewal)
            identity = self._tokens.verify(renewed.token)
        if not may_open_feed(identity.actor.role):
            raise Refusal(
                "access.role_forbidden", f"The role {identity.actor.role} has no access to the desk's feed.", status=403
            )
        return identity, renewed

    def _open(self, hello: wire.Hello, identity: Identity) -> Outbox:
        is_ours = hello.log_id == self._hub.log_id
        can_resume = is_ours and hello.resume_after is not None and 0 <= hello.resume_after <= self._hub.position
        resume_after = hello.resume_after if can_resume else None
        return Outbox(self._hub, identity.actor.role, resume_after, hello.credit)

    def _welcome(self, identity: Identity, renewed: operations.SessionRenewed | None) -> wire.Welcome:
        hub = self._hub
        return wire.Welcome(
            session=f"{self._channel.transport}/{id(self):x}",
            log_id=hub.log_id,
            position=hub.position,
            server_now_at=hub.clock.now(),
            wall_at=hub.wall.now(),
            speed=hub.speed,
            user_id=identity.actor.subject,
            user_name=identity.actor.name,
            role=identity.actor.role,
            token_expires_at=identity.expires_at,
            city=hub.city,
            renewed=renewed,
        )

    # --- reading -------------------------------------------------------------------------------------------------

    async def _read(self, outbox: Outbox) -> None:
        while True:
            message = self._decode(await self._receive_in_time())
            match message:
                case wire.Credit():
                    outbox.grant(message.more)
                case wire.Ping():
                    outbox.echo_wall_at = message.sent_wall_at
                case wire.Request():
                    self._start_answering(message, outbox)
                case wire.Goodbye():
                    raise _Over
                case wire.Hello():
                    raise Refusal("feed.hello_repeated", "A session has one hello.", status=400)
            self._wanted.set()

    async def _receive_in_time(self) -> bytes:
        try:
            async with asyncio.timeout(self._hub.limits.silence_s):
                return await self._channel.receive()
        except TimeoutError:
            raise Refusal("feed.desk_silent", "Nothing was heard from the desk for too long.", status=408) from None

    def _decode(self, frame: bytes) -> wire.ClientMessage:
        if len(frame) > self._hub.limits.request_bytes:
            raise Refusal("feed.message_too_large", "A message of a desk is at most 1 MB.", status=413)
        try:
            return wire.decode_from_desk(frame)
        except msgspec.DecodeError as error:
            raise Refusal("feed.message_malformed", f"A message could not be read: {error}.", status=400) from error

    def _start_answering(self, request: wire.Request, outbox: Outbox) -> None:
        self._tokens.recheck(self._identity)
        if len(self._answering) + outbox.waiting >= self._hub.limits.requests_at_once:
            busy = Refusal("feed.busy", "Too many requests at once; try again.", status=429)
            if outbox.waiting < 2 * self._hub.limits.requests_at_once:
                outbox.add_answer(wire.Answer(request_id=request.request_id, problem=problem_of(busy)))
            return
        task = asyncio.create_task(self._answer(request, outbox))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, request: wire.Request, outbox: Outbox) -> None:
        if request.operation == operations.RENEW_SESSION:
            outbox.add_answer(await self._answer_renewal(request))
        else:
            outbox.add_answer(await self._request_desk.answer(request, self._identity))
        self._wanted.set()

    async def _answer_renewal(self, request: wire.Request) -> wire.Answer:
        """Let this very session live on under the next token: nothing of the desk's work is touched."""
        try:
            asked = msgspec.msgpack.decode(request.body, type=operations.RenewSession)
            renewed = await self._renew(asked.renewal)
            identity = self._tokens.verify(renewed.token)
            if identity.actor != self._identity.actor:
                raise Refusal("access.not_yours", "That session is somebody else's.", status=403)
        except msgspec.DecodeError as error:
            malformed = Refusal("request.malformed", f"The argument cannot be read: {error}.", status=400)
            return wire.Answer(request_id=request.request_id, problem=problem_of(malformed))
        except (Refusal, Fault) as error:
            return wire.Answer(request_id=request.request_id, problem=problem_of(error))
        except Exception as error:  # noqa: BLE001 - the outer wall of a request
            _log.exception("a session could not be renewed")
            return wire.Answer(request_id=request.request_id, problem=problem_of(error))
        self._identity = identity
        return wire.Answer(request_id=request.request_id, result=msgspec.Raw(msgspec.msgpack.encode(renewed)))

    # --- writing -------------------------------------------------------------------------------------------------

    async def _write(self, outbox: Outbox) -> None:
        while True:
            self._wanted.clear()
            self._tokens.recheck(self._identity)
            if self._is_stopping:
                raise Refusal("service.stopping", "Tower is shutting down. The desk tries again by itself.", status=503)
            now = self._loop.time()
            frame = await outbox.next_frame(now)
            if frame is not None:
                await self._channel.send(frame)
            elif not self._wanted.is_set():
                await self._wait(outbox.wait_s(now))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            return

    async def _refuse(self, refusal: Refusal) -> None:
        retry_after_s = _RETRY_S if refusal.code in _PASSING else None
        try:
            async with asyncio.timeout(self._hub.limits.hello_s):
                await self._channel.send(
                    wire.encode(wire.Refused(problem=problem_of(refusal), retry_after_s=retry_after_s))
                )
        except (ChannelClosed, TimeoutError):
            return
