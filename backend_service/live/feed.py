"""The feed as a door sees it: give it a connection, and it serves the desk behind it to the end."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from backend_service.live.feed_session import (
    Channel,
    FeedSession,
    RecordsSignIn,
    RenewsSession,
    VerifiesTokens,
    no_renewal,
)
from core.refusals import Refusal
from core.vocabulary import Instant

if TYPE_CHECKING:
    from backend_service.access import Identity
    from backend_service.live.feed_hub import FeedHub
    from backend_service.live.request_desk import RequestDesk

_log = logging.getLogger(__name__)

_FAREWELL_S = 2.0


class Feed:
    """Everything that sessions share.

    Parameters
    ----------
    renew : goes on with a session that was opened by name and password
    most_sessions : open at once; more are refused with ``feed.full``
    """

    def __init__(
        self,
        hub: FeedHub,
        tokens: VerifiesTokens,
        request_desk: RequestDesk,
        sign_in: RecordsSignIn,
        *,
        renew: RenewsSession = no_renewal,
        most_sessions: int = 200,
    ) -> None:
        self.hub = hub
        self.bugs = 0
        self._tokens = tokens
        self._request_desk = request_desk
        self._record_sign_in = sign_in
        self._renew = renew
        self._most_sessions = most_sessions
        self._signed_in: dict[tuple[str, str], Instant] = {}
        self._serving: dict[asyncio.Task[None], FeedSession] = {}
        self._is_closing = False

    async def serve(self, channel: Channel) -> None:
        """Serve one connection until its session is over."""
        task = asyncio.current_task()
        assert task is not None
        session = FeedSession(channel, self.hub, self, self._request_desk, self._sign_in, self._renew)
        self._serving[task] = session
        try:
            await session.run()
        except Exception:  # noqa: BLE001 - the outer wall of a session
            self.bugs += 1
            _log.exception("a feed session failed")
        finally:
            self._serving.pop(task, None)

    def verify(self, token: str) -> Identity:
        """Return whose token it is; refuses also when too many sessions are open, or none any more."""
        if self._is_closing:
            raise Refusal("service.stopping", "Tower is shutting down. The desk tries again by itself.", status=503)
        if len(self._serving) > self._most_sessions:
            raise Refusal("feed.full", f"{self._most_sessions} desks are connected already.", status=429)
        return self._tokens.verify(token)

    def recheck(self, identity: Identity) -> None:
        """Refuse an identity that counts no longer."""
        self._tokens.recheck(identity)

    async def close(self) -> None:
        """Tell every desk that the service stops, and finish the requests under way."""
        self._is_closing = True
        for session in self._serving.values():
            session.stop()
        if self._serving:
            _, late = await asyncio.wait(self._serving, timeout=_FAREWELL_S)
            for task in late:
                task.cancel()
        await self._request_desk.close()

    async def _sign_in(self, identity: Identity, transport: str) -> None:
        """Record a sign-in once per session and transport, not at every reconnect or renewal."""
        now = self.hub.wall.now()
        self._signed_in = {key: until for key, until in self._signed_in.items() if until > now}
        key = (identity.session_id, transport)
        if key in self._signed_in:
            return
        self._signed_in[key] = identity.expires_at
        try:
            await self._record_sign_in(identity, transport)
        except BaseException:
            self._signed_in.pop(key, None)
            raise
