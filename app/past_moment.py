"""The operation at a past moment as the service told it, decoded away from the GUI thread."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import msgspec
from core import wire
from core.events.envelope import Envelope, Event
from core.operations import OperationThen
from core.projections.operation import Operation, decode_operation
from core.telemetry.live_rows import LiveRows, unpack
from core.vocabulary import Instant


@dataclass(frozen=True, slots=True)
class PastMoment:
    """What was at an instant.

    Parameters
    ----------
    at, begins_at : this moment, and the first one there is anything to be shown of
    operation : the whole state, ``None`` where `events` lead there from the one that is known
    rows : where the vehicles were last seen
    """

    at: Instant
    begins_at: Instant
    operation: Operation | None
    events: tuple[tuple[Envelope, Event], ...]
    rows: LiveRows


def decode_moment(body: bytes) -> PastMoment:
    """Return the moment that a service's answer tells.

    Raises
    ------
    msgspec.DecodeError, core.events.envelope.UnknownEvent
        If the answer is not understood: the service is newer than this desk.
    """
    then = msgspec.msgpack.decode(body, type=OperationThen)
    positions = wire.decode_from_service(then.positions)
    if not isinstance(positions, wire.Positions):
        raise msgspec.DecodeError("the positions of a past moment are of another kind")
    return PastMoment(
        at=then.at,
        begins_at=then.begins_at,
        operation=None if then.state is None else decode_operation(zlib.decompress(then.state)),
        events=tuple((envelope, envelope.event()) for envelope in then.events),
        rows=unpack(positions),
    )
