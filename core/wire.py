"""The messages between service and desk: the only place where the two meet.

MessagePack by msgspec, tagged, versioned by `PROTOCOL`. The same messages travel over ZeroMQ and WebSocket. A
session: `Hello` -> `Welcome` -> missing `Events` or a `Snapshot` -> `Events`, `Positions`, `Forecasts`, `Pressure`,
`Heartbeat` ... Requests (commands and queries) are answered by `Answer` with the same `request_id`.

Flow control is by credit on both transports: the service sends at most as many messages as the desk has granted;
meanwhile it coalesces live channels (positions, forecasts, pressure keep only the latest row per key) and, when the
events waiting exceed its bound, drops them and starts over with a `Snapshot`.
"""

from __future__ import annotations

import msgspec

from core.events.envelope import Envelope
from core.operations import SessionRenewed
from core.orders.order import ArrivalBand
from core.vocabulary import Instant, OrderId, Role, ZoneId

PROTOCOL = 1


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="m"):
    """Base of all messages."""


# --- from the desk -----------------------------------------------------------------------------------------------


class Hello(Message, frozen=True, kw_only=True):
    """Open a session. `resume_after` is the last position applied, ``None`` for a fresh start.

    `renewal` lets a desk back in whose token expired while it was away (see `core.operations.RenewSession`).
    """

    protocol: int = PROTOCOL
    token: str
    client: str = ""
    resume_after: int | None = None
    log_id: str | None = None
    credit: int = 64
    renewal: str = ""


class Credit(Message, frozen=True, kw_only=True):
    """Grant the service `more` further messages."""

    more: int


class Request(Message, frozen=True, kw_only=True):
    """Ask for something to be done or told.

    `operation` is a name of `core.operations`; `body` is its argument as MessagePack. A retried request carries the
    same `request_id`, which is also the command id: it gets the same answer.
    """

    request_id: str
    operation: str
    body: msgspec.Raw


class Ping(Message, frozen=True, kw_only=True):
    """Say that the desk lives; `sent_wall_at` comes back in the next `Heartbeat`."""

    sent_wall_at: Instant


class Goodbye(Message, frozen=True, kw_only=True):
    """Close the session in good order."""


ClientMessage = Hello | Credit | Request | Ping | Goodbye


# --- from the service --------------------------------------------------------------------------------------------


class CityCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk must know of the city: names, bounds, units. Streets come by `city.streets`."""

    name: str
    time_zone: str
    currency: str
    currency_decimals: int = 0
    south: float
    west: float
    north: float
    east: float
    streets_digest: str
    streets_bytes: int


class Welcome(Message, frozen=True, kw_only=True):
    """The session is open. `log_id` changes when the data directory does: then nothing can be resumed.

    `renewed` is set if the hello's token had expired and its renewal was used.
    """

    session: str
    log_id: str
    position: int
    server_now_at: Instant
    wall_at: Instant
    speed: float
    user_id: str
    user_name: str
    role: Role
    token_expires_at: Instant
    city: CityCard
    features: tuple[str, ...] = ()
    renewed: SessionRenewed | None = None


class Snapshot(Message, frozen=True, kw_only=True):
    """The whole state at `position`, as `core.projections.operation.encode_operation` wrote it (zlib-compressed)."""

    position: int
    state: bytes


class Events(Message, frozen=True, kw_only=True):
    """Events in order, without gaps; the first has the position after the last one sent."""

    events: tuple[Envelope, ...]


class Positions(Message, frozen=True, kw_only=True):
    """Live positions as columns, latest per vehicle, only those that moved since the last message.

    Little-endian buffers of n rows: `lat_e7`, `lon_e7` int32 (1e-7 degrees), `heading` uint16 (1/100 degree, 65535 =
    unknown), `speed` uint16 (cm/s, 65535 = unknown), `accuracy` uint16 (decimetres, 65535 = unknown), `fix_at`
    float64, `arrived_wall_at` float64 (when the door got it, wall clock).
    """

    vehicles: tuple[str, ...]
    lat_e7: bytes
    lon_e7: bytes
    heading: bytes
    speed: bytes
    accuracy: bytes
    fix_at: bytes
    arrived_wall_at: bytes


class Forecasts(Message, frozen=True, kw_only=True):
    """The latest arrival forecast per open order that changed since the last message."""

    orders: tuple[OrderId, ...]
    arrivals: tuple[ArrivalBand, ...]
    late_probability: tuple[float, ...]


class PressureCell(msgspec.Struct, frozen=True, array_like=True):
    """Demand and supply of one zone in one quarter of an hour."""

    drivers_short: float
    orders_waiting: float
    oldest_wait_s: float


class Pressure(Message, frozen=True, kw_only=True):
    """Zone pressure: `cells[zone][bin]`; bin 0 starts at `first_bin_at`; `now_bin` is the present one."""

    as_of: Instant
    first_bin_at: Instant
    bin_s: float
    now_bin: int
    zones: tuple[ZoneId, ...]
    cells: tuple[tuple[PressureCell, ...], ...]


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of the service that the desk shows; `fixes_rejected_at` is when the last was, by reason."""

    fixes_accepted: int = 0
    fixes_rejected: dict[str, int] = {}
    fixes_rejected_at: dict[str, Instant] = {}
    vehicles_live: int = 0
    feed_clients: int = 0


class Heartbeat(Message, frozen=True, kw_only=True):
    """At least every second of wall time, also when nothing happens."""

    position: int
    server_now_at: Instant
    wall_at: Instant
    echo_wall_at: Instant | None = None
    counters: Counters = Counters()


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was refused: RFC 9457 members under the names that fit MessagePack."""

    code: str
    title: str
    detail: str
    status: int = 422
    details: dict[str, str | int | float | bool | None] = {}


class Answer(Message, frozen=True, kw_only=True):
    """The answer to a `Request`: a `result` as MessagePack (nil while there is a `problem`), or a `problem`."""

    request_id: str
    result: msgspec.Raw = msgspec.Raw(b"\xc0")
    problem: Problem | None = None


class Refused(Message, frozen=True, kw_only=True):
    """The session cannot go on: bad token, wrong protocol, expired, shutting down."""

    problem: Problem
    retry_after_s: float | None = None


ServiceMessage = Welcome | Snapshot | Events | Positions | Forecasts | Pressure | Heartbeat | Answer | Refused

_encoder = msgspec.msgpack.Encoder()
_client_decoder: msgspec.msgpack.Decoder[ClientMessage] = msgspec.msgpack.Decoder(ClientMessage)
_service_decoder: msgspec.msgpack.Decoder[ServiceMessage] = msgspec.msgpack.Decoder(ServiceMessage)


def encode(message: Message) -> bytes:
    """Return `message` as MessagePack."""
    return _encoder.encode(message)


def decode_from_desk(frame: bytes) -> ClientMessage:
    """Return a desk's message.

    Raises
    ------
    msgspec.DecodeError
        If the frame is no message of this protocol.
    """
    return _client_decoder.decode(frame)


def decode_from_service(frame: bytes) -> ServiceMessage:
    """Return a service's message; errors as in `decode_from_desk`."""
    return _service_decoder.decode(frame)
