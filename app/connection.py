"""How the connection to the service stands, as the status bar says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.vocabulary import Instant
from core.wire import Problem


class Phase(StrEnum):
    """`LOST` is retried by itself; `REFUSED` needs a person (a new invitation, another version)."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One state of the connection; `since_wall_at` is wall time, `kind` is ``zeromq`` or ``websocket``.

    `gaps` counts holes seen in the feed (each was filled by resuming), `reconnects` the sessions opened after a loss.
    """

    phase: Phase = Phase.CLOSED
    address: str = ""
    kind: str = ""
    since_wall_at: Instant = 0.0
    problem: Problem | None = None
    gaps: int = 0
    reconnects: int = 0
